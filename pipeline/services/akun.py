"""Accounts: register, log in, roles. Passwords are argon2id; who guesses is slowed down, never locked out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.db import connection, unit_of_work
from pipeline.errors import InputInvalid
from pipeline.isian import IsianSalah, clean_line, parse_surel, parse_telepon
from pipeline.models import Akun, Orang, Penugasan, PerubahanAkun
from pipeline.queries.akun import holds_on
from pipeline.roles import Peran
from pipeline.services import rate_limit
from pipeline.services.sesi import Pengguna, end_all_sesi, guard_sesi

SANDI_TERPENDEK, SANDI_TERPANJANG = 8, 256
NAMA_TERPANJANG = 100
GAGAL_MASUK = "Surel/nomor HP atau kata sandi tidak cocok. Periksa lagi, lalu coba sekali lagi."
SUDAH_ADA = "Nomor HP atau surel ini tidak dapat didaftarkan. Bila sudah punya akun, silakan masuk."
GAGAL_PER_MENIT = 10  # failures to log in from one address
DAFTAR_PER_JAM = 20
GAGAL_BEBAS = 5  # failures of one account before it is slowed down
TUNDA_TERLAMA = 15  # minutes

_argon2 = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
#: Each hash takes 32 MB and a tenth of a second of a core: two at once, or logins starve the pages.
_turns = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PeranAktif:
    """A role held on a day, with the title printed under a signature."""

    peran: Peran
    jabatan: str
    dasar: str  # definitif, plt or plh
    surat_perintah: str | None
    tanggal_mulai: date
    tanggal_sampai: date | None


def register(nama: str, telepon: str, surel: str, sandi: str, *, now: datetime) -> UUID:
    """Make an applicant's account and return its id.

    Raises InputInvalid with a sentence per field: nama, telepon, surel, sandi.
    """
    checked = _checked(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        return _create(session, checked, nip=None, petugas=False, now=now)


def create_petugas(
    nama: str,
    nip: str,
    surel: str,
    telepon: str,
    sandi: str,
    *,
    penugasan: Sequence[tuple[Peran, str, date]],
    oleh: UUID | None = None,
    sesi: str | None = None,
    now: datetime,
) -> UUID:
    """Make an officer with an account and roles (peran, jabatan, tanggal_mulai); returns the person's id.

    ``oleh`` is the administrator whose act is logged.
    """
    checked = _checked(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        if oleh:
            guard_sesi(session, sesi, oleh)
        akun_id = _create(session, checked, nip=nip, petugas=True, now=now)
        orang_id = session.get_one(Akun, akun_id).orang_id
        session.add_all(
            Penugasan(
                orang_id=orang_id, peran=peran, jabatan=jabatan, tanggal_mulai=mulai, dibuat_oleh=oleh, dibuat_pada=now
            )
            for peran, jabatan, mulai in penugasan
        )
        if oleh:
            data = {"akun": str(akun_id), "peran": ", ".join(peran for peran, _, _ in penugasan)}
            session.add(PerubahanAkun(orang_id=orang_id, jenis="akun_dibuat", data=data, oleh=oleh, pada=now))
        return orang_id


def account_problems(nama: str, surel: str, telepon: str) -> dict[str, str]:
    """What is wrong with a new account, by field; the password is still to be made."""
    try:
        _checked(nama, telepon, surel, "x" * SANDI_TERPENDEK)
    except InputInvalid as error:
        return dict(error.errors)
    return {}


def authenticate(
    pengenal: str, sandi: str, address: str, *, petugas: bool, now: datetime, known_akun: UUID | None = None
) -> Pengguna:
    """The account of this e-mail or phone and password.

    One sentence (InputInvalid) whatever was wrong; TerlaluSering, even for the right password, while this name or this
    address is slowed down after too many failures; a name is not slowed down on a device that has logged in to the
    account ``known_akun`` before. ``now`` is the real clock.
    """
    name = clean_pengenal(pengenal)
    blocked = rate_limit.counter("tunda-masuk", name)
    rate_limit.check(rate_limit.counter("masuk", address), at_most=GAGAL_PER_MENIT, now=now)
    akun = _find(name, petugas=petugas)
    if akun is None or akun.id != known_akun:
        rate_limit.check(blocked, at_most=0, now=now)
    if not _password_fits(akun.sandi if akun else None, sandi) or akun is None:
        _note_failure(name, address, now=now)
        raise InputInvalid({"pengenal": GAGAL_MASUK})
    rate_limit.forget(rate_limit.counter("gagal-masuk", name), blocked)
    return Pengguna(akun.id, akun.orang_id, akun.nama, akun.petugas)


def is_password(akun_id: UUID, sandi: str) -> bool:
    """Whether this is the account's password."""
    with connection() as conn:
        stored = conn.scalar(select(Akun.sandi).where(Akun.id == akun_id))
    return _password_fits(stored, sandi)


def change_password(akun_id: UUID, lama: str, baru: str, *, oleh: Pengguna | None = None, now: datetime) -> None:
    """Replace the password, after the old one was proved, and end every session of the account."""
    if not is_password(akun_id, lama):
        raise InputInvalid({"sandi_lama": "Kata sandi lama tidak cocok."})
    if problem := _password_problem(baru):
        raise InputInvalid({"sandi": problem})
    with connection() as conn:
        conn.execute(update(Akun).where(Akun.id == akun_id).values(sandi=_hash(baru), sandi_diubah_pada=now))
        if oleh is not None:
            guard_sesi(conn, oleh.sesi, oleh.orang_id)
        end_all_sesi(conn, akun_id)


