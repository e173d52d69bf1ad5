"""The office's own table of an SOP: read from its tab-separated export, and printed as it hangs on the wall. Pure."""

import csv
import html
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.roles import Peran, Posts
from pipeline.sop.values import Langkah, Sop
from pipeline.text import clean_line

_TAG = re.compile(r"<[^<>]*>")
_SUM = "jumlah waktu"
#: The columns of words; every other titled column is a pelaksana.
_WORDS = ("kegiatan", "kelengkapan", "waktu", "output", "keterangan")
#: Columns at their narrowest; what the terminal has beyond that goes to the four columns of words.
_FIXED = {"No": 2, "Pelaksana": 10, "Waktu": 8}
_FLEXIBLE = {"Kegiatan": 26, "Kelengkapan": 17, "Output": 18, "Keterangan": 18}
_COLUMN = ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan")
_WIDTH_AT_LEAST, _WIDTH_AT_MOST = 100, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row as the export shows it. ``mark`` are the titles of the pelaksana columns that carry a mark."""

    no: int
    activity: str
    mark: tuple[str, ...]
    inputs: str
    time: str
    output: str
    remarks: str

    def peran(self, posts: Posts) -> Peran | None:
        """The marked role; None when the mark was lost, stands twice, or names no post of the office."""
        known = {p.name.lower(): p for p in (Peran.PEMOHON, *posts)}
        return known.get(self.mark[0].lower()) if len(self.mark) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The whole table; ``printed_time`` is the total it prints, "" when it prints none."""

    title: str
    line: tuple[TableRow, ...]
    printed_time: str


def parse_table(text: str) -> Table:
    """Read a tab-separated export: title, one or two header rows, numbered rows, the total.

    Columns after the first may stand in any order. Cells may span lines (quoted or not) and carry leftovers of HTML.
    Raises DefinitionError for anything else.
    """
    every = _rows(text)
    head = next((i for i, row in enumerate(every) if _cell(row, 0).rstrip(".").lower() == "no"), None)
    if head is None or head + 1 >= len(every):
        raise DefinitionError('Baris kepala tabel tidak ditemukan. Kolom pertamanya harus berjudul "No.".')
    grouped = _number(every[head + 1]) is None  # a second header row, below titles that group columns
    column = _columns(every[head], every[head + 1] if grouped else ())
    line = list(_whole_rows(every[head:], len(every[head])))  # no header row begins with a number
    langkah = tuple(_table_row(row, column) for row in line if _number(row) is not None)
    _check_numbers([b.no for b in langkah])
    total = next((row for row in line if _cell(row, 0).lower().startswith(_SUM)), [])
    return Table(
        title=" ".join(_cell(row, 0) for row in every[:head]).strip(),
        line=langkah,
        printed_time=next((clean for cell in total[1:] if (clean := clean_cell(cell))), ""),
    )


def _rows(text: str) -> list[list[str]]:
    """The lines that say anything. A quote that is never closed is a character, not the rest of the table."""
    for shape in ({"strict": True}, {"quoting": csv.QUOTE_NONE}):
        try:
            rows = list(csv.reader(StringIO(text), delimiter="\t", **shape))
        except csv.Error as error:
            problem = error
        else:
            return [row for row in rows if any(cell.strip() for cell in row)]
    raise DefinitionError(
        f"Tabel tidak terbaca ({problem}). Simpan ulang sebagai teks dengan pemisah tab."
    ) from problem


def _number(row: Sequence[str]) -> int | None:
    """The number a step's row begins with, as in "7" or "7."; None for any other row."""
    first = _cell(row, 0).rstrip(".")
    return int(first) if first.isdecimal() else None


def _check_numbers(nomor: Sequence[int]) -> None:
    if not nomor:
        raise DefinitionError("Tabel tidak memuat satu langkah pun. Setiap langkah dimulai dengan nomornya.")
    for expected, no in enumerate(nomor, start=1):
        if no != expected:
            raise DefinitionError(
                f"Langkah {expected} tidak ditemukan; di tempatnya ada nomor {no}. "
                "Nomori setiap langkah berurutan dari 1, dengan angka biasa pada kolom pertama."
            )


def clean_cell(cell: str) -> str:
    """The words of a cell: no tags, no entities, one line."""
    return clean_line(_TAG.sub(" ", html.unescape(_TAG.sub(" ", cell))))


def _cell(row: Sequence[str], i: int) -> str:
    return clean_cell(row[i]) if i < len(row) else ""


