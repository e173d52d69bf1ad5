"""A signed document that nobody takes: two reminders, then the archive, and the document stays within reach."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Notice, Permohonan, Tugas
from pipeline.queries.applicant.pemohon import my_permohonan
from pipeline.queries.applicant.tracking import find_trace
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.roles import Peran
from pipeline.services.applicant.close import accept_sk
from pipeline.services.deadlines.archive import archive_untaken
from pipeline.services.deadlines.remind import sweep_reminders
from pipeline.services.desk.sign import sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, bring_to, decide_at, person, submitted, work_off, write_bap
from tests.integration.conftest import PASSPHRASE
from web.walk import journey_item

DAYS = timedelta(days=1)


@pytest.fixture
def pemohon():
    return person()


def signed(pemohon, kantor, *, layak: bool = True):
    """A file that waits for its applicant to take the signed document."""
    p = submitted(pemohon)
    if layak:
        bring_to(p, "tanda_tangan", kantor)
    else:
        bring_to(p, "rekomendasi", kantor)
        write_bap(p, kantor[Peran.DINAS_TEKNIS], layak=False)
        decide_at(p, kantor[Peran.DINAS_TEKNIS], KeputusanKind.TOLAK, alasan="Lembaga tidak ditemukan di alamatnya.")
        bring_to(p, "tanda_tangan", kantor)
    meja = at_desk(p)
    sign(meja.tugas_id, Secret(PASSPHRASE), oleh=kantor[Peran.KEPALA_DINAS], seen=meja.seen, now=RABU)
    work_off()
    return p


@pytest.fixture
def terbit(pemohon, kantor):
    return signed(pemohon, kantor)


def reminders() -> list[tuple[int, str, str]]:
    n = Notice
    with unit_of_work() as s:
        rows = s.execute(select(n.created_at, n.judul, n.isi).where(n.jenis == "belum_diambil").order_by(n.created_at))
        return [((r.created_at - RABU).days, r.judul, r.isi) for r in rows]


def test_it_is_reminded_of_after_three_and_thirty_days(terbit):
    for hari in range(60):
        sweep_reminders(now=RABU + hari * DAYS)
    assert [hari for hari, _, _ in reminders()] == [3, 30]
    assert "SK untuk permohonan" in reminders()[0][1]
    assert "sampai 23 Februari 2027" in reminders()[0][2]


def test_a_beat_dead_for_forty_days_reminds_once(terbit):
    assert [sweep_reminders(now=RABU + 40 * DAYS) for _ in range(2)] == [1, 0]


def test_what_was_taken_is_neither_reminded_of_nor_archived(terbit, pemohon):
    accept_sk(terbit, oleh=pemohon, now=RABU + DAYS)
    assert sweep_reminders(now=RABU + 31 * DAYS) == 0
    assert archive_untaken(now=RABU + 200 * DAYS) == 0


def test_after_ninety_days_it_is_archived_as_not_taken_and_can_still_be_downloaded(terbit, pemohon):
    assert archive_untaken(now=RABU + 90 * DAYS - timedelta(seconds=1)) == 0
    pada = RABU + 90 * DAYS
    assert [archive_untaken(now=pada) for _ in range(2)] == [1, 0]
    with unit_of_work() as s:
        p = s.get_one(Permohonan, terbit)
        assert (p.status, p.langkah, p.closed_at) == ("selesai", None, pada)
        nomor, kode = p.nomor, p.kode_lacak
        assert s.scalars(select(Tugas.keputusan).where(Tugas.langkah == "terima_sk")).one() == "arsipkan"
    akhir = read_riwayat(terbit, SOP)[-1]
    assert (akhir.judul, akhir.oleh) == ("Tidak diambil pemohon, diarsipkan", "Sistem")
    saya = my_permohonan(terbit, pemohon, today=pada.date())
    assert saya.untaken
    assert saya.sk is not None
    jejak = find_trace(str(nomor), str(kode))
    assert jejak
    assert journey_item(jejak.titik)[-1]["judul"] == "SK tidak diambil, diarsipkan"
    assert verify_all() == (1, [])


def test_the_applicants_late_press_is_fine(terbit, pemohon):
    archive_untaken(now=RABU + 91 * DAYS)
    accept_sk(terbit, oleh=pemohon, now=RABU + 92 * DAYS)
    assert verify_all() == (1, [])


def test_a_refusal_nobody_took_is_reminded_of_and_stays_a_refusal(pemohon, kantor):
    p = signed(pemohon, kantor, layak=False)
    assert sweep_reminders(now=RABU + 3 * DAYS) == 1
    assert "Surat penolakan untuk permohonan" in reminders()[0][1]
    assert archive_untaken(now=RABU + 90 * DAYS) == 1
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).status == "ditolak"
    assert verify_all() == (1, [])
