"""One list of steps, written once: the SOPs. Tasks, queues, routes, templates and checks follow."""

import pytest

import celeryconfig
from pipeline.roles import Peran
from pipeline.rules.history.fold import PERISTIWA_KINDS
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.outbox.automatic import WORK
from pipeline.services.outbox.run import HANDLERS
from pipeline.sop.registry import SOPS
from pipeline.sop.words import Automatic
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES, step_tasks
from tasks.app import app
from tasks.worker import TASKS
from tests.desks import DESKS

OFFICE = [
    "sop.ajukan", "sop.periksa", "sop.terima", "sop.rekomendasi", "sop.susun_sk", "sop.paraf_kabid",
    "sop.paraf_sekretaris", "sop.tanda_tangan", "sop.terima_sk",
]  # fmt: skip


def registered(prefix: str) -> set[str]:
    assert TASKS
    return {name for name in app.tasks if name.startswith(prefix)}


def test_every_langkah_has_exactly_one_task():
    assert registered("sop.") == set(step_tasks())
    assert [t.task_name for t in SOPS["td_lks"].langkah] == OFFICE


def test_every_other_message_has_a_task_and_a_handler():
    assert registered("dokumen.") | registered("pemberitahuan.") == set(HANDLERS)


@pytest.mark.attack("G15")
def test_every_role_of_the_sop_has_a_queue_and_no_queue_is_unread():
    assert {q.name for q in celeryconfig.task_queues} == {*PERAN_QUEUES, *SERVICE_QUEUES}
    assert set(PERAN_QUEUES) == {Peran.PEMOHON, *DESKS}
    assert {t.peran for sop in SOPS.values() for t in sop.langkah} <= {Peran.PEMOHON, *DESKS}


def test_beat_rings_only_for_tasks_that_exist_on_queues_that_exist():
    names = {entry["task"] for entry in celeryconfig.beat_schedule.values()}
    assert names <= registered("sistem.")
    assert celeryconfig.task_default_queue in SERVICE_QUEUES


def test_every_automatic_work_is_done_by_somebody():
    assert set(WORK) == set(Automatic)


def test_every_recorded_kind_of_event_can_be_replayed():
    """A new kind of peristiwa without a place in the fold would break the replay of every file that has one."""
    assert set(PeristiwaKind) == PERISTIWA_KINDS
