"""docx -> PDF by the engine that is named, never by another one.

Which engine a draft uses is decided once, kept with it, and passed in: a naskah approved in one layout must not be
signed in another. No engine is believed: the PDF has to open and to hold every word of the docx.
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2

from pipeline.documents.errors import EngineMissing, PdfIncomplete
from pipeline.documents.pdf import libreoffice as pdf_libreoffice
from pipeline.documents.pdf import simple as simple_pdf
from pipeline.documents.pdf.turns import turn
from pipeline.documents.template.text import docx_text, squeeze
from pipeline.settings import PdfEngine

PARALLEL = 2  # conversions at a time on this machine, all processes together
LIMIT = 60.0  # seconds for one conversion, and at most the same again to wait for a turn
_PDFIUM = threading.Lock()  # PDFium keeps state of its own and knows no threads
_MESIN = {PdfEngine.LIBREOFFICE: pdf_libreoffice, PdfEngine.SEDERHANA: simple_pdf}


@dataclass(frozen=True, slots=True)
class Pdf:
    """A checked PDF, and what made it."""

    payload: bytes
    halaman: int
    mesin: PdfEngine


def available_engine(pilihan: PdfEngine) -> PdfEngine:
    """The engine a new draft gets: the one asked for, or with ``otomatis`` the best there is.

    Raises EngineMissing with what to install.
    """
    candidate = (PdfEngine.LIBREOFFICE, PdfEngine.SEDERHANA) if pilihan is PdfEngine.OTOMATIS else (pilihan,)
    for mesin in candidate:
        if _MESIN[mesin].available():
            return mesin
    raise EngineMissing(
        f"Pembuat PDF ({', '.join(candidate)}) tidak terpasang. Pasang LibreOffice Writer, "
        "atau paket tambahan alurizin[pdf-sederhana]."
    )


def convert(docx: bytes, mesin: PdfEngine, *, must_contain: Sequence[str] = (), pratinjau: bool = False) -> Pdf:
    """Convert with exactly this engine. What is only to be looked at (``pratinjau``) lets everything else go first.

    Raises EngineMissing, DocxDamaged, TimedOut, or PdfIncomplete when a word of the docx or of ``must_contain`` is
    not in the PDF.
    """
    if mesin is PdfEngine.OTOMATIS:
        raise EngineMissing("Sebutkan pembuat PDF yang dipakai draf ini; `otomatis` hanya untuk draf baru.")
    teks = docx_text(docx)
    available_engine(mesin)
    with turn(LIMIT, places=PARALLEL, pratinjau=pratinjau):
        payload = _MESIN[mesin].convert(docx, LIMIT)
    return Pdf(payload, _check(payload, (*teks.split(), *must_contain)), mesin)


def pdf_text(payload: bytes) -> str:
    """The words of a PDF, page after page. Raises PdfIncomplete when it does not open."""
    with _PDFIUM:
        try:
            dokumen = pypdfium2.PdfDocument(io.BytesIO(payload))
        except pypdfium2.PdfiumError as rusak:
            raise PdfIncomplete("PDF yang dihasilkan tidak dapat dibuka.") from rusak
        try:
            return "\f".join(str(halaman.get_textpage().get_text_bounded()) for halaman in dokumen)
        finally:
            dokumen.close()


def _check(payload: bytes, kata: Sequence[str]) -> int:
    """The number of pages; raises PdfIncomplete when a word is missing."""
    halaman = pdf_text(payload)
    tercetak = squeeze(halaman)
    bare = _plain(tercetak)
    hilang = [k for k in dict.fromkeys(kata) if not _printed(squeeze(k), tercetak, bare)]
    if hilang:
        raise PdfIncomplete(f"PDF tidak memuat: {', '.join(hilang[:5])}. Periksa huruf khusus pada isian atau templat.")
    return halaman.count("\f") + 1


def _printed(kata: str, tercetak: str, bare: str) -> bool:
    """Whether a word is on paper, both squeezed.

    A right-to-left word may be stored reversed. A letter the font lacks (Ḥ in a transliterated name) is set from
    another font, and PDFium reads it apart from its word: then the rest stands together and that letter is somewhere.
    """
    if kata in tercetak or kata[::-1] in tercetak:
        return True
    return _plain(kata) in bare and all(c.isascii() or c in tercetak for c in kata)


def _plain(teks: str) -> str:
    return "".join(c for c in teks if c.isascii())
