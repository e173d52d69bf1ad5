"""The tables of one file while its history is being replayed. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pipeline.rules.history.chain import Event

#: Column -> value. Times are datetimes, ids and dates text.
Row = dict[str, object]
#: Table -> key -> row. The permohonan itself has the key ''.
Tables = dict[str, dict[str, Row]]

#: The value of a column whose words are gone: nothing can be said of it.
UNTOLD: Final = object()


class Replay:
    """The tables of one file, as far as its history has been read."""

    def __init__(self) -> None:
        self.tables: Tables = {}

    def put(self, table: str, key: object, row: Row) -> None:
        self.tables.setdefault(table, {})[str(key)] = row

    def row(self, table: str, key: object) -> Row:
        """Raises KeyError for what the history has not told of yet."""
        return self.tables.get(table, {})[str(key)]

    @property
    def permohonan(self) -> Row:
        return self.row("permohonan", "")

    def open_tugas(self, e: Event) -> Row:
        """The tugas an event is about. Raises ValueError when it is not the one the file lies on."""
        tugas = self.tables.get("tugas", {}).get(str(e.data["tugas"]))
        if tugas is None or tugas["closed_at"] is not None:
            raise ValueError(f"peristiwa {e.sequence} ({e.kind}) tentang tugas yang tidak terbuka")
        return tugas

    def draft(self) -> tuple[str, Row] | None:
        """The draft in force."""
        drafts = self.tables.get("draft", {}).items()
        return next(((key, d) for key, d in drafts if d["voided_at"] is None), None)

    def approvals(self, draft_id: str, langkah: str) -> Iterator[Row]:
        """Those in force of one desk."""
        for row in self.tables.get("persetujuan", {}).values():
            if (row["draft_id"], row["langkah"], row["voided_at"]) == (draft_id, langkah, None):
                yield row


def word(e: Event, name: str, otherwise: object = None) -> object:
    """What was written, as it was sealed."""
    if "words" not in e.data:
        return otherwise
    return UNTOLD if e.words is None else e.words.get(name, otherwise)


def time_of(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def list_of(value: object) -> list[object]:
    return value if isinstance(value, list) else []
