"""The records prove themselves: whatever is done to them behind the system's back, ``verify`` finds it and names it."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Date, DateTime, Engine, text
from sqlalchemy.exc import DataError, DBAPIError

from pipeline.calendar.log import plain
from pipeline.db import connection
from pipeline.hashing import chain_hash, digest
from pipeline.models import metadata
from pipeline.queries.calendar import read_content
from pipeline.queries.records.heads import proof_of
from pipeline.services.records.heads import head_files, make_daily_head
from pipeline.services.records.sweep_store import sweep_store
from pipeline.services.records.verify.whole import verify_all
from pipeline.services.records.verify.words import TABLES
from tests.integration.story import END, LATER, Story, whole_story
from tests.owner import as_owner, behind_its_back
from tests.stored import stored_path

_told: dict[str, Story] = {}
_heads: dict[Path, bytes] = {}


TABLE_NAMES = [t.name for t in metadata.sorted_tables]


def put_back(db: Engine) -> None:
    with behind_its_back() as conn:
        conn.execute(text(f"TRUNCATE {', '.join(TABLE_NAMES)} RESTART IDENTITY CASCADE"))
        for name in TABLE_NAMES:
            conn.execute(text(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name}"))
        conn.execute(text("SELECT setval(pg_get_serial_sequence('peristiwa', 'id'), max(id)) FROM peristiwa"))


@pytest.fixture
def story(db: Engine, kantor) -> Story:
    """The same story before every test: lived through once, then put back row by row."""
    if "story" in _told:
        put_back(db)
    else:
        _told["story"] = whole_story(kantor)
        with as_owner() as conn:
            conn.execute(text("CREATE SCHEMA kept"))
            for name in TABLE_NAMES:
                conn.execute(text(f"CREATE TABLE kept.{name} AS TABLE public.{name}"))
        _heads.update({path: path.read_bytes() for path in head_files()})
    for path, content in _heads.items():
        path.write_bytes(content)
    return _told["story"]


def behind_our_back(db: Engine, *sql: str) -> None:
    """What somebody with the database's own password could do."""
    with behind_its_back() as conn:
        for one in sql:
            conn.execute(text(one))


def found() -> list[tuple[str | None, str]]:
    return [(f.berkas, f.sentence) for f in verify_all()[1]]


def test_a_file_that_everything_happened_to_is_in_good_order(story: Story) -> None:
    assert verify_all() == (3, [])


@pytest.mark.attack("F11")
@pytest.mark.parametrize(
    "command",
    [
        'UPDATE peristiwa SET data = data || \'{"ke": "selesai"}\'',
        "DELETE FROM peristiwa",
        "TRUNCATE peristiwa",
        "UPDATE peristiwa_words SET words = '{}'",
        "UPDATE daily_head SET number = number + 1",
        "DELETE FROM daily_leaf",
        "TRUNCATE daily_head CASCADE",
    ],
)
def test_a_history_only_grows(story: Story, db: Engine, command: str) -> None:
    with pytest.raises(DBAPIError), db.begin() as conn:
        conn.execute(text(command))
    assert found() == []


