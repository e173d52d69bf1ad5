"""The rule of the house: given a langkah and a keputusan, where does the file go? Pure: no clock, no session."""

from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.rules.direction import Said, heading, takes_back
from pipeline.rules.sentences import Sentence
from pipeline.rules.side_by_side import join, resumed
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
    beside: tuple[str, ...] = ()  # the langkah that have the file at the same time and have not decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where the file goes. ``direct``: straight back to the desk that asked, whose earlier approvals stand.

    ``several``: the langkah it goes to side by side, ``target`` first. ``rests``: it stays at ``target``, where a desk
    beside this one has it still. ``asked_by``: the desk beside this one for which the last of them sends it back.
    """

    source: str
    keputusan: KeputusanKind
    target: str
    status: Status
    arah: Arah | None
    direct: bool = False
    several: tuple[str, ...] = ()
    rests: bool = False
    asked_by: str = ""

    @property
    def back(self) -> bool:
        """Whether the file arrives at ``target`` to be put right."""
        return bool(self.asked_by) or (self.keputusan is KeputusanKind.KEMBALIKAN and not self.rests)

    @property
    def opened(self) -> tuple[str, ...]:
        """The langkah at which a tugas begins."""
        return () if self.rests or self.close else self.several or (self.target,)

    @property
    def close(self) -> bool:
        return self.target == DONE


def decide(sop: Sop, langkah: str, keputusan: Keputusan, facts: CaseFacts) -> Transition:
    """Apply a keputusan to a file lying on ``langkah``.

    Raises NotAllowedYet when the SOP has no such keputusan there, InputInvalid when the reason is missing or too long.
    """
    source = sop[langkah]
    alone = _decide(sop, source, keputusan, facts)
    if keputusan.kind is KeputusanKind.BATALKAN or not sop.side_of(source):
        return alone
    return _beside_others(sop, source, keputusan, facts, alone)


def _beside_others(sop: Sop, source: Langkah, keputusan: Keputusan, facts: CaseFacts, alone: Transition) -> Transition:
    """One of several desks that have the file: nothing moves until the last of them is in, which decides for all."""
    if facts.beside:
        return replace(
            alone, target=facts.beside[0], status=Status.BERJALAN, arah=facts.arah, direct=False, several=(), rests=True
        )
    said = [*facts.said, Said(source.code, keputusan.kind, keputusan.target)]
    joined = join(sop, source, said, facts.arah, facts.data)
    if joined.asking:
        status = Status.PERBAIKAN if sop.fills(sop[joined.back_to]) else Status.BERJALAN
        back = replace(alone, target=joined.back_to, status=status, arah=joined.arah, direct=False, several=())
        return replace(back, asked_by=joined.asking[0])
    kind = KeputusanKind.TOLAK if joined.refused else source.keputusan
    onward = _forward(sop, source, Keputusan(kind=kind), replace(facts, said=tuple(said)), joined.arah)
    return replace(onward, keputusan=keputusan.kind)


def _decide(sop: Sop, source: Langkah, keputusan: Keputusan, facts: CaseFacts) -> Transition:
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
    if direct and facts.asking_langkah:
        opened = resumed(sop, facts.asking_langkah, facts.said)
    else:
        opened = _next(sop, source, keputusan, facts.data)
    return Transition(
        source=source.code,
        keputusan=keputusan.kind,
        target=opened[0],
        status=_status_after(sop, source, opened[0], arah),
        arah=arah,
        direct=direct,
        several=opened if len(opened) > 1 else (),
    )


def _next(sop: Sop, source: Langkah, keputusan: Keputusan, data: CaseData) -> tuple[str, ...]:
    """The following langkah that the case data do not skip. What is refused goes where the letter of refusal is
    drafted, past whatever lies between, or back to there."""
    if keputusan.kind is KeputusanKind.TOLAK and sop.drafting:
        return (sop.drafting.code,)
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
