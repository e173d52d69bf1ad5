"""Flask's session. Of who is logged in: a row of the table ``sesi``; a stolen copy of it opens nothing, a deleted
row is a logout. Of a visitor: the signed cookie itself, so that a thousand visits write nothing.
"""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from pipeline.clock import now, real_now
from pipeline.db import reading
from pipeline.json import Json
from pipeline.services.people.sessions import (
    ActiveSession,
    User,
    create_session,
    end_session,
    keep_session,
    load_session,
)
from pipeline.text import date_at
from web.user_agent import origin_of

COOKIE_LENGTH = 43  # of token_urlsafe(32)
PAGE_METHODS = {"GET", "HEAD"}


@dataclass(slots=True)
class Change:
    """What this request does to the session itself, beside its data."""

    account_id: UUID | None = None  # at login: whose; a new cookie
    proven: datetime | None = None  # since when the password they proved is in force
    entering: bool = False  # the code beside it is still to come
    continues: bool = False  # that code came: there is a session only if the one before still lives
    end: bool = False  # at logout


class OpenSession(CallbackDict[str, object], SessionMixin):
    """The data of a session and who it belongs to."""

    def __init__(
        self,
        data: Json | None = None,
        *,
        cookie: str | None = None,
        active: ActiveSession | None = None,
        unread: OperationalError | None = None,
    ) -> None:
        super().__init__(data, lambda _: setattr(self, "modified", True))
        self.cookie = cookie  # the key of its row; None: a visitor's, which has none
        self.user = active.user if active else None
        self.caller = active.caller if active else None
        self.entering = active.entering if active else None  # whose password is proved, and nothing more
        self.unread = unread  # there is a cookie, but nobody knows whose: web/auth.py decides what that means
        self.change = Change()
        self.modified = False

    def log_in(self, account_id: UUID, *, proven: datetime | None = None, entering: bool = False) -> None:
        """Begin a session of this account, under a new cookie and with nothing of the visitor's before.

        There is none if the password ``proven`` was replaced meanwhile: the next page asks to log in. ``entering``:
        it opens nothing but the page of the code.
        """
        self.clear()
        self.change = Change(account_id=account_id, proven=proven, entering=entering)

    def let_in(self, user: User) -> None:
        """The code was right: the session goes on under a new cookie, if it was not ended meanwhile."""
        self.clear()
        self.change = Change(account_id=user.account_id, continues=True)

    def log_out(self) -> None:
        """End it."""
        self.clear()
        self.user = self.entering = None
        self.change = Change(end=True)


def init_sessions(app: Flask, interface: "DatabaseSessionInterface") -> None:
    """Call it after whatever writes when a request is over: its hook has to come first."""
    app.session_interface = interface

    @app.after_request
    def end(response: Response) -> Response:
        end_reading()
        return response

    app.teardown_request(end_reading)


def end_reading(_: BaseException | None = None) -> None:
    """What a page asks for was read; from here on something may be written, or take long."""
    stack: ExitStack | None = g.pop("reading", None)
    try:
        if stack is not None:
            stack.close()
    except OperationalError as error:  # of a page that is read already
        current_app.logger.warning("pembacaan tidak tertutup: %s", type(error).__name__)


def current_session() -> OpenSession:
    """The session of this request, as ours; Flask types it as any."""
    return cast(OpenSession, session)


@dataclass(frozen=True, slots=True)
class DatabaseSessionInterface(SessionInterface):
    """Reads the session before a request and writes it after. Never raises: that would be a page without headers."""

    cookie_name: str
    secure: bool  # Secure, and the __Host- prefix that browsers check
    pickle_based: bool = field(default=False, init=False)

    def open_session(self, app: Flask, request: Request) -> OpenSession:
        """The session of the cookie, or an empty one; while the database is away, an empty one that says so.

        It begins what a page reads: all of one moment.
        """
        if request.method in PAGE_METHODS:
            g.reading = ExitStack()
            g.reading.enter_context(reading())
        cookie = request.cookies.get(self.cookie_name, "")
        if len(cookie) != COOKIE_LENGTH:
            return OpenSession(_read_visitor(app, cookie))
        try:
            active = load_session(cookie, hari=date_at(now()), now=real_now())
        except OperationalError as error:
            return OpenSession(unread=error)
        return OpenSession(active.caller.data, cookie=cookie, active=active) if active else OpenSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed and send the cookie when it is a new one."""
        try:
            self._save(app, cast(OpenSession, session), response)
        except OperationalError:
            app.logger.warning("sesi tidak tersimpan: basis data tidak menjawab")

    def _save(self, app: Flask, session: OpenSession, response: Response) -> None:
        change = session.change
        if change.end:
            if session.cookie:
                end_session(session.cookie)
            self._forget(response)
        elif change.account_id:
            cookie = secrets.token_urlsafe(32)
            begun = create_session(
                cookie,
                dict(session),
                change.account_id,
                proven=change.proven,
                entering=change.entering,
                continues=change.continues,
                origin=origin_of(request),
                replaces=session.cookie,
                now=real_now(),
            )
            self._set(response, cookie) if begun else self._forget(response)
        elif session.cookie is None and session.modified:
            self._set(response, str(_visitors(app).dumps(dict(session))))
        elif session.cookie and session.modified and not keep_session(session.cookie, dict(session), now=real_now()):
            self._forget(response)

    def _set(self, response: Response, cookie: str) -> None:
        response.set_cookie(self.cookie_name, cookie, httponly=True, secure=self.secure, samesite="Lax", path="/")

    def _forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie_name, path="/", secure=self.secure, httponly=True, samesite="Lax")


def _visitors(app: Flask) -> URLSafeSerializer:
    """Signs what a visitor's cookie holds: a CSRF token, a sentence for the next page. Nobody is logged in by it."""
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="tamu")


def _read_visitor(app: Flask, cookie: str) -> Json | None:
    try:
        data: Json = _visitors(app).loads(cookie)
    except BadSignature:
        return None
    return data
