"""Where the servers' unix sockets lie. A socket's path holds at most 107 bytes, a data folder's may be longer."""

import hashlib
import os
import tempfile
from pathlib import Path

from ops.unprivileged import Person
from pipeline.errors import DefinitionError

_LONGEST = 107


def socket_folder(data: Path, name: str, user: Person) -> Path:
    """``data/soket``, or a private folder below the temporary one when a socket ``name`` would not fit there."""
    folder = data / "soket"
    if len(os.fsencode(folder / name)) > _LONGEST:
        key = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"alurizin-{key}"
        _refuse_foreign(folder, user)
    return user.folder(folder)


def _refuse_foreign(folder: Path, user: Person) -> None:
    """Anybody may make a folder below the temporary one; one made by somebody else would hand them our database."""
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in {user.uid, os.geteuid()}):
        raise DefinitionError(
            f"{folder} milik pengguna lain; hapus folder itu atau pilih ALURIZIN_DATA yang lebih pendek."
        )
