"""Addresses of servers, taken apart: who could read along on the way there. Pure."""

from collections.abc import Collection, Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit

from pipeline.errors import DefinitionError

_BROKER_SOCKET = "redis+socket"
_BROKER_TLS = frozenset({"rediss", "amqps"})
#: What Celery can speak here, of all that it could.
_BROKERS = _BROKER_TLS | {"redis", "amqp", _BROKER_SOCKET}


def is_near(host: str) -> bool:
    """This machine itself: nobody stands between."""
    if host.lower() == "localhost" or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that others might read otherwise than we do."""
    if "\\" in url or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def open_to_readers(url: str) -> bool:
    """Whether what is sent to this web address could be read or changed on the way."""
    parts = split(url)
    if parts is None or not parts.hostname or "@" in parts.netloc:
        return True
    return parts.scheme != "https" and not (parts.scheme == "http" and is_near(parts.hostname))


def broker_lack(urls: str, private: Collection[str]) -> Sequence[str]:
    """What is lacking on the way to the broker, or to one of several: "kata sandi", "TLS"."""
    lack = {what for url in urls.split(";") for what in _broker_lack(urlsplit(url.strip()), private)}
    return sorted(lack, reverse=True)


def read_broker(urls: str, name: str = "CELERY_BROKER_URL") -> str:
    """The same addresses, if a broker can be reached by them. Raises DefinitionError."""
    for url in urls.split(";") if urls else ():
        parts = split(url.strip())
        if parts is None or parts.scheme not in _BROKERS or "://" not in url:
            raise DefinitionError(
                f"{name} harus menunjuk Redis atau Valkey, mis. rediss://:sandi@host:6379/0 atau "
                "redis+socket:///run/redis.sock; periksa awalannya, nama host dan nomor portnya."
            )
    return urls


def _broker_lack(parts: SplitResult, private: Collection[str]) -> Sequence[str]:
    far = [host for host in _hosts(parts) if not is_near(host)]
    if parts.scheme == _BROKER_SOCKET or not far:
        return ()
    unchecked = "none" in "".join(parse_qs(parts.query).get("ssl_cert_reqs", [])).lower()
    safe = parts.scheme in _BROKER_TLS and not unchecked
    safe |= all(host.lower() in private for host in far)
    return (*(() if parts.password else ("kata sandi",)), *(() if safe else ("TLS",)))


def _hosts(parts: SplitResult) -> list[str]:
    """Before the path, without ports."""
    found = []
    for one in filter(None, map(str.strip, parts.netloc.rpartition("@")[2].split(","))):
        found.append(one.strip("[").partition("]")[0] if one.count(":") > 1 else one.partition(":")[0])
    return found
