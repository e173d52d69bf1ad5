"""A test message: through the real channel, by the way every notice takes, to the address of who asks for it."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from pipeline.channels import alive
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import NotAllowedYet
from pipeline.models import Notice
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus
from pipeline.rules.notices.words import write
from pipeline.services.notices.write import Addresses, owe, typed_addresses
from pipeline.services.people import rate_limit
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.settings import settings

PER_HOUR = 10
NO_ADDRESS = {
    Channel.SUREL: "Akun Anda tidak punya surel, jadi tidak ada tujuan untuk pesan uji ini.",
    Channel.PESAN: "Akun Anda tidak punya nomor HP, jadi tidak ada tujuan untuk pesan uji ini.",
}


def send_test_message(channel: Channel, *, actor: Petugas, now: datetime) -> str:
    """Owe a test message by this channel; returns the address it goes to. Its delivery is on the notice.

    Raises NotAllowedYet where the office has no such channel, or the administrator no such address; TooOften.
    """
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        if channel not in alive(settings()) - {Channel.LONCENG}:
            raise NotAllowedYet("Saluran ini belum diatur. Isi pengaturannya dahulu, lalu jalankan ulang aplikasi.")
        address = typed_addresses(s, actor.person_id).get(actor.person_id, Addresses()).of(channel)
        if not address:
            raise NotAllowedYet(NO_ADDRESS[channel])
        hour = timedelta(hours=1)
        rate_limit.count_try("pesan-uji", str(actor.person_id), at_most=PER_HOUR, window=hour, now=real_now())
        _write(s, channel, actor, now)
    return address


def _write(s: Session, channel: Channel, actor: Petugas, now: datetime) -> None:
    naskah, key = write(Kind.PESAN_UJI, {}), f"pesan_uji:{uuid4()}"
    s.add(
        Notice(
            key=key,
            kind=Kind.PESAN_UJI,
            person_id=actor.person_id,
            channel=channel,
            title=naskah.title,
            content=naskah.content,
            link="/admin/mulai",
            status=NoticeStatus.MENUNGGU,
            created_at=now,
        )
    )
    s.flush()
    owe(s, [(key, None)], now=now)
