"""Every endpoint says who it is for, and is closed to everybody else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.routing import Rule

from pipeline.roles import Peran
from tests.web.conftest import Peramban, SamplePerson
from web.auth import Policy

VALUE = {"uuid": UUID(int=7), "int": 1, "string": "x"}
NAME = {"publik", "akun", "pemohon", "petugas"}


def aturan(app: Flask) -> list[tuple[Rule, Policy]]:
    return [(r, app.view_functions[r.endpoint].policy) for r in app.url_map.iter_rules()]  # type: ignore[attr-defined]  # set by the decorators


def alamat(app: Flask, rule: Rule) -> str:
    """An address of the rule, with made-up values."""
    nilai = {nama: VALUE[_kind(rule, nama)] for nama in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, nilai, method=next(iter(cara(rule))))


def cara(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or ["HEAD"]


def _kind(rule: Rule, nama: str) -> str:
    konverter = type(rule._converters[nama]).__name__
    return {"UUIDConverter": "uuid", "IntegerConverter": "int"}.get(konverter, "string")


@pytest.mark.attack("F01")
def test_every_endpoint_names_its_policy(app: Flask) -> None:
    tanpa = [r.rule for r in app.url_map.iter_rules() if not hasattr(app.view_functions[r.endpoint], "policy")]
    assert tanpa == []
    assert {p.nama for _, p in aturan(app)} <= NAME


def test_the_endpoints_of_a_room_are_not_public_by_mistake(app: Flask) -> None:
    masuk = {"/petugas/masuk"}
    for rule, policy in aturan(app):
        room = rule.rule.split("/")[1]
        if room in {"petugas", "pimpinan", "admin", "operator", "pdp"} and rule.rule not in masuk:
            assert policy.nama == "petugas", rule.rule
        if room in {"permohonan", "unggah"}:
            assert policy.nama == "pemohon", rule.rule


def test_nobody_logged_in_gets_no_further_than_the_login_page(app: Flask, tamu: Peramban) -> None:
    for rule, policy in aturan(app):
        if policy.nama == "publik":
            continue
        for satu in cara(rule):
            jawaban = tamu.web_client.open(alamat(app, rule), method=satu)
            assert jawaban.status_code == 302, (satu, rule.rule)
            tujuan = "/petugas/masuk" if policy.nama == "petugas" else "/akun/masuk"
            assert jawaban.location.partition("?")[0] == tujuan


def test_a_script_is_told_401_instead(tamu: Peramban) -> None:
    jawaban = tamu.web_client.get("/permohonan", headers={"Sec-Fetch-Mode": "cors"})
    assert jawaban.status_code == 401


def test_applicants_may_not_enter_the_office(app: Flask, pemohon: SamplePerson) -> None:
    for rule, policy in aturan(app):
        if policy.nama == "petugas":
            for satu in cara(rule):
                jawaban = pemohon.peramban.web_client.open(alamat(app, rule), method=satu)
                assert jawaban.status_code == 403, (satu, rule.rule)


@pytest.mark.parametrize("peran", [Peran.FRONT_OFFICE, Peran.OPERATOR, Peran.ADMIN])
def test_officers_may_not_enter_rooms_of_other_roles(
    app: Flask, make_petugas: Callable[..., SamplePerson], peran: Peran
) -> None:
    petugas = make_petugas(peran)
    for rule, policy in aturan(app):
        boleh = policy.nama in {"publik", "akun"} or (
            policy.nama == "petugas" and (not policy.peran or peran in policy.peran)
        )
        if not boleh:
            for satu in cara(rule):
                assert petugas.peramban.web_client.open(alamat(app, rule), method=satu).status_code == 403, (
                    satu,
                    rule.rule,
                )


@pytest.mark.attack("A15")
def test_no_post_passes_without_its_token(app: Flask, tamu: Peramban) -> None:
    for rule, policy in aturan(app):
        if policy.nama == "publik" and "POST" in (rule.methods or ()) and rule.rule != "/csp-laporan":
            assert tamu.web_client.post(alamat(app, rule)).status_code == 400, rule.rule


@pytest.mark.attack("F01")
def test_a_view_without_a_policy_is_closed(db: Engine) -> None:
    from web import create_app

    lupa = create_app()
    lupa.add_url_rule("/lupa", "lupa", lambda: "terbuka")
    assert lupa.test_client().get("/lupa").status_code == 403
