"""A browser without a screen: one logged-in session, CSRF token and connection kept, outages waited through."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from ops.contoh.browser.page import Element, parse_html
from pipeline.errors import AlurIzinError

T = TypeVar("T")
PAUSE_AT_MOST = 4.0  # seconds between two looks: each costs the office what a page costs
A_MOMENT = (502, 503, 504)  # the instance is away for a moment


class SampleFailed(AlurIzinError):
    """Contoh tidak berjalan sesuai SOP."""


class OutcomeUncertain(AlurIzinError):
    """Jawaban atas kiriman ini tidak sampai; keadaannya harus dilihat dahulu."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, where it redirects to (path only), and the body."""

    status: int
    lokasi: str
    payload: bytes

    @property
    def screen(self) -> Element:
        return parse_html(self.payload.decode("utf-8", "replace"))

    @property
    def kalimat(self) -> str:
        """What the page says is wrong, or its heading: for the sentence of a failure."""
        screen = self.screen
        galat = [u for u in screen if "govuk-error-summary" in u.atribut.get("class", "").split()]
        judul = galat or screen.all("main") or screen.all("h1") or [screen]
        return judul[0].teks[:300]


def until(batas: float, check: Callable[[], T | None], *, apa: str) -> T:
    """Ask ``check`` until it answers, at most ``batas`` seconds, ever less often.

    Raises SampleFailed naming ``apa`` when the time is over.
    """
    akhir = time.monotonic() + batas
    jeda = 0.1
    while (hasil := check()) is None:
        if time.monotonic() > akhir:
            raise SampleFailed(f"{apa} tidak terjadi dalam {batas:.0f} detik.")
        time.sleep(jeda)
        jeda = min(jeda * 1.5, PAUSE_AT_MOST)
    return hasil


class WebClient:
    """A person at a browser. Safe to share between threads once logged in."""

    def __init__(
        self, alamat: str, *, batas: float, nama: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.nama = nama
        self.batas = batas  # seconds an outage may last
        self._token = ""
        self._http = httpx.Client(base_url=alamat, timeout=60, trust_env=False, transport=transport)

    def close(self) -> None:
        self._http.close()

    def get(self, jalur: str, **question: str) -> Answer:
        """Read a page; a server that is away or asks to wait is asked again."""
        return until(self.batas, lambda: self._try_get(jalur, question), apa=f"Jawaban GET {jalur}")

    def page(self, jalur: str, **question: str) -> Element:
        """Read a page that must be there. Raises SampleFailed with what it says otherwise."""
        jawaban = self.get(jalur, **question)
        if jawaban.status != 200:
            raise SampleFailed(
                f"{self.nama}: GET {jalur} dijawab {jawaban.status}: {jawaban.lokasi or jawaban.kalimat}"
            )
        return jawaban.screen

    def post(
        self,
        jalur: str,
        isian: Mapping[str, str | Sequence[str]],
        *,
        berkas: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
    ) -> Answer:
        """Send a form once, with this session's CSRF token; 429 and a refused connection are waited out.

        Raises OutcomeUncertain when nobody can know whether the server did it.
        """
        return until(self.batas, lambda: self._try_post(jalur, isian, berkas), apa=f"Jawaban POST {jalur}")

    def log_in(self, jalur: str, pengenal: str, sandi: str) -> None:
        """Log in with the form at ``jalur``. Raises SampleFailed when it is refused."""
        self._token = self.page(jalur).fields()["csrf_token"]
        jawaban = self.post(jalur, {"pengenal": pengenal, "sandi": sandi})
        if jawaban.status != 303:
            raise SampleFailed(f"{pengenal} tidak dapat masuk ({jawaban.status}): {jawaban.kalimat}")
        self.renew_token(jawaban.lokasi)

    def renew_token(self, jalur: str) -> None:
        """Take the CSRF token of the session from a page that has a form."""
        token = self.page(jalur).fields().get("csrf_token")
        if not token:
            raise SampleFailed(f"{self.nama}: halaman {jalur} tidak memuat csrf_token.")
        self._token = token

    def _try_get(self, jalur: str, question: Mapping[str, str]) -> Answer | None:
        try:
            jawaban = self._http.get(jalur, params=dict(question) or None)
        except httpx.TransportError:
            return None
        return None if self._must_wait(jawaban) or jawaban.status_code in A_MOMENT else _answer(jawaban)

    def _try_post(
        self,
        jalur: str,
        isian: Mapping[str, str | Sequence[str]],
        berkas: Sequence[tuple[str, tuple[str, bytes, str]]],
    ) -> Answer | None:
        data = {k: v if isinstance(v, str) else list(v) for k, v in isian.items()} | {"csrf_token": self._token}
        try:
            jawaban = self._http.post(jalur, data=data, files=list(berkas) or None)
        except httpx.ConnectError:
            return None
        except httpx.TransportError as galat:
            raise OutcomeUncertain(f"POST {jalur}: {type(galat).__name__}") from galat
        if jawaban.status_code in A_MOMENT:
            raise OutcomeUncertain(f"POST {jalur} dijawab {jawaban.status_code}: {_answer(jawaban).kalimat}")
        return None if self._must_wait(jawaban) else _answer(jawaban)

    @staticmethod
    def _must_wait(jawaban: httpx.Response) -> bool:
        if jawaban.status_code != 429:
            return False
        time.sleep(min(float(jawaban.headers.get("Retry-After", "1")), 60))
        return True


def _answer(jawaban: httpx.Response) -> Answer:
    lokasi = urlsplit(jawaban.headers.get("Location", ""))
    return Answer(jawaban.status_code, lokasi.path, jawaban.content)
