"""One JSON line per request: what was asked for by its rule, never by its address, and no word of what was typed."""

import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("web")


def init_request_log(app: Flask) -> None:
    """Log every answer with the id that error pages show."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"
        if rule not in {"/sehat", "/siap"}:
            ms = round(1000 * (time.perf_counter() - g.started)) if "started" in g else None
            fields = {"cara": request.method, "aturan": rule, "status": response.status_code, "ms": ms}
            log.info("permintaan", kejadian=g.get("incident"), **fields)
        response.headers["X-Request-Id"] = g.get("incident", "-")
        return response
