"""Domain error -> HTTP status and page, in this one place. Every page says what happened and what to do."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from pipeline import errors
from pipeline.storage import PenyimpananPenuh
from pipeline.uploads import PemeriksaTidakSiap

log = structlog.get_logger("web")

STATUS: tuple[tuple[type[errors.AlurIzinError], int], ...] = (
    (errors.TidakDitemukan, 404),
    (errors.BukanWewenang, 403),
    (errors.OrangSama, 403),
    (errors.DecisionRefused, 409),
    (errors.InputInvalid, 422),
    (errors.BerkasTerlaluBesar, 413),
    (errors.BerkasDitolak, 422),
    (errors.TerlaluSering, 429),
    (errors.DokumenGagal, 503),
    (PenyimpananPenuh, 503),
    (PemeriksaTidakSiap, 503),
    (errors.GagalTandaTangan, 503),
)


@dataclass(frozen=True, slots=True)
class Halaman:
    """What an error page says."""

    judul: str
    kalimat: str
    saran: str


HALAMAN = {
    400: Halaman(
        "Permintaan tidak terbaca",
        "Halaman yang Anda kirim sudah kedaluwarsa atau tidak lengkap. Tidak ada yang berubah.",
        "Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi.",
    ),
    401: Halaman("Silakan masuk dulu", "Sesi Anda sudah berakhir.", "Masuk lagi, lalu ulangi."),
    403: Halaman(
        "Anda tidak berwenang",
        "Halaman ini bukan untuk akun Anda.",
        "Bila menurut Anda ini keliru, keluar lalu masuk dengan akun yang benar, atau hubungi loket.",
    ),
    404: Halaman(
        "Halaman tidak ditemukan",
        "Alamat ini tidak ada, atau bukan milik Anda.",
        "Periksa alamatnya, atau mulai lagi dari beranda.",
    ),
    405: Halaman(
        "Cara membuka halaman ini keliru",
        "Halaman ini hanya menerima kiriman dari formulirnya.",
        "Kembali ke halaman sebelumnya dan pakai tombol di sana.",
    ),
    409: Halaman(
        "Keadaannya sudah berubah",
        "Ada yang mendahului perubahan Anda. Tidak ada yang disimpan dari kiriman ini.",
        "Buka lagi halamannya untuk melihat keadaan terakhir.",
    ),
    413: Halaman(
        "Kiriman terlalu besar",
        "Berkas paling besar 10 MB, dan isian paling panjang 64 KB.",
        "Ambil ulang foto dengan resolusi lebih kecil, atau kirim berkas satu per satu.",
    ),
    415: Halaman(
        "Jenis berkas tidak diterima",
        "Yang diterima: PDF, JPG, PNG, atau HEIC.",
        "Simpan ulang berkas sebagai PDF atau foto, lalu unggah lagi.",
    ),
    422: Halaman(
        "Ada isian yang perlu diperbaiki",
        "Sebagian isian belum dapat diterima. Tidak ada yang berubah.",
        "Kembali ke formulir, perbaiki, lalu kirim lagi.",
    ),
    429: Halaman(
        "Terlalu banyak percobaan",
        "Demi keamanan, percobaan dibatasi.",
        "Tunggu sebentar, lalu coba lagi.",
    ),
    500: Halaman(
        "Maaf, ada kesalahan di pihak kami",
        "Isian yang sudah tersimpan tetap aman.",
        "Coba lagi sebentar lagi. Bila berulang, sampaikan nomor kejadian di bawah ke loket.",
    ),
    503: Halaman(
        "Layanan sedang terganggu",
        "Sistem sedang tidak dapat menyelesaikan permintaan ini. Isian yang sudah tersimpan tetap aman.",
        "Coba lagi beberapa menit lagi. Bila berulang, hubungi loket.",
    ),
}


def init_errors(app: Flask) -> None:
    """Register the handlers, and the id that a log line and an error page share."""

    @app.before_request
    def beri_nomor() -> None:
        g.kejadian = _nomor_kejadian()

    app.register_error_handler(errors.AlurIzinError, galat_kantor)
    app.register_error_handler(CSRFError, lambda _: halaman_galat(400))
    app.register_error_handler(HTTPException, galat_http)
    app.register_error_handler(OperationalError, basis_data_tidak_menjawab)
    app.register_error_handler(Exception, kesalahan_kami)


def galat_kantor(galat: errors.AlurIzinError) -> Response:
    """A refusal of the office, in its own words."""
    status = next((kode for jenis, kode in STATUS if isinstance(galat, jenis)), 500)
    if status == 500:
        return kesalahan_kami(galat)
    # Missing and not yours must look the same, to the byte.
    response = halaman_galat(status, "" if status == 404 else str(galat), galat)
    if isinstance(galat, errors.TerlaluSering):
        response.headers["Retry-After"] = str(galat.tunggu_detik)
    return response


def galat_http(galat: HTTPException) -> Response:
    """What Flask and Werkzeug refuse; redirects pass."""
    kode = galat.code or 500
    if kode < 400:
        return make_response(galat.get_response())
    return halaman_galat(kode if kode in HALAMAN else 400 if kode < 500 else 500, status=kode)


def basis_data_tidak_menjawab(galat: DBAPIError) -> Response:
    """PostgreSQL is away: nothing was lost, nothing can be done."""
    log.error("basis data tidak menjawab", kejadian=g.get("kejadian"), galat=type(galat).__name__)
    return halaman_galat(503)


def kesalahan_kami(galat: Exception) -> Response:
    """A bug: the trace goes to the log, the incident's number to the person."""
    log.error("kesalahan tak terduga", kejadian=g.get("kejadian"), exc_info=galat)
    return halaman_galat(500)


def halaman_galat(
    kode: int, kalimat: str = "", galat: Exception | None = None, *, status: int | None = None
) -> Response:
    """The page of an error; for a script just its sentence."""
    halaman = HALAMAN[kode]
    if request.accept_mimetypes.best in {"application/json", "application/offset+octet-stream"}:
        return make_response({"galat": kalimat or halaman.kalimat}, status or kode)
    rincian = galat.errors if isinstance(galat, errors.InputInvalid) else {}
    konteks = {"halaman": halaman, "kalimat": kalimat or halaman.kalimat, "rincian": rincian, "kode": kode}
    return make_response(render_template("galat/halaman.html", **konteks), status or kode)


def _nomor_kejadian() -> str:
    """The proxy's request id when it is one, else our own."""
    kiriman = request.headers.get("X-Request-Id", "")
    try:
        return UUID(kiriman).hex
    except ValueError:
        return uuid4().hex
