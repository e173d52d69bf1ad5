"""Messages to phones through an HTTP gateway: one JSON POST, whose fields and headers its address can rename.

``json://user:password@host:port/path?+Authorization=token&:telepon=target&:pesan=message`` sends our ``telepon`` as
``target`` and ``pesan`` as ``message``; ``:judul=`` leaves the title out; another ``:name=value`` is sent as it is.
``jsons://`` is HTTPS. These are apprise's own conventions; apprise itself tells no refusal from a time-out.
"""

import logging
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from pipeline.channels.base import TIME_LIMIT, Delivery, Refused, SendingFailed, Uncertain

logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, and ours may hold a token

_LATER = frozenset({401, 403, 408, 425, 429})  # refused for now, or until the operator mends the setting
_UNCERTAIN = frozenset({502, 504})  # a proxy lost the answer of the gateway behind it


@dataclass(frozen=True, slots=True)
class GatewayChannel:
    """Sends through one gateway."""

    url: str
    time_limit: float = TIME_LIMIT

    def __call__(self, delivery: Delivery) -> None:
        parts = urlsplit(self.url)
        pairs = [(k.replace(" ", "+", 1), v) for k, v in parse_qsl(parts.query, keep_blank_values=True)]
        headers = {k[1:]: v for k, v in pairs if k.startswith("+")}
        try:
            answer = httpx.post(
                _address(self.url),
                json=_payload(delivery, {k[1:]: v for k, v in pairs if k.startswith(":")}),
                headers={**headers, "Idempotency-Key": str(delivery.id)},
                auth=(unquote(parts.username), unquote(parts.password or "")) if parts.username else None,
                timeout=self.time_limit,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise SendingFailed(f"Gerbang pesan tidak terjangkau ({type(error).__name__}).") from None
        except httpx.HTTPError as error:
            raise Uncertain(f"Gerbang pesan tidak menjawab ({type(error).__name__}).") from None
        _judge(answer)


def _address(url: str) -> str:
    """The address without what is ours: scheme, account, and the keys that begin with + or :."""
    parts = urlsplit(url)
    scheme = "https" if parts.scheme == "jsons" else "http"
    host = parts.netloc.rpartition("@")[2]
    return f"{scheme}://{host}{parts.path or '/'}"


def _payload(delivery: Delivery, change: dict[str, str]) -> dict[str, str]:
    ours = {"id": str(delivery.id), "telepon": delivery.recipient, "judul": delivery.title, "pesan": delivery.text}
    renamed = {change.get(name, name): content for name, content in ours.items() if change.get(name) != ""}
    return {**renamed, **{name: content for name, content in change.items() if name not in ours}}


def _judge(answer: httpx.Response) -> None:
    code = answer.status_code
    if answer.is_success:
        if _says_no(answer):
            raise SendingFailed("Gerbang pesan menjawab bahwa pesan tidak terkirim.")
        return
    if code in _UNCERTAIN:
        raise Uncertain(f"Gerbang pesan tidak menjawab ({code}).")
    if code >= 500 or code in _LATER:
        raise SendingFailed(f"Gerbang pesan belum dapat menerima ({code}).")
    raise Refused(f"Gerbang pesan menolak pesan ini ({code}).")


def _says_no(answer: httpx.Response) -> bool:
    """Some gateways say 200 and mean no: ``{"status": false}``."""
    try:
        content = answer.json()
    except ValueError:
        return False
    return isinstance(content, dict) and (content.get("status") is False or content.get("success") is False)
