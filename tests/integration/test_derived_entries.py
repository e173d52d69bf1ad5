"""Who can write to data/turunan makes nobody see anything: each kind of entry, damaged in each way, is made again."""

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256 as sha256_of
from pathlib import Path
from uuid import UUID, uuid4

import docx
import pypdfium2
import pytest
from structlog.testing import capture_logs

from pipeline.cipher import NONCE_BYTES, DocumentKey, make_key
from pipeline.documents import derived, entries
from pipeline.documents.derived import cache_folder, examined, known_page_count, make_images, make_pdf, page_image
from pipeline.documents.entries import STAMP, entry_path, keep_entry, read_entry
from pipeline.documents.errors import NotReadyYet, PictureFailed
from pipeline.documents.pdf.engine import available_engine
from pipeline.kantor.office_key import office_keys
from pipeline.sealing.keys import about, know_keys
from pipeline.settings import PdfEngine, settings
from pipeline.storage import store
from pipeline.uploads.examination import VERSION
from tests import corpus_images as images
from tests import corpus_pdfs as pdfs

KEYS = tuple(sha256_of(text).hexdigest() for text in (b"a", b"b"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with each kind of entry of both documents."""
    shutil.rmtree(settings().data / "turunan", ignore_errors=True)
    for kind in KINDS.values():
        kind.make(0)
        kind.make(1)
    return shutil.copytree(settings().data / "turunan", tmp_path_factory.mktemp("turunan") / "utuh")


@pytest.fixture(autouse=True)
def _whole_cache(made: Path) -> None:
    shutil.rmtree(settings().data / "turunan", ignore_errors=True)
    shutil.copytree(made, settings().data / "turunan")


@cache
def letter(n: int) -> str:
    document = docx.Document()
    document.add_paragraph(f"KEPUTUSAN {n}")
    out = io.BytesIO()
    document.save(out)
    return store().put(out.getvalue())


@cache
def pdf(n: int) -> str:
    return store().put(pdfs.plain_pdf(2 + n))


@cache
def photo(n: int) -> str:
    return store().put(images.jpeg(400 + n, 300))


@cache
def broken(n: int) -> str:
    return store().put(b"%%PDF-1.7\nbukan apa-apa %d" % n)


def picture(sha256: str, kind: str, page: int, width: int) -> bytes | None:
    try:
        return page_image(sha256, kind, page, width)
    except NotReadyYet:
        return None


def failure(sha256: str) -> str | None:
    try:
        page_image(sha256, "pdf", 1, 240)
    except PictureFailed:
        return "gagal"
    except NotReadyYet:
        return None
    return pytest.fail("there is no picture")


def ready_pdf(sha256: str) -> str | None:
    """Its words: the engine writes the time into the file."""
    try:
        kept = derived.ready_pdf(sha256, PdfEngine.OTOMATIS)
    except NotReadyYet:
        return None
    with pypdfium2.PdfDocument(kept) as pdf:
        return str(pdf[0].get_textpage().get_text_range())


@dataclass(frozen=True, slots=True)
class Kind:
    """Made for one of two documents, the name of its entry, and what it tells; None: not made."""

    make: Callable[[int], object]
    entry: Callable[[int], str]
    told: Callable[[int], object]


KINDS = {
    "thumbnail": Kind(
        lambda n: make_images(pdf(n), "pdf"), lambda n: f"{pdf(n)}-pdf-1-240.webp",
        lambda n: picture(pdf(n), "pdf", 1, 240),
    ),
    "page to read": Kind(
        lambda n: make_images(pdf(n), "pdf"), lambda n: f"{pdf(n)}-pdf-1-1200.webp",
        lambda n: picture(pdf(n), "pdf", 1, 1200),
    ),
    "last page": Kind(
        lambda n: make_images(pdf(n), "pdf"), lambda n: f"{pdf(n)}-pdf-2-1200.webp",
        lambda n: picture(pdf(n), "pdf", 2, 1200),
    ),
    "photo": Kind(
        lambda n: make_images(photo(n), "jpg"), lambda n: f"{photo(n)}-jpg-1-1200.webp",
        lambda n: picture(photo(n), "jpg", 1, 1200),
    ),
    "count": Kind(
        lambda n: make_images(pdf(n), "pdf"), lambda n: f"{pdf(n)}-pdf.halaman",
        lambda n: known_page_count(pdf(n), "pdf"),
    ),
    "failure": Kind(
        lambda n: make_images(broken(n), "pdf"), lambda n: f"{broken(n)}-pdf.gagal", lambda n: failure(broken(n))
    ),
    "examination": Kind(
        lambda n: examined(photo(n), "jpg"), lambda n: f"{photo(n)}-jpg-{VERSION}.periksa",
        lambda n: read_entry(f"{photo(n)}-jpg-{VERSION}.periksa"),
    ),
    "naskah": Kind(
        lambda n: derived.note(KEYS[n], letter(n)), lambda n: f"{KEYS[n]}-naskah", lambda n: derived.noted(KEYS[n])
    ),
    "PDF": Kind(
        lambda n: make_pdf(letter(n), PdfEngine.OTOMATIS),
        lambda n: f"{letter(n)}-{available_engine(PdfEngine.OTOMATIS)}.pdf", lambda n: ready_pdf(letter(n)),
    ),
}  # fmt: skip


def flipped(at: int) -> Callable[[Path, Path], None]:
    def flip(path: Path, _other: Path) -> None:
        kept = bytearray(path.read_bytes())
        kept[at] ^= 1
        path.write_bytes(kept)

    return flip


def swapped(path: Path, other: Path) -> None:
    mine = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(mine)


def linked(path: Path, other: Path) -> None:
    path.unlink()
    path.symlink_to(other)


def piped(path: Path, _other: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "first byte": flipped(0),
    "last byte of the nonce": flipped(NONCE_BYTES - 1),
    "last byte": flipped(-1),
    "truncated": lambda path, _: os.truncate(path, path.stat().st_size - 1),
    "half the nonce": lambda path, _: os.truncate(path, NONCE_BYTES // 2),
    "longer": lambda path, _: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path, _: path.write_bytes(b""),
    "without its nonce": lambda path, _: path.write_bytes(path.read_bytes()[NONCE_BYTES:]),
    "another's content": lambda path, other: path.write_bytes(
        path.read_bytes()[:NONCE_BYTES] + other.read_bytes()[NONCE_BYTES:] + b"\0"
    ),
    "swapped": swapped,
    "a link to another": linked,
    "a pipe": piped,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_entry_is_never_served_told_of_once_and_made_again(kind: str, damage: str) -> None:
    it = KINDS[kind]
    whole = it.told(0)
    assert whole is not None
    DAMAGES[damage](entry_path(it.entry(0)), entry_path(it.entry(1)))
    with capture_logs() as lines:
        assert (it.told(0), it.told(0)) == (None, None)
    told = [(line["event"], line["log_level"], line["turunan"]) for line in lines]
    assert told == [("turunan tidak sah, dibuat lagi", "error", it.entry(0))]
    it.make(0)
    assert it.told(0) == whole


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_worker_that_meets_it_first_makes_it_again_at_once(damage: str) -> None:
    good = examined(photo(0), "jpg")
    name = KINDS["examination"].entry
    DAMAGES[damage](entry_path(name(0)), entry_path(name(1)))
    assert examined(photo(0), "jpg") == good
    assert read_entry(name(0)) is not None


@pytest.mark.parametrize("page", [1, 2, 3])
def test_one_page_of_several_is_drawn_again(page: int) -> None:
    whole = page_image(pdf(1), "pdf", page, 240)
    entry_path(f"{pdf(1)}-pdf-{page}-240.webp").write_bytes(b"lain")
    make_images(pdf(1), "pdf")
    assert page_image(pdf(1), "pdf", page, 240) == whole


def test_the_stamp_goes_so_that_the_sweep_has_everything_looked_through() -> None:
    stamp = cache_folder() / STAMP
    stamp.touch()
    assert picture(photo(0), "jpg", 1, 240)
    assert stamp.exists()
    entry_path(f"{photo(0)}-jpg-1-240.webp").write_bytes(b"lain")
    assert picture(photo(0), "jpg", 1, 240) is None
    assert not stamp.exists()


def test_a_page_is_one_file_read(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def seen(name: str, owner: UUID | None) -> bytes | None:
        opened.append(name)
        return read_entry(name, owner)

    monkeypatch.setattr(derived, "read_entry", seen)
    page_image(pdf(0), "pdf", 1, 1200)
    assert opened == [f"{pdf(0)}-pdf-1-1200.webp"]


def test_one_owner_is_never_shown_what_was_made_of_anothers_document() -> None:
    name, other = f"{photo(0)}-jpg-1-240.webp", uuid4()
    know_keys(other, [(1, *office_keys().wrap(make_key(), about(other, 1)))])
    assert read_entry(name, other) is None
    keep_entry(name, b"karangan", other)
    path = entry_path(name, other)
    path.write_bytes(entry_path(name).read_bytes())
    assert read_entry(name, other) is None
    assert not path.exists()


def test_an_entry_that_a_worker_has_just_made_again_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader opened the bad one; by the time it knows, another lies in its place."""
    name = f"{photo(0)}-jpg-1-240.webp"
    content = read_entry(name)
    assert content is not None
    entry_path(name).write_bytes(b"lain")
    opened = entries._opened

    def slow(key: DocumentKey, name: str, kept: bytes) -> bytes:
        monkeypatch.setattr(entries, "_opened", opened)
        entries.keep_entry(name, content)
        return opened(key, name, kept)

    monkeypatch.setattr(entries, "_opened", slow)
    assert read_entry(name) is None
    assert read_entry(name) == content
