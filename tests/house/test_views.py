"""A view decides nothing: what a refusal's status is, and which desk may do what, is told elsewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What a refused form has; errors.py holds the sentences of every status, pdp/words.py those of the record of access.
REFUSED_FORM = 422
SAYS_STATUS = {"status.py", "errors.py", "pdp/words.py"}


def views() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the web by their path in it."""
    for path in sorted((ROOT / "web").rglob("*.py")):
        yield str(path.relative_to(ROOT / "web")), ast.parse(path.read_text(encoding="utf-8"))


def typed_status(tree: ast.Module) -> list[int]:
    """The lines that give a refused form its status by hand."""
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value == REFUSED_FORM]


def test_a_refused_form_is_redrawn_in_one_way() -> None:
    assert {file: found for file, tree in views() if file not in SAYS_STATUS and (found := typed_status(tree))} == {}


@pytest.mark.parametrize("code", ["return make_response(page, 422)", "return _page(form, status=409 if late else 422)"])
def test_a_status_typed_in_a_view_is_found(code: str) -> None:
    assert typed_status(ast.parse(code))
