"""The headers every answer carries, errors included, and the guards that come before any view."""

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
ASET = {nama: nilai for nama, nilai in TETAP.items() if nama != "Cache-Control"}
HSTS = "max-age=31536000; includeSubDomains"
BATAS_BIASA = 64 * 1024
#: One file of 10 MB and what a form wraps around it.
BATAS_UNGGAH = 12 * 2**20


def init_headers(app: Flask, settings: Settings) -> None:
    """Register the guards and the headers; call it before anything else that hooks into requests."""
    tetap = TETAP if settings.demo else {**TETAP, "Strict-Transport-Security": HSTS}

    @app.before_request
    def jaga() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "unggah"):
            request.max_content_length = BATAS_BIASA
        if lintas_situs(request):
            abort(403)

    @app.after_request
    def tambah(response: Response) -> Response:
        for nama, nilai in tetap.items():
            response.headers.setdefault(nama, nilai)
        return response


def lintas_situs(request: Request) -> bool:
    """Whether another site makes the browser send this, other than by a plain link."""
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        return False
    tautan = request.method in {"GET", "HEAD"} and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return not tautan and request.path != "/csp-laporan"


def kirim_berkas(konten: bytes, nama: str, mime: str, *, sebaris: bool = False) -> Response:
    """An answer with the bytes of a file: an attachment, or shown in the page (images, and letters we made)."""
    response = Response(konten, mimetype=mime)
    cara = "inline" if sebaris else "attachment"
    response.headers.set("Content-Disposition", cara, filename=nama)
    if not sebaris or mime.startswith("image/"):
        response.headers["Content-Security-Policy"] = CSP_BERKAS
    return response
