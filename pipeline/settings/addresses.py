"""Addresses of servers, taken apart: who could read along on the way there. Pure."""

from collections.abc import Collection, Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit

TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})
_BROKER_TLS = frozenset({"rediss", "valkeys", "amqps"})
_BROKER_SOCKET = frozenset({"redis+socket", "unix"})


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


def database_lack(url: str, private: Collection[str], usual: dict[str, str]) -> Sequence[str]:
    """What is lacking on the way to the database: "kata sandi", "TLS". ``usual``: libpq's own environment."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    hosts = [*_hosts(parts), *_listed(asked, "host"), *_listed(asked, "hostaddr")] or _plain(usual.get("PGHOST", ""))
    far = [host for host in hosts if not is_near(host)]
    if not far:
        return ()
    named = ("password", "passfile", "sslcert")
    secret = bool(parts.password) or any(map(asked.get, named)) or {"PGPASSWORD", "PGPASSFILE"} & usual.keys()
    mode = asked.get("sslmode", [usual.get("PGSSLMODE", "")])[-1]
    safe = mode in TLS_MODES or all(host.lower() in private for host in far)
    return (*(() if secret else ("kata sandi",)), *(() if safe else ("TLS",)))


def broker_lack(urls: str, private: Collection[str]) -> Sequence[str]:
    """The same of the broker, or of several with semicolons between."""
    lack = {what for url in urls.split(";") for what in _broker_lack(urlsplit(url.strip()), private)}
    return sorted(lack, reverse=True)


def _broker_lack(parts: SplitResult, private: Collection[str]) -> Sequence[str]:
    far = [host for host in _hosts(parts) if not is_near(host)]
    if parts.scheme in _BROKER_SOCKET or not far:
        return ()
    unchecked = "none" in "".join(parse_qs(parts.query).get("ssl_cert_reqs", [])).lower()
    safe = parts.scheme in _BROKER_TLS and not unchecked
    safe |= all(host.lower() in private for host in far)
    return (*(() if parts.password else ("kata sandi",)), *(() if safe else ("TLS",)))


def _hosts(parts: SplitResult) -> list[str]:
    """Those before the path; a database may have several."""
    return _plain(parts.netloc.rpartition("@")[2])


def _listed(asked: dict[str, list[str]], name: str) -> list[str]:
    return [host for text in asked.get(name, ()) for host in _plain(text)]


def _plain(text: str) -> list[str]:
    """Host names between commas, without their ports."""
    found = []
    for one in filter(None, map(str.strip, text.split(","))):
        whole = one.startswith("/") or one.count(":") > 1
        found.append(one.strip("[").partition("]")[0] if whole else one.partition(":")[0])
    return found
