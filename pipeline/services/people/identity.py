"""One human is one person, whatever account they use: known again by NIP, and by a keyed index of the NIK.

The NIK itself is not kept with a person. Its index is an HMAC under a key derived from SECRET_KEY: without that key a
copy of the table tells nothing, although there are few enough NIK to try them all. After a change of SECRET_KEY the
older keys (SECRET_KEY_FALLBACKS) still find whom they indexed.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.errors import InputInvalid
from pipeline.hashing import keyed_index
from pipeline.models import Account, Person
from pipeline.rules.form.desk_form import nips
from pipeline.rules.form.isian import parse_nik
from pipeline.rules.form.refused_answer import InvalidIsian, RefusedAnswer
from pipeline.settings import settings
from pipeline.sop.values import Sop
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, is_iso_date

_NIP = re.compile(r"([0-9]{8})([0-9]{6})([0-9])([0-9]{3})")  # born, in service since, sex, serial
_BETWEEN = re.compile(r"[\s.\-]")
BEING_MADE = "Orang ini baru saja dibuatkan akun. Muat ulang daftar akun, lalu periksa."
USED = "{what} ini sudah tercatat atas nama {name}, {account}. Satu orang memakai satu akun; {advice}."


def parse_nip(text: str) -> str | None:
    """A NIP as it is printed, from any way of writing its 18 digits; None for nothing. Raises InvalidIsian."""
    digits = _BETWEEN.sub("", clean_line(text))
    if digits and not _NIP.fullmatch(digits):
        raise InvalidIsian(RefusedAnswer.NIP_LENGTH)
    if digits and not is_iso_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"):
        raise InvalidIsian(RefusedAnswer.NIP_BIRTH)
    return _NIP.sub(r"\1 \2 \3 \4", digits) or None


def nik_indexes(nik: str) -> tuple[str, ...]:
    """The indexes of a NIK: under the present key, then under older ones."""
    s = settings()
    return tuple(keyed_index(key, "nik", nik) for key in (s.secret_key, *s.secret_key_fallbacks))


def persons_named(content: Mapping[str, object], sop: Sop) -> frozenset[str]:
    """Indexes of every NIK that an application names: of its own people."""
    named = {str(content[i.code]) for i in sop.isian if i.kind is IsianKind.NIK and content.get(i.code)}
    return frozenset(index for nik in named for index in nik_indexes(nik))


def nips_named(sop: Sop, forms: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The NIP that the forms of the desks name, as typed: of those who may not approve what is made with them."""
    binding = ((sop.form(code), content) for code, content in forms.items())
    return [nip for form, content in binding if not (form and form.may_approve) for nip in nips(form, content)]


def names_one_of(typed: Iterable[object], nips: Collection[str]) -> bool:
    """Whether one of these NIP is among those typed, however it was written."""
    return any(_nip_or_none(str(text)) in nips for text in typed)


def find_persons(
    s: Session, content: Mapping[str, object], sop: Sop, forms: Mapping[str, Mapping[str, object]]
) -> set[UUID]:
    """Officers whom the application names by NIK, or the form of a desk by NIP."""
    nip = {n for text in nips_named(sop, forms) if (n := _nip_or_none(text))}
    return set(
        s.scalars(select(Person.id).where(or_(Person.nip.in_(nip), Person.nik_index.in_(persons_named(content, sop)))))
    )


def add_person(s: Session, person: Person) -> None:
    """Keep a person. Raises InputInvalid for who was being made twice at this moment."""
    s.add(person)
    try:
        s.flush()
    except IntegrityError as error:
        raise InputInvalid({"nip" if person.nip else "nik": BEING_MADE}) from error


def identity_problems(s: Session, nip: str, nik: str, *, besides: UUID | None = None) -> dict[str, str]:
    """What is wrong with the NIP and NIK of an officer, by field: unreadable, or another person's."""
    errors: dict[str, str] = {}
    for field, text in (("nip", nip), ("nik", nik)):
        try:
            same = Person.nip == parse_nip(text) if field == "nip" else Person.nik_index.in_(_indexes(text))
        except InvalidIsian as error:
            errors[field] = str(error)
            continue
        query = select(Person.name, Account.email, Account.phone, Account.active).outerjoin(
            Account, Account.person_id == Person.id
        )
        if text.strip() and (other := s.execute(query.where(same, Person.id != besides)).first()):
            advice = "beri peran baru lewat halaman akun itu" if other.active else "buka kembali akun itu"
            account = f"akun {other.email or other.phone or 'yang lain'}"
            errors[field] = USED.format(what=field.upper(), name=other.name, account=account, advice=advice)
    return errors


def _indexes(nik: str) -> tuple[str, ...]:
    return nik_indexes(parse_nik(nik)) if nik.strip() else ()


def nik_index(nik: str) -> str | None:
    """What is kept of a NIK; None for none. Raises InvalidIsian."""
    return next(iter(_indexes(nik)), None)


def _nip_or_none(text: str) -> str | None:
    try:
        return parse_nip(text)
    except InvalidIsian:
        return None
