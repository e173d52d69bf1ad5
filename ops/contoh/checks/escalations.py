"""What the tables say of the escalations of a file, beside what the calendar says should be there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select

from ops.contoh.browser.client import SampleFailed
from pipeline.calendar.due import Interval, Limit, OfficeCalendar, remaining
from pipeline.db import connection
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.queries.desk.antrean import parse_pauses
from pipeline.roles import Peran
from pipeline.rules.escalation import case_schedule, schedule
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.tanggal import waktu

Key = tuple[str, int, str]  # langkah ('' for the whole file), kunjungan, tingkat


@dataclass(frozen=True, slots=True)
class Catatan:
    """A row of the table ``eskalasi``."""

    kunci: Key
    tenggat_ke: int
    pada: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A tugas: its place, its time, and when each level of its visit falls due."""

    langkah: Langkah
    mulai_pada: datetime
    selesai_pada: datetime | None
    tenggat: datetime | None
    timetable: Mapping[Key, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One file."""

    nomor: str
    catatan: tuple[Catatan, ...]
    stay: tuple[Stay, ...]  # oldest first
    janji: Mapping[Key, datetime]  # the levels of the whole file

    @property
    def tenggat(self) -> datetime:
        """Of the desk the file is on. Raises ContohGagal when it is on none."""
        tenggat = self.stay[-1].tenggat
        if tenggat is None or self.stay[-1].selesai_pada:
            raise SampleFailed(f"{self.nomor} tidak ada di meja petugas.")
        return tenggat

    def due(self, saat: datetime) -> set[Key]:
        """The levels of a file that lies on a desk which must have been raised at that moment."""
        return {k for k, pada in {**self.stay[-1].timetable, **self.janji}.items() if pada <= saat}

    def check(self, now: datetime) -> None:
        """Each level once, none early, none of a visit that had ended by then, none on a step of the applicant."""
        boleh = {k: pada for s in self.stay for k, pada in s.timetable.items() if pada <= (s.selesai_pada or now)}
        boleh |= self.janji
        sekali = Counter((c.kunci, c.tenggat_ke) for c in self.catatan)
        for c in self.catatan:
            if sekali[c.kunci, c.tenggat_ke] > 1:
                raise SampleFailed(f"{self.nomor}: {_words(c)} dicatat lebih dari sekali.")
            if c.kunci not in boleh or not boleh[c.kunci] <= c.pada <= now:
                raise SampleFailed(f"{self.nomor}: {_words(c)} tidak pada waktunya.")

    def remaining_around_return(self, langkah: str) -> tuple[timedelta, timedelta]:
        """Office time the desk had left when it sent the file back, and when it got it again."""
        leave, home = [s for s in self.stay if s.langkah.kode == langkah]
        if leave.tenggat is None or home.tenggat is None or leave.selesai_pada is None:
            raise SampleFailed(f"{self.nomor}: {langkah} tidak bertenggat.")
        with connection() as conn:
            kalender = read_in_force(conn).kalender
        return (
            remaining(kalender, leave.selesai_pada, leave.tenggat),
            remaining(kalender, home.mulai_pada, home.tenggat),
        )


def read_evidence(nomor: str) -> Evidence:
    """What there is now."""
    e, p, t = Eskalasi, Permohonan, Tugas
    with connection() as conn:
        berkas = conn.execute(select(p.id, p.sop, p.sop_versi, p.lengkap_pada).where(p.nomor == nomor)).one()
        kalender = read_in_force(conn).kalender
        catatan = conn.execute(
            select(e.langkah, e.kunjungan, e.tingkat, e.tenggat_ke, e.pada).where(e.permohonan_id == berkas.id)
        )
        rows = conn.execute(
            select(
                t.langkah, t.kunjungan, t.dibuat_pada, t.selesai_pada, t.mulai_pada, t.jeda, t.tenggat, t.tambahan_hari
            )
            .where(t.permohonan_id == berkas.id)
            .order_by(t.selesai_pada.nulls_last(), t.dibuat_pada)  # the open one is last, whatever the clocks say
        ).all()
        sop = get_sop(berkas.sop, berkas.sop_versi)
        return Evidence(
            nomor=nomor,
            catatan=tuple(Catatan((r.langkah, r.kunjungan, r.tingkat), r.tenggat_ke, r.pada) for r in catatan),
            stay=tuple(_visit(kalender, sop, r) for r in rows),
            janji=dict(_promise(kalender, sop, berkas.lengkap_pada, rows)),
        )


def _visit(kalender: OfficeCalendar, sop: Sop, r: Row[*tuple[object, ...]]) -> Stay:
    langkah = sop[r.langkah]
    batas = langkah.batas + Limit(hari=r.tambahan_hari)
    timetable = schedule(kalender, langkah, r.mulai_pada, batas, parse_pauses(r.jeda)) if r.tenggat else ()
    return Stay(
        langkah=langkah, mulai_pada=r.dibuat_pada, selesai_pada=r.selesai_pada, tenggat=r.tenggat,
        timetable={(r.langkah, r.kunjungan, j.tingkat): j.pada for j in timetable},
    )  # fmt: skip


def _promise(
    kalender: OfficeCalendar, sop: Sop, lengkap_pada: datetime | None, rows: Sequence[Row[*tuple[object, ...]]]
) -> Iterator[tuple[Key, datetime]]:
    """The levels of the whole file, as far as they fall due while it lies with the office."""
    if lengkap_pada is None:
        return
    pemohon = [r for r in rows if sop[r.langkah].peran is Peran.PEMOHON and r.dibuat_pada >= lengkap_pada]
    jeda = [Interval(r.dibuat_pada, r.selesai_pada) for r in pemohon if r.selesai_pada]
    berhenti = next((r.dibuat_pada for r in pemohon if not r.selesai_pada), rows[-1].selesai_pada)
    for j in case_schedule(kalender, lengkap_pada, sop.janji, jeda):
        if berhenti is None or j.pada <= berhenti:
            yield ("", 0, j.tingkat), j.pada


def _words(c: Catatan) -> str:
    langkah, kunjungan, tingkat = c.kunci
    return f"eskalasi {tingkat} {langkah or 'berkas'} kunjungan {kunjungan} pada {waktu(c.pada)}"
