"""What the application's role may do in the database: table by table, and of what it changes column by column.

The owner's role makes and changes tables; the application's owns none of them. It reads all of them, and what this file
does not give is refused by PostgreSQL, whatever statement somebody has smuggled in. ``alurizin migrate`` gives it anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Rights:
    """Of one table. Every column is in ``kept`` or in ``changes``; rows are added to each of them."""

    kept: str  # what is written once
    changes: str = ""  # what a row's life needs to change
    deletes: bool = False


_RECORD = "id permohonan_id sequence kind at actor peran data previous_hash hash"
RIGHTS: Mapping[str, Rights] = {
    # What happened, who looked, who was refused: added to, never touched.
    "peristiwa": Rights(_RECORD),
    "peristiwa_words": Rights("permohonan_id sequence salt words"),  # erasing them is the owner's
    "perubahan_akun": Rights("person_id sequence kind data state actor at previous_hash hash"),
    "office_event": Rights("id kind actor at hash"),
    "perubahan_kalender": Rights("id version actor at before after hash"),
    "akses_data": Rights("id permohonan_id actor peran what purpose at"),
    "akses_ditolak": Rights("id permohonan_id actor peran method rule status incident at"),
    "daily_head": Rights("number day statement signature"),
    "restoration": Rights("number backup_at restored_at statement signature"),
    "daily_leaf": Rights("number place owner_id sequence hash nomor"),
    # Papers. An attempt under which nothing was issued is taken back by a function of the owner (migration 0016).
    "draft": Rights(
        "id permohonan_id nomor_draft kind context templat templat_sha256 content_digest naskah_hash pdf_engine"
        " docx_sha256 additions drafter_id created_at",
        changes="voided_at",
    ),
    "draft_author": Rights("draft_id person_id"),
    "persetujuan": Rights("id permohonan_id draft_id langkah person_id on_behalf_of acting_as at", changes="voided_at"),
    "nomor_register": Rights(
        "sop kind year sequence",
        changes="nomor permohonan_id drawn_at used_at freed_by freed_reason freed_at",
    ),
    # What was issued on paper before; a trigger lets a start only rise.
    "paper_change": Rights("id kind actor at data hash"),
    "paper_decree": Rights(
        "id change_id row sop nomor number_key parts pemegang search_name marks district day valid_until_date kind year"
        " sequence"
    ),
    "paper_upload": Rights("sha256", changes="name content actor at", deletes=True),
    "series_start": Rights("sop kind year", changes="last"),
    "sk": Rights(
        "id permohonan_id sop kind year sequence token revoked_at",
        changes="draft_id nomor day status signer_id signatory provider certificate_digest docx_sha256 sent_sha256"
        " pdf_sha256 pdf_size valid_until_date created_at issued_at",
    ),
    # A file on its way.
    "permohonan": Rights(
        "id sop sop_version pemohon_id created_at",
        changes="nomor tracking_code status langkah arah pemegang search_name marks content content_digest"
        " privacy_version changed_at sent_at complete_at tenggat tenggat_number eskalasi_at closed_at version"
        " last_sequence chain",
    ),
    "berkas": Rights(
        "id permohonan_id syarat sequence name kind size page_count sha256 original_sha256 signed uploaded_at",
        changes="replaced_at",
    ),
    "permintaan_perbaikan": Rights(
        "id permohonan_id tugas_id kind code note said created_at", changes="answer answered_at"
    ),
    "kunci_dokumen": Rights("permohonan_id", changes="number office_version wrapped created_at", deletes=True),
    "penghapusan": Rights("id permohonan_id sha256 ground actor at", changes="done_at"),
    "unggahan": Rights(
        "id purpose permohonan_id syarat tugas_id actor name length created_at expiry_date",
        changes="details received_at sha256 refusal cleaned_sha256",
        deletes=True,
    ),
    "tugas": Rights(
        "id permohonan_id branch langkah kunjungan peran expedited for_person asking_langkah hash_when_asked created_at"
        " started_at jeda",
        changes="automatic tenggat added_days tenggat_number calendar_version eskalasi_at ready_at taken_by taken_at"
        " stuck_at closed_at keputusan reason back_to actor acting_as version",
    ),
    "pemeriksaan": Rights("id tugas_id sequence kind code result said at"),
    "filled_form": Rights("permohonan_id form", changes="content saved_at sent_at actor"),
    "eskalasi": Rights(
        "id permohonan_id langkah kunjungan tenggat_number level recipient empty tugas_id at", changes="told_at"
    ),
    # People.
    "orang": Rights("id name created_at", changes="nip nik_index sequence chain salt"),
    "akun": Rights(
        "id person_id petugas created_at",
        changes="email phone email_proven phone_proven password active password_changed_at",
    ),
    "account_letter": Rights(
        "id kind email phone created_at expires_at",
        changes="account_id name password other_address token_hash used_at",
        deletes=True,
    ),
    "penugasan": Rights(
        "id person_id peran jabatan basis assignment_letter letter_sha256 replaces start_date created_by created_at",
        changes="end_date",
        deletes=True,
    ),
    "waiting_role": Rights(
        "id person_id peran jabatan start_date asked_by asked_at", changes="outcome closed_by closed_at"
    ),
    "second_factor": Rights(
        "account_id", changes="secret last_step recovery created_at reset_by reset_at", deletes=True
    ),
    "sesi": Rights("key account_id created_at", changes="data last_at entering device address", deletes=True),
    "percobaan_akses": Rights("key", changes="total expires_at held_until", deletes=True),
    "pemberitahuan": Rights(
        "id key kind permohonan_id person_id letter_id channel title content link created_at",
        changes="status attempts error delivered_at read_at",
    ),
    # The calendar, and the system's own.
    "kalender": Rights("id", changes="version digest changed_at"),
    "libur": Rights("day name source estimate", deletes=True),
    "office_hours": Rights("id name start_date end_date hours", deletes=True),
    "outbox": Rights(
        "id task antrean key permohonan_id tugas_id created_at traceparent",
        changes="delivered_at try_at attempts error stuck_at closed_at",
        deletes=True,
    ),
    "damaged_file": Rights("sha256", changes="permohonan_id state found_at whole_at"),
    "daily_pace": Rights("day sop langkah in_time minutes total", deletes=True),
    "pace_day": Rights("day", changes="calendar_version counted_at", deletes=True),
    "sewa": Rights("name", changes="pemegang expires_at"),
    "detak": Rights("name", changes="at detail"),
    "alembic_version": Rights("version_num"),
}
_READ_ONLY = frozenset({"alembic_version"})
#: Of the owner, for the application to call: it is given an id, and decides by itself.
FUNCTIONS = ("take_back_sk(uuid)",)

#: A table, one of its columns or "" for the whole of it, and what may be done with it.
Right = tuple[str, str, str]

_HELD = text(
    "SELECT c.relname, '' AS attname, a.privilege_type FROM pg_roles r, pg_class c, aclexplode(c.relacl) a"
    " WHERE r.rolname = :role AND c.relnamespace = current_schema()::regnamespace AND a.grantee = r.oid"
    " UNION ALL SELECT c.relname, t.attname, a.privilege_type"
    " FROM pg_roles r, pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a"
    " WHERE r.rolname = :role AND c.relnamespace = current_schema()::regnamespace AND a.grantee = r.oid"
)
_CALLS = text("SELECT bool_and(has_function_privilege(:role, f, 'EXECUTE')) FROM unnest(CAST(:functions AS text[])) f")
#: What a role is beyond a plain one, and what it may do beyond the rights above, whoever gave it.
_MORE = text(
    "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS powers,"
    " has_database_privilege(current_database(), 'CREATE')"
    " OR has_schema_privilege(current_schema(), 'CREATE') AS makes,"
    " EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    " AND pg_has_role(c.relowner, 'USAGE')) AS owns"
    " FROM pg_roles WHERE rolname = current_user"
)
LACKING = (
    "Aplikasi masuk ke basis data dengan peran yang berhak lebih dari yang diperlukannya ({why}). Buat peran kedua dan"
    " isi MIGRATION_DATABASE_URL dengan peran pemilik (docs/operations.md), lalu jalankan `alurizin migrate`."
)
_WHY = {"powers": "berkuasa atas server", "owns": "pemilik tabel", "makes": "boleh membuat tabel"}


def wanted() -> frozenset[Right]:
    """All that the application may do with tables."""
    return frozenset(right for table, rights in RIGHTS.items() for right in _of(table, rights))


def _of(table: str, rights: Rights) -> Iterator[Right]:
    yield table, "", "SELECT"
    if table not in _READ_ONLY:
        yield table, "", "INSERT"
    if rights.deletes:
        yield table, "", "DELETE"
    for column in rights.changes.split():
        yield table, column, "UPDATE"


def give_rights(conn: Connection, role: str) -> bool:
    """Give the application's role what stands here, and take what does not; as the owner. Several may ask at once.

    Returns whether anything had to be given or taken.
    """
    conn.exec_driver_sql("SELECT pg_advisory_xact_lock(4711001)")  # the one of migrations/env
    if held(conn, role) == wanted() and conn.scalar(_CALLS.bindparams(role=role, functions=list(FUNCTIONS))):
        return False
    quote = conn.dialect.identifier_preparer.quote
    name, schema, database = quote(role), *map(quote, conn.execute(_WHERE).one())
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        *(f"GRANT {what} ON {table} TO {name}" for table, what in _grants()),
        *(f"GRANT EXECUTE ON FUNCTION {function} TO {name}" for function in FUNCTIONS),
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    ]
    for statement in statements:
        conn.exec_driver_sql(statement)
    return True


_WHERE = text("SELECT current_schema(), current_database()")


def held(conn: Connection, role: str) -> frozenset[Right]:
    """What the role was given on the tables of this schema."""
    return frozenset((table, column, what) for table, column, what in conn.execute(_HELD.bindparams(role=role)))


def _grants() -> Iterator[tuple[str, str]]:
    for table, rights in RIGHTS.items():
        whole = [what for _, column, what in _of(table, rights) if not column]
        yield table, ", ".join([*whole, *([f"UPDATE ({', '.join(rights.changes.split())})"] if rights.changes else [])])


def too_much(conn: Connection) -> str:
    """What the role of this connection may do that the application's should not, in a sentence; empty: nothing."""
    found = conn.execute(_MORE).one()
    why = [words for name, words in _WHY.items() if getattr(found, name)]
    return LACKING.format(why=", ".join(why)) if why else ""