LAST = "(SELECT max(sequence) FROM peristiwa WHERE permohonan_id = :p)"
WORDS = "permohonan_id = :p AND words ? 'alasan'"
#: What somebody changes on the file, and what is said of it: at least that.
CHANGES: dict[str, str] = {
    # the chain
    "UPDATE peristiwa SET data = jsonb_set(data, '{ke}', '\"selesai\"') WHERE permohonan_id = :p AND sequence = 5":
        "rantai riwayat putus pada peristiwa 5",
    f"UPDATE peristiwa SET actor = NULL WHERE permohonan_id = :p AND sequence = {LAST}": "rantai riwayat putus",
    "UPDATE peristiwa SET at = at - interval '1 microsecond' WHERE permohonan_id = :p AND sequence = 3":
        "rantai riwayat putus pada peristiwa 3",
    "UPDATE peristiwa SET peran = 'admin' WHERE permohonan_id = :p AND sequence = 3":
        "rantai riwayat putus pada peristiwa 3",
    "DELETE FROM peristiwa WHERE permohonan_id = :p AND sequence = 4": "rantai riwayat putus pada peristiwa 5",
    f"DELETE FROM peristiwa WHERE permohonan_id = :p AND sequence = {LAST}": "riwayat tidak lengkap",
    "INSERT INTO peristiwa (permohonan_id, sequence, kind, at, data, previous_hash, hash)"
    " SELECT permohonan_id, sequence + 1, 'isi', at, data, hash, hash FROM peristiwa"
    f" WHERE permohonan_id = :p AND sequence = {LAST}":
        "rantai riwayat putus",
    "UPDATE permohonan SET chain = repeat('0', 64) WHERE id = :p": "riwayat tidak lengkap",
    # the words
    f"UPDATE peristiwa_words SET words = words || '{{\"alasan\": \"lain\"}}' WHERE {WORDS}": "dengan segelnya",
    "UPDATE peristiwa_words SET words = words || '{\"nama\": \"Orang Lain\"}' WHERE permohonan_id = :p":
        "tidak sama dengan segelnya",
    f"DELETE FROM peristiwa_words WHERE {WORDS}": "hilang",
    "INSERT INTO peristiwa_words (permohonan_id, sequence, salt, words) SELECT :p, sequence, '',"
    " '{\"alasan\": \"karangan\"}' FROM peristiwa p WHERE permohonan_id = :p AND NOT data ? 'words'"
    " ORDER BY sequence LIMIT 1":
        "tidak sama dengan segelnya",
    # the application
    "UPDATE permohonan SET status = 'ditolak' WHERE id = :p": "permohonan: status diubah, di tabel ditolak",
    "UPDATE permohonan SET arah = 'tolak' WHERE id = :p": "permohonan: arah diubah",
    "UPDATE permohonan SET tracking_code = 'AAAAAAAA' WHERE id = :p": "permohonan: kode lacak diubah",
    "UPDATE permohonan SET privacy_version = '0' WHERE id = :p": "permohonan: versi pemberitahuan privasi diubah",
    "UPDATE permohonan SET sent_at = sent_at - interval '1 day' WHERE id = :p": "permohonan: dikirim pada",
    "UPDATE permohonan SET complete_at = complete_at + interval '1 day' WHERE id = :p": "permohonan: lengkap pada",
    "UPDATE permohonan SET closed_at = closed_at + interval '1 day' WHERE id = :p": "permohonan: selesai pada",
    "UPDATE permohonan SET tenggat = tenggat + interval '1 day' WHERE id = :p": "permohonan: tenggat diubah",
    "UPDATE permohonan SET changed_at = changed_at + interval '1 day' WHERE id = :p": "permohonan: diubah pada",
    "UPDATE permohonan SET sop_version = sop_version + 1 WHERE id = :p": "permohonan: versi SOP diubah",
    "UPDATE permohonan SET pemohon_id = (SELECT id FROM orang WHERE name = 'Rusmini') WHERE id = :p":
        "permohonan: pemohon diubah",
    "UPDATE permohonan SET content = content || '{\"nama_lembaga\": \"Lain\"}' WHERE id = :p":
        "isian, dokumen atau formulir meja",
    "UPDATE permohonan SET pemegang = 'Lain' WHERE id = :p": "nama pemegang pada daftar",
    # the visits
    "UPDATE tugas SET reason = 'lain' WHERE permohonan_id = :p AND reason IS NOT NULL": "alasan diubah",
    "UPDATE tugas SET actor = (SELECT id FROM orang WHERE name = 'Rusmini') WHERE permohonan_id = :p"
    " AND langkah = 'paraf_sekretaris'": "tugas paraf_sekretaris kunjungan 1: pelaku diubah",
    "UPDATE tugas SET acting_as = 'Wali Kota' WHERE permohonan_id = :p AND langkah = 'tanda_tangan'":
        "tugas tanda_tangan kunjungan 1: jabatan pelaku diubah",
    "UPDATE tugas SET closed_at = closed_at - interval '1 day' WHERE permohonan_id = :p": "selesai pada diubah",
    "UPDATE tugas SET tenggat = tenggat + interval '1 day' WHERE permohonan_id = :p AND langkah = 'rekomendasi'":
        "tugas rekomendasi kunjungan 1: tenggat diubah",
    "UPDATE tugas SET jeda = '[]' WHERE permohonan_id = :p AND jeda <> '[]'": "jeda waktu diubah",
    "UPDATE tugas SET added_days = 9 WHERE permohonan_id = :p AND langkah = 'rekomendasi'": "tambahan hari diubah",
    "UPDATE tugas SET started_at = started_at + interval '1 day' WHERE permohonan_id = :p": "mulai pada diubah",
    "UPDATE tugas SET created_at = created_at + interval '1 day' WHERE permohonan_id = :p": "dibuat pada diubah",
    "UPDATE tugas SET taken_by = NULL, taken_at = NULL WHERE permohonan_id = :p AND langkah = 'rekomendasi'":
        "petugas yang memegang diubah",
    "UPDATE tugas SET keputusan = 'setujui' WHERE permohonan_id = :p AND keputusan = 'kembalikan'": "keputusan diubah",
    "UPDATE tugas SET ready_at = NULL WHERE permohonan_id = :p AND ready_at IS NOT NULL": "siap pada diubah",
    "DELETE FROM tugas WHERE permohonan_id = :p AND langkah = 'paraf_sekretaris'": "hilang dari tabel",
    "INSERT INTO tugas (id, permohonan_id, langkah, kunjungan, peran, automatic, created_at, started_at, closed_at,"
    " keputusan) SELECT gen_random_uuid(), permohonan_id, langkah, 7, peran, automatic, created_at, started_at,"
    " closed_at, keputusan FROM tugas WHERE permohonan_id = :p AND langkah = 'tanda_tangan'":
        "tugas tanda_tangan kunjungan 7: ada di tabel, tidak ada dalam riwayat",
    # what the applicant was asked, and answered
    "UPDATE permintaan_perbaikan SET note = 'lain' WHERE permohonan_id = :p AND code = 'AKTA'":
        "permintaan perbaikan AKTA: catatan diubah",
    "UPDATE permintaan_perbaikan SET said = '{}' WHERE permohonan_id = :p": "temuan diubah",
    "UPDATE permintaan_perbaikan SET answer = 'lain' WHERE permohonan_id = :p": "jawaban diubah",
    "UPDATE permintaan_perbaikan SET answered_at = NULL WHERE permohonan_id = :p": "dijawab pada diubah",
    "DELETE FROM permintaan_perbaikan WHERE permohonan_id = :p AND code = 'AKTA'": "hilang dari tabel",
    # documents
    "UPDATE berkas SET sha256 = (SELECT sha256 FROM berkas WHERE syarat = 'ADART' LIMIT 1) WHERE permohonan_id = :p"
    " AND syarat = 'AKTA'": "dokumen AKTA: sha256 diubah",
    "UPDATE berkas SET original_sha256 = repeat('a', 64) WHERE permohonan_id = :p": "sha256 asli diubah",
    "UPDATE berkas SET name = 'lain.pdf' WHERE permohonan_id = :p AND syarat = 'AKTA'": "nama dokumen diubah",
    "UPDATE berkas SET replaced_at = NULL WHERE permohonan_id = :p": "diganti pada diubah",
    "UPDATE berkas SET uploaded_at = uploaded_at - interval '9 days' WHERE permohonan_id = :p": "diunggah pada",
    "DELETE FROM berkas WHERE permohonan_id = :p AND replaced_at IS NOT NULL": "hilang dari tabel",
    "UPDATE pemeriksaan SET result = 'lulus', said = '{}' WHERE tugas_id IN (SELECT id FROM tugas WHERE"
    " permohonan_id = :p)": "pemeriksaan otomatis",
    "UPDATE pemeriksaan SET at = at + interval '1 day' WHERE tugas_id IN (SELECT id FROM tugas WHERE"
    " permohonan_id = :p)": "pemeriksaan otomatis",
    "DELETE FROM pemeriksaan WHERE tugas_id IN (SELECT id FROM tugas WHERE permohonan_id = :p)": "hilang dari tabel",
    # BAP, draft, approvals
    "UPDATE filled_form SET content = content || '{\"tim\": []}' WHERE permohonan_id = :p":
        "isian, dokumen atau formulir meja",
    "UPDATE filled_form SET actor = (SELECT id FROM orang WHERE name = 'Rusmini') WHERE permohonan_id = :p":
        "formulir meja bap: pelaku",
    "UPDATE filled_form SET sent_at = NULL WHERE permohonan_id = :p": "formulir meja bap: dikirim pada",
    "UPDATE draft SET context = context || '{\"tentang\": \"lain\"}' WHERE permohonan_id = :p AND voided_at IS NULL":
        "tidak sama dengan yang disetujui",
    "UPDATE draft SET naskah_hash = repeat('0', 64) WHERE permohonan_id = :p": "sidik naskah diubah",
    "UPDATE draft SET drafter_id = NULL WHERE permohonan_id = :p": "penyusun diubah",
    "UPDATE draft SET additions = '{\"pertimbangan\": \"\", \"tembusan\": []}' WHERE permohonan_id = :p":
        "tambahan naskah diubah",
    "DELETE FROM draft_author WHERE draft_id IN (SELECT id FROM draft WHERE permohonan_id = :p)": "penulis draf",
    "DELETE FROM persetujuan WHERE permohonan_id = :p AND langkah = 'paraf_kabid'": "hilang dari tabel",
    "UPDATE persetujuan SET on_behalf_of = NULL WHERE permohonan_id = :p AND langkah = 'paraf_kabid'":
        "persetujuan paraf_kabid: yang digantikan diubah",
    "UPDATE persetujuan SET person_id = (SELECT id FROM orang WHERE name = 'Rusmini') WHERE permohonan_id = :p"
    " AND langkah = 'paraf_sekretaris'": "persetujuan paraf_sekretaris: penyetuju diubah",
    "UPDATE persetujuan SET acting_as = 'Wali Kota' WHERE permohonan_id = :p": "jabatan pelaku diubah",
    "UPDATE persetujuan SET at = at - interval '1 day' WHERE permohonan_id = :p": "waktu diubah",
    # the decree
    "UPDATE sk SET status = 'dicabut' WHERE permohonan_id = :p": "status diubah, di tabel dicabut",
    "UPDATE sk SET pdf_sha256 = docx_sha256 WHERE permohonan_id = :p": "PDF diubah",
    "UPDATE sk SET nomor = '503/9999/TD-LKS/DPMPTSP/2026' WHERE permohonan_id = :p": "nomor diubah",
    "UPDATE sk SET day = day - 30 WHERE permohonan_id = :p": "tanggal diubah",
    "UPDATE sk SET valid_until_date = valid_until_date + 365 WHERE permohonan_id = :p":
        "masa berlaku diubah",
    "UPDATE sk SET signatory = '{\"nama\": \"Orang Lain\"}' WHERE permohonan_id = :p": "baris penandatangan diubah",
    "UPDATE sk SET signer_id = (SELECT id FROM orang WHERE name = 'Rusmini') WHERE permohonan_id = :p":
        "orang yang menandatangani diubah",
    "UPDATE sk SET token = 'x' WHERE permohonan_id = :p": "kode verifikasi diubah",
    "UPDATE sk SET certificate_digest = 'x' WHERE permohonan_id = :p": "sidik sertifikat diubah",
    "UPDATE sk SET issued_at = issued_at - interval '1 day' WHERE permohonan_id = :p": "terbit pada diubah",
    "DELETE FROM sk WHERE permohonan_id = :p": "hilang dari tabel",
    "UPDATE nomor_register SET used_at = NULL WHERE permohonan_id = :p": "register nomor 503/0001",
    "UPDATE nomor_register SET nomor = '503/7777/TD-LKS/DPMPTSP/2026' WHERE permohonan_id = :p":
        "register nomor 503/7777",
    "UPDATE nomor_register SET drawn_at = drawn_at - interval '99 days' WHERE permohonan_id = :p":
        "register nomor 503/0001",
    "UPDATE permohonan SET marks = '{}' WHERE id = :p": "tanda pengenal pemegang",
    "UPDATE permohonan SET search_name = 'lain' WHERE id = :p": "nama untuk pencarian",
    # what was late
    "DELETE FROM eskalasi WHERE permohonan_id = :p": "hilang dari tabel",
    "UPDATE eskalasi SET recipient = 'admin' WHERE permohonan_id = :p": "peran yang diberi tahu diubah",
    "UPDATE eskalasi SET at = at - interval '1 day' WHERE permohonan_id = :p": "waktu diubah",
}  # fmt: skip


