"""Accounts and roles in an administrator's hands: opened, given, ended, closed, and each act on the record."""

from uuid import UUID

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Account, AccountChange, Penugasan, Tugas
from pipeline.roles import Peran
from pipeline.services.desk.claim import claim
from pipeline.services.people.actor import Petugas
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

NEW = {
    "nama": "Drs. H. Sugianoor", "nip": "19720304 199803 1 005", "surel": "sugianoor@uji.test", "telepon": "",
    "peran": "sekretaris", "jabatan": "Sekretaris", "start_date": "2026-11-25",
}  # fmt: skip


@pytest.fixture
def admin(app, db) -> Browser:
    make_officer("admin@uji.test", Peran.ADMIN, name="Admin Utama")
    return login(app, "admin@uji.test")


def account_id_of(email: str) -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(Account.id).where(Account.email == email)).one()


def penugasan_of(email: str) -> UUID:
    with unit_of_work() as s:
        choose = (
            select(Penugasan.id).join(Account, Account.person_id == Penugasan.person_id).where(Account.email == email)
        )
        return s.scalars(choose.order_by(Penugasan.start_date.desc())).first()


def acts(email: str) -> list[str]:
    """Since the officer was made, with a password."""
    with unit_of_work() as s:
        choose = select(AccountChange.kind).join(Account, Account.person_id == AccountChange.person_id)
        return list(s.scalars(choose.where(Account.email == email).order_by(AccountChange.sequence).offset(2)))


def test_admin_begins_at_the_list_of_officers(admin, kantor):
    assert admin.open_page("/admin").location == "/admin/pengguna"
    page = admin.open_page("/admin/pengguna").text
    assert "Petugas Kepala Dinas" in page
    assert "Administrator" in page


def test_a_new_officer_is_on_the_record_and_no_password_is_shown(admin):
    admin.open_page("/admin/pengguna/baru")
    answer = admin.send("/admin/pengguna/baru", NEW)
    assert answer.status_code == 201
    assert "sandi pertama" not in answer.text
    details = admin.open_page(f"/admin/pengguna/{account_id_of('sugianoor@uji.test')}").text
    assert "Akun dibuat dengan peran Sekretaris" in details
    assert "Belum ditetapkan" in details


