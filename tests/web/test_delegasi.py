"""Substitutes, as the administrator appoints them and as they themselves see it."""

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
from pipeline.settings import settings
from tests.corpus_pdfs import plain_pdf
from tests.factories import RABU, person
from tests.web.conftest import PASSWORD, Peramban
from tests.web.meja import make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor


@pytest.fixture
def admin(app, db) -> Peramban:
    make_officer("admin@uji.test", Peran.ADMIN, nama="Admin Utama")
    return masuk(app, "admin@uji.test")


def isi(kantor, kepada, **ubah):
    kepala = kantor.orang[Peran.KEPALA_DINAS].person_id
    return {
        "menggantikan": f"kepala_dinas:{kepala}", "kepada": str(kepada), "dasar": "plh",
        "assignment_letter": "800/12/SP/2026", "start_date": "2026-11-25", "end_date": "2026-11-30", **ubah,
    }  # fmt: skip


def delegasi_id() -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(Penugasan.id).where(Penugasan.dasar != "definitif")).one()


@pytest.fixture
def wakil(kantor) -> UUID:
    return kantor.orang[Peran.SEKRETARIS].person_id


def test_a_substitute_is_appointed_and_has_the_queue(admin, kantor, wakil):
    formulir = admin.buka("/admin/delegasi/baru").text
    assert "Petugas Kepala Dinas, Kepala Dinas" in formulir
    assert "Admin Utama" not in formulir
    assert admin.kirim("/admin/delegasi/baru", isi(kantor, wakil)).status_code == 303
    daftar = admin.buka("/admin/delegasi").text
    for kata in ("Petugas Sekretaris", "Plh. Kepala Dinas", "800/12/SP/2026", "25 November 2026 s.d. 30 November 2026"):
        assert kata in daftar
    antrean = kantor[Peran.SEKRETARIS].buka("/petugas/antrean?peran=kepala_dinas")
    assert antrean.status_code == 200
    assert "Kepala Dinas (0)" in antrean.text


def test_the_scan_is_kept_and_comes_back(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    delivery = isi(kantor, wakil, scan=(BytesIO(plain_pdf()), "SP Plh.pdf"))
    assert admin.kirim("/admin/delegasi/baru", delivery, content_type="multipart/form-data").status_code == 303
    surat = admin.buka(f"/admin/delegasi/{delegasi_id()}/surat")
    assert surat.data.startswith(b"%PDF-")
    assert surat.headers["Content-Disposition"].startswith("attachment")


def test_without_a_scan_there_is_nothing_to_open(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil))
    assert admin.buka(f"/admin/delegasi/{delegasi_id()}/surat").status_code == 404


@pytest.mark.parametrize(
    ("ubah", "kalimat"),
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
def test_a_wrong_field_is_told_and_the_rest_is_kept(admin, kantor, wakil, ubah, kalimat):
    admin.buka("/admin/delegasi/baru")
    jawaban = admin.kirim("/admin/delegasi/baru", {**isi(kantor, wakil), **ubah}, content_type="multipart/form-data")
    assert jawaban.status_code == 422
    assert kalimat in jawaban.text
    if "assignment_letter" not in ubah:
        assert 'value="800/12/SP/2026"' in jawaban.text


def test_only_officers_with_an_account_stand_in(admin, kantor, pemohon):
    admin.buka("/admin/delegasi/baru")
    for kepada in (pemohon.person_id, person()):
        assert admin.kirim("/admin/delegasi/baru", isi(kantor, kepada)).status_code == 422


def test_two_substitutes_at_once_are_refused_beside_the_date(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil))
    lain = isi(kantor, kantor.orang[Peran.KABID_PERIZINAN].person_id, start_date="2026-11-30", end_date="2026-12-02")
    jawaban = admin.kirim("/admin/delegasi/baru", lain)
    assert jawaban.status_code == 422
    assert "Sudah ada pengganti untuk peran ini" in jawaban.text


def test_a_vacant_post_gets_a_plt_but_no_plh(admin, kantor, wakil):
    """The Kepala Dinas retired yesterday: a Plt may act from today on, a Plh needs somebody who is only away."""
    with unit_of_work() as s:
        kepala = kantor.orang[Peran.KEPALA_DINAS].person_id
        s.scalars(select(Penugasan).where(Penugasan.person_id == kepala)).one().end_date = RABU.date() - timedelta(1)
    admin.buka("/admin/delegasi/baru")
    assert admin.kirim("/admin/delegasi/baru", isi(kantor, wakil)).status_code == 422
    assert admin.kirim("/admin/delegasi/baru", isi(kantor, wakil, dasar="plt")).status_code == 303
    assert "Plt. Kepala Dinas" in admin.buka("/admin/delegasi").text


def test_a_delegation_is_ended_early_and_never_prolonged(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil))
    alamat = f"/admin/penugasan/{delegasi_id()}/akhiri"
    assert "menggantikan Petugas Kepala Dinas" in admin.buka(alamat).text
    assert admin.kirim(alamat, {"end_date": "2027-05-01"}).status_code == 422
    assert admin.kirim(alamat, {"end_date": "2026-11-26"}).location == "/admin/delegasi"
    assert "s.d. 26 November 2026" in admin.buka("/admin/delegasi").text
    besok_lusa = RABU + timedelta(days=2)
    write_shift(settings().data, Shift(besok_lusa - real_now()))
    assert kantor[Peran.SEKRETARIS].buka("/petugas/antrean?peran=kepala_dinas").status_code == 403


def test_a_coming_delegation_is_taken_back(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil, start_date="2026-12-01", end_date="2026-12-04"))
    assert "Akan datang" in admin.buka("/admin/delegasi").text
    assert admin.kirim(f"/admin/penugasan/{delegasi_id()}/akhiri", {"batalkan": "ya"}).status_code == 303
    assert "Tidak ada pengganti" in admin.buka("/admin/delegasi").text


def banner(peramban: Peramban) -> str:
    """What stands on every staff page of this person."""
    with peramban.web_client as web_client:
        web_client.get("/petugas/antrean")
        return render_template_string("{% include 'petugas/_pengganti.html' %}")


def test_the_substitute_is_told_in_whose_place_they_act(admin, kantor, wakil):
    assert banner(kantor[Peran.SEKRETARIS]).strip() == ""
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil))
    teks = banner(kantor[Peran.SEKRETARIS])
    assert "Anda bertindak sebagai <strong>Plh. Kepala Dinas</strong> s.d. 30 November 2026 (SP 800/12/SP/2026)" in teks
    assert "Buat sertifikat" in teks


def test_the_substitute_makes_a_certificate_and_is_reminded_no_more(admin, kantor, wakil):
    admin.buka("/admin/delegasi/baru")
    admin.kirim("/admin/delegasi/baru", isi(kantor, wakil))
    sekretaris = kantor[Peran.SEKRETARIS]
    sekretaris.buka("/petugas/sertifikat")
    frasa = "frasa pengganti"
    delivery = {"sandi": PASSWORD, "passphrase": frasa, "ulangi": frasa}
    assert sekretaris.kirim("/petugas/sertifikat", delivery).status_code == 303
    assert "Buat sertifikat" not in banner(kantor[Peran.SEKRETARIS])


def test_an_empty_form_tells_everything_at_once(admin, kantor):
    admin.buka("/admin/delegasi/baru")
    halaman = admin.kirim("/admin/delegasi/baru", {}).text
    for kode in ("kepada", "menggantikan", "dasar", "assignment_letter", "start_date", "end_date"):
        assert f'href="#{kode}"' in halaman, kode
