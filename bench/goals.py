"""One line for each goal: what was measured, what was wanted, and whether it was met."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median

Counts = Mapping[str, float | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one goal, or one part of it, came to."""

    goal: str  # P1 … P14, as in docs/performance.md
    what: str
    measured: float | None  # None: not measured, and ``counts`` says why
    target: str  # "<= 3" or ">= 0.6"
    met: bool | None
    rounds: int
    counts: Counts = field(default_factory=dict)

    @property
    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def at_most(goal: str, what: str, measured: float, bound: float, rounds: int, **counts: float | str | None) -> Line:
    """A goal that is met from below."""
    met = measured <= bound
    return _line(goal, what, measured, f"<= {bound:g}", met, rounds, counts)


def at_least(goal: str, what: str, measured: float, bound: float, rounds: int, **counts: float | str | None) -> Line:
    """A goal that is met from above."""
    met = measured >= bound
    return _line(goal, what, measured, f">= {bound:g}", met, rounds, counts)


def told(goal: str, what: str, measured: float, rounds: int, **counts: float | str | None) -> Line:
    """What belongs to a goal and has no bound of its own."""
    line = _line(goal, what, measured, "", True, rounds, counts)
    return replace(line, met=None)


def not_measured(goal: str, what: str, target: str, why: str) -> Line:
    """What could not be measured here, with a sentence that says what is missing."""
    return Line(goal=goal, what=what, measured=None, target=target, met=None, rounds=0, counts={"why": why})


def _line(goal: str, what: str, measured: float, target: str, met: bool, rounds: int, counts: Counts) -> Line:
    kept = {name: _short(value) if isinstance(value, float) else value for name, value in counts.items()}
    return Line(goal=goal, what=what, measured=_short(measured), target=target, met=met, rounds=rounds, counts=kept)


def _short(value: float) -> float:
    """Four digits are more than this machine knows."""
    return float(f"{value:.4g}")


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of what each round gives: both sides of a quotient saw the same noise."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _mark(line: Line) -> str:
    if line.met is None:
        return "" if line.measured is not None else "not measured"
    return "met" if line.met else "NOT met"


def readable(lines: Sequence[Line]) -> Iterator[str]:
    """The same for people."""
    for line in lines:
        mark = _mark(line)
        measured = "-" if line.measured is None else f"{line.measured:g}"
        yield f"{line.goal:4} {line.what:72} {measured:>9} {line.target:>9}  {mark}"
        if line.counts:
            yield f"     {', '.join(f'{name} {value}' for name, value in line.counts.items())}"
