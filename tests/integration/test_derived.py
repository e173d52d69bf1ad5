"""PDF and page images of our own docx, made by the engine of this machine and kept."""

import io

import docx
import pytest

from pipeline.documents import derived
from pipeline.documents.derived import known_page_count, make_images, make_pdf, page_image, ready_pdf
from pipeline.documents.pdf.engine import Pdf, available_engine
from pipeline.errors import NotFound
from pipeline.settings import PdfEngine
from pipeline.storage import store


@pytest.fixture(scope="module")
def naskah() -> str:
    document = docx.Document()
    document.add_paragraph("KEPUTUSAN KEPALA DINAS")
    document.add_paragraph("Ditetapkan di Banjarbaru").paragraph_format.page_break_before = True
    out = io.BytesIO()
    document.save(out)
    return store().put(out.getvalue())


def test_a_docx_is_shown_page_by_page_and_converted_once(naskah: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = available_engine(PdfEngine.OTOMATIS)
    assert known_page_count(naskah, "docx", engine) is None
    pdf = make_pdf(naskah, PdfEngine.OTOMATIS)
    assert pdf.startswith(b"%PDF-")

    def convert(_docx: bytes, _engine: PdfEngine, *, preview: bool) -> Pdf:
        pytest.fail(f"the PDF is kept already ({preview=})")

    monkeypatch.setattr(derived, "convert", convert)
    assert ready_pdf(naskah, engine) == pdf
    make_images(naskah, "docx", engine)
    assert known_page_count(naskah, "docx", engine) == 2
    assert page_image(naskah, "docx", 1, 240, engine=engine) != page_image(naskah, "docx", 2, 240, engine=engine)
    with pytest.raises(NotFound):
        page_image(naskah, "docx", 3, 240, engine=engine)


def test_a_docx_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        make_pdf("0" * 64, PdfEngine.OTOMATIS)


def test_a_page_count_nobody_knows_yet_is_not_made() -> None:
    assert known_page_count("0" * 64, "docx", PdfEngine.OTOMATIS) is None
    assert known_page_count("0" * 64, "jpg") == 1
