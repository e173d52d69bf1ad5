"""The alarm of the store: what was found damaged, kept until it is whole again. Its page is the operator's."""

from uuid import UUID

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import DamagedFile

log = structlog.get_logger()


def record_damage(sha256: str, damage: str, owner: UUID | None) -> None:
    """Remember a damaged file, in a transaction of its own: whoever met it is about to give up theirs."""
    log.error("dokumen rusak di penyimpanan", sha256=sha256, keadaan=damage)
    row = {"sha256": sha256, "permohonan_id": owner, "state": damage, "found_at": real_now(), "whole_at": None}
    anew = {
        "state": damage,
        "permohonan_id": owner,
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


def open_damage() -> list[tuple[str, UUID | None]]:
    """Files found damaged and not seen whole since, and whose they are."""
    with unit_of_work() as s:
        of_open = select(DamagedFile.sha256, DamagedFile.permohonan_id).where(DamagedFile.whole_at.is_(None))
        return [(sha256, owner) for sha256, owner in s.execute(of_open.order_by(DamagedFile.sha256))]


def end_damage(sha256: str) -> None:
    """The file is whole again."""
    with unit_of_work() as s:
        s.execute(update(DamagedFile).where(DamagedFile.sha256 == sha256).values(whole_at=real_now()))
