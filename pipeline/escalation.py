"""The levels of escalation of a step: at which share of its budget, and whom they reach. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from pipeline.roles import Peran
from pipeline.sop import Langkah


@dataclass(frozen=True, slots=True)
class Tingkat:
    """A level: its name in the table ``eskalasi``, and the share of the limit after which it falls due."""

    nama: str
    bagian: Fraction


TINGKAT = (
    Tingkat("pengingat", Fraction(4, 5)),
    Tingkat("lewat", Fraction(1)),
    Tingkat("dua_kali", Fraction(2)),
)


def recipient(langkah: Langkah, tingkat: Tingkat) -> Peran:
    """Reminder to the desk, lapse to the superior the SOP names, twice the limit to the Kepala Dinas."""
    if tingkat.nama == "pengingat" or langkah.atasan is None:
        return langkah.peran
    return langkah.atasan if tingkat.nama == "lewat" else Peran.KEPALA_DINAS
