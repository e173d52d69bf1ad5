"""Pages for everybody: what this is, where a file is, whether a document is genuine."""

from datetime import timedelta

import structlog
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.db import connection
from pipeline.queries.publik import find_jejak, find_naskah
from pipeline.services import rate_limit
from pipeline.sops import SOPS
from web.auth import hari_ini, publik
from web.csrf import csrf
from web.forms import Formulir, posted, posted_fields
from web.templating import client_address

bp = Blueprint("publik", __name__)
log = structlog.get_logger("web")

#: Of the privacy notice; a new text is a new version, and the version accepted is kept with the application.
PRIVASI_VERSI = "2026-11"
TIDAK_COCOK = "Nomor permohonan dan kode lacak tidak cocok. Periksa lagi pada tanda terima."
LACAK_PER_MENIT = 10
VERIFIKASI_PER_MENIT = 60
KODE_TERPANJANG = 80
MENIT = timedelta(minutes=1)


@bp.get("/")
@publik
def beranda() -> str:
    """What is asked for, how long it takes, what it costs."""
    contoh = {"jenis": "BARU", "lembaga_jenis": "LKS", "bentuk": "BH"}
    return render_template("publik/beranda.html", sop=next(iter(SOPS.values())), contoh=contoh)


@bp.get("/privasi")
@publik
def privasi() -> str:
    """What happens to personal data."""
    return render_template("publik/privasi.html", versi=PRIVASI_VERSI)


@bp.get("/lacak")
@publik
def lacak() -> str:
    """The form; a QR code fills in the number."""
    return render_template("publik/lacak.html", formulir=Formulir({"nomor": request.args.get("nomor", "")[:40]}))


@bp.post("/lacak")
@publik
def lacak_nomor() -> Response:
    """Where the file is. The same refusal for a wrong number and a wrong code."""
    rate_limit.count_try("lacak", client_address(), at_most=LACAK_PER_MENIT, window=MENIT, now=real_now())
    jejak = find_jejak(_compact("nomor"), _compact("kode").replace("-", ""))
    if jejak is None:
        formulir = Formulir(posted_fields("nomor"), {"kode": TIDAK_COCOK})
        return make_response(render_template("publik/lacak.html", formulir=formulir), 422)
    return make_response(render_template("publik/jejak.html", jejak=jejak))


def _compact(kode: str) -> str:
    """A number or a code as people read it off paper: spaces and case do not count."""
    return "".join(posted(kode).upper().split())[:40]


@bp.get("/verifikasi")
@publik
def verifikasi() -> Response:
    """For those who cannot scan the QR code: the code printed beside it, or the whole address."""
    tertulis = request.args.get("kode")
    address = (tertulis or "").partition("?")[0].partition("#")[0].strip().rstrip("/")
    if kode := address.rpartition("/")[2][:KODE_TERPANJANG]:
        return redirect(url_for(".verifikasi_naskah", token=kode))
    formulir = Formulir(errors={} if tertulis is None else {"kode": "Tulis kode yang tercetak di bawah kode QR."})
    page = render_template("publik/verifikasi.html", formulir=formulir)
    return make_response(page, 422 if formulir.errors else 200)


@bp.get("/verifikasi/<token>")
@publik
def verifikasi_naskah(token: str) -> Response:
    """Whether the document with this QR code is genuine and in force."""
    rate_limit.count_try("verifikasi", client_address(), at_most=VERIFIKASI_PER_MENIT, window=MENIT, now=real_now())
    naskah = find_naskah(token, hari_ini=hari_ini()) if token.isprintable() else None
    response = make_response(render_template("publik/naskah.html", naskah=naskah), 200 if naskah else 404)
    response.headers["X-Robots-Tag"] = "noindex"  # for who holds the paper, not for a search engine
    return response


@bp.get("/sehat")
@publik
def sehat() -> dict[str, bool]:
    """The process answers."""
    return {"sehat": True}


@bp.get("/siap")
@publik
def siap() -> tuple[dict[str, bool], int]:
    """The database answers too, so requests may be sent here. The broker is not asked: pages work without it."""
    try:
        with connection() as conn:
            conn.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"siap": False}, 503
    return {"siap": True}, 200


@bp.post("/csp-laporan")
@publik
def csp_laporan() -> tuple[str, int]:
    """A browser blocked something on a page of ours: worth a line, without its address or content."""
    log.warning("csp dilanggar", panjang=request.content_length)
    return "", 204


csrf.exempt(csp_laporan)  # browsers send these by themselves

from web.publik import kepala  # noqa: E402, F401 - needs bp
