"""The office behind Debian's nginx, with the files that compose mounts: by itself, and behind another proxy."""

import os
import re
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ops.processes import flower, web
from pipeline.clock import real_now
from pipeline.services.people import rate_limit
from pipeline.services.people.accounts import FROM_AN_ADDRESS
from tests.e2e.front import (
    HOST,
    OTHER_PROXY,
    PROGRAM,
    ROOT,
    Answer,
    Front,
    ask_plain,
    free_address,
    make_certificate,
    open_lines,
    ours,
    proxy,
)
from web.errors import PAGE
from web.headers import HSTS, UPLOAD_LIMIT
from web.publik.verification import VERIFICATIONS_PER_MINUTE

pytestmark = pytest.mark.skipif(not PROGRAM, reason="nginx is not installed (ops/paket.sh dev)")
LAYOUTS = {name: (ROOT / "ops" / "proxy" / f"{name}.conf").read_text(encoding="utf-8") for name in ("tls", "behind")}
HERE, THERE = "127.0.0.5", "127.0.0.6"  # two clients
LOGIN = "/akun/masuk"


@pytest.fixture(scope="module", params=["tls", "behind"])
def front(request: pytest.FixtureRequest, _server: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The whole of it in one of the two layouts."""
    home = tmp_path_factory.mktemp("depan")
    make_certificate(home)
    names = ("ALURIZIN_WEB", "ALURIZIN_FLOWER", "ALURIZIN_HTTP", "ALURIZIN_HTTPS")
    at = {**dict(zip(names, (free_address() for _ in names), strict=True)), "ALURIZIN_CERTIFICATES": str(home)}
    values = {**at, "BASE_URL": f"https://{HOST}"}
    hops = 1 if request.param == "tls" else 2
    monitor = flower("127.0.0.1", int(at["ALURIZIN_FLOWER"].rpartition(":")[2]))
    programs = {at["ALURIZIN_WEB"]: web(at["ALURIZIN_WEB"]), at["ALURIZIN_FLOWER"]: monitor}
    with ExitStack() as running:
        running.enter_context(ours(programs, _production(home, hops), home))
        if hops == 1:
            running.enter_context(proxy(LAYOUTS["tls"], values, home / "nginx"))
        else:
            without_tls = {name: value for name, value in values.items() if name != "ALURIZIN_HTTPS"}
            running.enter_context(proxy(LAYOUTS["behind"], without_tls, home / "nginx"))
            running.enter_context(proxy(OTHER_PROXY, {**at, "ALURIZIN_NEXT": at["ALURIZIN_HTTP"]}, home / "other"))
        yield Front(at["ALURIZIN_HTTPS"], home / "fullchain.pem", at["ALURIZIN_WEB"], at["ALURIZIN_HTTP"])


@pytest.fixture
def tls(front: Front, request: pytest.FixtureRequest) -> Front:
    """The layout in which TLS is ours."""
    if "[behind" in request.node.name:
        pytest.skip("another proxy's business")
    return front


def _production(home: Path, hops: int) -> dict[str, str]:
    return {
        **os.environ,
        "ALURIZIN_MODE": "production",
        "BASE_URL": f"https://{HOST}",
        "TRUSTED_HOSTS": HOST,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PROXY_HOPS": str(hops),
        "ALURIZIN_DATA": str(home),
    }


def _guess(front: Front, client: str, headers: Mapping[str, str] | None = None) -> int:
    return front.ask("/verifikasi/tebakan", client, headers).status


def _wrong_login(front: Front, client: str, name: str, forged: str = "") -> Answer:
    page = front.ask(LOGIN, client)
    (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
    form = f"csrf_token={token}&pengenal={name}%40contoh.id&sandi=bukan-ini-sandinya".encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["Set-Cookie"].partition(";")[0],
        "Referer": f"https://{HOST}{LOGIN}",
        **({"X-Forwarded-For": forged} if forged else {}),
    }
    return front.ask(LOGIN, client, headers, method="POST", body=form)


def test_a_page_and_a_form_arrive(front: Front, db: Engine) -> None:
    page = front.ask(LOGIN)
    assert page.status == 200
    assert page.headers["Set-Cookie"].startswith("__Host-sesi=")
    assert page.headers["Strict-Transport-Security"] == HSTS
    assert _wrong_login(front, HERE, "orang").status == 422


def _tried(what: str, client: str, times: int) -> None:
    """So many tries came from there, however long this machine takes for them."""
    for _ in range(times):
        rate_limit.add_try(rate_limit.counter(what, client), window=timedelta(hours=1), now=real_now())


@pytest.mark.attack("A03", "A04", "H01")
def test_who_guesses_passwords_slows_down_nobody_else(front: Front, db: Engine) -> None:
    _tried("masuk", HERE, FROM_AN_ADDRESS.free - 1)
    assert _wrong_login(front, HERE, "satu").status == 422
    assert _wrong_login(front, HERE, "dua").status == 429
    assert _wrong_login(front, HERE, "tiga", forged=THERE).status == 429
    assert _wrong_login(front, THERE, "empat").status == 422


@pytest.mark.attack("H01")
def test_an_address_that_a_client_makes_up_does_nothing(front: Front, db: Engine) -> None:
    """Neither does it get the client another count, nor does it fill somebody else's."""
    for name in (HERE, THERE):
        _tried("verifikasi", name, VERIFICATIONS_PER_MINUTE - 1)
    forged = {"X-Forwarded-For": f"10.1.1.1, {THERE}", "X-Real-IP": THERE, "Forwarded": f"for={THERE}"}
    assert [_guess(front, HERE, forged) for _ in range(3)] == [404, 429, 429]
    assert _guess(front, THERE) == 404


@pytest.mark.attack("A13")
@pytest.mark.parametrize("name", ["Host", "Port", "Prefix", "Proto"])
def test_no_other_word_of_a_client_on_where_it_is_counts(front: Front, db: Engine, name: str) -> None:
    answer = front.ask("/permohonan", headers={f"X-Forwarded-{name}": "evil.com"})
    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (302, "/akun/masuk")
    assert "evil" not in str(answer)


@pytest.mark.attack("A13", "G11")
def test_a_foreign_host_is_refused(front: Front, db: Engine) -> None:
    assert front.ask("/", headers={"Host": "evil.com"}).status == 400
    assert front.ask("/operator/flower/", headers={"Host": "evil.com"}).status == 400


@pytest.mark.attack("A13")
@pytest.mark.parametrize("target", ["/lacak?a=1", "http://evil.com/lacak?a=1"])
def test_http_leads_to_our_own_address_whatever_the_host(tls: Front, target: str) -> None:
    answer = ask_plain(tls.http, f"GET {target} HTTP/1.1\r\nHost: evil.com\r\n\r\n".encode())
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/lacak?a=1")


def test_tls_is_of_this_decade(tls: Front) -> None:
    with tls.line() as line:
        assert line.version() == "TLSv1.3"
    with tls.line(newest=ssl.TLSVersion.TLSv1_2) as line:
        assert line.version() == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"), pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        tls.line(newest=ssl.TLSVersion.TLSv1_1)


@pytest.mark.attack("C07")
def test_a_body_too_large_is_answered_in_our_words(front: Front, db: Engine) -> None:
    answer = front.ask("/lacak", method="POST", body=b"x" * (UPLOAD_LIMIT + 1))
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert PAGE[413].sentence in answer.text
    assert PAGE[413].advice in answer.text


@pytest.mark.attack("C07", "H04")
def test_who_sends_slowly_does_not_reach_the_web(front: Front, db: Engine) -> None:
    head = f"POST /lacak HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 4000\r\n\r\nx".encode()
    with ExitStack() as held:
        for _ in range(100):
            held.enter_context(front.line(HERE)).sendall(head)
        assert front.ask(LOGIN).status == 200  # taken after all of them
        assert open_lines(front.web) < 10


@pytest.mark.attack("H03")
@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    ],
)
def test_a_request_with_two_lengths_reaches_nobody(front: Front, db: Engine, lengths: bytes) -> None:
    with front.line() as line:
        line.sendall(f"POST /lacak HTTP/1.1\r\nHost: {HOST}\r\n".encode() + lengths)
        line.sendall(f"GET /sehat HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        said = b""
        while piece := line.recv(65536):
            said += piece
    assert said.split(b" ", 2)[1] in {b"400", b"501"}
    assert b"sehat" not in said


@pytest.mark.attack("G10", "F15")
@pytest.mark.parametrize("path", ["metrics", "healthcheck", "metrics/", "healthcheck/"])
def test_what_flower_would_tell_everybody_is_not_there(front: Front, db: Engine, path: str) -> None:
    assert front.ask(f"/operator/flower/{path}").status == 404


@pytest.mark.attack("G10")
@pytest.mark.parametrize(
    "path", ["", "/", "/workers", "/tasks", "/api/workers", "/api/tasks", "/static/css/flower.css"]
)
def test_flower_leads_to_the_login_of_the_web(front: Front, db: Engine, path: str) -> None:
    answer = front.ask(f"/operator/flower{path}")
    assert (answer.status, answer.headers["Location"]) == (302, "/operator/flower/login")
    login = front.ask("/operator/flower/login")
    assert login.headers["Location"] == f"https://{HOST}/operator/flower-masuk"
    assert front.ask("/operator/flower-masuk").headers["Location"].startswith("/petugas/masuk")


def test_no_version_is_told(front: Front, db: Engine) -> None:
    for answer in (front.ask("/"), front.ask("/operator/flower/metrics")):
        assert not re.search(r"nginx/\d|gunicorn", str(answer))
