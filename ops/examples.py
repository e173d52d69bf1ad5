"""The permits that are shipped as examples, and installing one into a running demonstration.

An example is a folder: the SOP, its Word files, the posts and agencies it adds (``kantor.toml``) and the people who
hold them (``orang.toml``). Installing copies each to where an office keeps its own; the processes do the rest.
"""

import shutil
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path

from ops.demo_people import people_folder
from pipeline.errors import DefinitionError
from pipeline.kantor import read_kantor
from pipeline.kantor.office import kantor_file
from pipeline.settings import places
from pipeline.sop.load import load_sop

FOLDER = Path(__file__).parent / "contoh" / "izin"


def names() -> tuple[str, ...]:
    """The codes of the examples."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))


def install(code: str) -> None:
    """Copy an example into the office's own folders; a second time changes nothing.

    Raises DefinitionError for a code nobody ships, and for an example that does not fit this office.
    """
    folder = FOLDER / code
    if code not in names():
        raise DefinitionError(f"Contoh izin {code} tidak ada. Pilih salah satu: {', '.join(names())}.")
    joined = _joined(folder / "kantor.toml")
    load_sop(folder / f"{code}.toml", read_kantor(joined).posts)  # nothing is in force yet, should it not fit
    if joined != kantor_file():
        joined.replace(places().kantor)
    _copy(folder.glob("*.docx"), places().templat)
    _copy([folder / "orang.toml"], people_folder(), name=f"{code}.toml")
    _copy([folder / f"{code}.toml"], places().sop)  # last: from here on it is taken up


def _joined(addition: Path) -> Path:
    """The office's file with the posts and agencies it does not know yet below those it has; itself when it has all."""
    office = read_kantor(kantor_file())
    known: dict[str, Collection[str]] = {"instansi": office.instansi, "jabatan": office.posts}
    blocks = [
        block
        for block in _blocks(addition.read_text("utf-8"))
        for kind, rows in tomllib.loads(block).items()
        if rows[0]["kode"] not in known[kind]
    ]
    if not blocks:
        return kantor_file()
    places().kantor.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = places().kantor.with_suffix(".baru")
    new.write_text(kantor_file().read_text("utf-8-sig").rstrip() + "\n\n" + "\n".join(blocks), "utf-8")
    return new


def _blocks(text: str) -> list[str]:
    """The ``[[…]]`` tables of a file, each by itself."""
    _, *tables = text.split("\n[[")
    return [f"[[{table.rstrip()}\n" for table in tables]


def _copy(paths: Iterable[Path], folder: Path, name: str | None = None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in paths:
        new = folder / f".{path.name}.baru"
        shutil.copyfile(path, new)
        new.replace(folder / (name or path.name))
