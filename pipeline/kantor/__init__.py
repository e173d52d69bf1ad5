"""The office: its name, the agencies it works with and its posts, as ``kantor.toml`` has them."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import DefinitionError
from pipeline.roles import OWN_PERAN, Jabatan, Peran, Posts, ladder

DEFAULT = Path(__file__).with_name("kantor.toml")
#: The office's zones: as people say it -> as computers do.
ZONES: Mapping[str, str] = MappingProxyType({"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"})
REGIONS = ("Kota", "Kabupaten")
#: A queue's name, and a word of an address.
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
#: What the software calls its own queues and processes, which no post may be called.
_TAKEN = (
    *OWN_PERAN, "dokumen", "pemberitahuan", "sistem", "peran", "layanan", "web", "relay", "beat", "flower", "celery",
    "broker", "postgres", "redis", "migrate", "proxy", "induk", "siapkan", "pengawas",
)  # fmt: skip
#: What each field is called in the file.
_AGENCY = {
    "code": "kode", "agency": "nama", "abbreviation": "singkatan", "address": "alamat", "phone": "telepon",
    "email": "surel", "site": "situs",
}  # fmt: skip
_OFFICE = {"government": "pemda", "region": "daerah", "kota": "nama", "zone": "zona", "code": "kode", "logo": "logo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instansi:
    """An agency: what a letterhead says below the name of the local government."""

    code: str
    agency: str
    abbreviation: str
    address: str
    phone: str
    email: str
    site: str
    place: str = ""  # "Kota Contoh"

    @property
    def contact(self) -> str:
        """The second line of the letterhead's address."""
        return f"Telepon {self.phone}, Pos-el {self.email}, {self.site}"

    @property
    def in_full(self) -> str:
        """ "Dinas … Kota Contoh"."""
        return f"{self.agency} {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kantor:
    """The licensing office, the agencies it works with, and the posts of all of them."""

    government: str
    region: str  # Kota or Kabupaten
    kota: str  # the name of either, as it stands before a date
    zone: str  # WIB, WITA, WIT
    code: str  # as it stands in numbers
    logo: str  # file in the templates' folder
    own: Instansi
    instansi: Mapping[str, Instansi]
    posts: Posts
    shipped_sops: bool = True  # whether the permits that ship with the code are offered here

    @property
    def place(self) -> str:
        """ "Kota Contoh"."""
        return f"{self.region} {self.kota}"

    def agency_of(self, peran: Peran | None) -> Instansi:
        """The agency a post belongs to; the office's own for none, and for one it does not know."""
        post = self.posts.get(peran) if peran else None
        return self.instansi[post.instansi] if post else self.own


_POST = ("kode", "nama", "sebutan", "instansi", "atasan", "nama_lain")
_KEYS = (*_OFFICE.values(), "instansi_kantor", "sop_bawaan", "instansi", "jabatan")


