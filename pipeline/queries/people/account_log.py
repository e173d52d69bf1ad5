"""What administrators did to an account and its roles, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from pipeline.db import connection
from pipeline.models import AccountChange, Person
from pipeline.roles import Peran, sebutan
from pipeline.tanggal import tanggal

MOST = 50
ON_SERVER = "Operator, lewat perintah di server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act: what, by whom, when."""

    kalimat: str
    oleh: str
    pada: datetime


def read_note(person_id: UUID) -> tuple[Entry, ...]:
    """The latest acts upon this person's account and roles, newest first."""
    p = AccountChange
    query = (
        select(p.jenis, p.data, p.pada, Person.nama)
        .outerjoin(Person, Person.id == p.oleh)
        .where(p.person_id == person_id)
        .order_by(p.urut.desc())
        .limit(MOST)
    )
    with connection() as conn:
        return tuple(
            Entry(kalimat=WORDS[r.jenis](r.data), oleh=r.nama or ON_SERVER, pada=r.pada) for r in conn.execute(query)
        )


def _peran(data: Mapping[str, object]) -> str:
    dasar = str(data.get("dasar", "definitif"))
    nama = ", ".join(Peran(p).nama for p in str(data["peran"]).split(", ") if p)
    return sebutan(nama, dasar)


def _date(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return tanggal(date.fromisoformat(str(value))) if value else "tanpa batas"


def _ended(data: Mapping[str, object]) -> str:
    return f"Peran {_peran(data)} diakhiri {_date(data, 'end_date')} (semula: {_date(data, 'semula')})"


#: jenis -> how its data are told.
WORDS: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "akun_dibuat": lambda d: f"Akun dibuat dengan peran {_peran(d)}",
    "akun_ditutup": lambda _: "Akun ditutup",
    "akun_dibuka": lambda _: "Akun dibuka kembali",
    "peran_diberikan": lambda d: f"Peran {_peran(d)} diberikan mulai {_date(d, 'start_date')}",
    "peran_diakhiri": _ended,
    "peran_dibatalkan": lambda d: f"Peran {_peran(d)} yang mulai {_date(d, 'start_date')} dibatalkan",
    "delegasi": lambda d: f"Ditunjuk {_peran(d)} {_date(d, 'start_date')} s.d. {_date(d, 'end_date')}",
    "tautan_dibuat": lambda _: "Tautan untuk menetapkan kata sandi dibuat",
    "sandi_diganti": lambda _: "Kata sandi ditetapkan pemiliknya",
    "alamat_diganti": lambda d: f"{'Surel' if d['apa'] == 'surel' else 'Nomor HP'} dikonfirmasi pemiliknya",
    "identitas_dicatat": lambda d: f"{str(d['apa']).upper()} dicatat",
    "sertifikat_dibuat": lambda _: "Sertifikat tanda tangan lokal dibuat",
}
