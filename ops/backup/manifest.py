"""What a backup consists of, read back and checked in shape before anything of it is believed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pyrage.x25519 import Identity

from ops.backup.make import FORMAT
from ops.backup.sealed import PartDamaged, Unpacking, unseal
from ops.backup.tables import TableOf
from ops.backup.target import MANIFEST
from pipeline.errors import DefinitionError
from pipeline.migrations import is_known


@dataclass(frozen=True, slots=True)
class About:
    """What the whole of it is."""

    name: str
    at: datetime  # of the snapshot
    version: str
    revision: str  # of the schema
    sequences: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TablePart:
    """The rows of a table."""

    table: TableOf
    part: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file, and the name of its content in the target."""

    name: str
    content: str
    sha256: str


class Manifest:
    """The opened list of a backup: a plain file in a folder nobody else can read, gone over as often as needed."""

    def __init__(self, backup: Path, identity: Identity, opened: Path) -> None:
        self._backup, self._opened = backup, opened
        with opened.open("wb") as file:
            unseal(backup / MANIFEST, identity, Unpacking(file.write))
        self.about = self._about()

    def tables(self) -> Iterator[TablePart]:
        for line in self._lines():
            if "table" in line:
                columns = line["columns"]
                if not isinstance(columns, list):
                    raise PartDamaged(self._backup / MANIFEST)
                table = TableOf(str(line["table"]), tuple(map(str, columns)))
                yield TablePart(table, str(line["part"]), str(line["sha256"]))

    def files(self) -> Iterator[FilePart]:
        """Raises DefinitionError for a name that leads out of the folder it belongs in."""
        for line in self._lines():
            if "file" in line:
                name = PurePosixPath(str(line["file"]))
                if name.is_absolute() or ".." in name.parts or not name.parts:
                    raise PartDamaged(self._backup / MANIFEST)
                yield FilePart(str(name), str(line["content"]), str(line["sha256"]))

    def _about(self) -> About:
        first = next(self._lines(), {})
        counted = first.get("sequences")
        if first.get("format") != FORMAT or not isinstance(counted, dict):
            raise DefinitionError("Cadangan ini ditulis dengan susunan lain. Pulihkan dengan versi yang membuatnya.")
        revision, version = str(first["revision"]), str(first["version"])
        if not is_known(revision):
            raise DefinitionError(
                f"Cadangan ini dari versi yang lebih baru ({version}, skema {revision}). Pasang versi itu dulu."
            )
        at = datetime.fromisoformat(str(first["at"]))
        return About(self._backup.name, at, version, revision, {str(k): int(v) for k, v in counted.items()})

    def _lines(self) -> Iterator[Mapping[str, object]]:
        with self._opened.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    value: object = json.loads(line)
                except ValueError:
                    value = None
                if not isinstance(value, dict):
                    raise PartDamaged(self._backup / MANIFEST)
                yield value
