"""Every staff page against everybody: nobody, applicants, each role."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule

from pipeline.db import unit_of_work
from pipeline.models import Penugasan
from pipeline.roles import PERAN_PETUGAS, Peran
from tests.web.conftest import OrangUji, Peramban
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

RUANG = {"petugas", "pimpinan", "operator", "admin"}
PIMPINAN = {Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS}
DESK = set(PERAN_PETUGAS)

#: Endpoint -> who may use it; what is not named is for every desk.
BOLEH: dict[str, set[Peran]] = {
    "petugas.bap": {Peran.DINAS_TEKNIS},
    "petugas.simpan_bap": {Peran.DINAS_TEKNIS},
    "petugas.tambah_foto": {Peran.DINAS_TEKNIS},
    "petugas.hapus_foto": {Peran.DINAS_TEKNIS},
    "petugas.draf": {Peran.BACK_OFFICE},
    "petugas.susun_draf": {Peran.BACK_OFFICE},
    "petugas.tanda_tangan": {Peran.KEPALA_DINAS},
    "petugas.tanda_tangani": {Peran.KEPALA_DINAS},
    "petugas.belum_ditandatangani": {Peran.KEPALA_DINAS},
    "pimpinan.pimpinan": PIMPINAN,
    "operator.operator_": {Peran.OPERATOR},
    "operator.coba_lagi": {Peran.OPERATOR},
    "operator.flower_masuk": {Peran.OPERATOR},
    "admin.admin": {Peran.ADMIN},
}


def rules(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.endpoint.partition(".")[0] in RUANG]


def ask(browser: Peramban, rule: Rule) -> int:
    """The status this page answers, with ids of things that do not exist."""
    isi = {
        "tugas_id": uuid4(), "permohonan_id": uuid4(), "berkas_id": uuid4(), "outbox_id": 1, "sha256": "0" * 64,
        "jenis": "bap", "n": 1,
    }  # fmt: skip
    built = rule.build({k: v for k, v in isi.items() if k in rule.arguments})
    assert built is not None
    alamat = built[1]
    if "POST" in (rule.methods or ()):
        return browser.kirim(alamat).status_code
    return browser.buka(alamat).status_code


def test_nobody_is_sent_to_the_staff_login(tamu: Peramban, app: Flask) -> None:
    tamu.buka("/petugas/masuk")
    assert {ask(tamu, r) for r in rules(app)} == {302}


def test_an_applicant_has_no_staff_page(pemohon: OrangUji, app: Flask) -> None:
    assert {ask(pemohon.peramban, r) for r in rules(app)} == {403}


@pytest.mark.parametrize("peran", [*PERAN_PETUGAS, Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP])
def test_each_role_has_its_own_pages_and_no_others(app: Flask, db: object, peran: Peran) -> None:
    make_officer("satu@uji.test", peran)
    browser = masuk(app, "satu@uji.test")
    if peran in DESK:
        browser.buka("/petugas/antrean")
    terlarang = {r.endpoint for r in rules(app) if ask(browser, r) == 403}
    assert terlarang == {r.endpoint for r in rules(app) if peran not in BOLEH.get(r.endpoint, DESK)}


def test_a_role_that_ended_closes_its_pages_at_once(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_kabid")
    browser = kantor[Peran.KABID_PERIZINAN]
    browser.buka(file.alamat)
    with unit_of_work() as s:
        s.execute(
            update(Penugasan).where(Penugasan.peran == "kabid_perizinan").values(tanggal_sampai=date(2026, 11, 24))
        )
    assert browser.kirim(f"{file.alamat}/keputusan", file.terlihat(keputusan="setujui")).status_code == 403
