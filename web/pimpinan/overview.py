"""The leaders' pages: where the files are, which are late, and how long the desks take."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import abort, render_template, request

from pipeline import clock, tanggal
from pipeline.calendar.due import Interval, office_time
from pipeline.queries.desk.overview import AtDesk, AtLangkah, Criteria, read_at_desk, read_langkah
from pipeline.queries.desk.performance import Done, last_month, per_langkah, read_done, summarize
from pipeline.queries.desk.times import read_eskalasi
from pipeline.queries.desk.tugas import read_readable
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.queries.paging import PER_PAGE
from pipeline.roles import PERAN_PETUGAS, PIMPINAN
from pipeline.sop.registry import SOPS
from web.auth import current_peran, petugas, today
from web.forms import page_number
from web.petugas.meja import current_calendar, silent_parts, time_left
from web.pimpinan import bp


@bp.get("")
@petugas(*PIMPINAN)
def pimpinan() -> str:
    """Open files per langkah, the pace of this month and the last, and a list of open files.

    ``?peran=`` or ``?langkah=`` narrow the list; ``?tampil=semua`` adds those in time.
    """
    now, narrow, halaman = clock.now(), _narrowed(), page_number()
    daftar, jumlah = read_at_desk(narrow, halaman=halaman, now=now)
    return render_template(
        "pimpinan/pimpinan.html",
        **_desks(daftar),
        daftar=[(baris, time_left(baris, now)) for baris in daftar],
        triggered=read_eskalasi([b.permohonan_id for b in daftar]) if daftar else {},
        jumlah=jumlah,
        halaman=halaman,
        page_count=_pages(jumlah),
        narrow=narrow,
        **_pace(),
    )


@bp.get("/selesai")
@petugas(*PIMPINAN)
def selesai() -> str:
    """What the desks finished in ``?bulan=2026-11``: all, ``?tepat=ya|tidak``, ``?langkah=``."""
    bulan, halaman, (sop, langkah) = _month(), page_number(), _langkah()
    tepat = request.args.get("tepat", "")
    semua = [s for s in read_done(bulan) if _wanted(s, sop, langkah, tepat)]
    return render_template(
        "pimpinan/selesai.html",
        daftar=semua[(halaman - 1) * PER_PAGE : halaman * PER_PAGE],
        jumlah=len(semua),
        halaman=halaman,
        page_count=_pages(len(semua)),
        bulan=bulan,
        month_name=_name(bulan),
        langkah=SOPS[sop][langkah] if langkah else None,
        sop=sop,
        tepat=tepat,
    )


def _desks(daftar: Sequence[AtDesk]) -> dict[str, object]:
    """Every langkah, the desks without anybody, and which of the files shown these roles may open."""
    langkah = read_langkah(now=clock.now())
    shown = [b.permohonan_id for b in (*daftar, *(d.oldest for d in langkah if d.oldest))]
    return {
        "langkah": [(d, _lies_since(d)) for d in langkah],
        "can_be_opened": read_readable(shown, current_peran()) if shown else frozenset(),
        "lowong": read_vacancies(today()),
        "gangguan": silent_parts(),
    }


def _pace() -> dict[str, object]:
    """On-time share of this month against the last, and the pace of every langkah this month."""
    ini = today().replace(day=1)
    semua = read_done(ini)
    lalu = last_month(ini)
    return {
        "bulan": [(b, _name(b), summarize(s)) for b, s in ((ini, semua), (lalu, read_done(lalu)))],
        "laju": per_langkah(semua),
    }


def _lies_since(d: AtLangkah) -> timedelta | None:
    """Office time the oldest file has lain on this langkah."""
    if d.oldest is None:
        return None
    return office_time(current_calendar(), [Interval(d.oldest.entered_at, clock.now())])


def _wanted(s: Done, sop: str, langkah: str, tepat: str) -> bool:
    cocok = not langkah or (s.sop.kode, s.langkah.kode) == (sop, langkah)
    return cocok and {"ya": s.tepat, "tidak": not s.tepat}.get(tepat, True)


def _narrowed() -> Criteria:
    teks = request.args.get("peran", "")
    peran = next((p for p in PERAN_PETUGAS if p == teks), None)
    if teks and peran is None:
        abort(404)
    sop, langkah = _langkah()
    return Criteria(peran=peran, sop=sop, langkah=langkah, overdue_only=request.args.get("tampil") != "semua")


def _langkah() -> tuple[str, str]:
    """SOP and langkah asked for by ``?langkah=<sop>.<kode>``; empty when none is."""
    teks = request.args.get("langkah", "")
    sop, _, kode = teks.partition(".")
    if teks and (sop not in SOPS or kode not in _codes(sop)):
        abort(404)
    return sop, kode


def _codes(sop: str) -> Sequence[str]:
    return [t.kode for t in SOPS[sop].langkah if t.peran in PERAN_PETUGAS]


def _month() -> date:
    """The month asked for, by its first day; this one when none is."""
    teks = request.args.get("bulan", "")
    try:
        bulan = date.fromisoformat(f"{teks}-01") if teks else today().replace(day=1)
    except ValueError:
        abort(404)
    return bulan if 1900 < bulan.year < 2200 else abort(404)


def _name(bulan: date) -> str:
    return f"{tanggal.MONTHS[bulan.month - 1]} {bulan.year}"


def _pages(jumlah: int) -> int:
    return max(1, -(-jumlah // PER_PAGE))
