"""Officers log in with a code beside their password; a session says by which device and from where it was begun."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0015"
down_revision = "0012"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reset_by", sa.Uuid(), nullable=True),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nulls(reset_by, reset_at) IN (0, 2)", name=op.f("ck_second_factor_reset")),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name=op.f("fk_second_factor_account_id")),
        sa.ForeignKeyConstraint(["reset_by"], ["orang.id"], name=op.f("fk_second_factor_reset_by")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.add_column("sesi", sa.Column("entering", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("sesi", sa.Column("device", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("sesi", sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False))
