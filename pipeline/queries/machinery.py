"""Which part of the system lives, by the signs of life it gives: the one answer for /siap, the operator's page, the
banner of staff pages and the measures. No personal data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from pipeline.json import Json
from pipeline.models import Outbox, Pulse
from pipeline.roles import Peran
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

#: Signs come every two or three seconds. A part that has been silent for so long is dead ...
DEAD_AFTER = timedelta(seconds=8)
#: ... and after so long everybody in the office is told: what is started again at once disturbs nobody.
TOLD_AFTER = timedelta(minutes=2)
#: A message that has waited so long is late, whatever lives.
LATE_AFTER = timedelta(minutes=2)
#: A worker that is away for so long was taken away: that a queue has no reader is told by the queue.
GONE_AFTER = timedelta(hours=1)

DATABASE, BROKER, RELAY, BEAT = "basis_data", "broker", "relay", "beat"
QUEUE, WORKER = "antrean:", "pekerja:"
QUEUES = (*PERAN_QUEUES, *SERVICE_QUEUES)

_NAMED: Mapping[str, str] = {
    DATABASE: "Basis data",
    BROKER: "Broker: tempat antrean pekerja",
    RELAY: "Pengirim pesan: meneruskan pekerjaan ke antrean",
    BEAT: "Pengatur waktu: pengingat dan batas waktu",
}
_FELT: Mapping[str, str] = {
    DATABASE: "Pemohon tidak dapat masuk, mengisi, mengirim atau melacak.",
    BROKER: "Pemohon tetap dapat mengirim dan meja tetap bekerja. Pemeriksaan unggahan, surel dan pesan menunggu.",
    RELAY: "Pemohon tetap dapat mengirim dan meja tetap bekerja. Pemeriksaan unggahan, surel dan pesan menunggu.",
    BEAT: "Hampir tidak terasa: pengirim pesan mengingatkan lebih jarang, paling lambat sepuluh menit sekali.",
    f"{QUEUE}dokumen": "Berkas yang diunggah tetap diterima, tetapi tinggal “sedang diperiksa”.",
    f"{QUEUE}pemberitahuan": "Surel dan pesan ke HP menunggu; kabar di dalam aplikasi tetap ada.",
    f"{QUEUE}sistem": "Pengingat, eskalasi dan pembersihan menunggu.",
}
_FELT_AT_DESK = "Berkas tetap sampai di meja kantor, tetapi pemeriksaan otomatis dan kabarnya menunggu."


class PartState(StrEnum):
    """How a part is."""

    BERJALAN = "berjalan"
    TERGANGGU = "terganggu"  # it lives, and what it does comes late
    MATI = "mati"
    TIADA = "tiada"  # this office goes without


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the system. ``since``: its last sign of life, or what has waited longest; None: never a sign."""

    name: str
    description: str
    state: PartState
    since: datetime | None = None
    felt: str = ""  # what the public feels, when it does not run
    detail: str = ""
    signs: bool = False  # it gives signs of life

    @property
    def well(self) -> bool:
        return self.state in {PartState.BERJALAN, PartState.TIADA}


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign of life of a part, and what it said of itself."""

    at: datetime
    detail: Json

    @property
    def queues(self) -> frozenset[str]:
        """Those a worker reads."""
        queues = self.detail.get("antrean")
        return frozenset(map(str, queues)) if isinstance(queues, list) else frozenset()


Signs = Mapping[str, Sign]


def read_signs(conn: Connection) -> Signs:
    """Every sign of life."""
    return {r.name: Sign(r.at, r.detail or {}) for r in conn.execute(select(Pulse.name, Pulse.at, Pulse.detail))}


def broker_depths(signs: Signs) -> Mapping[str, int]:
    """The messages in each queue of the broker, as the relay last counted them."""
    depths = signs[BROKER].detail.get("pesan") if BROKER in signs else None
    return {str(k): n for k, n in depths.items() if isinstance(n, int)} if isinstance(depths, dict) else {}


def read_waiting(conn: Connection) -> Mapping[str, datetime]:
    """The oldest row of each queue that is not done and not parked."""
    query = (
        select(Outbox.antrean, func.min(Outbox.created_at))
        .where(Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
        .group_by(Outbox.antrean)
    )
    return dict(conn.execute(query).all())


def parts(signs: Signs, waiting: Mapping[str, datetime], *, now: datetime, office_now: datetime) -> tuple[Part, ...]:
    """The database that told all this, then broker, relay, beat, every queue, every worker. Signs keep the real clock
    ``now``, messages the office's."""
    alive = frozenset(name for name, sign in signs.items() if now - sign.at < DEAD_AFTER)
    ours = [_part(name, signs.get(name), name in alive) for name in (BROKER, RELAY, BEAT)]
    queues = [
        _late(_queue(name, signs, alive), office_now - waiting.get(name, office_now), waiting.get(name))
        for name in QUEUES
    ]
    workers = [
        _part(name, sign, name in alive)
        for name, sign in sorted(signs.items())
        if name.startswith(WORKER) and now - sign.at < GONE_AFTER
    ]
    database = replace(_part(DATABASE, Sign(now, {}), True), detail="halaman ini dibaca darinya")
    return (database, *ours, *queues, *workers)


