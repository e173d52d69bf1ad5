"""Finding what the broker lost: it restarted, it was emptied, or a message vanished on its way."""

from datetime import datetime, timedelta

import structlog

from pipeline.services.outbox.owed import resend_all, resend_lost
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tasks.publisher import Publisher

log = structlog.get_logger()

#: A message sent into a queue that is empty, and not begun after this, is lost.
GRACE = timedelta(seconds=30)
#: No task runs longer than its hard limit; twice that, and its process is gone.
AT_LONGEST = timedelta(seconds=240)


class Reconciler:
    """Compares what the outbox owes with what the broker holds."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._run_id: str | None = None

    def check(self, now: datetime) -> int:
        """Mark what has to be sent again. Returns how many rows. Raises BrokerDown."""
        run_id = self._publisher.run_id()
        restarted = self._run_id not in (None, run_id)
        if restarted:
            lost = resend_all(now=now)
        else:
            empty = self._publisher.empty_queues((*PERAN_QUEUES, *SERVICE_QUEUES))
            lost = resend_lost(empty, now=now, grace=GRACE, most_long=AT_LONGEST)
        self._run_id = run_id  # only now: a restart that could not be dealt with is found again
        if lost:
            log.warning("pesan dikirim ulang", jumlah=lost, broker_baru=restarted)
        return lost
