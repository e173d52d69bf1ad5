"""The indexes that searches use, where the server has pg_trgm: a rare word is looked up among the trigrams, a common
one is soon met among the newest files. Without it neither is made: a word nobody has would be looked for in the second
from end to end, ten times slower than reading the table.

The owner of a database may make this extension (it is "trusted" since PostgreSQL 13). It comes with the server's
package, or in one beside it: whoever adds that later gets the index when AlurIzin starts again.
"""

from sqlalchemy import Connection, text

TRIGRAMS, NEWEST = INDEXES = ("ix_permohonan_cari", "ix_permohonan_terkirim")
LACKING = (
    "Basis data ini tidak punya pg_trgm: pencarian tetap jalan, tetapi lambat bila berkasnya banyak. Pasang"
    " postgresql-contrib di server PostgreSQL itu; bila sudah, minta pengelolanya menjalankan CREATE EXTENSION pg_trgm"
    " di basis data ini. Sesudah itu jalankan `alurizin migrate`."
)
_EXTENSION = text(
    "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
    " WHERE e.extname = 'pg_trgm'"
)
_ALLOWED = text(
    "SELECT count(*) > 0 FROM pg_available_extension_versions v WHERE v.name = 'pg_trgm'"
    " AND (v.trusted AND has_database_privilege(current_database(), 'CREATE')"
    " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))"
)


def has_search_index(conn: Connection) -> bool:
    """Whether searches are quick."""
    return conn.scalar(text("SELECT to_regclass(:name) IS NOT NULL").bindparams(name=TRIGRAMS)) is True


def make_search_index(conn: Connection) -> bool:
    """Make extension and indexes where the server can. Returns whether they are there. Several may ask at once."""
    conn.exec_driver_sql("SELECT pg_advisory_xact_lock(4711001)")  # the one of migrations/env
    if has_search_index(conn):
        return True
    schema = conn.scalar(_EXTENSION)
    if schema is None:
        if not conn.scalar(_ALLOWED):
            return False
        conn.exec_driver_sql("CREATE EXTENSION pg_trgm")
        schema = conn.scalar(_EXTENSION)
    conn.exec_driver_sql(
        f"CREATE INDEX {TRIGRAMS} ON permohonan USING gin"
        f" (nomor {schema}.gin_trgm_ops, search_name {schema}.gin_trgm_ops) WHERE nomor IS NOT NULL"
    )
    make_newest_index(conn)
    return True


def make_newest_index(conn: Connection) -> None:
    """Make it anew. It holds what a search compares, so that common words are met without reading the files."""
    conn.exec_driver_sql(f"DROP INDEX IF EXISTS {NEWEST}")
    conn.exec_driver_sql(
        f"CREATE INDEX {NEWEST} ON permohonan (sent_at DESC, id) INCLUDE (nomor, search_name) WHERE nomor IS NOT NULL"
    )