def read_parts(conn: Connection, *, now: datetime, office_now: datetime) -> tuple[Part, ...]:
    """The same, of this moment, in two statements."""
    return parts(read_signs(conn), read_waiting(conn), now=now, office_now=office_now)


def no_database() -> Part:
    """It does not answer; of the rest nobody knows."""
    return replace(_part(DATABASE, None, False), felt=_FELT[DATABASE])


def heard() -> ColumnElement[Json]:
    """For a select: the names of the parts of these signs of life, each with the queues it reads."""
    queues = func.jsonb_extract_path(Pulse.detail, literal_column("'antrean'"))
    return func.jsonb_object_agg(Pulse.name, func.coalesce(queues, literal_column("'[]'::jsonb")))


def heard_names(told: Mapping[str, Sequence[str]] | None) -> frozenset[str]:
    """The same as names: of the parts, and of the queues that are read."""
    told = told or {}
    return frozenset(told) | {f"{QUEUE}{antrean}" for queues in told.values() for antrean in queues}


def silent(known: frozenset[str]) -> tuple[str, ...]:
    """In words, the parts that are not among those heard of."""
    unread = [name for name in QUEUES if f"{QUEUE}{name}" not in known]
    words = [_NAMED[name] for name in (BROKER, RELAY, BEAT) if name not in known]
    return (*words, f"Pekerja antrean {', '.join(unread)}") if unread else tuple(words)


def _part(name: str, sign: Sign | None, alive: bool) -> Part:
    detail = ", ".join(sorted(sign.queues)) if sign else ""
    description = _NAMED.get(name) or f"Pekerja {name.removeprefix(WORKER)}"
    state = PartState.BERJALAN if alive else PartState.MATI
    felt = "" if name.startswith(WORKER) else _FELT[name]
    since = sign.at if sign else None
    return Part(
        name=name, description=description, state=state, since=since, felt=felt, detail=detail, signs=name != DATABASE
    )


def _queue(antrean: str, signs: Signs, alive: frozenset[str]) -> Part:
    """A queue, by whoever reads it."""
    readers = {name: sign for name, sign in signs.items() if antrean in sign.queues}
    running = sorted(n.removeprefix(WORKER) for n in readers if n in alive)
    name = f"{QUEUE}{antrean}"
    post = f" ({Peran(antrean).name})" if antrean in PERAN_QUEUES else ""
    return Part(
        name=name,
        description=f"Antrean {antrean}{post}",
        state=PartState.BERJALAN if running else PartState.MATI,
        since=max((sign.at for sign in readers.values()), default=None),
        felt=_FELT.get(name, _FELT_AT_DESK),
        detail=f"dibaca {', '.join(running)}" if running else "tidak ada pekerja yang membacanya",
    )


def _late(part: Part, waited: timedelta, oldest_at: datetime | None) -> Part:
    """A queue that lives may be late all the same."""
    if part.state is not PartState.BERJALAN or waited < LATE_AFTER:
        return part
    return replace(part, state=PartState.TERGANGGU, since=oldest_at, detail=f"{part.detail}; pekerjaannya terlambat")
