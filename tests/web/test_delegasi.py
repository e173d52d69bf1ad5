"""Substitutes, as the administrator appoints them and as they themselves see it."""

import re
import shutil
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import render_template_string
from sqlalchemy import select

from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Penugasan
from pipeline.roles import Peran
from pipeline.services.people.scans import AT_MOST
from pipeline.settings import settings
from pipeline.uploads.refusals import LARGEST_SIZE
from tests.corpus_pdfs import plain_pdf
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, bytes_received, examine, person
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import login, make_kantor, make_officer  # noqa: F401 - the fixture kantor


@pytest.fixture
def admin(app, db) -> Browser:
    make_officer("admin@uji.test", Peran.ADMIN, name="Admin Utama")
    return login(app, "admin@uji.test")


def content(kantor, recipient, **change):
    head = kantor.person[KEPALA_DINAS].person_id
    return {
        "menggantikan": f"kepala_dinas:{head}",
        "kepada": str(recipient),
        "dasar": "plh",
        "assignment_letter": "800/12/SP/2026",
        "start_date": "2026-11-25",
        "end_date": "2026-11-30",
        **change,
    }


def delegasi_id() -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(Penugasan.id).where(Penugasan.basis != "definitif")).one()


def count_delegasi() -> int:
    with unit_of_work() as s:
        return len(s.scalars(select(Penugasan.id).where(Penugasan.basis != "definitif")).all())


def received(admin: Browser, typed: dict[str, object], payload: bytes | None = None) -> str:
    """The address of a form whose scan has come in and waits."""
    admin.open_page("/admin/delegasi/baru")
    answer = admin.send("/admin/delegasi/baru", {**typed, "scan": (BytesIO(payload or plain_pdf()), "SP Plh.pdf")})
    assert answer.status_code == 303
    return answer.location.removesuffix("#scan")


def scan_id(address: str) -> str:
    return address.partition("?pindaian=")[2]


