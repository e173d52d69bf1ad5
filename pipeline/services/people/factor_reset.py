"""Phone and recovery codes are lost: an administrator asks, a second person agrees, and the code is set up anew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import NotAllowedYet, NotAuthorised, NotFound
from pipeline.models import Account, Person, SecondFactor
from pipeline.queries.people.second_factor import RESET_LIFE, second_persons
from pipeline.rules.notices.rules import Kind
from pipeline.services.notices.write import News, tell
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import officer_account
from pipeline.services.people.guards import guard_admin
from pipeline.services.people.second_factor import tell_owner
from pipeline.services.people.sessions import User, end_all_sessions, guard_session
from pipeline.services.records.persons import note_person
from pipeline.text import date_at

NOT_OWN = "Kode masuk Anda sendiri hanya dapat diminta dilepas oleh administrator lain."
NONE_SET = "Akun ini belum memasang kode masuk, jadi tidak ada yang dilepas."
NOBODY = (
    "Tidak ada orang kedua yang dapat menyetujuinya: administrator lain, atau atasan pemilik akun. Minta operator "
    "server menjalankan `alurizin tautan {identifier} --lepas-kode`."
)


def ask_reset(account_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """An administrator asks; everybody who may agree is told, and so is the owner. Raises NotAllowedYet."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        account = officer_account(s, account_id)
        if account.person_id == actor.person_id:
            raise NotAuthorised(NOT_OWN)
        factor = s.get(SecondFactor, account_id)
        if factor is None:
            raise NotAllowedYet(NONE_SET)
        asked = second_persons(s.connection(), account.person_id, asked_by=actor.person_id, hari=date_at(now))
        if not asked:
            raise NotAllowedYet(NOBODY.format(identifier=account.email or account.phone))
        factor.reset_by, factor.reset_at = actor.person_id, now
        note_person(s, account.person_id, "lepas_kode_diminta", {"akun": account_id}, actor=actor.person_id, now=now)
        tell_owner(s, account, "Administrator meminta kode masuk akun Anda dilepas", now)
        tell(s, _request(s, account, actor, now), asked, now=now)


def agree_reset(account_id: UUID, *, user: User, now: datetime) -> None:
    """The second person agrees: the code is gone, and every session ends. Raises NotFound when it is not theirs to."""
    with unit_of_work() as s:
        account = officer_account(s, account_id)
        guard_session(s, user.session_id, user.person_id)
        factor = s.get(SecondFactor, account_id)
        if factor is None or factor.reset_by is None or factor.reset_at is None or factor.reset_at <= now - RESET_LIFE:
            raise NotFound
        asked = second_persons(s.connection(), account.person_id, asked_by=factor.reset_by, hari=date_at(now))
        if user.person_id not in asked:
            raise NotFound
        take_away(s, account, factor, actor=user.person_id, now=now)


def take_away(s: Session, account: Account, factor: SecondFactor, *, actor: UUID | None, now: datetime) -> None:
    """Delete the code of an account whose row is held; ``actor`` None: on the server's console."""
    data = {"akun": account.id, "diminta": factor.reset_by}
    s.delete(factor)
    end_all_sessions(s.connection(), account.id)
    note_person(s, account.person_id, "kode_masuk_dilepas", data, actor=actor, now=now)
    tell_owner(s, account, "Kode masuk akun Anda dilepas", now)


def _request(s: Session, account: Account, actor: Petugas, now: datetime) -> News:
    facts = {"pemilik": s.get_one(Person, account.person_id).name, "peminta": s.get_one(Person, actor.person_id).name}
    key = f"lepas-kode:{account.id}:{now.isoformat()}"
    link = f"/petugas/kode-masuk/lepas/{account.id}"
    return News(kind=Kind.LEPAS_KODE, key=key, permohonan_id=None, link=link, facts=facts)