def test_the_table_of_changes_is_long_enough() -> None:
    assert len(CHANGES) >= 40


@pytest.mark.parametrize(("change", "said"), CHANGES.items(), ids=range(1, len(CHANGES) + 1))
def test_every_change_of_the_records_is_found_and_named(story: Story, db: Engine, change: str, said: str) -> None:
    behind_our_back(db, change.replace(":p", f"'{story.p}'"))
    findings = found()
    assert any(berkas == story.nomor and said in sentence for berkas, sentence in findings), findings
    assert {berkas for berkas, _ in findings} - {story.nomor} <= {None}, "another file is blamed"


def test_a_number_that_was_drawn_and_is_nowhere_is_found(story: Story, db: Engine) -> None:
    behind_our_back(db, "DELETE FROM nomor_register")
    assert any("deret nomor td_lks sk 2026: nomor urut 1 hilang" in sentence for _, sentence in found())


def test_an_application_that_was_withdrawn_and_one_never_sent_are_looked_at_too(story: Story, db: Engine) -> None:
    behind_our_back(
        db,
        "UPDATE tugas SET reason = 'lain' WHERE keputusan = 'batalkan'",
        f"UPDATE permohonan SET content = content || '{{\"alamat\": \"lain\"}}' WHERE id = '{story.draft}'",
    )
    assert {berkas for berkas, _ in found()} == {story.withdrawn, str(story.draft)}


