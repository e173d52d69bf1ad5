"""The office that prints the papers: names and addresses from ``kantor.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import DefinitionError

DEFAULT = Path(__file__).with_name("kantor.toml")
_TEXT = ("dinas", "singkatan", "alamat", "telepon", "surel", "situs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instansi:
    """What a letterhead says below the name of the local government."""

    dinas: str
    singkatan: str
    alamat: str
    telepon: str
    surel: str
    situs: str

    @property
    def contact(self) -> str:
        """The second line of the letterhead's address."""
        return f"Telepon {self.telepon}, Pos-el {self.surel}, {self.situs}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kantor(Instansi):
    """The licensing office, and the technical agency that inspects for it."""

    pemda: str
    kota: str
    kode: str
    logo: str  # file in templates_sk/
    teknis: Instansi

    @property
    def agency_in_full(self) -> str:
        """ "Dinas … Kota Banjarbaru"."""
        return f"{self.dinas} Kota {self.kota}"

    @property
    def technical_in_full(self) -> str:
        return f"{self.teknis.dinas} Kota {self.kota}"


def read_kantor(path: Path) -> Kantor:
    """Read a ``kantor.toml``. Raises DefinitionError naming the file and the missing line."""
    try:
        isi = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as tiada:
        raise DefinitionError(f"{path.name} tidak dapat dibaca. Periksa ALURIZIN_KANTOR.") from tiada
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name} bukan TOML yang benar: {error}.") from error
    teknis = isi.get("teknis")
    if not isinstance(teknis, dict):
        raise DefinitionError(f"{path.name}: bagian [teknis] belum ada.")
    own = {nama: _need(isi, nama, path) for nama in (*_TEXT, "pemda", "kota", "kode", "logo")}
    return Kantor(**own, teknis=Instansi(**{nama: _need(teknis, nama, path) for nama in _TEXT}))


@cache
def kantor(path: Path | None = None) -> Kantor:
    """The office described in ``path`` (settings().kantor), or the one that ships with the code; read once."""
    return read_kantor(path or DEFAULT)


def _need(isi: Mapping[str, object], nama: str, path: Path) -> str:
    nilai = isi.get(nama)
    if isinstance(nilai, str) and nilai.strip():
        return nilai.strip()
    raise DefinitionError(f"{path.name}: `{nama}` belum diisi.")
