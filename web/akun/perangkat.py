"""A device that has logged in before: whoever guesses at an account from elsewhere cannot keep its owner out."""

from uuid import UUID

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Jawaban

SETAHUN = 365 * 24 * 3600


def perangkat_dari() -> UUID | None:
    """The account this device has logged in to before."""
    try:
        return UUID(_penanda().loads(request.cookies.get(_nama(), "")))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def kenali(jawaban: Response | Jawaban, akun_id: UUID) -> None:
    """Remember this device."""
    aman = _nama().startswith("__Host-")
    nilai = str(_penanda().dumps(str(akun_id)))
    jawaban.set_cookie(_nama(), nilai, max_age=SETAHUN, httponly=True, secure=aman, samesite="Lax", path="/")


def _nama() -> str:
    return "__Host-perangkat" if current_app.config["PREFERRED_URL_SCHEME"] == "https" else "perangkat"


def _penanda() -> URLSafeSerializer:
    kunci = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(kunci, salt="perangkat")
