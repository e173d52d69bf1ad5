"""A view decides nothing: what a refusal's status is, and which desk may do what, is told elsewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desks import DESKS

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


#: The posts of the office that ships with the code; any other office has its own.
DESK_WORDS = {str(peran) for peran in DESKS}


def named_desks(tree: ast.Module) -> set[str]:
    """The desks a module knows by their role, as a text or as a name."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(word)) if word in DESK_WORDS:
                found.add(word)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper() and name.lower() in DESK_WORDS:
                found.add(name)
    return found


def test_no_code_knows_a_desk_by_its_role() -> None:
    """What a desk may do follows from the flags of its langkah: ``pipeline.sop.who_may``, ``tugas.langkah``."""
    code = (path for room in ("pipeline", "tasks", "web") for path in (ROOT / room).rglob("*.py"))
    trees = ((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in code)
    assert {file: found for file, tree in trees if (found := named_desks(tree))} == {}


def test_no_page_knows_a_desk_by_its_role() -> None:
    known = re.compile(rf"[\"']({'|'.join(sorted(DESK_WORDS))})[\"']")
    pages = (ROOT / "web" / "templates").rglob("*.html")
    assert {page.name: found for page in pages if (found := known.findall(page.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "@petugas(KEPALA_DINAS)\ndef sign() -> str: ...",
        "if tugas.peran != BACK_OFFICE: raise NotFound",
        "redirect(url_for('petugas.antrean', peran='front_office'))",
    ],
)
def test_a_desk_named_in_a_view_is_found(code: str) -> None:
    assert named_desks(ast.parse(code))


def test_roles_without_a_desk_may_be_named() -> None:
    assert named_desks(ast.parse("petugas(Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.PEMOHON)")) == set()
