"""Photos of a desk and scans of the office come in as the documents of applicants do, and wait to be examined."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0022"
down_revision = "0021"
branch_labels = depends_on = None

CHECKS = {
    "purpose": "purpose IN ('berkas', 'foto', 'surat_perintah')",
    "of_syarat": "(purpose = 'berkas') = (syarat IS NOT NULL)",
    "of_tugas": "(purpose = 'foto') = (tugas_id IS NOT NULL)",
    "of_office": "(purpose = 'surat_perintah') = (permohonan_id IS NULL)",
    "of_officer": "(purpose = 'berkas') = (actor IS NULL)",
    "cleaned_when_received": (
        "cleaned_sha256 IS NULL OR (permohonan_id IS NULL AND received_at IS NOT NULL AND refusal IS NULL)"
    ),
}


def upgrade() -> None:
    op.add_column("unggahan", sa.Column("purpose", sa.Text, server_default=sa.text("'berkas'"), nullable=False))
    op.add_column("unggahan", sa.Column("tugas_id", sa.Uuid))
    op.add_column("unggahan", sa.Column("actor", sa.Uuid))
    op.add_column("unggahan", sa.Column("details", JSONB))
    op.add_column("unggahan", sa.Column("cleaned_sha256", sa.Text))
    op.create_foreign_key(op.f("fk_unggahan_tugas_id"), "unggahan", "tugas", ["tugas_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key(op.f("fk_unggahan_actor"), "unggahan", "orang", ["actor"], ["id"])
    op.alter_column("unggahan", "permohonan_id", nullable=True)
    op.alter_column("unggahan", "syarat", nullable=True)
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_unggahan_{name}"), "unggahan", check)
