"""Warnings about whole files, and what a sweep costs when nothing is due."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, text, update

from pipeline.calendar.due import Interval, due
from pipeline.calendar.national import office_calendar
from pipeline.db import unit_of_work
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines import escalate
from pipeline.services.deadlines.escalate import (
    due_cases,
    due_for_escalation,
    escalate_cases,
    sweep_escalations,
    sweep_late,
)
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted, work_off
from tests.owner import as_owner, owner
from tests.unit import calendar_oracle


def at(text: str) -> datetime:
    return calendar_oracle.at(text).astimezone(UTC)


TUESDAY_CLOSE, WEDNESDAY_CLOSE = at("2026-12-01 16:00"), at("2026-12-02 16:00")
MONTH_FRONT = WEDNESDAY + timedelta(days=30)


@pytest.fixture
def pemohon():
    return person()


@pytest.fixture
def field(kantor, pemohon):
    """A file that was complete on Rabu 25 November 09.00: the promise ends Rabu 2 Desember 16.00."""
    permohonan_id = submitted(pemohon)
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def rows(permohonan_id):
    e = Eskalasi
    with unit_of_work() as s:
        permohonan = select(e.kunjungan, e.level, e.recipient).where(e.permohonan_id == permohonan_id, e.langkah == "")
        return [tuple(r) for r in s.execute(permohonan.order_by(e.id))]


def next_warning(permohonan_id):
    with unit_of_work() as s:
        return s.get_one(Permohonan, permohonan_id).eskalasi_at


def test_at_four_days_the_kabid_and_at_five_the_kepala_dinas(field):
    assert next_warning(field) == TUESDAY_CLOSE
    assert escalate_cases(now=TUESDAY_CLOSE - timedelta(seconds=1)) == 0
    assert escalate_cases(now=TUESDAY_CLOSE) == 1
    assert next_warning(field) == WEDNESDAY_CLOSE
    assert escalate_cases(now=WEDNESDAY_CLOSE) == 1
    assert escalate_cases(now=MONTH_FRONT) == 0
    assert rows(field) == [(0, "berkas_4_hari", "kabid_perizinan"), (0, "berkas_5_hari", "kepala_dinas")]
    assert verify_all() == (1, [])


@pytest.mark.attack("G06")
def test_a_late_sweep_raises_both_once(field):
    assert escalate_cases(now=MONTH_FRONT) == 2
    assert next_warning(field) is None
    assert escalate_cases(now=MONTH_FRONT) == 0


def test_before_it_is_complete_there_is_none(kantor, pemohon):
    permohonan_id = submitted(pemohon)
    assert next_warning(permohonan_id) is None
    assert escalate_cases(now=MONTH_FRONT) == 0


def test_while_it_lies_with_the_applicant_the_clock_stands(kantor, field, pemohon):
    leave, home = at("2026-11-26 10:00"), at("2026-12-28 10:00")
    decide_at(
        field,
        kantor[DINAS_TEKNIS],
        KeputusanKind.KEMBALIKAN,
        target="ajukan",
        reason="Akta terpotong halaman 2.",
        now=leave,
    )
    work_off(leave)
    assert next_warning(field) is None
    assert sweep_escalations(now=home) == escalate_cases(now=home) == 0
    submit(field, actor=pemohon, privacy_version="1", now=home)
    jeda = [Interval(leave, home)]
    janji = due(office_calendar(), WEDNESDAY, SOP.janji, jeda).at
    with unit_of_work() as s:
        p = s.get_one(Permohonan, field)
        assert p.tenggat == janji
        assert p.eskalasi_at is not None
        assert home < p.eskalasi_at < janji
    assert escalate_cases(now=janji - timedelta(seconds=1)) == 1
    assert escalate_cases(now=janji) == 1


def test_once_signed_or_withdrawn_nobody_is_warned(kantor, field, pemohon):
    withdraw(field, actor=pemohon, reason="", now=WEDNESDAY)
    assert next_warning(field) is None
    assert escalate_cases(now=MONTH_FRONT) == sweep_escalations(now=MONTH_FRONT) == 0


def test_a_warning_set_while_it_was_signed_comes_to_nothing(kantor, field):
    """A changed calendar wakes the sweep early; under the lock it sees that nothing is due."""
    with unit_of_work() as s:
        s.execute(update(Permohonan).values(eskalasi_at=WEDNESDAY))
    assert escalate_cases(now=WEDNESDAY) == 0
    assert next_warning(field) == TUESDAY_CLOSE
    with unit_of_work() as s:
        s.execute(update(Permohonan).values(eskalasi_at=WEDNESDAY, status="terbit"))
    assert escalate_cases(now=MONTH_FRONT) == 0
    assert next_warning(field) is None


def test_a_sweep_goes_on_until_nothing_is_due_and_one_bad_file_stops_none(kantor, monkeypatch):
    monkeypatch.setattr(escalate, "PAGE", 2)
    every = [submitted(person(), seed=b) for b in "abcde"]
    for p in every:
        bring_to(p, "rekomendasi", kantor)
    with as_owner() as s:
        s.execute(update(Tugas).where(Tugas.id == at_desk(every[1]).tugas_id).values(jeda=[["bukan waktu", "x"]]))
    assert sweep_escalations(now=MONTH_FRONT) == 3 * 4
    assert escalate_cases(now=MONTH_FRONT) == 2 * 5
    with as_owner() as s:
        s.execute(update(Tugas).where(Tugas.permohonan_id == every[1]).values(jeda=[]))
    assert sweep_escalations(now=MONTH_FRONT) == 3


MANY = 100_000


@pytest.fixture
def crowd(db: Engine, kantor) -> Engine:
    """A hundred thousand closed files, three hundred open ones with nothing due."""
    contoh = submitted(person())
    with db.begin() as c:
        _copy(c, Permohonan.__table__, contoh, "id", closed=True, n=MANY)
        _copy(c, Permohonan.__table__, contoh, "id", closed=False, n=300)
        c.execute(
            text("""
            INSERT INTO tugas (id, permohonan_id, langkah, kunjungan, peran, automatic, created_at, started_at,
                               eskalasi_at, closed_at, keputusan)
            SELECT gen_random_uuid(), id, 'periksa', 1, 'front_office', false, created_at, created_at, eskalasi_at,
                   closed_at, CASE WHEN closed_at IS NULL THEN NULL ELSE 'setujui' END
            FROM permohonan WHERE nomor IS NULL""")
        )
    with owner().connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("VACUUM ANALYZE permohonan, tugas"))
    return db


def _copy(c, table, permohonan_id, key, *, closed: bool, n: int) -> None:
    """Copies of a file, without its number; the closed ones were late when they were open."""
    other = {
        "id": "gen_random_uuid()",
        "nomor": "NULL",
        "sent_at": "NULL",
        "kode_lacak": "NULL",
        "eskalasi_at": f"'{WEDNESDAY - timedelta(days=9) if closed else MONTH_FRONT}'::timestamptz",
        "closed_at": f"'{WEDNESDAY}'::timestamptz" if closed else "NULL",
        "langkah": "NULL" if closed else "langkah",
    }
    column = ", ".join(k.name for k in table.columns)
    value = ", ".join(other.get(k.name, k.name) for k in table.columns)
    c.execute(
        text(
            f"INSERT INTO permohonan ({column}) SELECT {value} FROM permohonan, generate_series(1, {n}) WHERE id = :p"
        ),
        {"p": permohonan_id},
    )


@contextmanager
def asked_by(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """The statements of the block, with their parameters."""
    asked: list[tuple[str, object]] = []

    def note(conn, cursor, statement, parameters, context, many) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("look", "index"), [(due_for_escalation, "ix_tugas_eskalasi"), (due_cases, "ix_permohonan_eskalasi")]
)
def test_an_idle_sweep_reads_the_partial_index_and_no_closed_row(crowd: Engine, look, index) -> None:
    with asked_by(crowd) as asked:
        assert look(WEDNESDAY) == []
        assert look(WEDNESDAY, (WEDNESDAY - timedelta(days=1), person())) == []
    sweep = [a for a in asked if "eskalasi_at" in a[0]]
    assert len(sweep) == 2
    with crowd.connect() as c:
        for statement, parameters in sweep:
            sql = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            (plan,) = c.exec_driver_sql(sql, parameters).scalar_one()
            text = json.dumps(plan)
            assert index in text
            assert "Seq Scan" not in text
            assert "Rows Removed by Filter" not in text or '"Rows Removed by Filter": 0' in text
            assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] <= 5


def test_a_sweep_with_nothing_to_do_asks_once_and_reads_no_closed_row(crowd: Engine) -> None:
    with asked_by(crowd) as asked:
        assert sweep_late(now=WEDNESDAY) == 0
    ((statement, parameters),) = asked
    with crowd.connect() as c:
        (plan,) = c.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters).scalar_one()
    text = json.dumps(plan)
    assert all(index in text for index in ("ix_tugas_eskalasi", "ix_permohonan_eskalasi"))
    assert not re.search(r'"Relation Name": "(tugas|permohonan)"[^{}]*"Rows Removed by Filter": [1-9]', text)
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] <= 10
