"""What a part of the system says of itself with its sign of life, and the trace an outbox row belongs to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0018"
down_revision = "0017"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("detak", sa.Column("detail", JSONB(), nullable=True))
    told = sa.text("nullif(current_setting('alurizin.traceparent', true), '')")
    op.add_column("outbox", sa.Column("traceparent", sa.Text(), nullable=True, server_default=told))
    op.create_index("ix_sk_terbit", "sk", ["issued_at"], postgresql_where=sa.text("issued_at IS NOT NULL"))
    op.create_index("ix_sk_perlu_dicek", "sk", ["created_at"], postgresql_where=sa.text("status = 'perlu_dicek'"))
