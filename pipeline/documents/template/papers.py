"""Every paper of an SOP tried with its own template: what is wrong with it, what it prints, and what none prints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.documents.template.compose import names_in
from pipeline.documents.template.sample import must_say, sample_cases, sample_variables
from pipeline.documents.template.templates import Report, Sample, Templat, check_template
from pipeline.errors import AlurIzinError
from pipeline.kantor import Kantor
from pipeline.sop.conditions import Condition
from pipeline.sop.naskah import Naskah
from pipeline.sop.values import Isian, Sop
from pipeline.sop.words import NaskahKind


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """One paper of an SOP after it was tried."""

    naskah: Naskah
    report: Report
    printed: tuple[str, ...]  # codes of the fields whose answers it prints, in the order of the forms


def check_papers(kantor: Kantor, sop: Sop, read: Callable[[str], Templat]) -> tuple[CheckedPaper, ...]:
    """Try every paper; ``read`` gives the template of a file name. Raises nothing: it is all in the reports."""
    return tuple(check_paper(kantor, sop, naskah, read) for naskah in sop.naskah)


def check_paper(kantor: Kantor, sop: Sop, naskah: Naskah, read: Callable[[str], Templat]) -> CheckedPaper:
    """Try one paper with invented cases of this SOP."""
    try:
        samples = tuple(_samples(kantor, sop, naskah))
        report = check_template(read(naskah.templat).payload, samples)
        printed = _fields(sop, naskah, report.variable)
    except AlurIzinError as error:
        return CheckedPaper(naskah, Report(error=[str(error)]), ())
    report.note += [f"Variabel `{name}` tidak dicetak." for name in _usual(naskah) if name not in report.variable]
    report.error += [
        f"`{name}` tidak tercetak, padahal SOP menulisnya untuk naskah ini. Cetak di Word, atau hapus dari SOP."
        for name in _written(naskah)
        if name not in report.variable
    ]
    personal = [i.label for i in _every_field(sop) if i.personal and i.code in printed]
    if personal and naskah.kind is NaskahKind.KEPUTUSAN:
        report.note.append(f"Data pribadi ikut tercetak: {', '.join(personal)}.")
    return CheckedPaper(naskah, report, printed)


def unprinted(sop: Sop, papers: tuple[CheckedPaper, ...]) -> tuple[str, ...]:
    """The fields whose answers no paper prints."""
    printed = {code for paper in papers for code in paper.printed}
    return tuple(i.code for i in _every_field(sop) if i.code not in printed)


def _every_field(sop: Sop) -> tuple[Isian, ...]:
    """Of the application form and of those that desks fill in."""
    return (*sop.isian, *(field for form in sop.forms for field in form.isian))


def _written(naskah: Naskah) -> tuple[str, ...]:
    """The variables that the SOP fills with words of its own for this paper alone."""
    lists = {"mengingat": naskah.citing, "data": naskah.lines, "tembusan": naskah.tembusan}
    return (*(name for name, words in lists.items() if words), *dict.fromkeys(text.label for text in naskah.texts))


def _usual(naskah: Naskah) -> tuple[str, ...]:
    """What a signed paper usually prints; leaving one out may be meant."""
    if naskah.kind is not NaskahKind.KEPUTUSAN:
        return ()
    ends = ("berlaku_sampai",) if naskah.validity else ()
    return (*ends, "jabatan_penandatangan", "nama_penandatangan", "qr", "url_verifikasi", "catatan_tte")


def _samples(kantor: Kantor, sop: Sop, naskah: Naskah) -> Iterator[Sample]:
    for special, answers in sample_cases(sop):
        values = sample_variables(kantor, sop, naskah, answers)
        yield Sample(special, values, must_say(sop, naskah, values))


def _fields(sop: Sop, naskah: Naskah, used: tuple[str, ...]) -> tuple[str, ...]:
    """The isian behind the variables of a template: through the texts composed of them, and what these depend on."""
    behind = {"pemegang": {sop.pemegang}} | _composed(sop, naskah)
    found: set[str] = set()
    left = set(used)
    while left:
        found |= left
        left = {name for one in left for name in behind.get(one, ())} - found
    return tuple(i.code for i in _every_field(sop) if i.code in found)


def _composed(sop: Sop, naskah: Naskah) -> dict[str, set[str]]:
    """Variable -> what the SOP makes it of."""
    parts: list[tuple[str, str, tuple[Condition, ...]]] = [
        ("tentang", naskah.about, ()),
        *(("tembusan", text, ()) for text in naskah.tembusan),
        *(("mengingat", basis.text, basis.when) for basis in naskah.citing),
        *(("data", line.value, line.when) for line in naskah.lines),
        *((text.label, text.value, text.when) for text in (*sop.texts, *naskah.texts)),
    ]
    made: dict[str, set[str]] = {}
    for name, text, when in parts:
        asked = {code for condition in when for code in condition.isian}
        made[name] = made.get(name, set()) | names_in(text) | asked
    return made
