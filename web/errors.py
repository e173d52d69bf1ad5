"""The page of an error, in this one place: what happened and what to do. Which status it has: status.py."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from pipeline import errors
from pipeline.db import took_too_long
from pipeline.disk import is_full
from pipeline.documents.errors import NotReadyYet
from pipeline.errors import DocumentFailed
from pipeline.storage import StorageFull
from pipeline.uploads import ScannerNotReady
from web.auth import login_url
from web.forms import typed_words
from web.headers import placeholder
from web.sessions import current_session
from web.status import status_of

log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says."""

    title: str
    sentence: str
    advice: str


PAGE = {
    400: ErrorPage(
        "Permintaan tidak terbaca",
        "Halaman yang Anda kirim sudah kedaluwarsa atau tidak lengkap. Tidak ada yang berubah.",
        "Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi.",
    ),
    401: ErrorPage(
        "Silakan masuk lagi",
        "Sesi Anda sudah berakhir.",
        "Masuk lagi, lalu kirim sekali lagi. Bila tidak dapat masuk, hubungi administrator atau loket.",
    ),
    403: ErrorPage(
        "Anda tidak berwenang",
        "Halaman ini bukan untuk akun Anda.",
        "Bila menurut Anda ini keliru, keluar lalu masuk dengan akun yang benar, atau hubungi loket.",
    ),
    404: ErrorPage(
        "Halaman tidak ditemukan",
        "Alamat ini tidak ada, atau bukan milik Anda.",
        "Periksa alamatnya, atau mulai lagi dari beranda.",
    ),
    405: ErrorPage(
        "Cara membuka halaman ini keliru",
        "Halaman ini hanya menerima kiriman dari formulirnya.",
        "Kembali ke halaman sebelumnya dan pakai tombol di sana.",
    ),
    409: ErrorPage(
        "Keadaannya sudah berubah",
        "Ada yang mendahului perubahan Anda. Tidak ada yang disimpan dari kiriman ini.",
        "Buka lagi halamannya untuk melihat keadaan terakhir.",
    ),
    410: ErrorPage(
        "Dokumen tidak dapat dibuka",
        "Dokumen ini tidak ada lagi di penyimpanan kantor dalam keadaan utuh.",
        "Bila dokumen ini Anda unggah sendiri, unggah lagi. Bila tidak, coba lagi sesudah operator memulihkannya.",
    ),
    413: ErrorPage(
        "Kiriman terlalu besar",
        "Berkas paling besar 10 MB, dan isian paling panjang 64 KB.",
        "Ambil ulang foto dengan resolusi lebih kecil, atau kirim berkas satu per satu.",
    ),
    415: ErrorPage(
        "Jenis berkas tidak diterima",
        "Yang diterima: PDF, JPG, PNG, atau HEIC.",
        "Simpan ulang berkas sebagai PDF atau foto, lalu unggah lagi.",
    ),
    422: ErrorPage(
        "Ada isian yang perlu diperbaiki",
        "Sebagian isian belum dapat diterima. Tidak ada yang berubah.",
        "Kembali ke formulir, perbaiki, lalu kirim lagi.",
    ),
    429: ErrorPage(
        "Terlalu banyak percobaan",
        "Demi keamanan, percobaan dibatasi.",
        "Tunggu sebentar, lalu coba lagi.",
    ),
    500: ErrorPage(
        "Maaf, ada kesalahan di pihak kami",
        "Isian yang sudah tersimpan tetap aman.",
        "Coba lagi sebentar lagi. Bila berulang, sampaikan nomor kejadian di bawah ke loket.",
    ),
    503: ErrorPage(
        "Layanan sedang terganggu",
        "Sistem sedang tidak dapat menyelesaikan permintaan ini. Isian yang sudah tersimpan tetap aman.",
        "Coba lagi beberapa menit lagi. Bila berulang, hubungi loket.",
    ),
}

TOO_LONG = (
    "Permintaan ini dihentikan karena terlalu lama dicari dalam catatan kantor. Tidak ada yang berubah. Persempit yang"
    " dicari, atau coba lagi nanti."
)
NOT_YET = ErrorPage("Belum dapat dilakukan", "Langkah ini belum dapat dilakukan.", "Tidak ada yang berubah.")

#: Nothing is wrong: it comes by itself.
PREPARED = ErrorPage(
    "Sedang disiapkan",
    "Dokumen ini sedang disiapkan.",
    "Halaman ini dimuat ulang sendiri sampai dokumennya jadi. Bila sesudah beberapa menit belum juga, hubungi loket.",
)
ERASED = ErrorPage(
    "Dokumen sudah dihapus",
    "Dokumen ini sudah dihapus oleh kantor sesuai aturan, dan tidak dapat dibuka lagi.",
    "Yang tetap tercatat hanya nama dan tanggalnya. Bila menurut Anda ini keliru, hubungi loket.",
)
#: Pages of one refusal, and of none that is like it.
OF_ONE: dict[object, ErrorPage] = {errors.NotAllowedYet: NOT_YET, errors.BerkasErased: ERASED}


