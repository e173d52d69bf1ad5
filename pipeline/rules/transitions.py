"""The rule of the house: given a langkah and a keputusan, where does the file go? Pure: no clock, no session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pipeline.calendar.due import Interval
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.rules.direction import Said, heading, takes_back
from pipeline.rules.sentences import Sentence
from pipeline.sop.values import DONE, CaseData, Langkah, Sop
from pipeline.sop.way import following
from pipeline.sop.words import About, Arah, KeputusanKind

REASON_LENGTH_AT_LEAST = 10
REASON_LENGTH_AT_MOST = 4000


class Status(StrEnum):
    """How far a permohonan is, beside the langkah it lies on."""

    DRAF = "draf"
    PERBAIKAN = "perbaikan"
    TINDAKAN = "tindakan"  # with the applicant, who is asked for more
    BERJALAN = "berjalan"
    TERBIT = "terbit"
    SELESAI = "selesai"
    DITOLAK = "ditolak"
    DIBATALKAN = "dibatalkan"


#: The file lies with who fills in the form, after it was sent.
WITH_FILLER = (Status.PERBAIKAN, Status.TINDAKAN)


@dataclass(frozen=True, slots=True)
class Request:
    """One item of a return to the applicant: a 'syarat', an 'isian' or something 'umum', and what is wrong with it."""

    kind: About
    code: str
    note: str = ""  # as a person wrote it
    said: Sentence | None = None  # what the automatic checks found, when they ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Keputusan:
    """What somebody decided on a tugas. ``target`` is the target of a return."""

    kind: KeputusanKind
    reason: str = ""
    target: str | None = None
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had on screen: version of the tugas, and hash of the draft (None where there is none)."""

    version: int
    naskah_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the rule has to know about the file."""

    data: CaseData
    arah: Arah | None = None
    asking_langkah: str | None = None  # the later desk that sent it here to be corrected
    changed: bool = False  # since then: anything an approval is bound to
    said: tuple[Said, ...] = ()  # what its desks have decided so far, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where the file goes. ``direct``: straight back to the desk that asked, whose earlier approvals stand."""

    source: str
    keputusan: KeputusanKind
    target: str
    status: Status
    arah: Arah | None
    direct: bool = False

    @property
    def back(self) -> bool:
        """Whether the file arrives at ``target`` to be put right."""
        return self.keputusan is KeputusanKind.KEMBALIKAN

    @property
    def close(self) -> bool:
        return self.target == DONE


def decide(sop: Sop, langkah: str, keputusan: Keputusan, facts: CaseFacts) -> Transition:
    """Apply a keputusan to a file lying on ``langkah``.

    Raises NotAllowedYet when the SOP has no such keputusan there, InputInvalid when the reason is missing or too long.
    """
    source = sop[langkah]
    if len(keputusan.reason) > REASON_LENGTH_AT_MOST:
        raise InputInvalid({"alasan": f"Alasan terlalu panjang, paling banyak {REASON_LENGTH_AT_MOST} huruf."})
    match keputusan.kind:
        case KeputusanKind.BATALKAN:
            return _withdraw(sop, source, facts)
        case KeputusanKind.KEMBALIKAN:
            return _send_back(sop, source, keputusan, facts)
        case KeputusanKind.ARSIPKAN if source.keputusan is KeputusanKind.TERIMA:
            return _forward(sop, source, keputusan, facts, facts.arah)
        case KeputusanKind.TOLAK if may_refuse(sop, source, facts.arah):
            _need_reason(keputusan)
            return _forward(sop, source, keputusan, facts, Arah.TOLAK)
        case kind if kind is source.keputusan:
            return _forward(sop, source, keputusan, facts, heading(sop, source, kind, facts.arah, facts.said))
    raise NotAllowedYet(f"Keputusan ini tidak tersedia pada langkah {source.no} ({source.activity}).")


def may_refuse(sop: Sop, langkah: Langkah, arah: Arah | None) -> bool:
    """Whether this desk may refuse now. Behind the draft a file that is refused already is approved, or sent back."""
    return langkah.refuses and not (takes_back(sop, langkah) and arah is Arah.TOLAK)


def _withdraw(sop: Sop, source: Langkah, facts: CaseFacts) -> Transition:
    """The applicant may take the application back until it is signed."""
    if source is not sop.signing and sop.reached(source, sop.signing):
        raise NotAllowedYet(
            "Permohonan yang sudah ditandatangani tidak dapat dibatalkan. Hubungi loket bila keberatan."
        )
    return Transition(
        source=source.code,
        keputusan=KeputusanKind.BATALKAN,
        target=DONE,
        status=Status.DIBATALKAN,
        arah=facts.arah,
    )


