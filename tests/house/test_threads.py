"""A thread of ours hides nothing of Python's own: ``_stop`` is what a child that was forked calls on each of them."""

import ast
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("pipeline", "tasks", "web", "ops", "bench", "tests")
OWN = set(dir(threading.Thread())) - {"name", "daemon", "run"}


def given(node: ast.ClassDef) -> set[str]:
    """What a class and its instances are given."""
    of_self = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self"
    }
    return of_self | {each.name for each in node.body if isinstance(each, ast.FunctionDef) and each.name != "__init__"}


def test_a_thread_hides_nothing_of_its_kind() -> None:
    threads = {
        (str(path.relative_to(ROOT)), node)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Thread") for base in node.bases)
    }
    assert threads
    assert {(path, node.name): hidden for path, node in threads if (hidden := given(node) & OWN)} == {}
