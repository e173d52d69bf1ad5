"""A row of the outbox no longer says when, and by which worker, it was begun: the broker knows what each one holds."""

from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    op.drop_column("outbox", "started_at")
    op.drop_column("outbox", "worker")
