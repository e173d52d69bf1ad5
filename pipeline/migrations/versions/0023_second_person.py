"""Roles that decide or sign wait for a second person."""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0023"
down_revision = "0022"
branch_labels = depends_on = None


def upgrade() -> None:
    def person(name: str, *, optional: bool = False) -> sa.Column[object]:
        return sa.Column(name, sa.Uuid, sa.ForeignKey("orang.id"), nullable=optional)

    op.create_table(
        "waiting_role",
        sa.Column("id", sa.Uuid, primary_key=True),
        person("person_id"),
        sa.Column("peran", sa.Text, nullable=False),
        sa.Column("jabatan", sa.Text, nullable=False),
        sa.Column("start_date", sa.Date, nullable=False),
        person("asked_by"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text),
        person("closed_by", optional=True),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "outcome IN ('dikonfirmasi', 'ditolak', 'ditarik', 'gugur')", name=op.f("ck_waiting_role_outcome")
        ),
        sa.CheckConstraint("num_nulls(outcome, closed_at) IN (0, 2)", name=op.f("ck_waiting_role_closed_whole")),
        sa.CheckConstraint("person_id <> asked_by", name=op.f("ck_waiting_role_not_own")),
        sa.CheckConstraint(
            "outcome <> 'dikonfirmasi' OR closed_by NOT IN (person_id, asked_by)",
            name=op.f("ck_waiting_role_second_person"),
        ),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_waiting_role_open", "waiting_role", ["person_id", "peran"], unique=True, postgresql_where=still_open
    )
