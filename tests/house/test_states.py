"""States, kinds and bases are members of an enum, so that a slip of the pen is a type error: never bare text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [p for room in ("pipeline", "tasks", "web", "ops") for p in sorted((ROOT / room).rglob("*.py"))]
#: What holds a state or a kind, as an attribute, a name or a key.
HOLDERS = {"kind", "status", "basis", "keputusan", "channel", "level", "arah", "result", "state"}
#: Words of a format and not of the office: kinds of file, parts of a Word document, letters of a form's own field.
OF_A_FORMAT = {"pdf", "jpg", "png", "docx", "/URI", "hyperlink", "aFChunk", "subDocument", "end", "sesuai", "BARU"}
#: Where such a word is the name of something, and the text beside it what a reader is told.
TOLD = {
    "pipeline/rules/history/person.py", "pipeline/services/records/verify/words.py", "web/petugas/keputusan.py",
    "pipeline/documents/address.py",
}  # fmt: skip


def holder(node: ast.expr) -> str | None:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return None


def text(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(value)) if value:
            return [value]
        case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts):
            return [word for part in parts for word in text(part)]
    return []


def bare(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text that is compared with a state or a kind, or set as one."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(holder(n) in HOLDERS for n in (left, *others)):
                found = [word for n in (left, *others) for word in text(n)]
            case ast.Call(func=ast.Attribute(value=of, attr="in_"), args=[words]) if holder(of) in HOLDERS:
                found = text(words)
            case ast.keyword(arg=str(name), value=value) if name in HOLDERS:
                found = text(value)
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in HOLDERS:
                found = text(value)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                found = [w for k, v in pairs if isinstance(k, ast.Constant) and k.value in HOLDERS for w in text(v)]
            case ast.Match(subject=subject, cases=cases) if holder(subject) in HOLDERS:
                patterns = [p for case in cases for p in ast.walk(case.pattern)]
                found = [w for p in patterns if isinstance(p, ast.MatchValue) for w in text(p.value)]
            case _:
                continue
        yield from ((getattr(node, "lineno", 0), word) for word in found if word not in OF_A_FORMAT)


def test_no_state_or_kind_is_bare_text() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(bare(ast.parse(path.read_text(encoding="utf-8"))))
        for path in MODULES
        if str(path.relative_to(ROOT)) not in TOLD and "migrations" not in path.parts
    }
    assert {file: words for file, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "code",
    [
        'if sk.status == "terbit": ...',
        'if sk.status in {"terbit", "dicabut"}: ...',
        'select(Sk).where(Sk.status.in_(("niat",)))',
        'update(Sk).values(status="gagal")',
        'sk.status = "gagal"',
        'row = {"status": "menunggu"}',
        'match event.kind:\n    case "isi": ...',
        'if row["basis"] != "definitif": ...',
    ],
)
def test_it_is_found_wherever_it_stands(code: str) -> None:
    assert list(bare(ast.parse(code)))
