"""Who may call which view. Every view names its policy; one without is refused, and a test finds it.

@bp.get("/antrean")
@petugas(Peran.FRONT_OFFICE)
def antrean() -> str: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RequestRedirect
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.akun import PeranAktif, roles_of
from pipeline.services.sesi import Pengguna
from web.sesi import sesi_kini

View = TypeVar("View", bound=Callable[..., object])
ZONA = ZoneInfo("Asia/Makassar")


@dataclass(frozen=True, slots=True)
class Policy:
    """Who a view is for: publik, akun (anyone logged in), pemohon, or petugas with one of these roles (none: any)."""

    nama: str
    peran: frozenset[Peran] = frozenset()


def policy(aturan: Policy) -> Callable[[View], View]:
    """Mark a view with its policy."""

    def tandai(view: View) -> View:
        view.__dict__["policy"] = aturan
        return view

    return tandai


publik = policy(Policy("publik"))
pemohon = policy(Policy("pemohon"))
akun = policy(Policy("akun"))  # whoever is logged in


def petugas(*peran: Peran) -> Callable[[View], View]:
    """For officers who hold one of these roles today; without arguments for every officer."""
    return policy(Policy("petugas", frozenset(peran)))


operator = petugas(Peran.OPERATOR)


def unggah(view: View) -> View:
    """Let a view take a body of the size of an upload."""
    view.__dict__["unggah"] = True
    return view


def saya() -> Pengguna:
    """Who is logged in; only in views whose policy demands it."""
    pengguna = pengguna_kini()
    if pengguna is None:
        abort(401)
    return pengguna


def pengguna_kini() -> Pengguna | None:
    """Who is logged in, or nobody."""
    return sesi_kini().pengguna


def hari_ini() -> date:
    """Today in the office."""
    return clock.now().astimezone(ZONA).date()


def penugasan_kini() -> tuple[PeranAktif, ...]:
    """The roles of who is logged in, as of today: read once per request, never kept in the session."""
    if "penugasan" not in g:
        pengguna = pengguna_kini()
        g.penugasan = roles_of(pengguna.orang_id, hari_ini()) if pengguna and pengguna.petugas else ()
    aktif: tuple[PeranAktif, ...] = g.penugasan
    return aktif


def peran_kini() -> frozenset[Peran]:
    """Just the roles."""
    return frozenset(p.peran for p in penugasan_kini())


def init_auth(app: Flask) -> None:
    """Check the policy before every view."""

    @app.before_request
    def periksa() -> Response | None:
        if request.endpoint is None:
            return None  # 404 and 405 belong to nobody
        aturan = getattr(current_app.view_functions[request.endpoint], "policy", None)
        if not isinstance(aturan, Policy):
            abort(403)
        return None if aturan.nama == "publik" else _izinkan(aturan)

    @app.context_processor
    def konteks() -> dict[str, object]:
        return {"pengguna": pengguna_kini(), "peran_saya": peran_kini()}


def _izinkan(aturan: Policy) -> Response | None:
    pengguna = pengguna_kini()
    if pengguna is None:
        return _ke_halaman_masuk(aturan)
    if aturan.nama != "akun" and pengguna.petugas != (aturan.nama == "petugas"):
        abort(403)
    if aturan.nama == "petugas" and not (peran_kini() & aturan.peran if aturan.peran else peran_kini()):
        abort(403)
    return None


def _ke_halaman_masuk(aturan: Policy) -> Response:
    if not diminta_sebagai_halaman():
        abort(401)
    tujuan = "akun.masuk_petugas" if aturan.nama == "petugas" else "akun.masuk"
    lanjut = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    return redirect(url_for(tujuan, next=lanjut or None))


def diminta_sebagai_halaman() -> bool:
    """Whether a browser asks for a page, and not a script or an image for data."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and "HX-Request" not in request.headers


def lanjut_ke(tujuan: str, pengguna: Pengguna, peran: frozenset[Peran]) -> str:
    """Where to go after a login: ``tujuan`` if it is a page of ours, else this person's first page."""
    return tujuan if milik_kita(tujuan) else halaman_awal(pengguna, peran)


def milik_kita(tujuan: str) -> bool:
    """Whether this is the path of one of our own pages: nothing a browser could read as another site."""
    if not tujuan.startswith("/") or tujuan[1:2] in {"/", "\\"} or not tujuan.isprintable() or not tujuan.isascii():
        return False
    bagian = urlsplit(tujuan)
    if bagian.scheme or bagian.netloc or "\\" in tujuan:
        return False
    try:
        current_app.url_map.bind("").match(bagian.path, method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True


def halaman_awal(pengguna: Pengguna, peran: frozenset[Peran]) -> str:
    """The first page of a person."""
    if not pengguna.petugas:
        return "/permohonan"
    if peran & set(PERAN_PETUGAS):
        return "/petugas/antrean"
    return "/admin" if Peran.ADMIN in peran else "/operator" if Peran.OPERATOR in peran else "/"
