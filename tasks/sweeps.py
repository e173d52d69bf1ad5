"""What beat rings for. Idempotent, and leased where two at once would be work done twice.

The relay rings for those whose delay would be somebody's harm, every minute or ten, whatever beat does.
"""

from datetime import timedelta

from pipeline.clock import now, real_now
from pipeline.documents.template.tried import try_apart
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.deadlines.escalate import sweep_late
from pipeline.services.deadlines.pace import count_pace
from pipeline.services.deadlines.recompute import recompute_deadlines
from pipeline.services.desk.preview import owe_pictures_again
from pipeline.services.outbox.lease import lease
from pipeline.services.outbox.owed import sweep_outbox
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import sweep_letters
from pipeline.services.people.delegasi import release_stranded
from pipeline.services.people.sessions import sweep_session
from pipeline.services.people.waiting_roles import sweep_requests
from pipeline.services.records.heads import make_daily_head
from pipeline.services.records.sweep_store import sweep_store
from pipeline.services.records.uploads import sweep_upload
from pipeline.text import date_at
from tasks.app import app
from tasks.in_time import in_time

#: For one round of trying papers; what is left over comes a minute later.
PAPERS_SECONDS = 60


@app.task(name="sistem.sapu_sisa")
def sweep_leftovers() -> None:
    """Sweep out what has run out: sessions, tries, letters about accounts, waiting roles, uploads, old messages."""
    sweep_session(now=real_now())
    rate_limit.sweep(now=real_now())
    sweep_letters(now=now())
    sweep_requests(now=now())
    sweep_outbox(now=real_now())
    sweep_upload(today=date_at(now()))


@app.task(name="sistem.sapu_eskalasi")
def sweep_eskalasi() -> None:
    """Raise the escalations that have fallen due."""
    with lease("eskalasi", during=timedelta(minutes=2)) as mine:
        if mine:
            sweep_late(now=now(), more=in_time())


@app.task(name="sistem.sapu_terlantar")
def sweep_abandoned() -> None:
    """Put back the files of those who no longer hold the role they took them in."""
    with lease("terlantar", during=timedelta(minutes=2)) as mine:
        if mine:
            release_stranded(now=now(), more=in_time())


@app.task(name="sistem.sapu_gambar")
def sweep_pictures() -> None:
    """Have the pictures drawn again when their folder is gone."""
    with lease("gambar", during=timedelta(minutes=2)) as mine:
        if mine:
            owe_pictures_again(now=now())


@app.task(name="sistem.sapu_kalender")
def sweep_calendar() -> None:
    """Move the open deadlines of an older calendar; on New Year's Day the calendar gets another year."""
    with lease("kalender", during=timedelta(minutes=2)) as mine:
        if mine:
            seed_calendar(now())
            recompute_deadlines(now=now(), more=in_time())


@app.task(name="sistem.periksa_templat")
def sweep_papers() -> None:
    """Try the papers whose template, SOP or office changed."""
    with lease("templat", during=timedelta(minutes=2)) as mine:
        if mine:
            try_apart(PAPERS_SECONDS)


@app.task(name="sistem.hitung_laju")
def count_work() -> None:
    """Count what the desks have finished, for the leaders' page."""
    with lease("laju", during=timedelta(minutes=2)) as mine:
        if mine:
            count_pace(now=now())


@app.task(name="sistem.kepala_harian")
def daily_head() -> None:
    """Bind the histories of the day, once a day."""
    with lease("kepala_harian", during=timedelta(minutes=10)) as mine:
        if mine:
            make_daily_head(now=now())


@app.task(name="sistem.sapu_simpanan")
def sweep_cache() -> None:
    """Look at a sample of the kept documents, and again at those that were found damaged."""
    with lease("simpanan", during=timedelta(minutes=10)) as mine:
        if mine:
            sweep_store()
