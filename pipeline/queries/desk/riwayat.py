"""The history of a file as people read it, from its peristiwa alone: every decision, draft, move and missed deadline.

Each line is believed only after its place in the chain and the seal of its words were checked. One that does not hold
says so, and shows nothing of what somebody may have put there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pipeline.calendar.due import Interval, OfficeCalendar, office_time
from pipeline.db import connection
from pipeline.queries.calendar import read_in_force
from pipeline.queries.desk.desk_riwayat import NOMOR, WITHOUT_WORDS, describe, is_told
from pipeline.queries.records.files import history_of
from pipeline.queries.records.kept_sentences import AUTOMATIC_RETURN, asked
from pipeline.roles import Peran
from pipeline.rules.escalation import describe as describe_level
from pipeline.rules.history.chain import Entry, Event
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.replay import list_of
from pipeline.sop.values import DONE, Langkah, Sop
from pipeline.sop.words import KeputusanKind
from pipeline.text import joined, moment_in_words

SYSTEM: Final = "Sistem"
MISMATCH: Final = "Catatan ini tidak cocok dengan rantainya"
CHECK_ASKED: Final = "Isinya tidak ditampilkan. Minta operator menjalankan pemeriksaan catatan."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One line of the history."""

    at: datetime
    title: str
    actor: str  # the person and title, or "Sistem"
    reason: str = ""
    item: tuple[str, ...] = ()  # what the applicant was asked, item by item
    used: timedelta | None = None  # office time on that desk
    limit: str = ""  # with what a superior has added; empty for the applicant


KEPUTUSAN: Mapping[str, str] = {
    KeputusanKind.TOLAK: "Rekomendasi: ditolak",
    KeputusanKind.BATALKAN: "Permohonan dibatalkan pemohon",
    KeputusanKind.TANDA_TANGANI: "Ditandatangani",
    KeputusanKind.TERIMA: "Surat diterima pemohon",
    KeputusanKind.BERAKHIR: "Masa tunggu berakhir",
    KeputusanKind.ARSIPKAN: "Tidak diambil pemohon, diarsipkan",
}


def read_riwayat(permohonan_id: UUID, sop: Sop) -> tuple[Incident, ...]:
    """Everything that was decided on the file or done with it on a desk, and every missed deadline, oldest first."""
    with connection() as conn:
        history = history_of(conn, permohonan_id)
        teller = _Teller(sop, read_in_force(conn).calendar)
    return tuple(line for entry in history for line in teller.tell(entry))


class _Teller:
    """Puts events into words, in their order; remembers when the file came to which desk."""

    def __init__(self, sop: Sop, calendar: OfficeCalendar) -> None:
        self._sop, self._calendar = sop, calendar
        self._came: dict[str, datetime] = {}  # tugas -> when it began
        self._added: dict[str, int] = {}  # tugas -> hari kerja a superior has added
        self._last: datetime | None = None
        self._names = {("syarat", s.code): s.name for s in sop.syarat} | {("isian", i.code): i.label for i in sop.isian}

    def tell(self, entry: Entry) -> Iterator[Incident]:
        """The lines of one peristiwa; none for what tells a reader nothing."""
        e = entry.event
        if not entry.sound:  # its time may be forged as well: it stands where the chain has it
            yield Incident(at=self._last or e.at, title=MISMATCH, actor="Pemeriksa catatan", reason=CHECK_ASKED)
            return
        self._last = e.at
        if e.kind == PeristiwaKind.DIBUAT:
            self._came[str(e.data["tugas"])] = e.at
        if is_told(e):
            yield Incident(at=e.at, title=describe(e), actor=who(e), reason=_text(e, "alasan"))
        elif e.kind not in WITHOUT_WORDS and e.kind not in NOMOR:
            yield from _TELL[e.kind](self, e)

    def decided(self, e: Event) -> Iterator[Incident]:
        langkah = self._sop[str(e.data["dari"])]
        tugas, following = str(e.data["tugas"]), str(e.data.get("tugas_baru"))
        came = self._came.get(tugas)
        self._came[following], self._added[following] = e.at, int(str(e.data.get("added_days", 0)))
        for other in list_of(e.data.get("bersama")):
            if isinstance(other, Mapping):
                self._came[str(other["tugas_baru"])] = e.at
        yield Incident(
            at=e.at,
            title=_title(e.data, langkah, self._sop),
            actor=who(e),
            reason=_text(e, "alasan") or _by_system(e),
            item=self._asked(e),
            used=office_time(self._calendar, [Interval(came, e.at)]) if came else None,
            limit="" if langkah.peran == Peran.PEMOHON else langkah.limit.quote(self._added.get(tugas, 0)),
        )

    def drafted(self, e: Event) -> Iterator[Incident]:
        yield Incident(at=e.at, title="Draf disusun", actor=who(e))

    def escalated(self, e: Event) -> Iterator[Incident]:
        yield Incident(at=e.at, title=describe_level(e.data), actor=SYSTEM)

    def moved(self, e: Event) -> Iterator[Incident]:
        """By the calendar, whose reason is its version; or by a superior, with theirs."""
        longer = e.kind == PeristiwaKind.DIPERPANJANG
        if longer:
            self._added[str(e.data["tugas"])] = int(str(e.data["added_days"]))
        line = Incident(at=e.at, title="", actor=who(e), reason=_text(e, "alasan"))
        for what, old, new in (("Tenggat", "lama", "baru"), ("Janji waktu berkas", "janji_lama", "janji_baru")):
            if new in e.data:
                how = "diperpanjang" if longer else "bergeser karena kalender"
                yield replace(line, title=f"{what} {how}: {_moment(e, old)} menjadi {_moment(e, new)}")

    def _asked(self, e: Event) -> tuple[str, ...]:
        items = (e.words or {}).get("permintaan")
        items = items if isinstance(items, list) else []
        told = sorted(items, key=lambda item: str(item[1]))
        return tuple(f"{self._names.get((kind, code), 'Umum')}: {asked(note, said)}" for kind, code, note, said in told)


