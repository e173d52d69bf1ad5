"""Several desks may have a file at the same time: a return by one of them is kept until the last is in."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0012"
down_revision = "0011"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("tugas", sa.Column("back_to", sa.Text(), nullable=True))
