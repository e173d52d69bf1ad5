"""Sending a notice, once. What is about to leave is committed before it leaves, and its outcome after.

menunggu -> mengirim -> terkirim
                     -> menunggu      a definite failure that another try may mend, or
                     -> gagal         one that none will, or the last of the tries
                     -> tidak_pasti   nobody knows: its answer, or its process, was lost. Never sent again by itself

Whoever sends holds a session lock on the outbox row's id, on a connection without a transaction: a second run finds it
taken and leaves; a run that gets it and finds ``mengirim`` knows that its sender is dead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.channels import Delivery, Refused, SendingFailed, Uncertain, channel
from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.kantor.office import kantor
from pipeline.models import Notice, Outbox, Person
from pipeline.queries.people.account_letters import read_letter_words
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus
from pipeline.rules.notices.words import BUTTON, Envelope, NoticeWords, compose
from pipeline.services.notices.write import Addresses, addresses, owe, typed_addresses
from pipeline.services.people.account_letters import still_leaves
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_operator
from pipeline.settings import settings

log = structlog.get_logger()

PROCESS_DEAD = "Proses pengirim berhenti di tengah pengiriman."
_KEY_CLASSES = 0x4B41  # first half of the session lock; the second is the outbox row's id


def send_notice(outbox_id: int, now: datetime) -> None:
    """Send the notice of an outbox row and close the row. Raises SendingFailed when it has to be tried again later."""
    with _alone(outbox_id) as alone:
        delivery = _take(outbox_id, now) if alone else None
        if delivery is None:
            return
        try:
            _deliver(*delivery)
        except Uncertain as error:
            _settle(outbox_id, NoticeStatus.TIDAK_PASTI, now, str(error))
        except Refused as error:
            _settle(outbox_id, NoticeStatus.GAGAL, now, str(error))
        except SendingFailed as error:
            if _settle(outbox_id, NoticeStatus.MENUNGGU, now, str(error)) == NoticeStatus.MENUNGGU:
                raise
        else:
            _settle(outbox_id, NoticeStatus.TERKIRIM, now)


def resend(notice_id: UUID, *, actor: Petugas | None = None, now: datetime) -> bool:
    """An operator's "kirim ulang". False when this notice neither failed nor is uncertain."""
    can = Notice.status.in_((NoticeStatus.GAGAL, NoticeStatus.TIDAK_PASTI))
    return _start_over(Notice.id == notice_id, can, actor=actor, now=now) == 1


def resend_failed(*, actor: Petugas | None = None, now: datetime) -> int:
    """Send again all that surely did not arrive. Returns how many."""
    return _start_over(Notice.status == NoticeStatus.GAGAL, actor=actor, now=now)


def _start_over(*which: ColumnElement[bool], actor: Petugas | None, now: datetime) -> int:
    with unit_of_work() as s:
        guard_operator(s, actor, now)
        rows = s.scalars(select(Notice).where(*which).with_for_update()).all()
        for p in rows:
            p.status, p.error = NoticeStatus.MENUNGGU, None
        owe(s, [(p.key, p.permohonan_id) for p in rows], now=now)
        log.info("pemberitahuan dikirim ulang", jumlah=len(rows), orang=actor and str(actor.person_id))
        return len(rows)


@contextmanager
def _alone(outbox_id: int) -> Iterator[bool]:
    """True for the one that sends this row now, until the block ends or its process does."""
    key = (_KEY_CLASSES, outbox_id % 2**31)
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        held = bool(conn.scalar(select(func.pg_try_advisory_lock(*key))))
        try:
            yield held
        finally:
            if held:
                conn.execute(select(func.pg_advisory_unlock(*key)))


def _take(outbox_id: int, now: datetime) -> tuple[Channel, Delivery] | None:
    """Commit that it is about to leave. None when there is nothing to send: done, or given up as uncertain."""
    with unit_of_work() as s:
        row, p = _lock(s, outbox_id)
        if row is None:
            return None
        if p is None or p.status not in (NoticeStatus.MENUNGGU, NoticeStatus.MENGIRIM):
            row.closed_at = real_now()
            return None
        if p.status == NoticeStatus.MENGIRIM:
            p.status, p.error, row.closed_at = NoticeStatus.TIDAK_PASTI, PROCESS_DEAD, real_now()
            return None
        if p.letter_id is not None and not still_leaves(s, p.letter_id, now=now):
            row.closed_at = real_now()
            return None
        p.status, p.attempts = NoticeStatus.MENGIRIM, p.attempts + 1
        return Channel(p.channel), _delivery(s, p)


def _settle(outbox_id: int, result: NoticeStatus, now: datetime, error: str | None = None) -> NoticeStatus:
    """Commit the outcome; the last failure that could have been tried again is final. Returns what was written."""
    with unit_of_work() as s:
        row, p = _lock(s, outbox_id)
        if row is None or p is None:
            return result
        if result == NoticeStatus.MENUNGGU and row.attempts >= ATTEMPTS_AT_MOST:
            result = NoticeStatus.GAGAL
        p.status, p.error = result, error
        if result == NoticeStatus.TERKIRIM:
            p.delivered_at = now
        if result != NoticeStatus.MENUNGGU:
            row.closed_at = real_now()
        return result


def _lock(s: Session, outbox_id: int) -> tuple[Outbox | None, Notice | None]:
    row = s.scalar(select(Outbox).where(Outbox.id == outbox_id, Outbox.closed_at.is_(None)).with_for_update())
    if row is None:
        return None, None
    return row, s.scalar(select(Notice).where(Notice.key == row.key).with_for_update())


def _delivery(s: Session, p: Notice) -> Delivery:
    """The notice as it leaves, to where its person can be reached now."""
    if p.person_id is None:
        return _letter(s, p)
    envelope = Envelope(
        name=s.get_one(Person, p.person_id).name,
        address=f"{settings().base_url}{p.link}",
        button=BUTTON[Kind(p.kind)],
        kantor=kantor(),
    )
    composed = compose(Channel(p.channel), NoticeWords(p.title, p.content), envelope)
    known = typed_addresses(s, p.person_id) if p.kind == Kind.PESAN_UJI else addresses(s, [p.person_id])
    recipient = known.get(p.person_id, Addresses()).of(p.channel)
    return Delivery(
        id=p.id,
        recipient=(recipient or "").removeprefix("+"),
        title=composed.title,
        text=composed.text,
        html=composed.html,
    )


def _letter(s: Session, p: Notice) -> Delivery:
    """A letter about an account, with its secret, to the address it is for."""
    letter = read_letter_words(s.connection(), p.letter_id) if p.letter_id else None
    if letter is None:
        raise Refused("Surat ini tidak lagi punya penerima.")
    address = f"{settings().base_url}{letter.link}"
    envelope = Envelope(name=letter.name, address=address, button=BUTTON[letter.kind], kantor=kantor())
    composed = compose(Channel(p.channel), letter.naskah, envelope)
    return Delivery(id=p.id, recipient=letter.recipient, title=composed.title, text=composed.text, html=composed.html)


def _deliver(way: Channel, delivery: Delivery) -> None:
    send = channel(way, settings())
    if send is None:
        raise SendingFailed("Saluran ini sedang mati.")
    if not delivery.recipient:
        raise Refused("Penerima tidak lagi punya alamat untuk saluran ini.")
    send(delivery)
