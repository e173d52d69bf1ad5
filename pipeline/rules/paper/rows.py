"""An office's register of paper decrees read row by row: what fits, and why the others do not. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.errors import DefinitionError
from pipeline.json import Json
from pipeline.rules.form.holder import marks_told
from pipeline.rules.form.isian import parse_date, parse_isian
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.rules.form.spelling import fold, number_key, whole_numbers
from pipeline.rules.paper.changes import SeriesKey
from pipeline.rules.paper.columns import Column, Header, labels_of, read_header, what_was_read
from pipeline.rules.paper.numbers import LARGEST, SeriesNumber, number_of_series
from pipeline.sop.office_table.grid import Grid, Row
from pipeline.sop.office_table.words import plain_words
from pipeline.sop.values import Sop
from pipeline.sop.words import Arah
from pipeline.text import clean_line

NUMBER_LENGTH, NAME_LENGTH = 100, 300
_NO_TABLE = (
    "Tabel register tidak ditemukan. Baris judulnya harus memuat sedikitnya nomor, pemegang dan tanggal terbit, "
    "dan di bawahnya sedikitnya satu surat."
)
_ENDLESS = frozenset({"selamanya", "seterusnya", "seumur hidup", "tanpa batas", "tidak terbatas", "tanpa batas waktu"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """A row that fits."""

    place: str  # where it stands in the file
    sop: str
    nomor: str
    key: str
    pemegang: str
    marks: tuple[str, ...]
    district: str
    day: date
    until: date | None
    series: SeriesNumber | None  # None: its number is not written as those of its permit

    @property
    def in_series(self) -> tuple[str, str, int, int] | None:
        """The same number in the terms of the register of numbers."""
        return (self.sop, *self.series) if self.series else None

    def plain(self) -> Json:
        """What is kept of it, as the digest of an import binds it."""
        return {
            "sop": self.sop,
            "nomor": self.nomor,
            "pemegang": self.pemegang,
            "marks": list(self.marks),
            "district": self.district,
            "day": self.day.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "series": list(self.series) if self.series else None,
        }


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row that does not fit, with its reasons."""

    place: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole register: every row that says anything is in one of the two."""

    fits: tuple[Decree, ...]
    misfits: tuple[Misfit, ...]

    def without(self, known: Mapping[str, str]) -> "Checked":
        """The same without the decrees whose number the office knows already: key -> why it cannot be taken."""
        refused = [Misfit(d.place, _told(d), (known[d.key],)) for d in self.fits if d.key in known]
        return Checked(tuple(d for d in self.fits if d.key not in known), (*self.misfits, *refused))

    @property
    def last_numbers(self) -> dict[SeriesKey, int]:
        """Series -> the highest of its numbers in the register."""
        last: dict[SeriesKey, int] = {}
        for sop, kind, year, sequence in filter(None, (decree.in_series for decree in self.fits)):
            last[sop, kind, year] = max(last.get((sop, kind, year), 0), sequence)
        return last


def check_register(grids: Sequence[Grid], sops: Mapping[str, Sop], *, today: date) -> Checked:
    """Every row of the tables in a file. Raises DefinitionError when none of them has the columns of a register."""
    permits = {code: sop for code, sop in sops.items() if sop.decision(Arah.TERBIT)}
    labels = labels_of(permits.values())
    for grid in grids:
        rows = list(_rows(grid, labels))
        if rows:
            return _no_number_twice([_read(header, row, permits, today) for header, row in rows])
    raise DefinitionError(f"{_NO_TABLE} {_nearest(grids, labels)}".strip())


def _rows(grid: Grid, labels: Mapping[str, Column]) -> Iterator[tuple[Header, Row]]:
    """The rows below a header, each sheet with its own."""
    header, block = None, None
    for row in grid:
        if row.block != block:
            header, block = None, row.block
        if (found := read_header(row, labels)).whole:
            header = found
        elif header:
            yield header, row


def _nearest(grids: Sequence[Grid], labels: Mapping[str, Column]) -> str:
    """What the row that is most like a header would have had to say."""
    read = [(row, read_header(row, labels)) for grid in grids for row in grid]
    row, header = max(read, key=lambda one: len(one[1].column), default=(None, None))
    return what_was_read(row, header) if row and header and header.column and not header.whole else ""


def _no_number_twice(read: Iterable[Decree | Misfit]) -> Checked:
    """The first row of a number stands; those after it name its place."""
    first: dict[object, str] = {}
    misfits: list[Misfit] = []
    fits: list[Decree] = []
    for one in read:
        if isinstance(one, Misfit):
            misfits.append(one)
        elif place := first.get(one.key) or first.get(one.in_series):
            misfits.append(Misfit(one.place, _told(one), (f"Nomor ini sudah ada pada {place}.",)))
        else:
            first |= {one.key: one.place, one.in_series or one.key: one.place}
            fits.append(one)
    return Checked(tuple(fits), tuple(misfits))


def _read(header: Header, row: Row, permits: Mapping[str, Sop], today: date) -> Decree | Misfit:
    reasons: list[str] = []
    nomor = _short(header.text(row, Column.NOMOR), "Nomor", NUMBER_LENGTH, reasons)
    if nomor and not whole_numbers(nomor):
        reasons.append("Nomor tidak memuat angka.")
    pemegang = _short(header.text(row, Column.HOLDER), "Pemegang", NAME_LENGTH, reasons)
    sop = _permit(header.text(row, Column.PERMIT), permits, reasons)
    day = _day(header.text(row, Column.ISSUED), "Tanggal terbit", reasons)
    if day and day > today:
        reasons.append("Tanggal terbit belum tiba.")
    until = _until(header.text(row, Column.UNTIL), sop, reasons)
    if day and until and until < day:
        reasons.append("Berlaku sampai lebih awal daripada tanggal terbit.")
    told = _identity(header, row, sop, reasons) if sop else {}
    series = number_of_series(sop, nomor) if sop and not reasons else None
    if series and series.sequence > LARGEST:
        reasons.append(f"Nomor urut {series.sequence} terlalu besar; paling besar {LARGEST}.")
    if sop and series and sop.paper(series.kind).arah is Arah.TOLAK:
        reasons.append("Ini nomor surat penolakan, bukan izin.")
    if reasons or sop is None or day is None:
        return Misfit(row.place, row.text[:NAME_LENGTH], tuple(reasons))
    return Decree(
        place=row.place,
        sop=sop.code,
        nomor=nomor,
        key=number_key(nomor),
        pemegang=pemegang,
        marks=tuple(sorted(marks_told(sop, {sop.pemegang: pemegang, **told}))),
        district=clean_line(header.text(row, Column.DISTRICT))[:NUMBER_LENGTH],
        day=day,
        until=until,
        series=series,
    )


def _short(text: str, what: str, length: int, reasons: list[str]) -> str:
    words = clean_line(text).strip(" -–—")
    if not words:
        reasons.append(f"{what} kosong.")
    elif len(words) > length:
        reasons.append(f"{what} lebih dari {length} huruf.")
    return words


def _permit(text: str, permits: Mapping[str, Sop], reasons: list[str]) -> Sop | None:
    """By its code or its name; where the office has one permit, nothing has to be said."""
    if not text and len(permits) == 1:
        return next(iter(permits.values()))
    words = {fold(text), plain_words(text)}
    found = next((s for s in permits.values() if words & {fold(s.code), fold(s.name), plain_words(s.name)}), None)
    if found is None:
        names = "; ".join(f"{s.code} ({s.name})" for s in permits.values())
        reasons.append(f"Izin {text!r} tidak dikenal. Tulis salah satu: {names}." if text else "Izin kosong.")
    return found


def _day(text: str, what: str, reasons: list[str]) -> date | None:
    """As a workbook keeps it or as a person writes it."""
    if not text:
        reasons.append(f"{what} kosong.")
        return None
    try:
        return parse_date(text.removesuffix(" 00:00:00"))
    except InvalidIsian as error:
        reasons.append(f"{what} {text!r}: {error}")
        return None


def _until(text: str, sop: Sop | None, reasons: list[str]) -> date | None:
    """None: without an end, where the register or the permit says so."""
    paper = sop.decision(Arah.TERBIT) if sop else None
    words = fold(text).strip(" -")
    if words in _ENDLESS or (not words and (paper is None or paper.validity is None)):
        return None
    return _day(text if words else "", "Berlaku sampai", reasons)


def _identity(header: Header, row: Row, sop: Sop, reasons: list[str]) -> dict[str, str]:
    """The fields that tell one holder from another, as far as the register has a column for them."""
    told: dict[str, str] = {}
    for isian in sop.isian:
        titles = (plain_words(isian.label), isian.code, isian.code.replace("_", " "))
        at = next((header.others[t] for t in titles if t in header.others), None)
        text = row[at].text if at is not None else ""
        if isian.identity and text:
            try:
                told[isian.code] = str(parse_isian(isian, text))
            except InvalidIsian as error:
                reasons.append(f"{isian.label}: {error}")
    return told


def _told(decree: Decree) -> str:
    return f"{decree.nomor} | {decree.pemegang}"
