"""What the counter did to applicants' accounts is found without reading every account's history."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0024"
down_revision = "0023"
branch_labels = depends_on = None


def upgrade() -> None:
    kinds = sa.text("kind IN ('akun_dicari_di_loket', 'kode_loket_dibuat')")
    op.create_index("ix_perubahan_akun_loket", "perubahan_akun", ["at"], postgresql_where=kinds)
