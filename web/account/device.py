"""A device that has logged in before: whoever guesses at an account from elsewhere cannot keep its owner out."""

from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

ONE_YEAR = 365 * 24 * 3600


def known_account() -> UUID | None:
    """The account this device has logged in to before."""
    try:
        return UUID(_serializer().loads(request.cookies.get(_cookie_name(), "")))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def remember(response: Response, account_id: UUID) -> None:
    """Remember this device."""
    secure = _cookie_name().startswith("__Host-")
    value = str(_serializer().dumps(str(account_id)))
    response.set_cookie(_cookie_name(), value, max_age=ONE_YEAR, httponly=True, secure=secure, samesite="Lax", path="/")


def _cookie_name() -> str:
    return "__Host-perangkat" if current_app.config["PREFERRED_URL_SCHEME"] == "https" else "perangkat"


def _serializer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="perangkat")
