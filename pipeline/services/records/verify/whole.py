"""Proving the records: every history replayed and compared with the tables, every chain followed, every document read.

All that is compared is of one moment: a REPEATABLE READ snapshot, read a page of files at a time, so that it finds
nothing false while files move, and takes no more memory for a million peristiwa than for a thousand.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, and_, exists, func, select, text
from sqlalchemy.exc import DataError

from pipeline.calendar.log import plain, replayed
from pipeline.db import snapshot
from pipeline.hashing import change_hash, digest, entry_hash
from pipeline.kantor.instance_key import instance_key
from pipeline.models import CalendarChange, OfficeEvent, Penugasan, Peristiwa, PeristiwaWords, Permohonan, metadata
from pipeline.queries.calendar import read_content
from pipeline.queries.records.files import Records, read_records
from pipeline.queries.records.persons import read_persons
from pipeline.queries.records.restorations import read_restorations
from pipeline.rules.history.daily_head import is_signed
from pipeline.rules.history.person import PersonHistory
from pipeline.sealing.keys import keys_of
from pipeline.services.records.heads import head_files
from pipeline.services.records.verify.file import Inspect, Kept, check_documents, check_records
from pipeline.services.records.verify.heads import check_heads, read_outside
from pipeline.services.records.verify.letters import check_letters
from pipeline.services.records.verify.numbers import check_numbers
from pipeline.services.records.verify.paper import check_paper
from pipeline.services.records.verify.persons import check_people, check_roles, persons_in
from pipeline.storage import SEALED, Damage, is_hash, scan, store

PAGE = 50
#: What comes of a value that nothing of ours writes: of another type, out of every range, nested a thousand deep.
UNREADABLE = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError, DataError)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What does not hold, on which file: its number, or its id while it has none; None: on none of them."""

    berkas: str | None
    sentence: str


def verify_all(heads: Sequence[Path] = ()) -> tuple[int, list[Discrepancy]]:
    """Check every permohonan, against every daily head there is and those in the files ``heads``.

    Returns how many were checked, and what was found.
    """
    outside, problems = read_outside([*head_files(), *heads])
    checked, findings, kept = 0, [Discrepancy(None, sentence) for sentence in problems], _Kept()
    with snapshot() as conn:
        conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # documents are read in between
        for permohonan_id, read in _files(conn):
            checked += 1
            findings += _guarded(str(permohonan_id), "catatan berkas ini", partial(_of_file, read, kept.inspect))
        whole: dict[str, Callable[[], Iterable[Discrepancy]]] = {
            "kepala harian": lambda: (Discrepancy(*f) for f in check_heads(conn, instance_key().public_key(), outside)),
            "pemulihan": lambda: (Discrepancy(None, sentence) for sentence in _restorations(conn)),
            "register nomor": lambda: (Discrepancy(*f) for f in check_numbers(conn)),
            "riwayat orang": lambda: (Discrepancy(None, sentence) for sentence in check_people(conn)),
            "kalender": lambda: (Discrepancy(None, sentence) for sentence in _calendar(conn)),
            "kantor": lambda: (Discrepancy(None, sentence) for sentence in _office(conn)),
            "register kertas": lambda: (Discrepancy(None, sentence) for sentence in check_paper(conn)),
            "surat perintah": lambda: (Discrepancy(None, sentence) for sentence in _warrants(conn, kept.inspect)),
            "hubungan antartabel": lambda: (Discrepancy(None, sentence) for sentence in _orphans(conn)),
            "berkas lain": lambda: (Discrepancy(None, sentence) for sentence in kept.rest()),
        }
        for what, check in whole.items():
            findings += _guarded(None, what, check, within=conn.begin_nested)
    return checked, findings


