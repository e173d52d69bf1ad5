"""People, their accounts, the letters about these, and the roles they hold for a time.

A person (``orang``) is who acts; an account (``akun``) is how they log in; a role (``penugasan``) is an assignment with
dates. The rule that nobody approves twice is about persons, so it survives a second account or a delegation.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class Person(Base):
    """A natural person: an applicant or an officer."""

    __tablename__ = "orang"
    __table_args__ = (
        Index("uq_orang_nip", text("regexp_replace(nip, '[^0-9]', '', 'g')"), unique=True),
        Index("ix_orang_nip_tertulis", "nip"),
        Index("uq_orang_nik_index", "nik_index", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    nip: Mapped[str | None]  # as it is printed: 19850110 201001 1 001
    nik_index: Mapped[str | None]  # of the NIK, under a key kept outside the database; the NIK itself is not kept here
    created_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(server_default=text("0"))  # of the last entry in their history
    chain: Mapped[str] = mapped_column(server_default=text("''"))  # and its hash
    salt: Mapped[str] = mapped_column(server_default=text("''"))  # under which it seals what is told here


class Account(Base):
    """How a person logs in: by e-mail or phone. An applicant's address is here only once it is confirmed."""

    __tablename__ = "akun"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="email_or_phone"),
        Index("uq_akun_surel", text("lower(email)"), unique=True),
        Index("uq_akun_telepon", "phone", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"), index=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]  # normalised: digits with the country code, e.g. 628115001001
    #: Whether somebody read what was sent there. An applicant's is; an officer's was typed by an administrator.
    email_proven: Mapped[bool] = mapped_column(server_default=text("true"))
    phone_proven: Mapped[bool] = mapped_column(server_default=text("true"))
    password: Mapped[str | None]  # argon2id; None until its owner has set one
    petugas: Mapped[bool] = mapped_column(server_default=text("false"))  # which of the two login pages
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    password_changed_at: Mapped[datetime]
    created_at: Mapped[datetime]


class SecondFactor(Base):
    """What an officer logs in with beside the password. There is a row once a first code of their app was right."""

    __tablename__ = "second_factor"
    __table_args__ = (CheckConstraint("num_nulls(reset_by, reset_at) IN (0, 2)", name="reset"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("akun.id"), primary_key=True)
    secret: Mapped[bytes]  # under a key that is not in the database (pipeline/kantor/locked.py)
    last_step: Mapped[int]  # the half minute of the last code that was taken: none so old or older is
    recovery: Mapped[list[str]] = mapped_column(ARRAY(Text))  # keyed hashes of the recovery codes still unused
    created_at: Mapped[datetime]
    #: The administrator who asked that it be taken away, and when: it is once a second person agrees.
    reset_by: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    reset_at: Mapped[datetime | None]


class LetterKind(StrEnum):
    """What a letter about an account is for."""

    REGISTRATION = "daftar"  # a code: the account is made when it is typed
    ADDRESS = "alamat"  # a code: the account's address is set when it is typed
    PASSWORD = "sandi"  # noqa: S105 - a link, or a code that leads to one: its owner sets a password
    ADDRESS_CHANGED = "alamat_diganti"
    PASSWORD_CHANGED = "sandi_diganti"  # noqa: S105


class AccountLetter(Base):
    """A letter about an account: a code, a link, or news. It goes to an address that may be nobody's yet.

    Of its secret only the hash of a link's is kept; see pipeline/rules/one_time.py.
    """

    __tablename__ = "account_letter"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(str(k)) for k in LetterKind)})", name="kind"),
        CheckConstraint("num_nonnulls(email, phone) <= 1", name="one_address"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("akun.id"), index=True)  # None: not known, or none yet
    email: Mapped[str | None]  # where it goes; neither: its link was shown on the server's console or at the counter
    phone: Mapped[str | None]
    name: Mapped[str | None]  # of a registration: what was typed, until it is confirmed or swept
    password: Mapped[str | None]  # argon2id
    other_address: Mapped[str | None]  # the second one that was typed, to be confirmed next
    token_hash: Mapped[str | None] = mapped_column(unique=True)  # of the link; a letter with a code has none
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Penugasan(Base):
    """A role held by a person from one date to another, both included, in the office's zone."""

    __tablename__ = "penugasan"
    __table_args__ = (
        CheckConstraint("end_date IS NULL OR end_date >= start_date", name="dates_in_order"),
        CheckConstraint("basis IN ('definitif', 'plt', 'plh')", name="basis"),
        CheckConstraint("basis = 'definitif' OR num_nulls(assignment_letter, end_date, replaces) = 0", name="letter"),
        Index("ix_penugasan_orang", "person_id", "peran"),
        Index("ix_penugasan_peran", "peran", "start_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    peran: Mapped[str]
    jabatan: Mapped[str]  # as printed under a signature, e.g. "Kepala Badan"
    basis: Mapped[str] = mapped_column(server_default=text("'definitif'"))
    assignment_letter: Mapped[str | None]  # its number; the scan lies in the store under letter_sha256
    letter_sha256: Mapped[str | None]
    replaces: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # whom a Plt or Plh stands in for
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    created_at: Mapped[datetime]


class RoleOutcome(StrEnum):
    """What became of a role that waited."""

    DIKONFIRMASI = "dikonfirmasi"
    DITOLAK = "ditolak"
    DITARIK = "ditarik"  # by who asked for it
    GUGUR = "gugur"  # nobody answered in time


class WaitingRole(Base):
    """A definitive role that an administrator asks for: a ``penugasan`` of the same id, once a second person agrees."""

    __tablename__ = "waiting_role"
    __table_args__ = (
        CheckConstraint(f"outcome IN ({', '.join(repr(str(k)) for k in RoleOutcome)})", name="outcome"),
        CheckConstraint("num_nulls(outcome, closed_at) IN (0, 2)", name="closed_whole"),
        CheckConstraint("person_id <> asked_by", name="not_own"),
        CheckConstraint("outcome <> 'dikonfirmasi' OR closed_by NOT IN (person_id, asked_by)", name="second_person"),
        Index("uq_waiting_role_open", "person_id", "peran", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    peran: Mapped[str]
    jabatan: Mapped[str]
    start_date: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: on the server's console, or nobody
    closed_at: Mapped[datetime | None]


#: What the counter did to an applicant's account, for the PDP officer to read: in the very words of the index.
AT_COUNTER = text("kind IN ('akun_dicari_di_loket', 'kode_loket_dibuat')")


class AccountChange(Base):
    """What was done to an account or a role, and what the person was after it: a chain, as a file's history is.

    Ids, roles and dates; never a password or an address: of these it has a seal (pipeline/rules/history/person.py).
    """

    __tablename__ = "perubahan_akun"
    __table_args__ = (Index("ix_perubahan_akun_loket", "at", postgresql_where=AT_COUNTER),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"), primary_key=True)  # whose account or role
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]  # 'akun_dibuat', 'akun_ditutup', 'peran_diberikan', 'delegasi', 'peran_diakhiri', …
    data: Mapped[Json]
    state: Mapped[Json]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: on the server's console
    at: Mapped[datetime]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class WebSession(Base):
    """A login session. The key is the SHA-256 of the cookie, so a copy of the table opens nothing."""

    __tablename__ = "sesi"

    key: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("akun.id"), index=True)
    data: Mapped[Json]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    entering: Mapped[bool] = mapped_column(server_default=text("false"))  # the password is proved, the code is not yet
    device: Mapped[str] = mapped_column(server_default=text("''"))  # in words, for its owner
    address: Mapped[str] = mapped_column(server_default=text("''"))  # where it was begun from, shortened


class AccessAttempt(Base):
    """Counted tries in a window (login, tracking, verification): the one rate limit, independent of Redis."""

    __tablename__ = "percobaan_akses"

    key: Mapped[str] = mapped_column(primary_key=True)  # what is limited and for whom, hashed where personal
    total: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)  # end of the window; a later try starts a new one
    held_until: Mapped[datetime | None]  # of guesses: until then none is looked at
