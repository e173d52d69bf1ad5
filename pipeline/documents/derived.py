"""What can be made again at any time: PDFs of our docx, page images, and what a handed-in document shows.

A cache in data/turunan, safe to delete whole, and believed only where an entry proves to be ours (entries.py).

A name says what it is made of (the content's hash) and how, so an entry is never stale. ``owner`` is the application
whose document it is; None: the office's own. A worker makes them, once; a
page of the web only takes what is there, so that nobody's document keeps a web thread waiting.
"""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from pipeline.disk import make_folder
from pipeline.documents.entries import cache_folder, entry_path, is_same_file, keep_entry, read_entry
from pipeline.documents.errors import NotReadyYet, PictureFailed
from pipeline.documents.pdf.engine import available_engine, convert
from pipeline.errors import BerkasErased, NotFound
from pipeline.settings import PdfEngine, settings
from pipeline.storage import store
from pipeline.uploads import Examination, examine, read_examination
from pipeline.uploads.examination import VERSION as EXAMINATION
from pipeline.uploads.refusals import BerkasRefused
from pipeline.uploads.sandbox import ScannerDead, sandbox
from pipeline.uploads.wire import LARGE_WIDTH, SMALL_WIDTH

__all__ = [
    "WIDTH",
    "cache_folder",
    "examined",
    "known_page_count",
    "make_images",
    "make_pdf",
    "note",
    "noted",
    "page_image",
    "ready_pdf",
]

WIDTH: Final = (SMALL_WIDTH, LARGE_WIDTH)  # pixels: a thumbnail, a page to read
PAGES_AT_MOST: Final = 50  # page images of one document
SECONDS_AT_MOST: Final = 45.0  # for the page images of one document

_log = logging.getLogger(__name__)


def page_image(
    sha256: str, kind: str, page: int, width: int, *, engine: PdfEngine | None = None, owner: UUID | None = None
) -> bytes:
    """WebP of one page (from 1) of a stored pdf, jpg, png or docx, in one of the widths WIDTH, if it is made.

    ``engine`` is the engine a docx is turned into pages with. Raises NotFound for a page, a width or a document
    that does not exist, NotReadyYet until it is drawn, PictureFailed when it cannot be.
    """
    if width not in WIDTH or not 1 <= page <= PAGES_AT_MOST:
        raise NotFound
    name = _source_name(kind, engine)
    if (present := _ready(sha256, owner, f"{name}-{page}-{width}.webp")) is not None:
        return present
    count = known_page_count(sha256, kind, engine, owner=owner)
    if count is not None and page > count:
        raise NotFound
    raise NotReadyYet if _ready(sha256, owner, _failed(name)) is None else PictureFailed


def ready_pdf(docx_sha256: str, engine: PdfEngine, owner: UUID | None = None) -> bytes:
    """The PDF of a stored docx, if it is made. Raises NotFound, NotReadyYet."""
    if (present := _ready(docx_sha256, owner, f"{available_engine(engine)}.pdf")) is None:
        raise NotReadyYet
    return present


def known_page_count(
    sha256: str, kind: str, engine: PdfEngine | None = None, *, owner: UUID | None = None
) -> int | None:
    """Number of pages if it is known already."""
    if _drawn_as(kind) != "pdf":
        return 1
    present = _ready(sha256, owner, _count(_source_name(kind, engine))) if store(owner).has(sha256) else None
    return None if present is None else int(present)


def make_pdf(docx_sha256: str, engine: PdfEngine, owner: UUID | None = None) -> bytes:
    """The PDF of a stored docx, made by that engine. Raises NotFound, DocumentFailed."""
    used = available_engine(engine)
    name = f"{used}.pdf"
    if (present := _ready(docx_sha256, owner, name)) is not None:
        return present
    pdf = convert(store(owner).get(docx_sha256), used, preview=True)
    _keep(docx_sha256, owner, _count(used), b"%d" % pdf.page_count)
    _keep(docx_sha256, owner, name, pdf.payload)
    return pdf.payload


def noted(key: str, owner: UUID | None = None) -> str | None:
    """The docx that was made for this key, if it is still in the store."""
    kept = read_entry(_entry(key, "naskah"), owner)
    return kept.decode() if kept is not None and store(owner).has(kept.decode()) else None


def note(key: str, docx_sha256: str, owner: UUID | None = None) -> None:
    """Remember it."""
    _keep(key, owner, "naskah", docx_sha256.encode("ascii"))


