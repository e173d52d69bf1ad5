"""A mail server that is away while two hundred people are to be told something."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from pipeline.channels.smtp import EmailChannel
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Account, Notice, Outbox, Person
from pipeline.queries.applicant.notices import count_undelivered
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.rules.notices.rules import Kind
from pipeline.services.applicant.form import create_draft
from pipeline.services.notices import send as notice_sending
from pipeline.services.notices.write import QUEUE, TASK, News, tell
from pipeline.services.outbox.owed import claim
from tasks.relay import envelopes
from tests.factories import SOP, WEDNESDAY, at_desk, deliver, person, submitted
from tests.integration.fake_smtp import SmtpServer

MANY, FEW = 200, 30


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The outbox rows of as many letters as there are people; their mail server refuses every connection."""
    with SmtpServer() as server:
        gone = server.settings
    away = EmailChannel(gone, "izin.kota.test", time_limit=1)
    monkeypatch.setattr(notice_sending, "channel", lambda *_: away)
    who = [{"id": uuid4(), "name": f"Pemohon {n}", "created_at": WEDNESDAY} for n in range(MANY)]
    with unit_of_work() as s:
        s.execute(insert(Person), who)
        s.execute(insert(Account), [account(o["id"], n) for n, o in enumerate(who)])
    facts = {"nomor": "LKS-2026-483920", "izin": SOP.name, "surat": "Surat Keputusan", "janji": "5 hari", "jumlah": 0}
    facts |= {"diterima": True}
    permohonan_id = create_draft(SOP.code, person(), now=WEDNESDAY)
    with unit_of_work() as s:
        news = News(kind=Kind.TERBIT, key="uji", permohonan_id=permohonan_id, link="/permohonan", facts=facts)
        tell(s, news, [o["id"] for o in who], now=WEDNESDAY)
        return list(s.scalars(select(Outbox.id).where(Outbox.task == TASK)))


def account(person_id: object, n: int) -> dict[str, object]:
    return {
        "id": uuid4(),
        "person_id": person_id,
        "email": f"p{n}@contoh.test",
        "phone": None,
        "password": "-",
        "password_changed_at": WEDNESDAY,
        "created_at": WEDNESDAY,
    }


@pytest.mark.attack("G14")
def test_letters_that_cannot_leave_hold_up_no_other_work(waiting: list[int]) -> None:
    berkas = submitted(person())
    with claim(MANY * 2, now=real_now()) as owed:
        messages = [(e.task, e.antrean, e.args[0]) for e in envelopes(owed)]
    assert {antrean for task, antrean, _ in messages if task == TASK} == {QUEUE}
    assert all(len(ids) == 1 for task, _, ids in messages if task == TASK)  # none waits for another's time-out
    [(antrean, ids)] = [(a, i) for task, a, i in messages if task == "sop.periksa"]
    assert antrean != QUEUE
    deliver(waiting[:3])
    deliver(ids)
    assert at_desk(berkas).langkah != "periksa"


@pytest.mark.attack("G14")
def test_each_is_tried_a_few_times_ever_later_in_one_short_line_and_then_shown(waiting: list[int]) -> None:
    some, waits = waiting[:FEW], list[timedelta]()
    with capture_logs() as lines:
        for _ in range(ATTEMPTS_AT_MOST + 2):
            deliver(some)
            waits.append(pause(some[-1]))
    assert waits[0] >= timedelta(seconds=25)  # of 30, on a slow machine
    assert all(later > 1.7 * sooner for sooner, later in pairwise(waits[:4]))
    assert len(lines) <= FEW * ATTEMPTS_AT_MOST
    assert all(len(str(line)) < 600 and "exc_info" not in line for line in lines)
    assert not [line for line in lines if "@contoh.test" in str(line) or "Pemohon" in str(line)]
    with unit_of_work() as s:
        tries = s.scalars(select(Notice.attempts).where(Notice.status == "gagal")).all()
    assert list(tries) == [ATTEMPTS_AT_MOST] * FEW
    assert count_undelivered() == FEW


def pause(outbox_id: int) -> timedelta:
    with unit_of_work() as s:
        row = s.get_one(Outbox, outbox_id)
        return (row.try_at or real_now()) - real_now()
