"""Accounts: register, log in, roles. Passwords are argon2id; who guesses is slowed down, never locked out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.db import connection, unit_of_work
from pipeline.errors import InputInvalid
from pipeline.isian import IsianSalah, clean_line, parse_surel, parse_telepon
from pipeline.models import Akun, Orang, Penugasan, PerubahanAkun
from pipeline.roles import Peran
from pipeline.services import batas
from pipeline.services.sesi import Pengguna, end_all_sesi

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
_giliran = BoundedSemaphore(2)


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
    rapi = _periksa_akun(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        return _buat(session, rapi, nip=None, petugas=False, now=now)


def create_petugas(
    nama: str,
    nip: str,
    surel: str,
    telepon: str,
    sandi: str,
    *,
    penugasan: Sequence[tuple[Peran, str, date]],
    oleh: UUID | None = None,
    now: datetime,
) -> UUID:
    """Make an officer with an account and roles (peran, jabatan, tanggal_mulai); returns the person's id.

    ``oleh`` is the administrator whose act is logged.
    """
    rapi = _periksa_akun(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        akun_id = _buat(session, rapi, nip=nip, petugas=True, now=now)
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
        _periksa_akun(nama, telepon, surel, "x" * SANDI_TERPENDEK)
    except InputInvalid as galat:
        return dict(galat.errors)
    return {}


def authenticate(
    pengenal: str, sandi: str, alamat: str, *, petugas: bool, now: datetime, perangkat: UUID | None = None
) -> Pengguna:
    """The account of this e-mail or phone and password.

    One sentence (InputInvalid) whatever was wrong; TerlaluSering, even for the right password, while this name or this
    address is slowed down after too many failures; a name is not slowed down on a device that has logged in to the
    account ``perangkat`` before. ``now`` is the real clock.
    """
    nama = rapikan_pengenal(pengenal)
    tunda = batas.kunci("tunda-masuk", nama)
    batas.periksa(batas.kunci("masuk", alamat), paling_banyak=GAGAL_PER_MENIT, now=now)
    akun = _cari(nama, petugas=petugas)
    if akun is None or akun.id != perangkat:
        batas.periksa(tunda, paling_banyak=0, now=now)
    if not _sandi_cocok(akun.sandi if akun else None, sandi) or akun is None:
        _catat_gagal(nama, alamat, now=now)
        raise InputInvalid({"pengenal": GAGAL_MASUK})
    batas.lupakan(batas.kunci("gagal-masuk", nama), tunda)
    return Pengguna(akun.id, akun.orang_id, akun.nama, akun.petugas)


def is_password(akun_id: UUID, sandi: str) -> bool:
    """Whether this is the account's password."""
    with connection() as conn:
        tersimpan = conn.scalar(select(Akun.sandi).where(Akun.id == akun_id))
    return _sandi_cocok(tersimpan, sandi)


def change_password(akun_id: UUID, lama: str, baru: str, *, now: datetime) -> None:
    """Replace the password, after the old one was proved, and end every session of the account."""
    if not is_password(akun_id, lama):
        raise InputInvalid({"sandi_lama": "Kata sandi lama tidak cocok."})
    if galat := _galat_sandi(baru):
        raise InputInvalid({"sandi": galat})
    with connection() as conn:
        conn.execute(update(Akun).where(Akun.id == akun_id).values(sandi=_hash(baru), sandi_diubah_pada=now))
    end_all_sesi(akun_id)


def roles_of(orang_id: UUID, hari: date) -> tuple[PeranAktif, ...]:
    """The roles this person holds on a day of the office's calendar."""
    pilih = select(Penugasan).where(
        Penugasan.orang_id == orang_id,
        Penugasan.tanggal_mulai <= hari,
        or_(Penugasan.tanggal_sampai.is_(None), Penugasan.tanggal_sampai >= hari),
    )
    with unit_of_work() as session:
        return tuple(
            PeranAktif(Peran(p.peran), p.jabatan, p.dasar, p.surat_perintah, p.tanggal_mulai, p.tanggal_sampai)
            for p in session.scalars(pilih.order_by(Penugasan.tanggal_mulai, Penugasan.peran))
        )


def rapikan_pengenal(teks: str) -> str:
    """E-mail in small letters, or a phone number with the country code: the one spelling that is stored."""
    teks = clean_line(teks[:SANDI_TERPANJANG]).lower()
    try:
        return teks if "@" in teks else parse_telepon(teks)
    except IsianSalah:
        return teks  # nobody's, and it may say so like any other


