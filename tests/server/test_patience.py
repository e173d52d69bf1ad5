"""C07, H03, H04: requests that never end, answers nobody takes, two requests in one: other people notice nothing."""

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from sqlalchemy import Engine

from tests.factories import filled_in
from tests.web.conftest import SamplePerson
from web.server import HEAD_SECONDS, REQUEST_SECONDS, STALL_SECONDS, ClientVisit, Line

Address = tuple[str, int]
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Pelan: "
FORM = b"POST /akun/masuk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = FORM + b"Content-Length: 4000\r\n\r\nsandi="


def _say(server: Address, words: bytes) -> socket.socket:
    line = socket.create_connection(server, timeout=20)
    line.sendall(words)
    return line


def _until_closed(line: socket.socket) -> bytes:
    with line:
        said = b""
        try:
            while piece := line.recv(65536):
                said += piece
        except ConnectionResetError:
            pass
        return said


def _page(server: Address, path: str = "/") -> float:
    """Seconds until a page of ours was there."""
    begin = time.monotonic()
    with closing(HTTPConnection(*server, timeout=20)) as line:
        line.request("GET", path, headers={"Host": "localhost"})
        answer = line.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
    return time.monotonic() - begin


@pytest.fixture
def usual(server: Address, db: Engine) -> float:
    """Seconds of a page when nobody disturbs."""
    return statistics.median(_page(server) for _ in range(5))


@pytest.mark.attack("H04")
def test_pages_answer_while_hundreds_of_requests_never_end(server: Address, usual: float) -> None:
    with ExitStack() as held:
        for words, many in ((HEAD, 200), (BODY, 70)):
            for _ in range(many):
                held.enter_context(_say(server, words))
        assert statistics.median(_page(server) for _ in range(9)) < max(1.0, 5 * usual)


def test_pages_answer_while_nobody_takes_seventy_answers(server: Address, usual: float) -> None:
    with ExitStack() as held:
        for _ in range(70):
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            held.enter_context(line)
            line.connect(server)
            line.sendall(b"GET /aset/third_party/govuk-frontend.min.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        assert statistics.median(_page(server) for _ in range(9)) < max(1.0, 5 * usual)


def test_a_request_that_comes_in_crumbs_is_answered_and_the_line_kept(server: Address, db: Engine) -> None:
    request = b"GET /sehat HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(server, timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for crumb in (request[i : i + 7] for i in range(0, len(request), 7)):
            line.sendall(crumb)
        said = line.recv(4096)
        assert said.startswith(b"HTTP/1.1 200 ")
        line.sendall(request * 3)  # all at once: answered one after the other
        while said.count(b'{"sehat":true}') < 4:
            said += line.recv(65536)
        assert said.count(b"HTTP/1.1 200 ") == 4


DOUBT = {
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks, then something else": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks with a space": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "chunks that are none": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "a length in words": b"Content-Length: +5\r\n\r\nabcde",
    "a lone line feed": b"X: 1\nContent-Length: 44\r\n\r\n",
    "lone line feeds": b"X: 1\n\n",
    "a folded line": b"X: 1\r\n Content-Length: 44\r\n\r\n",
    "a nul": b"X: \0\r\n\r\n",
}


@pytest.mark.attack("H03")
@pytest.mark.parametrize("doubt", DOUBT)
def test_a_request_that_two_servers_could_read_differently_is_refused(server: Address, db: Engine, doubt: str) -> None:
    """Whatever stands behind it is never taken for a request."""
    behind = b"GET /sehat HTTP/1.1\r\nHost: localhost\r\n\r\n"
    said = _until_closed(_say(server, FORM.replace(b"/akun/masuk", b"/lacak") + DOUBT[doubt] + behind))
    status = said.split(b" ", 2)[1]
    assert status in {b"400", b"501"}, said[:200]
    assert b"sehat" not in said
    assert said.count(b"HTTP/1.1 ") == 1


def test_a_body_too_large_for_any_page_is_refused_by_its_length(server: Address, db: Engine) -> None:
    said = _until_closed(_say(server, FORM + b"Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n"))
    assert b"HTTP/1.1 413 " in said


def test_a_body_that_does_not_say_its_length_is_refused(server: Address, db: Engine) -> None:
    fragment = b"10000\r\n" + b"y" * 0x10000 + b"\r\n"
    said = _until_closed(_say(server, FORM + b"Transfer-Encoding: chunked\r\n\r\n" + fragment * 2 + b"0\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 413 ")


def test_who_asks_before_sending_is_told_to_go_on(server: Address, db: Engine) -> None:
    line = _say(server, FORM + b"Expect: 100-continue\r\nContent-Length: 8\r\n\r\n")
    assert line.recv(4096).startswith(b"HTTP/1.1 100 ")
    line.sendall(b"sandi=ab")
    assert b"HTTP/1.1 400 " in _until_closed(line)  # no token of a form


def test_what_came_of_a_piece_before_the_signal_was_lost_is_kept(
    server: Address, pemohon: SamplePerson, open_upload: Callable[[SamplePerson], str]
) -> None:
    address = open_upload(pemohon)
    cookie = pemohon.browser.web_client.get_cookie("sesi")
    assert cookie is not None
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: localhost\r\nCookie: sesi={cookie.value}\r\nContent-Length: 5000\r\n"
        f"X-CSRFToken: {pemohon.browser.token}\r\nUpload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    line = _say(server, head.encode() + b"x" * 1234)
    line.shutdown(socket.SHUT_WR)
    _until_closed(line)
    until = pemohon.browser.web_client.open(address, method="HEAD")
    assert until.headers["Upload-Offset"] == "1234"


@pytest.fixture
def open_upload() -> Callable[[SamplePerson], str]:
    def open_page(person: SamplePerson) -> str:
        permohonan_id = filled_in(person.person_id)
        person.browser.open_page("/permohonan/baru")
        head = {"X-CSRFToken": person.browser.token, "Upload-Length": "5000"}
        answer = person.browser.web_client.post(f"/permohonan/{permohonan_id}/unggah/SP", headers=head)
        return answer.headers["Location"].removeprefix("http://localhost")

    return open_page


@pytest.fixture
def visit() -> Iterator[ClientVisit]:
    ours, theirs = socket.socketpair()
    with theirs, Line(ours) as line:
        yield ClientVisit(None, line, None, None)


def test_a_head_has_seconds_and_a_body_goes_on_as_long_as_it_moves(visit: ClientVisit) -> None:
    now = time.monotonic()
    for _ in range(3):
        visit.hear(b"GET / HTTP/1.1\r\nX: ")
        assert visit.timeout == pytest.approx(visit.began + HEAD_SECONDS)
    visit.began = now - 500
    visit.hear(b"\r\nContent-Length: 90\r\n\r\n")
    assert visit.timeout == pytest.approx(now + STALL_SECONDS, abs=5)
    visit.began = now - 590
    visit.hear(b"x")
    assert visit.timeout == pytest.approx(visit.began + REQUEST_SECONDS)
    assert not visit.complete
