"""A file may lie with its applicant because a step in the middle asks for more."""

from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0011"
down_revision = "0010"
branch_labels = depends_on = None

_STATUS = "status IN ('draf', 'perbaikan', 'tindakan', 'berjalan', 'terbit', 'selesai', 'ditolak', 'dibatalkan')"


def upgrade() -> None:
    op.execute("ALTER TABLE permohonan DROP CONSTRAINT ck_permohonan_status")
    op.execute(f"ALTER TABLE permohonan ADD CONSTRAINT ck_permohonan_status CHECK ({_STATUS}) NOT VALID")
    op.execute("ALTER TABLE permohonan VALIDATE CONSTRAINT ck_permohonan_status")  # writers need not wait for that
