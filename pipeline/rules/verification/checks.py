"""What is checked automatically at the first desk: one function per kind of check, each yielding verdicts.

Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from pipeline.rules.form.isian import check_content, years_before
from pipeline.rules.sentences import Sentence, say
from pipeline.rules.verification.facts import CheckResult, EarlierSk, Facts, Verdict
from pipeline.rules.verification.findings import Finding
from pipeline.rules.verification.pages import documents_differ, pages_readable
from pipeline.sop.values import Isian, Sop
from pipeline.sop.words import About, Renewal

RENEWAL_LATE_YEARS: Final = 1  # an older paper is renewed only after a person has looked at it

Check = Callable[[Sop, Facts], Iterator[Verdict]]


def verify(sop: Sop, facts: Facts) -> tuple[Verdict, ...]:
    """Every check's verdicts, in the order of CHECKS. Never empty, and the same facts give the same answer."""
    return tuple(verdict for check in CHECKS for verdict in check(sop, facts))


def documents_present(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each mandatory document is there."""
    for syarat in sop.required_syarat(facts.data):
        if berkas := facts.berkas_for(syarat.code):
            pages = sum(b.page_count for b in berkas)
            found = say(Finding.PRESENT, document=syarat.name, files=len(berkas), pages=pages)
            yield _syarat(syarat.code, CheckResult.LULUS, found)
        else:
            yield _syarat(syarat.code, CheckResult.GAGAL, say(Finding.MISSING, document=syarat.name))


def files_open(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each file opens, is what it says, and has pages."""
    bad = [b for b in facts.berkas if b.problem or b.page_count < 1]
    for b in bad:
        bad_file = say(Finding.UNREADABLE, file=b.name, cause=b.problem) if b.problem else None
        yield _syarat(b.syarat, CheckResult.GAGAL, bad_file or say(Finding.NO_PAGES, file=b.name))
    if facts.berkas and not bad:
        yield _general(CheckResult.LULUS, say(Finding.ALL_OPEN, files=len(facts.berkas)))


def one_file_per_document(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The same file does not stand for two different documents; it is asked for again where it came last."""
    name = {s.code: s.name for s in sop.syarat}
    syarat_of: defaultdict[str, list[str]] = defaultdict(list)
    for b in facts.berkas:
        if b.syarat not in syarat_of[b.original_sha256]:
            syarat_of[b.original_sha256].append(b.syarat)
            first = syarat_of[b.original_sha256][0]
            if b.syarat != first:
                same = say(Finding.SAME_FILE, file=b.name, other=name[first], document=name[b.syarat])
                yield _syarat(b.syarat, CheckResult.GAGAL, same)


def not_handed_in_elsewhere(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A file that came with another application may be right (a renewal) or borrowed."""
    for b in facts.berkas:
        if nomor := facts.same_berkas.get(b.original_sha256):
            yield _syarat(b.syarat, CheckResult.PETUGAS, say(Finding.ELSEWHERE, file=b.name, nomor=nomor))


def form_complete(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each field is there and well formed; the scope of work is this office's; dates are possible and not too old."""
    errors = check_content(sop, facts.data, today=facts.today)
    for code, sentence in errors.items():
        yield Verdict(About.ISIAN, code, CheckResult.GAGAL, sentence)
    if not errors:
        yield _general(CheckResult.LULUS, say(Finding.FORM_COMPLETE))


def documents_young(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A document too old has to be handed in anew, besides the date typed for it (which form_complete asks for)."""
    requested = {s.code: s for s in sop.syarat_for(facts.data)}
    for age in sop.policy.document_ages:
        dated = _date(facts.text(age.isian))
        if age.syarat in requested and dated and dated < years_before(facts.today, age.year):
            document = requested[age.syarat].name
            old = say(Finding.OLD_DOCUMENT, document=document, dated=dated.isoformat(), years=age.year)
            yield _syarat(age.syarat, CheckResult.GAGAL, old)


def different_people(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The fields of a group are about different persons."""
    owner: dict[tuple[str, str], Isian] = {}
    for isian in (f for f in sop.isian_for(facts.data) if f.unlike):
        answer = facts.text(isian.code)
        first = owner.setdefault((isian.unlike, answer), isian)
        if answer and first is not isian:
            yield _isian(isian.code, say(Finding.SAME_ANSWER, label=isian.label, other=first.label))


def answers_usual(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """What may be written otherwise, as numbers of old papers are, is compared with the paper by a person."""
    for isian in sop.isian_for(facts.data):
        answer = facts.text(isian.code)
        refused = isian.shape and isian.shape.read(answer) is None  # form_complete asks for it
        if isian.usual and answer and not refused and isian.usual.read(answer) is None:
            yield _isian(isian.code, say(Finding.UNUSUAL, words=isian.usual.words))


def holder_not_known(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """No other application is of a holder with one of these numbers, or with this name but for its spelling."""
    label = {i.code: i.label for i in sop.isian}
    for code, nomor in facts.same_answers.items():
        yield _isian(code, say(Finding.KNOWN_HOLDER, label=label[code], nomor=nomor[:5]))


def renewal_of_ours(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The number that is renewed was given by this office, to this holder, and through this applicant."""
    code = sop.renewed(Renewal.NOMOR, facts.data)
    if code and facts.text(code):
        cause = _old_number_problem(facts.earlier_sk)
        result = CheckResult.PETUGAS if cause else CheckResult.LULUS
        yield Verdict(About.ISIAN, code, result, say(cause or Finding.OLD_NUMBER_OURS))
        if cause in {None, Finding.OLD_NUMBER_PAPER}:
            yield from _end_as_kept(sop, facts)


def _end_as_kept(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """The last day of the old paper is that of the office's own records."""
    code = sop.renewed(Renewal.SAMPAI, facts.data)
    until = facts.earlier_sk.until if facts.earlier_sk else None
    if code and until and _date(facts.text(code)) != until:
        yield _isian(code, say(Finding.OLD_NUMBER_UNTIL, until=until.isoformat()))


def _old_number_problem(earlier_sk: EarlierSk | None) -> Finding | None:
    """What a person has to look at; None when there is nothing."""
    if earlier_sk is None:
        return Finding.OLD_NUMBER_UNKNOWN
    if earlier_sk.refusal:
        return Finding.OLD_NUMBER_REFUSAL
    if earlier_sk.revoked:
        return Finding.OLD_NUMBER_REVOKED
    if not earlier_sk.same_holder:
        return Finding.OLD_NUMBER_OTHERS
    if earlier_sk.on_paper:
        return Finding.OLD_NUMBER_PAPER
    return None if earlier_sk.same_pemohon else Finding.OLD_NUMBER_OTHER_ACCOUNT


def renewal_in_time(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """A paper that ended long ago is perhaps no longer renewed but asked for anew."""
    code = sop.renewed(Renewal.SAMPAI, facts.data)
    until = _date(facts.text(code)) if code else None
    if code and until and until < years_before(facts.today, RENEWAL_LATE_YEARS):
        late = say(Finding.RENEWAL_LATE, until=until.isoformat(), years=RENEWAL_LATE_YEARS)
        yield _isian(code, late)


def spot_check(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Some files that pass are seen by a person all the same."""
    if facts.sample:
        yield _general(CheckResult.PETUGAS, say(Finding.SPOT_CHECK))


#: All of them; their verdicts are shown in this order.
CHECKS: Final[tuple[Check, ...]] = (
    documents_present,
    files_open,
    one_file_per_document,
    pages_readable,
    documents_differ,
    not_handed_in_elsewhere,
    form_complete,
    documents_young,
    different_people,
    answers_usual,
    holder_not_known,
    renewal_of_ours,
    renewal_in_time,
    spot_check,
)


def _isian(code: str, sentence: Sentence) -> Verdict:
    """Something about an answer that a person has to look at."""
    return Verdict(About.ISIAN, code, CheckResult.PETUGAS, sentence)


def _syarat(code: str, result: CheckResult, sentence: Sentence) -> Verdict:
    return Verdict(About.SYARAT, code, result, sentence)


def _general(result: CheckResult, sentence: Sentence) -> Verdict:
    return Verdict(About.UMUM, "", result, sentence)


def _date(text: str) -> date | None:
    """A kept date; None when it is missing or wrong, which form_complete says."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
