"""What a refused upload says: one sentence for every reason, with the numbers it tells of."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.uploads import wire
from pipeline.uploads.refusals import LARGEST_SIZE, BerkasRefused, BerkasTooLarge, RefusalReason
from pipeline.uploads.sandbox import ScannerDead, _refusal

ROOT = Path(__file__).resolve().parents[2]


def refusals() -> Iterator[tuple[str, str, set[str]]]:
    """Every place that refuses: file and line, reason, names of the numbers it gives."""
    for path in (p for room in ("pipeline", "web") for p in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=called, args=[ast.Attribute(value=ast.Name(id="RefusalReason"), attr=reason)]):
                    if ast.unparse(called) in {"BerkasRefused", "super().__init__"}:
                        given = {word.arg for word in node.keywords if word.arg}
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", reason, given


def test_every_reason_has_a_sentence_and_is_one_somebody_gives() -> None:
    assert len({reason.template for reason in RefusalReason}) == len(RefusalReason)
    assert {reason for _, reason, _ in refusals()} == {reason.name for reason in RefusalReason}


def test_who_refuses_gives_the_numbers_of_the_sentence() -> None:
    wrong = [(place, reason) for place, reason, given in refusals() if given != RefusalReason[reason].asks]
    assert wrong == []


@pytest.mark.parametrize("reason", RefusalReason)
def test_a_sentence_tells_its_numbers(reason: RefusalReason) -> None:
    numbers = {name: 4321 + i for i, name in enumerate(sorted(reason.asks))}
    said = str(BerkasRefused(reason, **numbers))
    assert said.endswith(".")
    assert not {"{", "}"} & set(said)
    assert all(str(n) in said for n in numbers.values())


def test_ten_megabytes_are_told_as_they_are_measured() -> None:
    assert f"paling besar {LARGEST_SIZE // 1024 // 1024} MB." in str(BerkasTooLarge())


def test_what_a_child_refuses_is_told_in_our_words() -> None:
    told = _refusal({wire.REFUSED: RefusalReason.PDF_TOO_THICK, "pages": 300})
    assert str(told) == "PDF ini lebih dari 300 halaman. Pisahkan menjadi beberapa berkas."


@pytest.mark.parametrize(
    "answer",
    [
        {wire.REFUSED: "Kirim uang ke rekening ini."},
        {wire.REFUSED: 7},
        {wire.REFUSED: RefusalReason.PDF_TOO_THICK},
        {wire.REFUSED: RefusalReason.PDF_TOO_THICK, "pages": "<script>"},
        {wire.REFUSED: RefusalReason.EMPTY, "reason": 1},
        {wire.REFUSED: RefusalReason.EMPTY, "self": 1},
    ],
    ids=str,
)
def test_no_word_of_a_child_taken_over_is_shown(answer: wire.Head) -> None:
    with pytest.raises(ScannerDead):
        _refusal(answer)
