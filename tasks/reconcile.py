"""Finding what the broker lost: it restarted, it was emptied, a message vanished, or a worker died with one in hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from pipeline.services.outbox.owed import resend_all, resend_held, resend_lost, workers
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tasks.publisher import Publisher, worker_of

log = structlog.get_logger()

#: A message sent into a queue that is empty, and in nobody's hands after this, is lost.
GRACE = timedelta(seconds=30)
#: No task runs longer than its hard limit; twice that, and its process is gone.
AT_LONGEST = timedelta(seconds=240)
#: A worker gives a sign of life every two seconds.
SILENT = timedelta(seconds=60)


class Reconciler:
    """Compares what the outbox owes with what the broker and its workers hold."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._run_id: str | None = None
        self.depths: Mapping[str, int] = {}  # messages in each queue, as they were last counted

    def check(self, now: datetime) -> int:
        """Mark what has to be sent again. Returns how many rows. Raises BrokerDown."""
        run_id = self._publisher.run_id()
        restarted = self._run_id not in (None, run_id)
        self.depths = self._publisher.depths((*PERAN_QUEUES, *SERVICE_QUEUES))
        lost = resend_all(now=now) if restarted else self._lost(now)
        self._run_id = run_id  # only now: a restart that could not be dealt with is found again
        if lost:
            log.warning("pesan dikirim ulang", jumlah=lost, broker_baru=restarted)
        return lost

    def _lost(self, now: datetime) -> int:
        # First the queues, then who holds what: a message on its way from one to the other is seen in the second.
        empty = [name for name, messages in self.depths.items() if messages == 0]
        held, lives = self._publisher.held(), workers(now=now, silent=SILENT)
        dropped = 0
        for table in [t for t in held if not lives.get(worker_of(t), True)]:
            dropped += resend_held(held[table])
            self._publisher.forget(table)
        rows = [n for ids in held.values() for n in ids]
        return dropped + resend_lost(empty, rows, now=now, grace=GRACE, most_long=AT_LONGEST)


def take_up(publisher: Publisher, worker: str, own: str) -> int:
    """A worker begins anew: what it held before is owed again, without waiting for the broker. Raises BrokerDown."""
    dropped = 0
    for table, ids in publisher.held().items():
        if worker_of(table) == worker and table != own:
            dropped += resend_held(ids)
            publisher.forget(table)
    return dropped
