"""What administrators did to an account and its roles, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from pipeline.db import connection
from pipeline.models import AccountChange, Person
from pipeline.roles import Basis, Peran, full_title
from pipeline.rules.counter import PAPERS, REASONS, SOUGHT_BY, IdentityPaper, ResetReason
from pipeline.text import date_in_words

MOST = 50
ON_SERVER = "Operator, lewat perintah di server"
#: What the application does by itself, when time has passed.
_BY_ITSELF = {"peran_gugur": "Aplikasi, karena waktunya lewat"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """One act: what, by whom, when."""

    sentence: str
    actor: str
    at: datetime


def read_account_log(person_id: UUID) -> tuple[AccountEntry, ...]:
    """The latest acts upon this person's account and roles, newest first."""
    query = (
        select(AccountChange.kind, AccountChange.data, AccountChange.at, Person.name)
        .outerjoin(Person, Person.id == AccountChange.actor)
        .where(AccountChange.person_id == person_id)
        .order_by(AccountChange.sequence.desc())
        .limit(MOST)
    )
    with connection() as conn:
        return tuple(
            AccountEntry(sentence=WORDS[r.kind](r.data), actor=r.name or _BY_ITSELF.get(r.kind, ON_SERVER), at=r.at)
            for r in conn.execute(query)
        )


def _peran(data: Mapping[str, object]) -> str:
    basis = str(data.get("dasar", Basis.DEFINITIF))
    name = ", ".join(Peran(p).name for p in str(data["peran"]).split(", ") if p)
    return full_title(name, basis)


def _date(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return date_in_words(date.fromisoformat(str(value))) if value else "tanpa batas"


def _ended(data: Mapping[str, object]) -> str:
    return f"Peran {_peran(data)} diakhiri {_date(data, 'end_date')} (semula: {_date(data, 'semula')})"


def _alone(data: Mapping[str, object]) -> str:
    """Of a role that one administrator alone gave: the first holder, while there was nobody to confirm it."""
    return ", oleh satu orang: pemegang pertama, belum ada orang kedua" if data.get("sendiri") else ""


def _at_counter(data: Mapping[str, object]) -> str:
    paper, reason = IdentityPaper(str(data["dokumen"])), ResetReason(str(data["alasan"]))
    return (
        f"Kode untuk kata sandi baru dibuat di loket. Ditunjukkan {PAPERS[paper]} berakhir {data['akhir']}; alasan: "
        f"{REASONS[reason]}"
    )


#: jenis -> how its data are told.
WORDS: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "akun_dibuat": lambda d: f"Akun dibuat dengan peran {_peran(d)}{_alone(d)}" if d["peran"] else "Akun dibuat",
    "akun_ditutup": lambda _: "Akun ditutup",
    "akun_dibuka": lambda _: "Akun dibuka kembali",
    "peran_diberikan": lambda d: f"Peran {_peran(d)} diberikan mulai {_date(d, 'start_date')}{_alone(d)}",
    "peran_diajukan": lambda d: f"Peran {_peran(d)} mulai {_date(d, 'start_date')} diajukan; menunggu orang kedua",
    "peran_dikonfirmasi": lambda d: f"Peran {_peran(d)} dikonfirmasi; berlaku mulai {_date(d, 'start_date')}",
    "peran_ditolak": lambda d: f"Peran {_peran(d)} yang diajukan ditolak",
    "peran_ditarik": lambda d: f"Ajuan peran {_peran(d)} dibatalkan pengajunya",
    "peran_gugur": lambda d: f"Ajuan peran {_peran(d)} gugur: tujuh hari tidak dijawab",
    "peran_diakhiri": _ended,
    "peran_dibatalkan": lambda d: f"Peran {_peran(d)} yang mulai {_date(d, 'start_date')} dibatalkan",
    "delegasi": lambda d: f"Ditunjuk {_peran(d)} {_date(d, 'start_date')} s.d. {_date(d, 'end_date')}",
    "tautan_dibuat": lambda _: "Tautan untuk menetapkan kata sandi dibuat",
    "kode_sandi_dipakai": lambda _: "Kode pada HP pemiliknya diketik untuk menetapkan kata sandi",
    "akun_dicari_di_loket": lambda d: f"Akun dicari di loket dengan {SOUGHT_BY[str(d['dengan'])]}",
    "kode_loket_dibuat": _at_counter,
    "sandi_diganti": lambda _: "Kata sandi ditetapkan pemiliknya",
    "kode_masuk_dipasang": lambda _: "Kode masuk dipasang pemiliknya",
    "kode_masuk_dipindah": lambda _: "Kode masuk dipindah pemiliknya ke HP lain",
    "kode_masuk_dimatikan": lambda _: "Kode masuk dimatikan pemiliknya",
    "kode_pemulihan_diganti": lambda _: "Kode pemulihan diganti pemiliknya",
    "kode_pemulihan_dipakai": lambda _: "Satu kode pemulihan dipakai",
    "lepas_kode_diminta": lambda _: "Diminta agar kode masuk dilepas; menunggu orang kedua",
    "kode_masuk_dilepas": lambda _: "Kode masuk dilepas; dipasang lagi pada masuk berikutnya",
    "alamat_diganti": lambda d: f"{'Surel' if d['what'] == 'surel' else 'Nomor HP'} dikonfirmasi pemiliknya",
    "identitas_dicatat": lambda d: f"{str(d['what']).upper()} dicatat",
    "sertifikat_dibuat": lambda _: "Sertifikat tanda tangan lokal dibuat",
}
