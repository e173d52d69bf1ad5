"""The alarm of the store: what was found damaged, kept until it is whole again. Its page is the operator's."""

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import DamagedFile

log = structlog.get_logger()


def record_damage(sha256: str, damage: str) -> None:
    """Remember a damaged file, in a transaction of its own: whoever met it is about to give up theirs."""
    log.error("dokumen rusak di penyimpanan", sha256=sha256, keadaan=damage)
    row = {"sha256": sha256, "state": damage, "found_at": real_now(), "whole_at": None}
    anew = {
        "state": damage,
        "whole_at": None,
        "found_at": case((DamagedFile.whole_at.is_(None), DamagedFile.found_at), else_=row["found_at"]),
    }
    try:
        with unit_of_work() as s:
            s.execute(
                upsert(DamagedFile).values(row).on_conflict_do_update(index_elements=[DamagedFile.sha256], set_=anew)
            )
    except SQLAlchemyError as error:  # the reader is told of the damage all the same
        log.error("alarm penyimpanan tidak tercatat", sha256=sha256, galat=type(error).__name__)


def open_damage() -> list[str]:
    """Files found damaged and not seen whole since."""
    with unit_of_work() as s:
        return list(
            s.scalars(select(DamagedFile.sha256).where(DamagedFile.whole_at.is_(None)).order_by(DamagedFile.sha256))
        )


def end_damage(sha256: str) -> None:
    """The file is whole again."""
    with unit_of_work() as s:
        s.execute(update(DamagedFile).where(DamagedFile.sha256 == sha256).values(whole_at=real_now()))
