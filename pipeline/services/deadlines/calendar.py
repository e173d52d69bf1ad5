"""The administrator changes the calendar: seen beforehand, checked, logged, and every open deadline moved with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval
from pipeline.calendar.edit import DEFAULT, CalendarContent, Change, apply
from pipeline.calendar.log import describe, differences, hours, plain
from pipeline.calendar.national import Libur as PublicHoliday
from pipeline.calendar.national import national_libur
from pipeline.db import connection, unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NaskahChanged
from pipeline.hashing import change_hash, digest
from pipeline.json import Json
from pipeline.models import Calendar, CalendarChange, Libur, OfficeHoursRow
from pipeline.queries.calendar import read_content
from pipeline.services.deadlines.recompute import Result, Running, Tenggat, at_applicant, new_deadlines, read_running
from pipeline.services.deadlines.recompute import recompute_deadlines as recompute
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.tanggal import date_at

CHANGED = "Kalender sudah diubah orang lain sejak Anda membukanya. Buka lagi halamannya, lalu ulangi perubahan Anda."
VIEWED_AT_MOST = 5000
SEGERA = 400  # files moved while the administrator waits; the sweep does the rest
CONTOH = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A file whose tenggat would move."""

    nomor: str
    nama_lembaga: str
    langkah: str
    lama: datetime
    baru: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change would do to the files on desks. ``semua`` False: more are open than were looked at."""

    versi: int  # of the calendar it was computed from
    perubahan: tuple[str, ...]
    berkas: int
    semua: bool
    shifted: int
    no_longer_overdue: int
    newly_overdue: int
    janji_moved: int
    contoh: tuple[Example, ...]


def seed_calendar(now: datetime) -> bool:
    """Fill in what the calendar lacks: the usual hours, and the days off of two years back and two ahead.

    Years that are there already stay as the office has edited them. True when something was written.
    """
    with connection() as conn:
        versi, _, isi = read_content(conn)
    if versi and not _missing(isi, now):
        return False
    with unit_of_work() as s:
        return _seed(s, now)


def preview_change(perubahan: Change, *, now: datetime) -> Impact:
    """What the change would do, without writing; counted like what ``change_calendar`` does. Raises InputInvalid."""
    with unit_of_work() as s:
        versi, _, isi = read_content(s.connection())
        baru = _changed(isi, perubahan)
        berjalan = read_running(s, VIEWED_AT_MOST + 1)
        semua, berjalan = len(berjalan) <= VIEWED_AT_MOST, berjalan[:VIEWED_AT_MOST]
        at_pemohon = at_applicant(s, [b.permohonan_id for b in berjalan])
    kalender = baru.office()
    none: list[Interval] = []
    moves = [(b, new_deadlines(kalender, b, at_pemohon.get(b.permohonan_id, none))) for b in berjalan]
    return _effect(versi, describe(*differences(isi, baru)), moves, semua=semua, now=now)


def change_calendar(perubahan: Change, *, oleh: Petugas, versi: int, now: datetime) -> Result:
    """Change the calendar seen as ``versi``, log it, and move the open deadlines: a few hundred now, the rest swept.

    Raises NotAuthorised, InputInvalid, and NaskahChanged when another administrator was faster; then nothing changed.
    """
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        _seed(s, now)
        sekarang, isi = _lock(s)
        if versi != sekarang:
            raise NaskahChanged(CHANGED)
        _write(s, isi, _changed(isi, perubahan), sekarang + 1, oleh.person_id, now)
    return recompute(now=now, paling_banyak=SEGERA)


def _changed(isi: CalendarContent, perubahan: Change) -> CalendarContent:
    """The calendar after the change, if it is another one and makes sense."""
    baru = apply(isi, perubahan)
    if plain(baru) == plain(isi):
        raise InputInvalid({}, "Tidak ada yang berubah.")
    try:
        baru.office()
    except DefinitionError as e:
        raise InputInvalid({}, str(e)) from e
    return baru


def _effect(
    versi: int, perubahan: tuple[str, ...], moves: Sequence[tuple[Running, Tenggat]], *, semua: bool, now: datetime
) -> Impact:
    shifted = [(b, t) for b, t in moves if t.tugas != b.tenggat]
    return Impact(
        versi=versi,
        perubahan=perubahan,
        berkas=len(moves),
        semua=semua,
        shifted=len(shifted),
        no_longer_overdue=sum(b.tenggat < now <= t.tugas for b, t in shifted),
        newly_overdue=sum(t.tugas < now <= b.tenggat for b, t in shifted),
        janji_moved=sum(t.janji != b.tenggat_janji for b, t in moves),
        contoh=tuple(
            Example(b.nomor, b.nama_lembaga, b.langkah.kegiatan, b.tenggat, t.tugas) for b, t in shifted[:CONTOH]
        ),
    )


def _years(now: datetime) -> range:
    tahun = date_at(now).year
    return range(tahun - 2, tahun + 3)


def _missing(isi: CalendarContent, now: datetime) -> list[int]:
    """Years of which no day of the package's list is there."""
    ada = {h.year for h, x in isi.libur.items() if x.sumber == DEFAULT}
    return [tahun for tahun in _years(now) if tahun not in ada]


