"""How long the desks took in a month: every tugas they finished, in office time, and a few numbers about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from pipeline.calendar.due import Interval, OfficeCalendar, budget, office_time
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.sop.registry import SOPS, get_sop
from pipeline.sop.values import KeputusanKind, Langkah, Sop
from pipeline.tanggal import ZONE

AT_MOST = 20_000  # tugas a month is told from


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A tugas a desk of the office has finished. ``terpakai``: office time of its visit up to then."""

    permohonan_id: UUID
    nomor: str
    nama_lembaga: str
    sop: Sop
    langkah: Langkah
    peran: Peran
    oleh: str | None  # None: the system
    closed_at: datetime
    terpakai: timedelta
    quota: timedelta

    @property
    def tepat(self) -> bool:
        """Whether it took no more office time than its limit grants."""
        return self.terpakai <= self.quota


@dataclass(frozen=True, slots=True)
class Performance:
    """A set of finished tugas in numbers. ``middle``: median; ``p90``: nine of ten took no longer."""

    jumlah: int
    tepat: int
    middle: timedelta | None
    p90: timedelta | None

    @property
    def persen(self) -> int | None:
        """Of those finished in time, rounded down: 100 means all of them."""
        return self.tepat * 100 // self.jumlah if self.jumlah else None


def read_done(bulan: date) -> Sequence[Done]:
    """What the desks finished in the month ``bulan`` begins, newest first."""
    t, p = Tugas, Permohonan
    mulai, sampai = (datetime.combine(hari, time(), ZoneInfo(ZONE)) for hari in (bulan, next_month(bulan)))
    pilih = (
        select(
            t.permohonan_id, p.nomor, p.nama_lembaga, p.sop, p.sop_version, t.langkah, t.peran, Person.nama,
            t.closed_at, t.started_at, t.jeda, t.added_days,
        )
        .join(p, p.id == t.permohonan_id)
        .outerjoin(Person, Person.id == t.oleh)
        .where(
            t.closed_at >= mulai, t.closed_at < sampai, t.peran.in_([str(p) for p in PERAN_PETUGAS]),
            t.keputusan != KeputusanKind.BATALKAN,
        )
        .order_by(t.closed_at.desc(), t.id)
        .limit(AT_MOST)
    )  # fmt: skip
    with connection() as conn:
        kalender = read_in_force(conn).kalender
        return [_finished(kalender, r) for r in conn.execute(pilih)]


def summarize(semua: Iterable[Done]) -> Performance:
    """The set in numbers."""
    semua = list(semua)
    waktu = sorted(s.terpakai for s in semua)
    if not waktu:
        return Performance(0, 0, None, None)
    middle = (waktu[(len(waktu) - 1) // 2] + waktu[len(waktu) // 2]) / 2
    return Performance(len(semua), sum(s.tepat for s in semua), middle, waktu[-(-9 * len(waktu) // 10) - 1])


def per_langkah(semua: Sequence[Done]) -> Mapping[tuple[str, str], Performance]:
    """The numbers of every langkah of the office, by SOP and langkah."""
    return {
        (sop.kode, t.kode): summarize(s for s in semua if (s.sop.kode, s.langkah.kode) == (sop.kode, t.kode))
        for sop in SOPS.values()
        for t in sop.langkah
        if t.peran in PERAN_PETUGAS
    }


def next_month(bulan: date) -> date:
    """The first day of the month after."""
    return (bulan.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(bulan: date) -> date:
    """The first day of the month before."""
    return (bulan.replace(day=1) - timedelta(days=1)).replace(day=1)


def _finished(kalender: OfficeCalendar, r: Row[*tuple[object, ...]]) -> Done:
    sop = get_sop(r.sop, r.sop_version)
    langkah, jeda = sop[r.langkah], read_pauses(r.jeda)
    terpakai = office_time(kalender, [Interval(r.started_at, r.closed_at)]) - office_time(kalender, jeda)
    return Done(
        permohonan_id=r.permohonan_id, nomor=r.nomor or "", nama_lembaga=r.nama_lembaga, sop=sop, langkah=langkah,
        peran=Peran(r.peran), oleh=r.nama, closed_at=r.closed_at, terpakai=terpakai,
        quota=budget(kalender, r.started_at, langkah.limit_with(r.added_days)),
    )  # fmt: skip
