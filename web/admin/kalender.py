"""The administrator's calendar: days off, office hours, seasons. Every change is looked at before it is saved."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.calendar.edit import IsiKalender, jam_teks, season_dates
from pipeline.calendar.national import JAM_RAMADAN
from pipeline.errors import InputInvalid
from pipeline.queries.calendar import read_catatan, read_kalender, read_peringatan
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import Dampak, change_calendar, preview_change
from pipeline.services.deadlines.recompute import Hasil
from pipeline.tanggal import HARI, hari_tanggal
from web.admin import bp
from web.admin.formulir import as_admin
from web.admin.kalender_formulir import jam_fields, parse_perubahan
from web.auth import hari_ini, petugas
from web.forms import Formulir, page_number, posted_version

Halaman = tuple[str, int]
BERFORMULIR = {"tambah", "daftar", "jam", "musim"}


@bp.context_processor
def peringatan() -> dict[str, object]:
    """What the calendar lacks and which desks are empty, for the bars on every page of the administrator."""
    return {"peringatan_kalender": read_peringatan(hari_ini()), "lowong": read_vacancies(hari_ini())}


@bp.get("/kalender")
@petugas(Peran.ADMIN)
def kalender() -> str:
    """The days off of a year, the hours, the seasons, and who changed what."""
    return _kalender(Formulir())


@bp.get("/kalender/jam")
@petugas(Peran.ADMIN)
def kalender_jam() -> str:
    """The usual hours, to be changed."""
    return _jam(Formulir(jam_fields(read_kalender().isi.jam)))


@bp.get("/kalender/musim")
@petugas(Peran.ADMIN)
def kalender_musim() -> str:
    """A season: a new one with the hours of a Ramadan, or the one that begins on ``?mulai=``."""
    mulai = request.args.get("mulai", "")
    if not mulai:
        return _musim(Formulir(jam_fields(JAM_RAMADAN)))
    musim = next((m for m in read_kalender().isi.musim if m.tanggal_mulai.isoformat() == mulai), None)
    if musim is None:
        abort(404)
    tanggal = {"tanggal_mulai": mulai, "tanggal_sampai": musim.tanggal_sampai.isoformat(), "lama": mulai}
    return _musim(Formulir({"nama": musim.nama, **tanggal, **jam_fields(musim.jam)}))


@bp.route("/kalender/dampak", methods=["GET", "POST"])
@petugas(Peran.ADMIN)
def kalender_dampak() -> str | Halaman:
    """What a change would do to the running files. Nothing is written; a long list comes as a POST."""
    try:
        dampak = preview_change(parse_perubahan(request.values), now=clock.now())
    except InputInvalid as e:
        return _again(e), 422
    return render_template(
        "admin/kalender_dampak.html",
        dampak=dampak,
        kalimat=kalimat_dampak(dampak),
        isian=[(k, n) for k, n in request.values.items(multi=True) if k not in {"csrf_token", "versi"}],
    )


@bp.post("/kalender/simpan")
@petugas(Peran.ADMIN)
def kalender_simpan() -> Response:
    """Save the change that was looked at."""
    result = change_calendar(
        parse_perubahan(request.form),
        oleh=as_admin(),
        versi=posted_version(),
        now=clock.now(),
    )
    flash(kalimat_hasil(result))
    return redirect(url_for("admin.kalender", tahun=_tahun()), 303)


def kalimat_dampak(d: Dampak) -> tuple[str, ...]:
    """The numbers of a preview as sentences."""
    if not d.bergeser and not d.janji_bergeser:
        return (f"Tidak ada tenggat yang bergeser dari {d.berkas} berkas berjalan.",)
    late = f"{d.menjadi_tidak_lewat} yang lewat waktu menjadi tidak lewat, {d.menjadi_lewat} menjadi lewat."
    return (
        f"{d.bergeser} dari {d.berkas} berkas berjalan bergeser tenggatnya.",
        late if d.menjadi_lewat or d.menjadi_tidak_lewat else "Tidak ada berkas yang menjadi lewat waktu karenanya.",
        f"Janji kepada pemohon bergeser pada {d.janji_bergeser} berkas.",
    )


def kalimat_hasil(result: Hasil) -> str:
    """What was done, for the page after saving."""
    rest = " Berkas lainnya dihitung ulang dalam beberapa menit." if result.belum_semua or result.gagal else ""
    if not result.bergeser and not result.janji_bergeser:
        return f"Kalender disimpan. Tidak ada tenggat yang bergeser.{rest}"
    promise = f" Janji kepada pemohon bergeser pada {result.janji_bergeser} berkas." if result.janji_bergeser else ""
    return f"Kalender disimpan. {result.bergeser} berkas bergeser tenggatnya.{promise}{rest}"


def _again(error: InputInvalid) -> str:
    """The form a refused change came from, as it was filled in; what came from a link is told above the table."""
    jenis = request.values.get("jenis", "")
    if jenis not in BERFORMULIR:
        return _kalender(Formulir({}, {"isi": " ".join(error.errors.values()) or str(error)}))
    formulir = Formulir(request.values.to_dict(), error.errors or {"isi": str(error)})
    return {"jam": _jam, "musim": _musim}.get(jenis, _kalender)(formulir)


def _kalender(formulir: Formulir) -> str:
    isi, tahun, halaman = read_kalender().isi, _tahun(), page_number()
    catatan, more = read_catatan(halaman=halaman)
    return render_template(
        "admin/kalender.html",
        formulir=formulir,
        tahun=tahun,
        semua_tahun=_years(isi),
        libur=[(hari_tanggal(h), x) for h, x in isi.libur.items() if h.year == tahun],
        jam=[(HARI[h], jam_teks(isi.jam.get(h, ()))) for h in range(7)],
        musim=[(m, season_dates(m), [(HARI[h], jam_teks(j)) for h, j in m.jam.items()]) for m in isi.musim],
        catatan=catatan,
        lagi=more,
        halaman=halaman,
    )


def _jam(formulir: Formulir) -> str:
    return render_template("admin/kalender_jam.html", formulir=formulir, hari=HARI)


def _musim(formulir: Formulir) -> str:
    return render_template("admin/kalender_musim.html", formulir=formulir, hari=HARI)


def _tahun() -> int:
    """The year of the date in the form, or the one asked for, or this one."""
    typed = (request.values.get(kode, "")[:4] for kode in ("tanggal", "ke", "tahun"))
    return next((int(t) for t in typed if t.isascii() and t.isdigit() and len(t) == 4), hari_ini().year)


def _years(isi: IsiKalender) -> list[int]:
    this_year = hari_ini().year
    return sorted({this_year, this_year + 1, *(h.year for h in isi.libur)})
