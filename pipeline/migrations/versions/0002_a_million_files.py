"""Indexes for a million files, and the pace of the desks counted day by day."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here
from pipeline.migrations.trigrams import make_search_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_search_index(op.get_bind())
    # PostgreSQL keeps a rare word apart from a common one only as far as its sample reaches.
    op.execute("ALTER TABLE permohonan ALTER nomor SET STATISTICS 1000, ALTER search_name SET STATISTICS 1000")
    # With changed_at in an index, even of drafts alone, no change of any file could stay within its page (HOT).
    op.drop_index("ix_permohonan_draf", "permohonan")
    op.create_index("ix_permohonan_draf", "permohonan", ["created_at"], postgresql_where=sa.text("status = 'draf'"))
    op.drop_index("ix_tugas_diambil", "tugas")  # ix_tugas_dipegang holds the same
    opened = sa.text("closed_at IS NULL")
    op.create_index("ix_tugas_tenggat", "tugas", ["tenggat", "id"], postgresql_where=opened)
    op.create_index("ix_tugas_langkah", "tugas", ["langkah", "tenggat", "id"], postgresql_where=opened)
    op.create_index("ix_outbox_selesai", "outbox", ["closed_at"], postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.create_table(
        "daily_pace",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("langkah", sa.Text(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "sop", "langkah", "in_time", "minutes", name=op.f("pk_daily_pace")),
    )
    op.create_table(
        "pace_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_pace_day")),
    )
