"""Documents are sealed: their keys, each wrapped by the office key, and what was erased by destroying one."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0020"
down_revision = "0019"
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
    op.create_table(
        "penghapusan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ground IN ('retensi', 'permintaan', 'keliru')", name="ground"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_penghapusan_permohonan", "penghapusan", ["permohonan_id"])
    op.create_index("ix_penghapusan_terutang", "penghapusan", ["at"], postgresql_where=sa.text("done_at IS NULL"))
