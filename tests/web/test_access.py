"""Every staff page against everybody: nobody, applicants, each role."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule

from pipeline.db import unit_of_work
from pipeline.models import Penugasan
from pipeline.roles import Peran
from tests.desks import BACK_OFFICE, DESKS, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, LEADERS
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from web.auth import AccessPolicy

ROOM = {"petugas", "pimpinan", "operator", "admin", "pdp"}
DESK = set(DESKS)

#: Endpoint -> who may use it. Rooms added later are held to the policy they name.
ALLOWED: dict[str, set[Peran]] = {
    **{f"petugas.{name}": DESK for name in ("antrean", "cari", "tugas", "keputusan", "permohonan", "ambil", "lepas")},
    **{f"petugas.{name}": DESK for name in ("gambar", "unduh", "foto", "surat", "draft_picture", "draft_docx")},
    **{f"petugas.{name}": {DINAS_TEKNIS} for name in ("desk_form", "save_desk_form")},
    **{f"petugas.{name}": {BACK_OFFICE} for name in ("draf", "redraft")},
    **{f"petugas.{name}": {KEPALA_DINAS} for name in ("tanda_tangan", "tanda_tangani", "unsigned")},
    "pimpinan.pimpinan": set(LEADERS),
    **{f"operator.{name}": {Peran.OPERATOR} for name in ("operator_", "try_again", "flower_login")},
    "admin.admin": {Peran.ADMIN},
}


def rules(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.endpoint.partition(".")[0] in ROOM]


def allowed(app: Flask, rule: Rule) -> set[Peran]:
    """Who may use a page; every page names it."""
    policy = getattr(app.view_functions[rule.endpoint], "policy", None)
    assert isinstance(policy, AccessPolicy), rule.endpoint
    return ALLOWED.get(rule.endpoint) or set(policy.peran or Peran)


def ask(browser: Browser, rule: Rule) -> int:
    """The status this page answers, with ids of things that do not exist."""
    content: dict[str, object] = {name: _none(rule, name) for name in rule.arguments}
    built = rule.build(content)
    assert built is not None
    methods = rule.methods or set()
    return (browser.open_page if "GET" in methods else browser.send)(built[1]).status_code


def _none(rule: Rule, name: str) -> object:
    match type(rule._converters[name]).__name__:
        case "UUIDConverter":
            return uuid4()
        case "IntegerConverter":
            return 1
        case _:
            return "tidak-ada"


def test_nobody_is_sent_to_the_staff_login(guest: Browser, app: Flask) -> None:
    guest.open_page("/petugas/masuk")
    assert {ask(guest, r) for r in rules(app)} == {302}


def test_an_applicant_has_no_staff_page(pemohon: SamplePerson, app: Flask) -> None:
    assert {ask(pemohon.browser, r) for r in rules(app)} == {403}


@pytest.mark.attack("F01")
@pytest.mark.parametrize("peran", [*DESKS, Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP])
def test_each_role_has_its_own_pages_and_no_others(app: Flask, db: object, peran: Peran) -> None:
    make_officer("satu@uji.test", peran)
    browser = login(app, "satu@uji.test")
    if peran in DESK:
        browser.open_page("/petugas/antrean")
    forbidden = {r.endpoint for r in rules(app) if ask(browser, r) == 403}
    assert forbidden == {r.endpoint for r in rules(app) if peran not in allowed(app, r)}


@pytest.mark.attack("A08")
def test_a_role_that_ended_closes_its_pages_at_once(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    browser = kantor[KABID_PERIZINAN]
    browser.open_page(file.address)
    with unit_of_work() as s:
        s.execute(update(Penugasan).where(Penugasan.peran == "kabid_perizinan").values(end_date=date(2026, 11, 24)))
    assert browser.send(f"{file.address}/keputusan", file.shown(keputusan="setujui")).status_code == 403
