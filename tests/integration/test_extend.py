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
from pipeline.roles import Peran
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.desk.extend import DAYS_AT_MOST, extend
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, bring_to, decide_at, person, submitted, work_off
from tests.unit import calendar_oracle


def at(teks: str) -> datetime:
    return calendar_oracle.at(teks).astimezone(UTC)


REASON = "Lokasi banjir, tim belum dapat meninjau."
SELASA_CLOSE = at("2026-12-01 16:00")


@pytest.fixture
def lapangan(kantor):
    """A file with Dinas Teknis since Rabu 25 November, due Selasa 1 Desember 16.00."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def open_tugas(permohonan_id):
    with unit_of_work() as s:
        return s.scalars(select(Tugas).where(Tugas.permohonan_id == permohonan_id, Tugas.closed_at.is_(None))).one()


def levels(permohonan_id):
    with unit_of_work() as s:
        dari = select(Eskalasi.tingkat).where(Eskalasi.permohonan_id == permohonan_id, Eskalasi.langkah != "")
        return list(s.scalars(dari.order_by(Eskalasi.id)))


def test_the_tenggat_moves_and_the_old_one_is_kept(kantor, lapangan):
    kabid, meja = kantor[Peran.KABID_PERIZINAN], at_desk(lapangan)
    with unit_of_work() as s:
        janji = s.get_one(Permohonan, lapangan).tenggat
    extend(meja.tugas_id, 2, REASON, oleh=kabid, now=RABU)
    tugas = open_tugas(lapangan)
    assert tugas.added_days == 2
    assert tugas.tenggat == due(office_calendar(), RABU, SOP["rekomendasi"].batas + Limit(2)).at
    with unit_of_work() as s:
        assert s.get_one(Permohonan, lapangan).tenggat == janji
    (shift,) = read_shift(lapangan)
    assert (shift.lama, shift.baru, shift.sebab, shift.alasan) == (SELASA_CLOSE, tugas.tenggat, "perpanjangan", REASON)
    assert (shift.oleh, shift.langkah) == ("Petugas Kabid Perizinan", "rekomendasi")
    assert verify_all() == (1, [])


def test_at_most_ten_days_for_one_visit(kantor, lapangan):
    kabid, meja = kantor[Peran.KABID_PERIZINAN], at_desk(lapangan)
    for hari in (0, -1, DAYS_AT_MOST + 1):
        with pytest.raises(InputInvalid) as galat:
            extend(meja.tugas_id, hari, REASON, oleh=kabid, now=RABU)
        assert "hari" in galat.value.errors
    extend(meja.tugas_id, 7, REASON, oleh=kabid, now=RABU)
    with pytest.raises(InputInvalid, match="isian"):
        extend(meja.tugas_id, 4, REASON, oleh=kabid, now=RABU)
    extend(meja.tugas_id, 3, REASON, oleh=kabid, now=RABU)
    assert open_tugas(lapangan).added_days == DAYS_AT_MOST


@pytest.mark.parametrize("peran", [Peran.DINAS_TEKNIS, Peran.SEKRETARIS, Peran.KEPALA_DINAS, Peran.FRONT_OFFICE])
def test_only_the_superior_of_the_desk(kantor, lapangan, peran):
    with pytest.raises(NotAuthorised):
        extend(at_desk(lapangan).tugas_id, 1, REASON, oleh=kantor[peran], now=RABU)


def test_a_reason_is_needed(kantor, lapangan):
    for alasan in ("banjir", "b" * 4001):
        with pytest.raises(InputInvalid) as galat:
            extend(at_desk(lapangan).tugas_id, 1, alasan, oleh=kantor[Peran.KABID_PERIZINAN], now=RABU)
        assert list(galat.value.errors) == ["alasan"]


def test_the_last_desk_gives_itself_no_time(kantor, lapangan):
    bring_to(lapangan, "tanda_tangan", kantor)
    with pytest.raises(NotAuthorised):
        extend(at_desk(lapangan).tugas_id, 1, REASON, oleh=kantor[Peran.KEPALA_DINAS], now=RABU)


def test_what_was_decided_is_not_extended(kantor, lapangan):
    meja = at_desk(lapangan)
    bring_to(lapangan, "paraf_kabid", kantor)
    with pytest.raises(DecidedAlready):
        extend(meja.tugas_id, 1, REASON, oleh=kantor[Peran.KABID_PERIZINAN], now=RABU)


def test_the_new_tenggat_has_its_own_levels_each_once(kantor, lapangan):
    assert sweep_escalations(now=at("2026-12-01 10:00")) == 1
    extend(at_desk(lapangan).tugas_id, 1, REASON, oleh=kantor[Peran.KABID_PERIZINAN], now=at("2026-12-01 10:00"))
    assert sweep_escalations(now=at("2026-12-01 10:00")) == 0
    assert sweep_escalations(now=at("2026-12-02 15:59")) == 1
    assert sweep_escalations(now=at("2026-12-02 16:00")) == 1
    assert sweep_escalations(now=at("2026-12-02 16:00")) == 0
    assert levels(lapangan) == ["pengingat", "pengingat", "lewat"]
    assert verify_all() == (1, [])


def test_a_resumed_visit_keeps_its_days_and_a_new_one_starts_without(kantor, lapangan):
    kabid, teknis, jeda = kantor[Peran.KABID_PERIZINAN], kantor[Peran.DINAS_TEKNIS], timedelta(hours=1)
    extend(at_desk(lapangan).tugas_id, 2, REASON, oleh=kabid, now=RABU)
    kembali = "Alamat lembaga belum sesuai."
    decide_at(lapangan, teknis, KeputusanKind.KEMBALIKAN, ke="periksa", alasan=kembali, now=RABU + jeda)
    work_off(RABU + jeda)
    bring_to(lapangan, "rekomendasi", kantor, now=RABU + 2 * jeda)
    tugas = open_tugas(lapangan)
    batas = SOP["rekomendasi"].batas + Limit(2)
    assert (tugas.kunjungan, tugas.added_days) == (1, 2)
    outside = Interval(RABU + jeda, RABU + 2 * jeda)
    assert tugas.tenggat == due(office_calendar(), RABU, batas, [outside]).at
    assert verify_all() == (1, [])
    bring_to(lapangan, "paraf_kabid", kantor, now=RABU + 3 * jeda)
    decide_at(lapangan, kabid, KeputusanKind.KEMBALIKAN, ke="periksa", alasan=kembali, now=RABU + 3 * jeda)
    assert at_desk(lapangan).langkah == "periksa"
    assert verify_all() == (1, [])


def test_with_the_applicant_there_is_nothing_to_extend(kantor, lapangan):
    decide_at(
        lapangan, kantor[Peran.DINAS_TEKNIS], KeputusanKind.KEMBALIKAN, ke="ajukan", alasan="Akta terpotong hal. 2."
    )
    for oleh in kantor.values():
        with pytest.raises(NotAuthorised):
            extend(at_desk(lapangan).tugas_id, 1, REASON, oleh=oleh, now=RABU)
