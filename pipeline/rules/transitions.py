"""The rule of the house: given a langkah and a keputusan, where does the file go? Pure: no clock, no session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pipeline.calendar.due import Interval
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.roles import Peran
from pipeline.sop.values import SELESAI, Arah, CaseData, KeputusanKind, Langkah, Sop, one_of

REASON_LENGTH_AT_LEAST = 10
REASON_LENGTH_AT_MOST = 4000


class Status(StrEnum):
    """How far a permohonan is, beside the langkah it lies on."""

    DRAF = "draf"
    PERBAIKAN = "perbaikan"
    BERJALAN = "berjalan"
    TERBIT = "terbit"
    SELESAI = "selesai"
    DITOLAK = "ditolak"
    DIBATALKAN = "dibatalkan"


@dataclass(frozen=True, slots=True)
class Request:
    """One item of a return to the applicant: a 'syarat', an 'isian' or something 'umum', and what is wrong with it."""

    jenis: str
    kode: str
    catatan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keputusan:
    """What somebody decided on a tugas. ``ke`` is the target of a return."""

    jenis: KeputusanKind
    alasan: str = ""
    ke: str | None = None
    permintaan: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had on screen: version of the tugas, and hash of the draft (None where there is none)."""

    versi: int
    naskah_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rule has to know about the file."""

    data: CaseData
    arah: Arah | None = None
    asked_langkah: str | None = None  # the later desk that sent it here to be corrected
    berubah: bool = False  # since then: anything an approval is bound to


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where the file goes. ``langsung``: straight back to the desk that asked, whose earlier approvals stand."""

    dari: str
    keputusan: KeputusanKind
    ke: str
    status: Status
    arah: Arah | None
    langsung: bool = False

    @property
    def back(self) -> bool:
        """Whether the file arrives at ``ke`` to be put right."""
        return self.keputusan is KeputusanKind.KEMBALIKAN

    @property
    def tutup(self) -> bool:
        return self.ke == SELESAI


def decide(sop: Sop, langkah: str, keputusan: Keputusan, found_facts: Facts) -> Transition:
    """Apply a keputusan to a file lying on ``langkah``.

    Raises NotAllowedYet when the SOP has no such keputusan there, InputInvalid when the reason is missing or too long.
    """
    dari = sop[langkah]
    if len(keputusan.alasan) > REASON_LENGTH_AT_MOST:
        raise InputInvalid({"alasan": f"Alasan terlalu panjang, paling banyak {REASON_LENGTH_AT_MOST} huruf."})
    match keputusan.jenis:
        case KeputusanKind.BATALKAN:
            return _withdraw(sop, dari, found_facts)
        case KeputusanKind.KEMBALIKAN:
            return _send_back(sop, dari, keputusan, found_facts)
        case KeputusanKind.ARSIPKAN if dari.keputusan is KeputusanKind.TERIMA:
            return _forward(sop, dari, keputusan, found_facts, found_facts.arah)
        case KeputusanKind.TOLAK if dari.menetapkan_arah:
            _need_reason(keputusan)
            return _forward(sop, dari, keputusan, found_facts, Arah.TOLAK)
        case jenis if jenis is dari.keputusan:
            return _forward(sop, dari, keputusan, found_facts, _direction(sop, dari, found_facts))
    raise NotAllowedYet(f"Keputusan ini tidak tersedia pada langkah {dari.no} ({dari.kegiatan}).")


def _withdraw(sop: Sop, dari: Langkah, found_facts: Facts) -> Transition:
    """The applicant may take the application back until it is signed."""
    if any(t.tanda_tangan for t in sop.langkah[: sop.posisi(dari.kode)]):
        raise NotAllowedYet(
            "Permohonan yang sudah ditandatangani tidak dapat dibatalkan. Hubungi loket bila keberatan."
        )
    return Transition(
        dari=dari.kode,
        keputusan=KeputusanKind.BATALKAN,
        ke=SELESAI,
        status=Status.DIBATALKAN,
        arah=found_facts.arah,
    )


def _send_back(sop: Sop, dari: Langkah, keputusan: Keputusan, found_facts: Facts) -> Transition:
    if keputusan.ke not in dari.kembali_ke:
        raise NotAllowedYet("Berkas tidak dapat dikembalikan ke langkah itu. Pilih salah satu tujuan yang tersedia.")
    tujuan = sop[keputusan.ke]
    pemohon = tujuan.peran is Peran.PEMOHON
    if not (pemohon and keputusan.permintaan):
        _need_reason(keputusan)
    return Transition(
        dari=dari.kode,
        keputusan=KeputusanKind.KEMBALIKAN,
        ke=tujuan.kode,
        status=Status.PERBAIKAN if pemohon else Status.BERJALAN,
        arah=found_facts.arah,
    )


