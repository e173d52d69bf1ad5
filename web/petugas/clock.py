"""What the partials about time (``time/…``) ask for: clocks, due times with their sums, raised levels, extensions."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from pipeline import clock
from pipeline.queries.desk.desk_riwayat import read_shift
from pipeline.queries.desk.times import Triggered, raised_on, read_janji, read_permohonan_clocks, read_tenggat
from pipeline.rules.clocks import PermohonanClocks
from pipeline.rules.deadlines import REMINDER, percent
from pipeline.rules.escalation import ORDER
from pipeline.text import length_in_words
from web.petugas import bp

#: What a raised level is called, and the colour of its tag.
LEVEL: Mapping[str, tuple[str, str]] = {
    REMINDER.name: (f"{percent(REMINDER)} waktu terpakai", "yellow"),
    "lewat": ("! Lewat batas", "red"),
    "dua_kali": ("! Dua kali batas", "red"),
    "berkas_4_hari": ("! Janji layanan hampir habis", "orange"),
    "berkas_5_hari": ("! Janji layanan lewat", "red"),
}


@bp.app_context_processor
def context() -> dict[str, object]:
    """Functions, so that a page pays only for what it shows."""
    return {
        "permohonan_clocks": permohonan_clocks,
        "desk_tenggat": read_tenggat,
        "service_janji": read_janji,
        "raised_on": raised_on,
        "eskalasi_words": LEVEL,
        "shifts": read_shift,
        "worst_eskalasi": worst_eskalasi,
    }


def worst_eskalasi(raised: Sequence[Triggered]) -> Sequence[Triggered]:
    """The worst level of the desk's own limit, and the worst of the promise for the whole file."""
    mildest_first = sorted(raised, key=lambda e: ORDER.index(e.level))
    return list({e.langkah is None: e for e in mildest_first}.values())


def permohonan_clocks(key: UUID | str) -> PermohonanClocks | None:
    """The clocks of a file now."""
    return read_permohonan_clocks(key, now=clock.now())


@bp.app_template_filter("length_in_words")
def total_length(length: timedelta) -> str:
    """A length of time, day and night: "4 hari 2 jam"."""
    return length_in_words(length)
