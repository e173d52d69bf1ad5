"""Machines of the office that ask about the machinery: whoever shows the token, and in a demo this machine."""

from hmac import compare_digest
from ipaddress import ip_address

from flask import request

from pipeline.settings import settings

#: A request that carries one of these came through a proxy, so it may be anybody's.
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


def is_ours() -> bool:
    """Whether measures, and the names of the parts, may be told: never through the public proxy."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return _shows_token() or _from_here()


def _shows_token() -> bool:
    token = settings().metrics_token
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and kind.lower() == "bearer" and compare_digest(shown.encode(), token.encode())


def _from_here() -> bool:
    """Only in a demo without a proxy: one on this machine that adds no header would bring everybody here."""
    if not settings().demo or settings().proxy_hops:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
