"""The pages behind the server that ``make run`` starts, on the database of the tests.

``app`` is the application of the web tests with one difference: what its client asks for travels through that server.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Engine

from ops.processes import web
from ops.supervisor import command_line
from tests.web.conftest import *  # noqa: F403 - the people and their browsers

ROOT = Path(__file__).resolve().parents[2]
HOP = {"connection", "transfer-encoding", "content-length"}


@pytest.fixture(scope="session")
def server(_server: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Host and port of a server of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address: tuple[str, int] = probe.getsockname()
    log = tmp_path_factory.mktemp("server") / "web.log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            command_line(web(f"{address[0]}:{address[1]}")), cwd=ROOT, env=dict(os.environ), stdout=out, stderr=out
        )
    try:
        _wait(address, running, log)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait(address: tuple[str, int], running: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and running.poll() is None:
        with suppress(OSError), closing(HTTPConnection(*address, timeout=5)) as line:
            line.request("GET", "/sehat")
            line.getresponse().read()
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def app(server: tuple[str, int]) -> Flask:
    """The application, whose requests go over the network."""
    from web import create_app

    app = create_app()
    app.wsgi_app = Forward(*server)  # type: ignore[method-assign]
    return app


class Forward:
    """A WSGI application that asks the server, word for word, and passes on what it says."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def __call__(self, environ: dict, start_response):  # type: ignore[no-untyped-def,type-arg]
        untold = environ.get("wsgi.input_terminated")  # a body that does not say its length: it travels in chunks
        body = environ["wsgi.input"].read(-1 if untold else int(environ.get("CONTENT_LENGTH") or 0))
        with closing(HTTPConnection(*self._address, timeout=60)) as line:
            answer, content = self._ask(line, environ, body, chunked=bool(untold))
        headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP]
        headers += [("Content-Length", str(len(content)))] if environ["REQUEST_METHOD"] != "HEAD" else []
        start_response(f"{answer.status} {answer.reason}", headers)
        return [content]

    @staticmethod
    def _ask(
        line: HTTPConnection, environ: dict[str, str], body: bytes, *, chunked: bool
    ) -> tuple[HTTPResponse, bytes]:
        line.putrequest(environ["REQUEST_METHOD"], _target(environ), skip_host=True, skip_accept_encoding=True)
        for name, value in _headers(environ, None if chunked else len(body)):
            line.putheader(name, value.encode("latin-1"))
        with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough: what it says is still to be read
            line.endheaders(body or None, encode_chunked=chunked)
        answer = line.getresponse()
        return answer, answer.read()


def _target(environ: dict[str, str]) -> str:
    """The path and the query as the test wrote them, with what no client would send as it is encoded."""
    return quote(environ["REQUEST_URI"], safe="%/?&=+;:@,!$'()*~#[]")


def _headers(environ: dict[str, str], length: int | None) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key[5:].replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]
    if length is None:
        yield "Transfer-Encoding", "chunked"
    elif length or environ["REQUEST_METHOD"] in {"POST", "PATCH", "PUT"}:
        yield "Content-Length", str(length)
