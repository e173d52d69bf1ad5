"""Step 2 without a person: facts in, verdicts out, and what follows from them. Pure."""

from pipeline.verification.checks import CHECKS, verify
from pipeline.verification.facts import ISIAN, SYARAT, UMUM, Fakta, FaktaBerkas, Hasil, Page, TandaDaftarLama, Verdict
from pipeline.verification.outcome import Putusan, outcome
from pipeline.verification.pages import shows_something

__all__ = [
    "CHECKS",
    "ISIAN",
    "SYARAT",
    "UMUM",
    "Fakta",
    "FaktaBerkas",
    "Hasil",
    "Page",
    "Putusan",
    "TandaDaftarLama",
    "Verdict",
    "outcome",
    "shows_something",
    "verify",
]
