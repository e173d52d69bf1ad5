"""The register of decrees issued on paper, and where the numbers on paper end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0021"
down_revision = "0020"
branch_labels = depends_on = None

#: What is written once: tolak_ubah is of the first schema.
APPEND_ONLY = """
CREATE TRIGGER {0}_tambah_saja BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION tolak_ubah();
CREATE TRIGGER {0}_tidak_dikosongkan BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION tolak_ubah();
"""
ONLY_UP = """
CREATE FUNCTION hanya_naik() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.sop, NEW.kind, NEW.year) <> (OLD.sop, OLD.kind, OLD.year) OR NEW.last < OLD.last THEN
        RAISE EXCEPTION 'awal deret nomor hanya dapat naik' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER series_start_hanya_naik BEFORE UPDATE OR DELETE ON series_start
    FOR EACH ROW EXECUTE FUNCTION hanya_naik();
"""


def upgrade() -> None:
    def actor() -> sa.Column[object]:
        return sa.Column("actor", sa.Uuid, sa.ForeignKey("orang.id"))

    at = sa.DateTime(timezone=True)
    op.create_table(
        "paper_upload",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        actor(),
        sa.Column("at", at, nullable=False),
    )
    op.create_table(
        "paper_change",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        actor(),
        sa.Column("at", at, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.CheckConstraint("kind IN ('impor', 'mulai')", name=op.f("ck_paper_change_kind")),
    )
    op.create_index(
        "uq_paper_change_sha256",
        "paper_change",
        [sa.text("(data ->> 'sha256')")],
        unique=True,
        postgresql_where=sa.text("kind = 'impor'"),
    )
    _decrees()
    op.create_table(
        "series_start",
        sa.Column("sop", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.CheckConstraint("last > 0", name=op.f("ck_series_start_last")),
    )
    op.execute(APPEND_ONLY.format("paper_change"))
    op.execute(APPEND_ONLY.format("paper_decree"))
    op.execute(ONLY_UP)


def _decrees() -> None:
    op.create_table(
        "paper_decree",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("change_id", sa.BigInteger, sa.ForeignKey("paper_change.id"), nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("sop", sa.Text, nullable=False),
        sa.Column("nomor", sa.Text, nullable=False),
        sa.Column("number_key", sa.Text, nullable=False, unique=True),
        sa.Column("parts", ARRAY(sa.Integer), nullable=False),
        sa.Column("pemegang", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("marks", ARRAY(sa.Text), nullable=False),
        sa.Column("district", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("valid_until_date", sa.Date),
        sa.Column("kind", sa.Text),
        sa.Column("year", sa.Integer),
        sa.Column("sequence", sa.Integer),
        sa.CheckConstraint("num_nulls(kind, year, sequence) IN (0, 3)", name=op.f("ck_paper_decree_series_whole")),
        sa.CheckConstraint("valid_until_date >= day", name=op.f("ck_paper_decree_dates_in_order")),
        sa.UniqueConstraint("change_id", "row"),
        sa.UniqueConstraint("sop", "kind", "year", "sequence"),
    )
    op.create_index("ix_paper_decree_marks", "paper_decree", ["marks"], postgresql_using="gin")
    op.create_index("ix_paper_decree_parts", "paper_decree", ["parts"], postgresql_using="gin")
