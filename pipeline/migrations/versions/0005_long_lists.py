"""Indexes for lists of a million files: what the desks have finished without what applicants did in the same month, and
what the register of numbers tells of a year: those that no document bears, and the last one the histories know of. The
newest files with what a search compares.
"""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here
from pipeline.migrations.trigrams import has_search_index, make_newest_index

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None

_DRAWN = "((data -> 'drawn') ->> '{}')"


def upgrade() -> None:
    if has_search_index(op.get_bind()):
        make_newest_index(op.get_bind())
    op.drop_index("ix_tugas_selesai", "tugas")
    op.create_index(
        "ix_tugas_selesai",
        "tugas",
        [sa.text("closed_at DESC"), "id"],
        postgresql_where=sa.text("peran <> 'pemohon' AND keputusan <> 'batalkan'"),
    )
    unused = sa.text("used_at IS NULL")
    op.create_index("ix_nomor_register_unused", "nomor_register", ["sop", "kind", "year"], postgresql_where=unused)
    op.drop_index("ix_peristiwa_nomor", "peristiwa")
    op.create_index(
        "ix_peristiwa_nomor",
        "peristiwa",
        [
            sa.text(f"CAST({_DRAWN.format('year')} AS integer)"),
            sa.text(_DRAWN.format("sop")),
            sa.text(_DRAWN.format("kind")),
            sa.text(f"CAST({_DRAWN.format('sequence')} AS integer)"),
        ],
        postgresql_where=sa.text("kind = 'sk_niat' AND data ? 'drawn'"),
    )
