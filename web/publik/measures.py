"""/metrik: what the office counts of itself, as Prometheus reads it. Nothing is kept between two scrapes."""

from flask import Response, abort
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import now, real_now
from pipeline.db import snapshot
from pipeline.queries.machinery import no_database
from pipeline.queries.measures import Measured, read_measures
from pipeline.settings import settings
from web.auth import publik
from web.exposition import Exposition
from web.machines import is_ours
from web.publik import bp
from web.request_log import read_times


@bp.get("/metrik")
@publik
def metrics() -> Response:
    """For the office's own watchers; for everybody else there is no such page."""
    if not is_ours():
        abort(404)
    at, office_at, data = real_now(), now(), settings().data
    try:
        with snapshot() as conn:
            measured = read_measures(conn, now=at, office_now=office_at, data=data)
    except SQLAlchemyError:
        measured = Measured(parts=(no_database(),))
    registry = CollectorRegistry()
    registry.register(Exposition(measured, read_times(), at, office_at, data))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
