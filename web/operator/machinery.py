"""The operator's page: is everything alive, what waits, what is stuck. No file of an applicant is opened here."""

import secrets
from functools import partial

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import NotFound
from pipeline.queries.applicant.notices import count_undelivered
from pipeline.queries.calendar import read_warning
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.queries.opening import read_findings
from pipeline.queries.operator import read_damaged, read_overview, read_stuck
from pipeline.queries.records.heads import overdue_since
from pipeline.roles import Peran
from pipeline.services.outbox.run import retry_parked
from pipeline.settings import settings
from pipeline.text import past_in_words
from web.auth import acting_in, operator, today
from web.operator import bp


@bp.get("")
@operator
def operator_() -> str:
    """Whether all is well, what waits and how long, what is stuck."""
    real, now = clock.real_now(), clock.now()
    return render_template(
        "operator/operator.html",
        overview=read_overview(settings(), now=real, office_now=now),
        past=partial(past_in_words, now=now),
        past_real=partial(past_in_words, now=real),
        desk_name=lambda peran: Peran(peran).name,
        stuck=read_stuck(),
        damaged=read_damaged(),
        head_overdue=overdue_since(now),
        findings=read_findings(real),
        undelivered=count_undelivered(),
        calendar_warning=read_warning(today()),
        vacant=read_vacancies(today()),
    )


@bp.post("/pesan/<int:outbox_id>/coba-lagi")
@operator
def try_again(outbox_id: int) -> Response:
    """Start a parked row over."""
    if not 0 < outbox_id < 2**63 or not retry_parked(outbox_id, actor=acting_in(Peran.OPERATOR), now=clock.now()):
        raise NotFound
    flash(f"Pesan {outbox_id} dijalankan lagi.")
    return redirect(url_for("operator.operator_"), 303)


@bp.get("/flower-masuk")
@operator
def flower_login() -> Response:
    """A ticket of 60 seconds and one use by which Flower, on the next port, knows this session."""
    me = acting_in(Peran.OPERATOR)
    what = {"orang": me.person_id.hex, "sesi": me.session_id, "sekali": secrets.token_urlsafe(8)}
    ticket = URLSafeTimedSerializer(str(current_app.secret_key), salt="flower").dumps(what)
    return redirect(f"{_flower()}/operator/flower/login?tiket={ticket}", 303)


def _flower() -> str:
    """Where Flower is reached: through the proxy under our own address, or on the next port of this machine."""
    if settings().proxy_hops:
        return settings().base_url
    return f"http://{request.host.partition(':')[0]}:{settings().flower_port}"
