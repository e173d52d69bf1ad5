"""A template fits a screen and says what is shown: its lines are short, and it builds no list of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for room in ("web", "pipeline") for path in (ROOT / room).rglob("*.html"))
LENGTH = 160
CHANGES = {"append", "extend", "insert", "pop", "setdefault", "update"}


def long_lines(text: str) -> list[int]:
    """The numbers of the lines that are too long."""
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > LENGTH]


def changes(text: str) -> Iterator[int]:
    """The lines where a template changes a list, a mapping or a namespace."""
    for node in Environment(autoescape=True).parse(text).find_all((nodes.Call, nodes.NSRef)):
        called = node.node if isinstance(node, nodes.Call) else None
        if isinstance(node, nodes.NSRef) or (isinstance(called, nodes.Getattr) and called.attr in CHANGES):
            yield node.lineno


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 70


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_line_can_be_read_without_scrolling(path: Path) -> None:
    assert long_lines(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_is_given_its_choices(path: Path) -> None:
    assert list(changes(path.read_text(encoding="utf-8"))) == []


def test_a_long_line_is_found() -> None:
    assert long_lines(f"{'a' * LENGTH}\n{'a' * (LENGTH + 1)}\n") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "{% set _ = item.append(1) %}",
        "\n{% for a, b in c %}{% set _ = d.update({a: b}) %}{% endfor %}",
        "{% set n = namespace(x=1) %}{% set n.x = 2 %}",
    ],
)
def test_a_list_that_grows_in_a_template_is_found(text: str) -> None:
    assert list(changes(text)) == [2 if text.startswith("\n") else 1]