OWNED = (
    "daily_leaf nomor_register peristiwa_words peristiwa eskalasi persetujuan sk draft_author draft filled_form"
    " pemeriksaan permintaan_perbaikan berkas outbox pemberitahuan tugas"
).split()


def wipe(db: Engine, p: UUID, *kept: str) -> None:
    """Take a whole file out of the database, with everything that names it."""
    own = f"permohonan_id = '{p}'"
    through = {
        "pemeriksaan": f"tugas_id IN (SELECT id FROM tugas WHERE {own})",
        "draft_author": f"draft_id IN (SELECT id FROM draft WHERE {own})",
        "daily_leaf": f"owner_id = '{p}'",
    }
    rows = [(t, through.get(t, own)) for t in OWNED if t not in kept]
    behind_our_back(db, *(f"DELETE FROM {t} WHERE {where}" for t, where in (*rows, ("permohonan", f"id = '{p}'"))))


def test_a_signed_file_that_is_deleted_whole_is_found_by_the_daily_head(story: Story, db: Engine) -> None:
    wipe(db, story.p, "daily_leaf")
    assert [(b, k) for b, k in found() if b] == [
        (story.nomor, "berkas hilang seluruhnya, padahal ada pada kepala harian nomor 2")
    ]


def test_and_by_the_file_outside_when_the_heads_are_deleted_with_it(story: Story, db: Engine, tmp_path: Path) -> None:
    kept = tmp_path / "kepala.json"
    kept.write_bytes(head_files()[-1].read_bytes())
    wipe(db, story.p)
    behind_our_back(db, "DELETE FROM daily_leaf", "DELETE FROM daily_head")
    assert any(b == story.nomor and "kepala harian 2" in k for b, k in found())
    for path in head_files():
        path.unlink()
    assert not any(b == story.nomor for b, _ in found())
    findings = [(f.berkas, f.sentence) for f in verify_all([kept])[1]]
    assert any(b == story.nomor and "kepala harian 2" in k for b, k in findings)