def roles_of(orang_id: UUID, hari: date) -> tuple[PeranAktif, ...]:
    """The roles this person holds on a day of the office's calendar."""
    query = select(Penugasan).where(Penugasan.orang_id == orang_id, holds_on(hari))
    with unit_of_work() as session:
        return tuple(
            PeranAktif(Peran(p.peran), p.jabatan, p.dasar, p.surat_perintah, p.tanggal_mulai, p.tanggal_sampai)
            for p in session.scalars(query.order_by(Penugasan.tanggal_mulai, Penugasan.peran))
        )


def clean_pengenal(text: str) -> str:
    """E-mail in small letters, or a phone number with the country code: the one spelling that is stored."""
    text = clean_line(text[:SANDI_TERPANJANG]).lower()
    try:
        return text if "@" in text else parse_telepon(text)
    except IsianSalah:
        return text  # nobody's, and it may say so like any other


@dataclass(frozen=True, slots=True)
class _AkunBaru:
    nama: str
    telepon: str | None
    surel: str | None
    sandi: str


def _checked(nama: str, telepon: str, surel: str, sandi: str) -> _AkunBaru:
    errors: dict[str, str] = {}
    checked = _AkunBaru(
        nama=_name(nama, errors),
        telepon=_optional("telepon", telepon, parse_telepon, errors),
        surel=_optional("surel", surel, parse_surel, errors),
        sandi=sandi,
    )
    if not telepon.strip() and not surel.strip():
        errors["telepon"] = "Isi nomor HP, atau surel, untuk masuk dan menerima kabar."
    if problem := _password_problem(sandi):
        errors["sandi"] = problem
    if errors:
        raise InputInvalid(errors)
    return checked


def _name(text: str, errors: dict[str, str]) -> str:
    nama = clean_line(text)
    if not nama:
        errors["nama"] = "Isi nama lengkap Anda."
    elif len(nama) > NAMA_TERPANJANG:
        errors["nama"] = f"Nama paling panjang {NAMA_TERPANJANG} huruf."
    return nama


def _optional(kode: str, text: str, parse: Callable[[str], str], errors: dict[str, str]) -> str | None:
    try:
        return parse(text) if text.strip() else None
    except IsianSalah as error:
        errors[kode] = str(error)
        return None


def _password_problem(sandi: str) -> str:
    if len(sandi) < SANDI_TERPENDEK:
        return f"Kata sandi paling sedikit {SANDI_TERPENDEK} huruf. Beberapa kata yang mudah Anda ingat boleh."
    return f"Kata sandi paling panjang {SANDI_TERPANJANG} huruf." if len(sandi) > SANDI_TERPANJANG else ""


def _create(session: Session, new: _AkunBaru, *, nip: str | None, petugas: bool, now: datetime) -> UUID:
    orang = Orang(nama=new.nama, nip=nip, dibuat_pada=now)
    session.add(orang)
    session.flush()
    akun = Akun(
        orang_id=orang.id,
        surel=new.surel,
        telepon=new.telepon,
        sandi=_hash(new.sandi),
        petugas=petugas,
        sandi_diubah_pada=now,
        dibuat_pada=now,
    )
    session.add(akun)
    try:
        session.flush()
    except IntegrityError as error:  # one of the two unique indexes
        raise InputInvalid({"telepon" if new.telepon else "surel": SUDAH_ADA}) from error
    return akun.id


def _find(pengenal: str, *, petugas: bool) -> Row[UUID, UUID, str, bool, str] | None:
    matches = func.lower(Akun.surel) == pengenal if "@" in pengenal else Akun.telepon == pengenal
    query = (
        select(Akun.id, Akun.orang_id, Akun.sandi, Akun.petugas, Orang.nama)
        .join(Orang, Orang.id == Akun.orang_id)
        .where(matches, Akun.aktif, Akun.petugas == petugas)
    )
    with connection() as conn:
        return conn.execute(query).one_or_none()


def _note_failure(name: str, address: str, *, now: datetime) -> None:
    """After five failures the next try has to wait 1, 2, 4 … 15 minutes; the count is forgotten after a day."""
    rate_limit.add_try(rate_limit.counter("masuk", address), window=timedelta(minutes=1), now=now)
    failures, _ = rate_limit.add_try(rate_limit.counter("gagal-masuk", name), window=timedelta(days=1), now=now)
    if failures >= GAGAL_BEBAS:
        minutes = min(2 ** min(failures - GAGAL_BEBAS, 8), TUNDA_TERLAMA)
        rate_limit.block(rate_limit.counter("tunda-masuk", name), timedelta(minutes=minutes), now=now)


def _password_fits(stored: str | None, sandi: str) -> bool:
    """Compare, taking as long for a name that does not exist as for one that does."""
    if len(sandi) > SANDI_TERPANJANG:
        return False
    with _turns:
        try:
            _argon2.verify(stored or _decoy_hash(), sandi)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


def _hash(sandi: str) -> str:
    with _turns:
        return _argon2.hash(sandi)


@cache
def _decoy_hash() -> str:
    return _argon2.hash("tidak ada akun dengan nama ini")
