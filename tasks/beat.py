"""Beat's clock, which says at each look that it lives: in the database, not through the queues it rings on."""

import structlog
from celery.beat import PersistentScheduler
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import real_now
from pipeline.services.outbox.owed import beat

log = structlog.get_logger()


class LivingScheduler(PersistentScheduler):
    """Celery's own, but for the sign of life."""

    def tick(self, *args: object, **kwargs: object) -> float:
        """Ring for what is due; the seconds until the next look."""
        try:
            beat("beat", now=real_now())
        except SQLAlchemyError as error:  # it goes on ringing
            log.warning("basis data tidak terjangkau", galat=type(error).__name__)
        wait: float = super().tick(*args, **kwargs)
        return wait
