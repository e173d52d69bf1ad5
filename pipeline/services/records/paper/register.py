"""The register of earlier paper decrees: looked at first, then taken whole, once, on record."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NaskahChanged
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.models import PaperChange, PaperDecree, PaperUpload
from pipeline.queries.records.paper import known_numbers
from pipeline.rules.form.spelling import fold, whole_numbers
from pipeline.rules.paper.changes import ChangeKind
from pipeline.rules.paper.rows import Checked, Decree, check_register
from pipeline.sealing.nik import index_nik
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.services.records.numbers import lock_series
from pipeline.services.records.paper.log import lock_log, log_change
from pipeline.services.records.paper.starts import raise_start
from pipeline.sop.office_table.files import grids_of
from pipeline.sop.registry import SOPS
from pipeline.text import clean_line, date_at, moment_in_words

KEPT = timedelta(days=1)
FILE = "berkas"  # the field of every refusal


@dataclass(frozen=True, slots=True)
class Looked:
    """A register as it would be taken; ``seen`` is what the second press says it saw."""

    sha256: str
    name: str
    checked: Checked
    seen: str


def look_at_register(content: bytes, name: str, *, actor: Petugas | None, now: datetime) -> Looked:
    """Check every row of a register and keep the file for a day. ``actor`` None: the command on this machine.

    Raises NotAuthorised; InputInvalid for a file that is no register, or was taken before.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with unit_of_work() as s:
        _guard(s, actor, now)
        _refuse_taken(s, sha256)
    found = _read(content, now)
    row = {"sha256": sha256, "name": clean_line(name)[:100], "content": content, "actor": _who(actor), "at": now}
    with unit_of_work() as s:
        _guard(s, actor, now)
        s.execute(delete(PaperUpload).where(PaperUpload.at < now - KEPT))
        anew = {column: value for column, value in row.items() if column != "sha256"}
        s.execute(upsert(PaperUpload).values(row).on_conflict_do_update(index_elements=["sha256"], set_=anew))
        return _looked(s, sha256, str(row["name"]), found)


def take_register(sha256: str, seen: str, *, actor: Petugas | None, now: datetime) -> int:
    """Take the rows that fit of a register that was looked at; how many. Raises NotAuthorised, InputInvalid,
    and NaskahChanged when they are not those that were seen."""
    with unit_of_work() as s:
        _guard(s, actor, now)
        lock_log(s)
        _refuse_taken(s, sha256)
        upload = s.get(PaperUpload, sha256)
        if upload is None:
            raise InputInvalid({FILE: "Berkas yang dilihat tidak tersimpan lagi. Pilih berkasnya sekali lagi."})
        found = _read(upload.content, now)
        for series in sorted(found.last_numbers):
            lock_series(s, *series)
        looked = _looked(s, sha256, upload.name, found)
        if looked.seen != seen:
            raise NaskahChanged("Hasil pemeriksaan berubah sejak Anda melihatnya. Periksa sekali lagi sebelum diambil.")
        if not looked.checked.fits:
            raise InputInvalid({FILE: "Tidak ada baris yang dapat diambil dari berkas ini."})
        _take(s, looked, actor=_who(actor), now=now)
        s.delete(upload)
        return len(looked.checked.fits)


def _take(s: Session, looked: Looked, *, actor: UUID | None, now: datetime) -> None:
    fits = tuple(replace(decree, marks=tuple(index_nik(decree.marks))) for decree in looked.checked.fits)
    data: Json = {"sha256": looked.sha256, "name": looked.name, "rows": len(fits), "digest": rows_digest(fits)}
    change_id = log_change(s, ChangeKind.IMPORT, data, actor=actor, now=now)
    s.execute(insert(PaperDecree), [_columns(d) | {"change_id": change_id, "row": n} for n, d in enumerate(fits, 1)])
    for series, last in sorted(looked.checked.last_numbers.items()):
        raise_start(s, series, last, actor=actor, now=now)


def rows_digest(decrees: tuple[Decree, ...]) -> str:
    """What an import binds of its rows."""
    return digest([decree.plain() for decree in decrees])


def _columns(decree: Decree) -> Json:
    series = decree.series
    return {
        "sop": decree.sop,
        "nomor": decree.nomor,
        "number_key": decree.key,
        "parts": sorted(whole_numbers(decree.nomor)),
        "pemegang": decree.pemegang,
        "search_name": fold(decree.pemegang),
        "marks": list(decree.marks),
        "district": decree.district,
        "day": decree.day,
        "valid_until_date": decree.until,
        "kind": series.kind if series else None,
        "year": series.year if series else None,
        "sequence": series.sequence if series else None,
    }


def _read(content: bytes, now: datetime) -> Checked:
    try:
        return check_register(grids_of(content), SOPS, today=date_at(now))
    except DefinitionError as error:
        raise InputInvalid({FILE: str(error)}) from error


def _looked(s: Session, sha256: str, name: str, found: Checked) -> Looked:
    checked = found.without(known_numbers(s.connection(), found.fits))
    seen = digest([rows_digest(checked.fits), [[m.place, *m.reasons] for m in checked.misfits]])
    return Looked(sha256, name, checked, seen)


def _refuse_taken(s: Session, sha256: str) -> None:
    taken = PaperChange.data["sha256"].as_string() == sha256
    at = s.scalar(select(PaperChange.at).where(PaperChange.kind == ChangeKind.IMPORT, taken))
    if at:
        raise InputInvalid({FILE: f"Berkas ini sudah diambil pada {moment_in_words(at)}. Tidak ada yang diambil lagi."})


def _guard(s: Session, actor: Petugas | None, now: datetime) -> None:
    if actor is not None:
        guard_admin(s, actor, now)


def _who(actor: Petugas | None) -> UUID | None:
    return actor.person_id if actor else None