def backdate(db: Engine, p: UUID, sequence: int, days: int) -> None:
    """Move an event into the past and compute the chain again, as its own code would."""
    with connection() as conn:
        rows = [
            dict(r)
            for r in conn.execute(
                text("SELECT * FROM peristiwa WHERE permohonan_id = :p ORDER BY sequence"), {"p": p}
            ).mappings()
        ]
    before, sql = "", []
    for row in rows:
        if row["sequence"] == sequence:
            row["at"] -= timedelta(days=days)
        hash_ = chain_hash(before, row)
        sql.append(
            f"UPDATE peristiwa SET at = '{row['at'].isoformat()}', previous_hash = '{before}', hash = '{hash_}'"
            f" WHERE id = {row['id']}"
        )
        before = hash_
    behind_our_back(db, *sql, f"UPDATE permohonan SET chain = '{before}' WHERE id = '{p}'")


def test_an_event_backdated_with_a_recomputed_chain_is_found(story: Story, db: Engine) -> None:
    with connection() as conn:
        written = conn.scalar(
            text(
                "SELECT min(sequence) FROM peristiwa WHERE permohonan_id = :p AND kind = 'isi' AND NOT data ? 'berkas'"
            ),
            {"p": story.p},
        )
    backdate(db, story.p, written, 3)
    findings = found()
    assert any(b == story.nomor and "tidak sama dengan kepala harian nomor 1" in k for b, k in findings), findings


@pytest.mark.attack("F11")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DELETE FROM daily_leaf WHERE number = 1; DELETE FROM daily_head WHERE number = 1", "nomor 2: kepala sebelum"),
        ("UPDATE daily_head SET signature = 'AAAA' WHERE number = 2", "nomor 2: tanda tangannya tidak sah"),
        ("UPDATE daily_head SET statement = statement || '{\"count\": 9}' WHERE number = 2", "tidak sah"),
        ("DELETE FROM daily_leaf WHERE number = 2 AND place = 0", "daftar berkasnya tidak sama"),
        ("DELETE FROM daily_leaf WHERE number = 2; DELETE FROM daily_head WHERE number = 2",
         "kepala harian nomor 2 (berkas 000002.json) tidak ada lagi di basis data"),
    ],
)  # fmt: skip
def test_a_head_that_is_deleted_or_changed_is_found(story: Story, db: Engine, change: str, said: str) -> None:
    behind_our_back(db, *change.split(";"))
    assert any(said in k for _, k in found())


def test_the_last_three_events_deleted_are_found_by_the_last_head_even_with_the_end_moved_back(
    story: Story, db: Engine
) -> None:
    behind_our_back(
        db,
        f"DELETE FROM peristiwa WHERE permohonan_id = '{story.p}' AND sequence > "
        f"(SELECT max(sequence) - 3 FROM peristiwa WHERE permohonan_id = '{story.p}')",
        f"UPDATE permohonan SET (last_sequence, chain) = (SELECT sequence, hash FROM peristiwa WHERE permohonan_id ="
        f" '{story.p}' ORDER BY sequence DESC LIMIT 1) WHERE id = '{story.p}'",
    )
    assert any(b == story.nomor and "tidak sama dengan kepala harian nomor 2" in k for b, k in found())


