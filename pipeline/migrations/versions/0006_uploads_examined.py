"""A file that has come in waits to be examined by a worker, and a refusal is kept for the page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("unggahan", sa.Column("received_at", sa.DateTime(timezone=True)))
    op.add_column("unggahan", sa.Column("sha256", sa.Text))
    op.add_column("unggahan", sa.Column("refusal", JSONB))
    op.create_check_constraint(
        op.f("ck_unggahan_hash_when_received"), "unggahan", "(received_at IS NULL) = (sha256 IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_unggahan_refused_when_received"), "unggahan", "refusal IS NULL OR received_at IS NOT NULL"
    )
