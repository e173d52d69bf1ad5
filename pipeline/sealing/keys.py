"""The keys that documents are sealed with: one for each application, wrapped in the database; one of the office's own.

One for each application, not one for each document: whoever decides on a file relies on some twenty of them at once,
and a key service behind the office key would be asked for each. Destroying a document alone means a new key for what
stays (``services/records/erase``).
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.cipher import DocumentKey, make_key
from pipeline.clock import real_now
from pipeline.db import connection, writing
from pipeline.disk import write_atomic, write_first
from pipeline.errors import OfficeKeyLacking
from pipeline.kantor.office_key import OfficeKeys, has_office_key, make_office_key, office_keys
from pipeline.models import WrappedKey
from pipeline.settings import places
from pipeline.text import date_at

#: number, version of the office key, wrapped
WrappedRow = tuple[int, int, str]

OWNER_BYTES: Final = 16
#: Held shared by who wraps a key, alone by who changes the office key: no key is wrapped by a version that has gone.
CHANGE_OF_OFFICE_KEY: Final = 8_150_020
_KNOWN_AT_MOST: Final = 4096

#: Of an application: the numbers of its keys, and the keys.
_known: OrderedDict[UUID, tuple[list[int], tuple[DocumentKey, ...]]] = OrderedDict()
_lock = threading.Lock()
_own: dict[Path, DocumentKey] = {}


def owner_bytes(owner: UUID | None) -> bytes:
    """What stands for an owner in a file: an application, or the office itself."""
    return owner.bytes if owner else bytes(OWNER_BYTES)


def keys_of(owner: UUID | None) -> tuple[DocumentKey, ...]:
    """The keys that open the documents of an owner, the newest first; none where there is none.

    Raises OfficeKeyLacking.
    """
    if owner is None:
        return (_office_documents(),)
    with _lock:
        if (present := _known.get(owner)) is not None:
            _known.move_to_end(owner)
            return present[1]
    return read_keys(owner)


def read_keys(owner: UUID) -> tuple[DocumentKey, ...]:
    """The same as the database has them now: another process may have destroyed them, or made a new one."""
    rows = _read_rows(owner)
    forget_keys(owner)
    return know_keys(owner, rows)


def know_keys(owner: UUID, rows: Sequence[WrappedRow]) -> tuple[DocumentKey, ...]:
    """Keep in mind what a statement has read beside other things. Raises OfficeKeyLacking."""
    numbers = sorted(number for number, _, _ in rows)
    with _lock:
        if (present := _known.get(owner)) is not None and present[0] == numbers:
            return present[1]
    if not rows:
        return ()
    try:
        opened = _unwrapped(owner, rows)
    except OfficeKeyLacking:  # or they were wrapped anew since they were read
        opened = _unwrapped(owner, _read_rows(owner))
    with _lock:
        _known[owner] = numbers, opened
        while len(_known) > _KNOWN_AT_MOST:
            _known.popitem(last=False)
    return opened


def forget_keys(owner: UUID) -> None:
    """They are no longer true."""
    with _lock:
        _known.pop(owner, None)


def sealing_key(owner: UUID | None) -> DocumentKey:
    """The key that seals what an owner keeps from now on; made if there is none. Raises OfficeKeyLacking.

    Whoever makes again what a closed file shows reads the keys first (``read_keys``): they may be destroyed by now, and
    what a destroyed key seals nobody opens again.
    """
    if present := keys_of(owner):
        return present[0]
    assert owner is not None  # noqa: S101 - the office always has its own
    add_key(owner, 1)
    return read_keys(owner)[0]


def add_key(owner: UUID, number: int) -> None:
    """A key of that number; the one that is there stays."""
    with writing() as conn:
        conn.execute(select(func.pg_advisory_xact_lock_shared(CHANGE_OF_OFFICE_KEY)))
        version, wrapped = office_keys().wrap(make_key(), about(owner, number))
        row = {"office_version": version, "wrapped": wrapped, "created_at": real_now()}
        conn.execute(upsert(WrappedKey).values(permohonan_id=owner, number=number, **row).on_conflict_do_nothing())


def ensure_keys() -> None:
    """The office key and that of the office's own documents, made on the first day. Raises OfficeKeyLacking when there
    is none although documents are sealed with it: a new one would open none of them."""
    with connection() as conn:
        sealed = conn.scalar(select(WrappedKey.number).limit(1)) is not None
    if not has_office_key() and (sealed or _own_path().is_file()):
        raise OfficeKeyLacking
    make_keys()
    _office_documents()


def make_keys() -> None:
    """Those of the office, where there are none yet. Nothing else makes them: a process that cannot see the folder of
    keys says so."""
    if not has_office_key():
        make_office_key(date_at(real_now()))
    if not _own_path().is_file():
        write_first(_own_path(), _own_row(*office_keys().wrap(make_key(), _OWN)))


def rewrap_own(office: OfficeKeys) -> None:
    """Wrap the key of the office's own documents by the newest office key."""
    version, wrapped = _read_own(_own_path())
    if version != office.newest:
        write_atomic(_own_path(), _own_row(*office.wrap(office.unwrap(version, wrapped, _OWN), _OWN)))


def about(owner: UUID, number: int) -> str:
    """What a wrapped key is bound to: in another row it opens nothing."""
    return f"kunci dokumen {owner} {number}"


_OWN: Final = "kunci dokumen kantor"
_OF = select(WrappedKey.number, WrappedKey.office_version, WrappedKey.wrapped).where(
    WrappedKey.permohonan_id == bindparam("owner", type_=WrappedKey.permohonan_id.type)
)


def _read_rows(owner: UUID) -> list[WrappedRow]:
    with connection() as conn:
        return [(number, version, wrapped) for number, version, wrapped in conn.execute(_OF, {"owner": owner})]


def _unwrapped(owner: UUID, rows: Sequence[WrappedRow]) -> tuple[DocumentKey, ...]:
    office = office_keys()
    return tuple(
        DocumentKey(office.unwrap(version, wrapped, about(owner, number)), owner_bytes(owner))
        for number, version, wrapped in sorted(rows, reverse=True)
    )


def _office_documents() -> DocumentKey:
    data = places().data
    if (present := _own.get(data)) is not None:
        return present
    key = office_keys().unwrap(*_read_own(_own_path()), _OWN)
    return _own.setdefault(data, DocumentKey(key, owner_bytes(None)))


def _own_path() -> Path:
    return places().data / "kunci" / "dokumen-kantor.json"


def _own_row(version: int, wrapped: str) -> bytes:
    return json.dumps({"versi": version, "kunci": wrapped}).encode() + b"\n"


def _read_own(path: Path) -> tuple[int, str]:
    try:
        row = json.loads(path.read_bytes())
        return int(row["versi"]), str(row["kunci"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise OfficeKeyLacking from error
