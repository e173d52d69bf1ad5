"""Step 2 without a person: facts in, verdicts out, and what follows from them. Pure."""

from pipeline.verification.checks import CHECKS, verify
from pipeline.verification.facts import ISIAN, SYARAT, UMUM, Fakta, FaktaBerkas, Hasil, TandaDaftarLama, Verdict
from pipeline.verification.outcome import Putusan, outcome

__all__ = [
    "CHECKS",
    "ISIAN",
    "SYARAT",
    "UMUM",
    "Fakta",
    "FaktaBerkas",
    "Hasil",
    "Putusan",
    "TandaDaftarLama",
    "Verdict",
    "outcome",
    "verify",
]
