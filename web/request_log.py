"""One JSON line per request: what was asked for by its rule, never by its address, and no word of what was typed."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import structlog
from flask import Flask, Response, current_app, g, request

from pipeline.logs.traces import SpanRole, note, span, tracing
from web.request_times import RequestTimes, Times

log = structlog.get_logger("web")

#: Machines ask these all the time, and nobody waits for them.
_PROBES = {"/sehat", "/siap", "/metrik"}
_OTHER = "lain"  # static files, and what no address of ours is
_TIMES = "request_times"


def init_request_log(app: Flask, rooms: Sequence[str]) -> None:
    """Log every answer with the id that error pages show, and count it for its room."""
    times = RequestTimes((*rooms, _OTHER))  # before the server forks
    app.extensions[_TIMES] = times

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"
        if rule not in _PROBES:
            seconds = time.perf_counter() - g.started if "started" in g else 0.0
            times.count(request.blueprint or _OTHER, seconds, failed=response.status_code >= 500)
            ms = round(1000 * seconds)
            fields = {"cara": request.method, "aturan": rule, "status": response.status_code, "ms": ms}
            log.info("permintaan", kejadian=g.get("incident"), **fields)
        response.headers["X-Request-Id"] = g.get("incident", "-")
        return response


def init_traces(app: Flask) -> None:
    """A span around every request, where the office traces; nothing at all where it does not."""
    if not tracing():
        return

    @app.before_request
    def begin() -> None:
        g.traced = ExitStack()
        g.traced.enter_context(
            span(f"{request.method} {request.url_rule.rule if request.url_rule else '-'}", SpanRole.SERVER)
        )

    @app.after_request
    def tell(response: Response) -> Response:
        note("http.response.status_code", response.status_code)
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if traced := g.pop("traced", None):
            traced.close()


def read_times() -> Mapping[str, Times]:
    """What all processes of this server have counted, by room."""
    times: RequestTimes = current_app.extensions[_TIMES]
    return times.read()
