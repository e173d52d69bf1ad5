"""What lies in a file beside its history: one statement for all that its pages show.

Rows of which a file has many come as lists; what they mean is said where they are shown: desk/content.py,
desk/times.py, applicant/permohonan.py.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from pipeline.db import Constant, read_once
from pipeline.queries.records.received import USUAL
from pipeline.roles import Peran
from pipeline.rules.transitions import Status

Facts = Row[*tuple[object, ...]]

_FACTS: Final = Constant(
    text("""
SELECT p.sop, p.sop_version, p.nomor, p.pemohon_id, p.complete_at, p.tenggat AS janji,
    t.id AS tugas_id, t.langkah, t.peran, t.automatic, t.taken_by, taker.name AS taker_name,
    t.started_at, t.jeda, t.tenggat, t.added_days,
    sk.nomor AS sk_nomor, sk.status AS sk_status, sk.day AS sk_day, sk.created_at AS sk_begun_at, sk.provider,
    sk.signatory, sk.sent_sha256, sk.kind AS sk_kind, sk.token, sk.pdf_sha256, sk.pdf_size, sk.valid_until_date,
    (SELECT json_agg(json_build_array(
            id, syarat, name, kind, size, page_count, signed, uploaded_at, replaced_at, sha256, EXISTS (
                SELECT FROM penghapusan h
                WHERE h.permohonan_id = p.id AND (h.sha256 IS NULL OR h.sha256 = berkas.sha256))
        ) ORDER BY syarat, sequence)
        FROM berkas WHERE permohonan_id = p.id) AS berkas,
    (SELECT json_object_agg(form, json_build_array(content, saved_at))
        FROM filled_form WHERE permohonan_id = p.id) AS forms,
    -- photos of desks that came in
    (SELECT json_agg(json_build_array(
            id, tugas_id, details ->> 'label', received_at < now() - CAST(:usual AS interval), refusal
        ) ORDER BY received_at)
        FROM unggahan WHERE permohonan_id = p.id AND tugas_id IS NOT NULL AND received_at IS NOT NULL) AS photos,
    -- of the last visit that was checked
    (SELECT json_agg(json_build_array(kind, code, result, said) ORDER BY sequence)
        FROM pemeriksaan WHERE tugas_id = (
            SELECT x.tugas_id FROM pemeriksaan x JOIN tugas v ON v.id = x.tugas_id
            WHERE v.permohonan_id = p.id ORDER BY x.id DESC LIMIT 1)) AS verdict,
    (SELECT json_agg(json_build_array(kind, code, note, said, created_at, answered_at, answer)
            ORDER BY created_at DESC, code)
        FROM permintaan_perbaikan WHERE permohonan_id = p.id) AS requested,
    -- of the draft in force
    (SELECT json_agg(json_build_array(a.langkah, o.name, a.acting_as, a.at, a.person_id))
        FROM draft d JOIN persetujuan a ON a.draft_id = d.id JOIN orang o ON o.id = a.person_id
        WHERE d.permohonan_id = p.id AND d.voided_at IS NULL AND a.voided_at IS NULL) AS paraf,
    (SELECT json_agg(json_build_array(created_at, closed_at))
        FROM tugas WHERE permohonan_id = p.id AND peran = :pemohon AND closed_at > p.complete_at) AS at_pemohon,
    -- those that still tell of where the file is
    (SELECT json_agg(json_build_array(e.langkah, e.level, e.recipient, e.at) ORDER BY e.id)
        FROM eskalasi e WHERE e.permohonan_id = p.id AND EXISTS (
            SELECT FROM tugas o WHERE o.permohonan_id = p.id AND o.closed_at IS NULL AND (
                (e.langkah = o.langkah AND e.kunjungan = o.kunjungan AND e.tenggat_number = o.tenggat_number)
                OR (p.status = :running AND e.langkah = '' AND e.tenggat_number = p.tenggat_number)))) AS raised,
    -- of several desks that have it at the same time, all
    (SELECT json_agg(json_build_array(id, peran))
        FROM tugas WHERE permohonan_id = p.id AND closed_at IS NULL) AS opened
FROM permohonan p
    LEFT JOIN tugas t ON t.permohonan_id = p.id AND t.closed_at IS NULL
    LEFT JOIN orang taker ON taker.id = t.taken_by
    LEFT JOIN sk ON sk.permohonan_id = p.id
WHERE p.id = :permohonan_id
ORDER BY t.branch
""").bindparams(pemohon=str(Peran.PEMOHON), running=str(Status.BERJALAN), usual=USUAL)
)


def facts_of(conn: Connection, permohonan_id: UUID) -> Facts | None:
    """The facts of a file; None when there is none. In a ``reading`` they are asked for once."""
    return read_once(conn, ("facts", permohonan_id), partial(_facts_of, permohonan_id))


def open_facts_of(conn: Connection, permohonan_id: UUID) -> Sequence[Facts]:
    """The same once for each desk that has it at this time; once for a closed file."""
    return read_once(conn, ("open facts", permohonan_id), partial(_open_facts_of, permohonan_id))


def _facts_of(permohonan_id: UUID, conn: Connection) -> Facts | None:
    return next(iter(open_facts_of(conn, permohonan_id)), None)


def _open_facts_of(permohonan_id: UUID, conn: Connection) -> Sequence[Facts]:
    return _FACTS(conn, permohonan_id=permohonan_id).all()
