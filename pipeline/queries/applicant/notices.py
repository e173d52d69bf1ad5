"""Notices as they are read: the bell of a person, what did not arrive, and the demo's mailbox."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from pipeline.db import connection
from pipeline.models import Akun, Orang, Pemberitahuan, Permohonan
from pipeline.queries.paging import read_page
from pipeline.queries.people.account_letters import read_letter_words
from pipeline.rules.notices.words import greeting

COUNTED_AT_MOST = 99  # the bell says "99+" beyond it

_N = Pemberitahuan
_BELL = _N.saluran == "lonceng"
_UNDELIVERED = _N.status.in_(("gagal", "tidak_pasti"))
_LATEST = (_N.dibuat_pada.desc(), _N.id)


@dataclass(frozen=True, slots=True)
class Ring:
    """One notice on a person's bell."""

    id: UUID
    judul: str
    isi: str  # paragraphs apart by an empty line
    dibuat_pada: datetime
    dibaca_pada: datetime | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A notice that failed or is uncertain, without whom it was for."""

    id: UUID
    jenis: str
    nomor: str | None
    saluran: str
    status: str
    galat: str
    percobaan: int
    dibuat_pada: datetime


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """A letter or message of the demo."""

    id: UUID
    nama: str
    tujuan: str | None
    saluran: str
    judul: str
    isi: str
    tautan: str
    jenis: str
    status: str
    dibuat_pada: datetime


def count_unread(orang_id: UUID) -> int:
    """Unread notices on this person's bell, at most HITUNG_PALING_BANYAK + 1 (partial index)."""
    unread = (
        select(_N.id)
        .where(_N.orang_id == orang_id, _BELL, _N.dibaca_pada.is_(None))
        .limit(COUNTED_AT_MOST + 1)
        .subquery()
    )
    with connection() as conn:
        return conn.scalar(select(func.count()).select_from(unread)) or 0


def read_bell(orang_id: UUID, *, halaman: int) -> tuple[tuple[Ring, ...], bool]:
    """A page of a person's notices, newest first; and whether more follow."""
    query = select(_N.id, _N.judul, _N.isi, _N.dibuat_pada, _N.dibaca_pada).where(_N.orang_id == orang_id, _BELL)
    with connection() as conn:
        rows, more = read_page(conn, query.order_by(*_LATEST), halaman)
    return tuple(Ring(*r) for r in rows), more


def read_undelivered(*, halaman: int) -> tuple[tuple[Undelivered, ...], bool]:
    """A page of the notices that did not surely arrive, newest first; and whether more follow."""
    error = func.coalesce(_N.galat, "")
    query = (
        select(_N.id, _N.jenis, Permohonan.nomor, _N.saluran, _N.status, error, _N.percobaan, _N.dibuat_pada)
        .outerjoin(Permohonan, Permohonan.id == _N.permohonan_id)
        .where(_UNDELIVERED)
    )
    with connection() as conn:
        rows, more = read_page(conn, query.order_by(*_LATEST), halaman)
    return tuple(Undelivered(*r) for r in rows), more


def count_undelivered() -> int:
    """How many notices did not surely arrive."""
    with connection() as conn:
        return conn.scalar(select(func.count()).select_from(_N).where(_UNDELIVERED)) or 0


def read_mailbox(*, halaman: int) -> tuple[tuple[DemoLetter, ...], bool]:
    """Everybody's letters and messages, newest first; and whether more follow. Only the demo may show it."""
    address = (
        select(case((_N.saluran == "surel", Akun.surel), else_=Akun.telepon))
        .where(Akun.orang_id == _N.orang_id, Akun.aktif)
        .order_by(Akun.dibuat_pada)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            _N.id, Orang.nama, address, _N.saluran, _N.judul, _N.isi, _N.tautan, _N.jenis, _N.status, _N.dibuat_pada
        )
        .outerjoin(Orang, Orang.id == _N.orang_id)
        .where(~_BELL)
    )  # fmt: skip
    with connection() as conn:
        rows, more = read_page(conn, query.add_columns(_N.letter_id).order_by(*_LATEST), halaman)
        surat = (_letter(conn, DemoLetter(*r[:-1]), r.letter_id) if r.letter_id else DemoLetter(*r[:-1]) for r in rows)
        return tuple(filter(None, surat)), more


def _letter(conn: Connection, surat: DemoLetter, letter_id: UUID) -> DemoLetter | None:
    """A letter about an account, in the words it leaves with; None while it is not known whose it is."""
    w = read_letter_words(conn, letter_id)
    if w is None:
        return None
    return replace(
        surat, nama=greeting(w.nama), tujuan=w.tujuan, judul=w.naskah.judul, isi=w.naskah.isi, tautan=w.tautan,
        jenis=w.jenis,
    )  # fmt: skip
