"""What people type into the form: each answer brought to one way of writing, the whole checked when it is sent. Pure.

``parse_isian`` looks at one answer while a draft is saved; ``check_content`` at the whole form.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.rules.form.answers import PARSERS, choices, parse_date, parse_email, parse_nik, parse_phone
from pipeline.rules.form.refused_answer import InvalidIsian, RefusedAnswer
from pipeline.rules.sentences import Sentence, say
from pipeline.sop.values import CaseData, Isian, Sop, Syarat
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, clean_paragraph

__all__ = [
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
        answer = ["-".join(part.strip() for part in answer)]
    if len([j for j in answer if j.strip()]) > 1:
        raise InvalidIsian(RefusedAnswer.SEVERAL)
    one = next((j for j in answer if j.strip()), "")
    text = clean_paragraph(one) if isian.kind is IsianKind.PARAGRAF else clean_line(one)
    return PARSERS[isian.kind](isian, text) if text else ""


def check_content(sop: Sop, content: CaseData, *, today: date) -> dict[str, Sentence]:
    """kode -> sentence for everything missing or wrong at submission; empty = fine. Only what the case is asked for."""
    return _too_old(sop, content, today) | check_answers(sop.isian_for(content), content, today=today)


def check_answers(asked: Sequence[Isian], content: CaseData, *, today: date) -> dict[str, Sentence]:
    """kode -> sentence for what is missing or wrong in these fields."""
    errors: dict[str, Sentence] = {}
    for isian in asked:
        try:
            _check(isian, content, today)
            _check_order(isian, asked, content)
        except InvalidIsian as error:
            errors[isian.code] = error.sentence
    return errors


def _check_order(isian: Isian, asked: Sequence[Isian], content: CaseData) -> None:
    earlier = next((f for f in asked if f.code == isian.not_before), None)
    dated, since = (_date_or_none(content.get(f.code, "")) if f else None for f in (isian, earlier))
    if earlier and dated and since and dated < since:
        raise InvalidIsian(RefusedAnswer.DATE_BEFORE, other=earlier.label)


def _check(isian: Isian, content: CaseData, today: date) -> None:
    raw = content.get(isian.code, "")
    value = parse_isian(isian, raw)
    if not value and isian.required_for(content):
        raise _missing(isian)
    if isian.past and isinstance(value, str) and value and date.fromisoformat(value) > today:
        raise InvalidIsian(RefusedAnswer.DATE_AHEAD)


def _missing(isian: Isian) -> InvalidIsian:
    if isian.label.endswith("?"):
        return InvalidIsian(RefusedAnswer.QUESTION_OPEN, label=isian.label)
    if isian.kind in (IsianKind.PILIHAN, IsianKind.BANYAK):
        return InvalidIsian(RefusedAnswer.NOT_CHOSEN, label=isian.label)
    if isian.kind is IsianKind.SETUJU:
        return InvalidIsian(RefusedAnswer.CONSENT_MISSING)
    return InvalidIsian(RefusedAnswer.EMPTY, label=isian.label)


def _too_old(sop: Sop, content: CaseData, today: date) -> dict[str, Sentence]:
    """Documents older than the SOP allows, by the date typed for them."""
    requested: Mapping[str, Syarat] = {s.code: s for s in sop.syarat_for(content)}
    errors: dict[str, Sentence] = {}
    for age in (u for u in sop.policy.document_ages if u.syarat in requested):
        dated = _date_or_none(content.get(age.isian, ""))
        if dated and dated < years_before(today, age.year):
            errors[age.isian] = say(
                RefusedAnswer.TOO_OLD,
                document=requested[age.syarat].name,
                dated=dated.isoformat(),
                years=age.year,
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
