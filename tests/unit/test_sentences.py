"""Kept sentences: a code with parameters, read again and worded where it is shown."""

import json

import pytest

from pipeline.queries.records.kept_sentences import FAMILIES, UNREADABLE, asked, worded
from pipeline.rules.form.refused_answer import RefusedAnswer
from pipeline.rules.sentences import Family, Parameter, Sentence, read_sentence, say
from pipeline.rules.verification.findings import Finding
from pipeline.uploads.refusals import RefusalReason

EVERY = [member for family in FAMILIES for member in family]
#: A value for each parameter that some sentence asks for; other names get a text.
VALUES: dict[str, Parameter] = {
    "cause": say(RefusalReason.PDF_CUT),
    "dated": "2026-02-28",
    "until": "2025-01-31",
    "nomor": ("LKS-2026-000001", "LKS-2026-000002"),
    "lengths": ("15", "16"),
    "length": 14,
}


def full(code: Family) -> Sentence:
    return Sentence(code, {name: VALUES.get(name, f"<{name}>") for name in code.asks})


@pytest.mark.parametrize("code", EVERY, ids=str)
def test_a_kept_sentence_is_read_as_it_was(code: Family) -> None:
    kept = json.loads(json.dumps(full(code).kept()))
    assert worded(kept) == str(full(code))
    assert not {"{", "!"} & set(worded(kept))


def test_each_code_stands_for_one_sentence() -> None:
    assert len({str(code) for code in EVERY}) == len(EVERY)


def test_dates_are_worded_and_lists_joined() -> None:
    late = say(Finding.RENEWAL_LATE, until="2025-01-31", years=1)
    assert str(late).startswith("Surat lama berakhir 31 Januari 2025, lebih dari 1 tahun lalu.")
    assert str(say(RefusedAnswer.DIGITS_ONLY, what="NPWP", lengths=("15", "16"))).endswith("Tulis 15 atau 16 angka.")
    known = say(Finding.KNOWN_HOLDER, label="NPWP", nomor=("LKS-1", "LKS-2"))
    assert "dengan permohonan atau surat LKS-1, LKS-2. " in str(known)


def test_braces_in_what_somebody_typed_stay_as_they_are() -> None:
    odd = say(Finding.NO_PAGES, file="{document} {0} %s.pdf")
    assert worded(json.loads(json.dumps(odd.kept()))).startswith("{document} {0} %s.pdf: Berkas ini")


def test_a_sentence_may_stand_within_another() -> None:
    inner = say(RefusedAnswer.NO_WORDS)
    outer = say(Finding.UNREADABLE, file="akta.pdf", cause=inner)
    assert read_sentence(json.loads(json.dumps(outer.kept())), FAMILIES) == outer
    assert str(outer) == f"akta.pdf: {inner}"


@pytest.mark.parametrize("params", [{}, {"file": "a.pdf"}, {"file": "a.pdf", "nomor": "1", "more": "2"}])
def test_a_forgotten_or_foreign_parameter_is_refused(params: dict[str, Parameter]) -> None:
    with pytest.raises(TypeError, match="elsewhere asks for"):
        Sentence(Finding.ELSEWHERE, params)


def test_a_code_nobody_has_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such"):
        read_sentence({"code": "no_such", "params": {}}, FAMILIES)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"code": "no_such", "params": {}},
        {"code": "missing"},
        {"code": "missing", "params": {}},
        {"code": "missing", "params": ["document"]},
        {"code": "old_document", "params": {"document": "Akta", "dated": "kemarin", "years": 2}},
    ],
)
def test_what_was_changed_or_comes_from_a_newer_release_stops_no_page(kept: dict[str, object]) -> None:
    assert worded(kept) == asked("", kept) == UNREADABLE


def test_an_officers_own_words_are_shown_as_they_were_written() -> None:
    assert asked("Halaman 2 terpotong.", None) == "Halaman 2 terpotong."
