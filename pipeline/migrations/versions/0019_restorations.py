"""The times this office came back from a backup, and the numbers it left alone then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0019"
down_revision = "0018"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("backup_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", JSONB(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_restoration"),
    )
    op.execute(
        "CREATE TRIGGER restoration_tambah_saja BEFORE UPDATE OR DELETE ON restoration"
        " FOR EACH ROW EXECUTE FUNCTION tolak_ubah()"
    )
    op.execute(
        "CREATE TRIGGER restoration_tidak_dikosongkan BEFORE TRUNCATE ON restoration"
        " FOR EACH STATEMENT EXECUTE FUNCTION tolak_ubah()"
    )
