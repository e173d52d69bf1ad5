"""Documents are sealed: their keys, each wrapped by the office key."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0020"
down_revision = "0012"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "kunci_dokumen",
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("permohonan_id", "number"),
    )
    op.create_index("ix_kunci_dokumen_versi", "kunci_dokumen", ["office_version"])
    op.add_column("damaged_file", sa.Column("permohonan_id", sa.Uuid(), nullable=True))
