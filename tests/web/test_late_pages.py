"""What is late on the screens: who may open it, which desks are empty, how much time is left in this office's days."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from ops.doctor.office import desk
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
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, person
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, SECRETARY, KADIS = DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS
REASON = "Lokasi banjir, tim belum dapat meninjau."


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def close_account(person: Petugas) -> None:
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.person_id == person.person_id).values(active=False))


def six_hours_a_day() -> None:
    seed_calendar(WEDNESDAY)
    hours = {**dict.fromkeys(range(5), "09.00-12.00 13.00-16.00"), 5: "", 6: ""}
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    change_calendar(ChangeHours(parse_hours(hours)), actor=admin, version=read_calendar().version, now=WEDNESDAY)


def test_the_kepala_dinas_opens_the_kabids_file_he_was_told_of(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    page = f"/petugas/permohonan/{file.permohonan_id}"
    assert kantor[KADIS].open_page(page).status_code == 404
    assert page not in kantor[KADIS].open_page("/pimpinan?tampil=semua").text
    sweep_late(now=WEDNESDAY + timedelta(hours=1))
    assert kantor[KADIS].open_page(page).status_code == 200
    assert page in kantor[KADIS].open_page("/pimpinan?tampil=semua").text
    ring = kantor[KADIS].open_page("/pemberitahuan").text
    assert "lewat dua kali batas waktu" in ring
    assert "Dokumen pemohon hanya dapat dibuka" in kantor[KADIS].open_page(page).text


def test_the_history_of_a_lapse_says_told_and_not_forwarded(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    close_account(kantor.person[SECRETARY])
    sweep_late(now=WEDNESDAY + timedelta(minutes=6))
    page = words(kantor[KABID].open_page(file.address))
    assert "Batas waktu terlewati, diberitahukan ke Kepala Dinas karena Sekretaris sedang kosong" in page


class TestEmptyDesk:
    SENTENCE = "Tidak ada petugas yang dapat bekerja di meja Sekretaris hari ini; 1 berkas ada di sana."

    @pytest.fixture
    def empty(self, kantor: Kantor) -> Kantor:
        """The Sekretaris' account is closed, and a file lies there."""
        kantor.carry("paraf_sekretaris")
        close_account(kantor.person[SECRETARY])
        return kantor

    @pytest.mark.parametrize(
        ("peran", "page"),
        [
            (Peran.ADMIN, "/admin/pengguna"),
            (Peran.ADMIN, "/admin/delegasi"),
            (Peran.ADMIN, "/admin/kalender"),
            (Peran.OPERATOR, "/operator"),
        ],
    )
    def test_it_is_named_where_it_can_be_filled_or_seen(self, empty: Kantor, peran: Peran, page: str) -> None:
        make_officer("satu@uji.test", peran)
        assert self.SENTENCE in words(login(empty.app, "satu@uji.test").open_page(page))

    def test_the_leaders_are_told_what_to_do(self, empty: Kantor) -> None:
        page = words(empty[KADIS].open_page("/pimpinan"))
        assert self.SENTENCE in page
        assert "Minta administrator menunjuk petugas, Plt. atau Plh." in page

    def test_doctor_names_it(self, empty: Kantor) -> None:
        (result,) = desk({})
        assert result.state == "1 tanpa petugas"
        assert self.SENTENCE in result.remedy

    def test_a_full_office_shows_nothing(self, kantor: Kantor) -> None:
        assert "Tidak ada petugas" not in kantor[KADIS].open_page("/pimpinan").text
        assert [result.remedy for result in desk({})] == [""]


def clock_at(moment: datetime) -> None:
    """Pages are opened from this moment on; the fixture office_hours puts the clock back."""
    write_shift(settings().data, Shift(moment - real_now()))


class TestTimeLeft:
    def test_it_is_told_in_days_as_long_as_the_office_works(self, kantor: Kantor) -> None:
        six_hours_a_day()
        file = kantor.carry("rekomendasi")
        clock_at(WEDNESDAY - timedelta(minutes=5))  # before the office opens
        assert "Sisa 5 hari Tampilkan" in words(kantor[TECHNICAL].open_page(file.address))
        clock_at(WEDNESDAY + timedelta(days=6, hours=9))  # Selasa 18.00
        assert "! Waktu habis" in words(kantor[TECHNICAL].open_page(file.address))
        clock_at(WEDNESDAY + timedelta(days=8, hours=1))  # Kamis 10.00
        assert "! Lewat 1 hari 1 jam" in words(kantor[TECHNICAL].open_page(file.address))

    def test_the_ordinary_week_reads_as_before(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        clock_at(WEDNESDAY - timedelta(minutes=5))
        assert "Sisa 4 hari 6 jam" in words(kantor[TECHNICAL].open_page(file.address))

    def test_an_extended_limit_is_quoted_as_extended(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        extend(at_desk(file.permohonan_id).tugas_id, 2, REASON, actor=kantor.person[KABID], now=WEDNESDAY)
        quote = "(batas 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja)"
        assert quote in words(kantor[TECHNICAL].open_page(file.address))
        assert quote in words(kantor[TECHNICAL].open_page("/petugas/antrean"))
        assert quote in words(kantor[KABID].open_page("/pimpinan?tampil=semua"))

    def test_the_tags_of_the_old_tenggat_go_with_it(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        overdue = WEDNESDAY + timedelta(days=6, hours=8)
        sweep_late(now=overdue)
        clock_at(overdue)
        assert "! Lewat batas" in kantor[TECHNICAL].open_page("/petugas/antrean").text
        extend(at_desk(file.permohonan_id).tugas_id, 2, REASON, actor=kantor.person[KABID], now=overdue)
        assert "! Lewat batas" not in kantor[TECHNICAL].open_page("/petugas/antrean").text
