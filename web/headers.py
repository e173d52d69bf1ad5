"""The headers every answer carries, errors included, and the guards that come before any view."""

import unicodedata
from urllib.parse import quote

from flask import Flask, Request, Response, abort, current_app, request

from pipeline.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; report-uri /csp-laporan"
)
CSP_BERKAS = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
TETAP = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Flask-WTF compares the Referer on https, so it must not be withheld from ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store, private",
}
#: Static files carry the same, but may be kept.
ASSET_HEADERS = {nama: nilai for nama, nilai in TETAP.items() if nama != "Cache-Control"}
HSTS = "max-age=31536000; includeSubDomains"
MIME = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BATAS_BIASA = 64 * 1024
#: One file of 10 MB and what a form wraps around it.
BATAS_UNGGAH = 12 * 2**20


def init_headers(app: Flask, settings: Settings) -> None:
    """Register the guards and the headers; call it before anything else that hooks into requests."""
    headers = TETAP if settings.demo else {**TETAP, "Strict-Transport-Security": HSTS}

    @app.before_request
    def guard() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "takes_upload"):
            request.max_content_length = BATAS_BIASA
        if is_cross_site(request):
            abort(403)

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def is_cross_site(request: Request) -> bool:
    """Whether another site makes the browser send this, other than by a plain link."""
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        return False
    is_link = request.method in {"GET", "HEAD"} and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return not is_link and request.path != "/csp-laporan"


def send_berkas(konten: bytes, nama: str, mime: str, *, inline: bool = False) -> Response:
    """An answer with the bytes of a file: an attachment, or shown in the page (images, and letters we made)."""
    response = Response(konten, mimetype=mime)
    disposition = "inline" if inline else "attachment"
    response.headers.set("Content-Disposition", disposition, **_file_name(nama))
    if not inline or mime.startswith("image/"):
        response.headers["Content-Security-Policy"] = CSP_BERKAS
    return response


def _file_name(nama: str) -> dict[str, str]:
    """The name as a header can carry it (RFC 6266): in ASCII, and whole beside it where that is not the same."""
    name = "".join(letter for letter in nama if letter.isprintable())  # a line break would be a header of its own
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if plain == name:
        return {"filename": name}
    return {
        "filename": f"berkas{plain}" if plain[:1] in {"", "."} else plain,
        "filename*": f"UTF-8''{quote(name, safe='')}",
    }