def _send_back(sop: Sop, source: Langkah, keputusan: Keputusan, facts: CaseFacts) -> Transition:
    if keputusan.target not in source.returns_to:
        raise NotAllowedYet("Berkas tidak dapat dikembalikan ke langkah itu. Pilih salah satu tujuan yang tersedia.")
    target = sop[keputusan.target]
    fills = sop.fills(target)
    if not (fills and keputusan.requests):
        _need_reason(keputusan)
    return Transition(
        source=source.code,
        keputusan=KeputusanKind.KEMBALIKAN,
        target=target.code,
        status=Status.PERBAIKAN if fills else Status.BERJALAN,
        arah=heading(sop, source, keputusan.kind, facts.arah, facts.said) if takes_back(sop, source) else facts.arah,
    )


def _forward(sop: Sop, source: Langkah, keputusan: Keputusan, facts: CaseFacts, arah: Arah | None) -> Transition:
    direct = facts.asking_langkah is not None and not facts.changed and arah == facts.arah
    target = facts.asking_langkah if direct and facts.asking_langkah else _next(sop, source, keputusan, facts.data)
    return Transition(
        source=source.code,
        keputusan=keputusan.kind,
        target=target,
        status=_status_after(sop, source, target, arah),
        arah=arah,
        direct=direct,
    )


def _next(sop: Sop, source: Langkah, keputusan: Keputusan, data: CaseData) -> str:
    """The following langkah that the case data do not skip. What is refused goes where the letter of refusal is
    drafted, past whatever lies between, or back to there."""
    if keputusan.kind is KeputusanKind.TOLAK and sop.drafting:
        return sop.drafting.code
    return following(sop, source, data)


def _status_after(sop: Sop, source: Langkah, target: str, arah: Arah | None) -> Status:
    """Refused from the signature on; issued at the signature, finished when it is received."""
    if target != DONE and not sop.reached(source, sop.signing):
        return Status.TINDAKAN if sop[target].asks else Status.BERJALAN
    if arah is Arah.TOLAK:
        return Status.DITOLAK
    return Status.SELESAI if target == DONE else Status.TERBIT


def _need_reason(keputusan: Keputusan) -> None:
    if len(keputusan.reason.strip()) < REASON_LENGTH_AT_LEAST:
        raise InputInvalid({"alasan": f"Tulis alasannya, paling sedikit {REASON_LENGTH_AT_LEAST} huruf."})


class EarlierTugas(Protocol):
    """An earlier tugas of the file, as far as the next visit has to know it."""

    @property
    def langkah(self) -> str: ...
    @property
    def kunjungan(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime: ...
    @property
    def keputusan(self) -> str: ...
    @property
    def actor(self) -> UUID | None: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def added_days(self) -> int: ...
    @property
    def tenggat_number(self) -> int: ...
    @property
    def asking_langkah(self) -> str | None: ...
    @property
    def hash_when_asked(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How the next tugas begins: its visit number, its clock, who had it before and who waits for it."""

    kunjungan: int
    started_at: datetime
    jeda: tuple[Interval, ...] = ()
    added_days: int = 0  # hari kerja a superior has added to this visit
    tenggat_number: int = 0  # how often its tenggat was moved by an extension or the calendar; a pause is none
    for_person: UUID | None = None
    expedited: bool = False
    asking_langkah: str | None = None
    hash_when_asked: str | None = None


def visit(transition: Transition, riwayat: Sequence[EarlierTugas], *, content_digest: str, now: datetime) -> Visit:
    """The visit that ``transition`` starts, given every earlier tugas of the file, oldest first.

    A langkah reached by a return, or resumed after it asked for one, goes on with the same visit and its unused budget;
    one reached forward anew, because its output was voided, starts a new visit.
    """
    earlier = [k for k in riwayat if k.langkah == transition.target]
    asking: tuple[str | None, str | None] = (transition.source, content_digest) if transition.back else (None, None)
    if not earlier:
        return Visit(kunjungan=1, started_at=now, asking_langkah=asking[0], hash_when_asked=asking[1])
    end = earlier[-1]
    before = next(
        (k.actor for k in reversed(earlier) if k.actor), None
    )  # the machine's own visits between do not count
    asked = end.keputusan == KeputusanKind.KEMBALIKAN
    if not (transition.back or asked):
        return Visit(kunjungan=end.kunjungan + 1, started_at=now, for_person=before, expedited=True)
    if asked and not transition.back:  # whoever waited for this desk before it asked still waits
        asking = (end.asking_langkah, end.hash_when_asked)
    return Visit(
        kunjungan=end.kunjungan,
        started_at=end.started_at,
        jeda=(*end.jeda, Interval(end.closed_at, now)),
        added_days=end.added_days,
        tenggat_number=end.tenggat_number,
        for_person=before,
        expedited=True,
        asking_langkah=asking[0],
        hash_when_asked=asking[1],
    )
