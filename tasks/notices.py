"""Notices on their way out, and the reminders no step brings."""

from datetime import timedelta

from pipeline.clock import now
from pipeline.services.deadlines.applicant_reminders import sweep_reminders
from pipeline.services.deadlines.archive import archive_untaken
from pipeline.services.outbox.lease import lease
from tasks.app import app
from tasks.base import carries_outbox
from tasks.in_time import in_time

send = carries_outbox("pemberitahuan.kirim", "Send one notice by e-mail or to a phone.")


@app.task(name="sistem.sapu_pengingat")
def send_reminders() -> None:
    """Remind of drafts left lying, of SK not taken and of tanda daftar about to end; archive what nobody took."""
    with lease("pengingat", during=timedelta(minutes=5)) as mine:
        if mine:
            more = in_time()
            archive_untaken(now=now(), more=more)
            sweep_reminders(now=now(), more=more)
