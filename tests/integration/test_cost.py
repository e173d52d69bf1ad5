"""What a transition costs: statements, commits and messages. Counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from pipeline.db import engine, unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Outbox
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.applicant.close import accept_sk
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import sign
from pipeline.services.outbox.run import run_outbox
from pipeline.sop.values import KeputusanKind
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tasks.relay import Relay
from tests.factories import (
    RABU,
    SOP,
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
def test_a_decision_is_one_commit_four_statements_one_message(kantor, langkah):
    p = submitted(person())
    bring_to(p, langkah, kantor)
    peran, before = at_desk(p).peran, messages()
    meja = at_desk(p)
    with counted(engine()) as n:
        decide(meja.tugas_id, Keputusan(jenis=KeputusanKind.SETUJUI), oleh=kantor[peran], seen=meja.seen, now=RABU)
    assert (n.statements, n.commits, messages() - before) == (4, 1, 1)


def test_an_automatic_step_is_two_commits(kantor):
    """One counts the attempt, so that a step that kills its worker is counted; the other does the work and decides."""
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    decide_at(p, kantor[Peran.KABID_PERIZINAN], KeputusanKind.KEMBALIKAN, ke="susun_sk", alasan="Perbaiki tembusannya.")
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
                for _, ids in self.broker.take(antrean):
                    run_outbox(ids, node="uji@alurizin", now=RABU)

    def desk(self, p):
        meja = at_desk(p)
        if meja.langkah == "rekomendasi":
            write_bap(p, self.kantor[meja.peran])
        if meja.langkah == "tanda_tangan":
            sign(meja.tugas_id, Secret(PASSPHRASE), oleh=self.kantor[meja.peran], seen=meja.seen, now=RABU)
        else:
            decide_at(p, self.kantor[meja.peran], SOP[meja.langkah].keputusan)

    def carry(self, pemohon, files):
        for p in files:
            submit(p, oleh=pemohon, privacy_version="1", now=RABU)
        self.messages()
        for _ in range(4):  # rekomendasi, two paraf, the signature
            for p in files:
                self.desk(p)
            self.messages()
        for p in files:
            accept_sk(p, oleh=pemohon, now=RABU)


@pytest.mark.parametrize(("sekaligus", "statements", "commits"), [(1, 157, 63), (4, 142, 47)])
def test_a_whole_case_costs_no_more(kantor, sekaligus, statements, commits):
    """From submission to receipt: decisions, BAP, draft, preview, notices, signature, relay and workers.

    A ratchet: what it costs today, so that it only gets cheaper.
    """
    pemohon, office = person(), Office(kantor)
    files = [filled_in(pemohon, benih=str(n)) for n in range(sekaligus)]
    office.messages()  # the pictures of the documents were drawn while the form was being filled in
    with counted(engine()) as n:
        office.carry(pemohon, files)
    assert n.statements / sekaligus - LOOK[0] <= statements
    assert n.commits / sekaligus - LOOK[1] <= commits
