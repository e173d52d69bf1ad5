"""What was typed on a page of the form, beside what the office has kept since the page was drawn. Pure.

Two windows, or a telephone and a computer, may show the same page: only what was typed in this one counts, and where
both typed something else, nobody's words are written over unasked.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Answer = str | tuple[str, ...]
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Typed:
    """Answers to keep; and those that clash: code -> what the office has now, other than when the page was drawn."""

    new: Mapping[str, Answer]
    clashes: Mapping[str, Answer]


def seen_on_page(codes: Iterable[str], kept: Mapping[str, Answer]) -> str:
    """The answers that a page is drawn with, as its form carries them: told apart, and not to be read."""
    return " ".join(f"{code}:{_mark(kept.get(code, ''))}" for code in codes)


def compare(seen: str, kept: Mapping[str, Answer], answers: Mapping[str, Answer]) -> Typed:
    """What was typed since the page was drawn. ``seen``: what its form carried; a field it does not name counts."""
    marks = {code: mark for code, _, mark in (part.partition(":") for part in seen.split())}
    new, clashes = dict[str, Answer](), dict[str, Answer]()
    for code, answer in answers.items():
        now, drawn = kept.get(code, ""), marks.get(code)
        if _mark(answer) == drawn or _mark(answer) == _mark(now):
            continue
        if drawn in (None, _mark(now)):
            new[code] = answer
        else:
            clashes[code] = now
    return Typed(new, clashes)


def _mark(answer: Answer) -> str:
    """Of an answer; the same for nothing chosen as for nothing typed."""
    text = json.dumps(answer or "", ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
