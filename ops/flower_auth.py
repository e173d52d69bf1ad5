"""Flower behind the login of the web: an operator comes with a ticket the web signed, everybody else is sent there.

Whatever is asked for, page, API or file, the session of the web is asked first: Flower closes when it ends, when the
account is closed and when the role is taken away. Flower itself leaves ``/metrics`` and ``/healthcheck`` open to
anybody; here they do not exist. Its pages only show.
"""

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from celery import Celery
from flower.app import Flower
from flower.command import apply_options, extract_settings, setup_logging
from flower.options import default_options
from flower.urls import settings as flower_settings
from flower.utils import broker as flower_broker
from flower.utils.broker import RedisSocket
from flower.views import BaseHandler
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.web import RedirectHandler, RequestHandler, decode_signed_value
from werkzeug.sansio.utils import host_is_trusted

from pipeline import clock
from pipeline.errors import NotAuthorised, SessionEnded
from pipeline.roles import Peran
from pipeline.services.people import rate_limit
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import check_role
from pipeline.services.people.sessions import ALIVE
from pipeline.settings import Settings, settings

PREFIX = "operator/flower"
_SALT = "flower"
_TICKET_SECONDS = 60
_CLOSED = ("metrics", "healthcheck")
_OPEN = {f"/{PREFIX}/{page}" for page in ("login", *_CLOSED)}
#: Where Celery's transport would keep messages that are to come back: none do, and no worker's table is touched.
TABLES = {"unacked_key": "flower", "unacked_index_key": "flower_index", "unacked_mutex_key": "flower_mutex"}
_USERS = ".*@operator"  # Flower's own check: its user is "<person>.<session>@operator"


def read_ticket(ticket: str, s: Settings) -> dict[str, str]:
    """What the web put into the ticket. Raises BadSignature when it is forged or older than a minute."""
    keys = [*s.secret_key_fallbacks, s.secret_key]  # itsdangerous signs with the last one
    what: dict[str, str] = URLSafeTimedSerializer(keys, salt=_SALT).loads(ticket, max_age=_TICKET_SECONDS)
    return what


def take_ticket(ticket: str, s: Settings) -> str:
    """The user a ticket stands for, once. Raises BadSignature when it is not good, or was taken before."""
    what = read_ticket(ticket, s)
    counter = rate_limit.counter("tiket-flower", ticket)
    times, _ = rate_limit.add_try(counter, window=timedelta(seconds=_TICKET_SECONDS + 1), now=clock.real_now())
    if times > 1:
        raise BadSignature("taken")
    return f"{what['orang']}.{what['sesi']}@operator"


def is_operator(user: str) -> bool:
    """Whether this user's session of the web lives, and its person is an operator today."""
    person, _, session_id = user.partition("@")[0].partition(".")
    try:
        check_role(Petugas(UUID(person), Peran.OPERATOR, session_id), clock.now())
    except (SessionEnded, NotAuthorised, ValueError):
        return False
    return True


class TicketLogin(BaseHandler):  # type: ignore[misc]  # Flower ships no types
    """``/operator/flower/login``: with a ticket in, without one to the web's login."""

    def get(self) -> None:
        ticket = self.get_argument("tiket", None)
        if ticket is None:
            self.redirect(f"{settings().base_url}/operator/flower-masuk")
            return
        try:
            user = take_ticket(ticket, settings())
        except BadSignature:
            self.set_status(403)
            self.finish("Tiket tidak sah, sudah dipakai, atau kedaluwarsa. Buka Flower lagi dari halaman Operator.")
            return
        days = ALIVE / timedelta(days=1)
        self.set_secure_cookie("user", user, expires_days=days, path=f"/{PREFIX}", secure=not settings().demo)
        self.redirect(f"/{PREFIX}/workers")


class Closed(BaseHandler):  # type: ignore[misc]  # as above
    """What this office does not show: nothing of Flower runs."""

    def initialize(self, status: int = 404, sentence: str = "Tidak ada di sini.") -> None:
        self.status, self.sentence = status, sentence

    def prepare(self) -> None:
        self.set_status(self.status)
        self.finish(self.sentence)


class _SocketOfAUser(RedisSocket):  # type: ignore[misc]  # as above
    """Flower asks for lengths of queues over a socket by a password alone; ours has a user's name too."""

    def __init__(self, broker_url: str, *args: object, **kwargs: object) -> None:
        super().__init__(broker_url, *args, **kwargs)
        self.redis.connection_pool.connection_kwargs["username"] = self.username


flower_broker.RedisSocket = _SocketOfAUser  # what its factory makes


class GuardedFlower(Flower):  # type: ignore[misc]  # as above
    """Flower, whose every address asks the web's session first."""

    def find_handler(self, request: HTTPServerRequest, **kwargs: object) -> HTTPMessageDelegate:
        """Flower's own handler of an address, or the one that refuses it."""
        refusal = self._refusal(request)
        handler: HTTPMessageDelegate
        handler = self.get_handler_delegate(request, *refusal) if refusal else super().find_handler(request, **kwargs)
        return handler

    def _refusal(self, request: HTTPServerRequest) -> tuple[type[RequestHandler], dict[str, object]] | None:
        if not host_is_trusted(request.host, settings().trusted_hosts):  # another name that leads to this machine
            return Closed, {"status": 400, "sentence": "Alamat ini bukan milik kami."}
        try:
            open_to_all = request.path.rstrip("/") in _OPEN or is_operator(self._user(request))
        except SQLAlchemyError:
            return Closed, {"status": 503, "sentence": "Basis data tidak menjawab. Coba lagi sebentar lagi."}
        return None if open_to_all else (RedirectHandler, {"url": f"/{PREFIX}/login", "permanent": False})

    def _user(self, request: HTTPServerRequest) -> str:
        cookie = request.cookies.get("user")
        value = decode_signed_value(self.settings["cookie_secret"], "user", cookie.value) if cookie else None
        return value.decode() if value else ""


def make_flower(app: Celery, address: str, port: int) -> Flower:
    """Flower as it runs here, not started."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **TABLES}
    apply_options("flower", [f"--{key}={value}" for key, value in _options(address, port).items()])
    extract_settings()
    setup_logging()
    server = GuardedFlower(capp=app, options=default_options, **flower_settings)
    closed = [(rf"/{PREFIX}/{page}/?", Closed) for page in _CLOSED]
    home = (f"/{PREFIX}", RedirectHandler, {"url": f"/{PREFIX}/workers"})  # Flower knows only the one with a slash
    server.add_handlers(".*", [home, *closed])  # asked before Flower's own
    return server


def _options(address: str, port: int) -> dict[str, object]:
    secret = hmac.new(settings().secret_key.encode(), b"flower-cookie", hashlib.sha256).hexdigest()
    return {
        "address": address,
        "port": port,
        "url_prefix": PREFIX,
        "auth": _USERS,
        "auth_provider": f"{__name__}.{TicketLogin.__name__}",
        "cookie_secret": secret,
        "read_only": True,
        "max_tasks": 10_000,
    }
