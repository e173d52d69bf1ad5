"""C01, C02, C04, C06: what may be handed in, what is kept of it, and what people are told about the rest."""

import hashlib
import io

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat

from pipeline.errors import BerkasRefused, BerkasTooLarge
from pipeline.uploads import UKURAN_PALING_BESAR, accept, heics
from pipeline.uploads import images as images_
from pipeline.uploads import pdfs as pdfs_
from pipeline.uploads.names import TOO_HEAVY
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs
from tests.corpus import BAD, BAIK, Example, what_is_wrong


def _cepat(semua: tuple[Example, ...]) -> list[Example]:
    return [c for c in semua if not c.lambat]


@pytest.mark.parametrize("contoh", _cepat(BAIK), ids=str)
def test_a_good_file_is_kept_as_a_clean_copy_that_opens(contoh: Example) -> None:
    diterima = accept(contoh.nama, contoh.payload)
    assert diterima.jenis == contoh.hasil
    assert diterima.nama.endswith(f".{diterima.jenis}")
    assert diterima.halaman == (len(pikepdf.open(io.BytesIO(diterima.payload)).pages) if diterima.jenis == "pdf" else 1)
    assert diterima.sha256_asli == hashlib.sha256(contoh.payload).hexdigest()
    assert what_is_wrong(diterima.payload, diterima.jenis) is None


@pytest.mark.attack("C01", "C04")
@pytest.mark.parametrize("contoh", _cepat(BAD), ids=str)
def test_an_odd_file_is_refused_with_a_way_forward(contoh: Example) -> None:
    with pytest.raises(BerkasRefused) as ditolak:
        accept(contoh.nama, contoh.payload)
    kalimat = str(ditolak.value)
    assert contoh.hasil in kalimat
    assert any(
        kata in kalimat for kata in ("ulang", "lagi", "Simpan", "simpan", "Unggah", "unggah", "Pisahkan", "Pilih")
    )


@pytest.mark.parametrize("contoh", [c for c in _cepat(BAIK) if c.hasil == "pdf"], ids=str)
def test_the_same_pdf_gives_the_same_copy(contoh: Example) -> None:
    first = accept(contoh.nama, contoh.payload).payload
    assert accept(contoh.nama, contoh.payload).payload == first


def test_ten_megabytes_are_enough() -> None:
    with pytest.raises(BerkasTooLarge, match="10 MB"):
        accept("akta.pdf", b"%PDF-1.7" + bytes(UKURAN_PALING_BESAR))


def test_metadata_of_a_pdf_is_left_out() -> None:
    asli = next(c for c in BAIK if c.kode == "pdf-metadata").payload
    with pikepdf.open(io.BytesIO(accept("a.pdf", asli).payload)) as pdf:
        assert "/Metadata" not in pdf.Root
        assert not pdf.docinfo


def test_a_pdf_opens_without_a_view_of_its_own_but_keeps_its_pages_content() -> None:
    asli = next(c for c in BAIK if c.kode == "pdf-tampilan-awal").payload
    with pikepdf.open(io.BytesIO(accept("a.pdf", asli).payload)) as pdf:
        assert "/OpenAction" not in pdf.Root
        assert pdf.pages[0].Contents.read_bytes().startswith(b"0 0 1 rg")


def test_a_photo_loses_its_place_and_stands_upright() -> None:
    asli = images.jpeg_with_gps()
    with Image.open(io.BytesIO(asli)) as sebelum:
        assert sebelum.getexif().get_ifd(0x8825)
        assert sebelum.size == (640, 480)
    diterima = accept("foto.jpg", asli)
    with Image.open(io.BytesIO(diterima.payload)) as sesudah:
        assert sesudah.size == (480, 640)
        assert not sesudah.getexif()
        pojok = sesudah.getpixel((470, 10))
        assert isinstance(pojok, tuple)
        assert pojok[0] > 200  # the light corner, turned to the right
    assert b"TELEPON-UJI" not in diterima.payload
    assert b"rahasia-komentar" not in diterima.payload


def test_whatever_hangs_behind_a_photo_is_gone() -> None:
    assert b"<script>" not in accept("ktp.jpg", images.jpeg() + b"<script>alert(1)</script>").payload


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(accept("foto.jpg", images.jpeg(3600, 1200)).payload)) as gambar:
        assert gambar.size == (3000, 1000)


def test_what_was_transparent_is_white() -> None:
    asli = next(c for c in BAIK if c.kode == "png-transparan").payload
    with Image.open(io.BytesIO(accept("a.png", asli).payload)) as gambar:
        assert gambar.getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_of_grey_stay_the_same_grey() -> None:
    asli = next(c for c in BAIK if c.kode == "png-16-bit").payload
    with Image.open(io.BytesIO(accept("a.png", asli).payload)) as gambar:
        assert gambar.getpixel((5, 5)) == pytest.approx(40_000 / 257, abs=1)


def test_stored_copies_are_judged_one_by_one() -> None:
    pdf = pdfs.plain_pdf()
    stored = [(pdf, "pdf"), (pdf[:-100], "pdf"), (images.jpeg(), "jpg"), (images.jpeg(), "png"), (b"", "pdf")]
    hasil = [what_is_wrong(*s) for s in stored]
    assert [h is None for h in hasil] == [True, False, True, False, False]
    assert hasil[1] is not None
    assert "terpotong" in hasil[1]


def test_every_picture_of_a_heic_is_a_page_the_first_one_first() -> None:
    diterima = accept("kartu.heic", images.two_in_one_heic())
    assert (diterima.nama, diterima.halaman) == ("kartu.pdf", 2)
    with pikepdf.open(io.BytesIO(diterima.payload)) as pdf:
        lebar = [int(next(iter(halaman.get_images().values())).Width) for halaman in pdf.pages]
    assert len(lebar) == 2
    assert lebar[0] == 640


def test_a_large_heic_is_scaled_down_strip_by_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    utuh = heics._pictures(images.encoded(images.picture(), "HEIF"))[0]
    monkeypatch.setattr(images_, "SISI_PALING_PANJANG", 100)
    monkeypatch.setattr(heics, "_STRIP", 8)
    kecil = heics._pictures(images.encoded(images.picture(), "HEIF"))[0]
    assert kecil.size == (100, 75)
    different = ImageChops.difference(kecil, utuh.resize(kecil.size, Image.Resampling.BOX))
    assert ImageStat.Stat(different).mean < [6, 6, 6]


def test_nobody_who_scans_at_300_dpi_is_told_to_scan_at_300_dpi() -> None:
    for kalimat in (TOO_HEAVY, pdfs_.LARGE, pdfs_.LAYERED, pdfs_.INTRICATE):
        assert "dpi" not in kalimat
    assert "80 juta piksel" in pdfs_.LARGE_PICTURE