def _direction(sop: Sop, dari: Langkah, found_facts: Facts) -> Arah | None:
    """Whither a file goes on. Where no desk of the SOP may refuse, every file is to be issued from the start."""
    may_refuse = any(t.menetapkan_arah for t in sop.langkah)
    return Arah.TERBIT if dari.menetapkan_arah or not may_refuse else found_facts.arah


def _forward(sop: Sop, dari: Langkah, keputusan: Keputusan, found_facts: Facts, arah: Arah | None) -> Transition:
    langsung = found_facts.asked_langkah is not None and not found_facts.berubah and arah == found_facts.arah
    ke = found_facts.asked_langkah if langsung and found_facts.asked_langkah else _next(sop, dari, found_facts.data)
    return Transition(
        dari=dari.kode,
        keputusan=keputusan.jenis,
        ke=ke,
        status=_status_after(sop, dari, ke, arah),
        arah=arah,
        langsung=langsung,
    )


def _next(sop: Sop, dari: Langkah, data: CaseData) -> str:
    """The following langkah that the case data do not skip."""
    ke = dari.ke
    while ke != SELESAI and one_of(sop[ke].lewati_bila, data):
        ke = sop[ke].ke
    return ke


def _status_after(sop: Sop, dari: Langkah, ke: str, arah: Arah | None) -> Status:
    """Refused from the signature on; issued at the signature, finished when it is received."""
    signed = any(t.tanda_tangan for t in sop.langkah[: sop.posisi(dari.kode) + 1])
    if ke != SELESAI and not signed:
        return Status.BERJALAN
    if arah is Arah.TOLAK:
        return Status.DITOLAK
    return Status.SELESAI if ke == SELESAI else Status.TERBIT


def _need_reason(keputusan: Keputusan) -> None:
    if len(keputusan.alasan.strip()) < REASON_LENGTH_AT_LEAST:
        raise InputInvalid({"alasan": f"Tulis alasannya, paling sedikit {REASON_LENGTH_AT_LEAST} huruf."})


class Kunjungan(Protocol):
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
    def oleh(self) -> UUID | None: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def added_days(self) -> int: ...
    @property
    def tenggat_number(self) -> int: ...
    @property
    def asked_langkah(self) -> str | None: ...
    @property
    def asked_hash(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How the next tugas begins: its visit number, its clock, who had it before and who waits for it."""

    kunjungan: int
    started_at: datetime
    jeda: tuple[Interval, ...] = ()
    added_days: int = 0  # hari kerja a superior has added to this visit
    tenggat_number: int = 0  # how often its tenggat was moved by an extension or the calendar; a pause is none
    for_person: UUID | None = None
    didahulukan: bool = False
    asked_langkah: str | None = None
    asked_hash: str | None = None


def visit(transition: Transition, riwayat: Sequence[Kunjungan], *, content_digest: str, now: datetime) -> Visit:
    """The visit that ``transition`` starts, given every earlier tugas of the file, oldest first.

    A langkah reached by a return, or resumed after it asked for one, goes on with the same visit and its unused budget;
    one reached forward anew, because its output was voided, starts a new visit.
    """
    dulu = [k for k in riwayat if k.langkah == transition.ke]
    requested: tuple[str | None, str | None] = (transition.dari, content_digest) if transition.back else (None, None)
    if not dulu:
        return Visit(kunjungan=1, started_at=now, asked_langkah=requested[0], asked_hash=requested[1])
    akhir = dulu[-1]
    before = next((k.oleh for k in reversed(dulu) if k.oleh), None)  # the machine's own visits between do not count
    asked = akhir.keputusan == KeputusanKind.KEMBALIKAN
    if not (transition.back or asked):
        return Visit(kunjungan=akhir.kunjungan + 1, started_at=now, for_person=before, didahulukan=True)
    if asked and not transition.back:  # whoever waited for this desk before it asked still waits
        requested = (akhir.asked_langkah, akhir.asked_hash)
    return Visit(
        kunjungan=akhir.kunjungan,
        started_at=akhir.started_at,
        jeda=(*akhir.jeda, Interval(akhir.closed_at, now)),
        added_days=akhir.added_days,
        tenggat_number=akhir.tenggat_number,
        for_person=before,
        didahulukan=True,
        asked_langkah=requested[0],
        asked_hash=requested[1],
    )