@pytest.mark.parametrize(
    ("change", "sentence"),
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
def test_a_wrong_field_is_told_and_the_rest_is_kept(admin, change, sentence):
    admin.open_page("/admin/pengguna/baru")
    answer = admin.send("/admin/pengguna/baru", {**NEW, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    if "nama" not in change:
        assert "Drs. H. Sugianoor" in answer.text


def test_there_is_one_kepala_dinas(admin, kantor):
    admin.open_page("/admin/pengguna/baru")
    answer = admin.send("/admin/pengguna/baru", {**NEW, "peran": "kepala_dinas", "jabatan": "Kepala Dinas"})
    assert answer.status_code == 422
    assert "masih terisi" in answer.text


def test_a_role_is_given_under_its_title(app, admin, kantor):
    account = account_id_of("front_office@uji.test")
    admin.open_page(f"/admin/pengguna/{account}")
    content = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-11-25"}
    assert admin.send(f"/admin/pengguna/{account}/peran", content).status_code == 303
    assert "Pengolah Data" in admin.open_page(f"/admin/pengguna/{account}").text
    assert kantor[FRONT_OFFICE].open_page("/petugas/antrean?peran=back_office").status_code == 200
    assert acts("front_office@uji.test") == ["peran_diberikan"]
    again = admin.send(f"/admin/pengguna/{account}/peran", content)
    assert again.status_code == 422
    assert "sudah memegang peran itu" in again.text


@pytest.mark.attack("F08")
def test_nobody_gives_themselves_a_role_or_closes_their_own_account(admin):
    account = account_id_of("admin@uji.test")
    page = admin.open_page(f"/admin/pengguna/{account}").text
    assert "Beri peran" not in page
    admin.open_page("/admin/pengguna/baru")
    content = {"peran": "operator", "jabatan": "Operator", "start_date": "2026-11-25"}
    assert admin.send(f"/admin/pengguna/{account}/peran", content).status_code == 403
    assert admin.send(f"/admin/pengguna/{account}/tutup").status_code == 403
    finish = f"/admin/penugasan/{penugasan_of('admin@uji.test')}/akhiri"
    assert admin.send(finish, {"end_date": "2026-11-25"}).status_code == 403


@pytest.mark.attack("F07")
@pytest.mark.parametrize(("email", "peran"), [("front_office@uji.test", "admin"), ("admin2@uji.test", "sekretaris")])
def test_an_administrator_decides_on_no_file(admin, kantor, email, peran):
    make_officer("admin2@uji.test", Peran.ADMIN)
    account = account_id_of(email)
    admin.open_page(f"/admin/pengguna/{account}")
    content = {"peran": peran, "jabatan": "Jabatan", "start_date": "2026-11-25"}
    answer = admin.send(f"/admin/pengguna/{account}/peran", content)
    assert answer.status_code == 422
    assert "Administrator tidak memutus berkas" in answer.text


def test_closing_an_account_lists_the_files_first_and_then_returns_them(app, admin, kantor):
    berkas = kantor.carry("rekomendasi")
    desk = at_desk(berkas.permohonan_id)
    claim(desk.tugas_id, actor=kantor.person[DINAS_TEKNIS], now=WEDNESDAY)
    petugas, account = kantor[DINAS_TEKNIS], account_id_of("dinas_teknis@uji.test")
    query = admin.open_page(f"/admin/pengguna/{account}/tutup").text
    assert "1 berkas yang sedang dipegang" in query
    assert "Tidak ada petugas lain untuk <strong>Dinas Teknis" in query
    assert admin.send(f"/admin/pengguna/{account}/tutup").status_code == 303
    with unit_of_work() as s:
        assert s.get_one(Tugas, desk.tugas_id).taken_by is None
    assert petugas.open_page("/petugas/antrean").status_code == 302
    details = admin.open_page(f"/admin/pengguna/{account}").text
    assert "Akun ditutup" in details
    assert "1 berkas kembali ke antrean" in details


def test_a_closed_account_opens_again_with_its_own_password(app, admin, kantor):
    account = account_id_of("sekretaris@uji.test")
    admin.open_page(f"/admin/pengguna/{account}/tutup")
    admin.send(f"/admin/pengguna/{account}/tutup")
    assert Browser(app.test_client()).login("sekretaris@uji.test", petugas=True).status_code == 422
    assert admin.send(f"/admin/pengguna/{account}/buka").status_code == 303
    assert Browser(app.test_client()).login("sekretaris@uji.test", petugas=True, password=PASSWORD).status_code == 303
    assert acts("sekretaris@uji.test") == ["akun_ditutup", "akun_dibuka"]


def test_a_role_ended_yesterday_is_gone_now_and_its_files_are_back(admin, kantor):
    berkas = kantor.carry("rekomendasi")
    desk = at_desk(berkas.permohonan_id)
    claim(desk.tugas_id, actor=kantor.person[DINAS_TEKNIS], now=WEDNESDAY)
    address = f"/admin/penugasan/{penugasan_of('dinas_teknis@uji.test')}/akhiri"
    assert "1 berkas yang sedang dipegang" in admin.open_page(address).text
    assert admin.send(address, {"end_date": "2026-11-24"}).status_code == 303
    with unit_of_work() as s:
        assert s.get_one(Tugas, desk.tugas_id).taken_by is None
    assert kantor[DINAS_TEKNIS].open_page("/petugas/antrean").status_code == 403


@pytest.mark.parametrize("until", ["2025-12-31", "2026-11-23", "kapan-kapan"])
def test_a_role_is_not_ended_in_the_past(admin, kantor, until):
    address = f"/admin/penugasan/{penugasan_of('sekretaris@uji.test')}/akhiri"
    admin.open_page(address)
    answer = admin.send(address, {"end_date": until})
    assert answer.status_code == 422
    assert until in answer.text


def test_a_role_that_has_not_begun_is_taken_back(admin, kantor):
    account = account_id_of("front_office@uji.test")
    admin.open_page(f"/admin/pengguna/{account}")
    content = {"peran": "back_office", "jabatan": "Pengolah Data", "start_date": "2026-12-01"}
    admin.send(f"/admin/pengguna/{account}/peran", content)
    address = f"/admin/penugasan/{penugasan_of('front_office@uji.test')}/akhiri"
    assert "belum dimulai" in admin.open_page(address).text
    assert admin.send(address, {"batalkan": "ya"}).status_code == 303
    page = admin.open_page(f"/admin/pengguna/{account}").text
    assert "Pengolah Data</h3>" not in page
    assert "Peran Back Office yang mulai 1 Desember 2026 dibatalkan" in page


def test_an_applicants_account_is_not_an_officers(admin, pemohon):
    assert admin.open_page(f"/admin/pengguna/{account_id_of(pemohon.email)}").status_code == 404


def test_a_signer_makes_their_own_certificate(admin, kantor):
    head, account = kantor[KEPALA_DINAS], account_id_of("kepala_dinas@uji.test")
    assert "Belum ada." in admin.open_page(f"/admin/pengguna/{account}").text
    head.open_page("/petugas/sertifikat")
    content = {"sandi": PASSWORD, "passphrase": "frasa yang panjang", "ulangi": "frasa yang panjang"}
    for wrong in ({"sandi": "tebakan"}, {"ulangi": "lain"}, {"passphrase": "pendek"}, {"passphrase": PASSWORD}):
        answer = head.send("/petugas/sertifikat", {**content, **wrong})
        assert answer.status_code == 422
        assert "frasa yang panjang" not in answer.text
    assert head.send("/petugas/sertifikat", content).status_code == 303
    assert "Belum ada." not in admin.open_page(f"/admin/pengguna/{account}").text
    assert acts("kepala_dinas@uji.test") == ["sertifikat_dibuat"]


@pytest.mark.attack("F07")
def test_an_admin_cannot_make_the_signers_certificate(admin):
    assert admin.open_page("/petugas/sertifikat").status_code == 403


def test_the_service_itself_asks_for_an_administrator(kantor):
    from pipeline.errors import NotAuthorised
    from pipeline.services.people.grants import open_account, reopen

    actor = Petugas(kantor.person[SEKRETARIS].person_id, Peran.ADMIN)
    with pytest.raises(NotAuthorised):
        reopen(account_id_of("sekretaris@uji.test"), actor=actor, now=WEDNESDAY)
    with pytest.raises(NotAuthorised):
        open_account(
            "N",
            "",
            "n@uji.test",
            "",
            peran=Peran.ADMIN,
            jabatan="A",
            start_date=WEDNESDAY.date(),
            actor=actor,
            now=WEDNESDAY,
        )


def test_an_empty_form_tells_everything_at_once(admin):
    admin.open_page("/admin/pengguna/baru")
    page = admin.send("/admin/pengguna/baru", {}).text
    for code in ("nama", "telepon", "peran", "jabatan", "start_date"):
        assert f'href="#{code}"' in page, code
