"""What the office declared or reached as a whole: a trial, and that it opened. A table that is only added to."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0017"
down_revision = "0016"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('uji_coba', 'uji_coba_selesai', 'dibuka')", name=op.f("ck_office_event_kind")),
        sa.ForeignKeyConstraint(["actor"], ["orang.id"], name=op.f("fk_office_event_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_event")),
    )
    only_once = sa.text("kind = 'dibuka'")
    op.create_index("uq_office_event_dibuka", "office_event", ["kind"], unique=True, postgresql_where=only_once)
    tested = sa.text("kind = 'pesan_uji'")
    op.create_index("ix_pemberitahuan_uji", "pemberitahuan", ["channel", "created_at"], postgresql_where=tested)
    op.execute(
        "CREATE TRIGGER office_event_tambah_saja BEFORE UPDATE OR DELETE ON office_event "
        "FOR EACH ROW EXECUTE FUNCTION tolak_ubah()"
    )
    op.execute(
        "CREATE TRIGGER office_event_tidak_dikosongkan BEFORE TRUNCATE ON office_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION tolak_ubah()"
    )
