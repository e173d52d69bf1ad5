"""What a transition costs: statements, commits and messages. Counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from pipeline.db import engine, unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Outbox
from pipeline.rules.transitions import Keputusan
from pipeline.sealing.keys import forget_keys
from pipeline.services.applicant.close import accept_sk
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import sign
from pipeline.services.outbox.run import run_outbox
from pipeline.sop.words import KeputusanKind
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tasks.relay import Relay
from tests.desks import KABID_PERIZINAN
from tests.factories import (
    SOP,
    WEDNESDAY,
    at_desk,
    bring_to,
    decide_at,
    filled_in,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.fakes import FakeBroker
from tests.integration.conftest import PASSPHRASE


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
def test_a_decision_is_one_commit_two_statements_one_message(kantor, langkah):
    p = submitted(person())
    bring_to(p, langkah, kantor)
    peran, before = at_desk(p).peran, messages()
    desk = at_desk(p)
    with counted(engine()) as n:
        decide(desk.tugas_id, Keputusan(kind=KeputusanKind.SETUJUI), actor=kantor[peran], seen=desk.seen, now=WEDNESDAY)
    assert (n.statements, n.commits, messages() - before) == (2, 1, 1)


def test_a_process_that_never_met_the_file_asks_for_its_key_with_the_lock(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    desk = at_desk(p)
    forget_keys(p)
    with counted(engine()) as n:
        decide_at(p, kantor[desk.peran], KeputusanKind.SETUJUI)
    with counted(engine()) as looked:
        at_desk(p)
    assert n.statements - looked.statements == 2


def test_an_automatic_step_is_two_commits(kantor):
    """One counts the attempt, so that a step that kills its worker is counted; the other does the work and decides."""
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.KEMBALIKAN, target="susun_sk", reason="Perbaiki tembusannya.")
    with counted(engine()) as n:
        work_off()
    assert n.commits <= 4  # two for the step, two reads of the queue by the test itself


#: Statements and commits of a case that are the test's own: it looks at each desk before it acts there.
LOOK = (17, 9)


class Office:
    """Everybody who carries files: people, the relay, and a worker that takes what the broker holds."""

    def __init__(self, kantor):
        self.kantor, self.broker = kantor, FakeBroker()
        self.relay = Relay(self.broker)
        self.relay._every = lambda *_: False  # its regular checks are not a case's

    def messages(self):
        while self.relay.work():
            for antrean in (*PERAN_QUEUES, *SERVICE_QUEUES):
                for task, ids in self.broker.take(antrean):
                    run_outbox(task, ids, now=WEDNESDAY)

    def desk(self, p):
        desk = at_desk(p)
        if desk.langkah == "rekomendasi":
            write_bap(p, self.kantor[desk.peran])
        if desk.langkah == "tanda_tangan":
            sign(desk.tugas_id, Secret(PASSPHRASE), actor=self.kantor[desk.peran], seen=desk.seen, now=WEDNESDAY)
        else:
            decide_at(p, self.kantor[desk.peran], SOP[desk.langkah].keputusan)

    def carry(self, pemohon, files):
        for p in files:
            submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        self.messages()
        for _ in range(4):  # rekomendasi, two paraf, the signature
            for p in files:
                self.desk(p)
            self.messages()
        for p in files:
            accept_sk(p, actor=pemohon, now=WEDNESDAY)


@pytest.mark.parametrize(("together", "statements", "commits"), [(1, 114, 48), (4, 88, 31)])
def test_a_whole_case_costs_no_more(kantor, together, statements, commits):
    """From submission to receipt: decisions, BAP, draft, preview, notices, signature, relay and workers.

    A ratchet: what it costs today, so that it only gets cheaper.
    """
    pemohon, office = person(), Office(kantor)
    files = [filled_in(pemohon, seed=str(n)) for n in range(together)]
    office.messages()  # the pictures of the documents were drawn while the form was being filled in
    with counted(engine()) as n:
        office.carry(pemohon, files)
    assert n.statements / together - LOOK[0] <= statements
    assert n.commits / together - LOOK[1] <= commits
