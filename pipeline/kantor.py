"""The office that prints the papers: names and addresses from ``kantor.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import DefinitionError

DEFAULT = Path(__file__).with_name("kantor.toml")
#: What each field is called in the file.
_FIELDS = {
    "agency": "dinas", "abbreviation": "singkatan", "address": "alamat", "phone": "telepon", "email": "surel",
    "site": "situs",
}  # fmt: skip
_FIELDS_OF_OFFICE = {**_FIELDS, "government": "pemda", "kota": "kota", "code": "kode", "logo": "logo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instansi:
    """What a letterhead says below the name of the local government."""

    agency: str
    abbreviation: str
    address: str
    phone: str
    email: str
    site: str

    @property
    def contact(self) -> str:
        """The second line of the letterhead's address."""
        return f"Telepon {self.phone}, Pos-el {self.email}, {self.site}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kantor(Instansi):
    """The licensing office, and the technical agency that inspects for it."""

    government: str
    kota: str
    code: str
    logo: str  # file in templates_sk/
    technical: Instansi

    @property
    def agency_in_full(self) -> str:
        """ "Dinas … Kota Banjarbaru"."""
        return f"{self.agency} Kota {self.kota}"

    @property
    def technical_in_full(self) -> str:
        return f"{self.technical.agency} Kota {self.kota}"


def read_kantor(path: Path) -> Kantor:
    """Read a ``kantor.toml``. Raises DefinitionError naming the file and the missing line."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DefinitionError(f"{path.name} tidak dapat dibaca. Periksa ALURIZIN_KANTOR.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name} bukan TOML yang benar: {error}.") from error
    technical = content.get("teknis")
    if not isinstance(technical, dict):
        raise DefinitionError(f"{path.name}: bagian [teknis] belum ada.")
    own = {field: _need(content, key, path) for field, key in _FIELDS_OF_OFFICE.items()}
    agency = {field: _need(technical, key, path) for field, key in _FIELDS.items()}
    return Kantor(**own, technical=Instansi(**agency))


@cache
def kantor(path: Path | None = None) -> Kantor:
    """The office described in ``path`` (settings().kantor), or the one that ships with the code; read once."""
    return read_kantor(path or DEFAULT)


def _need(content: Mapping[str, object], name: str, path: Path) -> str:
    value = content.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise DefinitionError(f"{path.name}: `{name}` belum diisi.")
