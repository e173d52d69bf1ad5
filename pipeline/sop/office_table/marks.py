"""Who does a step: the columns its row marks, or the names it writes."""

from typing import NamedTuple

from pipeline.sop.office_table.grid import Row
from pipeline.sop.office_table.layout import Layout
from pipeline.sop.office_table.values import Mark


class Seen(NamedTuple):
    """A mark as it stands in its cell."""

    mark: Mark
    line: bool  # a drawn line: it may only lead from one shape to the next


def marks_of(row: Row, layout: Layout) -> list[Seen]:
    """The marked columns of a row; in a column that names its actors, each name."""
    if layout.named_in is not None:
        return [Seen(Mark(name), False) for name in _names(row[layout.named_in].text)]
    found = dict[str, Seen]()
    for column, title in layout.actors.items():
        if row[column].mark:
            name = title or f"kolom ke-{column + 1}"
            found.setdefault(name, Seen(Mark(name, row[column].text), row[column].line and not row[column].shape))
    return list(found.values())


def _names(text: str) -> list[str]:
    parts = (part.strip() for part in text.replace(" dan ", ",").replace(";", ",").replace("/", ",").split(","))
    return [part for part in parts if set(part) - set("-–—")]
