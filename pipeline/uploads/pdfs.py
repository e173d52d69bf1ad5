"""PDFs in the sandbox: looked through object by object, refused when they act or hide, written anew.

Walking the parsed objects, not the bytes, sees what object streams and ``#xx`` names hide.
"""

import base64
import binascii
import io
import re
import zlib
from dataclasses import dataclass
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from pipeline.uploads.pdf_defuse import containers, defuse
from pipeline.uploads.pdf_signed import drop_signatures, is_signed, revisions
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.wire import Head

PAGES_AT_MOST: Final = 300
_OBJECTS_AT_MOST: Final = 50_000
_VALUES_AT_MOST: Final = 2_000_000
_UNPACKED_AT_MOST: Final = 600 << 20  # bytes all Flate streams may expand to: 20 A4 pages in colour at 300 dpi
_ONE_AT_MOST: Final = 120 << 20  # bytes one of them may: an A4 page in colour at 600 dpi
_PIXELS_AT_MOST: Final = 80_000_000  # of one picture: an A3 page at 600 dpi
_SIDE_AT_MOST: Final = 14_400  # points; the limit of Acrobat
_TAIL_ALLOWED: Final = 32  # bytes after %%EOF that are sloppiness rather than another file

_ACTION: Final = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/GoTo3DView",
}  # fmt: skip
_ACTIVE_KEY: Final = {"/JS", "/JavaScript", "/XFA", "/RichMedia"}
_MEDIA: Final = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_COMPRESSOR: Final = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}

#: What qpdf says when it had to guess where the objects are, or left some out: pages may be missing.
_LOST: Final = re.compile(r"damaged|reconstruct|limits error")
_HEADER: Final = len(b"%PDF-1.7")


