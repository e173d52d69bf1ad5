"""Flower behind the login of the web: an operator comes with a ticket the web signed, everybody else is sent there.

Flower itself leaves ``/metrics`` and ``/healthcheck`` open to anybody; here they do not exist. Its pages only show.
"""

import hashlib
import hmac

from celery import Celery
from flower.app import Flower
from flower.command import apply_options, extract_settings, setup_logging
from flower.options import default_options
from flower.urls import settings as flower_settings
from flower.views import BaseHandler
from itsdangerous import BadSignature, URLSafeTimedSerializer
from tornado.web import RedirectHandler

from pipeline.settings import Settings, settings

PREFIX = "operator/flower"
_SALT = "flower"
_TICKET_SECONDS = 60
_SESSION_DAYS = 10 / 24  # as long as a session of the web
_USER = "operator"


def read_ticket(ticket: str, s: Settings) -> object:
    """What the web put into the ticket. Raises BadSignature when it is forged or older than a minute."""
    keys = [*s.secret_key_fallbacks, s.secret_key]  # itsdangerous signs with the last one
    return URLSafeTimedSerializer(keys, salt=_SALT).loads(ticket, max_age=_TICKET_SECONDS)


class TicketLogin(BaseHandler):  # type: ignore[misc]  # Flower ships no types
    """``/operator/flower/login``: with a ticket in, without one to the web's login."""

    def get(self) -> None:
        ticket = self.get_argument("tiket", None)
        if ticket is None:
            self.redirect(f"{settings().base_url}/operator/flower-masuk")
            return
        try:
            read_ticket(ticket, settings())
        except BadSignature:
            self.set_status(403)
            self.finish("Tiket tidak sah atau kedaluwarsa. Buka Flower lagi dari halaman Operator.")
            return
        self.set_secure_cookie("user", _USER, expires_days=_SESSION_DAYS, path=f"/{PREFIX}")
        self.redirect(f"/{PREFIX}/workers")


class Closed(BaseHandler):  # type: ignore[misc]  # as above
    """A page of Flower that this office does not have."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish("Tidak ada di sini.")


def make_flower(app: Celery, address: str, port: int) -> Flower:
    """Flower as it runs here, not started."""
    apply_options("flower", [f"--{key}={value}" for key, value in _options(address, port).items()])
    extract_settings()
    setup_logging()
    server = Flower(capp=app, options=default_options, **flower_settings)
    closed = [(rf"/{PREFIX}/{page}/?", Closed) for page in ("metrics", "healthcheck")]
    home = (f"/{PREFIX}", RedirectHandler, {"url": f"/{PREFIX}/workers"})  # Flower knows only the one with a slash
    server.add_handlers(".*", [home, *closed])  # asked before Flower's own
    return server


def _options(address: str, port: int) -> dict[str, object]:
    secret = hmac.new(settings().secret_key.encode(), b"flower-cookie", hashlib.sha256).hexdigest()
    return {
        "address": address,
        "port": port,
        "url_prefix": PREFIX,
        "auth": _USER,
        "auth_provider": f"{__name__}.{TicketLogin.__name__}",
        "cookie_secret": secret,
        "read_only": True,
        "max_tasks": 10_000,
    }
