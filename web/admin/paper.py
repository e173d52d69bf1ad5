"""Taking over from paper: the register of earlier decrees, looked at before it is taken, and where its numbers end."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.errors import InputInvalid, NaskahChanged
from pipeline.queries.records.paper import count_paper, read_changes
from pipeline.queries.records.register import Series, read_register
from pipeline.roles import Peran
from pipeline.rules.paper.changes import SeriesKey
from pipeline.services.records.paper.register import FILE, Looked, look_at_register, take_register
from pipeline.services.records.paper.starts import set_start
from pipeline.sop.registry import SOPS
from web.admin import bp
from web.admin.form import as_admin
from web.auth import petugas, takes_upload, today
from web.forms import Form, page_number, posted, posted_fields, redraw

SHOWN_AT_MOST = 200  # rows that do not fit; the rest is counted


@bp.get("/register")
@petugas(Peran.ADMIN)
def paper() -> str:
    """Both forms, and what was taken and said before."""
    return _page(Form())


@bp.post("/register/lihat")
@petugas(Peran.ADMIN)
@takes_upload
def paper_look() -> Response | str:
    """Which rows of a file fit; nothing is taken yet."""
    scan = request.files.get(FILE)
    try:
        if scan is None or not scan.filename:
            raise InputInvalid({FILE: "Pilih berkas registernya dahulu."})
        looked = look_at_register(scan.read(), scan.filename, actor=as_admin(), now=clock.now())
    except InputInvalid as error:
        return redraw(_page, Form(), error)
    return _preview(looked)


@bp.post("/register/ambil")
@petugas(Peran.ADMIN)
def paper_take() -> Response:
    """Take the rows that were seen."""
    try:
        count = take_register(posted("sha256"), posted("dilihat"), actor=as_admin(), now=clock.now())
    except (InputInvalid, NaskahChanged) as error:
        return redraw(_page, Form(), error)
    flash(f"{count} surat di kertas diambil ke register.")
    return redirect(url_for("admin.paper"), 303)


@bp.post("/register/nomor")
@petugas(Peran.ADMIN)
def paper_start() -> Response:
    """Say the last number of a series on paper."""
    typed = posted_fields("seri", "last")
    try:
        last = _whole(posted("last"))
        set_start(_series(posted("seri")), last, actor=as_admin(), now=clock.now())
    except InputInvalid as error:
        return redraw(_page, Form(typed), error)
    flash(f"Disimpan: surat berikutnya pada deret itu bernomor {last + 1}.")
    return redirect(url_for("admin.paper"), 303)


def _whole(text: str) -> int:
    """A typed number; 0, which no series begins with, when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _series(text: str) -> SeriesKey:
    """The series as the form names it; one that nobody has when it names none."""
    sop, _, kind = text.partition(".")
    return sop, kind, today().year


@snapshot()
def _page(form: Form) -> str:
    changes, more = read_changes(page=page_number())
    year = today().year
    every = {s.key: s for s in read_register(year, now=clock.now()) if s.sop in SOPS}
    return render_template(
        "admin/paper.html",
        form=form,
        count=count_paper(),
        year=year,
        series={key: _told(one) for key, one in every.items()},
        titles={(s.sop, s.kind): s.title for s in every.values()},
        changes=changes,
        more=more,
        page=page_number(),
    )


def _told(series: Series) -> str:
    reached = max(series.on_paper, series.last)
    return f"{series.title} (sudah sampai {reached})" if reached else series.title


def _preview(looked: Looked) -> str:
    names = {(s.code, n.code): f"{n.name} {s.name}" for s in SOPS.values() for n in s.decisions}
    starts = [
        (names.get((sop, kind), kind), year, last)
        for (sop, kind, year), last in sorted(looked.checked.last_numbers.items())
        if year >= today().year  # of a year that is over no number is drawn any more
    ]
    return render_template("admin/paper_preview.html", looked=looked, starts=starts, shown_at_most=SHOWN_AT_MOST)
