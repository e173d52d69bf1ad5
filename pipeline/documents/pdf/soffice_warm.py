"""The callers' side of soffice_server.py: one warm soffice on this machine, started when it is first needed.

Whoever holds its lock uses the server that listens, or starts it; which process that was does not matter. It takes an
eighth of a second for a document, so the next caller waits rather than starts a second one. Nothing here is an answer
about a document: whatever goes wrong, the caller turns to a cold soffice.
"""

import fcntl
import logging
import os
import shutil
import socket
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import IO

from pipeline.documents.pdf import soffice
from pipeline.documents.pdf.turns import private_folder

LIMIT = 20.0  # seconds for the start, and for one document
_PATIENCE = 3.0  # seconds to wait for the one before; a cold soffice is no quicker
_PYTHON = "/usr/bin/python3"  # Debian's, for Debian's python3-uno
_SERVER = Path(__file__).with_name("soffice_server.py")
_REST = 300.0  # seconds this process leaves it alone after a start in vain
_log = logging.getLogger(__name__)
_rests: dict[str, float] = {}  # program -> until when
_started: list["subprocess.Popen[bytes]"] = []  # they end with this process, which holds their standard input


def convert_warm(program: str, folder: Path) -> bool:
    """Whether a warm soffice says that naskah.pdf now lies beside the naskah.docx in ``folder``."""
    binary = Path(program).resolve().with_name("soffice.bin")  # the start program waits in between and is not needed
    if _rests.get(program, 0) > time.monotonic() or not binary.exists() or not _has_uno():
        return False
    home = private_folder() / "soffice"
    with home.with_suffix(".kunci").open("wb") as key:
        return _locked(key) and _ask(binary, program, home, folder)


@cache
def _has_uno() -> bool:
    try:
        return subprocess.run([_PYTHON, "-I", "-c", "import uno"], capture_output=True, env={}).returncode == 0
    except FileNotFoundError:
        return False


def _locked(key: IO[bytes]) -> bool:
    tenggat = time.monotonic() + _PATIENCE
    while time.monotonic() < tenggat:
        try:
            fcntl.flock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def _ask(binary: Path, program: str, home: Path, folder: Path) -> bool:
    address = str(home.with_suffix(".soket"))
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(LIMIT)
        try:
            if caller.connect_ex(address):
                _start(binary, home, address)
                _rests[program] = time.monotonic() + _REST  # until it has once answered
                caller.connect(address)
            caller.sendall(os.fsencode(folder))
            done = caller.recv(2) == b"ok"
        except OSError as error:
            _log.warning("soffice yang menunggu tidak menjawab: %s", error)
            return False
    if done:
        _rests.pop(program, None)
    return done


def _start(binary: Path, home: Path, address: str) -> None:
    """A server on a socket that listens already, so that nobody has to wait until it is there."""
    _forget_ended()
    shutil.rmtree(home, ignore_errors=True)
    Path(address).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(1)
        words = [str(listening.fileno()), soffice.FILTER, soffice.FILTER_OPTIONS, *soffice.command(str(binary), home)]
        _started.append(
            subprocess.Popen(
                [_PYTHON, "-I", str(_SERVER), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listening.fileno()],
                env=soffice.environment(home),
                cwd=home,
            )
        )


def _forget_ended() -> None:
    for server in [s for s in _started if s.poll() is not None]:
        _started.remove(server)
        if server.stdin:
            server.stdin.close()
