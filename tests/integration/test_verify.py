"""The records prove themselves: whatever is done to them behind the system's back, ``verify`` finds it and names it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.documents.signing import Rahasia
from pipeline.roles import Peran
from pipeline.services.sign import sign
from pipeline.services.verify import verify_all
from pipeline.settings import settings
from tests.factories import RABU, at_desk, bring_to, person, submitted
from tests.integration.conftest import FRASA


@pytest.fixture(autouse=True)
def _signed(kantor) -> None:
    """One file from the form to the signed SK, in good order."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    meja = at_desk(p)
    sign(meja.tugas_id, Rahasia(FRASA), oleh=kantor[Peran.KEPALA_DINAS], seen=meja.seen, now=RABU)
    assert verify_all() == (1, [])


def behind_our_back(db: Engine, *sql: str) -> None:
    """What somebody with the database's own password could do."""
    with db.begin() as conn:
        conn.execute(text("ALTER TABLE peristiwa DISABLE TRIGGER USER"))
        for satu in sql:
            conn.execute(text(satu))
        conn.execute(text("ALTER TABLE peristiwa ENABLE TRIGGER USER"))


def found() -> list[str]:
    checked, findings = verify_all()
    assert checked == 1
    return [f.kalimat for f in findings]


@pytest.mark.attack("F11")
@pytest.mark.parametrize(
    "perintah",
    [
        'UPDATE peristiwa SET data = data || \'{"ke": "selesai"}\'',
        "DELETE FROM peristiwa",
        "TRUNCATE peristiwa",
    ],
)
def test_a_history_only_grows(db: Engine, perintah: str) -> None:
    with pytest.raises(DBAPIError), db.begin() as conn:
        conn.execute(text(perintah))
    assert found() == []


@pytest.mark.attack("F11")
@pytest.mark.parametrize(
    ("perubahan", "kalimat"),
    [
        ("UPDATE peristiwa SET data = jsonb_set(data, '{ke}', '\"selesai\"') WHERE urut = 5", "pada peristiwa 5"),
        ("UPDATE peristiwa SET oleh = NULL WHERE urut = (SELECT max(urut) FROM peristiwa)", "rantai riwayat putus"),
        ("UPDATE peristiwa SET pada = pada - interval '1 microsecond' WHERE urut = 3", "putus pada peristiwa 3"),
        ("DELETE FROM peristiwa WHERE urut = 4", "putus pada peristiwa 4"),
        ("DELETE FROM peristiwa WHERE urut = (SELECT max(urut) FROM peristiwa)", "peristiwa terakhir hilang"),
        ("UPDATE peristiwa SET urut = CASE urut WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE urut IN (2, 3);"
         "UPDATE peristiwa SET urut = -urut WHERE urut < 0", "putus pada peristiwa 2"),
        ("INSERT INTO peristiwa (permohonan_id, urut, jenis, pada, data, sebelum, hash) SELECT permohonan_id, urut + 1,"
         " 'isi', pada, data, hash, hash FROM peristiwa ORDER BY urut DESC LIMIT 1", "rantai riwayat putus"),
        ("UPDATE permohonan SET status = 'ditolak'", "status: tabel"),
        ("UPDATE permohonan SET isi = isi || '{\"nama_lembaga\": \"Lain\"}'", "tidak sama dengan yang tercatat"),
        ("UPDATE sk SET status = 'dicabut'", "sk: tabel"),
        ("UPDATE sk SET pdf_sha256 = docx_sha256", "pdf_sha256: tabel"),
        ("UPDATE draft SET naskah_hash = repeat('0', 64)", "naskah_hash: tabel"),
        ("DELETE FROM persetujuan WHERE langkah = 'paraf_kabid'", "persetujuan: tabel"),
    ],
)  # fmt: skip
def test_every_change_of_the_records_is_found(db: Engine, perubahan: str, kalimat: str) -> None:
    behind_our_back(db, *perubahan.split(";"))
    assert any(kalimat in satu for satu in found())


@pytest.mark.parametrize("harm", [Path.unlink, lambda p: p.write_bytes(p.read_bytes() + b" ")])
@pytest.mark.parametrize("kolom", ["sk.pdf_sha256", "draft.docx_sha256", "berkas.sha256"])
def test_a_document_that_is_gone_or_altered_is_found(db: Engine, kolom: str, harm: Callable[[Path], object]) -> None:
    tabel, nama = kolom.split(".")
    with db.connect() as conn:
        sha256 = str(conn.execute(text(f"SELECT {nama} FROM {tabel} LIMIT 1")).scalar_one())
    path = settings().data / "berkas" / sha256[:2] / sha256[2:4] / sha256
    asli = path.read_bytes()
    try:
        harm(path)
        assert f"berkas {sha256} hilang atau rusak di penyimpanan" in found()
    finally:
        path.write_bytes(asli)
    assert found() == []
