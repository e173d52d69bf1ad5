"""The instance's own key, which signs daily heads. It lies in the data folder, never in the database."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipeline.errors import DefinitionError
from pipeline.settings import settings


def instance_key() -> Ed25519PrivateKey:
    """The key, made on first use. Two processes at once keep the same one."""
    path = settings().data / "kunci" / "kepala-harian.pem"
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise DefinitionError(f"{path} tidak dapat dibaca: {error.strerror}. Periksa izinnya.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise DefinitionError(f"{path} bukan kunci Ed25519. Kembalikan kunci instance ini dari cadangan.")
    return key


def public_pem() -> bytes:
    """The public half, to be handed out."""
    return instance_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(pem: bytes) -> Ed25519PublicKey:
    """Raises DefinitionError for anything but an Ed25519 public key."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise DefinitionError("Berkas kunci itu bukan kunci publik Ed25519 (PEM).")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(pem)
            f.flush()
            os.fsync(f.fileno())
        with suppress(FileExistsError):
            os.link(mine, path)  # whole, and only if there is none yet
    finally:
        mine.unlink(missing_ok=True)