def init_errors(app: Flask) -> None:
    """Register the handlers, and the id that a log line and an error page share."""

    @app.before_request
    def number_request() -> None:
        g.incident = _incident_id()

    app.register_error_handler(errors.AlurIzinError, office_error)
    app.register_error_handler(CSRFError, lambda _: error_page(400))
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(InternalError, database_away)  # a transaction that was left open too long was ended
    app.register_error_handler(OSError, refused_by_system)
    app.register_error_handler(Exception, our_fault)


def office_error(error: errors.AlurIzinError) -> Response:
    """A refusal of the office, in its own words."""
    status = status_of(error)
    if status == 500:
        return our_fault(error)
    login = _leave() if status == 401 else ""
    # Missing and not yours must look the same, to the byte.
    if isinstance(error, DocumentFailed) and request.headers.get("Sec-Fetch-Dest") == "image":
        return placeholder(str(error), waits=isinstance(error, NotReadyYet))
    response = error_page(status, "" if status == 404 else str(error), error, typing=typed_words(), login=login)
    if isinstance(error, errors.TooOften):
        response.headers["Retry-After"] = str(error.wait_seconds)
    elif isinstance(error, NotReadyYet | ScannerNotReady):
        response.headers["Retry-After"] = "5"
    if isinstance(error, NotReadyYet) and request.method == "GET":
        response.headers["Refresh"] = "3"  # who has just sent an application asks for its receipt at once
    return response


def _leave() -> str:
    """The session has ended on the server: end it in the browser too. Returns where to log in again."""
    g.ended = user = current_session().user
    current_session().log_out()
    return login_url(petugas=user is None or user.petugas)


def http_error(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse; redirects pass."""
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    if code == 405 and request.method in {"GET", "HEAD"} and (page := _page_above(request.path)):
        return make_response(redirect(page, 303))
    return error_page(code if code in PAGE else 400 if code < 500 else 500, status=code)


def _page_above(path: str) -> str | None:
    """The page that a form's own address stands under: "back" and bookmarks lead to where only a form is sent."""
    pages = current_app.create_url_adapter(request)
    while pages and (path := path.rpartition("/")[0]):
        if pages.test(path, "GET"):
            endpoint, values = pages.match(path, "GET")
            return url_for(endpoint, **values)
    return None


def database_away(error: DBAPIError) -> Response:
    """PostgreSQL is away: nothing was lost. A page whose connection broke is read once more; a form is not sent twice,
    what it did before may stand."""
    if error.connection_invalidated and request.method in {"GET", "HEAD"} and g.pop("admitted", False):
        return _read_once_more()
    log.error("basis data tidak menjawab", kejadian=g.get("incident"), galat=type(error.orig).__name__)
    response = error_page(503, TOO_LONG if took_too_long(error) else "", typing=typed_words())
    response.headers["Retry-After"] = "30"
    return response


def _read_once_more() -> Response:
    try:
        return current_app.make_response(current_app.dispatch_request())
    except (OperationalError, InternalError, errors.AlurIzinError, HTTPException) as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def refused_by_system(error: OSError) -> Response:
    """A full disk is told in words, wherever somebody met it; whatever else the system refuses is a bug of ours."""
    return office_error(StorageFull()) if is_full(error) else our_fault(error)


def our_fault(error: Exception) -> Response:
    """A bug: the trace goes to the log, the incident's number to the person."""
    log.error("kesalahan tak terduga", kejadian=g.get("incident"), exc_info=error)
    return error_page(500)


def error_page(
    code: int,
    sentence: str = "",
    error: Exception | None = None,
    *,
    status: int | None = None,
    typing: str = "",
    login: str = "",
) -> Response:
    """The page of an error, with what was typed to copy it; for a script just its sentence."""
    page = PREPARED if isinstance(error, NotReadyYet) else OF_ONE.get(type(error), PAGE[code])
    if request.accept_mimetypes.best in {"application/json", "application/offset+octet-stream"}:
        return make_response({"galat": sentence or page.sentence}, status or code)
    details = error.errors if isinstance(error, errors.InputInvalid) else {}
    context = {"page": page, "sentence": sentence or page.sentence, "details": details, "code": code}
    html = render_template("error/page.html", **context, typing=typing, login=login)
    return make_response(html, status or code)


def _incident_id() -> str:
    """The proxy's request id when it is one, else our own."""
    sent = request.headers.get("X-Request-Id", "")
    try:
        return UUID(sent).hex
    except ValueError:
        return uuid4().hex
