"""One tugas as its desk sees it: the permohonan, the draft, who has it. What the role may not see raises NotFound."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, and_, any_, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import Constant, connection
from pipeline.errors import NotFound
from pipeline.json import Json
from pipeline.models import Draft, Permohonan, Person, Tugas
from pipeline.models.tugas import TOGETHER
from pipeline.queries.desk.permohonan import DeskPermohonan, about_permohonan, permohonan_from, staff_desks
from pipeline.roles import Peran
from pipeline.sop.values import Langkah, any_fits
from pipeline.sop.words import KeputusanKind
from pipeline.text import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNaskah:
    """The draft in force."""

    draft_id: UUID
    kind: str  # code of the paper
    naskah_hash: str
    docx_sha256: str
    pdf_engine: str
    additions: Json
    nomor_draft: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTugas:
    """A tugas on a desk, with the application and the draft it is about."""

    tugas_id: UUID
    permohonan: DeskPermohonan
    langkah: Langkah
    peran: Peran
    version: int
    ready: bool
    stuck: bool
    entered_at: datetime
    started_at: datetime
    jeda: tuple[Interval, ...]
    tenggat: datetime | None
    added_days: int  # hari kerja a superior has added
    taker_id: UUID | None
    taker_name: str | None
    asking_langkah: Langkah | None  # the later desk that sent it here to be put right
    asking_reason: str  # what that desk wrote
    closed_at: datetime | None
    decided_by: str | None
    naskah: DeskNaskah | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def colleagues(self) -> str:
        """The desks that decide on it together with this one, by name; '' for most."""
        sop, data = self.permohonan.sop, self.permohonan.data
        beside = [sop[code] for code in sop.side_of(self.langkah) if code != self.langkah.code]
        others = [langkah.peran.name for langkah in beside if not any_fits(langkah.skip_when, data)]
        return joined(others) if others else ""


_taker, _decider = aliased(Person), aliased(Person)
_requester, _waiting = aliased(Tugas), aliased(Tugas)
#: When the desk that waits for this one had the file before it sent it back.
_asked_in = (
    select(func.max(_waiting.created_at))
    .where(
        _waiting.permohonan_id == Tugas.permohonan_id,
        _waiting.langkah == Tugas.asking_langkah,
        _waiting.keputusan == KeputusanKind.KEMBALIKAN,
        _waiting.closed_at <= Tugas.created_at,
    )
    .correlate(Tugas)
    .scalar_subquery()
)
#: The reason it gave; and those of the desks that had the file at the same time, and sent it back too.
_asking_reason = (
    select(func.string_agg(_requester.reason, aggregate_order_by(literal("\n\n"), _requester.closed_at)))
    .where(
        _requester.permohonan_id == Tugas.permohonan_id,
        or_(_requester.langkah == Tugas.asking_langkah, _requester.branch != TOGETHER),
        _requester.keputusan == KeputusanKind.KEMBALIKAN,
        _requester.created_at == _asked_in,
    )
    .correlate(Tugas)
    .scalar_subquery()
)

_about_tugas = (
    Tugas.id.label("tugas_id"),
    Tugas.langkah,
    Tugas.peran,
    Tugas.version,
    Tugas.automatic,
    Tugas.ready_at,
    Tugas.stuck_at,
    Tugas.created_at,
    Tugas.started_at,
    Tugas.jeda,
    Tugas.tenggat,
    Tugas.added_days,
    Tugas.taken_by,
    Tugas.asking_langkah,
    Tugas.closed_at,
    _taker.name.label("taker_name"),
    _decider.name.label("decider"),
    _asking_reason.label("asking_reason"),
)
_about_draft = (
    Draft.id.label("draft_id"),
    Draft.kind,
    Draft.naskah_hash,
    Draft.docx_sha256,
    Draft.pdf_engine,
    Draft.additions,
    Draft.nomor_draft,
    Draft.created_at.label("draft_at"),
)


_TUGAS: Final = Constant(
    select(*about_permohonan, *_about_tugas, *_about_draft)
    .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
    .outerjoin(_taker, _taker.id == Tugas.taken_by)
    .outerjoin(_decider, _decider.id == Tugas.actor)
    .outerjoin(Draft, and_(Draft.permohonan_id == Permohonan.id, Draft.voided_at.is_(None)))
    .where(
        Tugas.id == bindparam("tugas_id", type_=Tugas.id.type),
        Tugas.peran == any_(bindparam("peran", type_=ARRAY(Text))),
    )
)


def read_desk_tugas(tugas_id: UUID, peran: Iterable[Peran]) -> DeskTugas:
    """The tugas of one of these roles, open or closed. Raises NotFound for anybody else's."""
    with connection() as conn:
        row = _TUGAS(conn, tugas_id=tugas_id, peran=staff_desks(peran)).one_or_none()
    if row is None:
        raise NotFound
    return _tugas_from(row)


def _tugas_from(r: Row[*tuple[object, ...]]) -> DeskTugas:
    permohonan = permohonan_from(r)
    sop = permohonan.sop
    return DeskTugas(
        tugas_id=r.tugas_id,
        permohonan=permohonan,
        langkah=sop[r.langkah],
        peran=Peran(r.peran),
        version=r.version,
        ready=r.ready_at is not None and not r.automatic,
        stuck=r.stuck_at is not None,
        entered_at=r.created_at,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        tenggat=r.tenggat,
        added_days=r.added_days,
        taker_id=r.taken_by,
        taker_name=r.taker_name,
        asking_langkah=sop[r.asking_langkah] if r.asking_langkah else None,
        asking_reason=r.asking_reason or "",
        closed_at=r.closed_at,
        decided_by=r.decider,
        naskah=_naskah(r),
    )


def _naskah(r: Row[*tuple[object, ...]]) -> DeskNaskah | None:
    if r.draft_id is None:
        return None
    return DeskNaskah(
        draft_id=r.draft_id,
        kind=r.kind,
        naskah_hash=r.naskah_hash,
        docx_sha256=r.docx_sha256,
        pdf_engine=r.pdf_engine,
        additions=r.additions,
        nomor_draft=r.nomor_draft,
        created_at=r.draft_at,
    )
