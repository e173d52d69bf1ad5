"""The register of decree numbers: every number of a year, and that none is missing; and the decrees on paper before."""

from flask import abort, render_template, request

from pipeline import clock
from pipeline.kantor.office import leaders
from pipeline.queries.records.paper import read_paper
from pipeline.queries.records.register import Series, read_numbers, read_register, read_years
from pipeline.roles import Peran
from pipeline.text import clean_line
from web.auth import petugas, today
from web.forms import page_number
from web.pimpinan import bp

#: How a number stands, in a word and the colour of its tag.
WORDS = {
    "terpakai": ("Terpakai", "green"),
    "dipesan": ("Dipesan", "blue"),
    "bebas": ("Bebas", "grey"),
    "dibatalkan": ("Dibatalkan", "orange"),
}


@bp.get("/register-nomor")
@petugas(*leaders(), Peran.ADMIN)
def register_nomor() -> str:
    """Each series of ``?tahun=2026`` in a sentence, and the numbers of one of them, ``?seri=td_lks.sk``."""
    years = read_years(now=clock.now())
    year = _year(years)
    register = read_register(year, now=clock.now())
    chosen, page = _chosen(register), page_number()
    return render_template(
        "pimpinan/register.html",
        years=years,
        year=year,
        register=register,
        chosen=chosen,
        numbers=read_numbers(year, chosen, page=page, now=clock.now()),
        page=page,
        nomor_words=WORDS,
    )


@bp.get("/register-kertas")
@petugas(*leaders(), Peran.ADMIN)
def register_paper() -> str:
    """The decrees issued on paper before this system, ``?cari=`` a holder or a number."""
    search, page = clean_line(request.args.get("cari", ""))[:100], page_number()
    decrees, more = read_paper(search, page=page)
    return render_template(
        "pimpinan/register_paper.html", decrees=decrees, more=more, page=page, search=search, today=today()
    )


def _year(years: list[int]) -> int:
    text = request.args.get("tahun", "")
    year = today().year if not text else next((y for y in years if str(y) == text), 0)
    return year or abort(404)


def _chosen(register: tuple[Series, ...]) -> Series:
    """The series asked for; without a question the first that has numbers."""
    key = request.args.get("seri", "")
    if key:
        return next((s for s in register if s.key == key), None) or abort(404)
    return next((s for s in register if s.last), register[0])
