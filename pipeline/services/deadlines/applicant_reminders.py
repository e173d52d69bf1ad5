"""Reminders to applicants: a draft left lying, a signed paper not taken, or about to end. Each is told once.

The reminder of a step, to its desk, is a level of its tenggat: ``rules/deadlines``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, any_, bindparam, exists, select

from pipeline.db import unit_of_work
from pipeline.models import Notice, Permohonan, Sk, Tugas
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.notices.rules import DAYS_TO_EXPIRY, DRAFT_DAYS, DRAFT_DAYS_AT_MOST, Kind
from pipeline.rules.transitions import Status
from pipeline.services.deadlines.archive import select_untaken
from pipeline.services.notices.write import News, tell_many
from pipeline.services.records.alone import More, endless, in_batches
from pipeline.sop.policy import DAYS_TO_TAKE
from pipeline.sop.registry import get_sop, with_applicant
from pipeline.sop.words import Arah
from pipeline.text import date_at, date_in_words

PER_SWEEP = 500


#: What a row is told, to whom; None when it is due no longer.
Reminder = tuple[News, list[UUID]] | None
AnyRow = Row[*tuple[object, ...]]
_ids = bindparam("ids", type_=ARRAY(Permohonan.id.type))


def sweep_reminders(*, now: datetime, more: More = endless) -> int:
    """Write every reminder that has fallen due. Returns how many. One that fails stops none of the others."""
    kinds = (
        (_drafts_due, _DRAFTS, _of_draft),
        (_untaken_due, _UNTAKEN, _of_untaken),
        (_endings_due, _ENDINGS, _of_ending),
    )
    written = 0
    for due, locked, read in kinds:
        remind = partial(_remind, locked, read, now)
        written += in_batches(due(now), remind, failed="pengingat gagal", more=more)
    return written


def _remind(
    locked: Select[*tuple[object, ...]],
    read: Callable[[AnyRow, datetime], Reminder],
    now: datetime,
    ids: Sequence[UUID],
) -> int:
    """Lock these rows, so that what is told of them is true, and tell. Who is being acted on is left for later."""
    with unit_of_work() as s:
        rows = s.execute(locked, {"ids": list(ids)}).all()
        return tell_many(s, [news for r in rows if (news := read(r, now))], now=now)


def _drafts_due(now: datetime) -> Sequence[UUID]:
    """Drafts past one of the days, not told since; of two days missed only the later is told."""
    bounds = [now - timedelta(days=d) for d in (*DRAFT_DAYS, DRAFT_DAYS_AT_MOST)]
    due: set[UUID] = set()
    with unit_of_work() as s:
        for since, until, hari in zip(bounds[1:], bounds[:-1], DRAFT_DAYS, strict=True):
            already = _told(Kind.DRAF, Notice.created_at >= Permohonan.changed_at + timedelta(days=hari))
            query = select(Permohonan.id).where(
                Permohonan.status == Status.DRAF,
                Permohonan.sop.in_(with_applicant()),
                Permohonan.created_at <= until,  # by which drafts are found
                Permohonan.changed_at > since,
                Permohonan.changed_at <= until,
                ~already,
            )
            due |= set(s.scalars(query.order_by(Permohonan.changed_at).limit(PER_SWEEP)))
    return sorted(due)


_DRAFTS = (
    select(Permohonan.id, Permohonan.sop, Permohonan.sop_version, Permohonan.pemohon_id, Permohonan.changed_at)
    .where(Permohonan.id == any_(_ids), Permohonan.status == Status.DRAF)
    .with_for_update(skip_locked=True)
)


def _of_draft(r: AnyRow, now: datetime) -> Reminder:
    hari = max((d for d in DRAFT_DAYS if r.changed_at <= now - timedelta(days=d)), default=None)
    if hari is None:  # edited since it was found
        return None
    news = News(
        kind=Kind.DRAF,
        key=f"draf:{r.id}:{hari}:{r.changed_at:%Y%m%dT%H%M%S}",
        permohonan_id=r.id,
        link=f"/permohonan/{r.id}",
        facts={"izin": get_sop(r.sop, r.sop_version).name, "tanggal": date_in_words(date_at(r.changed_at))},
    )
    return news, [r.pemohon_id]


def _untaken_due(now: datetime) -> Sequence[UUID]:
    """Tugas of the last step past one of the days, not told since; of two days missed only the later is told."""
    due: set[UUID] = set()
    with unit_of_work() as s:
        for hari in DAYS_TO_TAKE:
            told = _told(Kind.BELUM_DIAMBIL, Notice.created_at >= Tugas.created_at + timedelta(days=hari))
            query = select_untaken().where(Tugas.created_at <= now - timedelta(days=hari), ~told)
            due |= set(s.scalars(query.order_by(Tugas.created_at).limit(PER_SWEEP)))
    return sorted(due)


_UNTAKEN = (
    select(
        Tugas.id.label("tugas_id"),
        Tugas.created_at,
        Permohonan.id,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.nomor,
        Permohonan.status,
        Permohonan.pemohon_id,
    )
    .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
    .where(Tugas.id == any_(_ids), Tugas.closed_at.is_(None))  # not taken since it was found
    .with_for_update(of=(Permohonan, Tugas), skip_locked=True)
)


def _of_untaken(r: AnyRow, now: datetime) -> Reminder:
    sop = get_sop(r.sop, r.sop_version)
    letter = sop.decision(Arah.TOLAK if r.status == Status.DITOLAK else Arah.TERBIT)
    hari = max(d for d in DAYS_TO_TAKE if r.created_at <= now - timedelta(days=d))
    news = News(
        kind=Kind.BELUM_DIAMBIL,
        key=f"belum_diambil:{r.tugas_id}:{hari}",
        permohonan_id=r.id,
        link=f"/permohonan/{r.id}/sk",
        facts={
            "surat": letter.name if letter else "Surat",
            "nomor": r.nomor or "",
            "izin": sop.name,
            "tanggal": date_in_words(date_at(r.created_at)),
            "sampai": date_in_words(date_at(r.created_at + timedelta(days=sop.policy.archive_days))),
        },
    )
    return news, [r.pemohon_id]


def _endings_due(now: datetime) -> Sequence[UUID]:
    """Valid papers that end within the time, whose holder was not told."""
    hari = date_at(now)
    query = (
        select(Sk.id)
        .join(Permohonan, Permohonan.id == Sk.permohonan_id)
        .where(
            Sk.status == SkStatus.TERBIT,
            Permohonan.sop.in_(with_applicant()),
            Sk.valid_until_date >= hari,
            Sk.valid_until_date <= hari + timedelta(days=DAYS_TO_EXPIRY),
            ~_told(Kind.BERAKHIR),
        )
        .order_by(Sk.valid_until_date)
        .limit(PER_SWEEP)
    )
    with unit_of_work() as s:
        return s.scalars(query).all()


_ENDINGS = (
    select(
        Sk.id.label("sk_id"),
        Sk.nomor.label("nomor_sk"),
        Sk.kind,
        Sk.valid_until_date,
        Permohonan.id,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.pemohon_id,
    )
    .join(Permohonan, Permohonan.id == Sk.permohonan_id)
    .where(Sk.id == any_(_ids), Sk.status == SkStatus.TERBIT, Sk.valid_until_date.is_not(None))
    .with_for_update(of=(Permohonan, Sk), skip_locked=True)
)


def _of_ending(r: AnyRow, _now: datetime) -> Reminder:
    sop = get_sop(r.sop, r.sop_version)
    news = News(
        kind=Kind.BERAKHIR,
        key=f"berakhir:{r.sk_id}",
        permohonan_id=r.id,
        link="/permohonan/baru",
        facts={
            "surat": sop.paper(r.kind).name,
            "izin": sop.name,
            "nomor_sk": r.nomor_sk,
            "tanggal": date_in_words(r.valid_until_date),
        },
    )
    return news, [r.pemohon_id]


def _told(kind: Kind, *again: ColumnElement[bool]) -> ColumnElement[bool]:
    """The applicant of the permohonan in the outer query was told this about it."""
    return exists().where(
        Notice.person_id == Permohonan.pemohon_id,
        Notice.permohonan_id == Permohonan.id,
        Notice.kind == str(kind),
        *again,
    )
