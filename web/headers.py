"""The headers every answer carries, errors included, and the guards that come before any view."""

import textwrap
import unicodedata
from urllib.parse import quote

from flask import Flask, Request, Response, abort, current_app, request
from markupsafe import escape

from pipeline.settings import Settings
from pipeline.uploads.names import clean_name

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; report-uri /csp-laporan"
)
CSP_BERKAS = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
FIXED = {
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
ASSET_HEADERS = {wanted: value for wanted, value in FIXED.items() if wanted != "Cache-Control"}
HSTS = "max-age=31536000; includeSubDomains"
MIME = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_KEYBOARD = str.maketrans("–—‘’“”", "--''''")
PREPARING_WIDTH, FAILED_WIDTH = 341, 340
USUAL_LIMIT = 64 * 1024
#: One file of 10 MB and what a form wraps around it.
UPLOAD_LIMIT = 12 * 2**20


def init_headers(app: Flask, settings: Settings) -> None:
    """Register the guards and the headers; call it before anything else that hooks into requests."""
    headers = FIXED if settings.demo else {**FIXED, "Strict-Transport-Security": HSTS}

    @app.before_request
    def guard() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "takes_upload"):
            request.max_content_length = USUAL_LIMIT
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


def send_berkas(payload: bytes, wanted: str, mime: str, *, inline: bool = False) -> Response:
    """An answer with the bytes of a file: an attachment, or shown in the page (images, and letters we made)."""
    response = Response(payload, mimetype=mime)
    response.headers["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; {download_name(wanted)}"
    if not inline or mime.startswith("image/"):
        response.headers["Content-Security-Policy"] = CSP_BERKAS
    return response


def placeholder(sentence: str, *, waits: bool) -> Response:
    """Words in the place of a picture. A script (js/gambar.js) knows by its width that one may yet come."""
    lines = textwrap.wrap(sentence, 34)
    words = "".join(f'<tspan x="24" dy="24">{escape(line)}</tspan>' for line in lines)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PREPARING_WIDTH if waits else FAILED_WIDTH}" height="480" '
        f'viewBox="0 0 340 480"><rect width="340" height="480" fill="#f3f2f1"/>'
        f'<text y="24" font-family="sans-serif" font-size="16" fill="#0b0c0c">{words}</text></svg>'
    )
    response = Response(svg, 202 if waits else 503, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = CSP_BERKAS
    return response


def download_name(wanted: str) -> str:
    """The name a browser saves a file under (RFC 6266). A header is ASCII: other letters travel encoded beside it."""
    name = clean_name(wanted) or "berkas"
    plain = "".join(c for c in _without_marks(name) if c.isascii() and c not in '"\\%/').strip()
    if plain.startswith(".") or not plain:
        plain = f"berkas{plain}"  # "日本.pdf" has no other letter left
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f'filename="{plain}"' if plain == name else f"filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _without_marks(name: str) -> str:
    """ "Surat – Señor.pdf" as "Surat - Senor.pdf": dashes and quotes of a word processor as a keyboard has them."""
    return unicodedata.normalize("NFKD", name.translate(_KEYBOARD))
