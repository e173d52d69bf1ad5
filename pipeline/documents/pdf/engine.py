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
_ENGINE = {PdfEngine.LIBREOFFICE: pdf_libreoffice, PdfEngine.SEDERHANA: simple_pdf}


@dataclass(frozen=True, slots=True)
class Pdf:
    """A checked PDF, and what made it."""

    payload: bytes
    page_count: int
    engine: PdfEngine


def available_engine(choices: PdfEngine) -> PdfEngine:
    """The engine a new draft gets: the one asked for, or with ``otomatis`` the best there is.

    Raises EngineMissing with what to install.
    """
    candidate = (PdfEngine.LIBREOFFICE, PdfEngine.SEDERHANA) if choices is PdfEngine.OTOMATIS else (choices,)
    for engine in candidate:
        if _ENGINE[engine].available():
            return engine
    raise EngineMissing(
        f"Pembuat PDF ({', '.join(candidate)}) tidak terpasang. Pasang LibreOffice Writer, "
        "atau paket tambahan alurizin[pdf-sederhana]."
    )


def convert(docx: bytes, engine: PdfEngine, *, must_contain: Sequence[str] = (), preview: bool = False) -> Pdf:
    """Convert with exactly this engine. What is only to be looked at (``preview``) lets everything else go first.

    Raises EngineMissing, DocxDamaged, TimedOut, or PdfIncomplete when a word of the docx or of ``must_contain`` is
    not in the PDF.
    """
    if engine is PdfEngine.OTOMATIS:
        raise EngineMissing("Sebutkan pembuat PDF yang dipakai draf ini; `otomatis` hanya untuk draf baru.")
    text = docx_text(docx)
    available_engine(engine)
    with turn(LIMIT, places=PARALLEL, preview=preview):
        payload = _ENGINE[engine].convert(docx, LIMIT)
    return Pdf(payload, _check(payload, (*text.split(), *must_contain)), engine)


def pdf_text(payload: bytes) -> str:
    """The words of a PDF, page after page. Raises PdfIncomplete when it does not open."""
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(io.BytesIO(payload))
        except pypdfium2.PdfiumError as error:
            raise PdfIncomplete("PDF yang dihasilkan tidak dapat dibuka.") from error
        try:
            return "\f".join(str(page.get_textpage().get_text_bounded()) for page in document)
        finally:
            document.close()


def _check(payload: bytes, word: Sequence[str]) -> int:
    """The number of pages; raises PdfIncomplete when a word is missing."""
    text = pdf_text(payload)
    printed = squeeze(text)
    bare = _plain(printed)
    missing = [k for k in dict.fromkeys(word) if not _printed(squeeze(k), printed, bare)]
    if missing:
        raise PdfIncomplete(
            f"PDF tidak memuat: {', '.join(missing[:5])}. Periksa huruf khusus pada isian atau templat."
        )
    return text.count("\f") + 1


def _printed(word: str, printed: str, bare: str) -> bool:
    """Whether a word is on paper, both squeezed.

    A right-to-left word may be stored reversed. A letter the font lacks (Ḥ in a transliterated name) is set from
    another font, and PDFium reads it apart from its word: then the rest stands together and that letter is somewhere.
    """
    if word in printed or word[::-1] in printed:
        return True
    return _plain(word) in bare and all(c.isascii() or c in printed for c in word)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii())
