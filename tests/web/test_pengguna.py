"""Accounts and roles in an administrator's hands: opened, given, ended, closed, and each act on the record."""

from uuid import UUID

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Account, AccountChange, Penugasan, Tugas
from pipeline.roles import Peran
from pipeline.services.desk.claim import claim
from pipeline.services.people.actor import Petugas
from tests.factories import RABU, at_desk
from tests.web.conftest import PASSWORD, Peramban
from tests.web.meja import make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

BARU = {
    "nama": "Drs. H. Sugianoor", "nip": "19720304 199803 1 005", "surel": "sugianoor@uji.test", "telepon": "",
    "peran": "sekretaris", "jabatan": "Sekretaris", "start_date": "2026-11-25",
}  # fmt: skip


@pytest.fixture
def admin(app, db) -> Peramban:
    make_officer("admin@uji.test", Peran.ADMIN, nama="Admin Utama")
    return masuk(app, "admin@uji.test")


def account_id_of(surel: str) -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(Account.id).where(Account.surel == surel)).one()


def penugasan_of(surel: str) -> UUID:
    with unit_of_work() as s:
        pilih = (
            select(Penugasan.id).join(Account, Account.person_id == Penugasan.person_id).where(Account.surel == surel)
        )
        return s.scalars(pilih.order_by(Penugasan.start_date.desc())).first()


def acts(surel: str) -> list[str]:
    """Since the officer was made, with a password."""
    with unit_of_work() as s:
        pilih = select(AccountChange.jenis).join(Account, Account.person_id == AccountChange.person_id)
        return list(s.scalars(pilih.where(Account.surel == surel).order_by(AccountChange.urut).offset(2)))


def test_admin_begins_at_the_list_of_officers(admin, kantor):
    assert admin.buka("/admin").location == "/admin/pengguna"
    halaman = admin.buka("/admin/pengguna").text
    assert "Petugas Kepala Dinas" in halaman
    assert "Administrator" in halaman


def test_a_new_officer_is_on_the_record_and_no_password_is_shown(admin):
    admin.buka("/admin/pengguna/baru")
    jawaban = admin.kirim("/admin/pengguna/baru", BARU)
    assert jawaban.status_code == 201
    assert "sandi pertama" not in jawaban.text
    rincian = admin.buka(f"/admin/pengguna/{account_id_of('sugianoor@uji.test')}").text
    assert "Akun dibuat dengan peran Sekretaris" in rincian
    assert "Belum ditetapkan" in rincian


