"""The administrator changes the calendar: seen beforehand, checked, logged, and every open deadline moved with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval
from pipeline.calendar.edit import BAWAAN, IsiKalender, Perubahan, apply
from pipeline.calendar.log import describe, differences, hours, plain
from pipeline.calendar.national import Libur as HariLibur
from pipeline.calendar.national import libur_bawaan
from pipeline.db import connection, unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NaskahBerubah
from pipeline.hashing import change_hash, digest
from pipeline.models import JamKantor, Kalender, Libur, PerubahanKalender
from pipeline.models.base import Json
from pipeline.queries.calendar import read_isi
from pipeline.services.deadlines.recompute import Berjalan, Hasil, Tenggat, at_applicant, new_deadlines, read_running
from pipeline.services.deadlines.recompute import recompute_deadlines as recompute
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.tanggal import tanggal_di

BERUBAH = "Kalender sudah diubah orang lain sejak Anda membukanya. Buka lagi halamannya, lalu ulangi perubahan Anda."
DILIHAT_PALING_BANYAK = 5000
SEGERA = 400  # files moved while the administrator waits; the sweep does the rest
CONTOH = 5


@dataclass(frozen=True, slots=True)
class Contoh:
    """A file whose tenggat would move."""

    nomor: str
    nama_lembaga: str
    langkah: str
    lama: datetime
    baru: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dampak:
    """What a change would do to the files on desks. ``semua`` False: more are open than were looked at."""

    versi: int  # of the calendar it was computed from
    perubahan: tuple[str, ...]
    berkas: int
    semua: bool
    bergeser: int
    menjadi_tidak_lewat: int
    menjadi_lewat: int
    janji_bergeser: int
    contoh: tuple[Contoh, ...]


def seed_calendar(now: datetime) -> bool:
    """Fill in what the calendar lacks: the usual hours, and the days off of two years back and two ahead.

    Years that are there already stay as the office has edited them. True when something was written.
    """
    with connection() as conn:
        versi, _, isi = read_isi(conn)
    if versi and not _missing(isi, now):
        return False
    with unit_of_work() as s:
        return _seed(s, now)


def preview_change(perubahan: Perubahan, *, now: datetime) -> Dampak:
    """What the change would do, without writing; counted like what ``change_calendar`` does. Raises InputInvalid."""
    with unit_of_work() as s:
        versi, _, isi = read_isi(s.connection())
        baru = _changed(isi, perubahan)
        berjalan = read_running(s, DILIHAT_PALING_BANYAK + 1)
        semua, berjalan = len(berjalan) <= DILIHAT_PALING_BANYAK, berjalan[:DILIHAT_PALING_BANYAK]
        di_pemohon = at_applicant(s, [b.permohonan_id for b in berjalan])
    kalender = baru.office()
    none: list[Interval] = []
    moves = [(b, new_deadlines(kalender, b, di_pemohon.get(b.permohonan_id, none))) for b in berjalan]
    return _effect(versi, describe(*differences(isi, baru)), moves, semua=semua, now=now)


def change_calendar(perubahan: Perubahan, *, oleh: Petugas, versi: int, now: datetime) -> Hasil:
    """Change the calendar seen as ``versi``, log it, and move the open deadlines: a few hundred now, the rest swept.

    Raises BukanWewenang, InputInvalid, and NaskahBerubah when another administrator was faster; then nothing changed.
    """
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        _seed(s, now)
        sekarang, isi = _lock(s)
        if versi != sekarang:
            raise NaskahBerubah(BERUBAH)
        _write(s, isi, _changed(isi, perubahan), sekarang + 1, oleh.orang_id, now)
    return recompute(now=now, paling_banyak=SEGERA)


def _changed(isi: IsiKalender, perubahan: Perubahan) -> IsiKalender:
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
    versi: int, perubahan: tuple[str, ...], moves: Sequence[tuple[Berjalan, Tenggat]], *, semua: bool, now: datetime
) -> Dampak:
    bergeser = [(b, t) for b, t in moves if t.tugas != b.tenggat]
    return Dampak(
        versi=versi,
        perubahan=perubahan,
        berkas=len(moves),
        semua=semua,
        bergeser=len(bergeser),
        menjadi_tidak_lewat=sum(b.tenggat < now <= t.tugas for b, t in bergeser),
        menjadi_lewat=sum(t.tugas < now <= b.tenggat for b, t in bergeser),
        janji_bergeser=sum(t.janji != b.tenggat_janji for b, t in moves),
        contoh=tuple(
            Contoh(b.nomor, b.nama_lembaga, b.langkah.kegiatan, b.tenggat, t.tugas) for b, t in bergeser[:CONTOH]
        ),
    )


def _years(now: datetime) -> range:
    tahun = tanggal_di(now).year
    return range(tahun - 2, tahun + 3)


def _missing(isi: IsiKalender, now: datetime) -> list[int]:
    """Years of which no day of the package's list is there."""
    ada = {h.year for h, x in isi.libur.items() if x.sumber == BAWAAN}
    return [tahun for tahun in _years(now) if tahun not in ada]


