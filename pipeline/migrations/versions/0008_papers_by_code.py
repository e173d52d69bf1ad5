"""A draft, a number and a signed letter are of the paper whose code their SOP gives it."""

from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0008"
down_revision = "0007"
branch_labels = depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_draft_kind"), "draft")
    op.drop_constraint(op.f("ck_sk_kind"), "sk")
