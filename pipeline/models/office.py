"""What the office declared or reached as a whole: added to, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.models.base import Base


class OfficeEvent(Base):
    """Something of the whole office: a trial declared or ended, and that it opened. Each is bound to the one before."""

    __tablename__ = "office_event"
    __table_args__ = (
        CheckConstraint("kind IN ('uji_coba', 'uji_coba_selesai', 'dibuka')", name="kind"),
        Index("uq_office_event_dibuka", "kind", unique=True, postgresql_where=text("kind = 'dibuka'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: it came about by itself
    at: Mapped[datetime]
    hash: Mapped[str]  # over this row and the hash of the one before