def _seed(s: Session, now: datetime) -> bool:
    row = {"id": 1, "versi": 0, "sidik": "", "diubah_pada": now}
    s.execute(upsert(Kalender).values(row).on_conflict_do_nothing())
    versi, isi = _lock(s)
    kurang = _missing(isi, now)
    if versi and not kurang:
        return False
    bawaan = {
        x.tanggal: HariLibur(x.tanggal, x.nama, BAWAAN, x.perkiraan) for tahun in kurang for x in libur_bawaan(tahun)
    }
    baru = IsiKalender({**bawaan, **isi.libur}, isi.jam, isi.musim)
    _write(s, isi if versi else IsiKalender({}, {}), baru, versi + 1, None, now)
    return True


def _lock(s: Session) -> tuple[int, IsiKalender]:
    """The calendar, for one change at a time."""
    s.execute(select(Kalender.versi).with_for_update())
    versi, _, isi = read_isi(s.connection())
    return versi, isi


def _write(s: Session, lama: IsiKalender, baru: IsiKalender, versi: int, oleh: UUID | None, now: datetime) -> None:
    sebelum, sesudah = differences(lama, baru)
    _write_libur(s, lama, baru)
    if {"jam", "musim"} & {*sebelum, *sesudah}:
        _write_jam(s, baru)
    s.execute(update(Kalender).values(versi=versi, sidik=digest(plain(baru)), diubah_pada=now))
    k = PerubahanKalender
    before = s.scalar(select(k.hash).order_by(k.id.desc()).limit(1)) or ""
    row: Json = {"versi": versi, "oleh": oleh, "pada": now, "sebelum": sebelum, "sesudah": sesudah}
    s.execute(insert(k).values(**row, hash=change_hash(before, row)))


def _write_libur(s: Session, lama: IsiKalender, baru: IsiKalender) -> None:
    def changed(a: IsiKalender, b: IsiKalender) -> list[date]:
        return [hari for hari, libur in a.libur.items() if b.libur.get(hari) != libur]

    if hilang := changed(lama, baru):
        s.execute(delete(Libur).where(Libur.tanggal.in_(hilang)))
    if added := changed(baru, lama):
        rows = [baru.libur[hari] for hari in added]
        s.execute(
            insert(Libur),
            [{"tanggal": x.tanggal, "nama": x.nama, "sumber": x.sumber, "perkiraan": x.perkiraan} for x in rows],
        )


def _write_jam(s: Session, baru: IsiKalender) -> None:
    s.execute(delete(JamKantor))
    biasa = {"nama": "Jam biasa", "tanggal_mulai": None, "tanggal_sampai": None, "jam": hours(baru.jam)}
    musim = [
        {"nama": m.nama, "tanggal_mulai": m.tanggal_mulai, "tanggal_sampai": m.tanggal_sampai, "jam": hours(m.jam)}
        for m in baru.musim
    ]
    s.execute(insert(JamKantor), [biasa, *musim])
