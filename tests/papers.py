"""Word templates for the papers of an SOP that brings none."""

from pathlib import Path

from pipeline.documents.template.starter import Izin, starter
from pipeline.sop.values import Sop


def write_templates(sop: Sop, folder: Path) -> None:
    """A first template of each of its papers, under the name the SOP gives it."""
    for naskah in sop.naskah:
        (folder / naskah.templat).write_bytes(starter(Izin.of(sop), naskah))
