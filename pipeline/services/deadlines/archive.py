"""The last step that its applicant never takes: the file is archived as not taken, its document stays where it is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from pipeline.db import unit_of_work
from pipeline.models import Permohonan, Tugas
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.records.alone import alone
from pipeline.services.records.locking import lock_tugas
from pipeline.services.records.routing import Decided, route
from pipeline.sop.registry import every_version
from pipeline.sop.words import KeputusanKind

PER_SWEEP = 500


def archive_untaken(*, now: datetime) -> int:
    """Archive what nobody took within the days its SOP gives. Returns how many. One that fails stops no other."""
    late = [
        and_(
            Permohonan.sop == sop.code,
            Permohonan.sop_version == sop.version,
            Tugas.created_at <= now - timedelta(sop.policy.archive_days),
        )
        for sop in every_version()
    ]
    with unit_of_work() as s:
        ids = s.scalars(select_untaken().where(or_(*late)).order_by(Tugas.created_at).limit(PER_SWEEP)).all()
    return sum(_try(tugas_id, now) for tugas_id in ids)


def select_untaken() -> Select[UUID]:
    """Open tugas of the step at which an applicant takes the signed document, with their permohonan."""
    steps = {t.code for sop in every_version() for t in sop.langkah if t.keputusan is KeputusanKind.TERIMA}
    return (
        select(Tugas.id)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(Tugas.closed_at.is_(None), Tugas.peran == str(Peran.PEMOHON), Tugas.langkah.in_(steps))
    )


def _try(tugas_id: UUID, now: datetime) -> int:
    return alone(lambda: _archive(tugas_id, now), otherwise=0, failed="pengarsipan gagal", row=tugas_id)


def _archive(tugas_id: UUID, now: datetime) -> int:
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=None, now=now)
        if file.closed_tugas:  # taken since it was found
            return 0
        route(s, Decided(file=file, keputusan=Keputusan(kind=KeputusanKind.ARSIPKAN), actor=None), now=now)
        return 1
