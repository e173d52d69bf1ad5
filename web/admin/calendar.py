"""The administrator's calendar: days off, office hours, seasons. Every change is looked at before it is saved."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.calendar.edit import CalendarContent, season_dates, time_text
from pipeline.calendar.national import RAMADAN_HOURS
from pipeline.errors import InputInvalid
from pipeline.queries.calendar import read_calendar, read_calendar_log, read_warning
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import Impact, change_calendar, preview_change
from pipeline.services.deadlines.recompute import SweepResult
from pipeline.text import DAYS, weekday_and_date
from web.admin import bp
from web.admin.calendar_forms import hours_fields, parse_change
from web.admin.form import as_admin
from web.auth import petugas, today
from web.forms import WHOLE, Form, FormPage, page_number, posted_version, redraw, sentences_of

WITH_FORM = {"tambah", "daftar", "jam", "musim"}


@bp.context_processor
def warning() -> dict[str, object]:
    """What the calendar lacks and which desks are empty, for the bars on every page of the administrator."""
    return {"calendar_warning": read_warning(today()), "vacant": read_vacancies(today())}


@bp.get("/kalender")
@petugas(Peran.ADMIN)
def calendar() -> str:
    """The days off of a year, the hours, the seasons, and who changed what."""
    return _calendar(Form())


@bp.get("/kalender/jam")
@petugas(Peran.ADMIN)
def calendar_hours() -> str:
    """The usual hours, to be changed."""
    return _hours(Form(hours_fields(read_calendar().content.hours)))


@bp.get("/kalender/musim")
@petugas(Peran.ADMIN)
def calendar_musim() -> str:
    """A season: a new one with the hours of a Ramadan, or the one that begins on ``?mulai=``."""
    start = request.args.get("mulai", "")
    if not start:
        return _musim(Form(hours_fields(RAMADAN_HOURS)))
    musim = next((m for m in read_calendar().content.musim if m.start_date.isoformat() == start), None)
    if musim is None:
        abort(404)
    day = {"start_date": start, "end_date": musim.end_date.isoformat(), "lama": start}
    return _musim(Form({"nama": musim.name, **day, **hours_fields(musim.hours)}))


@bp.route("/kalender/dampak", methods=["GET", "POST"])
@petugas(Peran.ADMIN)
def calendar_impact() -> str | Response:
    """What a change would do to the running files. Nothing is written; a long list comes as a POST."""
    try:
        impact = preview_change(parse_change(request.values), now=clock.now())
    except InputInvalid as error:
        return _again(error)
    return render_template(
        "admin/calendar_impact.html",
        impact=impact,
        sentence=impact_sentence(impact),
        isian=[(k, n) for k, n in request.values.items(multi=True) if k not in {"csrf_token", "versi"}],
    )


@bp.post("/kalender/simpan")
@petugas(Peran.ADMIN)
def calendar_save() -> Response:
    """Save the change that was looked at."""
    result = change_calendar(
        parse_change(request.form),
        actor=as_admin(),
        version=posted_version(),
        now=clock.now(),
    )
    flash(result_sentence(result))
    return redirect(url_for("admin.calendar", tahun=_year()), 303)


def impact_sentence(d: Impact) -> tuple[str, ...]:
    """The numbers of a preview as sentences."""
    if not d.shifted and not d.janji_moved:
        return (f"Tidak ada tenggat yang bergeser dari {d.berkas} berkas berjalan.",)
    late = f"{d.no_longer_overdue} yang lewat waktu menjadi tidak lewat, {d.newly_overdue} menjadi lewat."
    return (
        f"{d.shifted} dari {d.berkas} berkas berjalan bergeser tenggatnya.",
        late if d.newly_overdue or d.no_longer_overdue else "Tidak ada berkas yang menjadi lewat waktu karenanya.",
        f"Janji kepada pemohon bergeser pada {d.janji_moved} berkas.",
    )


def result_sentence(result: SweepResult) -> str:
    """What was done, for the page after saving."""
    rest = " Berkas lainnya dihitung ulang dalam beberapa menit." if result.not_all or result.failed else ""
    if not result.shifted and not result.janji_moved:
        return f"Kalender disimpan. Tidak ada tenggat yang bergeser.{rest}"
    promise = f" Janji kepada pemohon bergeser pada {result.janji_moved} berkas." if result.janji_moved else ""
    return f"Kalender disimpan. {result.shifted} berkas bergeser tenggatnya.{promise}{rest}"


def _again(error: InputInvalid) -> Response:
    """The form a refused change came from, as it was filled in; what came from a link is told above the table."""
    kind = request.values.get("jenis", "")
    if kind not in WITH_FORM:
        return redraw(_calendar, Form(), error, {WHOLE: " ".join(sentences_of(error).values())})
    page: FormPage = {"jam": _hours, "musim": _musim}.get(kind, _calendar)
    return redraw(page, Form(request.values.to_dict()), error)


def _calendar(form: Form) -> str:
    content, year, page = read_calendar().content, _year(), page_number()
    note, more = read_calendar_log(page=page)
    return render_template(
        "admin/calendar.html",
        form=form,
        year=year,
        every_year=_years(content),
        libur=[(weekday_and_date(h), x) for h, x in content.libur.items() if h.year == year],
        hours=[(DAYS[h], time_text(content.hours.get(h, ()))) for h in range(7)],
        musim=[(m, season_dates(m), [(DAYS[h], time_text(j)) for h, j in m.hours.items()]) for m in content.musim],
        note=note,
        more=more,
        page=page,
    )


def _hours(form: Form) -> str:
    return render_template("admin/calendar_hours.html", form=form, hari=DAYS)


def _musim(form: Form) -> str:
    return render_template("admin/calendar_musim.html", form=form, hari=DAYS)


def _year() -> int:
    """The year of the date in the form, or the one asked for, or this one."""
    typed = (request.values.get(code, "")[:4] for code in ("tanggal", "ke", "tahun"))
    return next((int(t) for t in typed if t.isascii() and t.isdigit() and len(t) == 4), today().year)


def _years(content: CalendarContent) -> list[int]:
    this_year = today().year
    return sorted({this_year, this_year + 1, *(h.year for h in content.libur)})
