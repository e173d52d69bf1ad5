"""Kept files as they lie on the disk, found by what they contain."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import WrappedKey
from pipeline.storage import Damage, store


def owner_of(sha256: str) -> UUID | None:
    """Whose it is: an application's, or (None) the office's own."""
    with unit_of_work() as s:
        owners = s.scalars(select(WrappedKey.permohonan_id).distinct()).all()
    return next((owner for owner in owners if store(owner).has(sha256)), None)


def stored_path(sha256: str) -> Path:
    """Where it lies."""
    return store(owner_of(sha256)).path(sha256)


def stored(sha256: str) -> bytes:
    """What it says."""
    return store(owner_of(sha256)).get(sha256)


def damage_of(kept: tuple[str, UUID | None]) -> Damage | None:
    """What is wrong with it."""
    sha256, owner = kept
    return store(owner).damage(sha256)
