"""Every endpoint says who it is for, and is closed to everybody else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.routing import Rule

from pipeline.roles import Peran
from tests.desks import FRONT_OFFICE
from tests.web.conftest import Browser, SamplePerson
from web.auth import AccessPolicy

VALUE = {"uuid": UUID(int=7), "int": 1, "string": "x"}
NAME = {"publik", "account", "pemohon", "petugas", "entering"}


def url_rule(app: Flask) -> list[tuple[Rule, AccessPolicy]]:
    return [(r, app.view_functions[r.endpoint].policy) for r in app.url_map.iter_rules()]  # type: ignore[attr-defined]  # set by the decorators


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule, with made-up values."""
    value = {name: VALUE[_kind(rule, name)] for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, value, method=next(iter(method(rule))))


def method(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or ["HEAD"]


def _kind(rule: Rule, name: str) -> str:
    converter = type(rule._converters[name]).__name__
    return {"UUIDConverter": "uuid", "IntegerConverter": "int"}.get(converter, "string")


@pytest.mark.attack("F01")
def test_every_endpoint_names_its_policy(app: Flask) -> None:
    without = [r.rule for r in app.url_map.iter_rules() if not hasattr(app.view_functions[r.endpoint], "policy")]
    assert without == []
    assert {p.name for _, p in url_rule(app)} <= NAME


def test_the_endpoints_of_a_room_are_not_public_by_mistake(app: Flask) -> None:
    login = {"/petugas/masuk", "/petugas/masuk/kode", "/petugas/masuk/pasang"}
    for rule, policy in url_rule(app):
        room = rule.rule.split("/")[1]
        if room in {"petugas", "pimpinan", "admin", "operator", "pdp"} and rule.rule not in login:
            assert policy.name == "petugas", rule.rule
        if room in {"permohonan", "unggah"}:
            assert policy.name == "pemohon", rule.rule


def test_nobody_logged_in_gets_no_further_than_the_login_page(app: Flask, guest: Browser) -> None:
    for rule, policy in url_rule(app):
        if policy.name == "publik":
            continue
        for one in method(rule):
            answer = guest.web_client.open(address(app, rule), method=one)
            assert answer.status_code == 302, (one, rule.rule)
            purpose = "/petugas/masuk" if policy.name in {"petugas", "entering"} else "/akun/masuk"
            assert answer.location.partition("?")[0] == purpose


def test_a_script_is_told_401_instead(guest: Browser) -> None:
    answer = guest.web_client.get("/permohonan", headers={"Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 401


def test_applicants_may_not_enter_the_office(app: Flask, pemohon: SamplePerson) -> None:
    for rule, policy in url_rule(app):
        if policy.name == "petugas":
            for one in method(rule):
                answer = pemohon.browser.web_client.open(address(app, rule), method=one)
                assert answer.status_code == 403, (one, rule.rule)


@pytest.mark.parametrize("peran", [FRONT_OFFICE, Peran.OPERATOR, Peran.ADMIN])
def test_officers_may_not_enter_rooms_of_other_roles(
    app: Flask, make_petugas: Callable[..., SamplePerson], peran: Peran
) -> None:
    petugas = make_petugas(peran)
    for rule, policy in url_rule(app):
        allowed = policy.name in {"publik", "account", "entering"} or (
            policy.name == "petugas" and peran in policy.peran
        )
        if not allowed:
            for one in method(rule):
                assert petugas.browser.web_client.open(address(app, rule), method=one).status_code == 403, (
                    one,
                    rule.rule,
                )


@pytest.mark.attack("A15")
def test_no_post_passes_without_its_token(app: Flask, guest: Browser) -> None:
    for rule, policy in url_rule(app):
        if policy.name == "publik" and "POST" in (rule.methods or ()) and rule.rule != "/csp-laporan":
            assert guest.web_client.post(address(app, rule)).status_code == 400, rule.rule


@pytest.mark.attack("F01")
def test_a_view_without_a_policy_is_closed(db: Engine) -> None:
    from web import create_app

    forgot = create_app()
    forgot.add_url_rule("/lupa", "lupa", lambda: "terbuka")
    assert forgot.test_client().get("/lupa").status_code == 403
