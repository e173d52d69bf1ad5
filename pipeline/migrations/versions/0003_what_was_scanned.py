"""Indexes for what a page or an act read a whole table for."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_orang_nip_tertulis", "orang", ["nip"])
    op.create_index("ix_draft_permohonan", "draft", ["permohonan_id"])
    op.create_index("ix_persetujuan_permohonan", "persetujuan", ["permohonan_id"])
    op.create_index(
        "ix_peristiwa_nomor",
        "peristiwa",
        [sa.literal_column("CAST((data -> 'drawn') ->> 'year' AS integer)")],
        postgresql_where=sa.text("kind = 'sk_niat' AND data ? 'drawn'"),
    )
