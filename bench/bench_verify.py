"""What ``alurizin verify`` costs in memory: a hundred times the records must not take more of it.

    .venv/bin/python bench/bench_verify.py [files] [peristiwa per file]

Needs an instance running (ALURIZIN_DATA); fills a database of its own beside it, and drops that again. Everything is a
ratio of one run: small office against large office.
"""

import os
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime
from json import dumps
from uuid import UUID, uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ops import instance

instance.attach()
_SERVER = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
_NAME = f"bench_verify_{os.getpid()}"
# Before anything reads the settings: a database and a data folder of the bench's own.
os.environ["DATABASE_URL"] = _SERVER.set(database=_NAME).render_as_string(hide_password=False)
os.environ["ALURIZIN_DATA"] = tempfile.mkdtemp(prefix="bench-verify-")

from pipeline.db import engine  # noqa: E402 - reads the settings set just now
from pipeline.hashing import chain_hash, content_hash  # noqa: E402
from pipeline.migrations import upgrade  # noqa: E402
from pipeline.services.records.verify.whole import verify_all  # noqa: E402

SMALL = 100
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
EMPTY = content_hash({}, [], None)


def main() -> None:
    files, events = (int(a) for a in (*sys.argv[1:], "10000", "100")[:2])
    admin = create_engine(_SERVER, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {_NAME}"))
    try:
        upgrade(engine())
        _fill(SMALL, events)
        small = _measure()
        _fill(files - SMALL, events)
        large = _measure()
        print(f"{SMALL} berkas: {small[0]:.1f} MB; {files} berkas ({files * events} peristiwa): {large[0]:.1f} MB")
        print(f"memori {large[0] / small[0]:.2f}x untuk {files / SMALL:.0f}x catatan, {large[1] / small[1]:.0f}x waktu")
    finally:
        engine().dispose()
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE {_NAME} WITH (FORCE)"))
        admin.dispose()


def _measure() -> tuple[float, float]:
    """Peak of what Python holds, in MB, and seconds."""
    tracemalloc.start()
    started = time.monotonic()
    checked, findings = verify_all()
    assert not findings, findings[:3]
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"{checked} permohonan diperiksa")
    return peak, time.monotonic() - started


def _fill(files: int, events: int) -> None:
    """Drafts, each with a history of its own: created, and then edited again and again."""
    person = uuid4()
    with engine().begin() as conn:
        conn.execute(text("INSERT INTO orang (id, name, created_at) VALUES (:o, 'Uji', now())"), {"o": person})
    for start in range(0, files, 500):
        made = [_file(person, events) for _ in range(min(500, files - start))]
        with engine().begin() as conn:
            conn.execute(_PERMOHONAN, [m[0] for m in made])
            conn.execute(_TUGAS, [m[0] for m in made])
            with conn.connection.cursor().copy(_COPY) as copy:
                for _, rows in made:
                    for row in rows:
                        copy.write_row(tuple({**row, "data": dumps(row["data"])}.values()))


def _file(person: UUID, events: int) -> tuple[dict[str, object], list[dict[str, object]]]:
    p, t, rows, before = uuid4(), uuid4(), [], ""
    created = {
        "tugas": str(t),
        "langkah": "ajukan",
        "status": "draf",
        "content_digest": EMPTY,
        "sop": "td_lks",
        "sop_version": 1,
    }
    for sequence in range(1, events + 1):
        row = {
            "permohonan_id": p,
            "sequence": sequence,
            "kind": "dibuat" if sequence == 1 else "isi",
            "at": NOW,
            "actor": person,
            "peran": "pemohon",
            "data": created if sequence == 1 else {"isian": ["alamat"], "content_digest": EMPTY},
        }
        rows.append(row | {"previous_hash": before, "hash": (before := chain_hash(before, row))})
    return {"p": p, "t": t, "o": person, "now": NOW, "h": EMPTY, "n": events, "r": before}, rows


_COPY = "COPY peristiwa (permohonan_id, sequence, kind, at, actor, peran, data, previous_hash, hash) FROM STDIN"
_PERMOHONAN = text(
    "INSERT INTO permohonan (id, sop, sop_version, pemohon_id, status, langkah, content, content_digest, created_at,"
    " changed_at,"
    " last_sequence, chain) VALUES (:p, 'td_lks', 1, :o, 'draf', 'ajukan', '{}', :h, :now, :now, :n, :r)"
)
_TUGAS = text(
    "INSERT INTO tugas (id, permohonan_id, langkah, kunjungan, peran, automatic, created_at, started_at, ready_at)"
    " VALUES (:t, :p, 'ajukan', 1, 'pemohon', false, :now, :now, :now)"
)

if __name__ == "__main__":
    main()
