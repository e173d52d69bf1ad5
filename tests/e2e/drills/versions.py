"""The code of this office as it was before: the nearest commit whose migrations this one has gone on from.

Its tree is checked out of the history that a clone brings, beside this one; the libraries are those installed now.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.settings import ROOT

MIGRATIONS = "pipeline/migrations/versions"
FAR = 400  # commits looked through at most


def lacking() -> str:
    return "" if commit_before() else "Riwayat git tidak lengkap di sini: klon tanpa --depth, lalu ulangi."


@cache
def commit_before() -> str:
    """ "" where there is no history, or none that reaches back so far."""
    now = _migrations("HEAD")
    for commit in _git("rev-list", "--topo-order", f"--max-count={FAR}", "HEAD").split():
        then = _migrations(commit)
        if then and len(then) < len(now) and now[: len(then)] == then:
            return commit
    return ""


@contextmanager
def before_this() -> Iterator[Path]:
    """Its tree, which goes when the block ends."""
    with TemporaryDirectory(prefix="alurizin-lama-") as name:
        code = Path(name) / "kode"
        Path(name).chmod(0o755)
        _git("worktree", "add", "--detach", str(code), commit_before())
        try:
            yield code
        finally:
            _git("worktree", "remove", "--force", str(code))


def name() -> str:
    """Of the commit and the last migration it knows."""
    last = _migrations(commit_before())[-1].rpartition("/")[2].partition("_")[0]
    return f"{commit_before()[:7]} (skema {last})"


def _migrations(commit: str) -> list[str]:
    listed = _git("ls-tree", "--name-only", commit, f"{MIGRATIONS}/").split()
    return [path for path in listed if path.rpartition("/")[2][:4].isdigit()]


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
