"""What is typed writes no line of its own into a log, and no endless one."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import sys
import structlog
from pipeline.logs import configure_logs
configure_logs()
structlog.get_logger("web").info(sys.argv[1], nama=sys.argv[1])
"""
EVIL = [
    "x\n2026-11-26 INFO KADIS masuk",
    "x\r\n{}",
    "\x1b[31mmerah\x1b[0m",
    "\x85baris lain",
    "\u2028baris",
    "a" * 60_000,
]


@pytest.mark.attack("F10")
@pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))
def test_whatever_is_logged_is_one_line_of_json(evil: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, evil], capture_output=True, text=True, check=True)
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 1000
    assert not {"\x1b", "\r"} & set(done.stderr)
    assert json.loads(done.stderr)["nama"] == evil[:256]
