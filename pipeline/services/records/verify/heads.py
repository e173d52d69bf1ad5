"""The records against the daily heads, those in the database and those kept outside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Text, cast, func, select, tuple_

from pipeline.models import AccountChange, DailyHead, DailyLeaf, Peristiwa, Permohonan, Person
from pipeline.queries.records.heads import leaves_of, read_heads
from pipeline.queries.records.logs import BOUND, is_as_signed
from pipeline.rules.history.daily_head import Leaf, Signed, encode, is_signed, leaf_hash, merkle_root, name_of
from pipeline.services.records.heads import read_file

BATCH = 1000
#: Whose entry, its number, its hash.
_OF_FILE = (Peristiwa.permohonan_id, Peristiwa.sequence, Peristiwa.hash)
_OF_PERSON = (AccountChange.person_id, AccountChange.sequence, AccountChange.hash)
#: nomor of a file (or None) and what is wrong.
Found = tuple[str | None, str]


def read_outside(paths: Iterable[Path]) -> tuple[list[tuple[str, Signed]], list[str]]:
    """The heads in these files, and a sentence for each that is none. To be read before the snapshot is taken."""
    heads, problems = list[tuple[str, Signed]](), list[str]()
    for path in paths:
        try:
            heads.append((path.name, read_file(path)))
        except (ValueError, OSError) as error:
            problems.append(f"berkas kepala harian {path.name} tidak terbaca: {error}")
    return heads, problems


def check_heads(conn: Connection, key: Ed25519PublicKey, outside: Sequence[tuple[str, Signed]]) -> Iterator[Found]:
    """Deleted heads and files, and histories outside; a file that is still there has a check of its own."""
    known: dict[int, str] = {}
    previous: Signed | None = None
    for head in read_heads(conn):
        yield from ((None, f"kepala harian nomor {head.number}: {what}") for what in _wrong(conn, head, previous, key))
        previous, known[head.number] = head, name_of(head.statement)
    told = func.row(DailyHead.statement["number"].as_string(), DailyHead.statement["day"].as_string())
    for number in conn.scalars(
        select(DailyHead.number).where(func.row(cast(DailyHead.number, Text), cast(DailyHead.day, Text)) != told)
    ):
        yield None, f"kepala harian nomor {number}: nomor atau tanggalnya di tabel bukan yang ditandatangani"
    yield from _gone(conn)
    for name, head in outside:
        yield from _outside(conn, name, head, known, key)


def _wrong(conn: Connection, head: Signed, previous: Signed | None, key: Ed25519PublicKey) -> Iterator[str]:
    if not is_signed(head, key):
        yield "tanda tangannya tidak sah"
    if head.number != (previous.number if previous else 0) + 1:
        yield "kepala sebelum ini hilang dari basis data"
    elif head.statement["previous"] != (name_of(previous.statement) if previous else ""):
        yield "tidak menyambung pada kepala sebelumnya"
    if encode(merkle_root(map(leaf_hash, leaves_of(conn, head.number)))) != head.statement["root"]:
        yield "daftar berkasnya tidak sama dengan yang ditandatangani"
    yield from _logs(conn, head)


def _logs(conn: Connection, head: Signed) -> Iterator[str]:
    """What it has of the records that belong to no single file."""
    logs = head.statement.get("logs")
    for name, signed in logs.items() if isinstance(logs, Mapping) else ():
        if name not in BOUND or not is_as_signed(conn, name, signed):
            yield f"catatan {name.replace('_', ' ')} sampai hari itu tidak sama dengan yang ditandatangani"


def _gone(conn: Connection) -> Iterator[Found]:
    """Files and people that a head knows and the tables do not: deleted whole."""
    leaf = DailyLeaf
    query = (
        select(leaf.owner_id, func.max(leaf.nomor).label("nomor"), func.max(leaf.number).label("number"))
        .outerjoin(Permohonan, Permohonan.id == leaf.owner_id)
        .outerjoin(Person, Person.id == leaf.owner_id)
        .where(Permohonan.id.is_(None), Person.id.is_(None))
        .group_by(leaf.owner_id)
        .order_by(leaf.owner_id)
    )
    for r in conn.execute(query):
        what = "berkas" if r.nomor else "berkas atau orang"
        yield (
            r.nomor or str(r.owner_id),
            f"{what} hilang seluruhnya, padahal ada pada kepala harian nomor {r.number}",
        )


def _outside(
    conn: Connection, name: str, head: Signed, known: dict[int, str], key: Ed25519PublicKey
) -> Iterator[Found]:
    """A head of which the database has the same says no more; of any other, every leaf is looked up."""
    if not is_signed(head, key):
        yield None, f"berkas kepala harian {name}: tanda tangannya tidak sah"
        return
    if known.get(head.number) == name_of(head.statement):
        return
    yield None, f"kepala harian nomor {head.number} (berkas {name}) tidak ada lagi di basis data"
    if head.leaves is not None:
        if encode(merkle_root(map(leaf_hash, head.leaves))) != head.statement["root"]:
            yield None, f"berkas kepala harian {name}: daftar berkasnya tidak sama dengan yang ditandatangani"
            return
        for start in range(0, len(head.leaves), BATCH):
            yield from _compare(conn, head, head.leaves[start : start + BATCH])


def _compare(conn: Connection, head: Signed, leaves: Sequence[Leaf]) -> Iterator[Found]:
    ends = [(UUID(leaf.owner_id), leaf.sequence) for leaf in leaves]
    there = dict[tuple[str, int], str]()
    for owner, sequence, hash_ in (_OF_FILE, _OF_PERSON):
        rows = conn.execute(select(owner, sequence, hash_).where(tuple_(owner, sequence).in_(ends)))
        there |= {(str(owner_id), number): value for owner_id, number, value in rows}
    for leaf in leaves:
        if there.get((leaf.owner_id, leaf.sequence)) != leaf.hash:
            what = (
                f"riwayat sampai peristiwa {leaf.sequence} hilang, atau tidak sama dengan kepala harian {head.number}"
            )
            yield leaf.nomor or leaf.owner_id, what
