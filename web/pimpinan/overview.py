"""The leaders' pages: where the files are, which are late, and how long the desks take."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import abort, render_template, request

from pipeline import clock
from pipeline.calendar.due import Interval, office_time
from pipeline.kantor.office import desks, leaders
from pipeline.queries.desk.overview import AtDesk, AtLangkah, Criteria, read_at_desk, read_langkah
from pipeline.queries.desk.pace import Performance, read_pace
from pipeline.queries.desk.performance import AT_MOST, Done, last_month, read_done
from pipeline.queries.desk.permohonan import read_readable
from pipeline.queries.desk.times import read_eskalasi
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.queries.paging import COUNTED_AT_MOST, PER_PAGE
from pipeline.sop.registry import SOPS
from pipeline.text import MONTHS
from web.auth import current_peran, petugas, today
from web.forms import page_number
from web.petugas.desk import current_calendar, silent_parts, time_left
from web.pimpinan import bp

#: Of a langkah that has finished nothing.
NONE_DONE = Performance(0, 0, None, None)


@bp.get("")
@petugas(*leaders())
def pimpinan() -> str:
    """Open files per langkah, the pace of this month and the last, and a list of open files.

    ``?peran=`` or ``?langkah=`` narrow the list; ``?tampil=semua`` adds those in time.
    """
    now, narrow, page = clock.now(), _narrowed(), page_number()
    listing, total = read_at_desk(narrow, page=page, now=now)
    return render_template(
        "pimpinan/pimpinan.html",
        **_desks(listing),
        listing=[(line, time_left(line, now)) for line in listing],
        triggered=read_eskalasi([b.permohonan_id for b in listing]) if listing else {},
        total=total,
        page=page,
        page_count=_pages(min(total, COUNTED_AT_MOST)),
        narrow=narrow,
        **_pace(),
    )


@bp.get("/selesai")
@petugas(*leaders())
def done() -> str:
    """What the desks finished in ``?bulan=2026-11``: all, ``?tepat=ya|tidak``, ``?langkah=``."""
    month, page, (sop, langkah) = _month(), page_number(), _langkah()
    in_time = request.args.get("tepat", "")
    return render_template(
        "pimpinan/done.html",
        **_page_of(*read_done(month, sop=sop, langkah=langkah), in_time, page),
        page=page,
        month=month,
        month_name=_name(month),
        langkah=SOPS[sop][langkah] if langkah else None,
        sop=sop,
        in_time=in_time,
    )


def _page_of(rows: Sequence[Done], more: bool, in_time: str, page: int) -> dict[str, object]:
    """A page of those in time, those late or all; ``more``: how many were looked at, where there are more."""
    every = [s for s in rows if {"ya": s.in_time, "tidak": not s.in_time}.get(in_time, True)]
    return {
        "listing": every[(page - 1) * PER_PAGE : page * PER_PAGE],
        "total": len(every),
        "page_count": _pages(len(every)),
        "more": f"{AT_MOST:,}".replace(",", ".") if more else "",
    }


def _desks(listing: Sequence[AtDesk]) -> dict[str, object]:
    """Every langkah, the desks without anybody, and which of the files shown these roles may open."""
    langkah = read_langkah(now=clock.now())
    shown = [b.permohonan_id for b in (*listing, *(d.oldest for d in langkah if d.oldest))]
    return {
        "langkah": [(d, _lies_since(d)) for d in langkah],
        "opened": _together([d.total for d in langkah]),
        "late": _together([d.overdue for d in langkah]),
        "can_be_opened": read_readable(shown, current_peran()) if shown else frozenset(),
        "vacant": read_vacancies(today()),
        "disturbance": silent_parts(),
    }


def _together(counts: Sequence[int]) -> str:
    """A sum of capped counts, in words; empty for none."""
    total = sum(min(n, COUNTED_AT_MOST) for n in counts)
    more = any(n > COUNTED_AT_MOST for n in counts)
    return f"lebih dari {total:,}".replace(",", ".") if more else str(total or "")


def _pace() -> dict[str, object]:
    """On-time share of this month against the last, and the pace of every langkah this month."""
    this = today().replace(day=1)
    past = last_month(this)
    now, before = read_pace(this), read_pace(past)
    return {
        "month": [(b, _name(b), pace.total) for b, pace in ((this, now), (past, before))],
        "pace": now.langkah,
        "none_done": NONE_DONE,
        "counted_at": now.counted_at,
    }


def _lies_since(d: AtLangkah) -> timedelta | None:
    """Office time the oldest file has lain on this langkah."""
    if d.oldest is None:
        return None
    return office_time(current_calendar(), [Interval(d.oldest.entered_at, clock.now())])


def _narrowed() -> Criteria:
    text = request.args.get("peran", "")
    peran = next((p for p in desks() if p == text), None)
    if text and peran is None:
        abort(404)
    sop, langkah = _langkah()
    return Criteria(peran=peran, sop=sop, langkah=langkah, overdue_only=request.args.get("tampil") != "semua")


def _langkah() -> tuple[str, str]:
    """SOP and langkah asked for by ``?langkah=<sop>.<kode>``; empty when none is."""
    text = request.args.get("langkah", "")
    sop, _, code = text.partition(".")
    if text and (sop not in SOPS or code not in _codes(sop)):
        abort(404)
    return sop, code


def _codes(sop: str) -> Sequence[str]:
    return [t.code for t in SOPS[sop].langkah if t.peran in desks()]


def _month() -> date:
    """The month asked for, by its first day; this one when none is."""
    text = request.args.get("bulan", "")
    try:
        month = date.fromisoformat(f"{text}-01") if text else today().replace(day=1)
    except ValueError:
        abort(404)
    return month if 1900 < month.year < 2200 else abort(404)


def _name(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def _pages(total: int) -> int:
    return max(1, -(-total // PER_PAGE))
