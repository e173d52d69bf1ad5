"""What an applicant is told while the office takes nothing."""

from pipeline import clock
from pipeline.queries.opening import read_closed
from web.pemohon import bp


@bp.context_processor
def _not_open() -> dict[str, object]:
    return {"not_open": not_open}


def not_open() -> str:
    """Why nothing can be sent yet; empty once it can."""
    return read_closed(clock.now())
