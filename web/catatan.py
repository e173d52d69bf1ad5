"""One JSON line per request: what was asked for by its rule, never by its address, and no word of what was typed."""

import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("web")


def init_catatan(app: Flask) -> None:
    """Log every answer with the id that error pages show."""

    @app.before_request
    def mulai() -> None:
        g.mulai = time.perf_counter()

    @app.after_request
    def catat(response: Response) -> Response:
        aturan = request.url_rule.rule if request.url_rule else "-"
        if aturan not in {"/sehat", "/siap"}:
            lama = round(1000 * (time.perf_counter() - g.mulai)) if "mulai" in g else None
            kata = {"cara": request.method, "aturan": aturan, "status": response.status_code, "ms": lama}
            log.info("permintaan", kejadian=g.get("kejadian"), **kata)
        response.headers["X-Request-Id"] = g.get("kejadian", "-")
        return response
