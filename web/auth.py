"""Who may call which view. Every view names its policy; one without is refused, and a test finds it.

@bp.get("/antrean")
@petugas(*desks())
def antrean() -> str: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RequestRedirect
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import SessionEnded
from pipeline.kantor.office import desks
from pipeline.queries.people.caller import ActivePeran
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.people.sessions import User
from pipeline.sop.who_may import openers
from pipeline.text import date_at
from web.forms import typed_words
from web.sessions import current_session, end_reading

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who a view is for: publik, account (anyone logged in), pemohon, or petugas with one of these roles.

    entering: who has proved a password, and not yet the code beside it.

    ``also``: officers let in beside the applicants.
    """

    name: str
    peran: frozenset[Peran] = frozenset()
    also: Callable[[], frozenset[Peran]] = frozenset


def policy(rule: AccessPolicy) -> Callable[[View], View]:
    """Mark a view with its policy."""

    def mark(view: View) -> View:
        view.__dict__["policy"] = rule
        return view

    return mark


publik = policy(AccessPolicy("publik"))
pemohon = policy(AccessPolicy("pemohon"))
fills_in = policy(AccessPolicy("pemohon", also=openers))  # or an officer of a desk that opens files
account = policy(AccessPolicy("account"))  # whoever is logged in
entering = policy(AccessPolicy("entering"))


def petugas(*peran: Peran) -> Callable[[View], View]:
    """For officers who hold one of these roles today: of a desk, those ``sop.who_may`` names, never typed."""
    return policy(AccessPolicy("petugas", frozenset(peran)))


operator = petugas(Peran.OPERATOR)
staff = petugas(*desks(), Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP)  # with any role


def takes_upload(view: View) -> View:
    """Let a view take a body of the size of an upload."""
    view.__dict__["takes_upload"] = True
    return view


def sends_file(view: View) -> View:
    """For a view that makes or reads a file, which may take long: no page's connection is held meanwhile."""
    view.__dict__["sends_file"] = True
    return view


def me() -> User:
    """Who is logged in; only in views whose policy demands it."""
    user = current_user()
    if user is None:
        abort(401)
    return user


def who_enters() -> User:
    """Who has proved their password; only in views for ``entering``."""
    user = current_session().entering
    if user is None:
        abort(401)
    return user


def acting_in(peran: Peran) -> Petugas:
    """Me as one who acts, in this role and by this session; only in views whose policy demands a login."""
    return Petugas(me().person_id, peran, me().session_id)


def current_user() -> User | None:
    """Who is logged in, or nobody."""
    return current_session().user


def today() -> date:
    """Today in the office."""
    return date_at(clock.now())


def current_penugasan() -> tuple[ActivePeran, ...]:
    """The roles of who is logged in, as of today: read once per request, never kept in the session."""
    caller = current_session().caller
    return caller.penugasan if caller and not caller.entering else ()


def current_peran() -> frozenset[Peran]:
    """Just the roles."""
    return frozenset(p.peran for p in current_penugasan())


def init_auth(app: Flask) -> None:
    """Check the policy before every view."""

    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            return None  # 404 and 405 belong to nobody
        view = current_app.view_functions[request.endpoint]
        rule = getattr(view, "policy", None)
        if not isinstance(rule, AccessPolicy):
            abort(403)
        if hasattr(view, "sends_file"):
            end_reading()
        reads_only = rule.name == "publik" and request.method in {"GET", "HEAD"}
        if not reads_only and (error := current_session().unread):
            raise error  # 503: who is logged in is not sent to log in again, and loses nothing
        answer = None if rule.name == "publik" else _admit(rule)
        g.admitted = answer is None  # a page is read once more only for who was let in (web/errors.py)
        return answer

    @app.context_processor
    def context() -> dict[str, object]:
        return {"user": current_user(), "my_peran": current_peran()}


def _admit(rule: AccessPolicy) -> Response | None:
    user = current_user()
    if rule.name == "entering":
        return None if current_session().entering else _to_login(rule)
    if user is None:
        return _to_login(rule)
    if user.petugas and current_peran() & rule.also():
        return None
    if rule.name != "account" and user.petugas != (rule.name == "petugas"):
        abort(403)
    if rule.name == "petugas" and not current_peran() & rule.peran:
        abort(403)
    return None


def _to_login(rule: AccessPolicy) -> Response:
    if not wants_page():
        abort(401)
    if rule.name == "petugas" and request.headers.get("Sec-Fetch-Site") == "same-origin" and typed_words():
        raise SessionEnded  # a form of our own, left open for too long: its words are shown, to be copied
    if rule.name == "entering":
        return redirect(url_for("account.petugas_login"))
    if current_session().entering:
        return redirect(url_for("account.second_step", next=_asked_for()))
    return redirect(login_url(petugas=rule.name == "petugas"))


def login_url(*, petugas: bool) -> str:
    """The login page that leads back to what was asked for, or to the page of the form that was sent."""
    return url_for("account.petugas_login" if petugas else "account.login", next=_asked_for())


def _asked_for() -> str | None:
    return (request.full_path.rstrip("?") if request.method == "GET" else _referring_path()) or None


def _referring_path() -> str:
    """The page a form was sent from, as far as the browser tells and it can be read."""
    try:
        return urlsplit(request.referrer or "").path
    except ValueError:
        return ""


def wants_page() -> bool:
    """Whether a browser asks for a page, and not a script or an image for data."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and "HX-Request" not in request.headers


def next_page(target: str, user: User, peran: frozenset[Peran]) -> str:
    """Where to go after a login: ``target`` if it is a page of ours, else this person's first page."""
    return target if is_ours(target) else first_page(user, peran)


def is_ours(target: str) -> bool:
    """Whether this is the path of one of our own pages: nothing a browser could read as another site."""
    if not target.startswith("/") or target[1:2] in {"/", "\\"} or not target.isprintable() or not target.isascii():
        return False
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target:
        return False
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True


def first_page(user: User, peran: frozenset[Peran]) -> str:
    """The first page of a person."""
    if not user.petugas:
        return "/permohonan"
    if peran & set(desks()):
        return "/petugas/antrean"
    return next((f"/{p}" for p in (Peran.ADMIN, Peran.OPERATOR, Peran.PDP) if p in peran), "/")