def _seed(s: Session, now: datetime) -> bool:
    row = {"id": 1, "versi": 0, "sidik": "", "changed_at": now}
    s.execute(upsert(Calendar).values(row).on_conflict_do_nothing())
    versi, isi = _lock(s)
    kurang = _missing(isi, now)
    if versi and not kurang:
        return False
    bawaan = {
        x.tanggal: PublicHoliday(x.tanggal, x.nama, DEFAULT, x.perkiraan)
        for tahun in kurang
        for x in national_libur(tahun)
    }
    baru = CalendarContent({**bawaan, **isi.libur}, isi.jam, isi.musim)
    _write(s, isi if versi else CalendarContent({}, {}), baru, versi + 1, None, now)
    return True


def _lock(s: Session) -> tuple[int, CalendarContent]:
    """The calendar, for one change at a time."""
    s.execute(select(Calendar.versi).with_for_update())
    versi, _, isi = read_content(s.connection())
    return versi, isi


def _write(
    s: Session, lama: CalendarContent, baru: CalendarContent, versi: int, oleh: UUID | None, now: datetime
) -> None:
    sebelum, sesudah = differences(lama, baru)
    _write_libur(s, lama, baru)
    if {"jam", "musim"} & {*sebelum, *sesudah}:
        _write_hours(s, baru)
    s.execute(update(Calendar).values(versi=versi, sidik=digest(plain(baru)), changed_at=now))
    k = CalendarChange
    before = s.scalar(select(k.hash).order_by(k.id.desc()).limit(1)) or ""
    row: Json = {"versi": versi, "oleh": oleh, "pada": now, "sebelum": sebelum, "sesudah": sesudah}
    s.execute(insert(k).values(**row, hash=change_hash(before, row)))


def _write_libur(s: Session, lama: CalendarContent, baru: CalendarContent) -> None:
    def changed(a: CalendarContent, b: CalendarContent) -> list[date]:
        return [hari for hari, libur in a.libur.items() if b.libur.get(hari) != libur]

    if hilang := changed(lama, baru):
        s.execute(delete(Libur).where(Libur.tanggal.in_(hilang)))
    if added := changed(baru, lama):
        rows = [baru.libur[hari] for hari in added]
        s.execute(
            insert(Libur),
            [{"tanggal": x.tanggal, "nama": x.nama, "sumber": x.sumber, "perkiraan": x.perkiraan} for x in rows],
        )


def _write_hours(s: Session, baru: CalendarContent) -> None:
    s.execute(delete(OfficeHoursRow))
    biasa = {"nama": "Jam biasa", "start_date": None, "end_date": None, "jam": hours(baru.jam)}
    musim = [
        {"nama": m.nama, "start_date": m.start_date, "end_date": m.end_date, "jam": hours(m.jam)} for m in baru.musim
    ]
    s.execute(insert(OfficeHoursRow), [biasa, *musim])