def make_images(sha256: str, kind: str, engine: PdfEngine | None = None, *, owner: UUID | None = None) -> None:
    """Draw the pages of a stored document: one attempt, whose failure is kept. Made already, or under way: nothing.

    Raises NotFound, ScannerNotReady (nothing was tried), and DocumentFailed when a docx does not become a PDF.
    """
    name = _source_name(kind, engine)
    if _is_settled(sha256, kind, engine, owner):
        return
    with _only_one(entry_path(_entry(sha256, name), owner)) as mine:
        if not mine or _is_settled(sha256, kind, engine, owner):
            return
        payload = (
            make_pdf(sha256, engine or settings().pdf_engine, owner) if kind == "docx" else store(owner).get(sha256)
        )
        try:
            _draw(sha256, owner, name, _drawn_as(kind), payload)
        except (BerkasRefused, ScannerDead) as error:
            _log.warning("gambar halaman tidak dapat dibuat: %s", type(error).__name__)
            _keep(sha256, owner, _failed(name), b"")


def examined(sha256: str, kind: str, *, owner: UUID | None = None) -> Examination:
    """What a stored document shows: as kept, else it is looked at now, for seconds.

    Raises NotFound, BerkasDamaged, ScannerNotReady.
    """
    name = f"{kind}-{EXAMINATION}.periksa"
    if (kept := _ready(sha256, owner, name)) is None:
        kept = examine(store(owner).get(sha256), kind)
        _keep(sha256, owner, name, kept)
    return read_examination(kept)


def _draw(sha256: str, owner: UUID | None, name: str, drawn_as: str, payload: bytes) -> None:
    """Page after page, each in all widths, in one child. Raises BerkasRefused, ScannerDead."""
    end = time.monotonic() + SECONDS_AT_MOST
    page = count = 1
    with sandbox().session() as session:
        while page <= min(count, PAGES_AT_MOST):
            head, picture = session.call("page_images", {"kind": drawn_as, "page": page}, payload)
            count, split = int(head["count"]), int(head["small"])
            for width, webp in zip(WIDTH, (picture[:split], picture[split:]), strict=True):
                _keep(sha256, owner, f"{name}-{page}-{width}.webp", webp)
            _keep(sha256, owner, _count(name), b"%d" % count)
            page += 1
            if time.monotonic() > end:
                raise ScannerDead


def _is_settled(sha256: str, kind: str, engine: PdfEngine | None, owner: UUID | None) -> bool:
    """Whether each page is drawn, or it is known that they cannot be."""
    if not store(owner).has(sha256):
        return False
    name, count = _source_name(kind, engine), known_page_count(sha256, kind, engine, owner=owner)
    if _ready(sha256, owner, _failed(name)) is not None:
        return True
    drawn = (f"{name}-{n}-{width}.webp" for n in _pages(count or 0) for width in WIDTH)
    return count is not None and all(_ready(sha256, owner, entry) is not None for entry in drawn)


def _pages(count: int) -> range:
    return range(1, min(count, PAGES_AT_MOST) + 1)


def _count(name: str) -> str:
    return f"{name}.halaman"


def _failed(name: str) -> str:
    return f"{name}.gagal"


def _drawn_as(kind: str) -> str:
    return "pdf" if kind == "docx" else kind


def _source_name(kind: str, engine: PdfEngine | None) -> str:
    return str(available_engine(engine or settings().pdf_engine)) if kind == "docx" else kind


def _ready(sha256: str, owner: UUID | None, suffix: str) -> bytes | None:
    """The entry if there is one. Raises NotFound, BerkasErased: then there are no pictures either."""
    its = store(owner)
    if not its.has(sha256):
        raise BerkasErased if its.is_erased(sha256) else NotFound
    return read_entry(_entry(sha256, suffix), owner)


def _keep(sha256: str, owner: UUID | None, suffix: str, payload: bytes) -> None:
    keep_entry(_entry(sha256, suffix), payload, owner)


def _entry(sha256: str, suffix: str) -> str:
    return f"{sha256}-{suffix}"


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    """Whether no other thread or process is at it: a lock on a file beside the entry, gone afterwards."""
    key = path.with_name(f".{path.name}.kunci")
    make_folder(key.parent)
    with key.open("ab") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield is_same_file(f.fileno(), key)  # not when the one before took it away just now: it is done
        finally:
            key.unlink(missing_ok=True)
