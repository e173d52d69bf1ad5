"""The administrator's calendar page: look at the effect first, then save; what is wrong is said on the form."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine, text

from pipeline.queries.calendar import read_calendar
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import Impact, seed_calendar
from tests.factories import WEDNESDAY, at_desk
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

IMPACT, SAVE = "/admin/kalender/dampak", "/admin/kalender/simpan"
FLOOD = {"jenis": "tambah", "tanggal": "2026-11-26", "sampai": "", "nama": "Banjir"}
HOURS = {f"jam-{h}": "07.30-12.00 13.00-16.00" for h in range(5)} | {"jam-5": "", "jam-6": ""}


@pytest.fixture
def admin(make_petugas, db: Engine) -> SamplePerson:
    seed_calendar(WEDNESDAY)
    return make_petugas(Peran.ADMIN, email="admin@uji.test", name="Rina Admin")


def save(browser: Browser, isian: dict[str, str]):
    """Look at the effect, then press Simpan with what that page carries."""
    page = browser.open_page(IMPACT, query_string=isian)
    assert page.status_code == 200, page.text
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page.text)
    return browser.send(SAVE, {k: n for k, n in hidden if k != "csrf_token"})


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_the_year_is_shown_with_what_is_only_an_estimate(admin: SamplePerson) -> None:
    page = words(admin.browser.open_page("/admin/kalender"))
    assert "Jumat 25 Desember 2026 Hari Raya Natal Nasional Pasti" in page
    assert "Tabel hari libur 2027 masih memuat" in page
    assert "07.30-12.00 13.00-16.00" in page
    assert "hari libur bawaan tahun 2024 sampai 2028" in page
    front = words(admin.browser.open_page("/admin/kalender?tahun=2027"))
    assert "Perkiraan Pastikan" in front
    assert "tanggal perkiraan 2027" in front


def test_what_is_lacking_is_told_on_every_page_of_the_administrator(admin: SamplePerson) -> None:
    page = admin.browser.open_page("/admin/pengguna")
    assert "Tabel hari libur 2027 masih memuat 3 tanggal perkiraan." in page.text
    assert 'href="/admin/kalender">Lengkapi kalender' in page.text


def test_a_day_off_is_looked_at_first_and_then_saved(admin: SamplePerson, kantor: Kantor) -> None:
    berkas = kantor.carry("rekomendasi")
    page = words(admin.browser.open_page(IMPACT, query_string=FLOOD))
    assert "Libur ditambah: Kamis 26 November 2026, Banjir" in page
    assert "1 dari 1 berkas berjalan bergeser tenggatnya." in page
    assert "1 Desember 2026 16.00 WITA 2 Desember 2026 16.00 WITA" in page
    assert date(2026, 11, 26) not in read_calendar().content.libur
    answer = save(admin.browser, FLOOD)
    assert (answer.status_code, answer.location) == (303, "/admin/kalender?tahun=2026")
    page = words(admin.browser.open_page(answer.location))
    assert "Kalender disimpan. 1 berkas bergeser tenggatnya." in page
    assert "Rina Admin" in page
    assert "Kamis 26 November 2026 Banjir Kantor Pasti" in page
    assert at_desk(berkas.permohonan_id).langkah == "rekomendasi"


def test_every_kind_of_change_is_saved_from_its_form(admin: SamplePerson) -> None:
    estimate = [h for h, x in read_calendar().content.libur.items() if x.estimate and h.year == 2027]
    musim = {
        "jenis": "musim",
        "nama": "Ramadan 1448 H",
        "start_date": "2027-02-08",
        "end_date": "2027-03-09",
        **HOURS,
        "jam-0": "08.00-12.00 12.30-15.00",
    }
    for isian in (
        {"jenis": "hapus", "tanggal": "2026-12-24"},
        {"jenis": "pastikan", "tanggal": estimate[0].isoformat()},
        {"jenis": "pindah", "dari": estimate[1].isoformat(), "ke": "2027-03-17"},
        {"jenis": "jam", **HOURS, "jam-5": "08.00-12.00"},
        musim,
        {**musim, "lama": "2027-02-08", "start_date": "2027-02-07"},
    ):
        assert save(admin.browser, isian).status_code == 303, isian
    content = read_calendar().content
    assert date(2026, 12, 24) not in content.libur
    assert not content.libur[estimate[0]].estimate
    assert date(2027, 3, 17) in content.libur
    assert 5 in content.hours
    assert [m.start_date for m in content.musim] == [date(2027, 2, 7)]
    assert "Ramadan 1448 H" in admin.browser.open_page("/admin/kalender/musim?mulai=2027-02-07").text
    assert save(admin.browser, {"jenis": "hapus-musim", "lama": "2027-02-07"}).status_code == 303
    assert read_calendar().content.musim == ()


def test_a_list_from_the_decree_is_added_in_one_go(admin: SamplePerson) -> None:
    listing = "23-12-2027 Cuti bersama\n\n 27 Desember 2027, Cuti bersama Natal kedua"
    admin.browser.open_page("/admin/kalender")
    page = admin.browser.send(IMPACT, {"jenis": "daftar", "daftar": listing})
    assert "Senin 27 Desember 2027, Cuti bersama Natal kedua" in page.text
    assert save(admin.browser, {"jenis": "daftar", "daftar": "28/12/2027 Libur"}).status_code == 303


@pytest.mark.parametrize(
    ("isian", "word"),
    [
        ({**FLOOD, "tanggal": "besok"}, "Pilih tanggalnya"),
        ({**FLOOD, "tanggal": ""}, "Pilih tanggalnya"),
        ({**FLOOD, "nama": " "}, "Tulis nama hari liburnya"),
        ({**FLOOD, "nama": "x" * 500}, "paling panjang 120"),
        ({**FLOOD, "nama": "a\0b"}, "tanda yang tidak dapat dibaca"),
        ({**FLOOD, "sampai": "2026-11-01"}, "sebelum tanggal mulai"),
        ({**FLOOD, "sampai": "2027-11-01"}, "paling banyak 40"),
        ({**FLOOD, "tanggal": "2026-12-25"}, "sudah libur: Hari Raya Natal"),
        *(({**FLOOD, "tanggal": t}, "Pilih tanggalnya") for t in ("2026-W10", "2026W10", "20261126", "2026-11-26T00")),
        ({**FLOOD, "tanggal": "0001-01-01"}, "Tahun 1 di luar kalender"),
        ({"jenis": "daftar", "daftar": "Natal"}, "belum terbaca"),
        ({"jenis": "daftar", "daftar": "31-02-2027 Keliru"}, "belum terbaca"),
        ({"jenis": "daftar", "daftar": ""}, "Tulis tanggal"),
        ({"jenis": "hapus", "tanggal": "2026-11-24"}, "bukan hari libur"),
        ({"jenis": "pastikan"}, "Tidak ada tanggal perkiraan"),
        ({"jenis": "jam", **HOURS, "jam-2": "malam"}, "Jam Rabu belum terbaca"),
        ({"jenis": "jam", **HOURS, "jam-4": "07.30-11.30 13.00-16.30"}, "Tidak ada yang berubah"),
        ({"jenis": "jam"}, "Paling sedikit satu hari"),
        (
            {"jenis": "musim", **HOURS, "nama": "R", "start_date": "2027-02-08", "end_date": ""},
            "Pilih tanggalnya",
        ),
        ({"jenis": "apa"}, "tidak dikenal"),
        ({}, "tidak dikenal"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(admin: SamplePerson, isian: dict[str, str], word: str) -> None:
    page = admin.browser.open_page(IMPACT, query_string=isian)
    assert page.status_code == 422
    assert word in page.text
    assert read_calendar().version == 1


def test_typed_values_stay_on_the_form(admin: SamplePerson) -> None:
    page = admin.browser.open_page(
        IMPACT, query_string={"jenis": "jam", **HOURS, "jam-1": "pagi", "jam-3": "09.00-10.00"}
    )
    assert 'value="pagi"' in page.text
    assert 'value="09.00-10.00"' in page.text
    assert 'href="#jam-1"' in page.text


def test_who_was_slower_looks_again(admin: SamplePerson) -> None:
    assert save(admin.browser, FLOOD).status_code == 303
    for version in ("1", "", "x", "9" * 30, "9" * 5000):
        answer = admin.browser.send(SAVE, {**FLOOD, "tanggal": "2026-11-27", "versi": version})
        assert answer.status_code == 409
        assert "sudah diubah orang lain" in answer.text
    assert read_calendar().version == 2


def test_saving_without_its_form_is_refused(admin: SamplePerson) -> None:
    admin.browser.open_page("/admin/kalender")
    assert admin.browser.send(SAVE, {"jenis": "tambah", "versi": "1"}).status_code == 422
    assert admin.browser.web_client.post(SAVE, data=FLOOD).status_code == 400


@pytest.mark.parametrize(
    "address", ["/admin/kalender?tahun=9999&halaman=99", "/admin/kalender?tahun=x", "/admin/kalender/jam"]
)
def test_odd_addresses_are_answered(admin: SamplePerson, address: str) -> None:
    assert admin.browser.open_page(address).status_code == 200


def test_a_season_that_is_not_there_is_404(admin: SamplePerson) -> None:
    assert admin.browser.open_page("/admin/kalender/musim").status_code == 200
    assert admin.browser.open_page("/admin/kalender/musim?mulai=2027-02-07").status_code == 404


def test_an_empty_year_says_so(admin: SamplePerson, db: Engine) -> None:
    with db.begin() as c:
        c.execute(text("DELETE FROM libur WHERE day >= '2027-01-01'"))
    assert "Tabel hari libur 2027 masih kosong." in admin.browser.open_page("/admin/kalender").text
    assert "Belum ada hari libur 2027" in admin.browser.open_page("/admin/kalender?tahun=2027").text


def test_the_numbers_are_told_in_sentences() -> None:
    from web.admin.calendar import impact_sentence

    def told(shifted: int, not_past: int, overdue: int) -> str:
        d = Impact(
            version=1,
            change=(),
            berkas=40,
            every=True,
            shifted=shifted,
            no_longer_overdue=not_past,
            newly_overdue=overdue,
            janji_moved=shifted,
            contoh=(),
        )
        return " ".join(impact_sentence(d))

    assert told(12, 3, 0) == (
        "12 dari 40 berkas berjalan bergeser tenggatnya. 3 yang lewat waktu menjadi tidak lewat, 0 menjadi lewat."
        " Janji kepada pemohon bergeser pada 12 berkas."
    )
    assert "Tidak ada berkas yang menjadi lewat waktu karenanya." in told(12, 0, 0)
    assert told(0, 0, 0) == "Tidak ada tenggat yang bergeser dari 40 berkas berjalan."
