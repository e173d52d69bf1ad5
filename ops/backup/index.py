"""What was copied to a target before: a list in the data folder, so that a file that did not change is not read again.

It is written and read in the order in which files are met, a line at a time: a million files take no memory. Lost, or
of another target, every file is read once more.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.disk import make_folder, sync_folder


@dataclass(frozen=True, slots=True)
class Copied:
    """A file as it was when it was copied, and the content it has in the target."""

    name: str
    size: int
    changed: int  # nanoseconds
    sha256: str
    content: str

    def line(self) -> str:
        return "\t".join((self.name, str(self.size), str(self.changed), self.sha256, self.content)) + "\n"


class Index:
    """The list of the run before, read along, and that of this run, which takes its place with ``keep``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made = path.with_suffix(".baru")
        make_folder(path.parent)
        self._writing = self._made.open("w", encoding="utf-8")
        self._before = self._read()
        self._next = next(self._before, None)

    def find(self, name: str) -> Copied | None:
        """As it was copied before. To be asked in the order of the names."""
        place = name.split("/")
        while self._next is not None and self._next.name.split("/") < place:
            self._next = next(self._before, None)
        return self._next if self._next is not None and self._next.name == name else None

    def add(self, copied: Copied) -> None:
        """One with a name that no line can hold is read anew each time."""
        if not {"\t", "\n", "\r"} & set(copied.name):
            self._writing.write(copied.line())

    def keep(self) -> None:
        """From the next run on this list counts."""
        self._writing.flush()
        os.fsync(self._writing.fileno())
        self._writing.close()
        self._made.replace(self._path)
        sync_folder(self._path.parent)

    def drop(self) -> None:
        """The list of the run before goes on to count."""
        self._writing.close()
        self._made.unlink(missing_ok=True)

    def _read(self) -> Iterator[Copied]:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                name, size, changed, sha256, content = line.rstrip("\n").split("\t")
                yield Copied(name, int(size), int(changed), sha256, content)
