"""From the rows below a header to steps: each row begins one, carries one on, adds up, or is told as not understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.calendar.limit import ReadTime, read_time
from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import Row
from pipeline.sop.office_table.layout import Layout, column_numbers
from pipeline.sop.office_table.marks import Seen, marks_of
from pipeline.sop.office_table.values import Fate, FileRow, Step
from pipeline.sop.office_table.words import (
    Kind,
    StepNumber,
    begins_row,
    is_closing,
    is_heading,
    is_rule,
    is_total,
    step_number,
)

#: Where a table has no column of numbers, an activity may begin with its own.
_IN_ACTIVITY = re.compile(r"(\(?\d{1,3}[a-z]?[.)])\s+(?=\D)")
_WORDS = (Kind.ACTIVITY, Kind.INPUTS, Kind.TIME, Kind.OUTPUT, Kind.REMARKS)


@dataclass(slots=True)
class _Open:
    """A step while its rows come in."""

    number: str
    counted: StepNumber | None
    place: str
    words: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in _WORDS})
    marks: list[Seen] = field(default_factory=list)
    unit: str = ""
    beside: bool = False
    asks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def said(self, kind: Kind) -> str:
        return " ".join(self.words[kind])

    def tell(self, text: str) -> None:
        self.notes.append(text)


class StepReader:
    """Takes the rows of a table one after another, also of several blocks with headers of their own."""

    def __init__(self) -> None:
        self.steps: list[_Open] = []
        self.rows: list[FileRow] = []
        self.printed_time = ""
        self.closed = False  # the total or a signature has been read
        self._signed = False

    @property
    def last_number(self) -> int:
        """The number of the last step that has one."""
        return next((step.counted.no for step in reversed(self.steps) if step.counted), 0)

    def take(self, row: Row, layout: Layout) -> None:
        """Read one row."""
        fate = self._fate(row, layout)
        step = self.steps[-1].number if fate in (Fate.STEP, Fate.CONTINUATION) else ""
        self.rows.append(FileRow(row.place, row.text, fate, step))

    def _fate(self, row: Row, layout: Layout) -> Fate:
        first = row[row.filled[0]].text
        if all(row[i].text and is_rule(row[i].text) for i in row.filled):
            return Fate.RULE
        counted = number_of(row, layout)
        if counted is None and is_total(first):
            return self._total(row, layout)
        if column_numbers(row, layout.column[Kind.ACTIVITY]) and not _time_at(row, layout):
            return Fate.HEADER if counted and len(row.filled) > 1 else self._odd()
        if self._signed or (counted is None and is_closing(first)):
            self._signed = self.closed = True
            return Fate.BELOW
        if counted is None and self._continues(row, layout):
            return self._carry_on(row, layout)
        return self._begin(row, layout, counted)

    def _odd(self) -> Fate:
        return Fate.BELOW if self.closed else Fate.UNKNOWN

    def _total(self, row: Row, layout: Layout) -> Fate:
        texts = [row[i].text for i in row.filled]
        own = texts[0].partition(":")[2].strip() or _trailing_time(texts[0])
        at_time = layout.cell(row, Kind.TIME)
        printed = (at_time.text if at_time.filled else "") or next((t for t in texts[1:] if t), own)
        if self.printed_time or (
            printed and "waktu" not in texts[0].lower() and not _is_time(printed, layout.time_unit)
        ):
            return self._odd()
        self.closed, self.printed_time = True, printed
        return Fate.TOTAL

    def _continues(self, row: Row, layout: Layout) -> bool:
        """Whether a row without a number belongs to the step above: it has no words where a number stands, and it does
        not say all that makes a step."""
        if not self.steps or self.closed or (layout.column[Kind.ACTIVITY] == 0 and len(row.cells) == 1 < layout.width):
            return False  # a lone word where activities begin: of the step above, or of the next?
        if Kind.NO in layout.column and layout.cell(row, Kind.NO).filled:
            return False
        if not layout.cell(row, Kind.ACTIVITY).filled:
            return True
        marked = bool(marks_of(row, layout)) and any(row[i].filled for i in layout.actors)
        if Kind.NO not in layout.column:
            return not marked and not _time_at(row, layout)
        return not marked and not (_time_at(row, layout) and self.steps[-1].words[Kind.TIME])

    def _carry_on(self, row: Row, layout: Layout) -> Fate:
        step = self.steps[-1]
        if _time_at(row, layout) and step.words[Kind.TIME] and _is_time(step.said(Kind.TIME), layout.time_unit):
            step.asks.append(
                f'waktunya tertulis dua kali: "{step.said(Kind.TIME)}" dan "{_time_at(row, layout)}" ({row.place}). '
                "Jumlahnya berapa?"
            )
        else:
            step.tell(f'{row.place} ("{row.text}") dibaca sebagai lanjutannya.')
        self._add(step, row, layout)
        return Fate.CONTINUATION

    def _begin(self, row: Row, layout: Layout, counted: StepNumber | None) -> Fate:
        activity = layout.cell(row, Kind.ACTIVITY)
        if not self._makes_step(row, layout, counted):
            heading = not self.closed and len(row.filled) < 3 and is_heading(row[row.filled[0]].text)
            return Fate.HEADING if heading else self._odd()
        if counted and self.steps and counted == self.steps[-1].counted and not activity.filled:
            return self._carry_on(row, layout)
        self._drop_heading(counted)
        step = _Open(_printed(row, layout, counted), counted, row.place, unit=layout.time_unit)
        self._ask_number(step, layout.cell(row, Kind.NO).text)
        self._add(step, row, layout)
        if counted and self.steps and counted == self.steps[-1].counted:
            step.beside = True
        self.steps.append(step)
        return Fate.STEP

    def _drop_heading(self, counted: StepNumber | None) -> None:
        """The step above only titled this one and the next: "2 Pemeriksaan" over "2.1" and "2.2"."""
        above = self.steps[-1] if self.steps else None
        if not (counted and counted.below and above and above.counted == (counted.no, "")):
            return
        if above.marks or above.words[Kind.TIME]:
            return
        self.steps.pop()
        self.rows = [
            replace(row, fate=Fate.HEADING) if row.step == above.number and row.fate is Fate.STEP else row
            for row in self.rows
        ]

    def _makes_step(self, row: Row, layout: Layout, counted: StepNumber | None) -> bool:
        """Whether the row says enough: a number, or an activity with who or how long; below the total, all of it."""
        activity = layout.cell(row, Kind.ACTIVITY).filled
        said = bool(marks_of(row, layout)) or bool(_time_at(row, layout))
        if self.closed:
            return bool(counted) and activity and said and counted is not None and counted.no > self.last_number
        if counted:
            return activity or said or len(row.filled) > 1
        named = Kind.NO in layout.column and layout.cell(row, Kind.NO).filled
        return activity and said and (not named or len(row.filled) > 2)

    def _ask_number(self, step: _Open, written: str) -> None:
        """What is odd about the number of a new step."""
        before = self.steps[-1] if self.steps else None
        if self.closed:
            step.asks.append("langkah ini tertulis di bawah jumlah waktu. Apakah masih bagian prosedur ini?")
        if step.counted is None:
            if self.last_number or written:
                instead = f' (kolom nomor berisi "{written}")' if written else ""
                step.asks.append(
                    f"baris ini tidak bernomor{instead}. Langkah tersendiri, atau lanjutan langkah sebelumnya?"
                )
            return
        expected, no = self.last_number + 1, step.counted.no
        if before and step.counted == before.counted:
            step.asks.append(
                f"nomor {step.number} juga dipakai pada {before.place}. Berdampingan, atau satu sesudah lainnya?"
            )
        elif no > expected:
            lost = str(expected) if no == expected + 1 else f"{expected} sampai {no - 1}"
            step.asks.append(f"nomor {lost} tidak ada sebelum nomor {step.number}. Adakah langkah yang hilang?")
        elif no < expected - 1 or (no == expected - 1 and not step.counted.below and before):
            step.asks.append(f"nomor {step.number} tidak berurutan. Di tempat inikah langkah ini dikerjakan?")

    def _add(self, step: _Open, row: Row, layout: Layout) -> None:
        """The row's words and marks into the step; what has no place in a step is told."""
        for kind in _WORDS:
            cell = layout.cell(row, kind)
            if cell.text and (not cell.above or not step.words[kind]):
                self._add_words(step, row, layout, kind)
        step.marks += [seen for seen in marks_of(row, layout) if seen.mark not in [known.mark for known in step.marks]]
        used = {*layout.column.values(), *layout.actors, layout.named_in}
        for i in row.filled:
            if i in layout.others:
                step.tell(f'kolom {layout.others[i]} berisi "{row[i].text or "tanda"}"; tidak dibaca.')
            elif i not in used:
                step.asks.append(f'kolom ke-{i + 1} tidak berjudul dan berisi "{row[i].text or "tanda"}". Apa artinya?')

    def _add_words(self, step: _Open, row: Row, layout: Layout, kind: Kind) -> None:
        cell = layout.cell(row, kind)
        if kind is Kind.TIME and cell.above:
            step.asks.append(f'waktu "{cell.text}" digabung dengan langkah di atasnya. Berapa untuk langkah ini?')
        elif not (cell.above and self.steps and self.steps[-1] is step):
            numbered = kind is Kind.ACTIVITY and Kind.NO not in layout.column
            step.words[kind].append(_IN_ACTIVITY.sub("", cell.text) if numbered else cell.text)

    def finished(self) -> tuple[Step, ...]:
        """The steps as they are once every row is read."""
        return tuple(_step(step, no) for no, step in enumerate(self.steps, start=1))


