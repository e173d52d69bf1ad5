"""The hands of the drills inside a running instance: ``python -m tests.e2e.slow_files <command> …``.

It works on the instance its environment names. Every command prints one JSON value.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import redis
from sqlalchemy import select

from ops.broker import client_url
from ops.contoh.checks.escalations import read_evidence
from pipeline.calendar.hours import working_days
from pipeline.clock import Shift, now, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Penugasan, Permohonan, Person
from pipeline.queries.calendar import calendar_in_force
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import DESKS
from tests.factories import at_desk, bring_to, decide_at, person, submitted

A_SECOND = timedelta(seconds=1)


def morning() -> str:
    """Move the office clock half an hour into the next working day."""
    calendar = calendar_in_force()
    hari = next(working_days(calendar, calendar.local(now()).date() + timedelta(days=1)))
    return _move(calendar.open_spans(hari)[0][0] + timedelta(minutes=30))


def forward(hari: str) -> str:
    """Move the office clock on by so many days."""
    return _move(now() + timedelta(days=float(hari)))


def release() -> str:
    """The real clock again."""
    return _move(real_now())


def create(count: str) -> list[str]:
    """So many files, half of them with Dinas Teknis and half with the Kabid. Returns their numbers."""
    pemohon, desk = person(), _desks()
    every = []
    for n in range(int(count)):
        p = submitted(pemohon, seed=f"{real_now().timestamp()}-{n}", now=now())
        bring_to(p, "rekomendasi" if n % 2 else "paraf_kabid", desk, now=now())
        every.append(_nomor(p))
    return every


def cut(nomor: str) -> str:
    """The Kabid decides on the file one second before it is due."""
    moment = read_evidence(nomor).tenggat - A_SECOND
    with unit_of_work() as s:
        p = s.scalars(select(Permohonan.id).where(Permohonan.nomor == nomor)).one()
    decide_at(p, _desks()[at_desk(p).peran], KeputusanKind.SETUJUI, now=moment)
    return moment.isoformat()


def tenggat(nomor: str) -> str:
    """When the desk the file is on is due."""
    return read_evidence(nomor).tenggat.isoformat()


def check(moment: str, *nomor: str) -> dict[str, object]:
    """Check every level of these files. ``lacking``: how many that were due at ``moment`` are still missing."""
    proof = [read_evidence(n) for n in nomor]
    for b in proof:
        b.check(now())
    lacking = sum(len(b.due(datetime.fromisoformat(moment)) - {c.key for c in b.note}) for b in proof)
    return {"kurang": lacking, "ada": {b.nomor: [list(c.key) for c in b.note] for b in proof}}


def clear() -> bool:
    """The broker loses everything."""
    with redis.Redis.from_url(client_url(settings().broker_url)) as broker:
        forget_all(broker)
    return True


def forget_all(broker: "redis.Redis[bytes]") -> None:
    """Key by key: FLUSHALL is not for the office's user."""
    for key in broker.scan_iter(count=1000):
        broker.unlink(key)


def _move(moment: datetime) -> str:
    write_shift(settings().data, Shift(moment - real_now()))
    return moment.isoformat()


def _nomor(permohonan_id: object) -> str:
    with unit_of_work() as s:
        return str(s.scalars(select(Permohonan.nomor).where(Permohonan.id == permohonan_id)).one())


def _desks() -> dict[Peran, Petugas]:
    """The demo officers, one per desk."""
    with unit_of_work() as s:
        rows = s.execute(
            select(Penugasan.peran, Penugasan.person_id)
            .join(Person, Person.id == Penugasan.person_id)
            .where(Penugasan.peran.in_([str(p) for p in DESKS]))
            .order_by(Person.name)
        ).all()
    return {Peran(r.peran): Petugas(r.person_id, Peran(r.peran)) for r in rows}


COMMANDS: dict[str, Callable[..., object]] = {
    f.__name__: f for f in (morning, forward, release, create, cut, tenggat, check, clear)
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))  # noqa: T201 - its answer
