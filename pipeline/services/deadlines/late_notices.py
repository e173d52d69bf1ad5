"""Telling of what is late: one notice per person and channel for all that a sweep has found.

A level that was raised is told once: its row is marked in the transaction that writes the notices. What nobody could be
told of waits for somebody to hold the role; what was decided or moved meanwhile is news to nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.kantor.office import desks, leaders
from pipeline.models import Eskalasi, Penugasan, Permohonan, Tugas
from pipeline.queries.desk.vacancies import filled_roles
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.roles import Peran
from pipeline.rules.escalation import ORDER, empty_roles, join
from pipeline.rules.notices.rules import Kind
from pipeline.rules.transitions import Status
from pipeline.services.notices.write import News, tell_many
from pipeline.services.records.alone import alone
from pipeline.services.records.sets import changing, write_rows
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah
from pipeline.text import date_at

AT_MOST = 5000  # levels of one digest; the next sweep tells of what is left
DETAILED = 15  # files a digest names; the page it leads to has them all
_TOLD = changing(Eskalasi, "told_at")

_untold = (
    select(
        Eskalasi.id,
        Eskalasi.permohonan_id,
        Eskalasi.level,
        Eskalasi.recipient,
        Eskalasi.empty,
        Eskalasi.tugas_id,
        Eskalasi.tenggat_number,
        Permohonan.nomor,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.status,
        Permohonan.tenggat_number.label("janji_number"),
        Tugas.id.label("opened"),
        Tugas.langkah,
        Tugas.peran,
        Tugas.added_days,
        Tugas.tenggat_number.label("desk_number"),
    )
    .join(Permohonan, Permohonan.id == Eskalasi.permohonan_id)
    .outerjoin(Tugas, and_(Tugas.permohonan_id == Eskalasi.permohonan_id, Tugas.closed_at.is_(None)))
    .where(Eskalasi.told_at.is_(None))
    .order_by(Eskalasi.id)
    .limit(AT_MOST)
    .with_for_update(of=Eskalasi, skip_locked=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedLevel:
    """A level still to be told of, and the desk the file lies on."""

    id: int
    permohonan_id: UUID
    nomor: str
    tugas_id: UUID
    langkah: Langkah
    added_days: int
    level: str
    recipient: Peran
    empty: tuple[Peran, ...]


def tell_late(*, now: datetime) -> int:
    """Tell everybody of the levels that reached their role and were not told yet. Returns how many notices."""
    with unit_of_work() as s:
        filled = filled_roles(s.connection(), date_at(now))
        rows = s.execute(_untold.where(Eskalasi.recipient.in_([str(p) for p in filled]))).all()
        if not rows:
            return 0
        levels = {r.id: level for r in rows if (level := _try(r))}
        berkas = _per_file(levels.values())
        groups = _groups(s, levels.values(), now)
        written = tell_many(s, [(_news(berkas, peran), person) for peran, person in groups.items()], now=now)
        done = [r.id for r in rows if r.id in levels or not _is_true(r)]
        write_rows(s.connection(), {_TOLD: [{"id": i, "told_at": now} for i in done]})
        return written


def _try(r: Row[*tuple[object, ...]]) -> RaisedLevel | None:
    """What there is to tell."""
    failed = "pemberitahuan keterlambatan gagal"
    return alone(lambda: _level(r) if _is_true(r) else None, otherwise=None, failed=failed, row=r.id)


def _is_true(r: Row[*tuple[object, ...]]) -> bool:
    """Whether it still tells of where the file is: on that desk with that tenggat, or under that promise."""
    if r.tugas_id is None:
        return bool(r.opened is not None and r.status == Status.BERJALAN and r.janji_number == r.tenggat_number)
    return bool(r.opened == r.tugas_id and r.desk_number == r.tenggat_number)


def _level(r: Row[*tuple[object, ...]]) -> RaisedLevel:
    return RaisedLevel(
        id=r.id,
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        tugas_id=r.opened,
        langkah=get_sop(r.sop, r.sop_version)[r.langkah],
        added_days=r.added_days,
        level=r.level,
        recipient=Peran(r.recipient),
        empty=empty_roles(r.empty),
    )


def _per_file(levels: Iterable[RaisedLevel]) -> Sequence[Sequence[RaisedLevel]]:
    berkas: dict[UUID, list[RaisedLevel]] = defaultdict(list)
    for level in levels:
        berkas[level.permohonan_id].append(level)
    return list(berkas.values())


def _groups(s: Session, levels: Iterable[RaisedLevel], now: datetime) -> Mapping[frozenset[Peran], list[UUID]]:
    """Who is told, by all the roles through which it reaches them: under several roles a person is told once."""
    n, roles = Penugasan, defaultdict[UUID, set[Peran]](set)
    wanted = {str(level.recipient) for level in levels}
    holders = select(n.peran, n.person_id).where(n.peran.in_(wanted), holds_on(date_at(now)), can_work())
    for peran, person_id in s.execute(holders):
        roles[person_id].add(Peran(peran))
    groups: dict[frozenset[Peran], list[UUID]] = defaultdict(list)
    for person_id, mine in roles.items():
        groups[frozenset(mine)].append(person_id)
    return groups


def _news(berkas: Sequence[Sequence[RaisedLevel]], peran: Collection[Peran]) -> News:
    """The files that reached one of these roles: one in full, or several as a list. Each is told at its worst level,
    whichever of its levels reached them."""
    mine = [b for b in berkas if any(level.recipient in peran for level in b)]
    key = f"eskalasi:{max(level.id for b in mine for level in b)}"  # told once, so its number is in no other notice
    reached = [level for b in mine for level in b if level.recipient in peran]
    about: dict[str, str | int] = {
        "kepada": join(_unique(level.recipient for level in reached)),
        "kosong": _empty(reached),
    }
    return _one(mine[0], peran, key, about) if len(mine) == 1 else _digest(mine, peran, key, about)


def _one(levels: Sequence[RaisedLevel], peran: Collection[Peran], key: str, about: Mapping[str, str | int]) -> News:
    first, here = levels[0], _at_desk_of(levels, peran)
    return News(
        kind=Kind.ESKALASI,
        key=key,
        permohonan_id=first.permohonan_id,
        link=f"/petugas/tugas/{first.tugas_id}" if here else f"/petugas/permohonan/{first.permohonan_id}",
        facts={
            **about,
            "nomor": first.nomor,
            "meja": first.langkah.peran.name,
            "langkah": first.langkah.activity,
            "batas": _limit(first),
            "tingkat": _worst(levels, berkas=False) or _worst(levels, berkas=True),
            "service_janji": _worst(levels, berkas=True),
        },
    )


def _digest(
    berkas: Sequence[Sequence[RaisedLevel]], peran: Collection[Peran], key: str, about: Mapping[str, str | int]
) -> News:
    """The worst first; counted by what is told of each."""
    worst_first = sorted(berkas, key=lambda b: ORDER.index(_worst(b)), reverse=True)
    tally = Counter(_worst(b) for b in worst_first)
    every = [level for b in worst_first for level in b]
    return News(
        kind=Kind.RINGKASAN,
        key=key,
        permohonan_id=None,
        link=_list(every, peran),
        facts={
            **about,
            "jumlah": len(worst_first),
            "lewat": len(worst_first) - tally["pengingat"] - tally["berkas_4_hari"],
            "rincian": "\n\n".join(_line(b) for b in worst_first[:DETAILED]),
            "lainnya": max(len(worst_first) - DETAILED, 0),
        },
    )


def _list(levels: Sequence[RaisedLevel], peran: Collection[Peran]) -> str:
    """The page with all of them: the queue of their desk, or the leaders' list."""
    if _at_desk_of(levels, peran):
        return f"/petugas/antrean?peran={levels[0].langkah.peran}"
    return "/pimpinan?tampil=semua#daftar" if set(peran) & set(leaders()) else "/petugas/antrean"


