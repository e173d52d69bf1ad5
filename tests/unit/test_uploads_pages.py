"""Page images: drawn in the sandbox, kept as a cache that may vanish at any time."""

import io
import shutil
import threading
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from pipeline.documents import derived
from pipeline.documents.derived import page_count, page_image
from pipeline.errors import DokumenGagal, TidakDitemukan
from pipeline.settings import settings
from pipeline.storage import store
from pipeline.uploads.wire import Head
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs


@pytest.fixture(autouse=True)
def turunan() -> Path:
    """An empty cache."""
    folder = settings().data / "turunan"
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def pdf() -> str:
    return store().put(pdfs.plain_pdf(3))


def _opened(webp: bytes) -> Image.Image:
    gambar = Image.open(io.BytesIO(webp), formats=["WEBP"])
    gambar.load()
    return gambar


@pytest.mark.parametrize("lebar", derived.LEBAR)
def test_a_page_of_a_pdf_in_each_width(pdf: str, lebar: int) -> None:
    gambar = _opened(page_image(pdf, "pdf", 1, lebar))
    assert gambar.width == lebar
    assert gambar.height == pytest.approx(lebar * 842 / 595, abs=2)


def test_pages_differ(pdf: str) -> None:
    assert page_image(pdf, "pdf", 1, 240) != page_image(pdf, "pdf", 2, 240)


def test_a_photo_is_its_only_page() -> None:
    foto = store().put(images.jpeg())
    assert _opened(page_image(foto, "jpg", 1, 240)).size == (240, 180)
    assert page_count(foto, "jpg") == 1
    with pytest.raises(TidakDitemukan):
        page_image(foto, "jpg", 2, 240)


def test_a_small_picture_is_not_blown_up() -> None:
    kecil = store().put(images.encoded(images.picture(100, 50), "PNG"))
    assert _opened(page_image(kecil, "png", 1, 827)).size == (100, 50)


def test_pages_are_counted(pdf: str) -> None:
    assert page_count(pdf, "pdf") == 3


@pytest.mark.parametrize(("halaman", "lebar"), [(0, 240), (-1, 240), (4, 240), (51, 240), (1, 241), (1, 100_000)])
def test_pages_and_widths_that_do_not_exist(pdf: str, halaman: int, lebar: int) -> None:
    with pytest.raises(TidakDitemukan):
        page_image(pdf, "pdf", halaman, lebar)


@pytest.mark.parametrize("sha256", ["0" * 64, "../../../etc/passwd"])
def test_documents_that_do_not_exist(sha256: str) -> None:
    with pytest.raises(TidakDitemukan):
        page_image(sha256, "pdf", 1, 240)
    with pytest.raises(TidakDitemukan):
        page_count(sha256, "pdf")


def test_what_cannot_be_drawn_says_so_and_is_not_kept(turunan: Path) -> None:
    rusak = store().put(b"%PDF-1.7\nbukan apa-apa")
    with pytest.raises(DokumenGagal, match="Unduh berkasnya"):
        page_image(rusak, "pdf", 1, 240)
    assert [p for p in turunan.rglob("*") if p.is_file()] == []


def test_a_very_long_page_is_drawn_narrower() -> None:
    def gulungan(pdf: Pdf) -> None:
        pdf.pages[0].MediaBox = Array([0, 0, 100, 14_000])

    gambar = _opened(page_image(store().put(pdfs.pdf_with(gulungan)()), "pdf", 1, 1200))
    assert gambar.height <= 4 * 1200


def test_form_fields_are_drawn() -> None:
    """Signatures are form fields: pdfium leaves them out unless it is asked."""

    def bidang(pdf: Pdf) -> None:
        tampak = pdf.make_stream(b"0 0 0 rg 0 0 300 300 re f", BBox=[0, 0, 300, 300])
        tampak.Type, tampak.Subtype = Name.XObject, Name.Form
        widget = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("ttd"),
                Rect=[100, 100, 400, 400], F=4, AP=Dictionary(N=tampak),
            )
        )  # fmt: skip
        pdf.pages[0].Annots = Array([widget])
        pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))

    gambar = _opened(page_image(store().put(pdfs.pdf_with(bidang)()), "pdf", 1, 240)).convert("L")
    assert gambar.getpixel((100, 240)) == pytest.approx(0, abs=20)


def test_the_second_look_comes_from_the_cache(pdf: str, turunan: Path) -> None:
    pertama = page_image(pdf, "pdf", 1, 240)
    (berkas,) = [p for p in turunan.rglob("*") if p.is_file()]
    assert berkas.stat().st_mode & 0o777 == 0o600
    assert berkas.read_bytes() == pertama
    berkas.write_bytes(b"dari cache")
    assert page_image(pdf, "pdf", 1, 240) == b"dari cache"


def test_the_cache_may_vanish(pdf: str, turunan: Path) -> None:
    pertama = page_image(pdf, "pdf", 1, 240)
    shutil.rmtree(turunan)
    assert page_image(pdf, "pdf", 1, 240) == pertama


def test_an_erased_document_has_no_pictures(pdf: str) -> None:
    page_image(pdf, "pdf", 1, 240)
    (store().folder / pdf[:2] / pdf[2:4] / pdf).unlink()
    with pytest.raises(TidakDitemukan):
        page_image(pdf, "pdf", 1, 240)


def test_one_maker_at_a_time(pdf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight officers open the same page at once: it is drawn once."""
    digambar: list[str] = []
    asli = derived._run

    def run(job: str, head: Head, konten: bytes) -> tuple[Head, bytes]:
        digambar.append(job)
        return asli(job, head, konten)

    monkeypatch.setattr(derived, "_run", run)
    mulai, hasil = threading.Barrier(8), set[bytes]()

    def buka() -> None:
        mulai.wait()
        hasil.add(page_image(pdf, "pdf", 2, 240))

    utas = [threading.Thread(target=buka) for _ in range(8)]
    for u in utas:
        u.start()
    for u in utas:
        u.join(timeout=180)
    assert digambar == ["page_image"]
    assert len(hasil) == 1


def test_a_full_disk_costs_the_cache_not_the_page(
    pdf: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_path: Path, _konten: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(derived, "write_atomic", full)
    assert _opened(page_image(pdf, "pdf", 1, 240)).width == 240
    assert "tidak tersimpan" in caplog.text
