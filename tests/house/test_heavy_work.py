"""Foreign files are cleaned, looked at and drawn by the document worker: no page and no service of a page does it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(p for room in ("pipeline", "tasks", "web") for p in (ROOT / room).rglob("*.py"))
#: What takes seconds -> the modules that use it, all of them the worker's.
HEAVY = {
    "accept": {"pipeline/services/outbox/examine.py"},
    "examine": set[str](),
    "sandbox": set[str](),
    "examined": {"pipeline/services/desk/preview.py", "pipeline/services/outbox/automatic.py"},
    "make_images": {"pipeline/services/desk/preview.py"},
}
MAKERS = ("pipeline/uploads/", "pipeline/documents/derived.py")
FROM = ("pipeline.uploads", "pipeline.documents.derived")


def heavy_imports(tree: ast.AST) -> Iterator[str]:
    """The names of such work that a module takes from where it is made, by name or as a part of the room."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith(FROM):
                yield from (alias.name for alias in node.names if alias.name in HEAVY)
            case ast.ImportFrom(module="pipeline" | "pipeline.documents"):
                yield from (alias.name for alias in node.names if alias.name in {"uploads", "derived"})
            case ast.Import():
                yield from (alias.name for alias in node.names if alias.name.startswith(FROM))


def test_only_the_worker_opens_what_came_in() -> None:
    used = {
        (file, name)
        for path in MODULES
        if not (file := str(path.relative_to(ROOT))).startswith(MAKERS)
        for name in heavy_imports(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert used == {(file, name) for name, files in HEAVY.items() for file in files}


@pytest.mark.parametrize(
    "code",
    [
        "from pipeline.uploads import accept",
        "from pipeline.uploads import Accepted, accept as clean",
        "from pipeline.uploads.sandbox import sandbox",
        "from pipeline.uploads import sandbox",
        "from pipeline.documents.derived import make_images, page_image",
        "import pipeline.uploads",
        "from pipeline import uploads",
    ],
)
def test_each_way_to_take_it_is_seen(code: str) -> None:
    assert list(heavy_imports(ast.parse(code)))
