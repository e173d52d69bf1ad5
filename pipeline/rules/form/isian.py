"""What people type into the form: each answer brought to one way of writing, the whole checked when it is sent. Pure.

``parse_isian`` looks at one answer while a draft is saved; ``check_content`` at the whole form.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.rules.form.answers import (
    PARSERS,
    InvalidIsian,
    choices,
    parse_date,
    parse_email,
    parse_nik,
    parse_phone,
)
from pipeline.sop.values import CaseData, Isian, Sop, Syarat
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, clean_paragraph, date_in_words

__all__ = [
    "InvalidIsian",
    "check_content",
    "parse_date",
    "parse_email",
    "parse_isian",
    "parse_nik",
    "parse_phone",
    "years_before",
]


def parse_isian(isian: Isian, raw: str | Sequence[str]) -> str | tuple[str, ...]:
    """The answer as it is kept: clean text, digits only, ISO dates, ``62…`` telephone numbers.

    A multiple choice gives a tuple in the order of the form. Nothing typed gives "" or (), whether mandatory or not.
    A date may come in three parts (day, month, year). Raises InvalidIsian with the sentence to show.
    """
    answer = [raw] if isinstance(raw, str) else list(raw)
    if isian.kind is IsianKind.BANYAK:
        return choices(isian, answer)
    if isian.kind is IsianKind.TANGGAL and len(answer) == 3 and any(answer):
        answer = ["-".join(bagian.strip() for bagian in answer)]
    if len([j for j in answer if j.strip()]) > 1:
        raise InvalidIsian("Isi dengan satu jawaban saja.")
    one = next((j for j in answer if j.strip()), "")
    text = clean_paragraph(one) if isian.kind is IsianKind.PARAGRAF else clean_line(one)
    return PARSERS[isian.kind](isian, text) if text else ""


def check_content(sop: Sop, content: CaseData, *, today: date) -> dict[str, str]:
    """kode -> sentence for everything missing or wrong at submission; empty = fine. Only what the case is asked for."""
    errors: dict[str, str] = {}
    for isian in sop.isian_for(content):
        try:
            _check(isian, content, today)
        except InvalidIsian as error:
            errors[isian.code] = str(error)
    return _too_old(sop, content, today) | errors


def _check(isian: Isian, content: CaseData, today: date) -> None:
    raw = content.get(isian.code, "")
    value = parse_isian(isian, raw)
    if not value and isian.required_for(content):
        raise InvalidIsian(_missing(isian))
    if isian.past and isinstance(value, str) and value and date.fromisoformat(value) > today:
        raise InvalidIsian("Tanggal ini belum tiba. Periksa tahunnya.")


def _missing(isian: Isian) -> str:
    if isian.label.endswith("?"):
        return f"Belum dijawab: {isian.label}"
    if isian.kind in (IsianKind.PILIHAN, IsianKind.BANYAK):
        return f"{isian.label} belum dipilih."
    return "Centang persetujuan ini." if isian.kind is IsianKind.SETUJU else f"{isian.label} belum diisi."


def _too_old(sop: Sop, content: CaseData, today: date) -> dict[str, str]:
    """Documents older than the SOP allows, by the date typed for them."""
    requested: Mapping[str, Syarat] = {s.code: s for s in sop.syarat_for(content)}
    errors: dict[str, str] = {}
    for age in (u for u in sop.policy.document_ages if u.syarat in requested):
        dated = _date_or_none(content.get(age.isian, ""))
        if dated and dated < years_before(today, age.year):
            errors[age.isian] = (
                f"{requested[age.syarat].name} bertanggal {date_in_words(dated)}, sudah lebih dari {age.year} tahun. "
                "Mintalah yang baru, lalu unggah dan tulis tanggalnya."
            )
    return errors


def _date_or_none(value: str | tuple[str, ...]) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except InvalidIsian:
        return None


def years_before(hari: date, year: int) -> date:
    """The same day some years earlier; 29 February becomes 28 February where there is none."""
    try:
        return hari.replace(year=hari.year - year)
    except ValueError:
        return hari.replace(year=hari.year - year, day=28)
