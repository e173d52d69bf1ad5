"""The bell of everybody who is logged in, the operator's list of what did not arrive, and the demo's mailbox."""

from datetime import datetime
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.channels import health
from pipeline.errors import NotFound
from pipeline.queries.applicant.notices import (
    COUNTED_AT_MOST,
    read_bell,
    read_mailbox,
    read_undelivered,
)
from pipeline.roles import Peran
from pipeline.rules.notices.words import BUTTON
from pipeline.services.notices.read import mark_all_read, open_notice
from pipeline.services.notices.send import resend, resend_failed
from pipeline.settings import settings
from web.auth import account, acting_in, me, operator, publik
from web.forms import page_number, posted
from web.notices import bp
from web.sessions import current_session


@bp.app_context_processor
def _unread() -> dict[str, object]:
    return {"unread": unread_words}


def unread_words() -> str:
    """The number on the bell: "", "3" or "99+"."""
    opened = current_session()
    count = opened.caller.unread if opened.user and opened.caller else 0
    return f"{COUNTED_AT_MOST}+" if count > COUNTED_AT_MOST else str(count or "")


@bp.get("/pemberitahuan")
@account
def bell() -> str:
    """What I was told, newest first."""
    page = page_number()
    ring, more = read_bell(me().person_id, page=page)
    return render_template("notices/bell.html", ring=ring, more=more, page=page)


@bp.post("/pemberitahuan/<uuid:notice_id>/buka")
@account
def visit_notice(notice_id: UUID) -> Response:
    """Mark one as read and go where it leads."""
    return redirect(open_notice(notice_id, actor=me().person_id, session_id=me().session_id, now=clock.now()), 303)


@bp.post("/pemberitahuan/dibaca")
@account
def read() -> Response:
    """Mark as read all that had come when the page was opened."""
    count = mark_all_read(actor=me().person_id, session_id=me().session_id, until=_shown_until(), now=clock.now())
    flash(f"{count} pemberitahuan ditandai sudah dibaca." if count else "Semua pemberitahuan sudah dibaca.")
    return redirect(url_for("notices.bell"), 303)


@bp.get("/operator/pemberitahuan")
@operator
def undelivered() -> str:
    """The channels, and what failed or is uncertain."""
    page = page_number()
    items, more = read_undelivered(page=page)
    channel = health(settings())
    return render_template("notices/undelivered.html", listing=items, more=more, page=page, channel=channel)


@bp.post("/operator/pemberitahuan/<uuid:notice_id>/kirim-ulang")
@operator
def send_one_again(notice_id: UUID) -> Response:
    """Send one again."""
    if not resend(notice_id, actor=acting_in(Peran.OPERATOR), now=clock.now()):
        raise NotFound
    flash("Pemberitahuan dikirim ulang. Bila gagal lagi, ia kembali ke daftar ini.")
    return redirect(url_for("notices.undelivered"), 303)


@bp.post("/operator/pemberitahuan/kirim-ulang")
@operator
def resend_all() -> Response:
    """Send again all that surely failed; the uncertain ones are for a person to judge one by one."""
    count = resend_failed(actor=acting_in(Peran.OPERATOR), now=clock.now())
    flash(f"{count} pemberitahuan dikirim ulang." if count else "Tidak ada yang gagal.")
    return redirect(url_for("notices.undelivered"), 303)


@bp.get("/kotak-surat")
@publik
def mailbox() -> str:
    """The demo's letters; in production there is no such page."""
    if not settings().demo:
        abort(404)
    page = page_number()
    letter, more = read_mailbox(page=page)
    button = {str(kind): label for kind, label in BUTTON.items()}
    return render_template("notices/mailbox.html", letter=letter, more=more, page=page, button=button)


def _shown_until() -> datetime:
    """The newest notice on the page that was shown, as its form tells."""
    try:
        until = datetime.fromisoformat(posted("sampai"))
    except ValueError:
        abort(400)
    return until if until.tzinfo else abort(400)
