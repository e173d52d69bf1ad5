"""The first schema, and the triggers that keep the history append-only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pipeline.migrations.forward import downgrade  # noqa: F401 - Alembic looks for it here

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


#: What tells what people did: history and daily heads, the administrators' acts, who opened or was refused what.
_RECORDS = (
    "peristiwa",
    "daily_head",
    "daily_leaf",
    "perubahan_akun",
    "perubahan_kalender",
    "akses_data",
    "akses_ditolak",
)
_REFUSE_CHANGE = """
CREATE FUNCTION tolak_ubah() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% hanya boleh ditambah', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
_ONLY_APPEND = """
CREATE TRIGGER {0}_tambah_saja BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION tolak_ubah();
CREATE TRIGGER {0}_tidak_dikosongkan BEFORE TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION tolak_ubah();
"""
#: Words may be erased, never changed.
_WORDS_UNCHANGED = """
CREATE TRIGGER peristiwa_words_unchanged BEFORE UPDATE ON peristiwa_words
    FOR EACH ROW EXECUTE FUNCTION tolak_ubah();
"""

#: One substitute at a time per person and role. A trigger, not an exclusion constraint: those need an extension.
_ONE_SUBSTITUTE = """
CREATE FUNCTION satu_pengganti() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.replaces || ':' || NEW.peran, 0));
    IF EXISTS (
        SELECT 1 FROM penugasan p
        WHERE p.replaces = NEW.replaces AND p.peran = NEW.peran AND p.id <> NEW.id
            AND p.start_date <= NEW.end_date AND p.end_date >= NEW.start_date
    ) THEN
        RAISE EXCEPTION 'sudah ada pengganti pada tanggal itu' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER penugasan_satu_pengganti BEFORE INSERT OR UPDATE ON penugasan
    FOR EACH ROW WHEN (NEW.basis <> 'definitif') EXECUTE FUNCTION satu_pengganti();
"""

#: Nobody approves what they wrote, nor does anybody on their behalf; and authorship is not taken back.
_NOT_ITS_AUTHOR = """
CREATE FUNCTION bukan_penulis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM draft_author a
        WHERE a.draft_id = NEW.draft_id AND a.person_id IN (NEW.person_id, NEW.on_behalf_of)
    ) THEN
        RAISE EXCEPTION 'penulis naskah tidak menyetujuinya' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER persetujuan_bukan_penulis BEFORE INSERT OR UPDATE ON persetujuan
    FOR EACH ROW WHEN (NEW.voided_at IS NULL) EXECUTE FUNCTION bukan_penulis();
CREATE FUNCTION penulis_tetap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'penulis naskah hanya boleh ditambah' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER draft_author_tetap BEFORE UPDATE OR DELETE ON draft_author
    FOR EACH ROW EXECUTE FUNCTION penulis_tetap();
CREATE TRIGGER draft_author_tidak_dikosongkan BEFORE TRUNCATE ON draft_author
    FOR EACH STATEMENT EXECUTE FUNCTION penulis_tetap();
"""