_TELL: Mapping[str, Callable[[_Teller, Event], Iterator[Incident]]] = {
    PeristiwaKind.KEPUTUSAN: _Teller.decided,
    PeristiwaKind.NASKAH: _Teller.drafted,
    PeristiwaKind.ESKALASI: _Teller.escalated,
    PeristiwaKind.DIPERPANJANG: _Teller.moved,
    PeristiwaKind.TENGGAT_BERGESER: _Teller.moved,
}


def who(e: Event) -> str:
    """The officer by name and title as of then; the applicant by role only, whatever they did; else the system."""
    words = e.words or {}
    if "nama" in words:
        return f"{words['nama']}, {words.get('sebagai', '')}"
    return Peran.PEMOHON.name if e.actor else SYSTEM


def _text(e: Event, name: str) -> str:
    return str((e.words or {}).get(name) or "")


def _by_system(e: Event) -> str:
    returned = e.actor is None and e.data["keputusan"] == KeputusanKind.KEMBALIKAN
    return AUTOMATIC_RETURN if returned else ""


def _moment(e: Event, name: str) -> str:
    return moment_in_words(datetime.fromisoformat(str(e.data[name])))


#: What one of several desks side by side has decided, until the last of them is in.
_TOGETHER: Mapping[str, str] = {KeputusanKind.KEMBALIKAN: "Minta perbaikan", KeputusanKind.TOLAK: "Menolak"}


def _title(data: Mapping[str, object], langkah: Langkah, sop: Sop) -> str:
    following = str(data.get("ke", ""))
    beside = [str(other["langkah"]) for other in list_of(data.get("bersama")) if isinstance(other, Mapping)]
    target = "" if following in ("", DONE) else joined(sop[code].peran.name for code in (following, *beside))
    if data.get("menunggu"):
        return f"{_TOGETHER.get(str(data.get('keputusan')), 'Setuju')}; keputusan bersama menunggu {target}"
    match data.get("keputusan"):
        case KeputusanKind.KEMBALIKAN:
            return f"Dikembalikan ke {target}"
        case KeputusanKind.BATALKAN if not sop.by_applicant:
            return "Berkas dibatalkan"
        case str(kind) if kind in KEPUTUSAN:
            return KEPUTUSAN[kind]
        case KeputusanKind.KIRIM if langkah.peran == Peran.PEMOHON:
            return "Permohonan dikirim"
        case KeputusanKind.KIRIM if langkah.sets_arah:
            return "Rekomendasi: terbit"
        case KeputusanKind.KIRIM if langkah is sop.first:
            return f"Berkas dikirim ke {target}"
        case _:
            done = "Disetujui" if langkah.approval else "Diterima"
            return f"{done}, diteruskan ke {target}" if target else f"{done}, selesai"
