"""What every page at a desk needs: the file before the officer, in which role they act, and how much time is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from flask import g, request

from pipeline import tanggal
from pipeline.calendar.due import Interval, OfficeCalendar, budget, in_days, remaining, usual_day
from pipeline.clock import real_now
from pipeline.queries.calendar import calendar_in_force
from pipeline.queries.desk.content import IsianAnswer
from pipeline.queries.desk.times import explain_due, first_due
from pipeline.queries.desk.tugas import Sheet, read_sheet
from pipeline.queries.operator import read_heartbeat
from pipeline.services.people.actor import Petugas
from pipeline.sop.values import IsianKind, KeputusanKind, Langkah
from web.auth import acting_in, current_peran
from web.petugas import bp


class Berbatas(Protocol):
    """Something with a tenggat: a row of the queue or the file itself."""

    @property
    def langkah(self) -> Langkah: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def tenggat(self) -> datetime | None: ...
    @property
    def added_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Rest:
    """A tenggat in words: never by colour alone."""

    kata: str  # "Sisa 2 menit", "! Lewat 6 menit"
    warna: str  # green, yellow, red
    pada: datetime
    batas: str  # "4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"
    penjelasan: str
    semula: datetime | None  # before a superior added days


def time_left(item: Berbatas, now: datetime) -> Rest | None:
    """How much office time is left, and the sum the tenggat came from; None where there is no tenggat."""
    if item.tenggat is None:
        return None
    kalender = current_calendar()
    sisa = remaining(kalender, now, item.tenggat)
    half = budget(kalender, item.started_at, item.langkah.limit_with(item.added_days)) / 2
    warna = "red" if now >= item.tenggat else "green" if sisa > half else "yellow"
    batas = item.langkah.batas.quote(item.added_days)
    words = remaining_words(kalender, now, item.tenggat, sisa)
    return Rest(words, warna, item.tenggat, batas, explain_due(kalender, item), first_due(kalender, item))


def remaining_words(kalender: OfficeCalendar, now: datetime, tenggat: datetime, sisa: timedelta) -> str:
    """Office time left in the days of the calendar itself, however long they are; negative when overdue."""
    if not sisa:
        return "! Waktu habis" if now >= tenggat else "Sisa 0 menit"
    words = tanggal.time_worked(*in_days(kalender, min(now, tenggat), abs(sisa)))
    return f"! Lewat {words}" if now >= tenggat else f"Sisa {words}"


def current_calendar() -> OfficeCalendar:
    """The calendar in force, read once per request."""
    if "kalender" not in g:
        g.kalender = calendar_in_force()
    kalender: OfficeCalendar = g.kalender
    return kalender


@dataclass(frozen=True, slots=True)
class KeputusanChoice:
    """One radio of the decision form."""

    nilai: KeputusanKind
    label: str


def keputusan_choices(lembar: Sheet) -> tuple[KeputusanChoice, ...]:
    """The outcomes the SOP gives this langkah; signing has a page of its own."""
    langkah = lembar.langkah
    pilihan = [] if langkah.tanda_tangan else [KeputusanChoice(langkah.keputusan, langkah.tombol)]
    if langkah.menetapkan_arah:
        pilihan.append(KeputusanChoice(KeputusanKind.TOLAK, "Kirim rekomendasi tolak"))
    if langkah.kembali_ke:
        pilihan.append(KeputusanChoice(KeputusanKind.KEMBALIKAN, "Kembalikan untuk diperbaiki"))
    return tuple(pilihan)


def return_targets(lembar: Sheet) -> dict[str, str]:
    """kode -> the desk a return may go to."""
    sop = lembar.permohonan.sop
    return {kode: f"{sop[kode].peran.nama} (langkah {sop[kode].no})" for kode in lembar.langkah.kembali_ke}


def my_sheet(tugas_id: UUID) -> Sheet:
    """The tugas of one of my roles. Raises NotFound."""
    return read_sheet(tugas_id, current_peran())


def acting_as(lembar: Sheet) -> Petugas:
    """Me, in the role this file lies with."""
    return acting_in(lembar.peran)


def search_text() -> str:
    """What is looked for, without what PostgreSQL cannot hold."""
    return "".join(c for c in request.args.get("cari", "") if c.isprintable()).strip()


def silent_parts() -> Sequence[str]:
    """The parts of the system that have given no sign of life, in words; for the banner of staff pages."""
    return [t.uraian for t in read_heartbeat(now=real_now()) if not t.hidup]


@bp.app_template_filter("time_worked")
def time_worked(panjang: timedelta) -> str:
    """A length of office time in working days as long as this office's: "2 hari 3 jam"."""
    return tanggal.time_worked(*divmod(panjang, usual_day(current_calendar())))


@bp.app_template_filter("iso_time")
def iso_time(text: str) -> str:
    """A moment kept as ISO text, in words; as it is when it cannot be read."""
    try:
        return tanggal.waktu(datetime.fromisoformat(text))
    except ValueError:
        return text


def mask_nik(jawaban: IsianAnswer) -> str:
    """An answer as lists show it: of a NIK only the first six and the last four digits."""
    nilai = jawaban.nilai
    return f"{nilai[:6]}******{nilai[-4:]}" if jawaban.isian.jenis is IsianKind.NIK and len(nilai) == 16 else nilai
