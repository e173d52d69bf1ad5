"""A signed document that nobody takes: two reminders, then the archive, and the document stays within reach."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Notice, Permohonan, Tugas
from pipeline.queries.applicant.permohonan import Filler, my_permohonan
from pipeline.queries.applicant.tracking import find_trace
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.services.applicant.close import accept_sk
from pipeline.services.deadlines.applicant_reminders import sweep_reminders
from pipeline.services.deadlines.archive import archive_untaken
from pipeline.services.desk.sign import sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KEPALA_DINAS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted, work_off, write_bap
from tests.integration.conftest import PASSPHRASE
from web.walk import journey_item

DAYS = timedelta(days=1)


@pytest.fixture
def pemohon():
    return person()


def signed(pemohon, kantor, *, eligible: bool = True):
    """A file that waits for its applicant to take the signed document."""
    p = submitted(pemohon)
    if eligible:
        bring_to(p, "tanda_tangan", kantor)
    else:
        bring_to(p, "rekomendasi", kantor)
        write_bap(p, kantor[DINAS_TEKNIS], eligible=False)
        decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.TOLAK, reason="Lembaga tidak ditemukan di alamatnya.")
        bring_to(p, "tanda_tangan", kantor)
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)
    work_off()
    return p


@pytest.fixture
def issued(pemohon, kantor):
    return signed(pemohon, kantor)


def reminders() -> list[tuple[int, str, str]]:
    n = Notice
    with unit_of_work() as s:
        rows = s.execute(
            select(n.created_at, n.title, n.content).where(n.kind == "belum_diambil").order_by(n.created_at)
        )
        return [((r.created_at - WEDNESDAY).days, r.title, r.content) for r in rows]


def test_it_is_reminded_of_after_three_and_thirty_days(issued):
    for hari in range(60):
        sweep_reminders(now=WEDNESDAY + hari * DAYS)
    assert [hari for hari, _, _ in reminders()] == [3, 30]
    assert "Surat Keputusan untuk permohonan" in reminders()[0][1]
    assert "sampai 23 Februari 2027" in reminders()[0][2]


def test_a_beat_dead_for_forty_days_reminds_once(issued):
    assert [sweep_reminders(now=WEDNESDAY + 40 * DAYS) for _ in range(2)] == [1, 0]


def test_what_was_taken_is_neither_reminded_of_nor_archived(issued, pemohon):
    accept_sk(issued, actor=pemohon, now=WEDNESDAY + DAYS)
    assert sweep_reminders(now=WEDNESDAY + 31 * DAYS) == 0
    assert archive_untaken(now=WEDNESDAY + 200 * DAYS) == 0


def test_after_ninety_days_it_is_archived_as_not_taken_and_can_still_be_downloaded(issued, pemohon):
    assert archive_untaken(now=WEDNESDAY + 90 * DAYS - timedelta(seconds=1)) == 0
    at = WEDNESDAY + 90 * DAYS
    assert [archive_untaken(now=at) for _ in range(2)] == [1, 0]
    with unit_of_work() as s:
        p = s.get_one(Permohonan, issued)
        assert (p.status, p.langkah, p.closed_at) == ("selesai", None, at)
        nomor, code = p.nomor, p.tracking_code
        assert s.scalars(select(Tugas.keputusan).where(Tugas.langkah == "terima_sk")).one() == "arsipkan"
    end = read_riwayat(issued, SOP)[-1]
    assert (end.title, end.actor) == ("Tidak diambil pemohon, diarsipkan", "Sistem")
    me = my_permohonan(issued, Filler(pemohon), today=at.date())
    assert me.untaken
    assert me.sk is not None
    trail = find_trace(str(nomor), str(code))
    assert trail
    assert journey_item(trail.point)[-1]["title"] == "SK tidak diambil, diarsipkan"
    assert verify_all() == (1, [])


def test_the_applicants_late_press_is_fine(issued, pemohon):
    archive_untaken(now=WEDNESDAY + 91 * DAYS)
    accept_sk(issued, actor=pemohon, now=WEDNESDAY + 92 * DAYS)
    assert verify_all() == (1, [])


def test_a_refusal_nobody_took_is_reminded_of_and_stays_a_refusal(pemohon, kantor):
    p = signed(pemohon, kantor, eligible=False)
    assert sweep_reminders(now=WEDNESDAY + 3 * DAYS) == 1
    assert "Surat Penolakan untuk permohonan" in reminders()[0][1]
    assert archive_untaken(now=WEDNESDAY + 90 * DAYS) == 1
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).status == "ditolak"
    assert verify_all() == (1, [])
