"""From the first administrator to an office that is open: what is lacking, and the few things that are done here."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.channels import health
from pipeline.db import reading
from pipeline.documents.template.tried import tried_papers
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.queries.opening import read_closed, read_facts, read_lacking
from pipeline.roles import Peran
from pipeline.rules.notices.rules import Channel
from pipeline.rules.opening.checklist import NO_SIGNER, Item, checklist
from pipeline.services.office.trial import declare_trial, end_trial
from pipeline.services.office.tried_message import send_test_message
from pipeline.settings import settings
from pipeline.text import local_phone
from web.admin import bp
from web.admin.form import as_admin
from web.auth import petugas
from web.forms import Form, posted, redraw


@bp.get("/mulai")
@petugas(Peran.ADMIN)
def show_opening() -> str:
    """The checklist."""
    return _page(Form())


@bp.post("/mulai/pesan-uji")
@petugas(Peran.ADMIN)
def send_test() -> Response:
    """Send a test message to my own address."""
    channel = Channel(posted("saluran")) if posted("saluran") in set(Channel) else Channel.LONCENG
    try:
        address = send_test_message(channel, actor=as_admin(), now=clock.now())
    except NotAllowedYet as error:
        return redraw(_page, Form(), error)
    shown = local_phone(address) if channel is Channel.PESAN else address
    flash(f"Pesan uji sedang dikirim ke {shown}. Muat ulang halaman ini sebentar lagi untuk melihat hasilnya.")
    return redirect(url_for("admin.show_opening", _anchor="pesan"), 303)


@bp.post("/mulai/uji-coba")
@petugas(Peran.ADMIN)
def begin_trial() -> Response:
    """Declare a trial."""
    try:
        declare_trial(posted("setuju") == "ya", actor=as_admin(), now=clock.now())
    except (InputInvalid, NotAllowedYet) as error:
        return redraw(_page, Form(), error)
    flash("Masa uji coba dinyatakan. Setiap halaman dan setiap surat mengatakannya sampai Anda mengakhirinya.")
    return redirect(url_for("admin.show_opening", _anchor="tanda_tangan"), 303)


@bp.post("/mulai/uji-coba/akhiri")
@petugas(Peran.ADMIN)
def finish_trial() -> Response:
    """End it."""
    end_trial(actor=as_admin(), now=clock.now())
    flash("Masa uji coba diakhiri. Surat berikutnya hanya dapat ditandatangani lewat BSrE.")
    return redirect(url_for("admin.show_opening", _anchor="tanda_tangan"), 303)


@bp.context_processor
def _opening_lack() -> dict[str, object]:
    return {"opening_lack": opening_lack}


def opening_lack() -> Sequence[Item]:
    """What keeps this office from opening; nothing in a demo, and once it was open."""
    return read_lacking(clock.now())


def _page(form: Form) -> str:
    now = clock.now()
    with reading():
        facts, closed = read_facts(now), read_closed(now)
    return render_template(
        "admin/opening.html",
        form=form,
        items=checklist(facts, tried_papers()),
        facts=facts,
        closed=closed,
        nobody_signs=closed == NO_SIGNER,
        channel=[c for c in health(settings()) if c.running],
        may_try=not settings().demo and settings().bsre is None,
    )
