"""The warm soffice prints what a cold one prints, and nobody depends on it."""

import io
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from pipeline.documents.pdf import libreoffice as pdf_libreoffice
from pipeline.documents.pdf import soffice, soffice_warm
from pipeline.documents.pdf.soffice_warm import convert_warm
from pipeline.documents.pdf.turns import private_folder
from tests.integration.test_pdf import document
from tests.unit.docx_maker import make_docx

PROGRAM = soffice.program() or ""
pytestmark = pytest.mark.skipif(
    not PROGRAM or not soffice_warm._has_uno(), reason="LibreOffice or python3-uno is not installed"
)


@pytest.fixture(autouse=True)
def _database() -> None:
    """Nothing here needs one."""


@pytest.fixture(autouse=True)
def _own_soffice(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("lo")))
    monkeypatch.setattr(soffice_warm, "_started", [])
    monkeypatch.setattr(soffice_warm, "_rests", {})
    yield
    for server in soffice_warm._started:
        server.communicate(timeout=60)  # the end of its standard input is the end of it


def warm(folder: Path, docx: bytes) -> bytes | None:
    (folder / "naskah.docx").write_bytes(docx)
    return (folder / "naskah.pdf").read_bytes() if convert_warm(PROGRAM, folder) else None


def pages(payload: bytes | None) -> list[bytes]:
    assert payload
    document = pypdfium2.PdfDocument(io.BytesIO(payload))
    try:
        return [page.render(scale=1).to_pil().tobytes() for page in document]
    finally:
        document.close()


def test_the_same_pages_as_a_cold_one_and_one_server_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = {kind: warm(tmp_path, document(kind)) for kind in ("sk", "bap")}
    assert len(soffice_warm._started) == 1
    monkeypatch.setattr(pdf_libreoffice, "convert_warm", lambda *_: False)
    for kind, payload in pictures.items():
        assert pages(payload) == pages(pdf_libreoffice.convert(document(kind), 60))


def test_killed_it_costs_one_cold_conversion_and_is_there_again(tmp_path: Path) -> None:
    assert warm(tmp_path, document("sk"))
    (server,) = soffice_warm._started
    os.kill(server.pid, signal.SIGKILL)
    server.wait(60)
    assert pdf_libreoffice.convert(document("sk"), 60).startswith(b"%PDF-")
    assert warm(tmp_path, document("sk"))
    assert soffice_warm._started[-1] is not server


def test_what_it_cannot_open_is_the_cold_ones_to_judge(tmp_path: Path) -> None:
    assert warm(tmp_path, b"teks biasa") is None
    assert pdf_libreoffice.convert(make_docx(["Isi"]), 60).startswith(b"%PDF-")


def test_a_start_in_vain_is_not_repeated_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soffice_warm, "_SERVER", tmp_path / "tidak_ada.py")
    assert warm(tmp_path, document("sk")) is None
    assert warm(tmp_path, document("sk")) is None
    assert len(soffice_warm._started) == 1
    assert pdf_libreoffice.convert(document("sk"), 60).startswith(b"%PDF-")


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    assert warm(tmp_path, document("sk"))
    (server,) = soffice_warm._started
    server.communicate(timeout=60)
    assert server.returncode == 0
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(private_folder()).encode() in _read(p)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.mark.skipif(not soffice.without_network(), reason="the network is taken away by root alone")
def test_it_has_no_network(tmp_path: Path) -> None:
    assert warm(tmp_path, document("sk"))
    server = soffice_warm._started[0].pid
    (office,) = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    assert os.readlink(f"/proc/{office}/ns/net") != os.readlink("/proc/self/ns/net")
