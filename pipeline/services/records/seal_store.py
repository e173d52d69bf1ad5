"""What an older version kept in the clear is sealed, for every application that names it. Read either way meanwhile."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from pipeline.db import connection
from pipeline.documents.entries import drop_clear_entries
from pipeline.errors import BerkasDamaged
from pipeline.models import Penugasan, Permohonan
from pipeline.queries.records.files import read_records
from pipeline.services.records.verify.file import Kept, kept_files
from pipeline.storage import is_hash, store

PAGE: Final = 50
#: A file that no record names is a letter, which is made again when it is asked for, or its record is still to come.
UNNAMED_SECONDS: Final = 24 * 3600


def count_clear() -> int:
    """How many files lie in the clear."""
    return sum(1 for _ in _clear())


def seal_store() -> tuple[int, int]:
    """Seal them all, and take the clear ones away. Killed anywhere, it goes on where it was.

    Returns how many documents it has sealed, and how many damaged ones it has left as they are.
    """
    clear = {path.name: path for path in _clear()}
    named, left = set[str](), set[str]()
    sealed = 0
    for kept in _named() if clear else ():
        if kept.sha256 in clear:
            try:
                its = store(kept.owner)
                its.put(its.get(kept.sha256))
                sealed += 1
            except BerkasDamaged:
                left.add(kept.sha256)
            named.add(kept.sha256)
    for name in clear.keys() - left:
        if name in named or time.time() - clear[name].stat().st_mtime > UNNAMED_SECONDS:
            clear[name].unlink()
    drop_clear_entries()
    return sealed, len(left)


def _clear() -> Iterator[Path]:
    return (path for path in store().folder.glob("??/??/*") if is_hash(path.name))


def _named() -> Iterator[Kept]:
    """Every kept file of every application, and the warrants of the office."""
    with connection() as conn:
        letters = conn.scalars(select(Penugasan.letter_sha256).where(Penugasan.letter_sha256.is_not(None))).all()
    yield from (Kept(str(sha256), None) for sha256 in letters)
    last: UUID | None = None
    while True:
        with connection() as conn:
            ids = _page(conn, last)
            records = read_records(conn, ids) if ids else {}
        if not ids:
            return
        for of_one in records.values():
            yield from kept_files(of_one)
        last = ids[-1]


def _page(conn: Connection, last: UUID | None) -> list[UUID]:
    query = select(Permohonan.id).order_by(Permohonan.id).limit(PAGE)
    return list(conn.scalars(query if last is None else query.where(Permohonan.id > last)))
