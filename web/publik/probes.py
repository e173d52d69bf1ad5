"""What machines ask and tell: is the process alive, may it get requests, what did a browser block."""

from datetime import timedelta

import structlog
from flask import abort, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import real_now
from pipeline.db import connection
from pipeline.services.people import rate_limit
from web.auth import publik
from web.csrf import csrf
from web.publik import bp
from web.templating import client_address

log = structlog.get_logger("web")

#: Reports of a blocked script, from one address and from all: a page of ours that is wrong is seen after a few.
CSP_PER_MINUTE, CSP_IN_ALL = 10, 60
CSP_SIZE_AT_MOST = 16 * 1024
A_MINUTE = timedelta(minutes=1)


@bp.get("/sehat")
@publik
def healthy() -> dict[str, bool]:
    """The process answers."""
    return {"sehat": True}


@bp.get("/siap")
@publik
def ready() -> tuple[dict[str, bool], int]:
    """The database answers too, so requests may be sent here. The broker is not asked: pages work without it."""
    try:
        with connection() as conn:
            conn.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"siap": False}, 503
    return {"siap": True}, 200


@bp.post("/csp-laporan")
@publik
def csp_report() -> tuple[str, int]:
    """A browser blocked something on a page of ours: worth a line, without its address or content."""
    if (request.content_length or 0) > CSP_SIZE_AT_MOST:
        abort(413)
    for who, at_most in ((client_address(), CSP_PER_MINUTE), ("semua", CSP_IN_ALL)):
        rate_limit.count_try("csp", who, at_most=at_most, window=A_MINUTE, now=real_now())
    log.warning("csp dilanggar", panjang=request.content_length)
    return "", 204


csrf.exempt(csp_report)  # browsers send these by themselves