@pytest.mark.parametrize(
    ("ubah", "kalimat"),
    [
        ({"nip": "123"}, "NIP terdiri dari 18 angka"),
        ({"nip": "198513102010011099"}, "tanggal lahir"),
        ({"nip": "197902302010011099"}, "tanggal lahir"),
        ({"nama": " "}, "Isi nama lengkap"),
        ({"surel": "bukan surel"}, "Galat"),
        ({"peran": "pemohon"}, "Pilih perannya"),
        ({"peran": "raja"}, "Pilih perannya"),
        ({"jabatan": ""}, "Isi jabatan"),
        ({"jabatan": "Sekretaris ⭐"}, "Hapus ⭐ dari isian ini"),
        ({"nama": "Siti 🌸"}, "Hapus 🌸 dari isian ini"),
        ({"start_date": "besok"}, "Tanggal belum terbaca"),
        ({"start_date": "2026-11-24"}, "hari ini atau sesudahnya"),
        ({"surel": "admin@uji.test"}, "sudah dipakai akun lain"),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_is_kept(admin, ubah, kalimat):
    admin.buka("/admin/pengguna/baru")
    jawaban = admin.kirim("/admin/pengguna/baru", {**BARU, **ubah})
    assert jawaban.status_code == 422
    assert kalimat in jawaban.text
    if "nama" not in ubah:
        assert "Drs. H. Sugianoor" in jawaban.text


def test_there_is_one_kepala_dinas(admin, kantor):
    admin.buka("/admin/pengguna/baru")
    jawaban = admin.kirim("/admin/pengguna/baru", {**BARU, "peran": "kepala_dinas", "jabatan": "Kepala Dinas"})
    assert jawaban.status_code == 422
    assert "masih terisi" in jawaban.text


def test_a_role_is_given_under_its_title(app, admin, kantor):
    akun = account_id_of("front_office@uji.test")
    admin.buka(f"/admin/pengguna/{akun}")
    isi = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-11-25"}
    assert admin.kirim(f"/admin/pengguna/{akun}/peran", isi).status_code == 303
    assert "Pengolah Data" in admin.buka(f"/admin/pengguna/{akun}").text
    assert kantor[Peran.FRONT_OFFICE].buka("/petugas/antrean?peran=back_office").status_code == 200
    assert acts("front_office@uji.test") == ["peran_diberikan"]
    again = admin.kirim(f"/admin/pengguna/{akun}/peran", isi)
    assert again.status_code == 422
    assert "sudah memegang peran itu" in again.text


@pytest.mark.attack("F08")
def test_nobody_gives_themselves_a_role_or_closes_their_own_account(admin):
    akun = account_id_of("admin@uji.test")
    halaman = admin.buka(f"/admin/pengguna/{akun}").text
    assert "Beri peran" not in halaman
    admin.buka("/admin/pengguna/baru")
    isi = {"peran": "operator", "jabatan": "Operator", "start_date": "2026-11-25"}
    assert admin.kirim(f"/admin/pengguna/{akun}/peran", isi).status_code == 403
    assert admin.kirim(f"/admin/pengguna/{akun}/tutup").status_code == 403
    akhiri = f"/admin/penugasan/{penugasan_of('admin@uji.test')}/akhiri"
    assert admin.kirim(akhiri, {"end_date": "2026-11-25"}).status_code == 403


@pytest.mark.attack("F07")
@pytest.mark.parametrize(("surel", "peran"), [("front_office@uji.test", "admin"), ("admin2@uji.test", "sekretaris")])
def test_an_administrator_decides_on_no_file(admin, kantor, surel, peran):
    make_officer("admin2@uji.test", Peran.ADMIN)
    akun = account_id_of(surel)
    admin.buka(f"/admin/pengguna/{akun}")
    isi = {"peran": peran, "jabatan": "Jabatan", "start_date": "2026-11-25"}
    jawaban = admin.kirim(f"/admin/pengguna/{akun}/peran", isi)
    assert jawaban.status_code == 422
    assert "Administrator tidak memutus berkas" in jawaban.text


def test_closing_an_account_lists_the_files_first_and_then_returns_them(app, admin, kantor):
    berkas = kantor.bawa("rekomendasi")
    meja = at_desk(berkas.permohonan_id)
    claim(meja.tugas_id, oleh=kantor.orang[Peran.DINAS_TEKNIS], now=RABU)
    petugas, akun = kantor[Peran.DINAS_TEKNIS], account_id_of("dinas_teknis@uji.test")
    tanya = admin.buka(f"/admin/pengguna/{akun}/tutup").text
    assert "1 berkas yang sedang dipegang" in tanya
    assert "Tidak ada petugas lain untuk <strong>Dinas Teknis" in tanya
    assert admin.kirim(f"/admin/pengguna/{akun}/tutup").status_code == 303
    with unit_of_work() as s:
        assert s.get_one(Tugas, meja.tugas_id).taken_by is None
    assert petugas.buka("/petugas/antrean").status_code == 302
    rincian = admin.buka(f"/admin/pengguna/{akun}").text
    assert "Akun ditutup" in rincian
    assert "1 berkas kembali ke antrean" in rincian


def test_a_closed_account_opens_again_with_its_own_password(app, admin, kantor):
    akun = account_id_of("sekretaris@uji.test")
    admin.buka(f"/admin/pengguna/{akun}/tutup")
    admin.kirim(f"/admin/pengguna/{akun}/tutup")
    assert Peramban(app.test_client()).masuk("sekretaris@uji.test", petugas=True).status_code == 422
    assert admin.kirim(f"/admin/pengguna/{akun}/buka").status_code == 303
    assert Peramban(app.test_client()).masuk("sekretaris@uji.test", petugas=True, sandi=PASSWORD).status_code == 303
    assert acts("sekretaris@uji.test") == ["akun_ditutup", "akun_dibuka"]


def test_a_role_ended_yesterday_is_gone_now_and_its_files_are_back(admin, kantor):
    berkas = kantor.bawa("rekomendasi")
    meja = at_desk(berkas.permohonan_id)
    claim(meja.tugas_id, oleh=kantor.orang[Peran.DINAS_TEKNIS], now=RABU)
    alamat = f"/admin/penugasan/{penugasan_of('dinas_teknis@uji.test')}/akhiri"
    assert "1 berkas yang sedang dipegang" in admin.buka(alamat).text
    assert admin.kirim(alamat, {"end_date": "2026-11-24"}).status_code == 303
    with unit_of_work() as s:
        assert s.get_one(Tugas, meja.tugas_id).taken_by is None
    assert kantor[Peran.DINAS_TEKNIS].buka("/petugas/antrean").status_code == 403


@pytest.mark.parametrize("sampai", ["2025-12-31", "2026-11-23", "kapan-kapan"])
def test_a_role_is_not_ended_in_the_past(admin, kantor, sampai):
    alamat = f"/admin/penugasan/{penugasan_of('sekretaris@uji.test')}/akhiri"
    admin.buka(alamat)
    jawaban = admin.kirim(alamat, {"end_date": sampai})
    assert jawaban.status_code == 422
    assert sampai in jawaban.text


def test_a_role_that_has_not_begun_is_taken_back(admin, kantor):
    akun = account_id_of("front_office@uji.test")
    admin.buka(f"/admin/pengguna/{akun}")
    isi = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-12-01"}
    admin.kirim(f"/admin/pengguna/{akun}/peran", isi)
    alamat = f"/admin/penugasan/{penugasan_of('front_office@uji.test')}/akhiri"
    assert "belum dimulai" in admin.buka(alamat).text
    assert admin.kirim(alamat, {"batalkan": "ya"}).status_code == 303
    halaman = admin.buka(f"/admin/pengguna/{akun}").text
    assert "Pengolah Data</h3>" not in halaman
    assert "Peran Back Office yang mulai 1 Desember 2026 dibatalkan" in halaman


def test_an_applicants_account_is_not_an_officers(admin, pemohon):
    assert admin.buka(f"/admin/pengguna/{account_id_of(pemohon.surel)}").status_code == 404


def test_a_signer_makes_their_own_certificate(admin, kantor):
    kepala, akun = kantor[Peran.KEPALA_DINAS], account_id_of("kepala_dinas@uji.test")
    assert "Belum ada." in admin.buka(f"/admin/pengguna/{akun}").text
    kepala.buka("/petugas/sertifikat")
    isi = {"sandi": PASSWORD, "passphrase": "frasa yang panjang", "ulangi": "frasa yang panjang"}
    for salah in ({"sandi": "tebakan"}, {"ulangi": "lain"}, {"passphrase": "pendek"}, {"passphrase": PASSWORD}):
        jawaban = kepala.kirim("/petugas/sertifikat", {**isi, **salah})
        assert jawaban.status_code == 422
        assert "frasa yang panjang" not in jawaban.text
    assert kepala.kirim("/petugas/sertifikat", isi).status_code == 303
    assert "Belum ada." not in admin.buka(f"/admin/pengguna/{akun}").text
    assert acts("kepala_dinas@uji.test") == ["sertifikat_dibuat"]


@pytest.mark.attack("F07")
def test_an_admin_cannot_make_the_signers_certificate(admin):
    assert admin.buka("/petugas/sertifikat").status_code == 403


def test_the_service_itself_asks_for_an_administrator(kantor):
    from pipeline.errors import NotAuthorised
    from pipeline.services.people.grants import open_account, reopen

    oleh = Petugas(kantor.orang[Peran.SEKRETARIS].person_id, Peran.ADMIN)
    with pytest.raises(NotAuthorised):
        reopen(account_id_of("sekretaris@uji.test"), oleh=oleh, now=RABU)
    with pytest.raises(NotAuthorised):
        open_account(
            "N", "", "n@uji.test", "", peran=Peran.ADMIN, jabatan="A", start_date=RABU.date(), oleh=oleh, now=RABU
        )


def test_an_empty_form_tells_everything_at_once(admin):
    admin.buka("/admin/pengguna/baru")
    halaman = admin.kirim("/admin/pengguna/baru", {}).text
    for kode in ("nama", "telepon", "peran", "jabatan", "start_date"):
        assert f'href="#{kode}"' in halaman, kode
