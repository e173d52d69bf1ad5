"""What is late on the screens: who may open it, which desks are empty, how much time is left in this office's days."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from ops.commands.doctor import meja
from pipeline.calendar.edit import ChangeHours, parse_hours
from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Account
from pipeline.queries.calendar import read_calendar
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import change_calendar, seed_calendar
from pipeline.services.deadlines.escalate import sweep_late
from pipeline.services.desk.extend import extend
from pipeline.services.people.actor import Petugas
from pipeline.settings import settings
from tests.factories import RABU, at_desk, person
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, SEKRETARIS, KADIS = Peran.DINAS_TEKNIS, Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS
REASON = "Lokasi banjir, tim belum dapat meninjau."


def words(jawaban) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", jawaban.text).split())


def close_account(orang: Petugas) -> None:
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.person_id == orang.person_id).values(aktif=False))


def six_hours_a_day() -> None:
    seed_calendar(RABU)
    jam = {**dict.fromkeys(range(5), "09.00-12.00 13.00-16.00"), 5: "", 6: ""}
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    change_calendar(ChangeHours(parse_hours(jam)), oleh=admin, versi=read_calendar().versi, now=RABU)


def test_the_kepala_dinas_opens_the_kabids_file_he_was_told_of(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_kabid")
    halaman = f"/petugas/permohonan/{file.permohonan_id}"
    assert kantor[KADIS].buka(halaman).status_code == 404
    assert halaman not in kantor[KADIS].buka("/pimpinan?tampil=semua").text
    sweep_late(now=RABU + timedelta(hours=1))
    assert kantor[KADIS].buka(halaman).status_code == 200
    assert halaman in kantor[KADIS].buka("/pimpinan?tampil=semua").text
    ring = kantor[KADIS].buka("/pemberitahuan").text
    assert "lewat dua kali batas waktu" in ring
    assert "Dokumen pemohon hanya dapat dibuka" in kantor[KADIS].buka(halaman).text


def test_the_history_of_a_lapse_says_told_and_not_forwarded(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_kabid")
    close_account(kantor.orang[SEKRETARIS])
    sweep_late(now=RABU + timedelta(minutes=6))
    halaman = words(kantor[KABID].buka(file.alamat))
    assert "Batas waktu terlewati, diberitahukan ke Kepala Dinas karena Sekretaris sedang kosong" in halaman


class TestEmptyDesk:
    SENTENCE = "Tidak ada petugas yang dapat bekerja di meja Sekretaris hari ini; 1 berkas ada di sana."

    @pytest.fixture
    def kosong(self, kantor: Kantor) -> Kantor:
        """The Sekretaris' account is closed, and a file lies there."""
        kantor.bawa("paraf_sekretaris")
        close_account(kantor.orang[SEKRETARIS])
        return kantor

    @pytest.mark.parametrize(
        ("peran", "halaman"),
        [
            (Peran.ADMIN, "/admin/pengguna"),
            (Peran.ADMIN, "/admin/delegasi"),
            (Peran.ADMIN, "/admin/kalender"),
            (Peran.OPERATOR, "/operator"),
        ],
    )
    def test_it_is_named_where_it_can_be_filled_or_seen(self, kosong: Kantor, peran: Peran, halaman: str) -> None:
        make_officer("satu@uji.test", peran)
        assert self.SENTENCE in words(masuk(kosong.app, "satu@uji.test").buka(halaman))

    def test_the_leaders_are_told_what_to_do(self, kosong: Kantor) -> None:
        halaman = words(kosong[KADIS].buka("/pimpinan"))
        assert self.SENTENCE in halaman
        assert "Minta administrator menunjuk petugas, Plt. atau Plh." in halaman

    def test_doctor_names_it(self, kosong: Kantor) -> None:
        hasil = meja({})
        assert hasil.keadaan == "1 tanpa petugas"
        assert self.SENTENCE in hasil.obat

    def test_a_full_office_shows_nothing(self, kantor: Kantor) -> None:
        assert "Tidak ada petugas" not in kantor[KADIS].buka("/pimpinan").text
        assert meja({}).obat == ""


def clock_at(saat: datetime) -> None:
    """Pages are opened from this moment on; the fixture office_hours puts the clock back."""
    write_shift(settings().data, Shift(saat - real_now()))


class TestTimeLeft:
    def test_it_is_told_in_days_as_long_as_the_office_works(self, kantor: Kantor) -> None:
        six_hours_a_day()
        file = kantor.bawa("rekomendasi")
        clock_at(RABU - timedelta(minutes=5))  # before the office opens
        assert "Sisa 5 hari Tampilkan" in words(kantor[TECHNICAL].buka(file.alamat))
        clock_at(RABU + timedelta(days=6, hours=9))  # Selasa 18.00
        assert "! Waktu habis" in words(kantor[TECHNICAL].buka(file.alamat))
        clock_at(RABU + timedelta(days=8, hours=1))  # Kamis 10.00
        assert "! Lewat 1 hari 1 jam" in words(kantor[TECHNICAL].buka(file.alamat))

    def test_the_ordinary_week_reads_as_before(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        clock_at(RABU - timedelta(minutes=5))
        assert "Sisa 4 hari 6 jam" in words(kantor[TECHNICAL].buka(file.alamat))

    def test_an_extended_limit_is_quoted_as_extended(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        extend(at_desk(file.permohonan_id).tugas_id, 2, REASON, oleh=kantor.orang[KABID], now=RABU)
        kutipan = "(batas 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja)"
        assert kutipan in words(kantor[TECHNICAL].buka(file.alamat))
        assert kutipan in words(kantor[TECHNICAL].buka("/petugas/antrean"))
        assert kutipan in words(kantor[KABID].buka("/pimpinan?tampil=semua"))

    def test_the_tags_of_the_old_tenggat_go_with_it(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        lewat = RABU + timedelta(days=6, hours=8)
        sweep_late(now=lewat)
        clock_at(lewat)
        assert "! Lewat batas" in kantor[TECHNICAL].buka("/petugas/antrean").text
        extend(at_desk(file.permohonan_id).tugas_id, 2, REASON, oleh=kantor.orang[KABID], now=lewat)
        assert "! Lewat batas" not in kantor[TECHNICAL].buka("/petugas/antrean").text
