"""The sample's browser: what it reads out of a page, and what it does when the server is away."""

from collections.abc import Iterator

import httpx
import pytest

from ops.contoh.browser.client import ContohGagal, HasilTakPasti, Klien, until
from ops.contoh.browser.page import parse_html

FORM = """<html><body><br><p>Halo<b>dunia</b></p>
<form action="/akun/keluar" method="post"><input type="hidden" name="csrf_token" value="a"></form>
<form action="/petugas/tugas/1/keputusan?x=1"><input type=hidden name=versi value=3><input name=alasan></form>
<a href="/petugas/tugas/1?x=2">Buka</a><a href="/petugas/tugas/1">Lagi</a></body></html>"""


def test_page_gives_forms_hidden_fields_and_links() -> None:
    laman = parse_html(FORM)
    form = laman.form_to("/keputusan")
    assert form is not None
    assert form.fields() == {"versi": "3"}
    assert laman.links("/petugas/tugas/") == ["/petugas/tugas/1"]
    assert laman.all("p")[0].teks == "Halo dunia"


def test_unclosed_and_stray_tags_do_not_lose_what_follows() -> None:
    laman = parse_html("<ul><li>satu<li>dua</ul></div><p id=akhir>tiga</p>")
    akhir = laman.first("p", id="akhir")
    assert akhir is not None
    assert akhir.teks == "tiga"


class Server(httpx.BaseTransport):
    """Answers from a list, in order; an exception in it is raised."""

    def __init__(self, *jawaban: httpx.Response | Exception) -> None:
        self.jawaban: Iterator[httpx.Response | Exception] = iter(jawaban)
        self.diterima: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.diterima.append(request)
        jawaban = next(self.jawaban)
        if isinstance(jawaban, Exception):
            raise jawaban
        return jawaban


def _klien(*jawaban: httpx.Response | Exception) -> tuple[Klien, Server]:
    server = Server(*jawaban)
    return Klien("http://contoh", batas=5, transport=server), server


def test_reading_waits_through_an_outage() -> None:
    klien, server = _klien(httpx.Response(503), httpx.ConnectError("mati"), httpx.Response(200, text="ada"))
    assert klien.get("/").konten == b"ada"
    assert len(server.diterima) == 3


def test_form_is_sent_once_when_its_outcome_is_unknown() -> None:
    for kejadian in (httpx.ReadError("putus"), httpx.Response(502)):
        klien, server = _klien(kejadian, httpx.Response(303))
        with pytest.raises(HasilTakPasti):
            klien.post("/kirim", {"benar": "ya"})
        assert len(server.diterima) == 1


def test_form_that_never_left_is_sent_again() -> None:
    klien, server = _klien(
        httpx.ConnectError("belum hidup"), httpx.Response(303, headers={"Location": "/permohonan?a=1"})
    )
    assert klien.post("/kirim", {"benar": "ya"}).lokasi == "/permohonan"
    assert len(server.diterima) == 2


def test_being_asked_to_wait_is_obeyed() -> None:
    klien, server = _klien(httpx.Response(429, headers={"Retry-After": "0"}), httpx.Response(303))
    assert klien.post("/kirim", {}).status == 303
    assert len(server.diterima) == 2


def test_waiting_ends_with_a_sentence() -> None:
    with pytest.raises(ContohGagal, match="Berkas sampai di meja tidak terjadi"):
        until(0, lambda: None, apa="Berkas sampai di meja")


def test_refused_login_says_so() -> None:
    masuk = httpx.Response(200, text='<input type="hidden" name="csrf_token" value="t">')
    klien, server = _klien(masuk, httpx.Response(422, text="<main>Kata sandi tidak cocok.</main>"))
    with pytest.raises(ContohGagal, match="Kata sandi tidak cocok"):
        klien.log_in("/akun/masuk", "a@b.test", "salah")
    assert b"csrf_token=t" in server.diterima[1].content
