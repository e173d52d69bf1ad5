"""Counted tries in a window: the one rate limit, in PostgreSQL, so that a flushed Redis opens no door."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from pipeline.db import connection
from pipeline.errors import TerlaluSering
from pipeline.models import PercobaanAkses


def kunci(apa: str, siapa: str) -> str:
    """The counter of one kind of try for one person or address; hashed, because an address is personal data."""
    return f"{apa}:{hashlib.sha256(siapa.encode()).hexdigest()[:40]}"


def hitung(nama: str, *, paling_banyak: int, jendela: timedelta, now: datetime) -> int:
    """Count a try and return how many there were in this window.

    Raises TerlaluSering, with the seconds to wait, from the try after ``paling_banyak`` on.
    """
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
    if jumlah > paling_banyak:
        raise terlalu_sering(sampai - now)
    return int(jumlah)


def batalkan_hitungan(nama: str) -> None:
    """Take one try back, because it succeeded."""
    dengan = PercobaanAkses.kunci == nama, PercobaanAkses.jumlah > 0
    with connection() as conn:
        conn.execute(update(PercobaanAkses).where(*dengan).values(jumlah=PercobaanAkses.jumlah - 1))


def tunda(nama: str, selama: timedelta, *, now: datetime) -> None:
    """Close a door until ``selama`` from now."""
    baru = insert(PercobaanAkses).values(kunci=nama, jumlah=0, sampai_pada=now + selama)
    with connection() as conn:
        conn.execute(
            baru.on_conflict_do_update(
                index_elements=[PercobaanAkses.kunci], set_={"sampai_pada": baru.excluded.sampai_pada}
            )
        )


def periksa_tunda(nama: str, *, now: datetime) -> None:
    """Raises TerlaluSering while the door is closed."""
    with connection() as conn:
        sampai = conn.scalar(select(PercobaanAkses.sampai_pada).where(PercobaanAkses.kunci == nama))
    if sampai is not None and sampai > now:
        raise terlalu_sering(sampai - now)


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
