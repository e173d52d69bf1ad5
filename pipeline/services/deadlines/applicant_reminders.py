"""Reminders to applicants: a draft left lying, an SK not taken, a tanda daftar about to end. Each is told once.

The reminder of a step, to its desk, is a level of its tenggat: ``rules/deadlines``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.models import Notice, Permohonan, Sk, Tugas
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.notices.rules import DAYS_TO_EXPIRY, DRAFT_DAYS, DRAFT_DAYS_AT_MOST, Kind
from pipeline.rules.transitions import Status
from pipeline.services.deadlines.archive import select_untaken
from pipeline.services.notices.write import News, tell
from pipeline.services.records.alone import alone
from pipeline.sop.policy import DAYS_TO_TAKE
from pipeline.sop.registry import get_sop
from pipeline.sop.words import NaskahKind
from pipeline.text import date_at, date_in_words

PER_SWEEP = 500


Remind = Callable[[Session, UUID, datetime], int]


def sweep_reminders(*, now: datetime) -> int:
    """Write every reminder that has fallen due. Returns how many. One that fails stops none of the others."""
    work: list[tuple[Remind, UUID]] = [
        *((_remind_draft, i) for i in _drafts_due(now)),
        *((_remind_untaken, i) for i in _untaken_due(now)),
        *((_remind_ending, i) for i in _endings_due(now)),
    ]
    written = 0
    for remind, row_id in work:
        written += alone(partial(_write, remind, row_id, now), otherwise=0, failed="pengingat gagal", row=row_id)
    return written


def _write(remind: Remind, row_id: UUID, now: datetime) -> int:
    with unit_of_work() as s:
        return remind(s, row_id, now)


def _drafts_due(now: datetime) -> Sequence[UUID]:
    """Drafts past one of the days, not told since; of two days missed only the later is told."""
    bounds = [now - timedelta(days=d) for d in (*DRAFT_DAYS, DRAFT_DAYS_AT_MOST)]
    due: set[UUID] = set()
    with unit_of_work() as s:
        for since, until, hari in zip(bounds[1:], bounds[:-1], DRAFT_DAYS, strict=True):
            already = _told(Kind.DRAF, Notice.created_at >= Permohonan.changed_at + timedelta(days=hari))
            query = select(Permohonan.id).where(
                Permohonan.status == Status.DRAF,
                Permohonan.changed_at > since,
                Permohonan.changed_at <= until,
                ~already,
            )
            due |= set(s.scalars(query.order_by(Permohonan.changed_at).limit(PER_SWEEP)))
    return sorted(due)


def _remind_draft(s: Session, permohonan_id: UUID, now: datetime) -> int:
    p = s.scalar(
        select(Permohonan).where(Permohonan.id == permohonan_id, Permohonan.status == Status.DRAF).with_for_update()
    )
    if p is None:
        return 0
    hari = max((d for d in DRAFT_DAYS if p.changed_at <= now - timedelta(days=d)), default=None)
    if hari is None:  # edited since it was found
        return 0
    news = News(
        kind=Kind.DRAF,
        key=f"draf:{p.id}:{hari}:{p.changed_at:%Y%m%dT%H%M%S}",
        permohonan_id=p.id,
        link=f"/permohonan/{p.id}",
        facts={"izin": get_sop(p.sop, p.sop_version).name, "tanggal": date_in_words(date_at(p.changed_at))},
    )
    return tell(s, news, [p.pemohon_id], now=now)


def _untaken_due(now: datetime) -> Sequence[UUID]:
    """Tugas of the last step past one of the days, not told since; of two days missed only the later is told."""
    due: set[UUID] = set()
    with unit_of_work() as s:
        for hari in DAYS_TO_TAKE:
            told = _told(Kind.BELUM_DIAMBIL, Notice.created_at >= Tugas.created_at + timedelta(days=hari))
            query = select_untaken().where(Tugas.created_at <= now - timedelta(days=hari), ~told)
            due |= set(s.scalars(query.order_by(Tugas.created_at).limit(PER_SWEEP)))
    return sorted(due)


def _remind_untaken(s: Session, tugas_id: UUID, now: datetime) -> int:
    t = s.scalar(select(Tugas).where(Tugas.id == tugas_id, Tugas.closed_at.is_(None)).with_for_update())
    if t is None:  # taken since it was found
        return 0
    p = s.get_one(Permohonan, t.permohonan_id)
    sop = get_sop(p.sop, p.sop_version)
    hari = max(d for d in DAYS_TO_TAKE if t.created_at <= now - timedelta(days=d))
    archive = t.created_at + timedelta(days=sop.policy.archive_days)
    news = News(
        kind=Kind.BELUM_DIAMBIL,
        key=f"belum_diambil:{t.id}:{hari}",
        permohonan_id=p.id,
        link=f"/permohonan/{p.id}/sk",
        facts={
            "surat": "SK" if p.status == Status.TERBIT else "Surat penolakan",
            "nomor": p.nomor or "",
            "izin": sop.name,
            "tanggal": date_in_words(date_at(t.created_at)),
            "sampai": date_in_words(date_at(archive)),
        },
    )
    return tell(s, news, [p.pemohon_id], now=now)


def _endings_due(now: datetime) -> Sequence[UUID]:
    """Valid SK that end within the time, whose holder was not told."""
    hari = date_at(now)
    query = (
        select(Sk.id)
        .join(Permohonan, Permohonan.id == Sk.permohonan_id)
        .where(
            Sk.status == SkStatus.TERBIT,
            Sk.kind == NaskahKind.SK,
            Sk.valid_until_date >= hari,
            Sk.valid_until_date <= hari + timedelta(days=DAYS_TO_EXPIRY),
            ~_told(Kind.BERAKHIR),
        )
        .order_by(Sk.valid_until_date)
        .limit(PER_SWEEP)
    )
    with unit_of_work() as s:
        return s.scalars(query).all()


def _remind_ending(s: Session, sk_id: UUID, now: datetime) -> int:
    sk = s.scalar(select(Sk).where(Sk.id == sk_id, Sk.status == SkStatus.TERBIT).with_for_update())
    if sk is None or sk.valid_until_date is None:
        return 0
    p = s.get_one(Permohonan, sk.permohonan_id)
    news = News(
        kind=Kind.BERAKHIR,
        key=f"berakhir:{sk.id}",
        permohonan_id=p.id,
        link="/permohonan/baru",
        facts={
            "izin": get_sop(p.sop, p.sop_version).name,
            "nomor_sk": sk.nomor,
            "tanggal": date_in_words(sk.valid_until_date),
        },
    )
    return tell(s, news, [p.pemohon_id], now=now)


def _told(kind: Kind, *again: ColumnElement[bool]) -> ColumnElement[bool]:
    """The applicant of the permohonan in the outer query was told this about it."""
    return exists().where(
        Notice.person_id == Permohonan.pemohon_id,
        Notice.permohonan_id == Permohonan.id,
        Notice.kind == str(kind),
        *again,
    )
