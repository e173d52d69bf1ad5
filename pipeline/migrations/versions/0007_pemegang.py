"""The name an application is listed under is that of whoever holds the permit, whatever the permit calls them."""

from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0007"
down_revision = "0006"
branch_labels = depends_on = None


def upgrade() -> None:
    op.alter_column("permohonan", "nama_lembaga", new_column_name="pemegang")