@dataclass(frozen=True, slots=True)
class _AkunBaru:
    nama: str
    telepon: str | None
    surel: str | None
    sandi: str


def _periksa_akun(nama: str, telepon: str, surel: str, sandi: str) -> _AkunBaru:
    galat: dict[str, str] = {}
    rapi = _AkunBaru(
        nama=_nama(nama, galat),
        telepon=_atau_kosong("telepon", telepon, parse_telepon, galat),
        surel=_atau_kosong("surel", surel, parse_surel, galat),
        sandi=sandi,
    )
    if not telepon.strip() and not surel.strip():
        galat["telepon"] = "Isi nomor HP, atau surel, untuk masuk dan menerima kabar."
    if kalimat := _galat_sandi(sandi):
        galat["sandi"] = kalimat
    if galat:
        raise InputInvalid(galat)
    return rapi


def _nama(teks: str, galat: dict[str, str]) -> str:
    nama = clean_line(teks)
    if not nama:
        galat["nama"] = "Isi nama lengkap Anda."
    elif len(nama) > NAMA_TERPANJANG:
        galat["nama"] = f"Nama paling panjang {NAMA_TERPANJANG} huruf."
    return nama


def _atau_kosong(kode: str, teks: str, baca: Callable[[str], str], galat: dict[str, str]) -> str | None:
    try:
        return baca(teks) if teks.strip() else None
    except IsianSalah as salah:
        galat[kode] = str(salah)
        return None


def _galat_sandi(sandi: str) -> str:
    if len(sandi) < SANDI_TERPENDEK:
        return f"Kata sandi paling sedikit {SANDI_TERPENDEK} huruf. Beberapa kata yang mudah Anda ingat boleh."
    return f"Kata sandi paling panjang {SANDI_TERPANJANG} huruf." if len(sandi) > SANDI_TERPANJANG else ""


def _buat(session: Session, baru: _AkunBaru, *, nip: str | None, petugas: bool, now: datetime) -> UUID:
    orang = Orang(nama=baru.nama, nip=nip, dibuat_pada=now)
    session.add(orang)
    session.flush()
    akun = Akun(
        orang_id=orang.id,
        surel=baru.surel,
        telepon=baru.telepon,
        sandi=_hash(baru.sandi),
        petugas=petugas,
        sandi_diubah_pada=now,
        dibuat_pada=now,
    )
    session.add(akun)
    try:
        session.flush()
    except IntegrityError as galat:  # one of the two unique indexes
        raise InputInvalid({"telepon" if baru.telepon else "surel": SUDAH_ADA}) from galat
    return akun.id


def _cari(pengenal: str, *, petugas: bool) -> Row[UUID, UUID, str, bool, str] | None:
    cocok = func.lower(Akun.surel) == pengenal if "@" in pengenal else Akun.telepon == pengenal
    pilih = (
        select(Akun.id, Akun.orang_id, Akun.sandi, Akun.petugas, Orang.nama)
        .join(Orang, Orang.id == Akun.orang_id)
        .where(cocok, Akun.aktif, Akun.petugas == petugas)
    )
    with connection() as conn:
        return conn.execute(pilih).one_or_none()


def _catat_gagal(nama: str, alamat: str, *, now: datetime) -> None:
    """After five failures the next try has to wait 1, 2, 4 … 15 minutes; the count is forgotten after a day."""
    batas.tambah(batas.kunci("masuk", alamat), jendela=timedelta(minutes=1), now=now)
    gagal, _ = batas.tambah(batas.kunci("gagal-masuk", nama), jendela=timedelta(days=1), now=now)
    if gagal >= GAGAL_BEBAS:
        menit = min(2 ** min(gagal - GAGAL_BEBAS, 8), TUNDA_TERLAMA)
        batas.tunda(batas.kunci("tunda-masuk", nama), timedelta(minutes=menit), now=now)


def _sandi_cocok(tersimpan: str | None, sandi: str) -> bool:
    """Compare, taking as long for a name that does not exist as for one that does."""
    if len(sandi) > SANDI_TERPANJANG:
        return False
    with _giliran:
        try:
            _argon2.verify(tersimpan or _hash_tiruan(), sandi)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return tersimpan is not None


def _hash(sandi: str) -> str:
    with _giliran:
        return _argon2.hash(sandi)


@cache
def _hash_tiruan() -> str:
    return _argon2.hash("tidak ada akun dengan nama ini")
