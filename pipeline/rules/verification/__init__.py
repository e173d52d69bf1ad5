"""Step 2 without a person: facts in, verdicts out, and what follows from them. Pure."""

from pipeline.rules.verification.checks import CHECKS, verify
from pipeline.rules.verification.facts import (
    BerkasFacts,
    CheckResult,
    EarlierSk,
    Facts,
    PageFacts,
    Verdict,
)
from pipeline.rules.verification.outcome import Outcome, outcome
from pipeline.rules.verification.pages import shows_something

__all__ = [
    "CHECKS",
    "BerkasFacts",
    "CheckResult",
    "EarlierSk",
    "Facts",
    "Outcome",
    "PageFacts",
    "Verdict",
    "outcome",
    "shows_something",
    "verify",
]
