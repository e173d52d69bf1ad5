"""The Celery app: names, queues and the schedule. Beat, Flower and the relay need no more of it.

What a worker is besides, stands in tasks/worker.py and is loaded by workers alone.
"""

from celery import Celery
from celery.signals import celeryd_init, setup_logging

from pipeline.logs import configure_logs

app = Celery("alurizin")
app.config_from_object("celeryconfig")


@setup_logging.connect
def _logs(**_: object) -> None:
    configure_logs()


@celeryd_init.connect
def _become_a_worker(**_: object) -> None:
    """Before the worker forks, so that its children share what is loaded."""
    import tasks.worker  # noqa: F401 - the services, SQLAlchemy, docx: 40 MB that only workers use
    from pipeline.db import WORK, limit_statements

    limit_statements(WORK)
