"""The key of the backups: an age identity. The office keeps its public half; the other lies where no thief of the
office and no fire in it reaches, for without it no backup can be read."""

import os
from datetime import datetime
from pathlib import Path

from pyrage import IdentityError, RecipientError
from pyrage.x25519 import Identity, Recipient

from pipeline.errors import DefinitionError
from pipeline.rules.opening.facts import BACKUP_KEY

PUBLIC = BACKUP_KEY
_SECRET, _PUBLIC = "AGE-SECRET-KEY-", "age1"


def make_identity(path: Path, *, now: datetime) -> Recipient:
    """Write a new identity, as ``age-keygen`` would; nobody else may read the file. Returns its public half.

    Raises DefinitionError when there is a file already: it may be the only key to older backups.
    """
    identity = Identity.generate()
    public = identity.to_public()
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DefinitionError(
            f"{path} sudah ada dan tidak ditimpa: mungkin kunci dari cadangan yang lama. Pilih nama lain."
        ) from None
    except OSError as error:
        raise DefinitionError(f"{path} tidak dapat ditulis: {error.strerror}.") from error
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(f"# created: {now.isoformat(timespec='seconds')}\n# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return public


def read_recipient(text: str) -> Recipient:
    """The public key: written out, or in a file that holds it or its identity. Raises DefinitionError."""
    words = [text] if text.startswith(_PUBLIC) else _words(Path(text))
    try:
        for word in words:
            if word.startswith(_SECRET):
                return Identity.from_str(word).to_public()
            if word.startswith(_PUBLIC):
                return Recipient.from_str(word)
    except (IdentityError, RecipientError) as error:
        raise DefinitionError("Kunci cadangan itu tidak utuh. Salin lagi seluruhnya.") from error
    raise DefinitionError(f"{text} tidak memuat kunci cadangan (age1… atau AGE-SECRET-KEY-…).")


def identity_within(text: str) -> Identity | None:
    """The identity, where what ``read_recipient`` was given holds the secret half as well. Raises DefinitionError."""
    words = [] if text.startswith(_PUBLIC) else _words(Path(text))
    return next((_identity(word, Path(text)) for word in words if word.startswith(_SECRET)), None)


def read_identity(path: Path) -> Identity:
    """The identity that opens backups. Raises DefinitionError."""
    for word in _words(path):
        if word.startswith(_SECRET):
            return _identity(word, path)
    raise DefinitionError(
        f"{path} tidak memuat kunci rahasia (AGE-SECRET-KEY-…); dengan kunci publik saja cadangan tidak dapat dibuka."
    )


def _identity(word: str, path: Path) -> Identity:
    try:
        return Identity.from_str(word)
    except IdentityError as error:
        raise DefinitionError(f"{path} tidak utuh. Ambil salinan lain dari kunci itu.") from error


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError as error:
        raise DefinitionError(f"Kunci cadangan {path} tidak dapat dibaca: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{path} bukan kunci cadangan. Periksa nama berkasnya.") from error
