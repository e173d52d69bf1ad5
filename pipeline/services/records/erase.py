"""Documents are erased by destroying the key they were sealed with; the history keeps their hashes and stays whole.

One document: what stays is sealed with a new key first, then the older key goes. Killed anywhere, it is done again.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4, uuid5

from sqlalchemy import delete, func, select, update

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.documents.entries import drop_entries
from pipeline.errors import BerkasDamaged, NotAllowedYet, NotFound
from pipeline.json import Json
from pipeline.models import Berkas, Erasure, Permohonan, Sk, WrappedKey
from pipeline.queries.records.files import read_records
from pipeline.sealing.erasures import Ground, note_erasures, read_back
from pipeline.sealing.keys import add_key, forget_keys
from pipeline.services.records.record import pictures_owed
from pipeline.services.records.seal_store import count_clear, seal_store
from pipeline.services.records.sets import write_rows
from pipeline.services.records.verify.file import kept_files
from pipeline.storage import store

T = TypeVar("T", bound=str | None)
RUNNING = "Permohonan ini masih berjalan, jadi dokumennya masih menjadi dasar keputusan dan belum dapat dihapus."
ARCHIVE = (
    "Permohonan ini sudah terbit suratnya; surat itu arsip yang wajib disimpan. Hapus dokumen pemohonnya satu per satu."
)


def erase_all(permohonan_id: UUID, ground: Ground, *, actor: UUID | None, now: datetime) -> bool:
    """Every document of a closed application without a decree; False: they were erased before.

    Raises NotFound, NotAllowedYet.
    """
    if _guarded(permohonan_id):
        raise NotAllowedYet(ARCHIVE)
    left = _not_erased(permohonan_id, {None})
    note_erasures([_row(permohonan_id, None, ground, actor, now) for _ in left])
    _carry_out_owed(permohonan_id)
    return bool(left)


def erase_documents(permohonan_id: UUID, syarat: str, ground: Ground, *, actor: UUID | None, now: datetime) -> int:
    """What was handed in for a requirement of a closed application, replaced ones too. Returns how many files.

    The same bytes under another requirement go too; what was erased before does not count. Raises NotFound,
    NotAllowedYet.
    """
    _guarded(permohonan_id)
    with connection() as conn:
        query = select(Berkas.sha256, Berkas.original_sha256, Berkas.signed)
        found = conn.execute(query.where(Berkas.permohonan_id == permohonan_id, Berkas.syarat == syarat)).all()
    hashes = {b.sha256 for b in found} | {b.original_sha256 for b in found if b.signed}
    if not hashes:
        raise NotFound
    left = _not_erased(permohonan_id, hashes)
    if left:
        _guard_whole(permohonan_id, hashes)
    note_erasures([_row(permohonan_id, sha256, ground, actor, now) for sha256 in sorted(left)])
    _carry_out_owed(permohonan_id)
    return len(left)


def replay_erasures() -> int:
    """What was erased is erased again where a restore has brought it back, and what a crash has left half is finished.

    Before anything is served. Returns how many applications it was about.
    """
    read_back()
    with connection() as conn:
        owed = conn.scalars(select(Erasure.permohonan_id).where(Erasure.done_at.is_(None)).distinct()).all()
    for permohonan_id in owed:
        _carry_out(permohonan_id)
    return len(owed)


def _guarded(permohonan_id: UUID) -> bool:
    """Whether it has a decree. Raises NotFound, NotAllowedYet."""
    with connection() as conn:
        p = conn.execute(select(Permohonan.closed_at).where(Permohonan.id == permohonan_id)).first()
        issued = conn.scalar(select(func.count()).where(Sk.permohonan_id == permohonan_id, Sk.issued_at.is_not(None)))
    if p is None:
        raise NotFound
    if p.closed_at is None:
        raise NotAllowedYet(RUNNING)
    return bool(issued)


def _guard_whole(permohonan_id: UUID, erased: Collection[str]) -> None:
    """What stays can be sealed anew: from a backup it could not be put right later. Raises BerkasDamaged."""
    with connection() as conn:
        records = read_records(conn, [permohonan_id])[permohonan_id]
    for kept, what in kept_files(records).items():
        if kept.sha256 not in erased and store(kept.owner).damage(kept.sha256):
            raise BerkasDamaged(f"{what} rusak atau hilang di penyimpanan. Pulihkan dulu dari cadangan, lalu ulangi.")


def _not_erased(permohonan_id: UUID, hashes: set[T]) -> set[T]:
    """Those that the journal does not tell of: each erasure stands in it once."""
    with connection() as conn:
        known = set(conn.scalars(select(Erasure.sha256).where(Erasure.permohonan_id == permohonan_id)))
    return set() if None in known else {one for one in hashes if one not in known}


def _row(permohonan_id: UUID, sha256: str | None, ground: Ground, actor: UUID | None, now: datetime) -> Json:
    return {
        "id": uuid5(permohonan_id, sha256 or "semua"),  # the same for whoever erases it at the same time
        "permohonan_id": permohonan_id,
        "sha256": sha256,
        "ground": ground,
        "actor": actor,
        "at": now,
    }


def _carry_out_owed(permohonan_id: UUID) -> None:
    """Unless all of it was done before."""
    with connection() as conn:
        this = (Erasure.permohonan_id == permohonan_id, Erasure.done_at.is_(None))
        owed = conn.scalar(select(func.count()).where(*this))
    if owed:
        _carry_out(permohonan_id)


def _carry_out(permohonan_id: UUID) -> None:
    """All that the journal says of an application."""
    if count_clear():  # a clear file may be somebody else's too
        seal_store()
    with connection() as conn:
        gone = set(conn.scalars(select(Erasure.sha256).where(Erasure.permohonan_id == permohonan_id)))
        newest = conn.scalar(select(func.max(WrappedKey.number)).where(WrappedKey.permohonan_id == permohonan_id))
        records = read_records(conn, [permohonan_id])
    everything = None in gone or permohonan_id not in records
    drop_entries(permohonan_id)
    if newest is not None and not everything:
        add_key(permohonan_id, newest + 1)
    forget_keys(permohonan_id)
    named = {k.sha256 for one in records.values() for k in kept_files(one) if k.owner}
    destroyed = named if everything else named & gone
    if newest is not None:
        store(permohonan_id).keep_only(sorted(named - destroyed))
    for sha256 in destroyed:  # in the clear there is only what is damaged
        store(permohonan_id).clear_path(sha256).unlink(missing_ok=True)
    _destroy(permohonan_id, 0 if newest is None or everything else newest + 1)


def _destroy(permohonan_id: UUID, stays: int) -> None:
    """Every key of the application below the one that stays; 0: all of them. Then it is done."""
    its = delete(WrappedKey).where(WrappedKey.permohonan_id == permohonan_id)
    with unit_of_work() as s:
        s.execute(its.where(WrappedKey.number < stays) if stays else its)
        done = update(Erasure).where(Erasure.permohonan_id == permohonan_id, Erasure.done_at.is_(None))
        s.execute(done.values(done_at=real_now()))
        if stays:
            key = f"pratinjau:hapus:{uuid4()}"
            write_rows(s.connection(), pictures_owed(permohonan_id, key, real_now()), now=real_now())
    forget_keys(permohonan_id)
