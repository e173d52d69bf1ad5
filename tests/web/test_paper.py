"""The administrator takes over the register of paper decrees, seen before it is taken; nobody reads "signed here"."""

import html
import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from pipeline.roles import Peran
from tests.desks import BACK_OFFICE, KABID_PERIZINAN
from tests.papers_before import HEADER, number, register_file, take
from tests.unit.office_files import excel_file
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

ADDRESS = "/admin/register"
ROWS = (
    (number(7, 2021), "Yayasan Kasih Bunda", "td_lks", "5 Januari 2021", "5 Januari 2026"),
    (number(41), "Panti <b>Harapan</b>"),
    (number(41), "Kembarannya"),
    (number(42), "Tanpa Tanggal", "td_lks", "kapan-kapan"),
)


@pytest.fixture
def admin(make_petugas) -> SamplePerson:
    return make_petugas(Peran.ADMIN, email="admin@uji.test", name="Rina Admin")


def words(answer: TestResponse) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.text).split()))


def look(browser: Browser, content: bytes, name: str = "register.xlsx") -> TestResponse:
    browser.open_page(ADDRESS)
    form = {"csrf_token": browser.token, "berkas": (BytesIO(content), name)}
    answer = browser.web_client.post(f"{ADDRESS}/lihat", data=form, content_type="multipart/form-data")
    browser._note(answer)
    return answer


def press(browser: Browser, page: TestResponse) -> TestResponse:
    return browser.send(f"{ADDRESS}/ambil", dict(re.findall(r'name="(sha256|dilihat)" value="([^"]+)"', page.text)))


def test_a_register_is_seen_before_it_is_taken_and_taken_once(admin: SamplePerson) -> None:
    rows = [(*row, *("", "", "td_lks", "5 Januari 2026", "5 Januari 2031", "", "")[len(row) :]) for row in ROWS]
    file = excel_file({"Register": [HEADER, *rows]})
    page = look(admin.browser, file)
    told = words(page)
    assert page.status_code == 200
    assert "2 baris dapat diambil, 2 tidak." in told
    assert f"baris 4 {number(41)} | Kembarannya Nomor ini sudah ada pada baris 3." in told
    assert "baris 5" in told
    assert "Tanggal terbit 'kapan-kapan'" in told
    assert "nomor tertinggi 41, jadi surat berikutnya paling kecil 42" in told
    assert "<b>Harapan" not in page.text
    assert "Belum ada yang diambil" in words(admin.browser.open_page(ADDRESS))
    assert press(admin.browser, page).status_code == 303
    after = words(admin.browser.open_page(ADDRESS))
    assert "2 surat di kertas diambil ke register." in after
    assert "Rina Admin 2 surat dari register.xlsx" in after
    assert "2026: di kertas s.d. nomor 41" in after
    again = look(admin.browser, file)
    assert (again.status_code, "sudah diambil pada 25 November 2026" in words(again)) == (422, True)
    assert press(admin.browser, page).status_code == 422


@pytest.mark.attack("C01")
@pytest.mark.parametrize(
    "content",
    [
        b"", b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04rusak", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"satu,dua\n1,2", b"\x00\xff" * 50,
    ],
)  # fmt: skip
def test_a_file_that_is_no_register_is_a_sentence_beside_its_field(admin: SamplePerson, content: bytes) -> None:
    answer = look(admin.browser, content)
    assert (answer.status_code, 'id="berkas-error"' in answer.text) == (422, True)


def test_nothing_chosen_and_nothing_seen_are_sentences_too(admin: SamplePerson) -> None:
    admin.browser.open_page(ADDRESS)
    assert "Pilih berkas registernya dahulu." in admin.browser.send(f"{ADDRESS}/lihat").text
    answer = admin.browser.send(f"{ADDRESS}/ambil", {"sha256": "x", "dilihat": "y"})
    assert (answer.status_code, "tidak tersimpan lagi" in answer.text) == (422, True)


def test_what_changed_since_it_was_seen_is_seen_again(admin: SamplePerson) -> None:
    page = look(admin.browser, register_file((number(41), "A"), (number(42), "B")))
    take((number(42), "B"))
    answer = press(admin.browser, page)
    assert (answer.status_code, "berubah sejak Anda melihatnya" in answer.text) == (409, True)


def test_the_last_number_on_paper_is_said_by_hand_and_only_rises(admin: SamplePerson) -> None:
    admin.browser.open_page(ADDRESS)
    answer = admin.browser.send(f"{ADDRESS}/nomor", {"seri": "td_lks.sk", "last": "41"})
    assert answer.status_code == 303
    page = words(admin.browser.open_page(ADDRESS))
    assert "surat berikutnya pada deret itu bernomor 42" in page
    assert "(sudah sampai 41)" in page
    for series, last, sentence in (
        ("td_lks.sk", "40", "Awal deret ini sudah nomor 41"),
        ("td_lks.sk", "empat", "Tulis nomor urutnya saja"),
        ("td_lks.sk", "0", "Tulis nomor urutnya saja"),
        ("td_lks.sk", "9" * 7, "Tulis nomor urutnya saja"),
        ("lain", "50", "Pilih deretnya dari daftar."),
    ):
        refused = admin.browser.send(f"{ADDRESS}/nomor", {"seri": series, "last": last})
        assert (refused.status_code, sentence in refused.text) == (422, True), (series, last)
    assert f'value="{"9" * 7}"' not in refused.text
    assert 'value="50"' in refused.text


def test_leaders_and_administrators_read_what_was_on_paper(kantor: Kantor, admin: SamplePerson) -> None:
    take(*ROWS[:2])
    for browser in (kantor[KABID_PERIZINAN], admin.browser):
        page = words(browser.open_page("/pimpinan/register-nomor"))
        assert "Surat yang terbit di atas kertas , dari sebelum" in page
        assert "Di kertas s.d. nomor 41; surat berikutnya bernomor 42." in page
        listed = words(browser.open_page("/pimpinan/register-kertas"))
        assert f"{number(7, 2021)} Yayasan Kasih Bunda, Cempaka" in listed
        assert "5 Januari 2026 Sudah lewat" in listed
        assert "Kasih Bunda" not in words(browser.open_page("/pimpinan/register-kertas?cari=harapan"))
        assert "Kasih Bunda" in words(browser.open_page(f"/pimpinan/register-kertas?cari={number(7, 2021)}"))
        assert "cocok dengan “%”" in words(browser.open_page("/pimpinan/register-kertas?cari=%25"))
    assert kantor[BACK_OFFICE].open_page("/pimpinan/register-kertas").status_code == 403


@pytest.mark.attack("E12")
def test_the_public_is_told_that_paper_cannot_be_proved_here(guest: Browser) -> None:
    take(*ROWS[:2])
    page = guest.open_page(f"/verifikasi?kode={number(7, 2021)}", follow_redirects=True)
    told = words(page)
    assert page.status_code == 200
    assert "TERBIT DI ATAS KERTAS" in told
    assert "Keasliannya tidak dapat diperiksa secara elektronik." in told
    assert "Yayasan Kasih Bunda" in told
    assert "5 Januari 2026 (sudah lewat)" in told
    for signed in ("BERLAKU", "ASLI", "verdict--good", "Penanda tangan", "SHA-256", "asli dan masih berlaku"):
        assert signed not in page.text, signed
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert guest.open_page(f"/verifikasi/{number(8, 2021)}").status_code == 404
