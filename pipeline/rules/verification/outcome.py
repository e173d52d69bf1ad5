"""From what the checks say to what happens: accept, return to the applicant, or leave it to a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules.transitions import Request
from pipeline.rules.verification.facts import Result, Verdict
from pipeline.sop.policy import Policy
from pipeline.sop.values import KeputusanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """``jenis`` is SETUJUI, KEMBALIKAN (with the itemised ``permintaan``), or None: a person decides."""

    jenis: KeputusanKind | None
    permintaan: tuple[Request, ...] = ()


def outcome(verdicts: Sequence[Verdict], kebijakan: Policy) -> Ruling:
    """All passed: accepted. Anything the applicant must put right: returned. Any doubt besides: a person."""
    if not kebijakan.otomatis:
        return Ruling(jenis=None)
    gagal = tuple(Request(v.jenis, v.kode, v.kalimat) for v in verdicts if v.hasil is Result.GAGAL)
    if gagal:
        return Ruling(jenis=KeputusanKind.KEMBALIKAN, permintaan=gagal)
    ragu = any(v.hasil is Result.PETUGAS for v in verdicts)
    return Ruling(jenis=None if ragu else KeputusanKind.SETUJUI)
