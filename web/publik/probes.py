"""What machines ask and tell: is the process alive, may it get requests, what did a browser block."""

from datetime import timedelta

import structlog
from flask import abort, request
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import now, real_now
from pipeline.db import connection
from pipeline.json import Json
from pipeline.queries.facilities import disk
from pipeline.queries.machinery import DATABASE, Part, no_database, read_parts
from pipeline.services.people import rate_limit
from pipeline.settings import settings
from web.auth import publik
from web.csrf import csrf
from web.machines import is_ours
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
def ready() -> tuple[Json, int]:
    """Whether requests may be sent here: the database answers. What else is away makes things late, and is only told
    of, to machines of ours: pages work without it.
    """
    try:
        with connection() as conn:
            found = (*read_parts(conn, now=real_now(), office_now=now()), disk(settings().data))
    except SQLAlchemyError:
        found = (no_database(),)
    ours = is_ours()
    told = {"degraded": [p.name for p in found if not p.well], "bagian": dict(map(_told, found))} if ours else {}
    serves = all(p.well for p in found if p.name == DATABASE)
    return {"siap": serves, **told}, 200 if serves else 503


def _told(part: Part) -> tuple[str, Json]:
    return part.name, {"keadaan": part.state, "tanda": part.since and part.since.isoformat()}


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
