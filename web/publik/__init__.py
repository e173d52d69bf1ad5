"""Pages for everybody: what this is, where a file is, whether a document is genuine."""

import re
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import structlog
from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.db import connection
from pipeline.documents.numbering import format_nomor
from pipeline.queries.applicant.tracking import find_naskah, find_trace
from pipeline.services.people import rate_limit
from pipeline.settings import settings
from pipeline.sop.registry import SOPS
from pipeline.text import clean_line
from web.auth import publik, today
from web.csrf import csrf
from web.forms import Form, posted, posted_fields
from web.templating import client_address

bp = Blueprint("publik", __name__)
log = structlog.get_logger("web")

#: Of the privacy notice; a new text is a new version, and the version accepted is kept with the application.
PRIVACY_VERSION = "2026-11"
MISMATCH = "Nomor permohonan dan kode lacak tidak cocok. Periksa lagi pada tanda terima."
TRACKED_PER_MINUTE = 10
VERIFICATIONS_PER_MINUTE = 60
#: Reports of a blocked script, from one address and from all: a page of ours that is wrong is seen after a few.
CSP_PER_MINUTE, CSP_IN_ALL = 10, 60
CSP_SIZE_AT_MOST = 16 * 1024
CODE_LENGTH_AT_MOST = 80
A_MINUTE = timedelta(minutes=1)
#: What stands after our address on a paper; a code as sk.token has it; what surrounds either when it is copied.
_IN_ADDRESS = re.compile(r"(?:^|/)verifikasi(?:/|\?kode=)([^?#&]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?([^/?#]*[.:][^/?#]*)/", re.IGNORECASE)
_TOKEN = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[\w-]{22}", re.ASCII)
_LABEL = re.compile(r"^\s*kode(?:\s+verifikasi)?\s*:\s*", re.IGNORECASE)
_AROUND = " \"'“”‘’<>()[].,;:/?#"


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
    return render_template("publik/privasi.html", versi=PRIVACY_VERSION)


@bp.get("/lacak")
@publik
def lacak() -> str:
    """The form; a QR code fills in the number."""
    return render_template("publik/lacak.html", formulir=Form({"nomor": request.args.get("nomor", "")[:40]}))


@bp.post("/lacak")
@publik
def track_nomor() -> Response:
    """Where the file is. The same refusal for a wrong number and a wrong code."""
    rate_limit.count_try("lacak", client_address(), at_most=TRACKED_PER_MINUTE, window=A_MINUTE, now=real_now())
    jejak = find_trace(_compact("nomor"), _compact("kode").replace("-", ""))
    if jejak is None:
        formulir = Form(posted_fields("nomor"), {"kode": MISMATCH})
        return make_response(render_template("publik/lacak.html", formulir=formulir), 422)
    return make_response(render_template("publik/jejak.html", jejak=jejak))


def _compact(kode: str) -> str:
    """A number or a code as people read it off paper: spaces and case do not count."""
    return "".join(posted(kode).upper().split())[:40]


@bp.get("/verifikasi")
@publik
def verifikasi() -> Response:
    """For those who cannot scan the QR code: the code printed beside it, the whole address, or the number of the SK."""
    tertulis = request.args.get("kode")
    if kode := code_in(tertulis or ""):
        foreign = is_foreign(tertulis or "", settings().base_url)
        return redirect(url_for(".naskah_verification", kode=kode, alamat="lain" if foreign else None))
    formulir = Form(errors={} if tertulis is None else {"kode": "Tulis nomor SK, atau kode di bawah kode QR."})
    contoh = format_nomor(next(iter(SOPS.values())).naskah.pola_nomor["sk"], 1, today())
    page = render_template("publik/verifikasi.html", formulir=formulir, contoh=contoh, our_address=settings().base_url)
    return make_response(page, 422 if formulir.errors else 200)


@bp.get("/verifikasi/<path:kode>")
@publik
def naskah_verification(kode: str) -> Response:
    """Whether the document with this QR code, or this number, is genuine and in force."""
    rate_limit.count_try(
        "verifikasi", client_address(), at_most=VERIFICATIONS_PER_MINUTE, window=A_MINUTE, now=real_now()
    )
    naskah = find_naskah(kode[:CODE_LENGTH_AT_MOST], today=today()) if kode.isprintable() else None
    foreign = request.args.get("alamat") == "lain"
    page = render_template("publik/naskah.html", naskah=naskah, our_address=settings().base_url, other_address=foreign)
    response = make_response(page, 200 if naskah else 404)
    response.headers["X-Robots-Tag"] = "noindex"  # for who holds the paper, not for a search engine
    return response


def code_in(written: str) -> str:
    """The code or the number in what somebody typed or pasted, perhaps with the address that leads to it."""
    text = clean_line(unquote(written))
    whole = "".join(text.split())  # an address or a code that was broken over two lines
    if in_address := _IN_ADDRESS.search(whole):
        text = in_address[1]
    elif _TOKEN.fullmatch(whole):
        text = whole
    return _LABEL.sub("", text).strip(_AROUND)[:CODE_LENGTH_AT_MOST].strip()


def is_foreign(written: str, base_url: str) -> bool:
    """Whether what was pasted is an address of another site: a copied decree may carry the QR code of a forger."""
    text = "".join(clean_line(unquote(written)).split()).lstrip(_AROUND)
    found = _HOST.match(_LABEL.sub("", text)) if _IN_ADDRESS.search(text) else None
    return found is not None and found[1].casefold() != urlsplit(base_url).netloc.casefold()


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
def csp_report() -> tuple[str, int]:
    """A browser blocked something on a page of ours: worth a line, without its address or content."""
    if (request.content_length or 0) > CSP_SIZE_AT_MOST:
        abort(413)
    for who, at_most in ((client_address(), CSP_PER_MINUTE), ("semua", CSP_IN_ALL)):
        rate_limit.count_try("csp", who, at_most=at_most, window=A_MINUTE, now=real_now())
    log.warning("csp dilanggar", panjang=request.content_length)
    return "", 204


csrf.exempt(csp_report)  # browsers send these by themselves

from web.publik import kepala  # noqa: E402, F401 - needs bp