def number_of(row: Row, layout: Layout) -> StepNumber | None:
    """The number of the step that begins in this row."""
    if Kind.NO in layout.column:
        cell = layout.cell(row, Kind.NO)
        return step_number(cell.text) if cell.filled else None
    match = _IN_ACTIVITY.match(layout.cell(row, Kind.ACTIVITY).text)
    return step_number(match[1]) if match else None


def _printed(row: Row, layout: Layout, counted: StepNumber | None) -> str:
    text = layout.cell(row, Kind.NO).text
    if counted and not text:
        return f"{counted.no}{counted.below}"
    return text.strip("() .") if counted or not begins_row(text) else ""


def _trailing_time(text: str) -> str:
    """The time at the end of "Jumlah waktu 1 Hari 48 Menit"."""
    words = text.split()
    return next((tail for i in range(1, len(words)) if _is_time(tail := " ".join(words[i:]), "")), "")


def _time_at(row: Row, layout: Layout) -> str:
    cell = layout.cell(row, Kind.TIME)
    return cell.text if cell.filled else ""


def _is_time(text: str, unit: str) -> bool:
    return _read(text, unit)[0] is not None


def _read(text: str, unit: str) -> tuple[ReadTime | None, str]:
    """The time these words say, or why they say none."""
    try:
        return read_time(text, unit), ""
    except DefinitionError as error:
        return None, str(error)


def _step(step: _Open, no: int) -> Step:
    time = step.said(Kind.TIME)
    limit, why = _read(time, step.unit) if set(time) - set("-–—") else (None, "")
    shapes = [seen.mark for seen in step.marks if not seen.line]
    return Step(
        number=step.number,
        no=no,
        place=step.place,
        activity=step.said(Kind.ACTIVITY),
        marks=tuple(shapes or [seen.mark for seen in step.marks]),
        inputs=step.said(Kind.INPUTS),
        time=f"{time} {step.unit}" if limit and step.unit and _read(time, "")[0] is None else time,
        limit=limit,
        output=step.said(Kind.OUTPUT),
        remarks=step.said(Kind.REMARKS),
        beside=step.beside,
        asks=(*step.asks, *_without_time(why)),
        notes=(*step.notes, *(limit.notes if limit else ())),
    )


def _without_time(why: str) -> Sequence[str]:
    return [why[0].lower() + why[1:]] if why else []
