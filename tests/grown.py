"""An office grown by a hundred thousand files, row by row like one that it has, fast enough for a test."""

from collections.abc import Mapping

from sqlalchemy import Identity, text
from sqlalchemy.orm import Session

from pipeline.models import metadata
from tests.owner import behind_its_back, owner

#: The tables every act writes to, and the others.
MANY, SOME = 100_000, 10_000
_MANIFOLD = frozenset({"permohonan", "tugas", "peristiwa", "outbox", "pemberitahuan", "sk"})
#: Every tenth is open.
_OPEN = "i % 10 = 0"
_SENT = "s.created_at - i * interval '10 minutes'"
_P, _PERSON = "md5('p' || i)::uuid", "md5('o' || i % 20000)::uuid"
_WORD = "(ARRAY['nurul', 'hidayah', 'jamaah', 'amanah', 'kasih', 'bunda', 'ihsan'])[1 + i % 7]"
_NAME = f"'yayasan ' || {_WORD} || ' ' || substr(md5('n' || i % 5000), 1, 6)"

#: What differs from row to row, where ``s`` is the row it is copied from and ``i`` counts.
_COPIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "orang": ("true", {"id": "md5('o' || i)::uuid", "nip": "NULL", "nik_index": "NULL"}),
    "permohonan": (
        "nomor IS NOT NULL",
        {
            "id": _P, "nomor": "'UJI-' || 2020 + i % 6 || '-' || lpad(i::text, 6, '0')", "pemohon_id": _PERSON,
            "tracking_code": "upper(substr(md5('t' || i), 1, 8))", "pemegang": _NAME, "search_name": _NAME,
            "marks": "ARRAY['m' || i]", "created_at": _SENT, "changed_at": _SENT, "sent_at": _SENT,
            "complete_at": _SENT,
            "status": f"CASE WHEN {_OPEN} THEN 'berjalan' ELSE 'selesai' END",
            "langkah": f"CASE WHEN {_OPEN} THEN 'rekomendasi' END", "eskalasi_at": "NULL",
            "closed_at": f"CASE WHEN {_OPEN} THEN NULL ELSE {_SENT} + interval '1 day' END",
        },
    ),
    "tugas": (
        "peran = 'dinas_teknis'",
        {
            "id": "md5('g' || i)::uuid", "permohonan_id": _P, "created_at": _SENT, "started_at": _SENT,
            "tenggat": f"{_SENT} + interval '4 days'", "eskalasi_at": "NULL", "taken_by": "NULL", "taken_at": "NULL",
            "closed_at": f"CASE WHEN {_OPEN} THEN NULL ELSE {_SENT} + interval '2 hours' END",
            "keputusan": f"CASE WHEN {_OPEN} THEN NULL ELSE 'setujui' END",
        },
    ),
    "peristiwa": ("true", {"permohonan_id": _P, "sequence": "1"}),
    "peristiwa_words": ("true", {"permohonan_id": _P, "sequence": "1"}),
    "berkas": ("true", {"id": "md5('b' || i)::uuid", "permohonan_id": _P, "original_sha256": "md5('s' || i)"}),
    "pemeriksaan": ("true", {"tugas_id": "md5('g' || i)::uuid"}),
    "filled_form": ("true", {"permohonan_id": _P}),
    "draft": ("true", {"id": "md5('d' || i)::uuid", "permohonan_id": _P}),
    "draft_author": ("true", {"draft_id": "md5('d' || i)::uuid"}),
    "persetujuan": ("true", {"id": "md5('a' || i)::uuid", "permohonan_id": _P, "draft_id": "md5('d' || i)::uuid"}),
    "permintaan_perbaikan": (
        "true", {"id": "md5('r' || i)::uuid", "permohonan_id": _P, "tugas_id": "md5('g' || i)::uuid"},
    ),
    "nomor_register": (
        "true", {"year": "2000 + i % 26", "sequence": "100000 + i", "nomor": "'SK/' || i", "permohonan_id": _P},
    ),
    "sk": (
        "true",
        {
            "id": "md5('k' || i)::uuid", "permohonan_id": _P, "draft_id": "md5('d' || i)::uuid",
            "token": "md5('v' || i)",
            "year": "2000 + i % 26", "sequence": "100000 + i", "nomor": "'SK/' || i",
            "valid_until_date": "DATE '2031-01-01' + i % 1000",
        },
    ),
    "eskalasi": ("true", {"permohonan_id": _P, "tugas_id": "md5('g' || i)::uuid", "told_at": "s.at", "at": "s.at"}),
    "outbox": (
        "true",
        {
            "key": "'uji:' || i", "permohonan_id": _P, "tugas_id": "md5('g' || i)::uuid", "stuck_at": "NULL",
            "closed_at": "now() - i % 20 * interval '1 day'", "delivered_at": "now() - i % 20 * interval '1 day'",
        },
    ),
    "pemberitahuan": (
        "person_id IS NOT NULL",
        {
            "id": "md5('w' || i)::uuid", "key": "'uji:' || i", "permohonan_id": _P, "person_id": _PERSON,
            "status": "'terkirim'", "read_at": "s.created_at", "delivered_at": "s.created_at",
            "created_at": "s.created_at - i * interval '10 minutes'",
        },
    ),
    "daily_leaf": ("true", {"number": "1 + i % 300", "place": "1000 + i", "owner_id": _P}),
    "akses_data": ("true", {"permohonan_id": _P, "actor": _PERSON, "at": "s.at - i * interval '10 minutes'"}),
    "perubahan_akun": ("kind = 'akun_dibuat'", {"person_id": "md5('o' || i)::uuid", "sequence": "1"}),
    "akses_ditolak": ("true", {"permohonan_id": _P, "actor": _PERSON, "at": "s.at - i * interval '10 minutes'"}),
}  # fmt: skip


def grow() -> frozenset[str]:
    """Copy a row of each of these tables, as far as it has one, and tell the planner. Returns the tables that grew."""
    with behind_its_back() as conn:  # keys and triggers sleep
        grown = {table for table, (which, other) in _COPIES.items() if _copy(conn, table, which, other)}
    with owner().connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"VACUUM ANALYZE {', '.join(t.name for t in metadata.sorted_tables)}"))
    return frozenset(grown)


def _copy(conn: Session, table: str, which: str, other: Mapping[str, str]) -> int:
    columns = [c.name for c in metadata.tables[table].columns if not isinstance(c.identity, Identity)]
    values = ", ".join(other.get(c, f"s.{c}") for c in columns)
    rows = MANY if table in _MANIFOLD else SOME
    copied = conn.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
            f" FROM (SELECT * FROM {table} WHERE {which} LIMIT 1) s, generate_series(1, {rows}) i"
        )
    )
    return copied.rowcount
