"""Do the tests notice when a pure rule is wrong? ``make mutants``: one change at a time, in a copy of the project.

Each mutant changes one operator or one number somewhere in ``sop``, ``calendar`` or ``rules``; the unit and house tests
run on it until the first that fails. One that survives is printed with its line: a test is missing, or the change makes
no difference (an equivalent mutant). ``SEED`` and ``COUNT`` choose which; the same ones give the same mutants.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
ROOMS = ("pipeline/sop", "pipeline/calendar", "pipeline/rules")
LEFT_OUT = {".git", ".venv", "var", ".mypy_cache", ".ruff_cache", ".hypothesis", "__pycache__"}
#: Tests of pictures, foreign files and Word templates are left out: they take long and ask no rule.
SLOW = ("uploads*", "likeness", "documents_templates")
TESTS = [
    *f"{sys.executable} -m pytest -q -x -p no:cacheprovider tests/unit tests/house".split(),
    *(f"--ignore-glob=*/test_{name}.py" for name in SLOW),
]
SECONDS = 900  # of one mutant: one that never ends is noticed too
#: What stands there -> what stands there instead.
OPERATORS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not in", "not in": "in",
    "is": "is not", "is not": "is", "and": "or", "or": "and", "+": "-", "-": "+", "*": "//", "//": "*",
}  # fmt: skip

#: Of dataclasses and ``zip``: they guard the code, and change nothing it does.
FLAGS = {"frozen", "slots", "kw_only", "repr", "strict"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the bytes from ``start`` to ``end`` of a file, and what takes their place."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def applied(self, source: bytes) -> bytes:
        """The file with the change in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]


class _Changes(ast.NodeVisitor):
    """Every place of one file where an operator or a number can be another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = (ROOT / path).read_bytes()
        self.lines = [0]
        for line in self.source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.found: list[Mutant] = []

    def visit_Compare(self, node: ast.Compare) -> None:
        for before, after in zip((node.left, *node.comparators), node.comparators, strict=False):
            self._between(before, after)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for before, after in zip(node.values, node.values[1:], strict=False):
            self._between(before, after)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._between(node.left, node.right)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._put(node, str(not node.value))
        elif isinstance(node.value, int):
            self._put(node, str(node.value + 1))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Nothing inside an f-string: Python 3.11 does not say where its parts stand."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:  # the `|` of a type is no operator
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Nor is that of an argument's."""

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in FLAGS:
            self.generic_visit(node)

    def _at(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column

    def _between(self, before: ast.expr, after: ast.expr) -> None:
        start = self._at(before.end_lineno or 0, before.end_col_offset or 0)
        between = self.source[start : self._at(after.lineno, after.col_offset)].decode()
        words = between.strip(" ()\n").split("#")[0].strip(" ()\n")
        if words in OPERATORS and between.count(words) == 1:
            offset = start + len(between[: between.index(words)].encode())
            self._add(before.end_lineno or 0, offset, words, OPERATORS[words])

    def _put(self, node: ast.expr, new: str) -> None:
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or 0, node.end_col_offset or 0)
        self._add(node.lineno, start, self.source[start:end].decode(), new)

    def _add(self, line: int, start: int, old: str, new: str) -> None:
        self.found.append(Mutant(self.path, line, start, start + len(old.encode()), old, new))


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of one file."""
    changes = _Changes(path)
    changes.visit(ast.parse(changes.source))
    return changes.found


def _every() -> Iterator[Mutant]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from mutants_of(path.relative_to(ROOT))


def _passes(copy: Path) -> bool:
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(TESTS, cwd=copy, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def _survives(mutant: Mutant, copy: Path) -> bool:
    path = copy / mutant.path
    original = path.read_bytes()
    path.write_bytes(mutant.applied(original))
    try:
        return _passes(copy)
    finally:
        path.write_bytes(original)


def _copies(folder: str, count: int) -> SimpleQueue[Path]:
    """The project, so many times."""
    copies: SimpleQueue[Path] = SimpleQueue()
    for n in range(count):
        copy = Path(folder) / str(n)
        shutil.copytree(ROOT, copy, ignore=lambda _, names: LEFT_OUT & set(names), symlinks=True)
        copies.put(copy)
    return copies


def main() -> None:
    """Try ``COUNT`` (100) mutants chosen by ``SEED`` (1); exit 1 when more than one in twenty survives."""
    count, seed, at_once = int(os.environ.get("COUNT", "100")), int(os.environ.get("SEED", "1")), os.cpu_count() or 1
    chosen = random.Random(seed).sample(list(_every()), count)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_once) as pool:
        copies = _copies(folder, at_once)
        if not _passes(Path(folder) / "0"):
            raise SystemExit("the tests fail without any change: nothing can be told of a mutant")

        def attempt(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                alive = _survives(mutant, copy)
            finally:
                copies.put(copy)
            verdict = "SURVIVES" if alive else "noticed"
            print(f"{verdict} {mutant.path}:{mutant.line}: {mutant.old} -> {mutant.new}", flush=True)
            return alive

        survivors = sum(pool.map(attempt, chosen))
    print(f"{survivors} of {count} survive")
    raise SystemExit(survivors * 20 > count)


if __name__ == "__main__":
    main()
