"""Counted tries in a window: the one rate limit, in PostgreSQL, so that a flushed Redis opens no door."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from pipeline.db import connection
from pipeline.errors import TerlaluSering
from pipeline.models import PercobaanAkses


def kunci(apa: str, siapa: str) -> str:
    """The counter of one kind of try for one person or address; hashed, because an address is personal data."""
    return f"{apa}:{hashlib.sha256(siapa.encode()).hexdigest()[:40]}"


def hitung(nama: str, *, paling_banyak: int, jendela: timedelta, now: datetime) -> None:
    """Count a try. Raises TerlaluSering, with the seconds to wait, from the try after ``paling_banyak`` on."""
    jumlah, sampai = tambah(nama, jendela=jendela, now=now)
    if jumlah > paling_banyak:
        raise terlalu_sering(sampai - now)


def tambah(nama: str, *, jendela: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count a try; returns how many there were in this window, and its end."""
    lewat = PercobaanAkses.sampai_pada <= now
    baru = insert(PercobaanAkses).values(kunci=nama, jumlah=1, sampai_pada=now + jendela)
    naik = baru.on_conflict_do_update(
        index_elements=[PercobaanAkses.kunci],
        set_={
            "jumlah": case((lewat, 1), else_=PercobaanAkses.jumlah + 1),
            "sampai_pada": case((lewat, now + jendela), else_=PercobaanAkses.sampai_pada),
        },
    ).returning(PercobaanAkses.jumlah, PercobaanAkses.sampai_pada)
    with connection() as conn:
        jumlah, sampai = conn.execute(naik).one()
    return jumlah, sampai


def periksa(nama: str, *, paling_banyak: int, now: datetime) -> None:
    """Raises TerlaluSering once ``paling_banyak`` tries were counted in this window; counts nothing itself."""
    pilih = select(PercobaanAkses.jumlah, PercobaanAkses.sampai_pada).where(PercobaanAkses.kunci == nama)
    with connection() as conn:
        ada = conn.execute(pilih).one_or_none()
    if ada is not None and ada.sampai_pada > now and ada.jumlah >= paling_banyak:
        raise terlalu_sering(ada.sampai_pada - now)


def tunda(nama: str, selama: timedelta, *, now: datetime) -> None:
    """Close a door until ``selama`` from now: ``periksa(…, paling_banyak=0)`` raises until then."""
    baru = insert(PercobaanAkses).values(kunci=nama, jumlah=0, sampai_pada=now + selama)
    with connection() as conn:
        conn.execute(
            baru.on_conflict_do_update(
                index_elements=[PercobaanAkses.kunci], set_={"sampai_pada": baru.excluded.sampai_pada}
            )
        )


def lupakan(*nama: str) -> None:
    """Forget these counters."""
    with connection() as conn:
        conn.execute(delete(PercobaanAkses).where(PercobaanAkses.kunci.in_(nama)))


def sapu(*, now: datetime) -> int:
    """Delete the counters whose window is over; returns how many."""
    with connection() as conn:
        return conn.execute(delete(PercobaanAkses).where(PercobaanAkses.sampai_pada <= now)).rowcount


def terlalu_sering(sisa: timedelta) -> TerlaluSering:
    """The refusal that says how long to wait."""
    detik = max(1, int(sisa.total_seconds()) + 1)
    lama = f"{detik} detik" if detik < 60 else f"{-(-detik // 60)} menit"
    return TerlaluSering(detik, f"Terlalu banyak percobaan. Coba lagi dalam {lama}.")
