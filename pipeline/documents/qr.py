"""QR codes: the one that leads from paper to the verification page, and one for a screen."""

import io

import segno

from pipeline.errors import DocumentFailed

MAX_LETTERS = 150  # beyond this the modules become too small for an office printer


def qr_png(url: str) -> bytes:
    """A PNG of the QR code of an address, with its quiet zone; black on white, error correction M."""
    if not url.isascii() or len(url) > MAX_LETTERS:
        raise DocumentFailed("Alamat verifikasi terlalu panjang untuk kode QR. Perpendek BASE_URL.")
    return _png(url, "m")


def screen_png(text: str) -> bytes:
    """The same of any text, for a screen, where small modules are big enough."""
    return _png(text, "l")


def _png(text: str, error: str) -> bytes:
    result = io.BytesIO()
    segno.make_qr(text, error=error).save(result, kind="png", scale=10, border=4)
    return result.getvalue()