def test_one_head_a_day_and_only_what_has_grown(story: Story) -> None:
    assert make_daily_head(now=END) is None
    assert make_daily_head(now=LATER) is None
    assert make_daily_head(now=END + timedelta(days=1)) == 3
    newest = json.loads(head_files()[-1].read_bytes())
    assert (newest["statement"]["count"], newest["leaves"]) == (0, [])


def test_another_day_in_the_table_puts_off_no_head_and_is_found(story: Story, db: Engine) -> None:
    behind_our_back(db, "UPDATE daily_head SET day = '2099-01-01' WHERE number = (SELECT max(number) FROM daily_head)")
    assert (None, "kepala harian nomor 2: nomor atau tanggalnya di tabel bukan yang ditandatangani") in found()
    assert make_daily_head(now=END + timedelta(days=1)) == 3


def test_a_proof_of_one_file_is_short_and_holds_without_a_database(story: Story) -> None:
    from pipeline.kantor.instance_key import public_pem, read_public
    from pipeline.rules.history.daily_head import check_proof

    proof = proof_of(story.p)
    leaf, head = check_proof(json.loads(json.dumps(proof)), read_public(public_pem()))
    assert (leaf.nomor, head.number) == (story.nomor, 2)
    assert len(json.dumps(proof)) < 2000


STORED = (
    "SELECT sha256 FROM berkas WHERE permohonan_id = :p AND replaced_at IS NULL LIMIT 1",
    "SELECT sha256 FROM berkas WHERE permohonan_id = :p AND replaced_at IS NOT NULL LIMIT 1",
    "SELECT docx_sha256 FROM draft WHERE permohonan_id = :p AND voided_at IS NULL",
    "SELECT docx_sha256 FROM draft WHERE permohonan_id = :p AND voided_at IS NOT NULL LIMIT 1",
    "SELECT templat_sha256 FROM draft WHERE permohonan_id = :p LIMIT 1",
    "SELECT content->'foto'->0->>'sha256' FROM filled_form WHERE permohonan_id = :p",
    "SELECT docx_sha256 FROM sk WHERE permohonan_id = :p",
    "SELECT pdf_sha256 FROM sk WHERE permohonan_id = :p",
)


@pytest.mark.parametrize("harm", [Path.unlink, lambda p: p.write_bytes(p.read_bytes() + b" ")], ids=["gone", "altered"])
@pytest.mark.parametrize("which", STORED)
def test_a_document_that_is_gone_or_altered_is_found(story: Story, which: str, harm: Callable[[Path], object]) -> None:
    with connection() as conn:
        sha256 = str(conn.scalar(text(which), {"p": story.p}))
    path = stored_path(sha256)
    original = path.read_bytes()
    try:
        harm(path)
        assert any(b == story.nomor and sha256 in k for b, k in found())
        with connection() as conn:
            assert sha256 in conn.scalars(text("SELECT sha256 FROM damaged_file WHERE whole_at IS NULL")).all()
    finally:
        path.write_bytes(original)
    assert found() == []
    sweep_store()
    with connection() as conn:
        assert conn.scalars(text("SELECT sha256 FROM damaged_file WHERE whole_at IS NULL")).all() == []


def test_a_receipt_that_no_record_names_is_found_too(story: Story) -> None:
    from pipeline.services.desk.letters import receipt

    sha256 = receipt(story.p).make()
    path = stored_path(sha256)
    original = path.read_bytes()
    try:
        path.write_bytes(b"karangan")
        assert (None, f"berkas lain rusak di penyimpanan ({path.stem})") in found()
    finally:
        path.write_bytes(original)


#: When the machine has something to do, and times that no row of the story has.
MACHINE_MARKS = {
    "permohonan.eskalasi_at", "tugas.eskalasi_at", "tugas.stuck_at", "eskalasi.told_at",
    "persetujuan.voided_at", "sk.revoked_at",
}  # fmt: skip


