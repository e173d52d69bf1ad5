"""Page images: drawn in the sandbox, kept as a cache that may vanish at any time."""

import io
import shutil
import threading
from pathlib import Path
from uuid import UUID

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image
from structlog.testing import capture_logs

from pipeline.documents import derived, entries
from pipeline.documents.derived import known_page_count, make_images, page_image
from pipeline.documents.errors import NotReadyYet, PictureFailed
from pipeline.errors import BerkasLost, NotFound
from pipeline.settings import settings
from pipeline.storage import store
from pipeline.uploads.sandbox import ScannerDead, Session
from pipeline.uploads.wire import Head
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs


@pytest.fixture(autouse=True)
def cache() -> Path:
    """An empty cache."""
    folder = settings().data / "turunan"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def pdf(cache: Path) -> str:
    return _drawn(pdfs.plain_pdf(3))


def _opened(webp: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(webp), formats=["WEBP"])
    picture.load()
    return picture


def _drawn(payload: bytes, kind: str = "pdf") -> str:
    sha256 = store().put(payload)
    make_images(sha256, kind)
    return sha256


@pytest.mark.parametrize("width", derived.WIDTH)
def test_a_page_of_a_pdf_in_each_width(pdf: str, width: int) -> None:
    picture = _opened(page_image(pdf, "pdf", 1, width))
    assert picture.width == width
    assert picture.height == pytest.approx(width * 842 / 595, abs=2)


def test_pages_differ_and_are_counted(pdf: str) -> None:
    assert page_image(pdf, "pdf", 1, 240) != page_image(pdf, "pdf", 2, 240)
    assert known_page_count(pdf, "pdf") == 3


def test_a_photo_is_its_only_page() -> None:
    photo = _drawn(images.jpeg(), "jpg")
    assert _opened(page_image(photo, "jpg", 1, 240)).size == (240, 180)
    assert known_page_count(photo, "jpg") == 1
    with pytest.raises(NotFound):
        page_image(photo, "jpg", 2, 240)


def test_a_small_picture_is_not_blown_up() -> None:
    small = _drawn(images.encoded(images.picture(100, 50), "PNG"), "png")
    assert _opened(page_image(small, "png", 1, 1200)).size == (100, 50)


@pytest.mark.parametrize(("page", "width"), [(0, 240), (-1, 240), (4, 240), (51, 240), (1, 241), (1, 100_000)])
def test_pages_and_widths_that_do_not_exist(pdf: str, page: int, width: int) -> None:
    with pytest.raises(NotFound):
        page_image(pdf, "pdf", page, width)


@pytest.mark.parametrize(("sha256", "error"), [("0" * 64, BerkasLost), ("../../../etc/passwd", NotFound)])
def test_documents_that_do_not_exist(sha256: str, error: type[Exception]) -> None:
    with pytest.raises(NotFound):
        page_image(sha256, "pdf", 1, 240)
    with pytest.raises(error):
        make_images(sha256, "pdf")


def test_what_is_not_drawn_yet_is_in_the_making_and_nobody_waits_for_it(cache: Path) -> None:
    new = store().put(pdfs.plain_pdf(2))
    for _ in range(70):
        with pytest.raises(NotReadyYet, match="sedang disiapkan"):
            page_image(new, "pdf", 1, 240)
    assert not cache.exists()


def test_what_cannot_be_drawn_says_so_and_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = _drawn(b"%PDF-1.7\nbukan apa-apa")

    def again() -> None:
        pytest.fail("the failure is kept")

    monkeypatch.setattr(derived, "sandbox", again)
    make_images(damaged, "pdf")
    with pytest.raises(PictureFailed, match="tersimpan utuh"):
        page_image(damaged, "pdf", 1, 240)


def test_a_page_on_which_the_child_dies_costs_that_document_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(_self: Session, _job: str, head: Head, _payload: bytes) -> tuple[Head, bytes]:
        if head["page"] == 2:
            raise ScannerDead
        return {"small": 1, "count": 3}, b"kb"

    with monkeypatch.context() as heavy:
        heavy.setattr(Session, "call", call)
        sha256 = _drawn(pdfs.plain_pdf(3) + b"\n")
    assert page_image(sha256, "pdf", 1, 240) == b"k"
    with pytest.raises(PictureFailed):
        page_image(sha256, "pdf", 2, 240)
    assert page_image(_drawn(pdfs.plain_pdf(4)), "pdf", 4, 240)


def test_a_very_long_page_is_drawn_narrower() -> None:
    def roll(pdf: Pdf) -> None:
        pdf.pages[0].MediaBox = Array([0, 0, 100, 14_000])

    picture = _opened(page_image(_drawn(pdfs.pdf_with(roll)()), "pdf", 1, 1200))
    assert picture.height <= 4 * 1200


def test_form_fields_are_drawn() -> None:
    """Signatures are form fields: pdfium leaves them out unless it is asked."""

    def field(pdf: Pdf) -> None:
        visible = pdf.make_stream(b"0 0 0 rg 0 0 300 300 re f", BBox=[0, 0, 300, 300])
        visible.Type, visible.Subtype = Name.XObject, Name.Form
        widget = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String("ttd"),
                Rect=[100, 100, 400, 400],
                F=4,
                AP=Dictionary(N=visible),
            )
        )
        pdf.pages[0].Annots = Array([widget])
        pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))

    picture = _opened(page_image(_drawn(pdfs.pdf_with(field)()), "pdf", 1, 240)).convert("L")
    assert picture.getpixel((100, 240)) == pytest.approx(0, abs=20)


def test_a_document_is_drawn_once(pdf: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [p for p in cache.rglob("*") if p.is_file()]
    assert {p.stat().st_mode & 0o777 for p in every} == {0o600}
    monkeypatch.setattr(derived, "sandbox", lambda: pytest.fail("it is drawn already"))
    make_images(pdf, "pdf")
    assert [p for p in cache.rglob("*") if p.is_file()] == every


def test_the_cache_may_vanish(pdf: str, cache: Path) -> None:
    first = page_image(pdf, "pdf", 1, 240)
    shutil.rmtree(cache)
    make_images(pdf, "pdf")
    assert page_image(pdf, "pdf", 1, 240) == first


def test_an_erased_document_has_no_pictures(pdf: str) -> None:
    store().path(pdf).unlink()
    with pytest.raises(NotFound):
        page_image(pdf, "pdf", 1, 240)


def test_eight_workers_draw_a_document_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    original = derived._draw

    def draw(sha256: str, owner: UUID | None, name: str, drawn_as: str, payload: bytes) -> None:
        drawn.append(1)
        original(sha256, owner, name, drawn_as, payload)

    monkeypatch.setattr(derived, "_draw", draw)
    start, sha256 = threading.Barrier(8), store().put(pdfs.plain_pdf(5))

    def kerja() -> None:
        start.wait()
        make_images(sha256, "pdf")

    thread = [threading.Thread(target=kerja) for _ in range(8)]
    for u in thread:
        u.start()
    for u in thread:
        u.join(timeout=180)
    assert drawn == [1]
    assert page_image(sha256, "pdf", 5, 240)
    assert not list(cache.rglob(".*"))


def test_a_full_disk_costs_the_cache_not_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _payload: bytes, *, lasting: bool) -> None:
        assert not lasting  # it can be made again
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(entries, "write_atomic", full)
    with capture_logs() as logs:
        _drawn(pdfs.plain_pdf(6))
    assert "turunan tidak tersimpan" in {line["event"] for line in logs}
