"""Whether a document is genuine: by its QR code, by the code or the address printed beside it, or by its number."""

import re
from datetime import timedelta
from functools import partial
from urllib.parse import unquote, urlsplit

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.documents.numbering import format_nomor
from pipeline.errors import InputInvalid
from pipeline.queries.applicant.tracking import find_naskah, find_on_paper
from pipeline.queries.records.restorations import find_lost_time
from pipeline.services.people import rate_limit
from pipeline.settings import settings
from pipeline.sop.registry import SOPS
from pipeline.text import clean_line
from web.auth import publik, today
from web.forms import Form, redraw
from web.publik import bp
from web.templating import client_address

VERIFICATIONS_PER_MINUTE = 60
CODE_LENGTH_AT_MOST = 80
A_MINUTE = timedelta(minutes=1)
#: What stands after our address on a paper; a code as sk.token has it; what surrounds either when it is copied.
_IN_ADDRESS = re.compile(r"(?:^|/)verifikasi(?:/|\?kode=)([^?#&]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?([^/?#]*[.:][^/?#]*)/", re.IGNORECASE)
_TOKEN = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[\w-]{22}", re.ASCII)
_LABEL = re.compile(r"^\s*kode(?:\s+verifikasi)?\s*:\s*", re.IGNORECASE)
_AROUND = " \"'“”‘’<>()[].,;:/?#"


@bp.get("/verifikasi")
@publik
def verification() -> Response:
    """For those who cannot scan the QR code: the code printed beside it, the whole address, or the number of the SK."""
    written = request.args.get("kode")
    if code := code_in(written or ""):
        foreign = is_foreign(written or "", settings().base_url)
        return redirect(url_for(".naskah_verification", code=code, alamat="lain" if foreign else None))
    contoh = next((format_nomor(n.nomor_pattern, 1, today()) for sop in SOPS.values() for n in sop.decisions), "")
    page = partial(render_template, "publik/verification.html", contoh=contoh, our_address=settings().base_url)
    if written is not None:
        return redraw(page, Form(), InputInvalid({"kode": "Tulis nomor surat, atau kode di bawah kode QR."}))
    return make_response(page(form=Form()))


@bp.get("/verifikasi/<path:code>")
@publik
def naskah_verification(code: str) -> Response:
    """Whether the document with this QR code, or this number, is genuine and in force."""
    rate_limit.count_try(
        "verifikasi", client_address(), at_most=VERIFICATIONS_PER_MINUTE, window=A_MINUTE, now=real_now()
    )
    code, foreign = code[:CODE_LENGTH_AT_MOST] if code.isprintable() else "", request.args.get("alamat") == "lain"
    response = _answer(code, foreign)
    response.headers["X-Robots-Tag"] = "noindex"  # for who holds the paper, not for a search engine
    return response


def _answer(code: str, foreign: bool) -> Response:
    """The page: signed here, issued on paper before, issued perhaps in a time this office has lost, or unknown."""
    naskah = find_naskah(code, today=today()) if code else None
    if naskah is None and code and (paper := find_on_paper(code, today=today())):
        return make_response(render_template("publik/on_paper.html", paper=paper, other_address=foreign))
    lost_time = find_lost_time(code) if code and not naskah else None
    shown = {"our_address": settings().base_url, "other_address": foreign}
    page = render_template("publik/naskah.html", naskah=naskah, lost_time=lost_time, **shown)
    return make_response(page, 200 if naskah else 404)


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