def test_a_time_that_no_calendar_has_is_a_finding_and_no_traceback(story: Story, db: Engine) -> None:
    """PostgreSQL keeps infinity, and years before Christ, in every column of times and dates."""
    bound = {*TABLES, "peristiwa"}
    strange = cycle(("infinity", "-infinity", "0044-03-15 BC", "20000-01-01", "9999-12-31 23:59"))
    silent = []
    for table in metadata.sorted_tables:
        times = [c.name for c in table.columns if isinstance(c.type, Date | DateTime)]
        for columns in [[c] for c in times] if table.name in bound else [times] * bool(times):
            changes = ", ".join(
                f"{c} = CASE WHEN {c} IS NOT NULL THEN '{next(strange)}'::timestamptz END" for c in columns
            )
            behind_our_back(
                db,
                f"CREATE TABLE kept_once AS TABLE {table.name}",
                f"UPDATE {table.name} t SET {changes} WHERE t.ctid ="
                f" (SELECT ctid FROM {table.name} WHERE {columns[0]} IS NOT NULL LIMIT 1)",
            )
            if not found() and table.name in bound:
                silent.append(f"{table.name}.{columns[0]}")
            behind_our_back(
                db,
                f"DELETE FROM {table.name}",
                f"INSERT INTO {table.name} OVERRIDING SYSTEM VALUE SELECT * FROM kept_once",
                "DROP TABLE kept_once",
            )
    assert set(silent) <= MACHINE_MARKS


NIL = "00000000-0000-0000-0000-000000000000"
#: Rows put in or taken out where no check of a single file looks.
FORGED: dict[str, str] = {
    "CREATE TEMP TABLE forged AS SELECT * FROM permohonan WHERE id = :p;"
    f" UPDATE forged SET id = '{NIL}', nomor = 'PALSU',"
    " tracking_code = 'BBBBBBBB'; INSERT INTO permohonan SELECT * FROM forged; DROP TABLE forged":
        "riwayat tidak lengkap",
    f"INSERT INTO orang (id, name, created_at) VALUES ('{NIL}', 'Hantu', now())": f"orang {NIL}",
    "DELETE FROM permohonan WHERE id = :d": "tentang permohonan yang tidak ada",
    "INSERT INTO penugasan (id, person_id, peran, jabatan, start_date, created_at)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'kepala_dinas', 'x', '2020-01-01', now())":
        "penugasan tentang orang yang tidak ada",
    "INSERT INTO akun (id, person_id, email, petugas, password_changed_at, created_at)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'h@x.id', true, now(), now())": "akun tentang orang yang tidak ada",
    "INSERT INTO tugas (id, permohonan_id, langkah, kunjungan, peran, automatic, created_at, started_at) VALUES"
    " (gen_random_uuid(), gen_random_uuid(), 'paraf_kabid', 1, 'kabid_perizinan', false, now(), now())":
        "tugas tentang permohonan yang tidak ada",
    "INSERT INTO draft_author SELECT gen_random_uuid(), id FROM orang LIMIT 1": "draft_author tentang draft",
    "INSERT INTO peristiwa_words VALUES (:p, 9999, '', '{}')": "peristiwa_words tentang peristiwa yang tidak ada",
    "UPDATE daily_head SET number = 99 WHERE number = 2": "nomor atau tanggalnya di tabel",
    "UPDATE daily_head SET number = -5 WHERE number = 1": "nomor atau tanggalnya di tabel",
    "DELETE FROM kalender; DELETE FROM libur; DELETE FROM office_hours": "hari libur atau jam kerja",
    "UPDATE kalender SET version = 0; DELETE FROM libur": "hari libur atau jam kerja",
    "UPDATE kalender SET version = 99": "hari libur atau jam kerja",
    "UPDATE eskalasi SET empty = '[\"admin\"]' WHERE permohonan_id = :p": "kosong diubah",
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), FORGED.items(), ids=range(1, len(FORGED) + 1))
def test_rows_that_nothing_leads_to_are_found_too(story: Story, db: Engine, change: str, said: str) -> None:
    behind_our_back(db, *change.replace(":p", f"'{story.p}'").replace(":d", f"'{story.draft}'").split(";"))
    assert any(said in sentence for _, sentence in found()), found()


def test_a_calendar_whose_print_was_made_anew_is_found(story: Story, db: Engine) -> None:
    behind_our_back(db, "DELETE FROM libur WHERE day = (SELECT min(day) FROM libur)")
    with db.connect() as conn:
        _, _, content = read_content(conn)
    behind_our_back(db, f"UPDATE kalender SET digest = '{digest(plain(content))}'")
    assert [sentence for _, sentence in found()] == [
        "hari libur atau jam kerja diubah di tabel, tidak lewat halaman kalender"
    ]


def test_a_head_numbered_anew_stops_none_of_those_to_come(story: Story, db: Engine) -> None:
    behind_our_back(db, "UPDATE daily_head SET number = 99 WHERE number = 2")
    assert [make_daily_head(now=END + timedelta(days=n)) for n in (1, 2, 3)] == [3, 4, 5]