def _line(levels: Sequence[RaisedLevel]) -> str:
    """One file of a digest."""
    first = levels[0]
    what = [_WORDS[k] for berkas in (False, True) if (k := _worst(levels, berkas=berkas))]
    return f"{first.nomor}, meja {first.langkah.peran.name} (batas {_limit(first)}): {' dan '.join(what)}."


_WORDS: Mapping[str, str] = {
    "pengingat": "hampir lewat batas waktu",
    "lewat": "lewat batas waktu",
    "dua_kali": "lewat dua kali batas waktu",
    "berkas_4_hari": "janji layanan habis satu hari kerja lagi",
    "berkas_5_hari": "janji layanan sudah lewat",
}


def _worst(levels: Iterable[RaisedLevel], *, berkas: bool | None = None) -> str:
    """The last level of the step, of the whole file, or of either; empty when there is none."""
    kinds = {level.level for level in levels if berkas in (None, level.level.startswith("berkas"))}
    return max(kinds, key=ORDER.index, default="")


def _limit(level: RaisedLevel) -> str:
    return level.langkah.limit.quote(level.added_days)


def _empty(levels: Iterable[RaisedLevel]) -> str:
    """The roles that were climbed past, in words; none for what waited until its own role was filled."""
    empty = _unique(p for level in levels if level.recipient not in level.empty for p in level.empty)
    return join(empty) if empty else ""


def _unique(peran: Iterable[Peran]) -> tuple[Peran, ...]:
    present = set(peran)
    return tuple(p for p in desks() if p in present)


def _at_desk_of(levels: Iterable[RaisedLevel], peran: Collection[Peran]) -> bool:
    """Whether all of it lies on one desk, of whoever is told."""
    desks = {level.langkah.peran for level in levels}
    return len(desks) == 1 and desks <= set(peran)
