"""What happened to a file on a desk between two decisions, in words: taken, given back, given to another, stuck."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.queries.records.files import read_history
from pipeline.rules.history.chain import Event
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.register import REASONS, FreedReason

#: kind of a peristiwa -> its words.
WORDS: Mapping[str, str] = {
    PeristiwaKind.DIAMBIL: "Diambil",
    PeristiwaKind.DILEPAS: "Dilepas ke antrean",
    PeristiwaKind.PERLU_PETUGAS: "Pemeriksaan otomatis selesai: perlu dilihat petugas",
    PeristiwaKind.MACET: "Pekerjaan sistem macet, menunggu operator",
    PeristiwaKind.DILANJUTKAN: "Pekerjaan sistem dijalankan lagi",
    PeristiwaKind.SK_GAGAL: "Tanda tangan tidak berhasil, belum ada surat yang terbit",
    PeristiwaKind.SK_PERLU_DICEK: "Hasil tanda tangan belum diketahui, perlu dicek pada penyedia",
}


def _drawn(data: Mapping[str, object]) -> str:
    drawn = data["drawn"]
    previously = drawn["previously"] if isinstance(drawn, dict) else None
    from_whom = f", yang dibebaskan berkas {previously}," if previously else ""
    return f"Nomor {data['sk_nomor']}{from_whom} diberikan pada surat ini"


def _freed(data: Mapping[str, object]) -> str:
    return f"Nomor {data['sk_nomor']} dibebaskan: {REASONS[FreedReason(str(data['reason']))]}"


#: Those about the number of the letter; the first attempt draws it.
NOMOR: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    PeristiwaKind.SK_NIAT: _drawn,
    PeristiwaKind.NOMOR_BEBAS: _freed,
}
#: Those that tell a reader nothing: their outcome has a line of its own, or none is needed.
WITHOUT_WORDS = frozenset(
    {PeristiwaKind.DIBUAT, PeristiwaKind.ISI, PeristiwaKind.TANGGAPAN, PeristiwaKind.SIAP, PeristiwaKind.SK_DIKIRIM}
)
#: What moved a deadline.
CAUSE: Mapping[str, str] = {
    PeristiwaKind.DIPERPANJANG: "perpanjangan",
    PeristiwaKind.TENGGAT_BERGESER: "kalender",
}
STRANDED = "Dikembalikan ke antrean: pemegangnya tidak lagi bertugas di meja ini"


def is_told(e: Event) -> bool:
    """Whether it has a line here; of the attempts to sign, only the one that drew the number."""
    return e.kind in WORDS or e.kind in {PeristiwaKind.DIALIHKAN, PeristiwaKind.NOMOR_BEBAS} or "drawn" in e.data


def describe(e: Event) -> str:
    """The line of such an event."""
    if e.kind in NOMOR:
        return NOMOR[e.kind](e.data)
    if e.kind == PeristiwaKind.DIALIHKAN:
        words = e.words or {}
        from_whom = f"dari {words['dari']} " if words.get("dari") else ""
        return f"Dialihkan {from_whom}kepada {words.get('kepada')}"
    return STRANDED if e.kind == PeristiwaKind.DILEPAS and e.actor is None else WORDS[e.kind]


@dataclass(frozen=True, slots=True)
class DeadlineShift:
    """A deadline of a file that moved; ``langkah`` None: the promise for the whole file."""

    langkah: str | None
    old: datetime
    new: datetime
    cause: str  # kalender or perpanjangan
    reason: str
    actor: str
    at: datetime


def read_shift(permohonan_id: UUID) -> tuple[DeadlineShift, ...]:
    """Every deadline of a file that was moved, oldest first; what its chain does not prove is left out."""
    events = [entry.event for entry in read_history(permohonan_id) if entry.sound]
    desk = {str(e.data["tugas"]): str(e.data["langkah"]) for e in events if e.kind == PeristiwaKind.DIBUAT}
    desk |= {str(e.data["tugas_baru"]): str(e.data["ke"]) for e in events if "tugas_baru" in e.data}
    return tuple(move for e in events for move in _moves(e, desk))


def _moves(e: Event, desk: Mapping[str, str]) -> Iterator[DeadlineShift]:
    cause = CAUSE.get(e.kind)
    if cause is None:
        return
    words = e.words or {}
    reason = f"Kalender versi {e.data['kalender']}" if cause == "kalender" else str(words.get("alasan", ""))
    tugas = desk.get(str(e.data["tugas"]))
    for langkah, old_key, new_key in ((tugas, "lama", "baru"), (None, "janji_lama", "janji_baru")):
        if new_key in e.data:
            old, new = (datetime.fromisoformat(str(e.data[name])) for name in (old_key, new_key))
            yield DeadlineShift(langkah, old, new, cause, reason, str(words.get("nama", "")), e.at)
