"""The application owns nothing: what it may take back of the office's papers is a function of their owner.

The rights themselves stand in ``migrations/rights.py``, and are given anew after each migration.
"""

import sqlalchemy as sa
from alembic import op

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0016"
down_revision = "0015"
branch_labels = depends_on = None

#: An attempt at a decree whose number goes back. What the history tells to be issued is not taken back by anybody.
_TAKE_BACK = """
CREATE FUNCTION {schema}.take_back_sk(attempt uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $$
BEGIN
    DELETE FROM sk WHERE id = attempt AND issued_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM peristiwa p
        WHERE p.permohonan_id = sk.permohonan_id AND p.data ->> 'sk' = attempt::text AND p.data ? 'pdf_sha256'
    );
    IF NOT FOUND THEN
        RAISE EXCEPTION 'yang sudah terbit tidak ditarik kembali' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
REVOKE ALL ON FUNCTION {schema}.take_back_sk(uuid) FROM PUBLIC;
"""


def upgrade() -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    op.execute(_TAKE_BACK.format(schema=schema))
