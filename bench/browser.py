"""The web of the office on a database, and people at browsers without a screen."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import quote, urlencode

from bench.ground import Ground, until
from ops.demo_people import PASSWORD
from ops.processes import web

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')


class Browser:
    """One person at one connection; keeps cookies, follows nothing."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self._conn = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies = dict(cookies or {})

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        return self._ask("POST", path, urlencode(form))

    def seconds(self, path: str) -> float:
        """Of one page that must come."""
        began = time.perf_counter()  # a reconnection costs a tenth of a millisecond
        status, _ = self.get(path)
        took = time.perf_counter() - began
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        return took

    def log_in(self, account: str) -> "Browser":
        """As somebody of the demonstration, with the form."""
        secret = self.form_secret("/petugas/masuk")
        form = {"pengenal": f"{account}@demo.test", "sandi": PASSWORD, "csrf_token": secret}
        status, _ = self.post("/petugas/masuk", form)
        if status != 303:
            raise RuntimeError(f"{account} tidak dapat masuk: {status}")
        return self

    def form_secret(self, path: str) -> str:
        """What every form of this session must carry, from a page that has one."""
        token = _TOKEN.search(self.get(path)[1])
        if token is None:
            raise RuntimeError(f"GET {path}: tidak memuat csrf_token.")
        return (token[1] or token[2]).decode()

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())} if self._cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._conn.request(method, quote(path, safe="/?&=%-"), body, headers)
            answer = self._conn.getresponse()
        except ConnectionError:  # kept open in vain: the server closes what is silent
            self._conn.close()
            self._conn.request(method, quote(path, safe="/?&=%-"), body, headers)
            answer = self._conn.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.read()


def open_site(servers: Ground, port: int, name: str = "web") -> int:
    """Start the web of the office of this moment (``Ground.office``) and wait for its first page; its pid."""
    process = web(f"127.0.0.1:{port}")
    pid = servers.started(process, name).pid
    until(lambda: _answers(port), "halaman pertama")
    return pid


def _answers(port: int) -> bool:
    with suppress(OSError):
        return Browser(port).get("/")[0] == 200
    return False
