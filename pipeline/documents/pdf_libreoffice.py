"""The engine ``libreoffice``: a cold soffice per document, in a profile of its own that runs and fetches nothing."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pipeline.documents.errors import DocxRusak, HabisWaktu, MesinTidakAda

_SETTINGS = (
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Writer/Content/Update", "Link", "2"),  # never fetch a linked picture: it may be an address inside the office
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{nama}" oor:op="fuse"><value>{nilai}</value>'
        "</prop></item>"
        for path, nama, nilai in _SETTINGS
    )
    + "</oor:items>"
)
_FILTER = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'


def available() -> bool:
    """Whether LibreOffice is on this machine."""
    return _program() is not None


def convert(docx: bytes, limit: float) -> bytes:
    """The PDF LibreOffice makes. Raises HabisWaktu, DocxRusak."""
    program = _program()
    if program is None:
        raise MesinTidakAda
    with tempfile.TemporaryDirectory(prefix="alurizin-lo-") as nama:
        folder = Path(nama)
        profil = folder / "profil" / "user"
        profil.mkdir(parents=True)
        (profil / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        (folder / "naskah.docx").write_bytes(docx)
        _run(_command(program, folder), folder, limit)
        # soffice says 0 whatever happened; the file is the only answer.
        try:
            return (folder / "naskah.pdf").read_bytes()
        except FileNotFoundError:
            raise DocxRusak("LibreOffice tidak dapat membuka dokumen ini.") from None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _command(program: str, folder: Path) -> list[str]:
    return [
        program,
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nofirststartwizard",
        f"-env:UserInstallation={(folder / 'profil').as_uri()}",
        "--infilter=MS Word 2007 XML",  # otherwise any text file counts as a document
        "--convert-to",
        _FILTER,
        "--outdir",
        str(folder),
        str(folder / "naskah.docx"),
    ]


def _run(command: list[str], folder: Path, limit: float) -> None:
    """Run in a process group of its own; soffice starts children that must not outlive it."""
    lingkungan = {k: v for k, v in os.environ.items() if k in {"PATH", "LANG", "TZ"}} | {"HOME": str(folder)}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=lingkungan,
        cwd=folder,
        start_new_session=True,
    ) as proses:
        try:
            proses.wait(limit)
        except subprocess.TimeoutExpired:
            raise HabisWaktu from None
        finally:
            _kill_group(proses)


def _kill_group(proses: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(proses.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all of it has ended
