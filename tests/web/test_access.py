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
from tests.web.conftest import Peramban, SamplePerson
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from web.auth import Policy

ROOM = {"petugas", "pimpinan", "operator", "admin", "pdp"}
PIMPINAN = {Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS}
DESK = set(PERAN_PETUGAS)

#: Endpoint -> who may use it. Rooms added later are held to the policy they name.
ALLOWED: dict[str, set[Peran]] = {
    **{f"petugas.{nama}": DESK for nama in ("antrean", "cari", "tugas", "keputusan", "permohonan", "ambil", "lepas")},
    **{f"petugas.{nama}": DESK for nama in ("gambar", "unduh", "foto", "surat", "draft_picture", "draft_docx")},
    **{f"petugas.{nama}": {Peran.DINAS_TEKNIS} for nama in ("bap", "save_bap")},
    **{f"petugas.{nama}": {Peran.BACK_OFFICE} for nama in ("draf", "redraft")},
    **{f"petugas.{nama}": {Peran.KEPALA_DINAS} for nama in ("tanda_tangan", "tanda_tangani", "unsigned")},
    "pimpinan.pimpinan": PIMPINAN,
    **{f"operator.{nama}": {Peran.OPERATOR} for nama in ("operator_", "try_again", "flower_login")},
    "admin.admin": {Peran.ADMIN},
}


def rules(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.endpoint.partition(".")[0] in ROOM]


def allowed(app: Flask, rule: Rule) -> set[Peran]:
    """Who may use a page; every page names it."""
    policy = getattr(app.view_functions[rule.endpoint], "policy", None)
    assert isinstance(policy, Policy), rule.endpoint
    return ALLOWED.get(rule.endpoint) or set(policy.peran or Peran)


def ask(browser: Peramban, rule: Rule) -> int:
    """The status this page answers, with ids of things that do not exist."""
    isi: dict[str, object] = {nama: _none(rule, nama) for nama in rule.arguments}
    built = rule.build(isi)
    assert built is not None
    methods = rule.methods or set()
    return (browser.buka if "GET" in methods else browser.kirim)(built[1]).status_code


def _none(rule: Rule, nama: str) -> object:
    match type(rule._converters[nama]).__name__:
        case "UUIDConverter":
            return uuid4()
        case "IntegerConverter":
            return 1
        case _:
            return "tidak-ada"


def test_nobody_is_sent_to_the_staff_login(tamu: Peramban, app: Flask) -> None:
    tamu.buka("/petugas/masuk")
    assert {ask(tamu, r) for r in rules(app)} == {302}


def test_an_applicant_has_no_staff_page(pemohon: SamplePerson, app: Flask) -> None:
    assert {ask(pemohon.peramban, r) for r in rules(app)} == {403}


@pytest.mark.attack("F01")
@pytest.mark.parametrize("peran", [*PERAN_PETUGAS, Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP])
def test_each_role_has_its_own_pages_and_no_others(app: Flask, db: object, peran: Peran) -> None:
    make_officer("satu@uji.test", peran)
    browser = masuk(app, "satu@uji.test")
    if peran in DESK:
        browser.buka("/petugas/antrean")
    terlarang = {r.endpoint for r in rules(app) if ask(browser, r) == 403}
    assert terlarang == {r.endpoint for r in rules(app) if peran not in allowed(app, r)}


@pytest.mark.attack("A08")
def test_a_role_that_ended_closes_its_pages_at_once(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_kabid")
    browser = kantor[Peran.KABID_PERIZINAN]
    browser.buka(file.alamat)
    with unit_of_work() as s:
        s.execute(update(Penugasan).where(Penugasan.peran == "kabid_perizinan").values(end_date=date(2026, 11, 24)))
    assert browser.kirim(f"{file.alamat}/keputusan", file.shown(keputusan="setujui")).status_code == 403
