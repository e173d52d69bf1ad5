"""The engine ``libreoffice``: a warm soffice where python3-uno is installed, else a cold one per document.

Both are started the same way and print the same pages. Only the cold one's answer about a document counts.
"""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from pipeline.documents.errors import DocxDamaged, EngineMissing, TimedOut
from pipeline.documents.pdf import soffice
from pipeline.documents.pdf.soffice_warm import convert_warm


def available() -> bool:
    """Whether LibreOffice is on this machine."""
    return soffice.program() is not None


def convert(docx: bytes, limit: float) -> bytes:
    """The PDF LibreOffice makes. Raises TimedOut, DocxDamaged."""
    program = soffice.program()
    if program is None:
        raise EngineMissing
    tenggat = time.monotonic() + limit
    with tempfile.TemporaryDirectory(prefix="alurizin-lo-") as name:
        folder = Path(name)
        (folder / "naskah.docx").write_bytes(docx)
        result = folder / "naskah.pdf"
        if not convert_warm(program, folder):
            result.unlink(missing_ok=True)
            _run(_command(program, folder), folder, tenggat - time.monotonic())
        # soffice says 0 whatever happened; the file is the only answer.
        try:
            return result.read_bytes()
        except FileNotFoundError:
            raise DocxDamaged("LibreOffice tidak dapat membuka dokumen ini.") from None


def _command(program: str, folder: Path) -> list[str]:
    return [
        *soffice.command(program, folder),
        "--infilter=MS Word 2007 XML",  # otherwise any text file counts as a document
        "--convert-to",
        f"pdf:{soffice.FILTER}:{soffice.FILTER_OPTIONS}",
        "--outdir",
        str(folder),
        str(folder / "naskah.docx"),
    ]


def _run(command: list[str], folder: Path, limit: float) -> None:
    """Run in a process group of its own; soffice starts children that must not outlive it."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=soffice.environment(folder),
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            raise TimedOut from None
        finally:
            _kill_group(process)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all of it has ended
