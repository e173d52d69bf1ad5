"""At the counter: an applicant who cannot log in gets a slip, by which they set a new password themselves."""

from functools import partial

from flask import make_response, render_template
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.rules.counter import LAST_DIGITS, PAPERS, REASONS, read_shown
from pipeline.services.people.actor import Petugas
from pipeline.services.people.counter import FoundApplicant, find_applicant, give_slip, read_applicant
from pipeline.settings import settings
from pipeline.sop.who_may import counter_desks
from web.auth import acting_in, current_peran, petugas
from web.forms import Form, posted, posted_fields, posted_uuid, redraw
from web.petugas import bp


@bp.get("/loket")
@petugas(*counter_desks())
def counter() -> str:
    """The form for whom the officer has before them."""
    return _page(form=Form())


@bp.post("/loket/cari")
@petugas(*counter_desks())
def seek_applicant() -> Response:
    """Their account, and the form for what they have shown."""
    try:
        found = find_applicant(posted("pengenal"), actor=_actor(), now=clock.now())
    except InputInvalid as error:
        return redraw(_page, Form(posted_fields("pengenal")), error)
    return make_response(_found_page(found, form=Form()))


@bp.post("/loket/kode")
@petugas(*counter_desks())
def make_slip() -> Response:
    """The slip, shown this once."""
    account_id, typed = posted_uuid("akun"), Form(posted_fields("dokumen", "akhir", "alasan"))
    try:
        shown = read_shown(posted("dokumen"), posted("akhir"), posted("alasan"))
        slip = give_slip(account_id, shown, actor=_actor(), now=clock.now())
    except InputInvalid as error:
        found = read_applicant(account_id, actor=_actor(), now=clock.now())
        return redraw(partial(_found_page, found), _without_long_number(typed), error)
    return make_response(render_template("petugas/slip.html", slip=slip, base=settings().base_url), 201)


def _actor() -> Petugas:
    return acting_in(min(current_peran() & counter_desks()))


def _without_long_number(typed: Form) -> Form:
    """The whole number of a paper, typed by mistake, is not shown again."""
    short = len(typed.text("akhir")) <= LAST_DIGITS
    return typed if short else Form({**typed.values, "akhir": ""})


def _page(*, form: Form) -> str:
    return render_template("petugas/counter.html", form=form)


def _found_page(found: FoundApplicant, *, form: Form) -> str:
    papers = {paper.value: name for paper, name in PAPERS.items()}
    reasons = {reason.value: name for reason, name in REASONS.items()}
    return render_template("petugas/counter_found.html", form=form, found=found, papers=papers, reasons=reasons)