def words(browser: Browser, address: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", browser.open_page(address).text).split())


@pytest.fixture(autouse=True)
def nothing_came_before() -> None:
    """The database is emptied before each test; what came in for it goes too."""
    shutil.rmtree(settings().data / "unggahan", ignore_errors=True)


@pytest.fixture
def deputy(kantor) -> UUID:
    return kantor.person[SEKRETARIS].person_id


def test_a_substitute_is_appointed_and_has_the_queue(admin, kantor, deputy):
    form = admin.open_page("/admin/delegasi/baru").text
    assert "Petugas Kepala Dinas, Kepala Dinas" in form
    assert "Admin Utama" not in form
    assert admin.send("/admin/delegasi/baru", content(kantor, deputy)).status_code == 303
    listing = admin.open_page("/admin/delegasi").text
    for word in ("Petugas Sekretaris", "Plh. Kepala Dinas", "800/12/SP/2026", "25 November 2026 s.d. 30 November 2026"):
        assert word in listing
    antrean = kantor[SEKRETARIS].open_page("/petugas/antrean?peran=kepala_dinas")
    assert antrean.status_code == 200
    assert "Kepala Dinas (0)" in antrean.text


def test_the_scan_is_kept_and_comes_back(admin, kantor, deputy):
    address = received(admin, content(kantor, deputy))
    assert "SP Plh.pdf Sedang diperiksa" in words(admin, address)
    examine()
    assert "SP Plh.pdf Sudah diperiksa" in words(admin, address)
    saved = admin.send("/admin/delegasi/baru", content(kantor, deputy, pindaian=scan_id(address)))
    assert (saved.status_code, saved.location) == (303, "/admin/delegasi")
    letter = admin.open_page(f"/admin/delegasi/{delegasi_id()}/surat")
    assert letter.data.startswith(b"%PDF-")
    assert letter.headers["Content-Disposition"].startswith("attachment")


def test_while_the_scan_is_examined_nothing_is_saved_and_nothing_typed_is_lost(admin, kantor, deputy):
    first = content(kantor, deputy)
    address = received(admin, first)
    typed = {**first, "assignment_letter": "800/13/SP/2026", "pindaian": scan_id(address)}
    answer = admin.send("/admin/delegasi/baru", typed)
    assert answer.status_code == 422
    assert "Pindaian masih diperiksa. Tunggu sebentar, lalu simpan lagi." in answer.text
    assert 'value="800/13/SP/2026"' in answer.text
    assert count_delegasi() == 0
    listing = admin.open_page("/admin/delegasi").text
    assert f'href="{address}"' in listing, "who left it finds it again"
    assert 'value="800/13/SP/2026"' in admin.open_page(address).text
    examine()
    assert admin.send("/admin/delegasi/baru", typed).status_code == 303
    again = admin.send("/admin/delegasi/baru", typed)
    assert (again.status_code, count_delegasi()) == (422, 1)
    assert f'href="{address}"' not in admin.open_page("/admin/delegasi").text


def test_a_refused_scan_says_why_and_is_changed_or_put_away(admin, kantor, deputy):
    address = received(admin, content(kantor, deputy), b"%PDF-1.4 bukan apa-apa")
    examine()
    refused = words(admin, address)
    assert "SP Plh.pdf Ditolak" in refused
    assert "PDF ini" in refused
    typed = content(kantor, deputy, pindaian=scan_id(address))
    answer = admin.send("/admin/delegasi/baru", typed)
    assert answer.status_code == 422
    assert "atau hapus pindaian ini untuk menyimpan tanpa pindaian" in answer.text
    removed = admin.send("/admin/delegasi/baru", {**typed, "hapus-pindaian": "1"})
    assert removed.status_code == 200
    assert "Ditolak" not in removed.text
    assert 'value="800/12/SP/2026"' in removed.text
    assert admin.send("/admin/delegasi/baru", content(kantor, deputy)).status_code == 303
    assert count_delegasi() == 1


def test_another_scan_takes_the_place_of_the_one_on_the_page(admin, kantor, deputy):
    first = received(admin, content(kantor, deputy), b"%PDF-1.4 bukan apa-apa")
    second = received(admin, content(kantor, deputy, pindaian=scan_id(first)))
    assert len(bytes_received()) == 1
    examine()
    assert "SP Plh.pdf Sudah diperiksa" in words(admin, second)
    assert "SP Plh.pdf" not in words(admin, first)


def test_a_wrong_field_leaves_the_scan_where_it_is(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    wrong = content(kantor, deputy, assignment_letter="", scan=(BytesIO(plain_pdf()), "SP Plh.pdf"))
    answer = admin.send("/admin/delegasi/baru", wrong)
    assert answer.status_code == 422
    assert "Isi nomor surat perintah" in answer.text
    scan = answer.text.partition('name="pindaian" value="')[2].partition('"')[0]
    examine()
    assert admin.send("/admin/delegasi/baru", content(kantor, deputy, pindaian=scan)).status_code == 303
    assert admin.open_page(f"/admin/delegasi/{delegasi_id()}/surat").data.startswith(b"%PDF-")


@pytest.mark.attack("B02")
def test_a_scan_is_its_sender_s_alone(app, admin, kantor, deputy):
    address = received(admin, content(kantor, deputy))
    examine()
    make_officer("lain@uji.test", Peran.ADMIN, name="Admin Kedua")
    other = login(app, "lain@uji.test")
    assert "SP Plh.pdf" not in words(other, address)
    assert "SP Plh.pdf" not in words(other, "/admin/delegasi")
    typed = content(kantor, deputy, pindaian=scan_id(address))
    assert other.send("/admin/delegasi/baru", {**typed, "hapus-pindaian": "1"}).status_code == 200
    assert other.send("/admin/delegasi/baru", typed).status_code == 422
    assert admin.send("/admin/delegasi/baru", typed).status_code == 303


def test_what_is_too_large_or_too_many_is_refused_at_once(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    large = b"%PDF-1.7" + bytes(LARGEST_SIZE)
    answer = admin.send_large("/admin/delegasi/baru", "scan", "sp.pdf", large, **content(kantor, deputy))
    assert (answer.status_code, "terlalu besar" in answer.text) == (413, True)
    assert 'value="800/12/SP/2026"' in answer.text
    for _ in range(AT_MOST):
        received(admin, content(kantor, deputy))
    answer = admin.send("/admin/delegasi/baru", content(kantor, deputy, scan=(BytesIO(plain_pdf()), "sp.pdf")))
    assert (answer.status_code, "Terlalu banyak unggahan" in answer.text) == (422, True)
    assert len(bytes_received()) == AT_MOST


@pytest.mark.parametrize("scan", ["x", "", str(UUID(int=7))])
def test_an_address_that_names_no_scan_is_a_new_form(admin, kantor, scan):
    assert 'value="2026-11-25"' in admin.open_page(f"/admin/delegasi/baru?pindaian={scan}").text


def test_without_a_scan_there_is_nothing_to_open(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy))
    assert admin.open_page(f"/admin/delegasi/{delegasi_id()}/surat").status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"assignment_letter": ""}, "Isi nomor surat perintah"),
        ({"end_date": "2026-11-24"}, "Tanggal akhir harus hari ini atau sesudahnya"),
        ({"end_date": "2028-01-01"}, "paling lama satu tahun"),
        ({"start_date": ""}, "Tanggal belum terbaca"),
        ({"dasar": "definitif"}, "Pilih Plt. atau Plh."),
        ({"kepada": "bukan-uuid"}, "Pilih orangnya dari daftar"),
        ({"menggantikan": "kepala_dinas:x"}, "Pilih jabatan dan pejabatnya"),
        ({"scan": (BytesIO(b"MZ bukan pdf"), "sp.pdf")}, "bukan PDF"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_is_kept(admin, kantor, deputy, change, sentence):
    admin.open_page("/admin/delegasi/baru")
    answer = admin.send(
        "/admin/delegasi/baru", {**content(kantor, deputy), **change}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    if "assignment_letter" not in change:
        assert 'value="800/12/SP/2026"' in answer.text


def test_only_officers_with_an_account_stand_in(admin, kantor, pemohon):
    admin.open_page("/admin/delegasi/baru")
    for recipient in (pemohon.person_id, person()):
        assert admin.send("/admin/delegasi/baru", content(kantor, recipient)).status_code == 422


def test_two_substitutes_at_once_are_refused_beside_the_date(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy))
    other = content(kantor, kantor.person[KABID_PERIZINAN].person_id, start_date="2026-11-30", end_date="2026-12-02")
    answer = admin.send("/admin/delegasi/baru", other)
    assert answer.status_code == 422
    assert "Sudah ada pengganti untuk peran ini" in answer.text


def test_a_vacant_post_gets_a_plt_but_no_plh(admin, kantor, deputy):
    """The Kepala Dinas retired yesterday: a Plt may act from today on, a Plh needs somebody who is only away."""
    with unit_of_work() as s:
        head = kantor.person[KEPALA_DINAS].person_id
        s.scalars(select(Penugasan).where(Penugasan.person_id == head)).one().end_date = WEDNESDAY.date() - timedelta(1)
    admin.open_page("/admin/delegasi/baru")
    assert admin.send("/admin/delegasi/baru", content(kantor, deputy)).status_code == 422
    assert admin.send("/admin/delegasi/baru", content(kantor, deputy, dasar="plt")).status_code == 303
    assert "Plt. Kepala Dinas" in admin.open_page("/admin/delegasi").text


def test_a_delegation_is_ended_early_and_never_prolonged(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy))
    address = f"/admin/penugasan/{delegasi_id()}/akhiri"
    assert "menggantikan Petugas Kepala Dinas" in admin.open_page(address).text
    assert admin.send(address, {"end_date": "2027-05-01"}).status_code == 422
    assert admin.send(address, {"end_date": "2026-11-26"}).location == "/admin/delegasi"
    assert "s.d. 26 November 2026" in admin.open_page("/admin/delegasi").text
    next_days = WEDNESDAY + timedelta(days=2)
    write_shift(settings().data, Shift(next_days - real_now()))
    assert kantor[SEKRETARIS].open_page("/petugas/antrean?peran=kepala_dinas").status_code == 403


