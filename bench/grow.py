"""An office that has worked for years: files by COPY, each with a history whose chain holds.

One in ten is open. A closed file has four visits and five peristiwa, fewer than a real one: what grows with the number
of files is the indexes and the tables, and these are read by page, never through.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bench.ground import Connection, Ground, number
from ops.contoh.papers.institutions import make_institution
from pipeline.db import connection
from pipeline.hashing import chain_hash, content_hash
from pipeline.queries.calendar import calendar_in_force
from pipeline.rules.deadlines import VisitClock
from pipeline.rules.form.spelling import fold, name_key
from pipeline.sop.registry import SOPS
from pipeline.text import date_at

OPEN_IN = 10  # one file in so many
AT_ONCE = 5000
_SOP = SOPS["td_lks"]
#: Where open files lie, and the visits of closed ones; desks that need a draft are left out.
_DESKS = ("periksa", "terima", "rekomendasi", "rekomendasi", "susun_sk")
_CLOSED = ("rekomendasi", "tanda_tangan", "terima_sk")
_CONTENTS = 50
_COLUMNS = {
    "orang": "id name created_at",
    "permohonan": "id sop sop_version nomor tracking_code pemohon_id status langkah arah pemegang search_name marks"
    " content content_digest privacy_version created_at changed_at sent_at complete_at tenggat closed_at version"
    " last_sequence chain",
    "tugas": "id permohonan_id langkah kunjungan peran automatic created_at started_at tenggat calendar_version"
    " eskalasi_at ready_at closed_at keputusan actor acting_as version",
    "peristiwa": "permohonan_id sequence kind at actor peran data previous_hash hash",
}
#: Every closed file has a decree: its number, from 1 in each year.
_NUMBERS = """
INSERT INTO nomor_register (sop, kind, year, sequence, nomor, permohonan_id, drawn_at, used_at)
SELECT %s, 'sk', year, sequence, concat('503/', sequence, '/', year), id, closed_at, closed_at FROM (
    SELECT id, closed_at, year, row_number() OVER (PARTITION BY year ORDER BY closed_at, id) AS sequence
    FROM permohonan CROSS JOIN LATERAL (SELECT CAST(extract(year FROM closed_at) AS integer) AS year) ended
    WHERE closed_at IS NOT NULL
) numbered"""
Row = tuple[object, ...]


def database(files: int) -> str:
    return f"files_{files}"


def grown(servers: Ground, files: int) -> str:
    """The database with so many files, which is made now unless it was before."""
    name = database(files)
    if not servers.exists(name):
        half = f"{name}_half"
        with servers.office(half):
            fill(servers, half, files)
        with servers.connect("postgres") as conn:
            conn.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"'.encode())
    return name


def largest(servers: Ground, at_least: int) -> int:
    """How many files the largest office has that was grown; one with ``at_least`` is made when there is none."""
    with servers.connect("postgres") as conn:
        rows = conn.execute("SELECT datname FROM pg_database WHERE datname ~ '^files_[0-9]+$'").fetchall()
    found = max((int(str(row[0]).partition("_")[2]) for row in rows), default=0)
    if found < at_least:
        grown(servers, found := at_least)
    return found


def fill(servers: Ground, name: str, files: int, open_in: int = OPEN_IN) -> None:
    """Add so many files to an office, one in ``open_in`` of them open, and gather the planner's statistics."""
    with servers.connect(name) as conn:
        conn.execute("SET synchronous_commit = off")
        maker = Maker(conn, files, open_in)
        for first in range(0, files, AT_ONCE):
            _copy(conn, "orang", maker.people())
            made = [maker.file(n) for n in range(first, min(files, first + AT_ONCE))]
            _copy(conn, "permohonan", [row for file in made for row in file.permohonan])
            _copy(conn, "tugas", [row for file in made for row in file.tugas])
            _copy(conn, "peristiwa", [row for file in made for row in file.peristiwa])
        conn.execute(_NUMBERS.encode(), (_SOP.code,))
        conn.execute("VACUUM ANALYZE")


def _copy(conn: Connection, table: str, rows: Sequence[Row]) -> None:
    columns = ", ".join(_COLUMNS[table].split())
    with conn.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


@dataclass(slots=True)
class File:
    """The rows of one file, and the end of its chain."""

    id: UUID
    permohonan: list[Row] = field(default_factory=list)
    tugas: list[Row] = field(default_factory=list)
    peristiwa: list[Row] = field(default_factory=list)
    sequence: int = 0
    chain: str = ""

    def happened(self, kind: str, at: datetime, actor: UUID, peran: str, data: dict[str, object]) -> None:
        self.sequence += 1
        event = {"permohonan_id": self.id, "sequence": self.sequence, "kind": kind, "at": at, "actor": actor}
        before, self.chain = self.chain, chain_hash(self.chain, {**event, "peran": peran, "data": data})
        text = json.dumps(data, ensure_ascii=False)
        self.peristiwa.append((self.id, self.sequence, kind, at.isoformat(), actor, peran, text, before, self.chain))


