"""What an applicant is told before the office opens."""

from pipeline import clock
from pipeline.queries.opening import is_open
from pipeline.rules.opening.checklist import NOT_OPEN
from web.pemohon import bp


@bp.context_processor
def _not_open() -> dict[str, object]:
    return {"not_open": not_open}


def not_open() -> str:
    """Why nothing can be sent yet; empty once it can."""
    return "" if is_open(clock.now()) else NOT_OPEN
