"""The sample's browser: what it reads out of a page, and what it does when the server is away."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ops.contoh.browser.client import OutcomeUncertain, SampleFailed, WebClient, until
from ops.contoh.browser.page import parse_html
from ops.contoh.kantor import Kantor
from ops.instance import Instance
from pipeline.roles import Peran

FORM = """<html><body><br><p>Halo<b>dunia</b></p>
<form action="/akun/keluar" method="post"><input type="hidden" name="csrf_token" value="a"></form>
<form action="/petugas/tugas/1/keputusan?x=1"><input type=hidden name=versi value=3><input name=alasan></form>
<a href="/petugas/tugas/1?x=2">Buka</a><a href="/petugas/tugas/1">Lagi</a></body></html>"""


def test_page_gives_forms_hidden_fields_and_links() -> None:
    screen = parse_html(FORM)
    form = screen.form_to("/keputusan")
    assert form is not None
    assert form.fields() == {"versi": "3"}
    assert screen.links("/petugas/tugas/") == ["/petugas/tugas/1"]
    assert screen.all("p")[0].text == "Halo dunia"


def test_unclosed_and_stray_tags_do_not_lose_what_follows() -> None:
    screen = parse_html("<ul><li>satu<li>dua</ul></div><p id=akhir>tiga</p>")
    end = screen.first("p", id="akhir")
    assert end is not None
    assert end.text == "tiga"


class Server(httpx.BaseTransport):
    """Answers from a list, in order; an exception in it is raised."""

    def __init__(self, *answer: httpx.Response | Exception) -> None:
        self.answer: Iterator[httpx.Response | Exception] = iter(answer)
        self.accepted: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.accepted.append(request)
        answer = next(self.answer)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _web_client(*answer: httpx.Response | Exception) -> tuple[WebClient, Server]:
    server = Server(*answer)
    return WebClient("http://contoh", limit=5, transport=server), server


def test_reading_waits_through_an_outage() -> None:
    web_client, server = _web_client(httpx.Response(503), httpx.ConnectError("mati"), httpx.Response(200, text="ada"))
    assert web_client.get("/").payload == b"ada"
    assert len(server.accepted) == 3


def test_form_is_sent_once_when_its_outcome_is_unknown() -> None:
    for incident in (httpx.ReadError("putus"), httpx.Response(502)):
        web_client, server = _web_client(incident, httpx.Response(303))
        with pytest.raises(OutcomeUncertain):
            web_client.post("/kirim", {"benar": "ya"})
        assert len(server.accepted) == 1


def test_form_that_never_left_is_sent_again() -> None:
    web_client, server = _web_client(
        httpx.ConnectError("belum hidup"), httpx.Response(303, headers={"Location": "/permohonan?a=1"})
    )
    assert web_client.post("/kirim", {"benar": "ya"}).location == "/permohonan"
    assert len(server.accepted) == 2


def test_being_asked_to_wait_is_obeyed() -> None:
    web_client, server = _web_client(httpx.Response(429, headers={"Retry-After": "0"}), httpx.Response(303))
    assert web_client.post("/kirim", {}).status == 303
    assert len(server.accepted) == 2


def test_waiting_ends_with_a_sentence() -> None:
    with pytest.raises(SampleFailed, match="Berkas sampai di meja tidak terjadi"):
        until(0, lambda: None, what="Berkas sampai di meja")


def test_refused_login_says_so() -> None:
    login = httpx.Response(200, text='<input type="hidden" name="csrf_token" value="t">')
    web_client, server = _web_client(login, httpx.Response(422, text="<main>Kata sandi tidak cocok.</main>"))
    with pytest.raises(SampleFailed, match="Kata sandi tidak cocok"):
        web_client.log_in("/akun/masuk", "a@b.test", "salah")
    assert b"csrf_token=t" in server.accepted[1].content


def test_a_login_that_wants_a_code_is_not_taken_for_one() -> None:
    login = httpx.Response(200, text='<input type="hidden" name="csrf_token" value="t">')
    web_client, _ = _web_client(login, httpx.Response(303, headers={"Location": "/petugas/masuk/kode?next=/petugas"}))
    with pytest.raises(SampleFailed, match=r"a@b\.test masuk dengan kode"):
        web_client.log_in("/petugas/masuk", "a@b.test", "benar")


@pytest.mark.parametrize(("mode", "remedy"), [("demo", "Tulis orangnya"), ("produksi", "ALURIZIN_MODE=demo")])
def test_a_post_without_people_says_what_to_do(tmp_path: Path, mode: str, remedy: str) -> None:
    instance = Instance(
        web="http://contoh",
        flower="",
        mode=mode,
        port=0,
        data=str(tmp_path),
        database_url="",
        owner_url="",
        broker_url="",
        supervisor=0,
    )
    kantor = Kantor(instance, limit=1)
    with pytest.raises(SampleFailed, match=rf"Tidak ada akun demo untuk Kasir\. .*{remedy}"):
        kantor.people(Peran("kasir"))