def test_a_coming_delegation_is_taken_back(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy, start_date="2026-12-01", end_date="2026-12-04"))
    assert "Akan datang" in admin.open_page("/admin/delegasi").text
    assert admin.send(f"/admin/penugasan/{delegasi_id()}/akhiri", {"batalkan": "ya"}).status_code == 303
    assert "Tidak ada pengganti" in admin.open_page("/admin/delegasi").text


def banner(browser: Browser) -> str:
    """What stands on every staff page of this person."""
    with browser.web_client as web_client:
        web_client.get("/petugas/antrean")
        return render_template_string("{% include 'petugas/_substitute.html' %}")


def test_the_substitute_is_told_in_whose_place_they_act(admin, kantor, deputy):
    assert banner(kantor[SEKRETARIS]).strip() == ""
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy))
    text = banner(kantor[SEKRETARIS])
    assert "Anda bertindak sebagai <strong>Plh. Kepala Dinas</strong> s.d. 30 November 2026 (SP 800/12/SP/2026)" in text
    assert "Buat sertifikat" in text


def test_the_substitute_makes_a_certificate_and_is_reminded_no_more(admin, kantor, deputy):
    admin.open_page("/admin/delegasi/baru")
    admin.send("/admin/delegasi/baru", content(kantor, deputy))
    secretary = kantor[SEKRETARIS]
    secretary.open_page("/petugas/sertifikat")
    phrase = "frasa pengganti"
    delivery = {"sandi": PASSWORD, "passphrase": phrase, "ulangi": phrase}
    assert secretary.send("/petugas/sertifikat", delivery).status_code == 303
    assert "Buat sertifikat" not in banner(kantor[SEKRETARIS])


def test_an_empty_form_tells_everything_at_once(admin, kantor):
    admin.open_page("/admin/delegasi/baru")
    page = admin.send("/admin/delegasi/baru", {}).text
    for code in ("kepada", "menggantikan", "dasar", "assignment_letter", "start_date", "end_date"):
        assert f'href="#{code}"' in page, code
