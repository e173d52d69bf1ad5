"""The code of this office as it was before, checked out of the history that a clone brings; the libraries are today's.

It is the nearest commit that knew fewer migrations. Where all of those are older than OLDEST it is the one with which
today's last migration came.
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
#: From this one on documents and NIK are sealed: what a newer version has written an older one cannot read. Over it an
#: office is brought while it is closed.
OLDEST = "0020"


def lacking() -> str:
    """Whether the history was left behind."""
    return "" if commit_before() else "Riwayat git tidak lengkap di sini: klon tanpa --depth, lalu ulangi."


@cache
def commit_before() -> str:
    """Empty where there is no history, or none that reaches back so far."""
    now = _migrations("HEAD")
    alike = ""
    for commit in _git("rev-list", "--first-parent", f"--max-count={FAR}", "HEAD").split():
        then = _migrations(commit)
        if then == now:
            alike = commit
        elif then and then == now[: len(then)] and _number(then[-1]) >= OLDEST:
            return commit
        else:
            break
    return alike


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
    return f"{commit_before()[:7]} (skema {_number(_migrations(commit_before())[-1])})"


def _number(path: str) -> str:
    return path.rpartition("/")[2].partition("_")[0]


def _migrations(commit: str) -> list[str]:
    listed = _git("ls-tree", "--name-only", commit, f"{MIGRATIONS}/").split()
    return [path for path in listed if _number(path).isdigit()]


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
