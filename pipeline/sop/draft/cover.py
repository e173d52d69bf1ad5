"""What the lines before an office's table tell of the permit: the law it stands on."""

import re
from collections.abc import Iterator

from pipeline.sop.office_table.values import Table

_LAW = re.compile(r"dasar\s+hukum\s*:?\s*", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:keterkaitan|peringatan|peralatan|perlengkapan|pencatatan|kualifikasi|nama sop|nomor)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:^|\s+)(?:\d{1,2}|[a-z])[.)]\s+")


def legal_bases(table: Table) -> tuple[str, ...]:
    """The laws listed under "Dasar Hukum", one line each, without their numbers."""
    return tuple(one for text in _cells(table) for part in _NUMBER.split(text) if (one := part.strip(" ;")))


def _cells(table: Table) -> Iterator[str]:
    """What stands in the cell of that title, and below it until another title."""
    cells = ((at, i, _LAW.match(text)) for at, line in enumerate(table.cover) for i, text in line.items())
    found = ((at, i, match) for at, i, match in cells if match)
    at, column, title = next(found, (0, 0, None))
    if title is None:
        return
    yield table.cover[at][column][title.end() :]
    for line in table.cover[at + 1 :]:
        text = line.get(column, "")
        if not text or _NEXT.match(text):
            return
        yield text
