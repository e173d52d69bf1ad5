"""C01, C02, C04, C06: what may be handed in, what is kept of it, and what people are told about the rest."""

import hashlib
import io

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat

from pipeline.uploads import LARGEST_SIZE, accept, heics
from pipeline.uploads import images as images_
from pipeline.uploads.refusals import BerkasRefused, BerkasTooLarge, RefusalReason
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs
from tests.corpus import BAD, GOOD, Example, what_is_wrong


def _quick(every: tuple[Example, ...]) -> list[Example]:
    return [c for c in every if not c.slow]


@pytest.mark.parametrize("contoh", _quick(GOOD), ids=str)
def test_a_good_file_is_kept_as_a_clean_copy_that_opens(contoh: Example) -> None:
    accepted = accept(contoh.name, contoh.payload)
    assert accepted.kind == contoh.result
    assert accepted.name.endswith(f".{accepted.kind}")
    assert accepted.page_count == (
        len(pikepdf.open(io.BytesIO(accepted.payload)).pages) if accepted.kind == "pdf" else 1
    )
    assert accepted.original_sha256 == hashlib.sha256(contoh.payload).hexdigest()
    assert what_is_wrong(accepted.payload, accepted.kind) is None


@pytest.mark.attack("C01", "C04")
@pytest.mark.parametrize("contoh", _quick(BAD), ids=str)
def test_an_odd_file_is_refused_with_a_way_forward(contoh: Example) -> None:
    with pytest.raises(BerkasRefused) as refused:
        accept(contoh.name, contoh.payload)
    sentence = str(refused.value)
    assert contoh.result in sentence
    assert any(
        word in sentence for word in ("ulang", "lagi", "Simpan", "simpan", "Unggah", "unggah", "Pisahkan", "Pilih")
    )


@pytest.mark.parametrize("contoh", [c for c in _quick(GOOD) if c.result == "pdf"], ids=str)
def test_the_same_pdf_gives_the_same_copy(contoh: Example) -> None:
    first = accept(contoh.name, contoh.payload).payload
    assert accept(contoh.name, contoh.payload).payload == first


def test_ten_megabytes_are_enough() -> None:
    with pytest.raises(BerkasTooLarge, match="10 MB"):
        accept("akta.pdf", b"%PDF-1.7" + bytes(LARGEST_SIZE))


def test_metadata_of_a_pdf_is_left_out() -> None:
    original = next(c for c in GOOD if c.code == "pdf-metadata").payload
    with pikepdf.open(io.BytesIO(accept("a.pdf", original).payload)) as pdf:
        assert "/Metadata" not in pdf.Root
        assert not pdf.docinfo


def test_a_pdf_opens_without_a_view_of_its_own_but_keeps_its_pages_content() -> None:
    original = next(c for c in GOOD if c.code == "pdf-tampilan-awal").payload
    with pikepdf.open(io.BytesIO(accept("a.pdf", original).payload)) as pdf:
        assert "/OpenAction" not in pdf.Root
        assert pdf.pages[0].Contents.read_bytes().startswith(b"0 0 1 rg")


def test_a_photo_loses_its_place_and_stands_upright() -> None:
    original = images.jpeg_with_gps()
    with Image.open(io.BytesIO(original)) as before:
        assert before.getexif().get_ifd(0x8825)
        assert before.size == (640, 480)
    accepted = accept("foto.jpg", original)
    with Image.open(io.BytesIO(accepted.payload)) as after:
        assert after.size == (480, 640)
        assert not after.getexif()
        corner = after.getpixel((470, 10))
        assert isinstance(corner, tuple)
        assert corner[0] > 200  # the light corner, turned to the right
    assert b"TELEPON-UJI" not in accepted.payload
    assert b"rahasia-komentar" not in accepted.payload


def test_whatever_hangs_behind_a_photo_is_gone() -> None:
    assert b"<script>" not in accept("ktp.jpg", images.jpeg() + b"<script>alert(1)</script>").payload


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(accept("foto.jpg", images.jpeg(3600, 1200)).payload)) as picture:
        assert picture.size == (3000, 1000)


def test_what_was_transparent_is_white() -> None:
    original = next(c for c in GOOD if c.code == "png-transparan").payload
    with Image.open(io.BytesIO(accept("a.png", original).payload)) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_of_grey_stay_the_same_grey() -> None:
    original = next(c for c in GOOD if c.code == "png-16-bit").payload
    with Image.open(io.BytesIO(accept("a.png", original).payload)) as picture:
        assert picture.getpixel((5, 5)) == pytest.approx(40_000 / 257, abs=1)


def test_stored_copies_are_judged_one_by_one() -> None:
    pdf = pdfs.plain_pdf()
    stored = [(pdf, "pdf"), (pdf[:-100], "pdf"), (images.jpeg(), "jpg"), (images.jpeg(), "png"), (b"", "pdf")]
    result = [what_is_wrong(*s) for s in stored]
    assert [h is None for h in result] == [True, False, True, False, False]
    assert result[1] is not None
    assert "terpotong" in result[1]


def test_every_picture_of_a_heic_is_a_page_the_first_one_first() -> None:
    accepted = accept("kartu.heic", images.two_in_one_heic())
    assert (accepted.name, accepted.page_count) == ("kartu.pdf", 2)
    with pikepdf.open(io.BytesIO(accepted.payload)) as pdf:
        width = [int(next(iter(page.get_images().values())).Width) for page in pdf.pages]
    assert len(width) == 2
    assert width[0] == 640


def test_a_large_heic_is_scaled_down_strip_by_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    intact = heics._pictures(images.encoded(images.picture(), "HEIF"))[0]
    monkeypatch.setattr(images_, "LONGEST_SIDE", 100)
    monkeypatch.setattr(heics, "_STRIP", 8)
    small = heics._pictures(images.encoded(images.picture(), "HEIF"))[0]
    assert small.size == (100, 75)
    different = ImageChops.difference(small, intact.resize(small.size, Image.Resampling.BOX))
    assert ImageStat.Stat(different).mean < [6, 6, 6]


def test_nobody_who_scans_at_300_dpi_is_told_to_scan_at_300_dpi() -> None:
    reasons = (RefusalReason.TOO_HEAVY, RefusalReason.PDF_TOO_LARGE_INSIDE)
    for reason in (*reasons, RefusalReason.PDF_LAYERED, RefusalReason.PDF_INTRICATE):
        assert "dpi" not in reason.template
    with pytest.raises(BerkasRefused, match="80 juta piksel"):
        accept("a.pdf", pdfs.bomb(1, Width=30_000, Height=30_000)())
