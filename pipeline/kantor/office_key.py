"""The office key, which wraps the keys of documents. It lies beside the data or is known to a command, never in the
database: a copy of the one without the other tells nothing.

The file holds one version, or two while the office changes to a new one (``alurizin kunci-kantor ganti``).
"""

import base64
import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline.cipher import KEY_BYTES, SealBroken, make_key, seal, unseal
from pipeline.disk import write_atomic, write_first
from pipeline.errors import OfficeKeyLacking
from pipeline.settings import places

COMMAND_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """Each version that is in use, and since when."""

    secret: Mapping[int, bytes] = field(repr=False)
    since: Mapping[int, date]

    @property
    def newest(self) -> int:
        """The version that wraps from now on."""
        return max(self.secret)

    def wrap(self, key: bytes, about: str) -> tuple[int, str]:
        """The version it was wrapped by, and the wrapped key."""
        sealed = seal(self.secret[self.newest], key, about.encode())
        return self.newest, base64.b64encode(sealed).decode()

    def unwrap(self, version: int, wrapped: str, about: str) -> bytes:
        """The key again. Raises OfficeKeyLacking."""
        try:
            return unseal(self.secret[version], base64.b64decode(wrapped), about.encode())
        except (KeyError, ValueError, SealBroken) as error:
            raise OfficeKeyLacking from error


def office_keys() -> OfficeKeys:
    """Those in the file now; it is looked at each time. Raises OfficeKeyLacking."""
    path = places().office_key
    try:
        at = path.stat()
    except OSError as error:
        raise OfficeKeyLacking from error
    return _read(path, places().key_command, (at.st_ino, at.st_mtime_ns, at.st_size))


def has_office_key() -> bool:
    """Whether there is a file at all."""
    return places().office_key.is_file()


def make_office_key(today: date) -> None:
    """The first one; the one that is there stays."""
    write_first(places().office_key, _written({1: (today, make_key())}))


def add_version(today: date) -> OfficeKeys:
    """A new version beside the present one; two are enough, so while there are two, nothing is added."""
    keys = office_keys()
    if len(keys.secret) == 1:
        number = keys.newest + 1
        _rewrite({**_versions(keys), number: (today, make_key())})
    return office_keys()


def drop_older_versions() -> OfficeKeys:
    """Keep the newest alone."""
    keys = office_keys()
    _rewrite({number: it for number, it in _versions(keys).items() if number == keys.newest})
    return office_keys()


def _versions(keys: OfficeKeys) -> dict[int, tuple[date, bytes]]:
    return {number: (keys.since[number], secret) for number, secret in keys.secret.items()}


def _rewrite(versions: Mapping[int, tuple[date, bytes]]) -> None:
    write_atomic(places().office_key, _written(versions))


def _written(versions: Mapping[int, tuple[date, bytes]]) -> bytes:
    command = places().key_command
    rows = {
        str(number): {
            "sejak": since.isoformat(),
            "kunci": base64.b64encode(_run(command, "bungkus", secret) if command else secret).decode(),
            "dengan_perintah": bool(command),
        }
        for number, (since, secret) in versions.items()
    }
    return json.dumps(rows, indent=1).encode() + b"\n"


@lru_cache(maxsize=2)
def _read(path: Path, command: str, _stamp: tuple[int, int, int]) -> OfficeKeys:
    secret, since = dict[int, bytes](), dict[int, date]()
    try:
        rows = json.loads(path.read_bytes())
        for number, row in rows.items():
            kept = base64.b64decode(row["kunci"])
            secret[int(number)] = _run(command, "buka", kept) if row["dengan_perintah"] else kept
            since[int(number)] = date.fromisoformat(row["sejak"])
    except OSError as error:
        raise OfficeKeyLacking from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _unreadable(path) from error
    if not secret or any(len(key) != KEY_BYTES for key in secret.values()):
        raise _unreadable(path)
    return OfficeKeys(secret, since)


def _unreadable(path: Path) -> OfficeKeyLacking:
    return OfficeKeyLacking(f"{path.name} bukan kunci kantor yang utuh. Kembalikan berkas itu dari cadangan.")


def _run(command: str, what: str, content: bytes) -> bytes:
    """What the command makes of it: base64 on its stdin and stdout. Raises OfficeKeyLacking."""
    if not command:
        raise OfficeKeyLacking("ALURIZIN_KUNCI_PERINTAH belum diatur, padahal kunci kantor dibungkus dengan perintah.")
    try:
        done = subprocess.run(
            [*shlex.split(command), what],
            input=base64.b64encode(content),
            capture_output=True,
            check=True,
            timeout=COMMAND_SECONDS,
            env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        )
        return base64.b64decode(done.stdout.strip(), validate=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise OfficeKeyLacking(
            f"ALURIZIN_KUNCI_PERINTAH gagal ({type(error).__name__}), jadi kunci kantor tidak dapat dipakai."
        ) from error
