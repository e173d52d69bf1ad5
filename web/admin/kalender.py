"""The administrator's calendar: days off, office hours, seasons. Every change is looked at before it is saved."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.calendar.edit import CalendarContent, season_dates, time_text
from pipeline.calendar.national import RAMADAN_HOURS
from pipeline.errors import InputInvalid
from pipeline.queries.calendar import read_calendar, read_note, read_warning
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import Impact, change_calendar, preview_change
from pipeline.services.deadlines.recompute import Result
from pipeline.tanggal import DAYS, hari_tanggal
from web.admin import bp
from web.admin.formulir import as_admin
from web.admin.kalender_formulir import hours_fields, parse_change
from web.auth import petugas, today
from web.forms import Form, page_number, posted_version

Page = tuple[str, int]
WITH_FORM = {"tambah", "daftar", "jam", "musim"}


@bp.context_processor
def warning() -> dict[str, object]:
    """What the calendar lacks and which desks are empty, for the bars on every page of the administrator."""
    return {"calendar_warning": read_warning(today()), "lowong": read_vacancies(today())}


@bp.get("/kalender")
@petugas(Peran.ADMIN)
def kalender() -> str:
    """The days off of a year, the hours, the seasons, and who changed what."""
    return _calendar(Form())


@bp.get("/kalender/jam")
@petugas(Peran.ADMIN)
def kalender_jam() -> str:
    """The usual hours, to be changed."""
    return _jam(Form(hours_fields(read_calendar().isi.jam)))


@bp.get("/kalender/musim")
@petugas(Peran.ADMIN)
def kalender_musim() -> str:
    """A season: a new one with the hours of a Ramadan, or the one that begins on ``?mulai=``."""
    mulai = request.args.get("mulai", "")
    if not mulai:
        return _musim(Form(hours_fields(RAMADAN_HOURS)))
    musim = next((m for m in read_calendar().isi.musim if m.start_date.isoformat() == mulai), None)
    if musim is None:
        abort(404)
    tanggal = {"start_date": mulai, "end_date": musim.end_date.isoformat(), "lama": mulai}
    return _musim(Form({"nama": musim.nama, **tanggal, **hours_fields(musim.jam)}))


@bp.route("/kalender/dampak", methods=["GET", "POST"])
@petugas(Peran.ADMIN)
def kalender_dampak() -> str | Page:
    """What a change would do to the running files. Nothing is written; a long list comes as a POST."""
    try:
        dampak = preview_change(parse_change(request.values), now=clock.now())
    except InputInvalid as e:
        return _again(e), 422
    return render_template(
        "admin/kalender_dampak.html",
        dampak=dampak,
        kalimat=impact_sentence(dampak),
        isian=[(k, n) for k, n in request.values.items(multi=True) if k not in {"csrf_token", "versi"}],
    )


@bp.post("/kalender/simpan")
@petugas(Peran.ADMIN)
def calendar_save() -> Response:
    """Save the change that was looked at."""
    result = change_calendar(
        parse_change(request.form),
        oleh=as_admin(),
        versi=posted_version(),
        now=clock.now(),
    )
    flash(result_sentence(result))
    return redirect(url_for("admin.kalender", tahun=_year()), 303)


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


def result_sentence(result: Result) -> str:
    """What was done, for the page after saving."""
    rest = " Berkas lainnya dihitung ulang dalam beberapa menit." if result.not_all or result.gagal else ""
    if not result.shifted and not result.janji_moved:
        return f"Kalender disimpan. Tidak ada tenggat yang bergeser.{rest}"
    promise = f" Janji kepada pemohon bergeser pada {result.janji_moved} berkas." if result.janji_moved else ""
    return f"Kalender disimpan. {result.shifted} berkas bergeser tenggatnya.{promise}{rest}"


def _again(error: InputInvalid) -> str:
    """The form a refused change came from, as it was filled in; what came from a link is told above the table."""
    jenis = request.values.get("jenis", "")
    if jenis not in WITH_FORM:
        return _calendar(Form({}, {"isi": " ".join(error.errors.values()) or str(error)}))
    formulir = Form(request.values.to_dict(), error.errors or {"isi": str(error)})
    return {"jam": _jam, "musim": _musim}.get(jenis, _calendar)(formulir)


def _calendar(formulir: Form) -> str:
    isi, tahun, halaman = read_calendar().isi, _year(), page_number()
    catatan, more = read_note(halaman=halaman)
    return render_template(
        "admin/kalender.html",
        formulir=formulir,
        tahun=tahun,
        every_year=_years(isi),
        libur=[(hari_tanggal(h), x) for h, x in isi.libur.items() if h.year == tahun],
        jam=[(DAYS[h], time_text(isi.jam.get(h, ()))) for h in range(7)],
        musim=[(m, season_dates(m), [(DAYS[h], time_text(j)) for h, j in m.jam.items()]) for m in isi.musim],
        catatan=catatan,
        lagi=more,
        halaman=halaman,
    )


def _jam(formulir: Form) -> str:
    return render_template("admin/kalender_jam.html", formulir=formulir, hari=DAYS)


def _musim(formulir: Form) -> str:
    return render_template("admin/kalender_musim.html", formulir=formulir, hari=DAYS)


def _year() -> int:
    """The year of the date in the form, or the one asked for, or this one."""
    typed = (request.values.get(kode, "")[:4] for kode in ("tanggal", "ke", "tahun"))
    return next((int(t) for t in typed if t.isascii() and t.isdigit() and len(t) == 4), today().year)


def _years(isi: CalendarContent) -> list[int]:
    this_year = today().year
    return sorted({this_year, this_year + 1, *(h.year for h in isi.libur)})
