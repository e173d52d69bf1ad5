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
from tests.factories import RABU
from tests.web.meja import PASSPHRASE, Kantor, give_certificate, make_kantor, make_officer, masuk  # noqa: F401 - a fixture
from tests.web.test_tanda_tangan import _raises, sign

KABID, HEADERS = Peran.KABID_PERIZINAN, Peran.KEPALA_DINAS
ADDRESS = "/pimpinan/register-nomor"


@pytest.fixture
def numbers(kantor: Kantor) -> Kantor:
    """0001 in use; 0002 reserved for a file; 0003 freed by a withdrawal."""
    give_certificate(kantor)
    used, reserved, freed = (kantor.bawa("tanda_tangan", benih=b) for b in "abc")
    assert sign(kantor, used, PASSPHRASE).status_code == 303
    for file in (reserved, freed):
        assert sign(kantor, file, "salah").status_code == 422
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, freed.permohonan_id).pemohon_id
    withdraw(freed.permohonan_id, oleh=pemohon, now=RABU)
    return kantor


def words(halaman: str) -> str:
    return " ".join(halaman.split())


def test_every_number_of_the_year_stands_there_and_none_is_missing(numbers: Kantor) -> None:
    halaman = words(numbers[KABID].buka(ADDRESS).text)
    assert "Nomor 1 s.d. 3: 1 terpakai, 1 dipesan, 1 bebas." in halaman
    assert "Tidak ada yang hilang" in halaman
    assert "503/0003/TD-LKS/DPMPTSP/2026" in halaman
    assert "Pemohon membatalkan permohonannya" in halaman
    assert "register-nomor" in numbers[KABID].buka("/pimpinan").text


def test_after_new_year_what_was_not_used_is_cancelled_with_its_reason(numbers: Kantor) -> None:
    write_shift(settings().data, Shift(RABU.replace(year=2027, month=1) - real_now()))
    assert "Belum ada nomor pada tahun ini" in numbers[HEADERS].buka(ADDRESS).text
    halaman = words(numbers[HEADERS].buka(f"{ADDRESS}?tahun=2026").text)
    assert "Nomor 1 s.d. 3: 1 terpakai, 2 dibatalkan." in halaman
    assert "Tahun berakhir sebelum suratnya ditandatangani" in halaman


def test_a_number_that_is_gone_is_named(numbers: Kantor) -> None:
    with unit_of_work() as s:
        s.execute(text("DELETE FROM nomor_register WHERE urut = 3"))
    assert "Tidak tercatat: nomor 3." in numbers[KABID].buka(ADDRESS).text


def test_an_administrator_reads_it_and_a_desk_does_not(app, numbers: Kantor) -> None:
    make_officer("admin@uji.test", Peran.ADMIN)
    admin = masuk(app, "admin@uji.test")
    assert admin.buka(ADDRESS).status_code == 200
    assert numbers[Peran.BACK_OFFICE].buka(ADDRESS).status_code == 403
    for aneh in ("?tahun=1999", "?tahun=x", "?tahun=٢٠٢٦", "?seri=x", "?tahun=99999999999"):
        assert admin.buka(ADDRESS + aneh).status_code == 404, aneh


def test_pages_say_who_finds_out_while_nobody_knows_whether_it_is_signed(
    kantor: Kantor, make_pemohon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Desk, applicant, register: the file can be neither returned nor withdrawn, and it does not say "tunggu"."""
    give_certificate(kantor)
    pemohon = make_pemohon("lain@uji.test")
    file = kantor.bawa("tanda_tangan", pemohon=pemohon.person_id)
    with monkeypatch.context() as m:
        m.setattr("pipeline.documents.signing.local.LocalSigner.tanda_tangani", _raises(OutcomeUnknown))
        assert sign(kantor, file, PASSPHRASE).status_code == 503
    desk = words(kantor[HEADERS].buka(file.alamat).text)
    assert "Hasil tanda tangan belum diketahui.</strong> Petugas Kepala Dinas memeriksanya" in desk
    assert "formulir-keputusan" not in desk
    back = kantor[HEADERS].kirim(
        f"{file.alamat}/keputusan", file.shown(keputusan="kembalikan", ke="susun_sk", alasan="Tembusan keliru.")
    )
    assert (back.status_code, "Petugas Kepala Dinas memeriksanya" in back.text) == (409, True)
    own = f"/permohonan/{file.permohonan_id}"
    assert "tidak dapat dibatalkan: penanda tangan di kantor" in words(pemohon.peramban.buka(own).text)
    taken = pemohon.peramban.kirim(f"{own}/batalkan")
    assert (taken.status_code, "hasilnya belum diketahui" in words(taken.text)) == (409, True)
    assert "Hasil tanda tangannya belum diketahui" in words(kantor[KABID].buka(ADDRESS).text)
    assert kantor[HEADERS].kirim(f"{file.alamat}/tanda-tangan/belum").status_code == 303
    assert pemohon.peramban.kirim(f"{own}/batalkan").status_code == 303


def test_a_decision_on_a_withdrawn_file_says_so_and_names_no_applicant(kantor: Kantor, make_pemohon) -> None:
    pemohon = make_pemohon("lain@uji.test", "Ahmad Fauzi")
    file = kantor.bawa("paraf_kabid", pemohon=pemohon.person_id)
    alamat, isi = file.alamat, file.shown(keputusan="setujui")
    kantor[KABID].buka(alamat)
    withdraw(file.permohonan_id, oleh=pemohon.person_id, now=RABU)
    for bagian in ("keputusan", "ambil"):
        jawaban = kantor[KABID].kirim(f"{alamat}/{bagian}", isi)
        assert (jawaban.status_code, "sudah dibatalkan pemohonnya" in jawaban.text) == (409, True), bagian
        assert "Ahmad Fauzi" not in jawaban.text
    tertinggal = kantor[KABID].buka(alamat, follow_redirects=True).text
    assert "Ahmad Fauzi" not in tertinggal
