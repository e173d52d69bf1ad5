"""A change of the calendar as its forms send it: the same fields to look at the effect and to save."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from pipeline.calendar.due import Musim
from pipeline.calendar.edit import (
    ADD_AT_ONCE,
    AddLibur,
    Change,
    ChangeHours,
    EnsureLibur,
    MoveLibur,
    RemoveLibur,
    RemoveMusim,
    SaveMusim,
    parse_hours,
    time_text,
)
from pipeline.calendar.hours import Hours
from pipeline.errors import InputInvalid
from pipeline.text import MONTHS, read_iso_date
from web.forms import checked_text

Fields = MultiDict[str, str]
_LINE = re.compile(r"(\d{1,2})[-/. ]\s*([a-z]+|\d{1,2})[-/. ]\s*(\d{4})[\s,:]+(\S.*)", re.ASCII | re.IGNORECASE)
_MONTHS = {name.lower(): n for n, name in enumerate(MONTHS, 1)}


def parse_change(fields: Fields) -> Change:
    """What the form asks for. Raises InputInvalid with the sentences by field."""
    kind = fields.get("jenis", "")
    if kind not in _PARSERS:
        raise InputInvalid({}, "Perubahan ini tidak dikenal. Buka lagi halaman kalender.")
    return _PARSERS[kind](fields)


def hours_fields(hours: Hours) -> dict[str, str]:
    """Hours as the fields ``jam-0`` to ``jam-6`` show them."""
    return {f"jam-{hari}": time_text(hours.get(hari, ())) for hari in range(7)}


def _add(fields: Fields) -> Change:
    start, name = _date(fields, "tanggal"), _text(fields, "nama")
    until = _date(fields, "sampai") if fields.get("sampai") else start
    if not 0 <= (until - start).days < ADD_AT_ONCE:
        raise InputInvalid(
            {"sampai": f"Tanggal akhir tidak boleh sebelum tanggal mulai, paling banyak {ADD_AT_ONCE} hari."}
        )
    return AddLibur(tuple((start + timedelta(days=n), name) for n in range((until - start).days + 1)))


def _add_lines(fields: Fields) -> Change:
    lines = [b.strip() for b in _text(fields, "daftar").splitlines() if b.strip()]
    try:
        return AddLibur(tuple(_parse_line(b) for b in lines))
    except InputInvalid as error:
        raise InputInvalid({"daftar": str(error)}) from error


def _parse_line(line: str) -> tuple[date, str]:
    problem = f"Baris “{line[:60]}” belum terbaca. Tulis seperti 24-12-2027 Cuti bersama Natal."
    match = _LINE.fullmatch(line)
    if not match:
        raise InputInvalid({}, problem)
    hari, month, year, name = match.groups()
    try:
        return date(int(year), _MONTHS.get(month.lower()) or int(month), int(hari)), name
    except ValueError:
        raise InputInvalid({}, problem) from None


def _confirm(fields: Fields) -> Change:
    return EnsureLibur(tuple(_parse_date(t, "tanggal") for t in fields.getlist("tanggal")))


def _season(fields: Fields) -> Change:
    musim = Musim(_date(fields, "start_date"), _date(fields, "end_date"), _hours(fields), _text(fields, "nama"))
    return SaveMusim(musim, _date(fields, "lama") if fields.get("lama") else None)


def _hours(fields: Fields) -> Hours:
    return parse_hours({hari: _text(fields, f"jam-{hari}") for hari in range(7)})


def _text(fields: Fields, code: str) -> str:
    return checked_text(fields.get(code, "")).strip()


def _date(fields: Fields, code: str) -> date:
    return _parse_date(_text(fields, code), code)


def _parse_date(text: str, code: str) -> date:
    try:
        return read_iso_date(text)
    except ValueError:
        raise InputInvalid({code: "Pilih tanggalnya: hari, bulan, dan tahun."}) from None


_PARSERS: Mapping[str, Callable[[Fields], Change]] = {
    "tambah": _add,
    "daftar": _add_lines,
    "hapus": lambda isian: RemoveLibur(_date(isian, "tanggal")),
    "pindah": lambda isian: MoveLibur(_date(isian, "dari"), _date(isian, "ke")),
    "pastikan": _confirm,
    "jam": lambda isian: ChangeHours(_hours(isian)),
    "musim": _season,
    "hapus-musim": lambda isian: RemoveMusim(_date(isian, "lama")),
}
