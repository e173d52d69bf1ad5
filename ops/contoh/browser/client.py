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
PAUSE_AT_MOST = 1.0  # seconds between two looks: each costs the office what a page costs
A_MOMENT = (502, 503, 504)  # the instance is away for a moment


class SampleFailed(AlurIzinError):
    """Contoh tidak berjalan sesuai SOP."""


class OutcomeUncertain(AlurIzinError):
    """Jawaban atas kiriman ini tidak sampai; keadaannya harus dilihat dahulu."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, where it redirects to (path only), and the body."""

    status: int
    location: str
    payload: bytes

    @property
    def screen(self) -> Element:
        return parse_html(self.payload.decode("utf-8", "replace"))

    @property
    def sentence(self) -> str:
        """What the page says is wrong, or its heading: for the sentence of a failure."""
        screen = self.screen
        error = [u for u in screen if "govuk-error-summary" in u.attribute.get("class", "").split()]
        title = error or screen.all("main") or screen.all("h1") or [screen]
        return title[0].text[:300]


def until(limit: float, check: Callable[[], T | None], *, what: str) -> T:
    """Ask ``check`` until it answers, at most ``limit`` seconds, ever less often.

    Raises SampleFailed naming ``what`` when the time is over.
    """
    end = time.monotonic() + limit
    jeda = 0.1
    while (result := check()) is None:
        if time.monotonic() > end:
            raise SampleFailed(f"{what} tidak terjadi dalam {limit:.0f} detik.")
        time.sleep(jeda)
        jeda = min(jeda * 1.5, PAUSE_AT_MOST)
    return result


class WebClient:
    """A person at a browser. Safe to share between threads once logged in."""

    def __init__(
        self, address: str, *, limit: float, name: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.name = name
        self.limit = limit  # seconds an outage may last
        self._token = ""
        self._http = httpx.Client(base_url=address, timeout=60, trust_env=False, transport=transport)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **question: str) -> Answer:
        """Read a page; a server that is away or asks to wait is asked again."""
        return until(self.limit, lambda: self._try_get(path, question), what=f"Jawaban GET {path}")

    def page(self, path: str, **question: str) -> Element:
        """Read a page that must be there. Raises SampleFailed with what it says otherwise."""
        answer = self.get(path, **question)
        if answer.status != 200:
            raise SampleFailed(f"{self.name}: GET {path} dijawab {answer.status}: {answer.location or answer.sentence}")
        return answer.screen

    def post(
        self,
        path: str,
        isian: Mapping[str, str | Sequence[str]],
        *,
        berkas: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
    ) -> Answer:
        """Send a form once, with this session's CSRF token; 429 and a refused connection are waited out.

        Raises OutcomeUncertain when nobody can know whether the server did it.
        """
        return until(self.limit, lambda: self._try_post(path, isian, berkas), what=f"Jawaban POST {path}")

    def log_in(self, path: str, identifier: str, password: str) -> None:
        """Log in with the form at ``path``. Raises SampleFailed when it is refused."""
        self._token = self.page(path).fields()["csrf_token"]
        answer = self.post(path, {"pengenal": identifier, "sandi": password})
        if answer.status != 303:
            raise SampleFailed(f"{identifier} tidak dapat masuk ({answer.status}): {answer.sentence}")
        if answer.location.startswith("/petugas/masuk/"):
            raise SampleFailed(f"{identifier} masuk dengan kode. Matikan kode masuknya pada peragaan ini, lalu ulangi.")
        self.renew_token(answer.location)

    def renew_token(self, path: str) -> None:
        """Take the CSRF token of the session from a page that has a form."""
        token = self.page(path).fields().get("csrf_token")
        if not token:
            raise SampleFailed(f"{self.name}: halaman {path} tidak memuat csrf_token.")
        self._token = token

    def _try_get(self, path: str, question: Mapping[str, str]) -> Answer | None:
        try:
            answer = self._http.get(path, params=dict(question) or None)
        except httpx.TransportError:
            return None
        return None if self._must_wait(answer) or answer.status_code in A_MOMENT else _answer(answer)

    def _try_post(
        self,
        path: str,
        isian: Mapping[str, str | Sequence[str]],
        berkas: Sequence[tuple[str, tuple[str, bytes, str]]],
    ) -> Answer | None:
        data = {k: v if isinstance(v, str) else list(v) for k, v in isian.items()} | {"csrf_token": self._token}
        try:
            answer = self._http.post(path, data=data, files=list(berkas) or None)
        except httpx.ConnectError:
            return None
        except httpx.TransportError as error:
            raise OutcomeUncertain(f"POST {path}: {type(error).__name__}") from error
        if answer.status_code in A_MOMENT:
            raise OutcomeUncertain(f"POST {path} dijawab {answer.status_code}: {_answer(answer).sentence}")
        return None if self._must_wait(answer) else _answer(answer)

    @staticmethod
    def _must_wait(answer: httpx.Response) -> bool:
        if answer.status_code != 429:
            return False
        time.sleep(min(float(answer.headers.get("Retry-After", "1")), 60))
        return True


def _answer(answer: httpx.Response) -> Answer:
    location = urlsplit(answer.headers.get("Location", ""))
    return Answer(answer.status_code, location.path, answer.content)
