"""Proving the records: every history replayed and compared with the tables, every chain followed, every document read.

All that is compared is of one moment: a REPEATABLE READ snapshot, read a page of files at a time, so that it finds
nothing false while files move, and takes no more memory for a million peristiwa than for a thousand.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select, text

from pipeline.calendar_log import plain
from pipeline.db import engine
from pipeline.hashing import digest
from pipeline.instance_key import instance_key
from pipeline.models import Penugasan, Permohonan
from pipeline.person import Person
from pipeline.queries.kalender import read_isi
from pipeline.queries.persons import read_persons
from pipeline.queries.records import Records, read_records
from pipeline.services.heads import head_files
from pipeline.services.verify_file import Inspect, check_documents, check_records
from pipeline.services.verify_heads import check_heads, read_outside
from pipeline.services.verify_letters import check_letters
from pipeline.services.verify_numbers import check_numbers
from pipeline.services.verify_persons import check_people, check_roles, persons_in
from pipeline.storage import Damage, store

PAGE = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, on which file: its number, or its id while it has none; None: on none of them."""

    berkas: str | None
    kalimat: str


def verify_all(heads: Sequence[Path] = ()) -> tuple[int, list[Finding]]:
    """Check every permohonan, against every daily head there is and those in the files ``heads``.

    Returns how many were checked, and what was found.
    """
    outside, problems = read_outside([*head_files(), *heads])
    checked, findings, kept = 0, [Finding(None, kalimat) for kalimat in problems], _Kept()
    with snapshot() as conn:
        for records, persons in _files(conn):
            checked += 1
            findings += _of_file(records, persons, kept.inspect)
        findings += [Finding(*found) for found in check_heads(conn, instance_key().public_key(), outside)]
        findings += [Finding(*found) for found in check_numbers(conn)]
        whole = (*check_people(conn), *_others(conn, kept.inspect), *kept.rest())
        findings += [Finding(None, kalimat) for kalimat in whole]
    return checked, findings


class _Kept:
    """The store, read once from end to end: a file that many records name is not read again."""

    def __init__(self) -> None:
        self._damaged, self._named = dict(store().scan()), set[str]()

    def inspect(self, sha256: str) -> Damage | None:
        damage = self._damaged.get(sha256)
        if damage is None and not store().has(sha256):
            damage = store().damage(sha256)
        if damage:
            self._named.add(sha256)
        return damage

    def rest(self) -> Iterator[str]:
        """Damage of files that no record names: receipts and letters made when they were asked for."""
        for sha256 in sorted(self._damaged.keys() - self._named):
            yield f"berkas lain {self._damaged[sha256]} di penyimpanan ({sha256})"


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long it takes."""
    with engine().connect() as plain:
        conn = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with conn.begin():
            conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # documents are read in between
            yield conn


def _files(conn: Connection) -> Iterator[tuple[Records, dict[UUID, Person]]]:
    """Each file, with those who acted on it."""
    last = UUID(int=0)
    while ids := _page(conn, last):
        files = read_records(conn, ids).values()
        persons = read_persons(conn, persons_in(files))
        yield from ((records, persons) for records in files)
        last = ids[-1]


def _page(conn: Connection, last: UUID) -> Sequence[UUID]:
    return conn.scalars(select(Permohonan.id).where(Permohonan.id > last).order_by(Permohonan.id).limit(PAGE)).all()


def _of_file(records: Records, persons: dict[UUID, Person], inspect: Inspect) -> Iterable[Finding]:
    name = str(records.permohonan["nomor"] or records.permohonan["id"])
    wrong = (*check_records(records), *check_roles(records, persons), *check_documents(records, inspect))
    for kalimat in (*wrong, *check_letters(records, inspect)):
        yield Finding(name, kalimat)


def _others(conn: Connection, inspect: Inspect) -> Iterator[str]:
    """What belongs to no single file."""
    for surat, sha256 in conn.execute(
        select(Penugasan.surat_perintah, Penugasan.surat_sha256).where(Penugasan.surat_sha256.is_not(None))
    ):
        if damage := inspect(str(sha256)):
            yield f"pindaian surat perintah {surat} {damage} di penyimpanan ({sha256})"
    versi, sidik, isi = read_isi(conn)
    if versi and sidik != digest(plain(isi)):
        yield "hari libur atau jam kerja diubah di tabel, tidak lewat halaman kalender"
