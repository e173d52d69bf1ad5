"""Notices to people: one row per recipient and channel, written with what it tells of, sent by its own task."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.models.base import Base


class Notice(Base):
    """A notice. Its words carry no NIK and no document; the address is looked up when it is sent.

    ``mengirim`` is written before the message goes out: a process that dies in between leaves it ``tidak_pasti``, shown
    with "kirim ulang", and nothing is sent twice by itself.
    """

    __tablename__ = "pemberitahuan"
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, letter_id) = 1", name="recipient"),
        CheckConstraint("channel IN ('surel', 'pesan', 'lonceng')", name="channel"),
        CheckConstraint("status IN ('menunggu', 'mengirim', 'terkirim', 'gagal', 'tidak_pasti')", name="status"),
        Index("ix_pemberitahuan_orang", "person_id", "created_at"),
        Index(
            "ix_pemberitahuan_belum_dibaca",
            "person_id",
            postgresql_where=text("channel = 'lonceng' AND read_at IS NULL"),
        ),
        Index("ix_pemberitahuan_uji", "channel", "created_at", postgresql_where=text("kind = 'pesan_uji'")),
        Index("ix_pemberitahuan_gagal", "created_at", postgresql_where=text("status IN ('gagal', 'tidak_pasti')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(unique=True)  # what it tells, to whom, by which channel: told once
    kind: Mapped[str]
    permohonan_id: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    #: A letter about an account: its words, and where it goes, are the letter's, made when it is sent.
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("account_letter.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    title: Mapped[str]
    content: Mapped[str]
    link: Mapped[str]  # a path of ours; BASE_URL is put before it when it leaves
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
