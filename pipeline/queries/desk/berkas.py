"""One uploaded file, for the desk its permohonan is on."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.models import Berkas, Permohonan, Tugas
from pipeline.queries.desk.permohonan import staff_desks
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBerkas:
    """An uploaded file that this role may open now."""

    id: UUID
    permohonan_id: UUID
    tugas_id: UUID  # the open one that lets them
    peran: Peran
    syarat: str
    personal: bool
    name: str
    kind: str
    page_count: int
    sha256: str
    original_sha256: str | None  # of what was received, where that is kept for its electronic signature


def read_berkas(berkas_id: UUID, peran: Iterable[Peran]) -> StoredBerkas:
    """A document of a file that is on the desk of one of these roles now; a replaced one too, to compare."""
    query = (
        select(
            Berkas.id,
            Berkas.permohonan_id,
            Berkas.syarat,
            Berkas.name,
            Berkas.kind,
            Berkas.page_count,
            Berkas.sha256,
            Berkas.original_sha256,
            Berkas.signed,
            Tugas.id.label("tugas_id"),
            Tugas.peran,
            Permohonan.sop,
            Permohonan.sop_version,
        )
        .join(Permohonan, Permohonan.id == Berkas.permohonan_id)
        .join(Tugas, and_(Tugas.permohonan_id == Berkas.permohonan_id, Tugas.closed_at.is_(None)))
        .where(Berkas.id == berkas_id, Tugas.peran.in_(staff_desks(peran)))
    )
    with connection() as conn:
        row = conn.execute(query).first()
    if row is None:
        raise NotFound
    syarat = {t.code: t for t in get_sop(row.sop, row.sop_version).syarat}
    return StoredBerkas(
        id=row.id,
        permohonan_id=row.permohonan_id,
        tugas_id=row.tugas_id,
        peran=Peran(row.peran),
        syarat=row.syarat,
        personal=syarat[row.syarat].personal,
        name=row.name,
        kind=row.kind,
        page_count=row.page_count,
        sha256=row.sha256,
        original_sha256=row.original_sha256 if row.signed else None,
    )
