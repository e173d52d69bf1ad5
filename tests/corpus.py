"""Good and odd files, made when a test asks for them; none is stored in the repository.

Each example says what is expected: accepted as a kind, or refused with a sentence that contains certain words.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.uploads import examine, read_examination
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs


@dataclass(frozen=True, slots=True)
class Example:
    """One file. ``result`` is the kind it is kept as, or words of the sentence it is refused with."""

    code: str
    name: str
    create: Callable[[], bytes]
    result: str
    accepted: bool = False
    slow: bool = False  # takes more than a fifth of a second: for the integration tests

    @property
    def payload(self) -> bytes:
        return _made(self)

    def __str__(self) -> str:
        return self.code


@cache
def _made(contoh: Example) -> bytes:
    return contoh.create()


GOOD: tuple[Example, ...] = tuple(
    Example(code, name, create, kind, accepted=True, slow=code.startswith("lambat"))
    for code, name, create, kind in (
        ("pdf", "akta.pdf", pdfs.plain_pdf, "pdf"),
        ("pdf-300-halaman", "akta.pdf", lambda: pdfs.plain_pdf(300), "pdf"),
        ("pdf-tampilan-awal", "akta.pdf", pdfs.pdf_with(pdfs.harmless_view), "pdf"),
        ("pdf-tautan", "akta.pdf", pdfs.pdf_with(pdfs.web_link), "pdf"),
        ("pdf-formulir-biasa", "akta.pdf", pdfs.pdf_with(pdfs.plain_form), "pdf"),
        ("pdf-metadata", "akta.pdf", pdfs.pdf_with(pdfs.metadata), "pdf"),
        ("pdf-object-streams", "AKTA.PDF", lambda: pdfs.saved(pdfs.new_pdf(), object_stream_mode=pdfs.PACKED), "pdf"),
        ("pdf-linear", "akta.pdf", lambda: pdfs.saved(pdfs.new_pdf(5), linearize=True), "pdf"),
        ("pdf-tanpa-akhiran", "akta", pdfs.plain_pdf, "pdf"),
        ("pdf-bernomor", "Akta No. 12", pdfs.plain_pdf, "pdf"),
        ("pdf-baris-kosong", "akta.pdf", lambda: pdfs.plain_pdf() + b"\r\n\0\0\r\n" * 20, "pdf"),
        ("pdf-bom-di-depan", "akta.pdf", lambda: b"\xef\xbb\xbf" + pdfs.plain_pdf(), "pdf"),
        ("pdf-bom-terhitung", "akta.pdf", lambda: pdfs.counted_from(b"\xef\xbb\xbf"), "pdf"),
        ("pdf-kepala-http-terhitung", "akta.pdf", lambda: pdfs.counted_from(b"HTTP/1.1 200 OK\r\n" * 40), "pdf"),
        ("pdf-baris-kosong-di-depan", "akta.pdf", lambda: b"\r\n\n" + pdfs.plain_pdf(), "pdf"),
        ("pdf-kepala-http-di-depan", "akta.pdf", lambda: b"HTTP/1.1 200 OK\r\n" * 40 + pdfs.plain_pdf(), "pdf"),
        ("lambat-pindaian-300-dpi", "akta.pdf", lambda: pdfs.flate_scan(12), "pdf"),
        ("jpg", "ktp.jpg", images.jpeg, "jpg"),
        ("jpg-tanpa-akhir", "panorama.jpg", lambda: images.jpeg()[:-2], "jpg"),
        ("jpg-progresif-tanpa-akhir", "panorama.jpg", lambda: images.progressive()[:-2], "jpg"),
        ("heic-dua-gambar", "IMG_3.HEIC", images.two_in_one_heic, "pdf"),
        ("lambat-foto-108-mp", "foto.jpg", lambda: images.jpeg(12_000, 9_000), "jpg"),
        ("jpg-gps", "IMG_1.JPEG", images.jpeg_with_gps, "jpg"),
        ("jpg-kelabu", "ktp.jpg", lambda: images.encoded(images.picture(mode="L"), "JPEG"), "jpg"),
        ("jpg-cmyk", "ktp.jpg", lambda: images.encoded(images.picture(mode="CMYK"), "JPEG"), "jpg"),
        ("jpg-dua-bingkai", "ktp.jpg", images.mpo, "jpg"),  # phones: a second exposure or a depth map
        ("jpg-ekor-telepon", "ktp.jpg", lambda: images.jpeg() + b"\0\0\1\x0aImage_UTC_Data17SEFH" * 40, "jpg"),
        ("jpg-ekor-html", "ktp.jpg", lambda: images.jpeg() + b"<script>alert(1)</script>", "jpg"),
        ("png", "denah.png", images.png, "png"),
        ("png-transparan", "denah.png", images.transparent, "png"),
        ("png-palet", "denah.png", lambda: images.encoded(images.picture(mode="P"), "PNG"), "png"),
        ("png-16-bit", "denah.png", images.grey_16, "png"),
        ("png-hitam-putih", "denah.png", lambda: images.encoded(images.picture(mode="1"), "PNG"), "png"),
        ("png-pita", "a.png", lambda: images.encoded(images.picture(20_000, 1), "PNG"), "png"),
        ("jpg-pita", "a.jpg", lambda: images.jpeg(20_000, 1), "jpg"),
        ("png-bernama-jpg", "layar.jpg", images.png, "png"),
        ("heic", "IMG_2.HEIC", lambda: images.encoded(images.picture(), "HEIF"), "jpg"),
        ("lambat-foto-12-mp", "foto.jpg", lambda: images.jpeg(4000, 3000), "jpg"),
        ("lambat-heic-12-mp", "foto.heic", lambda: images.encoded(images.picture(4000, 3000), "HEIF"), "jpg"),
    )
)

_ACTIVE, _ATTACHMENT, _DAMAGED = "tindakan otomatis", "berkas lain di dalamnya", "rusak"

BAD: tuple[Example, ...] = tuple(
    Example(code, name, create, word, slow=code.startswith("lambat"))
    for code, name, create, word in (
        ("kosong", "akta.pdf", lambda: b"", "kosong"),
        ("html-bernama-pdf", "akta.pdf", lambda: b"<html><script>alert(1)</script>", "bukan PDF"),
        ("exe-bernama-jpg", "ktp.jpg", lambda: b"MZ\x90\0" + bytes(500), "bukan PDF"),
        ("svg", "logo.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "bukan PDF"),
        ("gif", "logo.png", lambda: images.encoded(images.picture(mode="P"), "GIF"), "bukan PDF"),
        ("avif", "foto.heic", lambda: b"\0\0\0\x1cftypavif" + bytes(100), "bukan PDF"),
        ("docx", "akta.docx", pdfs.a_zip, "Simpan dokumennya sebagai PDF"),
        ("ole", "akta.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Simpan dokumennya sebagai PDF"),
        ("pdf-bernama-png", "akta.png", pdfs.plain_pdf, "Nama berkas"),
        ("pdf-bernama-html", "KTP.pdf\0.html", pdfs.plain_pdf, "Nama berkas"),
        ("jpg-bernama-pdf", "ktp.pdf", images.jpeg, "Nama berkas"),
        ("pdf-jauh-di-belakang", "akta.pdf", lambda: b"\n" * 1100 + pdfs.plain_pdf(), "bukan PDF"),
        ("zip-berisi-pdf", "akta.pdf", lambda: b"PK\x03\x04" + bytes(30) + pdfs.plain_pdf(), "Simpan dokumennya"),
        ("js-pembuka", "a.pdf", pdfs.pdf_with(pdfs.open_action_js), _ACTIVE),
        ("js-nama", "a.pdf", pdfs.pdf_with(pdfs.names_js), _ACTIVE),
        ("js-halaman", "a.pdf", pdfs.pdf_with(pdfs.page_aa_js), _ACTIVE),
        ("js-dalam-object-stream", "a.pdf", pdfs.pdf_with(pdfs.names_js, object_stream_mode=pdfs.PACKED), _ACTIVE),
        ("js-nama-tersamar", "a.pdf", pdfs.escaped_name, _ACTIVE),
        ("js-di-ujung-larik", "a.pdf", pdfs.pdf_with(pdfs.late_in_a_long_array), _ACTIVE),
        ("js-terpencil", "a.pdf", pdfs.pdf_with(pdfs.orphan_js), _ACTIVE),
        ("aksi-launch", "a.pdf", pdfs.pdf_with(pdfs.action("Launch")), _ACTIVE),
        ("aksi-submit", "a.pdf", pdfs.pdf_with(pdfs.action("SubmitForm")), _ACTIVE),
        ("aksi-gotor", "a.pdf", pdfs.pdf_with(pdfs.action("GoToR")), _ACTIVE),
        ("aksi-import", "a.pdf", pdfs.pdf_with(pdfs.action("ImportData")), _ACTIVE),
        ("xfa", "a.pdf", pdfs.pdf_with(pdfs.xfa), _ACTIVE),
        ("video", "a.pdf", pdfs.pdf_with(pdfs.video), "video"),
        ("lampiran", "a.pdf", pdfs.pdf_with(pdfs.attachment), _ATTACHMENT),
        ("lampiran-catatan", "a.pdf", pdfs.pdf_with(pdfs.attachment_annotation), _ATTACHMENT),
        ("sandi-pembaca", "a.pdf", pdfs.locked(user="buka", owner="punya"), "dikunci dengan kata sandi"),
        ("sandi-pemilik", "a.pdf", pdfs.locked(user="", owner="punya"), "dibatasi"),
        ("pdf-terpotong", "a.pdf", pdfs.truncated, "terpotong"),
        ("pdf-linear-terpotong", "a.pdf", pdfs.truncated_for_the_web, "terpotong"),
        ("pdf-hanya-kepala", "a.pdf", lambda: b"%PDF-1.7\n", "terpotong"),
        ("pdf-sampah", "a.pdf", lambda: b"%PDF-1.7\nsampah\n%%EOF\n", _DAMAGED),
        ("pdf-nol-halaman", "a.pdf", pdfs.pdf_with(pdfs.no_pages), "tidak mempunyai halaman"),
        ("pdf-301-halaman", "a.pdf", lambda: pdfs.plain_pdf(301), "lebih dari 300"),
        ("pdf-halaman-melingkar", "a.pdf", pdfs.page_tree_loop, _DAMAGED),
        ("pdf-larik-bersarang", "a.pdf", pdfs.nested_arrays, _DAMAGED),
        ("pdf-halaman-raksasa", "a.pdf", pdfs.pdf_with(pdfs.huge_page), _DAMAGED),
        ("lambat-bom", "a.pdf", pdfs.bomb(300), "terlalu besar ketika dibuka"),
        ("pdf-bom-bertingkat", "a.pdf", pdfs.nested_bomb, "terlalu besar ketika dibuka"),
        ("lambat-bom-hex", "a.pdf", pdfs.hex_bomb, "terlalu besar ketika dibuka"),
        ("pdf-gambar-raksasa", "a.pdf", pdfs.bomb(1, Width=30_000, Height=30_000), "terlalu besar ketika dibuka"),
        ("pdf-berekor-zip", "a.pdf", lambda: pdfs.plain_pdf() + pdfs.a_zip(), "data lain"),
        ("pdf-berekor-html", "a.pdf", lambda: pdfs.plain_pdf() + b"<script>alert(1)</script>" * 9, "data lain"),
        ("jpg-berekor-zip", "a.jpg", lambda: images.jpeg() + pdfs.a_zip(), "berkas lain di belakang"),
        ("png-berekor-zip", "a.png", lambda: images.png() + pdfs.a_zip(), "berkas lain di belakang"),
        ("png-delapan-bita", "a.png", lambda: b"\x89PNG\r\n\x1a\n", _DAMAGED),
        ("jpg-terpotong", "a.jpg", lambda: images.jpeg()[: len(images.jpeg()) // 2], _DAMAGED),
        ("jpg-kurang-satu-baris", "a.jpg", lambda: images.jpeg()[:-40], _DAMAGED),
        ("jpg-progresif-terpotong", "a.jpg", lambda: images.progressive()[:-200], _DAMAGED),
        ("heic-sebelas-gambar", "a.heic", lambda: images.many_in_one_heic(11), "lebih dari 10 gambar"),
        ("png-terpotong", "a.png", lambda: images.png()[:-300], _DAMAGED),
        ("heic-terpotong", "a.heic", lambda: images.encoded(images.picture(), "HEIF")[:-300], _DAMAGED),
        ("png-raksasa", "a.png", lambda: images.png_of(20_000, 20_000), "terlalu besar ukurannya"),
        ("png-48-mp", "a.png", lambda: images.png_of(8_000, 6_000), "terlalu besar ukurannya"),
        ("jpg-raksasa", "a.jpg", lambda: images.jpeg_of(65_500, 65_500), "terlalu besar ukurannya"),
        ("png-bergerak", "a.png", images.apng, "bergerak"),
        ("lambat-20000-halaman", "a.pdf", lambda: pdfs.many_pages(20_000), "lebih dari 300"),
    )
)


def mutated(intact: bytes, seed: int) -> Iterator[bytes]:
    """Files like ``intact`` with something wrong: bytes flipped, an end missing, a piece doubled or overwritten."""
    rng = random.Random(seed)
    while True:
        content = bytearray(intact)
        place = rng.randrange(8, len(content))
        match rng.randrange(4):
            case 0:
                for _ in range(rng.randrange(1, 20)):
                    content[rng.randrange(8, len(content))] ^= 1 << rng.randrange(8)
            case 1:
                del content[place:]
            case 2:
                content[place:place] = content[rng.randrange(len(content)) :][:400]
            case _:
                content[place : place + 16] = rng.randbytes(16)
        yield bytes(content)


def what_is_wrong(payload: bytes, kind: str) -> str | None:
    """Why a stored copy does not open; None when it does."""
    problem = read_examination(examine(payload, kind)).problem
    return str(problem) if problem else None