class Maker:
    """Makes files that differ as those of an office do: names, numbers, days, desks."""

    def __init__(self, conn: Connection, files: int, open_in: int) -> None:
        self._random, self._open_in = random.Random(files), open_in
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._calendar_version = number(conn, "SELECT coalesce(max(version), 0) FROM kalender")
        rows = conn.execute("SELECT DISTINCT ON (peran) peran, person_id FROM penugasan ORDER BY peran").fetchall()
        self._officers = {str(peran): UUID(str(person_id)) for peran, person_id in rows}
        samples = [make_institution(f"bench{n}", today=date_at(self._now)) for n in range(_CONTENTS)]
        self._contents = [(json.dumps(s.content, ensure_ascii=False), s.content) for s in samples]
        self._names = [s.name for s in samples]
        self._empty = content_hash({}, [], {})
        with connection():
            calendar = calendar_in_force()
        self._limits = {
            t.code: VisitClock(t, self._now - timedelta(days=7)).due(calendar).at - self._now + timedelta(days=7)
            for t in _SOP.langkah
        }
        self._pemohon: list[UUID] = []

    def people(self) -> list[Row]:
        """Applicants of the next files; each has handed in some."""
        self._pemohon = [uuid4() for _ in range(AT_ONCE // 5)]
        return [(i, "Pemohon", self._now.isoformat()) for i in self._pemohon]

    def file(self, n: int) -> File:
        file, is_open = File(uuid4()), n % self._open_in == 0
        pemohon = self._random.choice(self._pemohon)
        age = timedelta(seconds=self._random.randrange(3 * 86400 if is_open else 2 * 365 * 86400))
        created = self._now - age - (timedelta() if is_open else timedelta(days=8))
        ended = self._route(file, created, pemohon, is_open)
        self._permohonan(file, n, pemohon, created, ended)
        return file

    def _route(self, file: File, created: datetime, pemohon: UUID, is_open: bool) -> datetime | None:
        """Visits and peristiwa; when it was closed."""
        tugas_id, at = uuid4(), created
        first: dict[str, object] = {"tugas": str(tugas_id), "langkah": "ajukan", "status": "draf"}
        first |= {"content_digest": self._empty, "sop": _SOP.code, "sop_version": _SOP.version}
        file.happened("dibuat", at, pemohon, "pemohon", first)
        here = "ajukan"
        for following in (self._random.choice(_DESKS),) if is_open else (*_CLOSED, "selesai"):
            closed = at + timedelta(hours=1 if here == "ajukan" else 30)
            after = uuid4()
            self._visit(file, tugas_id, here, at, closed, pemohon)
            self._decided(file, (tugas_id, after), (here, following), closed, pemohon)
            tugas_id, here, at = after, following, closed
        if not is_open:
            return at
        self._visit(file, tugas_id, here, at, None, pemohon)
        return None

    def _visit(
        self, file: File, tugas_id: UUID, code: str, at: datetime, closed: datetime | None, pemohon: UUID
    ) -> None:
        langkah = _SOP[code]
        own = langkah.peran == "pemohon"
        tenggat = None if own else (at + self._limits[code]).isoformat()
        # The sweep passes over what has been told already; nothing more lapses while the bench is in use.
        eskalasi = (self._now + timedelta(days=3650)).isoformat() if closed is None and not own else None
        actor = pemohon if own else self._officers[langkah.peran]
        decided = (closed.isoformat(), str(langkah.keputusan), actor, langkah.peran) if closed else (None,) * 4
        file.tugas.append(
            (
                *(tugas_id, file.id, code, 1, str(langkah.peran), False, at.isoformat(), at.isoformat(), tenggat),
                *(self._calendar_version, eskalasi, at.isoformat(), *decided, 2 if closed else 1),
            )
        )

    def _decided(self, file: File, tugas: tuple[UUID, UUID], way: tuple[str, str], at: datetime, pemohon: UUID) -> None:
        source, target = _SOP[way[0]], way[1]
        own = source.peran == "pemohon"
        data: dict[str, object] = {"tugas": str(tugas[0]), "dari": source.code, "kunjungan": 1}
        data |= {"keputusan": str(source.keputusan), "ke": target, "status": _status(target)}
        data |= {"arah": None if source.code == "ajukan" else "terbit", "langsung": False}
        if target != "selesai":
            following = _SOP[target]
            tenggat = None if following.peran == "pemohon" else (at + self._limits[target]).isoformat()
            data |= {"tugas_baru": str(tugas[1]), "peran": str(following.peran), "otomatis": False}
            data |= {"tenggat": tenggat, "kunjungan_baru": 1, "mulai": at.isoformat()}
        actor = pemohon if own else self._officers[source.peran]
        file.happened("keputusan", at, actor, str(source.peran), data)

    def _permohonan(self, file: File, n: int, pemohon: UUID, created: datetime, ended: datetime | None) -> None:
        which = self._random.randrange(_CONTENTS)
        text, content = self._contents[which]
        name = f"{self._names[which]} {_letters(n)}"
        marks = [f"nama:{name_key(name, _SOP.common_words)}", f"nib:{n + 10**12}"]
        year, sent = 2024 + n % 3, created + timedelta(hours=1)
        langkah = None if ended else str(file.tugas[-1][2])
        self._contents[which] = (text, content)
        file.permohonan.append(
            (
                *(file.id, _SOP.code, _SOP.version, f"{_SOP.prefix}-{year}-{n // 3:06d}", "ABCD2345", pemohon),
                *("selesai" if ended else "berjalan", langkah, "terbit" if ended else None, name, fold(name)),
                *(marks, text, self._empty, "1", created.isoformat()),
                *((ended or sent).isoformat(), sent.isoformat(), sent.isoformat()),
                *((sent + timedelta(days=9)).isoformat(), ended.isoformat() if ended else None),
                *(file.sequence + 1, file.sequence, file.chain),
            )
        )


def _status(target: str) -> str:
    return {"selesai": "selesai", "terima_sk": "terbit"}.get(target, "berjalan")


def _letters(n: int) -> str:
    """A word that only this file has, of letters that names are made of."""
    return "".join(_syllables(n))


def _syllables(n: int) -> Iterator[str]:
    for _ in range(4):
        n, rest = divmod(n * 7 + 3, 91)
        yield "bcdghjklmnprs"[rest % 13] + "aiueoau"[rest // 13]
