"""The SOPs this office runs, one TOML file per permit kind and version, read and checked once."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import DefinitionError
from pipeline.sop.load import load_folder
from pipeline.sop.values import Sop

FOLDER = Path(__file__).parent

_SEMUA = load_folder(FOLDER)

#: kode -> its newest version, which new applications start with.
SOPS: Mapping[str, Sop] = MappingProxyType({kode: sop for (kode, _), sop in _SEMUA.items()})


def every_version() -> Collection[Sop]:
    """Also those that only running cases still follow; the newest of a kode last."""
    return _SEMUA.values()


def get_sop(kode: str, versi: int | None = None) -> Sop:
    """The newest version, or the one a running case started with. Raises DefinitionError when its file is gone."""
    try:
        return SOPS[kode] if versi is None else _SEMUA[kode, versi]
    except KeyError:
        sebutan = kode if versi is None else f"{kode} versi {versi}"
        raise DefinitionError(f"SOP {sebutan} tidak ada di {FOLDER.name}/. Kembalikan berkasnya.") from None
