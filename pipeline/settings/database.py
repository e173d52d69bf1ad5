"""The address of a database, read as SQLAlchemy and libpq read it: where a connection would really lead. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import DefinitionError
from pipeline.settings.addresses import is_near

TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})
_SECRETS = frozenset({"password", "passfile", "sslcert"})
#: A name, a number, or the folder of a socket.
_HOST = re.compile(r"[\w.:%-]*|[/@][^\s]*")
_PORT_AT_MOST = 65535
_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


def read_database(url: str, name: str) -> str:
    """Accept the usual spellings, and name the driver we ship. Raises DefinitionError for what nobody could use."""
    scheme, sep, rest = url.partition("://")
    if not sep or scheme not in _SCHEMES:
        raise DefinitionError(f"{name} harus menunjuk PostgreSQL, mis. postgresql://pengguna@host/alurizin.")
    read = f"postgresql+psycopg://{rest}"
    try:
        connection_words(read)
    except (ArgumentError, ValueError, psycopg.Error):  # their words may hold the password
        raise DefinitionError(
            f"{name} bukan alamat PostgreSQL yang benar; periksa nama host, nomor port, dan yang tertulis sesudah '?'."
        ) from None
    return read


def connection_words(url: str) -> str:
    """What a driver is given who connects by itself: the same that SQLAlchemy gives it."""
    address = make_url(url)
    _, words = address.get_dialect()().create_connect_args(address)
    made = make_conninfo("", **words)
    told = conninfo_to_dict(made)
    if not all(map(_HOST.fullmatch, _listed(told, "host"))) or not all(map(_is_port, _listed(told, "port"))):
        raise ValueError  # both let half an IPv6 address and a port beyond all ports pass
    return made


def connected_by(url: str, usual: Mapping[str, str]) -> Mapping[str, str]:
    """The words of libpq that a connection is made by. ``usual``: the environment, which libpq reads for the others."""
    by_name = {option.keyword.decode(): (option.envvar or b"").decode() for option in pq.Conninfo.get_defaults()}
    words = {word: usual[name] for word, name in by_name.items() if usual.get(name)}
    return words | {word: str(value) for word, value in conninfo_to_dict(connection_words(url)).items()}


def database_lack(words: Mapping[str, str], private: Collection[str]) -> Sequence[str]:
    """What is lacking on the way there: "kata sandi", "TLS"."""
    far = [host for host in _reached(words) if not is_near(host)]
    if not far:
        return ()
    safe = words.get("sslmode") in TLS_MODES or all(host.lower() in private for host in far)
    return (*(() if _SECRETS & words.keys() else ("kata sandi",)), *(() if safe else ("TLS",)))


def _reached(words: Mapping[str, str]) -> Iterator[str]:
    """An address that is given as a number is gone to, whatever name stands beside it; nothing is this machine."""
    pairs = zip_longest(_listed(words, "host"), _listed(words, "hostaddr"), fillvalue="")
    return filter(None, (number or name for name, number in pairs))


def _is_port(text: str) -> bool:
    return not text or 0 < int(text) <= _PORT_AT_MOST


def _listed(words: Mapping[str, object], word: str) -> list[str]:
    return str(words.get(word) or "").split(",")
