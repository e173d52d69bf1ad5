"""The SOPs this office runs, one TOML file per permit kind and version, read and checked once."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import DefinitionError
from pipeline.office import kantor
from pipeline.sop.load import load_folder
from pipeline.sop.values import Sop

FOLDER = Path(__file__).parent

_EVERY = load_folder(FOLDER, kantor().posts)

#: kode -> its newest version, which new applications start with.
SOPS: Mapping[str, Sop] = MappingProxyType({code: sop for (code, _), sop in _EVERY.items()})


def every_version() -> Collection[Sop]:
    """Also those that only running cases still follow; the newest of a kode last."""
    return _EVERY.values()


def get_sop(code: str, version: int | None = None) -> Sop:
    """The newest version, or the one a running case started with. Raises DefinitionError when its file is gone."""
    try:
        return SOPS[code] if version is None else _EVERY[code, version]
    except KeyError:
        full_title = code if version is None else f"{code} versi {version}"
        raise DefinitionError(f"SOP {full_title} tidak ada di {FOLDER.name}/. Kembalikan berkasnya.") from None