def upgrade() -> None:
    op.create_table(
        "akses_data",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("peran", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_akses_data")),
    )
    op.create_index("ix_akses_data_oleh", "akses_data", ["actor", "at"], unique=False)
    op.create_index("ix_akses_data_pada", "akses_data", ["at"], unique=False)
    op.create_index("ix_akses_data_permohonan", "akses_data", ["permohonan_id", "at"], unique=False)
    op.create_table(
        "daily_head",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("statement", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_daily_head")),
        sa.UniqueConstraint("day", name=op.f("uq_daily_head_day")),
    )
    op.create_table(
        "daily_leaf",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("nomor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["daily_head.number"], name=op.f("fk_daily_leaf_number")),
        sa.PrimaryKeyConstraint("number", "place", name=op.f("pk_daily_leaf")),
    )
    op.create_index("ix_daily_leaf_owner", "daily_leaf", ["owner_id", "sequence"], unique=False)
    op.create_table(
        "damaged_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('rusak', 'hilang')", name=op.f("ck_damaged_file_state")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_damaged_file")),
    )
    op.create_table(
        "akses_ditolak",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("peran", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_akses_ditolak")),
    )
    op.create_index("ix_akses_ditolak_oleh", "akses_ditolak", ["actor", "at"], unique=False)
    op.create_index("ix_akses_ditolak_pada", "akses_ditolak", ["at"], unique=False)
    op.create_table(
        "detak",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_detak")),
    )
    op.create_table(
        "office_hours",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(start_date IS NULL) = (end_date IS NULL)", name=op.f("ck_office_hours_season_whole")),
        sa.CheckConstraint("start_date <= end_date", name=op.f("ck_office_hours_season_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_hours")),
    )
    op.create_index(
        "uq_jam_kantor_biasa",
        "office_hours",
        [sa.literal_column("(true)")],
        unique=True,
        postgresql_where=sa.text("start_date IS NULL"),
    )
    op.create_table(
        "kalender",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_kalender_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kalender")),
    )
    op.create_table(
        "libur",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("estimate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("source IN ('bawaan', 'kantor')", name=op.f("ck_libur_source")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_libur")),
    )
    op.create_table(
        "orang",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("nip", sa.Text(), nullable=True),
        sa.Column("nik_index", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("chain", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("salt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orang")),
    )
    op.create_index("uq_orang_nik_index", "orang", ["nik_index"], unique=True)
    op.create_index("uq_orang_nip", "orang", [sa.literal_column("regexp_replace(nip, '[^0-9]', '', 'g')")], unique=True)
    op.create_table(
        "percobaan_akses",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_percobaan_akses")),
    )
    op.create_index(op.f("ix_percobaan_akses_expires_at"), "percobaan_akses", ["expires_at"], unique=False)
    op.create_table(
        "sewa",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pemegang", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sewa")),
    )
    op.create_table(
        "akun",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email_proven", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("phone_proven", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("petugas", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_akun_email_or_phone")),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_akun_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_akun")),
    )
    op.create_index(op.f("ix_akun_person_id"), "akun", ["person_id"], unique=False)
    op.create_index("uq_akun_surel", "akun", [sa.literal_column("lower(email)")], unique=True)
    op.create_index("uq_akun_telepon", "akun", ["phone"], unique=True)
    op.create_table(
        "account_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("other_address", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('daftar', 'alamat', 'sandi', 'alamat_diganti', 'sandi_diganti')",
            name=op.f("ck_account_letter_kind"),
        ),
        sa.CheckConstraint("num_nonnulls(email, phone) <= 1", name=op.f("ck_account_letter_one_address")),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name=op.f("fk_account_letter_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_letter_token_hash")),
    )
    op.create_index(op.f("ix_account_letter_account_id"), "account_letter", ["account_id"], unique=False)
    op.create_index(op.f("ix_account_letter_expires_at"), "account_letter", ["expires_at"], unique=False)
    op.create_table(
        "penugasan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("peran", sa.Text(), nullable=False),
        sa.Column("jabatan", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), server_default=sa.text("'definitif'"), nullable=False),
        sa.Column("assignment_letter", sa.Text(), nullable=True),
        sa.Column("letter_sha256", sa.Text(), nullable=True),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "basis = 'definitif' OR num_nulls(assignment_letter, end_date, replaces) = 0",
            name=op.f("ck_penugasan_letter"),
        ),
        sa.CheckConstraint("basis IN ('definitif', 'plt', 'plh')", name=op.f("ck_penugasan_basis")),
        sa.CheckConstraint("end_date IS NULL OR end_date >= start_date", name=op.f("ck_penugasan_dates_in_order")),
        sa.ForeignKeyConstraint(["created_by"], ["orang.id"], name=op.f("fk_penugasan_created_by")),
        sa.ForeignKeyConstraint(["replaces"], ["orang.id"], name=op.f("fk_penugasan_replaces")),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_penugasan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penugasan")),
    )
    op.create_index("ix_penugasan_orang", "penugasan", ["person_id", "peran"], unique=False)
    op.create_index("ix_penugasan_peran", "penugasan", ["peran", "start_date"], unique=False)
    op.create_table(
        "permohonan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("sop_version", sa.Integer(), nullable=False),
        sa.Column("nomor", sa.Text(), nullable=True),
        sa.Column("tracking_code", sa.Text(), nullable=True),
        sa.Column("pemohon_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("langkah", sa.Text(), nullable=True),
        sa.Column("arah", sa.Text(), nullable=True),
        sa.Column("nama_lembaga", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("search_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("privacy_version", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenggat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenggat_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("eskalasi_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("chain", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("arah IS NULL OR arah IN ('terbit', 'tolak')", name=op.f("ck_permohonan_arah")),
        sa.CheckConstraint(
            "status IN ('draf', 'perbaikan', 'berjalan', 'terbit', 'selesai', 'ditolak', 'dibatalkan')",
            name=op.f("ck_permohonan_status"),
        ),
        sa.CheckConstraint(
            "(langkah IS NULL) = (closed_at IS NOT NULL)", name=op.f("ck_permohonan_closed_without_langkah")
        ),
        sa.CheckConstraint("(nomor IS NULL) = (sent_at IS NULL)", name=op.f("ck_permohonan_nomor_when_sent")),
        sa.ForeignKeyConstraint(["pemohon_id"], ["orang.id"], name=op.f("fk_permohonan_pemohon_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permohonan")),
        sa.UniqueConstraint("nomor", name=op.f("uq_permohonan_nomor")),
    )
    op.create_index(
        "ix_permohonan_draf", "permohonan", ["changed_at"], unique=False, postgresql_where=sa.text("status = 'draf'")
    )
    op.create_index(
        "ix_permohonan_eskalasi",
        "permohonan",
        ["eskalasi_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND eskalasi_at IS NOT NULL"),
    )
    op.create_index("ix_permohonan_marks", "permohonan", ["marks"], unique=False, postgresql_using="gin")
    op.create_index("ix_permohonan_pemohon", "permohonan", ["pemohon_id", "created_at"], unique=False)
    op.create_table(
        "perubahan_akun",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["orang.id"], name=op.f("fk_perubahan_akun_actor")),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_perubahan_akun_person_id")),
        sa.PrimaryKeyConstraint("person_id", "sequence", name=op.f("pk_perubahan_akun")),
    )
    op.create_table(
        "perubahan_kalender",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["orang.id"], name=op.f("fk_perubahan_kalender_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_perubahan_kalender")),
    )
    op.create_table(
        "bap",
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["orang.id"], name=op.f("fk_bap_actor")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_bap_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("permohonan_id", name=op.f("pk_bap")),
    )
    op.create_table(
        "berkas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("syarat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pdf', 'jpg', 'png')", name=op.f("ck_berkas_kind")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_berkas_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_berkas")),
    )
    op.create_index("ix_berkas_permohonan", "berkas", ["permohonan_id", "syarat"], unique=False)
    op.create_index("ix_berkas_sha256_asli", "berkas", ["original_sha256"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("nomor_draft", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("templat", sa.Text(), nullable=False),
        sa.Column("templat_sha256", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("naskah_hash", sa.Text(), nullable=False),
        sa.Column("pdf_engine", sa.Text(), nullable=False),
        sa.Column("docx_sha256", sa.Text(), nullable=False),
        sa.Column("additions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drafter_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('sk', 'penolakan')", name=op.f("ck_draft_kind")),
        sa.ForeignKeyConstraint(["drafter_id"], ["orang.id"], name=op.f("fk_draft_drafter_id")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_draft_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(
        "uq_draft_berlaku", "draft", ["permohonan_id"], unique=True, postgresql_where=sa.text("voided_at IS NULL")
    )
    op.create_table(
        "draft_author",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_author_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_draft_author_person_id")),
        sa.PrimaryKeyConstraint("draft_id", "person_id", name=op.f("pk_draft_author")),
    )
    op.create_table(
        "pemberitahuan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(person_id, letter_id) = 1", name=op.f("ck_pemberitahuan_recipient")),
        sa.CheckConstraint("channel IN ('surel', 'pesan', 'lonceng')", name=op.f("ck_pemberitahuan_channel")),
        sa.CheckConstraint(
            "status IN ('menunggu', 'mengirim', 'terkirim', 'gagal', 'tidak_pasti')",
            name=op.f("ck_pemberitahuan_status"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["account_letter.id"], name=op.f("fk_pemberitahuan_letter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_pemberitahuan_person_id")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_pemberitahuan_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pemberitahuan")),
        sa.UniqueConstraint("key", name=op.f("uq_pemberitahuan_key")),
    )
    op.create_index(
        "ix_pemberitahuan_belum_dibaca",
        "pemberitahuan",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("channel = 'lonceng' AND read_at IS NULL"),
    )
    op.create_index(
        "ix_pemberitahuan_gagal",
        "pemberitahuan",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('gagal', 'tidak_pasti')"),
    )
    op.create_index(op.f("ix_pemberitahuan_letter_id"), "pemberitahuan", ["letter_id"], unique=False)
    op.create_index("ix_pemberitahuan_orang", "pemberitahuan", ["person_id", "created_at"], unique=False)
    op.create_table(
        "peristiwa",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("peran", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["permohonan_id"], ["permohonan.id"], name=op.f("fk_peristiwa_permohonan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peristiwa")),
        sa.UniqueConstraint("permohonan_id", "sequence", name=op.f("uq_peristiwa_permohonan_id_sequence")),
    )
    op.create_table(
        "peristiwa_words",
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["permohonan_id"], ["permohonan.id"], name=op.f("fk_peristiwa_words_permohonan_id")),
        sa.PrimaryKeyConstraint("permohonan_id", "sequence", name=op.f("pk_peristiwa_words")),
    )
    op.create_table(
        "sesi",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["akun.id"], name=op.f("fk_sesi_account_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sesi")),
    )
    op.create_index(op.f("ix_sesi_account_id"), "sesi", ["account_id"], unique=False)
    op.create_table(
        "tugas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), server_default=sa.text("'utama'"), nullable=False),
        sa.Column("langkah", sa.Text(), nullable=False),
        sa.Column("kunjungan", sa.Integer(), nullable=False),
        sa.Column("peran", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("expedited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("for_person", sa.Uuid(), nullable=True),
        sa.Column("asking_langkah", sa.Text(), nullable=True),
        sa.Column("hash_when_asked", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jeda", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("tenggat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tenggat_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("calendar_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("eskalasi_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stuck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keputusan", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("acting_as", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name=op.f("ck_tugas_taken")),
        sa.CheckConstraint("(keputusan IS NULL) = (closed_at IS NULL)", name=op.f("ck_tugas_closed_when_decided")),
        sa.ForeignKeyConstraint(["taken_by"], ["orang.id"], name=op.f("fk_tugas_taken_by")),
        sa.ForeignKeyConstraint(["actor"], ["orang.id"], name=op.f("fk_tugas_actor")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_tugas_permohonan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["for_person"], ["orang.id"], name=op.f("fk_tugas_for_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tugas")),
    )
    op.create_index(
        "ix_tugas_antrean",
        "tugas",
        ["peran", sa.literal_column("expedited DESC"), "tenggat", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_tugas_diambil", "tugas", ["taken_by"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "ix_tugas_dipegang",
        "tugas",
        ["taken_by"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND taken_by IS NOT NULL"),
    )
    op.create_index(
        "ix_tugas_eskalasi",
        "tugas",
        ["eskalasi_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND eskalasi_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tugas_kalender",
        "tugas",
        ["calendar_version", "tenggat"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND tenggat IS NOT NULL"),
    )
    op.create_index("ix_tugas_permohonan", "tugas", ["permohonan_id", "created_at"], unique=False)
    op.create_index(
        "ix_tugas_selesai",
        "tugas",
        ["closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "uq_tugas_terbuka",
        "tugas",
        ["permohonan_id", "branch"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "unggahan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("syarat", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expiry_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_unggahan_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unggahan")),
        sa.UniqueConstraint("permohonan_id", "id", name=op.f("uq_unggahan_permohonan_id_id")),
    )
    op.create_table(
        "eskalasi",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("langkah", sa.Text(), nullable=False),
        sa.Column("kunjungan", sa.Integer(), nullable=False),
        sa.Column("tenggat_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("empty", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("tugas_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('pengingat', 'lewat', 'dua_kali', 'berkas_4_hari', 'berkas_5_hari')",
            name=op.f("ck_eskalasi_level"),
        ),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_eskalasi_permohonan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tugas_id"], ["tugas.id"], name=op.f("fk_eskalasi_tugas_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eskalasi")),
        sa.UniqueConstraint(
            "permohonan_id",
            "langkah",
            "kunjungan",
            "tenggat_number",
            "level",
            name=op.f("uq_eskalasi_permohonan_id_langkah_kunjungan_tenggat_num_e144"),
        ),
    )
    op.create_index("ix_eskalasi_untold", "eskalasi", ["id"], unique=False, postgresql_where=sa.text("told_at IS NULL"))
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("antrean", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=True),
        sa.Column("tugas_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("stuck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_outbox_permohonan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tugas_id"], ["tugas.id"], name=op.f("fk_outbox_tugas_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_terbuka", "outbox", ["id"], unique=False, postgresql_where=sa.text("closed_at IS NULL"))
    op.create_index(
        "ix_outbox_terutang",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND stuck_at IS NULL AND delivered_at IS NULL"),
    )
    op.create_table(
        "pemeriksaan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tugas_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('lulus', 'gagal', 'petugas')", name=op.f("ck_pemeriksaan_result")),
        sa.ForeignKeyConstraint(["tugas_id"], ["tugas.id"], name=op.f("fk_pemeriksaan_tugas_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pemeriksaan")),
    )
    op.create_index("ix_pemeriksaan_tugas", "pemeriksaan", ["tugas_id"], unique=False)
    op.create_table(
        "permintaan_perbaikan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("tugas_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('syarat', 'isian', 'umum')", name=op.f("ck_permintaan_perbaikan_kind")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_permintaan_perbaikan_permohonan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tugas_id"], ["tugas.id"], name=op.f("fk_permintaan_perbaikan_tugas_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permintaan_perbaikan")),
    )
    op.create_index("ix_permintaan_perbaikan_permohonan", "permintaan_perbaikan", ["permohonan_id"], unique=False)
    op.create_table(
        "persetujuan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("langkah", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("acting_as", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["orang.id"], name=op.f("fk_persetujuan_on_behalf_of")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_persetujuan_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["orang.id"], name=op.f("fk_persetujuan_person_id")),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=op.f("fk_persetujuan_permohonan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persetujuan")),
    )
    op.create_index(
        "uq_persetujuan_atas_nama",
        "persetujuan",
        ["draft_id", "on_behalf_of"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_index(
        "uq_persetujuan_langkah",
        "persetujuan",
        ["draft_id", "langkah"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_index(
        "uq_persetujuan_orang",
        "persetujuan",
        ["draft_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "nomor_register",
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("freed_by", sa.Uuid(), nullable=True),
        sa.Column("freed_reason", sa.Text(), nullable=True),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "freed_reason IN ('ditarik', 'dikembalikan', 'tahun_berakhir')", name=op.f("ck_nomor_register_freed_reason")
        ),
        sa.CheckConstraint(
            "num_nulls(freed_by, freed_reason, freed_at) IN (0, 3)", name=op.f("ck_nomor_register_free_complete")
        ),
        sa.CheckConstraint("permohonan_id IS NOT NULL OR freed_by IS NOT NULL", name=op.f("ck_nomor_register_owned")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_nomor_register_sequence")),
        sa.CheckConstraint("used_at IS NULL OR permohonan_id IS NOT NULL", name=op.f("ck_nomor_register_used")),
        sa.ForeignKeyConstraint(["freed_by"], ["permohonan.id"], name=op.f("fk_nomor_register_freed_by")),
        sa.ForeignKeyConstraint(["permohonan_id"], ["permohonan.id"], name=op.f("fk_nomor_register_permohonan_id")),
        sa.PrimaryKeyConstraint("sop", "kind", "year", "sequence", name=op.f("pk_nomor_register")),
    )
    op.create_index(
        "uq_nomor_register_nomor",
        "nomor_register",
        ["nomor"],
        unique=True,
        postgresql_where=sa.text("permohonan_id IS NOT NULL"),
    )
    op.create_table(
        "sk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permohonan_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("signatory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("certificate_digest", sa.Text(), nullable=True),
        sa.Column("docx_sha256", sa.Text(), nullable=True),
        sa.Column("sent_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=True),
        sa.Column("valid_until_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('sk', 'penolakan')", name=op.f("ck_sk_kind")),
        sa.CheckConstraint(
            "status <> 'terbit' OR (pdf_sha256 IS NOT NULL AND issued_at IS NOT NULL)",
            name=op.f("ck_sk_issued_complete"),
        ),
        sa.CheckConstraint(
            "status IN ('niat', 'perlu_dicek', 'gagal', 'terbit', 'dicabut')", name=op.f("ck_sk_status")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_sk_draft_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["orang.id"], name=op.f("fk_sk_signer_id")),
        sa.ForeignKeyConstraint(["permohonan_id"], ["permohonan.id"], name=op.f("fk_sk_permohonan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sk")),
        sa.ForeignKeyConstraint(
            ["sop", "kind", "year", "sequence"],
            ["nomor_register.sop", "nomor_register.kind", "nomor_register.year", "nomor_register.sequence"],
            name="fk_sk_nomor",
        ),
        sa.UniqueConstraint("permohonan_id", name=op.f("uq_sk_permohonan_id")),
        sa.UniqueConstraint("sop", "kind", "year", "sequence", name=op.f("uq_sk_sop_kind_year_sequence")),
        sa.UniqueConstraint("token", name=op.f("uq_sk_token")),
    )
    op.create_index(
        "ix_sk_berakhir", "sk", ["valid_until_date"], unique=False, postgresql_where=sa.text("status = 'terbit'")
    )

    op.execute(_REFUSE_CHANGE)
    for record in _RECORDS:
        op.execute(_ONLY_APPEND.format(record))
    op.execute(_WORDS_UNCHANGED)
    op.execute(_ONE_SUBSTITUTE)
    op.execute(_NOT_ITS_AUTHOR)
