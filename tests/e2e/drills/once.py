"""What has to hold whatever happened: of the files of one drill nothing is lost, and nothing happened twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product

from sqlalchemy import Engine, text

from ops.contoh.scenarios import Scenario
from tests.e2e.conftest import Running

OURS = "permohonan_id IN (SELECT id FROM permohonan WHERE sop = 'td_lks' AND created_at >= :began)"
DECIDED = f"SELECT langkah, keputusan, count(*) FROM tugas WHERE {OURS} GROUP BY 1, 2"
TOLD = f"SELECT kind, channel, count(*), count(DISTINCT permohonan_id) FROM pemberitahuan WHERE {OURS} GROUP BY 1, 2"
#: Of each query no row may come.
NEVER = {
    "berkas yang belum berakhir": "SELECT id FROM permohonan WHERE created_at >= :began AND closed_at IS NULL",
    "keputusan dicatat dua kali": "SELECT data ->> 'tugas' FROM peristiwa WHERE kind = 'keputusan' AND"
    f" {OURS} GROUP BY 1 HAVING count(*) > 1",
    "nomor dipakai dua kali": "SELECT nomor FROM sk GROUP BY nomor HAVING count(*) > 1",
    "nomor tanpa surat": "SELECT nomor FROM nomor_register WHERE used_at IS NULL AND permohonan_id IS NOT NULL",
    "kabar yang tidak sampai": "SELECT id FROM pemberitahuan WHERE status IN ('menunggu', 'mengirim', 'gagal')",
    # Who has fetched the letter before its doorbell rang is not told that it is there.
    "kabar akhir hilang": "SELECT t.id FROM tugas t JOIN outbox o ON o.tugas_id = t.id AND o.task = 'sop.terima_sk'"
    " WHERE t.created_at >= :began AND o.closed_at < t.closed_at - interval '1 second' AND NOT EXISTS (SELECT FROM"
    " pemberitahuan p WHERE p.permohonan_id = t.permohonan_id AND p.kind IN ('terbit', 'ditolak'))",
    "pesan terutang atau macet": "SELECT id FROM outbox WHERE closed_at IS NULL",
}
CHANNELS = ("lonceng", "surel")


def broken(running: Running, db: Engine, began: datetime, stories: Sequence[Scenario]) -> Sequence[str]:
    """The promises that do not hold for the files of these stories since then, and what ``verify`` found."""
    verified = running.cli("verify")
    found = [*_happened(db, began), *_differs(db, began, stories)]
    return found + ([verified.stderr] if verified.returncode else [])


def _happened(db: Engine, began: datetime) -> Iterator[str]:
    with db.connect() as conn:
        for what, query in NEVER.items():
            if rows := conn.execute(text(query), {"began": began}).all():
                yield f"{what}: {len(rows)}"


def _differs(db: Engine, began: datetime, stories: Sequence[Scenario]) -> Iterator[str]:
    """Every visit that the stories tell of and none beside them; one number a file; each told once."""
    with db.connect() as conn:
        decided = Counter({(str(r[0]), str(r[1])): int(r[2]) for r in conn.execute(text(DECIDED), {"began": began})})
        told = {(str(r[0]), str(r[1])): (r[2], r[3]) for r in conn.execute(text(TOLD), {"began": began})}
        numbers = conn.execute(text(f"SELECT count(DISTINCT nomor) FROM sk WHERE {OURS}"), {"began": began}).scalar()
    expected = Counter((t.langkah, str(t.keputusan)) for story in stories for t in story.stage)
    if decided != expected:
        yield f"kunjungan: kurang {expected - decided}, lebih {decided - expected}"
    if numbers != len(stories):
        yield f"nomor: {numbers}, seharusnya {len(stories)}"
    of_a_file = ((key, *told.get(key, (0, 0))) for key in product(("diterima", "terbit", "ditolak"), CHANNELS))
    yield from (f"kabar {kind} {channel} dua kali" for (kind, channel), total, files in of_a_file if total != files)
    for channel in CHANNELS:
        if (receipts := told.get(("diterima", channel), (0, 0))[0]) != len(stories):
            yield f"kabar diterima {channel}: {receipts}, seharusnya {len(stories)}"
