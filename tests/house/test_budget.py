"""No file, function, view or task outgrows its budget: what does not fit in a head is where bugs live."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("pipeline", "tasks", "web", "ops")
FILES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts)
Function = ast.FunctionDef | ast.AsyncFunctionDef
FILE, FUNCTION, USUAL, VIEW, TASK = 300, 40, 20, 15, 10


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield f"{path.relative_to(ROOT)}:{node.name}", node


def decorated(function: Function, words: set[str]) -> bool:
    """Whether a decorator's last name is one of ``words``, called or not."""
    bare = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any((d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "")) in words for d in bare)


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def body_length(function: Function) -> int:
    """Lines of the body without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_one_subject(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= FILE


def test_functions_are_short() -> None:
    lengths = sorted((length(f), name) for path in FILES for name, f in functions(path))
    assert [name for n, name in lengths if n > FUNCTION] == []
    assert lengths[int(len(lengths) * 0.9)][0] <= USUAL


def test_a_view_parses_calls_and_redirects() -> None:
    views = {"route", "get", "post", "head", "patch"}
    found = [(name, f) for path in FILES if "web" in path.parts for name, f in functions(path) if decorated(f, views)]
    assert found
    assert [f"{name} {body_length(f)}" for name, f in found if body_length(f) > VIEW] == []


def test_a_task_is_a_doorbell() -> None:
    found = [
        (name, f)
        for path in FILES
        if "tasks" in path.parts
        for name, f in functions(path)
        if decorated(f, {"task", "step"})
    ]
    assert [f"{name} {body_length(f)}" for name, f in found if body_length(f) > TASK] == []
