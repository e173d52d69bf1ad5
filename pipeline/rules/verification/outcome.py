"""From what the checks say to what happens: accept, return to the applicant, or leave it to a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules.transitions import Request
from pipeline.rules.verification.facts import CheckResult, Verdict
from pipeline.sop.policy import Policy
from pipeline.sop.words import KeputusanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``kind`` is SETUJUI, KEMBALIKAN (with the itemised ``requests``), or None: a person decides."""

    kind: KeputusanKind | None
    requests: tuple[Request, ...] = ()


def outcome(verdicts: Sequence[Verdict], policy: Policy) -> Outcome:
    """All passed: accepted. Anything the applicant must put right: returned. Any doubt besides: a person."""
    if not policy.automatic:
        return Outcome(kind=None)
    failed = tuple(Request(v.kind, v.code, said=v.sentence) for v in verdicts if v.result is CheckResult.GAGAL)
    if failed:
        return Outcome(kind=KeputusanKind.KEMBALIKAN, requests=failed)
    doubt = any(v.result is CheckResult.PETUGAS for v in verdicts)
    return Outcome(kind=None if doubt else KeputusanKind.SETUJUI)