def _columns(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Titles of the columns; the lower header row names what the upper one groups."""
    title = [_cell(below, i) or _cell(above, i) for i in range(max(len(above), len(below)))]
    if lacking := [name for name in _WORDS if name not in [j.lower() for j in title]]:
        raise DefinitionError(
            f"Kolom {', '.join(lacking)} tidak ada pada kepala tabel. Tambahkan; isinya boleh kosong."
        )
    return title


def _whole_rows(rows: Sequence[list[str]], width: int) -> Iterator[list[str]]:
    """Rows of full width: a line that starts no new row carries on in the last cell of the one before."""
    today: list[str] = []
    for row in rows:
        new = _number(row) is not None or _cell(row, 0).lower().startswith(_SUM)
        if today and not new and len(today) < width:
            today = [*today[:-1], f"{today[-1]} {row[0]}", *row[1:]]
            continue
        if today:
            yield today
        today = list(row)
    if today:
        yield today


def _table_row(row: Sequence[str], column: Sequence[str]) -> TableRow:
    place = {title.lower(): i for i, title in enumerate(column)}
    executor = [i for i, title in enumerate(column) if i and title and title.lower() not in _WORDS]
    return TableRow(
        no=_number(row) or 0,
        activity=_cell(row, place["kegiatan"]),
        # An empty shape (`<div></div>`) is a mark too, so the raw cell counts.
        mark=tuple(column[i] for i in executor if i < len(row) and row[i].strip()),
        inputs=_cell(row, place["kelengkapan"]),
        time=_cell(row, place["waktu"]),
        output=_cell(row, place["output"]),
        remarks=_cell(row, place["keterangan"]),
    )


def table_text(sop: Sop, width: int = _WIDTH_AT_LEAST) -> str:
    """The SOP as the office's table, at least 100 columns wide; every row begins with its number."""
    size = _widths(min(max(width, _WIDTH_AT_LEAST), _WIDTH_AT_MOST))
    stroke = "-" * (sum(size.values()) + 2 * (len(_COLUMN) - 2) + 1)
    content = [line for langkah in sop.langkah for line in _wrapped(_words(langkah), size)]
    return "\n".join([*_wrapped(_COLUMN, size), stroke, *content, stroke])


def _widths(width: int) -> dict[str, int]:
    remaining = width - sum(_FIXED.values()) - 2 * (len(_COLUMN) - 2) - 1
    flexible = {name: remaining * share // sum(_FLEXIBLE.values()) for name, share in _FLEXIBLE.items()}
    return _FIXED | flexible


def _words(t: Langkah) -> tuple[str, ...]:
    return str(t.no), t.activity, t.peran.name, t.inputs, t.time, t.output, t.remarks or "-"


def _wrapped(cell: Sequence[str], size: dict[str, int]) -> Iterator[str]:
    """One row of cells as terminal lines."""
    lane = [textwrap.wrap(content, size[name]) for content, name in zip(cell, _COLUMN, strict=True)]
    for i in range(max(len(line) for line in lane)):
        cut = ((line[i] if i < len(line) else "", name) for line, name in zip(lane, _COLUMN, strict=True))
        nomor, *word = (word.ljust(size[name]) for word, name in cut)
        yield f"{nomor} {'  '.join(word)}".rstrip()


def time_sentence(sop: Sop) -> str:
    """The sum of the steps beside the printed total: "4 hari …; tercetak 4 hari …: selisih 5 menit"."""
    total = sop.total_time
    try:
        printed = Limit.parse(sop.printed_time)
    except DefinitionError:
        return f'{total}; tercetak "{sop.printed_time}", yang tidak terbaca sebagai waktu'
    hari, minutes = total.hari - printed.hari, total.minutes - printed.minutes
    if not (hari or minutes):
        return f"{total}; tercetak sama"
    same_way = hari * minutes >= 0
    difference = str(Limit(abs(hari), abs(minutes))) if same_way else f"{hari:+d} hari dan {minutes:+d} menit"
    return f"{total}; tercetak {printed}: selisih {difference}"


def remarks(sop: Sop) -> tuple[str, ...]:
    """What the office should look at in its table; none of it stops the SOP from running."""
    note = []
    own = [str(t.no) for t in sop.approval if _names_own_approval(t)]
    if own:
        note.append(
            f"Langkah {_listed(own)}: kelengkapannya menyebut persetujuan langkah itu sendiri, "
            "padahal persetujuan baru ada sesudahnya. Maksudnya barangkali persetujuan langkah sebelumnya."
        )
    if (sop.total_time.hari, sop.total_time.minutes) > (sop.janji.hari, sop.janji.minutes):
        note.append(f"Jumlah waktu langkah ({sop.total_time}) melebihi janji kepada masyarakat ({sop.janji}).")
    return tuple(note)


def _listed(word: Sequence[str]) -> str:
    return " dan ".join(part for part in (", ".join(word[:-1]), word[-1]) if part)


def _names_own_approval(langkah: Langkah) -> bool:
    """Whether the input is the very approval this step gives, as in "Draft SK yang telah disetujui Kabid"."""
    inputs = langkah.inputs.lower()
    return "setuju" in inputs and langkah.peran.name.split()[0].lower() in inputs
