"""What desks fill in: a file has a row for each of its forms, where it had one for its inspection."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0010"
down_revision = "0009"
branch_labels = depends_on = None


def upgrade() -> None:
    op.rename_table("bap", "filled_form")
    op.add_column("filled_form", sa.Column("form", sa.Text(), server_default="bap", nullable=False))
    op.alter_column("filled_form", "form", server_default=None)
    op.drop_constraint("pk_bap", "filled_form")
    op.create_primary_key("pk_filled_form", "filled_form", ["permohonan_id", "form"])
    for column in ("actor", "permohonan_id"):
        op.execute(f"ALTER TABLE filled_form RENAME CONSTRAINT fk_bap_{column} TO fk_filled_form_{column}")
