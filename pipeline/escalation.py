"""The levels of escalation: when each of them falls due, and whom it reaches. Pure.

A visit of a step has three, by shares of its limit; a complete file has two, by the days of the promise to the public.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from pipeline.calendar import Interval, Limit, OfficeCalendar, due, share_at
from pipeline.roles import Peran
from pipeline.sop import Langkah


@dataclass(frozen=True, slots=True)
class Tingkat:
    """A level: its name in the table ``eskalasi``, and the share of the limit after which it falls due."""

    nama: str
    bagian: Fraction


@dataclass(frozen=True, slots=True)
class JatuhTempo:
    """When a level falls due, and whom it reaches."""

    tingkat: str
    kepada: Peran
    pada: datetime


TINGKAT = (
    Tingkat("pengingat", Fraction(4, 5)),
    Tingkat("lewat", Fraction(1)),
    Tingkat("dua_kali", Fraction(2)),
)
#: Of a whole file: a working day before the promise, and when it is over. Silence may count as granted then.
TINGKAT_BERKAS = (("berkas_4_hari", Peran.KABID_PERIZINAN, 1), ("berkas_5_hari", Peran.KEPALA_DINAS, 0))


def recipient(langkah: Langkah, tingkat: Tingkat) -> Peran:
    """Reminder to the desk, lapse to the superior the SOP names, twice the limit to the Kepala Dinas."""
    if tingkat.nama == "pengingat" or langkah.atasan is None:
        return langkah.peran
    return langkah.atasan if tingkat.nama == "lewat" else Peran.KEPALA_DINAS


def schedule(
    kalender: OfficeCalendar, langkah: Langkah, mulai: datetime, batas: Limit, jeda: Sequence[Interval]
) -> Iterator[JatuhTempo]:
    """The levels of a visit in the order they fall due; ``batas`` with what a superior has added."""
    for t in TINGKAT:
        yield JatuhTempo(t.nama, recipient(langkah, t), share_at(kalender, mulai, batas, t.bagian, jeda))


def case_schedule(
    kalender: OfficeCalendar, lengkap_pada: datetime, janji: Limit, jeda: Sequence[Interval]
) -> Iterator[JatuhTempo]:
    """The levels of a whole file; ``jeda``: when it lay with the applicant after it was complete."""
    for nama, kepada, kurang in TINGKAT_BERKAS:
        batas = Limit(max(janji.hari - kurang, 0), janji.menit)
        yield JatuhTempo(nama, kepada, due(kalender, lengkap_pada, batas, jeda).at)
