"""The last step that its applicant never takes: the file is archived as not taken, its document stays where it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from pipeline.db import unit_of_work
from pipeline.models import Permohonan, Tugas
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.records.alone import More, endless, in_batches
from pipeline.services.records.locking import lock_many
from pipeline.services.records.routing import Decided, route_many
from pipeline.sop.registry import every_version
from pipeline.sop.words import KeputusanKind

PER_SWEEP = 500


def archive_untaken(*, now: datetime, more: More = endless) -> int:
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
    return in_batches(ids, partial(_archive, now), failed="pengarsipan gagal", more=more)


def select_untaken() -> Select[UUID]:
    """Open tugas of the step at which an applicant takes the signed document, with their permohonan."""
    steps = {t.code for sop in every_version() for t in sop.langkah if t.keputusan is KeputusanKind.TERIMA}
    return (
        select(Tugas.id)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(Tugas.closed_at.is_(None), Tugas.peran == str(Peran.PEMOHON), Tugas.langkah.in_(steps))
    )


def _archive(now: datetime, tugas_ids: Sequence[UUID]) -> int:
    with unit_of_work() as s:
        untaken = [file for file in lock_many(s, tugas_ids, now=now) if not file.closed_tugas]
        keputusan = Keputusan(kind=KeputusanKind.ARSIPKAN)
        route_many(s, [Decided(file=file, keputusan=keputusan, actor=None) for file in untaken], now=now)
        return len(untaken)
