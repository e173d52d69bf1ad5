"""Time on the screens: clocks, sums that unfold, raised levels, and a superior who gives a desk more time."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Permohonan, Tugas
from pipeline.roles import Peran
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations
from pipeline.settings import settings
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, at_desk, bring_to, decide_at, work_off
from tests.web.conftest import SamplePerson
from tests.web.meja import Kantor, make_kantor  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, SEKRETARIS, KADIS = Peran.DINAS_TEKNIS, Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS
REASON = "Lokasi banjir, tim belum dapat meninjau."
SEJAM = timedelta(hours=1)


def clock_at(saat) -> None:
    """Pages are opened at this moment; the fixture office_hours puts the clock back."""
    write_shift(settings().data, Shift(saat - real_now()))


def month_at_pemohon(kantor: Kantor) -> tuple[object, str]:
    """A file that Dinas Teknis sent back after an hour, and that came back 30 days later."""
    file = kantor.bawa("rekomendasi")
    with unit_of_work() as s:
        p = s.get_one(Permohonan, file.permohonan_id)
        pemohon, nomor = p.pemohon_id, str(p.nomor)
    leave, home = RABU + SEJAM, RABU + SEJAM + timedelta(days=30)
    decide_at(
        file.permohonan_id, kantor.orang[TECHNICAL], KeputusanKind.KEMBALIKAN, ke="ajukan",
        alasan="Akta terpotong halaman 2.", now=leave,
    )  # fmt: skip
    work_off(leave)
    submit(file.permohonan_id, oleh=pemohon, privacy_version="1", now=home)
    work_off(home)
    clock_at(home + timedelta(minutes=5))
    return file.permohonan_id, nomor


class TestHour:
    def test_the_file_page_and_the_read_only_page_show_the_clocks(self, kantor: Kantor) -> None:
        permohonan_id, _ = month_at_pemohon(kantor)
        bring_to(permohonan_id, "rekomendasi", kantor.orang, now=RABU + SEJAM + timedelta(days=30))
        meja = at_desk(permohonan_id)
        for halaman in (
            kantor[TECHNICAL].buka(f"/petugas/tugas/{meja.tugas_id}").text,
            kantor[KABID].buka(f"/petugas/permohonan/{permohonan_id}").text,
        ):
            teks = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", halaman))
            assert "Sejak dikirim 30 hari 1 jam" in teks
            assert "Ada pada pemohon 30 hari (tidak dihitung)" in teks
            assert "Dinas Teknis 1 jam" in teks
            assert "berhenti 30 hari" in teks

    def test_the_public_page_tells_totals_and_that_the_clock_stood_still(self, kantor: Kantor, tamu) -> None:
        _, nomor = month_at_pemohon(kantor)
        with unit_of_work() as s:
            kode = s.scalar(select(Permohonan.kode_lacak).where(Permohonan.nomor == nomor))
        tamu.buka("/lacak")
        halaman = tamu.kirim("/lacak", {"nomor": nomor, "kode": kode}).text
        assert "berhenti dihitung selama 30 hari berkas ada pada pemohon" in halaman
        assert "Cara menghitungnya" in halaman
        assert "Dinas Teknis 1 jam" not in halaman

    def test_the_applicant_reads_it_of_their_own(self, kantor: Kantor, pemohon: SamplePerson) -> None:
        from tests.factories import submitted

        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "rekomendasi", kantor.orang)
        clock_at(RABU + SEJAM)
        halaman = pemohon.peramban.buka(f"/permohonan/{permohonan_id}").text
        assert "1 jam sejak dikirim" in halaman
        assert "ada pada Anda" not in halaman
        assert halaman.count("Cara menghitung") == 2  # the promise, and the desk it is on
        assert "5 hari kerja sesudah Rabu 25 November 2026" in halaman


class TestExtend:
    def test_a_superior_prolongs_and_the_old_date_stays_visible(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        baca, alamat = f"/petugas/permohonan/{file.permohonan_id}", f"{file.alamat}/perpanjang"
        kabid = kantor[KABID]
        assert "Perpanjang tenggat" in kabid.buka(baca).text
        jawaban = kabid.kirim(alamat, {"hari": "2", "alasan-perpanjang": REASON})
        assert (jawaban.status_code, jawaban.location) == (303, baca)
        halaman = kabid.buka(baca).text
        assert "<s>1 Desember 2026 16.00 WITA</s> menjadi 3 Desember 2026 16.00 WITA" in halaman
        assert REASON in halaman
        for shown in (kantor[TECHNICAL].buka(file.alamat).text, kantor[TECHNICAL].buka("/petugas/antrean").text):
            assert "Tenggat 3 Desember 2026 16.00 WITA" in shown
            assert "Semula 1 Desember 2026 16.00 WITA" in shown
            assert "6 hari kerja sesudah Rabu 25 November 2026" in shown

    @pytest.mark.parametrize("hari", ["", "0", "-1", "11", "dua", "1e3", "9" * 30])
    def test_what_cannot_be_added_is_told_and_what_was_typed_stays(self, kantor: Kantor, hari: str) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[KABID].buka(f"/petugas/permohonan/{file.permohonan_id}")
        jawaban = kantor[KABID].kirim(f"{file.alamat}/perpanjang", {"hari": hari, "alasan-perpanjang": REASON})
        assert jawaban.status_code == 422
        assert REASON in jawaban.text
        assert 'href="#hari"' in jawaban.text

    def test_a_reason_is_asked_for_in_its_own_field(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[KABID].buka(f"/petugas/permohonan/{file.permohonan_id}")
        jawaban = kantor[KABID].kirim(f"{file.alamat}/perpanjang", {"hari": "1", "alasan-perpanjang": ""})
        assert jawaban.status_code == 422
        assert 'href="#alasan-perpanjang"' in jawaban.text

    @pytest.mark.parametrize("peran", [TECHNICAL, SEKRETARIS, KADIS, Peran.FRONT_OFFICE])
    def test_nobody_but_the_superior_is_offered_it_or_may_do_it(self, kantor: Kantor, peran: Peran) -> None:
        file = kantor.bawa("rekomendasi")
        halaman = kantor[peran].buka(f"/petugas/permohonan/{file.permohonan_id}")
        assert "Perpanjang tenggat" not in halaman.text
        jawaban = kantor[peran].kirim(f"{file.alamat}/perpanjang", {"hari": "1", "alasan-perpanjang": REASON})
        assert jawaban.status_code == 404
        with unit_of_work() as s:
            assert not s.scalars(select(Tugas.added_days).where(Tugas.added_days > 0)).all()


def test_raised_levels_show_on_the_queue_and_on_the_file(kantor: Kantor) -> None:
    file = kantor.bawa("rekomendasi")
    lewat = RABU + timedelta(days=7, hours=8)
    assert sweep_escalations(now=lewat) == 2
    assert escalate_cases(now=lewat) == 2
    clock_at(lewat)
    antrean, halaman = kantor[TECHNICAL].buka("/petugas/antrean").text, kantor[TECHNICAL].buka(file.alamat).text
    desk, promise = ("80 % waktu terpakai", "! Lewat batas"), ("! Janji layanan hampir habis", "! Janji layanan lewat")
    for mild, worst in (desk, promise):
        assert mild in halaman
        assert worst in halaman
        assert worst in antrean
        assert mild not in antrean  # a row has the worst of the desk and of the whole file
    bring_to(file.permohonan_id, "paraf_kabid", kantor.orang, now=lewat)
    antrean = kantor[KABID].buka("/petugas/antrean").text
    assert "! Lewat batas" not in antrean
    assert "! Janji layanan lewat" in antrean
