"""What can be made again at any time: PDFs of our docx, and page images. A cache in data/turunan, safe to delete whole.

A name says what it is made of (the content's hash) and how, so an entry is never stale.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.documents.pdf import available_engine, convert
from pipeline.errors import BerkasDitolak, DokumenGagal, TidakDitemukan
from pipeline.settings import MesinPdf, settings
from pipeline.storage import make_folder, store, write_atomic
from pipeline.uploads.sandbox import PemeriksaMati, sandbox
from pipeline.uploads.wire import Head

LEBAR: Final = (240, 827, 1200)  # pixels: a thumbnail, a page at 100 dpi, a page to read
HALAMAN_PALING_BANYAK: Final = 50  # page images of one document

_GAGAL: Final = "Gambar halaman ini tidak dapat dibuat. Unduh berkasnya untuk melihat isinya."
_log = logging.getLogger(__name__)


def pdf_of(docx_sha256: str, mesin: MesinPdf) -> bytes:
    """The PDF of a stored docx, made by that engine. Raises TidakDitemukan, DokumenGagal."""
    dipakai = available_engine(mesin)
    return _cached(docx_sha256, f"{dipakai}.pdf", lambda: _convert(docx_sha256, dipakai))


def _convert(docx_sha256: str, mesin: MesinPdf) -> bytes:
    """The conversion knows how many pages there are: keep that, too."""
    pdf = convert(store().get(docx_sha256), mesin, pratinjau=True)
    _keep(_path(docx_sha256, f"{mesin}.halaman"), b"%d" % pdf.halaman)
    return pdf.konten


def page_image(sha256: str, jenis: str, halaman: int, lebar: int, *, mesin: MesinPdf | None = None) -> bytes:
    """WebP of one page (from 1) of a stored pdf, jpg, png or docx, in one of the widths LEBAR.

    ``mesin`` is the engine a docx is turned into pages with. Raises TidakDitemukan for a page, a width or a document
    that does not exist, DokumenGagal when it cannot be drawn.
    """
    if lebar not in LEBAR or not 1 <= halaman <= HALAMAN_PALING_BANYAK:
        raise TidakDitemukan
    head: Head = {"jenis": _drawn_as(jenis), "halaman": halaman, "lebar": lebar}
    akhiran = f"{_source_name(jenis, mesin)}-{halaman}-{lebar}.webp"
    return _cached(sha256, akhiran, lambda: _draw(head, _source(sha256, jenis, mesin)))


def page_count(sha256: str, jenis: str, *, mesin: MesinPdf | None = None) -> int:
    """Number of pages of a stored document, converted for it if need be. Raises TidakDitemukan, DokumenGagal."""
    if (ada := known_page_count(sha256, jenis, mesin)) is not None:
        return ada
    return int(_cached(sha256, _count_name(jenis, mesin), lambda: _pages(sha256, jenis, mesin)))


def known_page_count(sha256: str, jenis: str, mesin: MesinPdf | None = None) -> int | None:
    """Number of pages if it is known already; a page that only shows it makes nobody wait for a conversion."""
    if _drawn_as(jenis) != "pdf":
        return 1
    ada = _read(_path(sha256, _count_name(jenis, mesin))) if store().has(sha256) else None
    return None if ada is None else int(ada)


def _count_name(jenis: str, mesin: MesinPdf | None) -> str:
    return f"{_source_name(jenis, mesin)}.halaman"


def _pages(sha256: str, jenis: str, mesin: MesinPdf | None) -> bytes:
    pdf = _source(sha256, jenis, mesin)
    ada = known_page_count(sha256, jenis, mesin)  # from the conversion just now
    return _count(pdf) if ada is None else b"%d" % ada


def _drawn_as(jenis: str) -> str:
    return "pdf" if jenis == "docx" else jenis


def _source_name(jenis: str, mesin: MesinPdf | None) -> str:
    return str(available_engine(mesin or settings().mesin_pdf)) if jenis == "docx" else jenis


def _source(sha256: str, jenis: str, mesin: MesinPdf | None) -> bytes:
    return pdf_of(sha256, mesin or settings().mesin_pdf) if jenis == "docx" else store().get(sha256)


def _draw(head: Head, konten: bytes) -> bytes:
    _, webp = _run("page_image", head, konten)
    if not webp:
        raise TidakDitemukan
    return webp


def _count(pdf: bytes) -> bytes:
    head, _ = _run("page_count", {}, pdf)
    return b"%d" % int(head["halaman"])


def _run(job: str, head: Head, konten: bytes) -> tuple[Head, bytes]:
    try:
        return sandbox().run(job, head, konten)
    except (BerkasDitolak, PemeriksaMati) as e:
        raise DokumenGagal(_GAGAL) from e


def _cached(sha256: str, akhiran: str, make: Callable[[], bytes]) -> bytes:
    """The entry, or what ``make`` returns, kept. One maker per entry, in all processes; the others wait for it."""
    if not store().has(sha256):  # an erased document has no pictures either
        raise TidakDitemukan
    path = _path(sha256, akhiran)
    if (ada := _read(path)) is not None:
        return ada
    with _maker(path):
        if (ada := _read(path)) is not None:
            return ada
        konten = make()
        _keep(path, konten)
        return konten


def _path(sha256: str, akhiran: str) -> Path:
    return settings().data / "turunan" / sha256[:2] / f"{sha256}-{akhiran}"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _keep(path: Path, konten: bytes) -> None:
    try:
        write_atomic(path, konten)
    except OSError as e:  # a full disk costs the cache, not the page
        _log.warning("turunan tidak tersimpan: %s", e.strerror)


@contextmanager
def _maker(path: Path) -> Iterator[None]:
    """A lock between threads and processes, by a file beside the entry that is gone afterwards."""
    kunci = path.with_name(f".{path.name}.kunci")
    while True:
        make_folder(kunci.parent)
        with kunci.open("ab") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            if not _same_file(f.fileno(), kunci):  # the maker we waited for took it away: line up at the new one
                continue
            try:
                yield
            finally:
                kunci.unlink(missing_ok=True)
            return


def _same_file(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
