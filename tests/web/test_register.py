"""The register of numbers, as leaders and administrators read it."""

import pytest
from sqlalchemy import text

from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.documents.signing import OutcomeUnknown
from pipeline.models import Permohonan
from pipeline.roles import Peran
from pipeline.services.applicant.close import withdraw
from pipeline.settings import settings
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY
from tests.owner import as_owner
from tests.web.desk import PASSPHRASE, Kantor, give_certificate, login, make_kantor, make_officer  # noqa: F401 - a fixture
from tests.web.test_signature import _raises, sign

KABID, HEADERS = KABID_PERIZINAN, KEPALA_DINAS
ADDRESS = "/pimpinan/register-nomor"


@pytest.fixture
def numbers(kantor: Kantor) -> Kantor:
    """0001 in use; 0002 reserved for a file; 0003 freed by a withdrawal."""
    give_certificate(kantor)
    used, reserved, freed = (kantor.carry("tanda_tangan", seed=b) for b in "abc")
    assert sign(kantor, used, PASSPHRASE).status_code == 303
    for file in (reserved, freed):
        assert sign(kantor, file, "salah").status_code == 422
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, freed.permohonan_id).pemohon_id
    withdraw(freed.permohonan_id, actor=pemohon, now=WEDNESDAY)
    return kantor


def words(page: str) -> str:
    return " ".join(page.split())


def test_every_number_of_the_year_stands_there_and_none_is_missing(numbers: Kantor) -> None:
    page = words(numbers[KABID].open_page(ADDRESS).text)
    assert "Nomor 1 s.d. 3: 1 terpakai, 1 dipesan, 1 bebas." in page
    assert "Tidak ada yang hilang" in page
    assert "503/0003/TD-LKS/DPMPTSP/2026" in page
    assert "Pemohon membatalkan permohonannya" in page
    assert "register-nomor" in numbers[KABID].open_page("/pimpinan").text


def test_after_new_year_what_was_not_used_is_cancelled_with_its_reason(numbers: Kantor) -> None:
    write_shift(settings().data, Shift(WEDNESDAY.replace(year=2027, month=1) - real_now()))
    assert "Belum ada nomor pada tahun ini" in numbers[HEADERS].open_page(ADDRESS).text
    page = words(numbers[HEADERS].open_page(f"{ADDRESS}?tahun=2026").text)
    assert "Nomor 1 s.d. 3: 1 terpakai, 2 dibatalkan." in page
    assert "Tahun berakhir sebelum suratnya ditandatangani" in page


def test_a_number_that_is_gone_is_named(numbers: Kantor) -> None:
    with as_owner() as s:
        s.execute(text("DELETE FROM nomor_register WHERE sequence = 3"))
    assert "Tidak tercatat: nomor 3." in numbers[KABID].open_page(ADDRESS).text


def test_an_administrator_reads_it_and_a_desk_does_not(app, numbers: Kantor) -> None:
    make_officer("admin@uji.test", Peran.ADMIN)
    admin = login(app, "admin@uji.test")
    assert admin.open_page(ADDRESS).status_code == 200
    assert numbers[BACK_OFFICE].open_page(ADDRESS).status_code == 403
    for odd in ("?tahun=1999", "?tahun=x", "?tahun=٢٠٢٦", "?seri=x", "?tahun=99999999999"):
        assert admin.open_page(ADDRESS + odd).status_code == 404, odd


def test_pages_say_who_finds_out_while_nobody_knows_whether_it_is_signed(
    kantor: Kantor, make_pemohon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Desk, applicant, register: the file can be neither returned nor withdrawn, and it does not say "tunggu"."""
    give_certificate(kantor)
    pemohon = make_pemohon("lain@uji.test")
    file = kantor.carry("tanda_tangan", pemohon=pemohon.person_id)
    with monkeypatch.context() as m:
        m.setattr("pipeline.documents.signing.local.LocalSigner.sign", _raises(OutcomeUnknown))
        assert sign(kantor, file, PASSPHRASE).status_code == 503
    desk = words(kantor[HEADERS].open_page(file.address).text)
    assert "Hasil tanda tangan belum diketahui.</strong> Petugas Kepala Dinas memeriksanya" in desk
    assert "formulir-keputusan" not in desk
    back = kantor[HEADERS].send(
        f"{file.address}/keputusan", file.shown(keputusan="kembalikan", ke="susun_sk", alasan="Tembusan keliru.")
    )
    assert (back.status_code, "Petugas Kepala Dinas memeriksanya" in back.text) == (409, True)
    own = f"/permohonan/{file.permohonan_id}"
    assert "tidak dapat dibatalkan: penanda tangan di kantor" in words(pemohon.browser.open_page(own).text)
    taken = pemohon.browser.send(f"{own}/batalkan")
    assert (taken.status_code, "hasilnya belum diketahui" in words(taken.text)) == (409, True)
    assert "Hasil tanda tangannya belum diketahui" in words(kantor[KABID].open_page(ADDRESS).text)
    assert kantor[HEADERS].send(f"{file.address}/tanda-tangan/belum").status_code == 303
    assert pemohon.browser.send(f"{own}/batalkan").status_code == 303


def test_a_decision_on_a_withdrawn_file_says_so_and_names_no_applicant(kantor: Kantor, make_pemohon) -> None:
    pemohon = make_pemohon("lain@uji.test", "Ahmad Fauzi")
    file = kantor.carry("paraf_kabid", pemohon=pemohon.person_id)
    address, content = file.address, file.shown(keputusan="setujui")
    kantor[KABID].open_page(address)
    withdraw(file.permohonan_id, actor=pemohon.person_id, now=WEDNESDAY)
    for part in ("keputusan", "ambil"):
        answer = kantor[KABID].send(f"{address}/{part}", content)
        assert (answer.status_code, "sudah dibatalkan pemohonnya" in answer.text) == (409, True), part
        assert "Ahmad Fauzi" not in answer.text
    left = kantor[KABID].open_page(address, follow_redirects=True).text
    assert "Ahmad Fauzi" not in left
