"""A made-up case of any permit, from the kinds of its fields alone: what is typed, and the documents handed in."""

import random
import re
from collections.abc import Sequence
from datetime import date, timedelta

from ops.contoh.papers.desk_form import made_up
from ops.contoh.papers.documents import SampleBerkas
from ops.contoh.papers.pdf import Page, make_pdf
from pipeline.sop.values import CaseData, Isian, Sop, Syarat
from pipeline.sop.words import Identity, IsianKind
from pipeline.text import date_in_words

_FIRST = "Ahmad Aisyah Bahrani Fitriah Gazali Halimah Jamilah Khairul Mansyur Norhayati Rahmat Salasiah Yuliani".split()
_LAST = "Anshari Basri Djohan Effendi Fahmi Hidayat Ismail Kurnain Lazuardi Maulana Nafarin Ridhani".split()


def make_answers(sop: Sop, seed: str, today: date) -> CaseData:
    """Answers to all that this case asks for; what can be chosen is the first choice the office serves."""
    holder = _person(random.Random(seed)) + f" {seed.upper()}"  # noqa: S311 - an invented name
    answers: dict[str, str | tuple[str, ...]] = {}
    for _ in sop.isian:  # a field may depend on one further down
        new = {i.code: _answer(i, f"{seed}/{i.code}", holder, today) for i in sop.isian_for(answers)}
        if new == answers:
            break
        answers = new
    return answers


def make_document(syarat: Syarat, sop: Sop, answers: CaseData, seed: str, today: date) -> Sequence[SampleBerkas]:
    """A letter of one page that says what it is, for whom, and what was typed into the form."""
    page = Page()
    page.line(syarat.name.upper(), size=13, thick=True, middle=True)
    page.line(f"Nomor: CONTOH/{seed}/{syarat.code}", size=9, middle=True)
    page.rule(1.6)
    page.paragraph(f"Dokumen contoh untuk {sop.name}. {syarat.remarks}")
    for isian in sop.isian_for(answers):
        if isian.code in answers and not isian.personal:
            page.paragraph(f"{isian.label}: {isian.worded(answers[isian.code])}")
    page.line(f"Dibuat {date_in_words(today - timedelta(days=14))} (contoh)")
    payload = make_pdf([page], title=syarat.name)
    return (SampleBerkas(f"{syarat.code.lower()}.pdf", "application/pdf", payload),)


def _answer(isian: Isian, seed: str, holder: str, today: date) -> str | tuple[str, ...]:
    rng = random.Random(seed)  # noqa: S311 - invented numbers
    if isian.identity is Identity.NAMA:
        return holder[: isian.max_length]
    if isian.shape or isian.usual:
        return _shaped(isian, rng)
    match isian.kind:
        case IsianKind.TANGGAL if isian.past:
            return (today - timedelta(days=rng.randrange(30, 90))).isoformat()
        case IsianKind.ANGKA_TETAP:
            return "".join(str(rng.randint(1, 9)) for _ in range(isian.lengths[0]))
        case IsianKind.NIK:
            born = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{rng.randint(65, 95)}"
            return f"637201{born}{rng.randint(1, 9999):04d}"
        case IsianKind.TELEPON:
            return f"0812{rng.randint(10_000_000, 99_999_999)}"
        case IsianKind.TEKS if "nama" in isian.code.split("_"):
            return _person(rng)[: isian.max_length]
        case _:
            return made_up(isian, str(rng.randint(100, 999)), today)


def _person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _shaped(isian: Isian, rng: random.Random) -> str:
    """The example that the SOP gives of its shape, with other digits where the shape allows them."""
    shapes = [shape for shape in (isian.usual, isian.shape) if shape]
    other = re.sub(r"\d{5,}", lambda digits: "".join(str(rng.randint(1, 9)) for _ in digits.group()), isian.example)
    return other if all(shape.read(other) for shape in shapes) else isian.example