def read_kantor(path: Path) -> Kantor:
    """Read a ``kantor.toml``. Raises DefinitionError naming the file, the line and what to write."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DefinitionError(f"{path.name} tidak dapat dibaca. Periksa ALURIZIN_KANTOR.") from error
    except (ValueError, RecursionError) as error:  # also of what Python itself refuses to read
        raise DefinitionError(f"{path.name} bukan TOML yang benar: {error}.") from error
    _known(content, _KEYS, path.name)
    office = {field: _need(content, key, path.name) for field, key in _OFFICE.items()}
    _one_of(office["zone"], ZONES, f"{path.name}: zona")
    _one_of(office["region"], REGIONS, f"{path.name}: daerah")
    instansi = _agencies(content, path.name, f"{office['region']} {office['kota']}")
    own = _one_of(_need(content, "instansi_kantor", path.name), instansi, f"{path.name}: instansi_kantor")
    posts = _posts(content, path.name, instansi)
    shipped = content.get("sop_bawaan", True)
    if not isinstance(shipped, bool):
        raise DefinitionError(f"{path.name}: `sop_bawaan` harus true atau false, bukan {shipped!r}.")
    return Kantor(**office, own=instansi[own], instansi=instansi, posts=posts, shipped_sops=shipped)


def _agencies(content: Mapping[str, object], berkas: str, place: str) -> Mapping[str, Instansi]:
    agencies: dict[str, Instansi] = {}
    for at, row in _rows(content, "instansi", berkas):
        one = Instansi(**{field: _need(row, key, at) for field, key in _AGENCY.items()}, place=place)
        _known(row, _AGENCY.values(), at)
        if one.code in agencies:
            raise DefinitionError(f'{at}: kode "{one.code}" dipakai dua kali. Beri kode lain.')
        agencies[one.code] = one
    return MappingProxyType(agencies)


def _posts(content: Mapping[str, object], berkas: str, instansi: Mapping[str, Instansi]) -> Posts:
    posts: dict[Peran, Jabatan] = {}
    for at, row in _rows(content, "jabatan", berkas):
        code, superior = _need(row, "kode", at), row.get("atasan", "")
        _known(row, _POST, at)
        if not isinstance(superior, str):
            raise DefinitionError(f"{at}: `atasan` harus kode sebuah jabatan dalam tanda kutip, bukan {superior!r}.")
        if not _CODE.fullmatch(code) or code in _TAKEN or code in posts:
            raise DefinitionError(
                f'{at}: kode "{code}" tidak dapat dipakai. Pakai huruf kecil, angka dan garis bawah, '
                f"berbeda dari jabatan lain dan dari {', '.join(_TAKEN)}."
            )
        posts[Peran(code)] = Jabatan(
            peran=Peran(code),
            name=_need(row, "nama", at),
            title=_need(row, "sebutan", at),
            instansi=_one_of(_need(row, "instansi", at), instansi, f"{at}: instansi"),
            superior=Peran(superior) if superior else None,
            other_names=_names(row, at),
        )
    for post in posts.values():
        if post.superior:
            _one_of(post.superior, posts, f'{berkas}, jabatan "{post.peran}": atasan')
    for post in posts.values():
        _check_superior(post, posts, berkas)
        _check_names(post, posts, berkas)
    return MappingProxyType(posts)


def _names(row: Mapping[str, object], at: str) -> tuple[str, ...]:
    names = row.get("nama_lain", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise DefinitionError(f'{at}: `nama_lain` harus daftar, misalnya ["Kasi Pelayanan", "Kepala Seksi"].')
    return tuple(name.strip() for name in names)


def _check_names(post: Jabatan, posts: Posts, berkas: str) -> None:
    """What the office calls a post beside its name means no other one."""
    others = {Peran.PEMOHON.name.casefold(): Peran.PEMOHON.name}
    for other in (one for one in posts.values() if one is not post):
        others |= {name.casefold(): other.name for name in (other.name, other.title, *other.other_names)}
    for name in post.other_names:
        if name.casefold() in others:
            raise DefinitionError(
                f'{berkas}, jabatan "{post.peran}": nama_lain "{name}" sudah berarti {others[name.casefold()]}. Hapus.'
            )


def _check_superior(post: Jabatan, posts: Posts, berkas: str) -> None:
    at = f'{berkas}, jabatan "{post.peran}"'
    if post.superior and posts[ladder(posts, post.peran)[-1]].superior is not None:
        raise DefinitionError(f"{at}: atasannya berputar kembali ke jabatan ini. Kosongkan atasan pimpinan puncak.")


def _rows(content: Mapping[str, object], key: str, berkas: str) -> Sequence[tuple[str, Mapping[str, object]]]:
    rows = content.get(key)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise DefinitionError(f"{berkas}: [[{key}]] belum ada. Tulis paling sedikit satu.")
    return [(f"{berkas}, {key} baris {no}", row) for no, row in enumerate(rows, start=1)]


def _one_of(value: str, choices: Collection[str], at: str) -> str:
    if value not in choices:
        raise DefinitionError(f'{at} = "{value}" tidak dikenal. Pilih salah satu: {", ".join(choices)}.')
    return value


def _known(row: Mapping[str, object], keys: Collection[str], at: str) -> None:
    """Refuse a key nobody asks for: one that is mistyped would be left out in silence."""
    for key in row:
        if key not in keys:
            raise DefinitionError(f"{at}: kunci `{key}` tidak dikenal. Yang dikenal: {', '.join(keys)}.")


def _need(content: Mapping[str, object], name: str, at: str) -> str:
    value = content.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise DefinitionError(f"{at}: `{name}` belum diisi.")
