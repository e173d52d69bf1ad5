"""The disk that holds documents, database and broker is full, to the last byte. It is a small one made for this."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.e2e.conftest import Running
from tests.e2e.drills.faults import LASTS

SIZE = "1500m"
A_MB = 2**20


def lacking() -> str:
    """Making a disk is root's, and in a container only where it may."""
    try:
        with small():
            return ""
    except (OSError, subprocess.CalledProcessError):
        return "Di sini tidak dapat dibuat disk kecil (mount tmpfs): jalankan sebagai root, di wadah dengan SYS_ADMIN."


@contextmanager
def small() -> Iterator[Path]:
    """A disk of memory, which goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="alurizin-disk-"))
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "alurizin", folder]
    try:
        subprocess.run(words, check=True, capture_output=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(running: Running) -> str:
    """For a while, whatever is freed meanwhile."""
    ballast = Path(running.instance.data) / "penuh"
    end = time.monotonic() + LASTS
    try:
        with ballast.open("wb", buffering=0) as file:
            while time.monotonic() < end:
                _write_all(file.fileno())
                time.sleep(0.05)
        return f"{LASTS:.0f} detik"
    finally:
        ballast.unlink()


def _write_all(descriptor: int) -> None:
    """Until nothing more fits, not even a byte."""
    for size in (A_MB, 4096, 1):
        with suppress(OSError):
            while os.write(descriptor, bytes(size)) == size:
                pass
