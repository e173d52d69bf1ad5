"""A number that identifies a holder is marked with the field it was typed into, as the SOP's own file calls it."""

from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0009"
down_revision = "0008"
branch_labels = depends_on = None

_RENAME = r"""
UPDATE permohonan SET marks = ARRAY(
    SELECT regexp_replace(mark, '^(ahu|akta):', '\1_nomor:') COLLATE "C" AS renamed FROM unnest(marks) AS mark
    ORDER BY renamed)
WHERE sop = 'td_lks' AND marks::text ~ '(ahu|akta):'
"""


def upgrade() -> None:
    op.execute(_RENAME)
