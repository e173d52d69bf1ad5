"""What ``alurizin verify`` costs in memory: a hundred times the records must not take more of it. No goal's number."""

import time
import tracemalloc
from datetime import UTC, datetime
from uuid import UUID, uuid4

from bench.goals import Line, at_most
from bench.ground import Connection, Ground, ground
from bench.grow import File

DATABASE = "bench_verify"
SMALL, LARGE, EVENTS = 100, 2000, 50
_COLUMNS = {
    "permohonan": "id, sop, sop_version, pemohon_id, status, langkah, content, content_digest, created_at, changed_at,"
    " last_sequence, chain",
    "tugas": "id, permohonan_id, langkah, kunjungan, peran, automatic, created_at, started_at, ready_at",
    "peristiwa": "permohonan_id, sequence, kind, at, actor, peran, data, previous_hash, hash",
}
_NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


def measure(rounds: int) -> list[Line]:
    """Drafts that were edited again and again: few, then many. ``rounds`` does not matter."""
    with ground() as servers, servers.office(DATABASE):
        _fill(servers, SMALL)
        small = _check()
        _fill(servers, LARGE - SMALL)
        large = _check()
    what = f"peak memory of verify at {LARGE:,} files beside {SMALL}"
    counts = {"small_mb": small[0], "large_mb": large[0], "seconds_ratio": large[1] / small[1]}
    return [at_most("P10", what, large[0] / small[0], 1.5, 1, **counts)]


def _check() -> tuple[float, float]:
    """Peak of what Python holds, in MB, and seconds."""
    from pipeline.services.records.verify.whole import verify_all

    tracemalloc.start()
    began = time.monotonic()
    _, findings = verify_all()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    if findings:
        raise RuntimeError(str(findings[0]))
    return peak, time.monotonic() - began


def _fill(servers: Ground, files: int) -> None:
    from bench.files import applicants

    [person] = applicants(1)
    with servers.connect(DATABASE) as conn:
        for first in range(0, files, 200):
            _draft_many(conn, person, min(200, files - first))


def _draft_many(conn: Connection, person: UUID, n: int) -> None:
    made = [_draft(person) for _ in range(n)]
    with conn.transaction():
        for table, columns in _COLUMNS.items():
            with conn.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for file in made:
                    for row in getattr(file, table):
                        copy.write_row(row)


def _draft(person: UUID) -> File:
    from pipeline.hashing import content_hash
    from pipeline.sop.registry import get_sop

    file, tugas, empty, sop = File(uuid4()), uuid4(), content_hash({}, [], {}), get_sop("td_lks")
    created: dict[str, object] = {"tugas": str(tugas), "langkah": "ajukan", "status": "draf", "content_digest": empty}
    created |= {"sop": sop.code, "sop_version": sop.version}
    file.happened("dibuat", _NOW, person, "pemohon", created)
    for _ in range(EVENTS - 1):
        file.happened("isi", _NOW, person, "pemohon", {"isian": ["alamat"], "content_digest": empty})
    head = (file.id, sop.code, sop.version, person, "draf", "ajukan", "{}", empty, _NOW, _NOW)
    file.permohonan.append((*head, file.sequence, file.chain))
    file.tugas.append((tugas, file.id, "ajukan", 1, "pemohon", False, _NOW, _NOW, _NOW))
    return file
