"""What each drill saw, a row each; a newer row takes the place of an older one of the same fault."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HEAD = (
    "| fault | detail | dead (`/siap`) | no page, s | recovered after, s | files, done after, s | held | seen |",
    "|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault: what the office said of it, and how it came through."""

    fault: str
    detail: str  # of what it did
    said: str
    away: float  # seconds in which no page was served
    recovered: float  # after its end
    files: int
    took: float  # seconds until the last file was at its end
    broken: str  # promises; "" when all of them held
    seen: str  # when, which code

    def __str__(self) -> str:
        held = " ".join(self.broken.replace("|", "/").split()) or "all"
        times = f"{self.away:.0f} | {self.recovered:.0f} | {self.files}, {self.took:.0f}"
        return f"| {self.fault} | {self.detail or '-'} | {self.said or '-'} | {times} | {held} | {self.seen} |"


def whole(rows: Iterable[str]) -> str:
    return "\n".join([*HEAD, *rows]) + "\n"


def keep(path: Path, rows: Iterable[Row]) -> None:
    """Write them into the table of this file, beside those of other faults."""
    before = path.read_text(encoding="utf-8").splitlines()[len(HEAD) :] if path.exists() else []
    kept = {line.split("|")[1].strip(): line for line in before} | {row.fault: str(row) for row in rows}
    path.write_text(whole(kept.values()), encoding="utf-8")
