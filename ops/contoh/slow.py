"""``alurizin contoh --lambat``: slow desks, and an office clock that is moved past what they had promised.

The clock begins two months ago and never passes the present: nothing that is left behind is dated ahead of it.

Files are carried over HTTP to several desks and left there; nothing but beat raises what falls due. The tables are then
held against the calendar.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ops.contoh.browser.client import SampleFailed, until
from ops.contoh.checks.escalations import read_evidence
from ops.contoh.desks import DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS
from ops.contoh.journey import Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import STRAIGHT, Stage
from pipeline.calendar.hours import working_days
from pipeline.clock import Shift, read_shift, real_now, write_shift
from pipeline.kantor.office import desks
from pipeline.roles import Peran
from pipeline.sop.words import KeputusanKind
from pipeline.text import moment_in_words

AHEAD = timedelta(seconds=15)  # so long before its lapse a file is decided after all
A_MONTH = timedelta(days=30)
AGO = 2 * A_MONTH  # the story takes a month and its deadlines: some working days, or three weeks with long holidays
HURRIED = 28.0  # seconds after which a slow machine goes straight to the last stop
SWEEPS = 45.0  # seconds within which beat, or the relay in its place, has rung and a worker has swept
BACK = Stage("rekomendasi", KeputusanKind.KEMBALIKAN, "ajukan")

Tell = Callable[[str], None]
Move = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The files of the demonstration, by what becomes of them."""

    late: tuple[Walk, ...]
    exact: Walk
    at_pemohon: Walk

    @property
    def every(self) -> tuple[Walk, ...]:
        return (*self.late, self.exact, self.at_pemohon)


def show_slow(kantor: Kantor, seed: str, *, tell: Tell) -> None:
    """Let deadlines pass, and prove what was raised. Raises SampleFailed: one missing, early or too many."""
    start = time.monotonic()
    with moved_clock(kantor) as move:
        move(_morning(kantor))
        berkas = _carry(kantor, seed)
        tell(f"{moment_in_words(kantor.now())}: {len(berkas.every)} berkas diajukan, satu dikembalikan kepada pemohon")
        _finish_in_time(kantor, berkas.exact, move, tell)
        _pass_deadlines(kantor, berkas, move, tell, hurried=time.monotonic() - start > HURRIED)
        _come_back(berkas.at_pemohon, tell)
        tell(_verdict(berkas, kantor.now()))


@contextmanager
def moved_clock(kantor: Kantor) -> Iterator[Move]:
    """Yields what sets the office clock; however it ends, the clock is put back to what it was."""
    formerly = read_shift(kantor.data)
    try:
        yield lambda moment: write_shift(kantor.data, Shift(moment - real_now()))
    finally:
        write_shift(kantor.data, formerly)


def _morning(kantor: Kantor) -> datetime:
    """Half an hour after the office opened on a working day two months ago."""
    calendar = kantor.calendar()
    hari = next(working_days(calendar, calendar.local(kantor.now() - AGO).date()))
    return calendar.open_spans(hari)[0][0] + timedelta(minutes=30)


def _carry(kantor: Kantor, seed: str) -> Crowd:
    """Bring every file to where it will lie, all at once."""
    for peran in (Peran.PEMOHON, *desks()):  # everybody logs in before the rush
        kantor.people(peran)
    goals = (
        (DINAS_TEKNIS, STRAIGHT.stage[:3]),
        (KABID_PERIZINAN, STRAIGHT.stage[:5]),
        (SEKRETARIS, STRAIGHT.stage[:6]),
        (KABID_PERIZINAN, STRAIGHT.stage[:5]),
        (Peran.PEMOHON, (*STRAIGHT.stage[:3], BACK)),
    )
    every = [Walk(kantor, STRAIGHT, n, f"{seed}-lambat-{n}") for n in range(len(goals))]
    with ThreadPoolExecutor(len(goals)) as pool:
        list(pool.map(_bring, every, goals))
    return Crowd(tuple(every[:3]), every[3], every[4])


def _bring(walk: Walk, goal: tuple[Peran, tuple[Stage, ...]]) -> None:
    peran, stage = goal
    walk.begin()
    for one in stage:
        walk.take(one)
    if peran != Peran.PEMOHON:
        walk.arrive(peran)


def _finish_in_time(kantor: Kantor, exact: Walk, move: Move, tell: Tell) -> None:
    """Decide a file in the last moment its desk has, and carry it to its end."""
    tenggat = read_evidence(exact.nomor).tenggat
    move(tenggat - AHEAD)
    for stage in STRAIGHT.stage[5:]:
        exact.take(stage)
    tell(
        f"{moment_in_words(kantor.now())}: {exact.nomor} diputus {AHEAD.seconds} detik sebelum tenggatnya, lalu selesai"
    )


def _pass_deadlines(kantor: Kantor, berkas: Crowd, move: Move, tell: Tell, *, hurried: bool) -> None:
    """Past the limits and four working days, then a month on: past twice the limits and five working days."""
    tenggat = max(read_evidence(p.nomor).tenggat for p in berkas.late)
    stop = (tenggat, kantor.now() + A_MONTH)
    for moment in stop[hurried:]:
        move(moment)
        total = until(SWEEPS, partial(_swept, berkas, moment), what="Eskalasi yang jatuh tempo")
        tell(f"{moment_in_words(kantor.now())}: {total} eskalasi pada {len(berkas.late)} berkas yang dibiarkan")


def _swept(berkas: Crowd, moment: datetime) -> int | None:
    """How many levels there are once everything that was due at ``moment`` has been raised."""
    proof = [read_evidence(p.nomor) for p in berkas.late]
    if all(b.due(moment) <= {c.key for c in b.note} for b in proof):
        return sum(len(b.note) for b in proof)
    return None


def _come_back(walk: Walk, tell: Tell) -> None:
    """The applicant sends again after a month: the desk has the time it had."""
    if read_evidence(walk.nomor).note:
        raise SampleFailed(f"{walk.nomor}: ada eskalasi selama berkas ada pada pemohon.")
    walk.pemohon.submit()
    walk.arrive(DINAS_TEKNIS)
    leave, home = read_evidence(walk.nomor).remaining_around_return(BACK.langkah)
    if leave != home:
        raise SampleFailed(f"{walk.nomor}: sisa waktu {leave} menjadi {home} setelah kembali dari pemohon.")
    tell(f"{walk.nomor}: 30 hari pada pemohon, sisa waktu mejanya tetap {home.total_seconds() / 3600:.1f} jam")


def _verdict(berkas: Crowd, now: datetime) -> str:
    """What the tables say, held against the calendar. Raises SampleFailed for the first thing that is wrong."""
    every = [read_evidence(p.nomor) for p in berkas.every]
    for b in every:
        b.check(now)
    exact, pemohon = every[-2:]
    if pemohon.note or any(c.key[2] != "pengingat" for c in exact.note):
        raise SampleFailed(f"{exact.nomor} atau {pemohon.nomor}: ada eskalasi yang tidak seharusnya.")
    return f"{sum(len(b.note) for b in every)} eskalasi, masing-masing sekali; tidak ada untuk pemohon"
