"""A superior gives a file more time: once, with a reason, and the new tenggat is watched like the first one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pipeline.calendar.due import Interval, Limit, due
from pipeline.calendar.national import office_calendar
from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid, NotAuthorised
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.desk.desk_riwayat import read_shift
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.desk.extend import DAYS_AT_MOST, extend
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted, work_off
from tests.unit import calendar_oracle


def at(text: str) -> datetime:
    return calendar_oracle.at(text).astimezone(UTC)


REASON = "Lokasi banjir, tim belum dapat meninjau."
TUESDAY_CLOSE = at("2026-12-01 16:00")


@pytest.fixture
def field(kantor):
    """A file with Dinas Teknis since Rabu 25 November, due Selasa 1 Desember 16.00."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def open_tugas(permohonan_id):
    with unit_of_work() as s:
        return s.scalars(select(Tugas).where(Tugas.permohonan_id == permohonan_id, Tugas.closed_at.is_(None))).one()


def levels(permohonan_id):
    with unit_of_work() as s:
        since = select(Eskalasi.level).where(Eskalasi.permohonan_id == permohonan_id, Eskalasi.langkah != "")
        return list(s.scalars(since.order_by(Eskalasi.id)))


def test_the_tenggat_moves_and_the_old_one_is_kept(kantor, field):
    kabid, desk = kantor[KABID_PERIZINAN], at_desk(field)
    with unit_of_work() as s:
        janji = s.get_one(Permohonan, field).tenggat
    extend(desk.tugas_id, 2, REASON, actor=kabid, now=WEDNESDAY)
    tugas = open_tugas(field)
    assert tugas.added_days == 2
    assert tugas.tenggat == due(office_calendar(), WEDNESDAY, SOP["rekomendasi"].limit + Limit(2)).at
    with unit_of_work() as s:
        assert s.get_one(Permohonan, field).tenggat == janji
    (shift,) = read_shift(field)
    assert (shift.old, shift.new, shift.cause, shift.reason) == (TUESDAY_CLOSE, tugas.tenggat, "perpanjangan", REASON)
    assert (shift.actor, shift.langkah) == ("Petugas Kabid Perizinan", "rekomendasi")
    assert verify_all() == (1, [])


def test_at_most_ten_days_for_one_visit(kantor, field):
    kabid, desk = kantor[KABID_PERIZINAN], at_desk(field)
    for hari in (0, -1, DAYS_AT_MOST + 1):
        with pytest.raises(InputInvalid) as error:
            extend(desk.tugas_id, hari, REASON, actor=kabid, now=WEDNESDAY)
        assert "hari" in error.value.errors
    extend(desk.tugas_id, 7, REASON, actor=kabid, now=WEDNESDAY)
    with pytest.raises(InputInvalid, match="isian"):
        extend(desk.tugas_id, 4, REASON, actor=kabid, now=WEDNESDAY)
    extend(desk.tugas_id, 3, REASON, actor=kabid, now=WEDNESDAY)
    assert open_tugas(field).added_days == DAYS_AT_MOST


@pytest.mark.parametrize("peran", [DINAS_TEKNIS, SEKRETARIS, KEPALA_DINAS, FRONT_OFFICE])
def test_only_the_superior_of_the_desk(kantor, field, peran):
    with pytest.raises(NotAuthorised):
        extend(at_desk(field).tugas_id, 1, REASON, actor=kantor[peran], now=WEDNESDAY)


def test_a_reason_is_needed(kantor, field):
    for reason in ("banjir", "b" * 4001):
        with pytest.raises(InputInvalid) as error:
            extend(at_desk(field).tugas_id, 1, reason, actor=kantor[KABID_PERIZINAN], now=WEDNESDAY)
        assert list(error.value.errors) == ["alasan"]


def test_the_last_desk_gives_itself_no_time(kantor, field):
    bring_to(field, "tanda_tangan", kantor)
    with pytest.raises(NotAuthorised):
        extend(at_desk(field).tugas_id, 1, REASON, actor=kantor[KEPALA_DINAS], now=WEDNESDAY)


def test_what_was_decided_is_not_extended(kantor, field):
    desk = at_desk(field)
    bring_to(field, "paraf_kabid", kantor)
    with pytest.raises(DecidedAlready):
        extend(desk.tugas_id, 1, REASON, actor=kantor[KABID_PERIZINAN], now=WEDNESDAY)


def test_the_new_tenggat_has_its_own_levels_each_once(kantor, field):
    assert sweep_escalations(now=at("2026-12-01 10:00")) == 1
    extend(at_desk(field).tugas_id, 1, REASON, actor=kantor[KABID_PERIZINAN], now=at("2026-12-01 10:00"))
    assert sweep_escalations(now=at("2026-12-01 10:00")) == 0
    assert sweep_escalations(now=at("2026-12-02 15:59")) == 1
    assert sweep_escalations(now=at("2026-12-02 16:00")) == 1
    assert sweep_escalations(now=at("2026-12-02 16:00")) == 0
    assert levels(field) == ["pengingat", "pengingat", "lewat"]
    assert verify_all() == (1, [])


def test_a_resumed_visit_keeps_its_days_and_a_new_one_starts_without(kantor, field):
    kabid, technical, jeda = kantor[KABID_PERIZINAN], kantor[DINAS_TEKNIS], timedelta(hours=1)
    extend(at_desk(field).tugas_id, 2, REASON, actor=kabid, now=WEDNESDAY)
    back = "Alamat lembaga belum sesuai."
    decide_at(field, technical, KeputusanKind.KEMBALIKAN, target="periksa", reason=back, now=WEDNESDAY + jeda)
    work_off(WEDNESDAY + jeda)
    bring_to(field, "rekomendasi", kantor, now=WEDNESDAY + 2 * jeda)
    tugas = open_tugas(field)
    limit = SOP["rekomendasi"].limit + Limit(2)
    assert (tugas.kunjungan, tugas.added_days) == (1, 2)
    outside = Interval(WEDNESDAY + jeda, WEDNESDAY + 2 * jeda)
    assert tugas.tenggat == due(office_calendar(), WEDNESDAY, limit, [outside]).at
    assert verify_all() == (1, [])
    bring_to(field, "paraf_kabid", kantor, now=WEDNESDAY + 3 * jeda)
    decide_at(field, kabid, KeputusanKind.KEMBALIKAN, target="periksa", reason=back, now=WEDNESDAY + 3 * jeda)
    assert at_desk(field).langkah == "periksa"
    assert verify_all() == (1, [])


def test_with_the_applicant_there_is_nothing_to_extend(kantor, field):
    decide_at(field, kantor[DINAS_TEKNIS], KeputusanKind.KEMBALIKAN, target="ajukan", reason="Akta terpotong hal. 2.")
    for actor in kantor.values():
        with pytest.raises(NotAuthorised):
            extend(at_desk(field).tugas_id, 1, REASON, actor=actor, now=WEDNESDAY)
