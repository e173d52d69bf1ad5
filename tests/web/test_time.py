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
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, work_off
from tests.web.conftest import SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, SECRETARY, KADIS = DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS
REASON = "Lokasi banjir, tim belum dapat meninjau."
AN_HOUR = timedelta(hours=1)


def clock_at(moment) -> None:
    """Pages are opened at this moment; the fixture office_hours puts the clock back."""
    write_shift(settings().data, Shift(moment - real_now()))


def month_at_pemohon(kantor: Kantor) -> tuple[object, str]:
    """A file that Dinas Teknis sent back after an hour, and that came back 30 days later."""
    file = kantor.carry("rekomendasi")
    with unit_of_work() as s:
        p = s.get_one(Permohonan, file.permohonan_id)
        pemohon, nomor = p.pemohon_id, str(p.nomor)
    leave, home = WEDNESDAY + AN_HOUR, WEDNESDAY + AN_HOUR + timedelta(days=30)
    decide_at(
        file.permohonan_id,
        kantor.person[TECHNICAL],
        KeputusanKind.KEMBALIKAN,
        target="ajukan",
        reason="Akta terpotong halaman 2.",
        now=leave,
    )
    work_off(leave)
    submit(file.permohonan_id, actor=pemohon, privacy_version="1", now=home)
    work_off(home)
    clock_at(home + timedelta(minutes=5))
    return file.permohonan_id, nomor


class TestHour:
    def test_the_file_page_and_the_read_only_page_show_the_clocks(self, kantor: Kantor) -> None:
        permohonan_id, _ = month_at_pemohon(kantor)
        bring_to(permohonan_id, "rekomendasi", kantor.person, now=WEDNESDAY + AN_HOUR + timedelta(days=30))
        desk = at_desk(permohonan_id)
        for page in (
            kantor[TECHNICAL].open_page(f"/petugas/tugas/{desk.tugas_id}").text,
            kantor[KABID].open_page(f"/petugas/permohonan/{permohonan_id}").text,
        ):
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
            assert "Sejak dikirim 30 hari 1 jam" in text
            assert "Ada pada pemohon 30 hari (tidak dihitung)" in text
            assert "Dinas Teknis 1 jam" in text
            assert "berhenti 30 hari" in text

    def test_the_public_page_tells_totals_and_that_the_clock_stood_still(self, kantor: Kantor, guest) -> None:
        _, nomor = month_at_pemohon(kantor)
        with unit_of_work() as s:
            code = s.scalar(select(Permohonan.tracking_code).where(Permohonan.nomor == nomor))
        guest.open_page("/lacak")
        page = guest.send("/lacak", {"nomor": nomor, "kode": code}).text
        assert "berhenti dihitung selama 30 hari berkas ada pada pemohon" in page
        assert "Cara menghitungnya" in page
        assert "Dinas Teknis 1 jam" not in page

    def test_the_applicant_reads_it_of_their_own(self, kantor: Kantor, pemohon: SamplePerson) -> None:
        from tests.factories import submitted

        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "rekomendasi", kantor.person)
        clock_at(WEDNESDAY + AN_HOUR)
        page = pemohon.browser.open_page(f"/permohonan/{permohonan_id}").text
        assert "1 jam sejak dikirim" in page
        assert "ada pada Anda" not in page
        assert page.count("Cara menghitung") == 2  # the promise, and the desk it is on
        assert "5 hari kerja sesudah Rabu 25 November 2026" in page


class TestExtend:
    def test_a_superior_prolongs_and_the_old_date_stays_visible(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        read, address = f"/petugas/permohonan/{file.permohonan_id}", f"{file.address}/perpanjang"
        kabid = kantor[KABID]
        assert "Perpanjang tenggat" in kabid.open_page(read).text
        answer = kabid.send(address, {"hari": "2", "alasan-perpanjang": REASON})
        assert (answer.status_code, answer.location) == (303, read)
        page = kabid.open_page(read).text
        assert "<s>1 Desember 2026 16.00 WITA</s> menjadi 3 Desember 2026 16.00 WITA" in page
        assert REASON in page
        for shown in (
            kantor[TECHNICAL].open_page(file.address).text,
            kantor[TECHNICAL].open_page("/petugas/antrean").text,
        ):
            assert "Tenggat 3 Desember 2026 16.00 WITA" in shown
            assert "Semula 1 Desember 2026 16.00 WITA" in shown
            assert "6 hari kerja sesudah Rabu 25 November 2026" in shown

    @pytest.mark.parametrize("hari", ["", "0", "-1", "11", "dua", "1e3", "9" * 30])
    def test_what_cannot_be_added_is_told_and_what_was_typed_stays(self, kantor: Kantor, hari: str) -> None:
        file = kantor.carry("rekomendasi")
        kantor[KABID].open_page(f"/petugas/permohonan/{file.permohonan_id}")
        answer = kantor[KABID].send(f"{file.address}/perpanjang", {"hari": hari, "alasan-perpanjang": REASON})
        assert answer.status_code == 422
        assert REASON in answer.text
        assert 'href="#hari"' in answer.text

    def test_a_reason_is_asked_for_in_its_own_field(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[KABID].open_page(f"/petugas/permohonan/{file.permohonan_id}")
        answer = kantor[KABID].send(f"{file.address}/perpanjang", {"hari": "1", "alasan-perpanjang": ""})
        assert answer.status_code == 422
        assert 'href="#alasan-perpanjang"' in answer.text

    @pytest.mark.parametrize("peran", [TECHNICAL, SECRETARY, KADIS, FRONT_OFFICE])
    def test_nobody_but_the_superior_is_offered_it_or_may_do_it(self, kantor: Kantor, peran: Peran) -> None:
        file = kantor.carry("rekomendasi")
        page = kantor[peran].open_page(f"/petugas/permohonan/{file.permohonan_id}")
        assert "Perpanjang tenggat" not in page.text
        answer = kantor[peran].send(f"{file.address}/perpanjang", {"hari": "1", "alasan-perpanjang": REASON})
        assert answer.status_code == 404
        with unit_of_work() as s:
            assert not s.scalars(select(Tugas.added_days).where(Tugas.added_days > 0)).all()


def test_raised_levels_show_on_the_queue_and_on_the_file(kantor: Kantor) -> None:
    file = kantor.carry("rekomendasi")
    overdue = WEDNESDAY + timedelta(days=7, hours=8)
    assert sweep_escalations(now=overdue) == 2
    assert escalate_cases(now=overdue) == 2
    clock_at(overdue)
    antrean, page = (
        kantor[TECHNICAL].open_page("/petugas/antrean").text,
        kantor[TECHNICAL].open_page(file.address).text,
    )
    desk, promise = ("80 % waktu terpakai", "! Lewat batas"), ("! Janji layanan hampir habis", "! Janji layanan lewat")
    for mild, worst in (desk, promise):
        assert mild in page
        assert worst in page
        assert worst in antrean
        assert mild not in antrean  # a row has the worst of the desk and of the whole file
    bring_to(file.permohonan_id, "paraf_kabid", kantor.person, now=overdue)
    antrean = kantor[KABID].open_page("/petugas/antrean").text
    assert "! Lewat batas" not in antrean
    assert "! Janji layanan lewat" in antrean