def _guarded(
    berkas: str | None,
    what: str,
    check: Callable[[], Iterable[Discrepancy]],
    *,
    within: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> list[Discrepancy]:
    """What it finds; where a value cannot even be read, that is the last finding, and the other checks go on.

    ``within``: a savepoint, for a check whose statements may fail.
    """
    found: list[Discrepancy] = []
    try:
        with within():
            found.extend(check())
    except UNREADABLE as error:
        sentence = f"{what} tidak dapat diperiksa seluruhnya: ada nilai yang tidak terbaca ({type(error).__name__})"
        found.append(Discrepancy(berkas, sentence))
    return found


class _Kept:
    """The store, read once from end to end: a file that many records name is not read again."""

    def __init__(self) -> None:
        self._damaged, self._named = set(scan(store().folder, keys_of)), set[str]()

    def inspect(self, kept: Kept) -> Damage | None:
        its = store(kept.owner)
        path = its.path(kept.sha256) if is_hash(kept.sha256) else None
        if path is not None and path.suffix == SEALED and path.is_file() and path.stem not in self._damaged:
            return None
        if (damage := its.damage(kept.sha256)) and path is not None:
            self._named.add(path.stem)
        return damage

    def rest(self) -> Iterator[str]:
        """Damage of files that no record names: receipts and letters made when they were asked for."""
        for name in sorted(self._damaged - self._named):
            yield f"berkas lain rusak di penyimpanan ({name})"


#: One file with those who acted on it.
Read = Callable[[], tuple[Records, Mapping[UUID, PersonHistory]]]


def _files(conn: Connection) -> Iterator[tuple[UUID, Read]]:
    """Each file, and how to read it: a page is read at once, unless something on it cannot be."""
    last: UUID | None = None
    while ids := _page(conn, last):
        try:
            page = _read(conn, ids)
        except UNREADABLE:
            yield from ((one, partial(_read_one, conn, one)) for one in ids)
        else:
            yield from ((one, partial(page.__getitem__, one)) for one in ids)
        last = ids[-1]


def _read(conn: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[Records, Mapping[UUID, PersonHistory]]]:
    files = read_records(conn, ids)
    persons = read_persons(conn, persons_in(files.values()))
    return {one: (records, persons) for one, records in files.items()}


def _read_one(conn: Connection, one: UUID) -> tuple[Records, Mapping[UUID, PersonHistory]]:
    return _read(conn, [one])[one]


def _page(conn: Connection, last: UUID | None) -> Sequence[UUID]:
    query = select(Permohonan.id).order_by(Permohonan.id).limit(PAGE)
    return conn.scalars(query if last is None else query.where(Permohonan.id > last)).all()


def _of_file(read: Read, inspect: Inspect) -> Iterator[Discrepancy]:
    records, persons = read()
    name = str(records.permohonan["nomor"] or records.permohonan["id"])
    wrong = (*check_records(records), *check_roles(records, persons), *check_documents(records, inspect))
    for sentence in (*wrong, *check_letters(records, inspect)):
        yield Discrepancy(name, sentence)


def _warrants(conn: Connection, inspect: Inspect) -> Iterator[str]:
    for letter, sha256 in conn.execute(
        select(Penugasan.assignment_letter, Penugasan.letter_sha256).where(Penugasan.letter_sha256.is_not(None))
    ):
        if damage := inspect(Kept(str(sha256), None)):
            yield f"pindaian surat perintah {letter} {damage} di penyimpanan ({sha256})"


def _restorations(conn: Connection) -> Iterator[str]:
    """A number is left alone because a restore says so, and each of these is signed and numbered."""
    key = instance_key().public_key()
    for number, signed in enumerate(read_restorations(conn), start=1):
        if signed.number != number or not is_signed(signed, key):
            yield f"catatan pemulihan nomor {number}: diubah, atau tanda tangannya tidak sah"


def _calendar(conn: Connection) -> Iterator[str]:
    """The calendar in force is what its log adds up to; the log is a chain, and the daily heads bind it."""
    log = conn.execute(
        select(
            CalendarChange.version,
            CalendarChange.actor,
            CalendarChange.at,
            CalendarChange.before,
            CalendarChange.after,
            CalendarChange.hash,
        ).order_by(CalendarChange.id)
    ).all()
    before = ""
    for r in log:
        if r.hash != change_hash(before, r._asdict()):
            yield f"catatan perubahan kalender versi {r.version} diubah"
        before = r.hash
    version, calendar_digest, content = read_content(conn)
    now, told = plain(content), replayed((r.before, r.after) for r in log)
    if (
        version != (log[-1].version if log else 0)
        or (log and now != told)
        or (version and calendar_digest != digest(now))
    ):
        yield "hari libur atau jam kerja diubah di tabel, tidak lewat halaman kalender"


def _office(conn: Connection) -> Iterator[str]:
    """What the office declared is a chain."""
    query = select(OfficeEvent.kind, OfficeEvent.actor, OfficeEvent.at, OfficeEvent.hash).order_by(OfficeEvent.id)
    before = ""
    for r in conn.execute(query):
        if r.hash != entry_hash(before, r._asdict()):
            yield f"catatan kantor “{r.kind}” diubah"
        before = r.hash


def _orphans(conn: Connection) -> Iterator[str]:
    """Rows of something that is gone: no foreign key allows them, but whoever may switch those off."""
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            parent = key.referred_table.alias()
            same = and_(*(e.parent == parent.c[e.column.name] for e in key.elements))
            named = and_(*(e.parent.is_not(None) for e in key.elements))
            lost = conn.scalar(select(func.count()).select_from(table).where(named, ~exists().where(same)))
            if lost:
                yield f"{lost} baris {table.name} tentang {key.referred_table.name} yang tidak ada"
    told = exists().where(
        Peristiwa.permohonan_id == PeristiwaWords.permohonan_id, Peristiwa.sequence == PeristiwaWords.sequence
    )
    if lost := conn.scalar(select(func.count()).select_from(PeristiwaWords).where(~told)):
        yield f"{lost} baris {PeristiwaWords.__tablename__} tentang {Peristiwa.__tablename__} yang tidak ada"
