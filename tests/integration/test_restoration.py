"""What an office does once when it has come back from a backup: nothing is given or told twice, no old door opens."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.errors import DefinitionError
from pipeline.models import AccountLetter, NomorRegister, Notice, Outbox, Permohonan, Restoration, Sk, WebSession
from pipeline.queries.records.register import number_gaps, read_register
from pipeline.queries.records.restorations import find_lost_time, restored
from pipeline.rules.history.restoration import FEWEST, LeftAlone
from pipeline.services.applicant.close import withdraw
from pipeline.services.notices.write import TASK
from pipeline.services.records.verify.whole import verify_all
from pipeline.services.restoration import settle
from tests.factories import WEDNESDAY, bring_to, person, submitted
from tests.integration.test_numbers import fail
from tests.integration.test_sign import press
from tests.owner import owner

A_DAY = timedelta(days=1)
SERIES = ("td_lks", "sk", 2026)


@pytest.fixture
def at_signature(kantor):
    def bring(seed):
        p = submitted(person(), seed=seed)
        bring_to(p, "tanda_tangan", kantor)
        return p

    return bring


def come_back(declared: Mapping[tuple[str, str, int], int] = {}) -> list[LeftAlone]:
    """As a restore does, of a backup a day old."""
    now = real_now()
    with owner().begin() as conn:
        gaps = settle(conn, backup="cadangan/uji", backup_at=now - A_DAY, declared=declared, now=now)
    restored.cache_clear()
    return [gap for gap in gaps if (gap.sop, gap.kind, gap.year) == SERIES]


def number_of(p) -> tuple[int, str]:
    with unit_of_work() as s:
        sequence, nomor = s.execute(select(Sk.sequence, Sk.nomor).where(Sk.permohonan_id == p)).one()
        return sequence, nomor


def test_the_next_decree_gets_a_number_that_none_after_the_backup_can_have(kantor, at_signature) -> None:
    press(at_signature("a"), kantor)
    assert come_back() == [LeftAlone(*SERIES, 2, 1 + FEWEST)]
    later = at_signature("b")
    press(later, kantor)
    assert number_of(later)[0] == 2 + FEWEST
    with connection() as conn:
        assert number_gaps(conn) == ()
    series = next(s for s in read_register(2026, now=WEDNESDAY) if s.key == "td_lks.sk")
    assert (series.missing, series.left_alone) == ((), (LeftAlone(*SERIES, 2, 1 + FEWEST),))
    assert verify_all()[1] == []


def test_an_office_that_knows_its_last_number_goes_on_from_there(kantor, at_signature) -> None:
    press(at_signature("a"), kantor)
    assert come_back({SERIES: 3}) == [LeftAlone(*SERIES, 2, 3, declared=True)]
    assert come_back({SERIES: 3}) == []  # once more, with nothing issued since
    later = at_signature("b")
    press(later, kantor)
    assert number_of(later)[0] == 4
    assert verify_all()[1] == []


@pytest.mark.parametrize("declared", [{SERIES: 0}, {("td_lks", "lain", 2026): 5}])
def test_a_last_number_that_cannot_be_is_refused_and_nothing_is_changed(kantor, at_signature, declared) -> None:
    press(at_signature("a"), kantor)
    with pytest.raises(DefinitionError, match="--nomor-terakhir td_lks"):
        come_back(declared)
    with connection() as conn:
        assert conn.scalar(select(func.count()).select_from(Restoration)) == 0


def test_a_number_that_was_free_in_the_backup_is_not_given_either(kantor, at_signature) -> None:
    freed = at_signature("a")
    fail(freed, kantor)
    press(at_signature("b"), kantor)
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, freed).pemohon_id
    withdraw(freed, actor=pemohon, now=WEDNESDAY)
    assert come_back({SERIES: 2}) == [LeftAlone(*SERIES, 1, 1)]
    later = at_signature("c")
    press(later, kantor)
    assert number_of(later)[0] == 3
    assert verify_all()[1] == []


def test_an_applicants_number_has_a_digit_more_so_that_none_comes_twice(kantor) -> None:
    come_back()
    p = submitted(person())
    with unit_of_work() as s:
        nomor = s.get_one(Permohonan, p).nomor
    assert len(nomor.rpartition("-")[2]) == 7


def test_a_decree_issued_after_the_backup_is_not_called_forged(kantor, at_signature) -> None:
    press(at_signature("a"), kantor)
    fail(at_signature("b"), kantor)  # its number is reserved, and the backup does not know whether it was signed since
    token = "A" * 11 + "b" * 11
    assert find_lost_time(token) is None
    come_back()
    assert find_lost_time(token) is not None
    assert find_lost_time("503/0002/TD-LKS/DPMPTSP/2026") is not None
    assert find_lost_time("503 / 21 / td-lks / dpmptsp / 2026") is not None
    beyond = f"503/{FEWEST + 3:04}/TD-LKS/DPMPTSP/2026"
    assert [find_lost_time(code) for code in (beyond, "503/0002/TD-LKS/DPMPTSP/2025", "tebakan")] == [None] * 3


def test_whoever_was_logged_in_or_had_a_link_begins_anew(kantor) -> None:
    now = real_now()
    letter = {"kind": "sandi", "token_hash": "a", "created_at": now - A_DAY, "expires_at": now + A_DAY}
    with owner().begin() as conn:
        conn.execute(insert(WebSession).values(key="k", data={}, created_at=now, last_at=now))
        conn.execute(insert(AccountLetter).values(**letter))
    come_back()
    with connection() as conn:
        assert conn.scalar(select(func.count()).select_from(WebSession)) == 0
        assert conn.scalars(select(AccountLetter.expires_at)).one() < now


def test_work_is_owed_again_and_nobody_is_told_again(kantor) -> None:
    p = submitted(person())
    with owner().begin() as conn:
        conn.execute(update(Outbox).where(Outbox.closed_at.is_(None)).values(delivered_at=real_now()))
        waiting = conn.scalars(select(Outbox.task).where(Outbox.closed_at.is_(None), Outbox.task != TASK)).all()
        notice = {"key": "uji", "kind": "diterima", "permohonan_id": p, "channel": "surel", "status": "menunggu"}
        words = {"title": "", "content": "", "link": "/", "created_at": real_now()}
        pemohon = conn.scalars(select(Permohonan.pemohon_id)).one()
        conn.execute(insert(Notice).values(**notice, **words, person_id=pemohon))
        owed = {"task": TASK, "antrean": "pemberitahuan", "key": "uji", "created_at": real_now()}
        conn.execute(insert(Outbox).values(**owed))
    come_back()
    with connection() as conn:
        owed_now = conn.scalars(
            select(Outbox.task).where(Outbox.closed_at.is_(None), Outbox.delivered_at.is_(None))
        ).all()
        told = conn.scalars(select(Notice.status).where(Notice.key == "uji")).one()
    assert waiting
    assert sorted(owed_now) == sorted(waiting)
    assert told == "tidak_pasti"


@pytest.mark.attack("F11")
def test_a_gap_that_no_restore_signed_for_is_found(kantor, at_signature) -> None:
    press(at_signature("a"), kantor)
    come_back()
    with pytest.raises(DBAPIError), owner().begin() as conn:
        conn.execute(update(Restoration).values(number=2))
    more = text("UPDATE restoration SET statement = jsonb_set(statement, '{gaps,0,last}', '999')")
    with owner().begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(more)
    assert [f.sentence for f in verify_all()[1]] == [
        "catatan pemulihan nomor 1: diubah, atau tanda tangannya tidak sah"
    ]


def test_numbers_of_a_series_that_never_drew_one_begin_after_the_gap(kantor, at_signature) -> None:
    come_back()
    first = at_signature("a")
    press(first, kantor)
    assert number_of(first)[0] == FEWEST + 1
    with connection() as conn:
        assert conn.scalar(select(func.count()).select_from(NomorRegister)) == 1
    assert verify_all()[1] == []
