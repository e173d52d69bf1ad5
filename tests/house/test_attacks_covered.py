"""What a hostile person may try is listed once (tests/attacks.toml); each row has a test, or waits for its feature."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LIST = tomllib.loads((TESTS / "attacks.toml").read_text(encoding="utf-8"))
ROWS, WAITING = LIST["rows"], LIST["waiting"]


def marks() -> Iterator[str]:
    """The rows named by ``pytest.mark.attack(…)`` in every test file, on a test, a class or a parameter."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.attack":
                yield from (str(ast.literal_eval(word)) for word in node.args)


@pytest.fixture(scope="module")
def shown() -> Counter[str]:
    return Counter(marks())


def test_a_mark_names_a_row_of_the_list(shown: Counter[str]) -> None:
    assert sorted(set(shown) - set(ROWS)) == []
    assert sorted(set(WAITING) - set(ROWS)) == []


def test_every_row_has_a_test_or_waits_for_its_feature(shown: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{len(ROWS)} baris: {len(set(shown) & set(ROWS))} diuji, {len(WAITING)} menunggu fiturnya")  # noqa: T201 - the count, for whoever asks
    assert sorted(set(ROWS) - set(shown) - set(WAITING)) == []


def test_a_row_with_a_test_waits_no_longer(shown: Counter[str]) -> None:
    assert sorted(set(WAITING) & set(shown)) == []
