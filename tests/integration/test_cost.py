"""What a transition costs: statements, commits and messages. Counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from pipeline.db import engine, unit_of_work
from pipeline.models import Outbox
from pipeline.roles import Peran
from pipeline.sop import JenisKeputusan
from tests.factories import at_desk, bring_to, decide_at, person, submitted, work_off


class Count:
    statements = 0
    commits = 0


@contextmanager
def counted(e: Engine) -> Iterator[Count]:
    n = Count()

    def statement(*_: object) -> None:
        n.statements += 1

    def commit(*_: object) -> None:
        n.commits += 1

    event.listen(e, "before_cursor_execute", statement)
    event.listen(e, "commit", commit)
    try:
        yield n
    finally:
        event.remove(e, "before_cursor_execute", statement)
        event.remove(e, "commit", commit)


def messages() -> int:
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(Outbox)) or 0


@pytest.mark.parametrize("langkah", ["paraf_kabid", "paraf_sekretaris"])
def test_a_decision_is_one_commit_four_statements_one_message(kantor, langkah):
    p = submitted(person())
    bring_to(p, langkah, kantor)
    peran, before = at_desk(p).peran, messages()
    meja = at_desk(p)
    from pipeline.services.decide import decide
    from pipeline.transitions import Keputusan
    from tests.factories import RABU

    with counted(engine()) as n:
        decide(meja.tugas_id, Keputusan(jenis=JenisKeputusan.SETUJUI), oleh=kantor[peran], seen=meja.seen, now=RABU)
    assert (n.statements, n.commits, messages() - before) == (4, 1, 1)


def test_an_automatic_step_is_two_commits(kantor):
    """One counts the attempt, so that a step that kills its worker is counted; the other does the work and decides."""
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    decide_at(
        p, kantor[Peran.KABID_PERIZINAN], JenisKeputusan.KEMBALIKAN, ke="susun_sk", alasan="Perbaiki tembusannya."
    )
    with counted(engine()) as n:
        work_off()
    assert n.commits <= 4  # two for the step, two reads of the queue by the test itself
