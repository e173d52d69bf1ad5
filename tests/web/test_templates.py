"""A name a page asks for and nobody gives prints nothing at all: each is given by a view, a context or a template."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def given(app: Flask) -> set[str]:
    """Every name the web gives to a page: globals, arguments of ``render_template``, keys and functions of contexts."""
    names = set(app.jinja_env.globals)
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg:
                names.add(node.arg)
            elif isinstance(node, ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Dict):
                names |= {k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    return names | {name for path in TEMPLATES for name in _made(app.jinja_env, path)}


def _made(env: Environment, path: Path) -> Iterator[str]:
    """The names a template makes itself: imports, macros, what is set or repeated over."""
    for node in env.parse(path.read_text(encoding="utf-8")).find_all(nodes.Node):
        if isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx in {"store", "param"}):
            yield node.name


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(p.relative_to(WEB)) for p in TEMPLATES])
def test_a_page_asks_for_nothing_that_nobody_gives(path: Path, app: Flask, given: set[str]) -> None:
    asked = meta.find_undeclared_variables(app.jinja_env.parse(path.read_text(encoding="utf-8")))
    assert asked - given == set()


def test_what_a_view_gives_to_a_page_some_page_asks_for(app: Flask) -> None:
    """A name given under an old spelling is asked for by nobody: the page would show what it shows without it."""
    asked = set[str]()
    for path in TEMPLATES:
        asked |= meta.find_undeclared_variables(app.jinja_env.parse(path.read_text(encoding="utf-8")))
    given = {
        (str(path.relative_to(WEB)), word.arg)
        for path in WEB.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "render_template"
        for word in call.keywords
        if word.arg
    }
    assert {(file, name) for file, name in given if name not in asked} == set()
