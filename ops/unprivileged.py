"""Running the database servers as somebody who is not root: PostgreSQL refuses root, and no server needs it."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import DefinitionError

_PASS_FOLDERS = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the servers run as, and the options of ``setpriv`` that make it so."""

    uid: int
    gid: int
    setpriv: tuple[str, ...] = ()

    def words(self, *command: object) -> list[str]:
        """``command`` as this user runs it."""
        return [*(("setpriv", *self.setpriv) if self.setpriv else ()), *map(str, command)]

    def folder(self, path: Path) -> Path:
        """``path`` as a folder only this user can enter."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700)
        return path

    def can(self, folder: Path, binary: Path) -> bool:
        """Whether this user can write into ``folder`` and run ``binary``."""
        test = 'test -w "$0" && test -x "$0" && "$1" --version >/dev/null'
        done = subprocess.run(self.words("sh", "-c", test, folder, binary), capture_output=True, check=False)
        return done.returncode == 0


@cache
def server_user() -> Person:
    """Ourselves, or for root the user ``postgres`` where there is one and ``nobody`` elsewhere."""
    if os.geteuid() != 0:
        return Person(os.geteuid(), os.getegid())
    if shutil.which("setpriv") is None:
        raise DefinitionError("Perintah setpriv (paket util-linux) diperlukan bila AlurIzin dijalankan sebagai root.")
    user = next(entry for entry in map(_entry, ("postgres", "nobody")) if entry)
    ids = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups")
    return Person(user.pw_uid, user.pw_gid, ids)


def able_user(folder: Path, binary: Path) -> Person:
    """The server user, helped through parent folders only root can pass if that is what it takes.

    ``folder`` is made and given to that user. Raises DefinitionError with the way out when even that does not help.
    """
    user = server_user()
    user.folder(folder)
    helped = Person(user.uid, user.gid, (*user.setpriv, *_PASS_FOLDERS)) if user.setpriv else user
    for candidate in (user, helped):
        if candidate.can(folder, binary):
            return candidate
    raise DefinitionError(
        f"{binary.name} tidak dapat bekerja di {folder}. Pilih folder data lain, mis. "
        "ALURIZIN_DATA=/var/lib/alurizin, atau jalankan AlurIzin sebagai pengguna biasa."
    )


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