#: Values that nothing of ours writes, of every column kept as JSON or free text.
STRANGE = [
    "UPDATE peristiwa SET hash = 'ü' WHERE permohonan_id = :p AND sequence = 3",
    "UPDATE peristiwa_words SET salt = 'ü' WHERE permohonan_id = :p",
    "UPDATE orang SET salt = 'ü'",
    "UPDATE perubahan_akun SET hash = 'ü'",
    *(
        f"UPDATE {table} SET {column} = {value} WHERE {'id = :p' if table == 'permohonan' else 'true'}"
        for table, column in (
            ("permohonan", "content"), ("peristiwa", "data"), ("perubahan_akun", "data"), ("perubahan_akun", "state"),
            ("daily_head", "statement"), ("filled_form", "content"), ("tugas", "jeda"), ("draft", "context"),
            ("peristiwa_words", "words"), ("office_hours", "hours"), ("perubahan_kalender", "after"),
        )
        for value in (
            "'[]'::jsonb", "'5'::jsonb", "'\"x\"'::jsonb", "'{}'::jsonb", "'{\"x\": 1e5000}'::jsonb",
            "(repeat('[', 3000) || repeat(']', 3000))::jsonb",
        )
    ),
    *(
        f"UPDATE peristiwa SET data = data || '{value}'"
        " WHERE permohonan_id = :p AND data ?| array['sk', 'permintaan', 'ke']"
        for value in (
            '{"on_behalf": "x"}', '{"on_behalf": 5}', '{"permintaan": 99}', '{"permintaan": 3000000000}',
            '{"permintaan": {}}', '{"words": 5}', '{"ke": null, "tugas": []}', '{"mulai": "x"}', '{"tenggat": 5}',
            '{"year": "x"}', '{"sequence": []}', '{"sequence": 1e20}', '{"drawn": 5}',
            '{"kind": [], "sk": {}}',
        )
    ),
    *(
        f"UPDATE perubahan_akun SET state = '{value}'"
        for value in (
            '{"peran": {"x": 5}}', '{"peran": {"x": {}}}', '{"akun": {"x": null}}', '{"orang": 5}',
            '{"peran": {"x": {"peran": 5, "start_date": 5, "end_date": 5}}}',
        )
    ),
    *(
        f"UPDATE daily_head SET statement = statement - '{name}'"
        for name in ("root", "previous", "day", "number", "logs")
    ),
    *(
        f"UPDATE daily_head SET statement = statement || '{value}'"
        for value in (
            '{"number": "x"}', '{"number": null}', '{"root": 5}', '{"made_at": 5}', '{"logs": {"akses_data": 5}}',
            '{"logs": {"akses_data": {}}}', '{"logs": {"akses_data": {"after": "x", "upto": 1}}}',
            '{"logs": {"akses_data": {"after": 1, "upto": 1e30, "rows": 0, "digest": ""}}}',
        )
    ),
    *(
        f"UPDATE office_hours SET hours = '{value}'"
        for value in ('{"x": 1}', "null", '{"0": [["25:00", "x"]]}', '{"0": [["08:00"]]}')
    ),
    "INSERT INTO libur VALUES ('infinity', 'x', 'kantor', false)",
    "INSERT INTO libur VALUES ('0044-03-15 BC', 'x', 'kantor', false)",
    *(f"UPDATE sk SET pdf_sha256 = '{value}'" for value in ("", "ü", "../../../../etc/passwd", "z" * 5000)),
    *(f"UPDATE berkas SET sha256 = '{value}'" for value in ("", "ü", "..")),
]  # fmt: skip


def test_a_drawn_number_that_is_none_is_refused_by_the_database_itself(story: Story, db: Engine) -> None:
    """The index that finds the last number of each series holds numbers only."""
    drawn = '{"drawn": {"sop": "td_lks", "kind": "sk", "year": 2026, "sequence": "x"}}'
    change = f"UPDATE peristiwa SET data = data || '{drawn}' WHERE permohonan_id = '{story.p}' AND data ? 'drawn'"
    with pytest.raises(DataError, match=r"22P02|invalid input syntax"):
        behind_our_back(db, change)


def test_no_value_of_the_tables_hides_what_else_is_wrong(story: Story, db: Engine) -> None:
    """Each is a finding, none a traceback; and what was changed elsewhere as well is named with it."""
    silent, hidden = [], []
    for change in STRANGE:
        behind_our_back(db, change.replace(":p", f"'{story.p}'"))
        behind_our_back(db, "INSERT INTO draft_author SELECT gen_random_uuid(), id FROM orang LIMIT 1")
        named = ["draft_author tentang draft" in sentence for _, sentence in found()]
        if all(named):
            silent.append(change)
        if not any(named):
            hidden.append(change)
        put_back(db)
    assert (silent, hidden) == ([], [])
