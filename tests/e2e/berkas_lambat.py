"""The hands of the drills inside a running instance: ``python -m tests.e2e.berkas_lambat <command> …``.

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
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.people.actor import Petugas
from pipeline.settings import settings
from pipeline.sop.values import KeputusanKind
from tests.factories import at_desk, bring_to, decide_at, person, submitted

SEDETIK = timedelta(seconds=1)


def pagi() -> str:
    """Move the office clock half an hour into the next working day."""
    kalender = calendar_in_force()
    hari = next(working_days(kalender, kalender.local(now()).date() + timedelta(days=1)))
    return _move(kalender.buka(hari)[0][0] + timedelta(minutes=30))


def maju(hari: str) -> str:
    """Move the office clock on by so many days."""
    return _move(now() + timedelta(days=float(hari)))


def lepas() -> str:
    """The real clock again."""
    return _move(real_now())


def buat(banyak: str) -> list[str]:
    """So many files, half of them with Dinas Teknis and half with the Kabid. Returns their numbers."""
    pemohon, meja = person(), _desks()
    semua = []
    for n in range(int(banyak)):
        p = submitted(pemohon, benih=f"{real_now().timestamp()}-{n}", now=now())
        bring_to(p, "rekomendasi" if n % 2 else "paraf_kabid", meja, now=now())
        semua.append(_nomor(p))
    return semua


def putus(nomor: str) -> str:
    """The Kabid decides on the file one second before it is due."""
    saat = read_evidence(nomor).tenggat - SEDETIK
    with unit_of_work() as s:
        p = s.scalars(select(Permohonan.id).where(Permohonan.nomor == nomor)).one()
    decide_at(p, _desks()[at_desk(p).peran], KeputusanKind.SETUJUI, now=saat)
    return saat.isoformat()


def tenggat(nomor: str) -> str:
    """When the desk the file is on is due."""
    return read_evidence(nomor).tenggat.isoformat()


def periksa(saat: str, *nomor: str) -> dict[str, object]:
    """Check every level of these files. ``kurang``: how many that were due at ``saat`` are still missing."""
    bukti = [read_evidence(n) for n in nomor]
    for b in bukti:
        b.check(now())
    kurang = sum(len(b.due(datetime.fromisoformat(saat)) - {c.kunci for c in b.catatan}) for b in bukti)
    return {"kurang": kurang, "ada": {b.nomor: [list(c.kunci) for c in b.catatan] for b in bukti}}


def kosongkan() -> bool:
    """The broker loses everything."""
    with redis.Redis.from_url(client_url(settings().broker_url)) as broker:
        forget_all(broker)
    return True


def forget_all(broker: "redis.Redis[bytes]") -> None:
    """Key by key: FLUSHALL is not for the office's user."""
    for key in broker.scan_iter(count=1000):
        broker.unlink(key)


def _move(saat: datetime) -> str:
    write_shift(settings().data, Shift(saat - real_now()))
    return saat.isoformat()


def _nomor(permohonan_id: object) -> str:
    with unit_of_work() as s:
        return str(s.scalars(select(Permohonan.nomor).where(Permohonan.id == permohonan_id)).one())


def _desks() -> dict[Peran, Petugas]:
    """The demo officers, one per desk."""
    with unit_of_work() as s:
        rows = s.execute(
            select(Penugasan.peran, Penugasan.person_id)
            .join(Person, Person.id == Penugasan.person_id)
            .where(Penugasan.peran.in_([str(p) for p in PERAN_PETUGAS]))
            .order_by(Person.nama)
        ).all()
    return {Peran(r.peran): Petugas(r.person_id, Peran(r.peran)) for r in rows}


COMMANDS: dict[str, Callable[..., object]] = {
    f.__name__: f for f in (pagi, maju, lepas, buat, putus, tenggat, periksa, kosongkan)
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))  # noqa: T201 - its answer