def clean(_head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Check a PDF and write it anew without metadata; the same bytes in give the same bytes out."""
    with _open(payload) as pdf:
        pages = _check(pdf, payload)
        signed = is_signed(pdf, payload, lambda earlier: _cleaned(earlier)[1] == _cleaned(payload)[1])
        acts, clean = _rewritten(pdf)
    original = signed and not acts and not any(_is_bad(earlier) for earlier in revisions(payload))
    return {"page_count": pages, "kind": "pdf", "signed": original}, clean


def _cleaned(payload: bytes) -> tuple[bool, bytes]:
    with _open(payload) as pdf:
        return _rewritten(pdf)


def _is_bad(payload: bytes) -> bool:
    """Whether an earlier revision holds what no file of ours may: it can be taken out of the original again."""
    try:
        with _open(payload) as pdf:
            _check(pdf, payload)
            return _rewritten(pdf)[0]
    except BerkasRefused as error:
        # What does not open shows nobody anything: half of a linear file.
        return error.reason not in {RefusalReason.PDF_DAMAGED, RefusalReason.PDF_CUT}


def inspect(_head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Check a PDF that is stored already."""
    with _open(payload) as pdf:
        return {"page_count": _check(pdf, payload)}, b""


def _open(payload: bytes) -> pikepdf.Pdf:
    """The document; what stands before its header is counted by some writers in their offsets, by others not."""
    pdf = _opened(payload)
    if (front := payload.find(b"%PDF-")) > 0 and _is_guessed(pdf):
        pdf.close()
        head = payload[front : front + _HEADER]
        return _opened(head + b" " * front + payload[front + _HEADER :])
    return pdf


def _opened(payload: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(payload), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise BerkasRefused(RefusalReason.PDF_ENCRYPTED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        _check_end(payload)
        raise BerkasRefused(RefusalReason.PDF_DAMAGED) from None


def _check(pdf: pikepdf.Pdf, payload: bytes) -> int:
    """The number of pages. Raises BerkasRefused with the first thing found."""
    if pdf.is_encrypted:
        raise BerkasRefused(RefusalReason.PDF_LIMITED)
    _check_end(payload)
    try:
        pages = _check_pages(pdf)
        _Walk().check(pdf)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise BerkasRefused(RefusalReason.PDF_DAMAGED) from None
    if _is_guessed(pdf):
        raise BerkasRefused(RefusalReason.PDF_DAMAGED)
    return pages


def _is_guessed(pdf: pikepdf.Pdf) -> bool:
    return any(_LOST.search(str(w)) for w in pdf.get_warnings())


def _check_end(payload: bytes) -> None:
    """A PDF ends with %%EOF; one made for the web has another near its beginning, which may be all that came."""
    _, present, tail = payload.rpartition(b"%%EOF")
    if not present or b" obj" in tail:
        raise BerkasRefused(RefusalReason.PDF_CUT)
    if len(tail) > _TAIL_ALLOWED and tail.strip(b"\r\n\0 "):
        raise BerkasRefused(RefusalReason.PDF_EXCESS)


def _check_pages(pdf: pikepdf.Pdf) -> int:
    pages = len(pdf.pages)
    if pages == 0:
        raise BerkasRefused(RefusalReason.PDF_WITHOUT_PAGES)
    if pages > PAGES_AT_MOST:
        raise BerkasRefused(RefusalReason.PDF_TOO_THICK, pages=PAGES_AT_MOST)
    for page in pdf.pages:
        left, below, right, above = (float(x) for x in page.mediabox)
        if not 0 < max(abs(right - left), abs(above - below)) <= _SIDE_AT_MOST:
            raise BerkasRefused(RefusalReason.PDF_DAMAGED)
    return pages


@dataclass(slots=True)
class _Walk:
    """One pass over every object of a file, with a budget for all of them together."""

    value: int = _VALUES_AT_MOST
    unpacked: int = _UNPACKED_AT_MOST

    def check(self, pdf: pikepdf.Pdf) -> None:
        for nomor, subject in enumerate(pdf.objects):
            if nomor > _OBJECTS_AT_MOST:
                raise BerkasRefused(RefusalReason.PDF_INTRICATE)
            for container in containers(subject, self._spend):
                if isinstance(container, Dictionary | Stream):
                    _check_dictionary(container)
            if isinstance(subject, Stream):
                self._check_stream(subject)

    def _spend(self, count: int) -> None:
        self.value -= count
        if self.value < 0:
            raise BerkasRefused(RefusalReason.PDF_INTRICATE)

    def _check_stream(self, stream: Stream) -> None:
        sieve = _filters(stream)
        if sum(s in _COMPRESSOR for s in sieve) > 1:  # compressed twice: only bombs are
            raise BerkasRefused(RefusalReason.PDF_LAYERED)
        if _number(stream, "/Width") * _number(stream, "/Height") > _PIXELS_AT_MOST:
            raise BerkasRefused(RefusalReason.PDF_PICTURE_TOO_LARGE, megapixels=_PIXELS_AT_MOST // 1_000_000)
        if "/FlateDecode" in sieve or "/Fl" in sieve:
            allowed = min(self.unpacked, _ONE_AT_MOST)
            large = _inflated(_without_ascii(stream.read_raw_bytes(), sieve), allowed)
            self.unpacked -= large
            if large > allowed:
                raise BerkasRefused(
                    RefusalReason.PDF_TOO_LARGE_INSIDE, megabytes=_UNPACKED_AT_MOST >> 20, one=_ONE_AT_MOST >> 20
                )


def _check_dictionary(container: Object) -> None:
    keys = set(container.keys())
    if keys & _ACTIVE_KEY or ("/S" in keys and _name(container, "/S") in _ACTION):
        raise BerkasRefused(RefusalReason.PDF_ACTIVE)
    if "/Subtype" in keys and _name(container, "/Subtype") in _MEDIA:
        raise BerkasRefused(RefusalReason.PDF_MEDIA)
    if "/EF" in keys or ("/Type" in keys and _name(container, "/Type") == "/EmbeddedFile"):
        raise BerkasRefused(RefusalReason.PDF_ATTACHMENT)


def _rewritten(pdf: pikepdf.Pdf) -> tuple[bool, bytes]:
    """Our own file: only what the pages need, with a fixed id. And whether the old one acts by itself."""
    drop_signatures(pdf)
    acts = defuse(pdf)
    out = io.BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,  # streams stay as they are: no work, and no bomb goes off
    )
    return acts, out.getvalue()


def _name(container: Object, key: str) -> str:
    value = container.get(key)
    return str(value) if isinstance(value, Name) else ""


def _number(container: Object, key: str) -> int:
    value = container.get(key, 0)
    return value if isinstance(value, int) else 0


def _filters(stream: Stream) -> list[str]:
    sieve = stream.get("/Filter")
    if sieve is None:
        return []
    return [str(s) for s in sieve] if isinstance(sieve, Array) else [str(sieve)]


def _without_ascii(raw: bytes, sieve: list[str]) -> bytes:
    """Undo the text encodings in front of the first real filter; what cannot be decoded cannot expand either."""
    try:
        for s in sieve:
            if s in {"/ASCII85Decode", "/A85"}:
                raw = base64.a85decode(raw.strip().removeprefix(b"<~").removesuffix(b"~>"))
            elif s in {"/ASCIIHexDecode", "/AHx"}:
                raw = binascii.unhexlify(b"".join(raw.partition(b">")[0].split()))
            else:
                break
    except ValueError:
        return b""
    return raw


def _inflated(raw: bytes, limit: int) -> int:
    """How many bytes Flate data expand to, counted without keeping them, and no further than the limit."""
    parser, total = zlib.decompressobj(), 0
    try:
        while raw and total <= limit:
            total += len(parser.decompress(raw, 1 << 20))
            raw = parser.unconsumed_tail
    except zlib.error:  # damaged from here on: whoever opens it sees the part before
        return total
    return total
