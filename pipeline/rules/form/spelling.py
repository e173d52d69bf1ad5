"""Whether two spellings mean the same: of a number, of a holder's name, of what somebody looks for. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

#: Marks people write for the same thing inside a word: Sa'at, Sa’at, Saʻat, Sa`at.
_APOSTROPHES = re.compile("['`\u00b4\u02b9-\u02bf\u02c8\u02ee\u2018-\u201b\u2032\u2035\ua78c\uff07]")
_RUNS = re.compile(r"[0-9]+|[A-Z]+")
#: What people copy along with a number: "SK Nomor: …", "… tanggal 25 November 2026".
_BEFORE_NUMBER = re.compile(r"^[^0-9]*\b(?:NOMOR|NOMER|NO|SK)\b[\s.:]*")
_AFTER_NUMBER = re.compile(r"\s(?:TANGGAL|TGL)\b.*")
#: A word of digits and of letters that look like them.
_NUMERAL = re.compile(r"(?<![^\W\d_])[OIL]*[0-9][0-9OIL]*(?![^\W\d_])")
_LOOKALIKES = str.maketrans("OIL", "011")
_YEAR_WORDS = frozenset({"TAHUN", "TH", "THN"})


def fold(text: str) -> str:
    """The text without capitals, accents and apostrophes; hyphens are spaces."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    letters = (" " if unicodedata.category(c) == "Pd" else c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def name_key(name: str, common: tuple[str, ...]) -> str:
    """Whom a name means: no punctuation, spaces or common words; all of it when nothing else is left.

    ``common``: words of the kind of body it is of, which do not tell one from another.
    """
    words = " ".join(re.findall(r"[^\W_]+", fold(name)))
    return _any_of(common).sub("", words).replace(" ", "") or words.replace(" ", "")


def person_key(name: str, titles: tuple[str, ...]) -> str:
    """Whom the name of a person means: its letters, without titles and words of one or two letters."""
    words = re.findall(r"[^\W\d_]+", fold(name))
    return "".join(word for word in words if len(word) > 2 and word not in titles)


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words or rows of words, the longest first; nothing where there are none."""
    longest_first = sorted((re.escape(fold(word)) for word in words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b" if words else r"(?!)")


def number_key(text: str) -> str:
    """A number however it is written: ``503/1/td-x/2026`` and ``Nomor: 503 / 0001 / TD X / 2026`` are one.

    Letters run together; numbers lose leading zeros and stay apart from each other.
    """
    key = ""
    for run in _runs(text):
        plain = (run.lstrip("0") or "0") if run.isdigit() else run
        key += f".{plain}" if run.isdigit() and key[-1:].isdigit() else plain
    return key


def mentions(text: str, number: str) -> bool:
    """Whether a text names this number, in whatever spelling and with whatever words around it.

    Not as a part of a longer one: ``503/1`` is neither in ``1503/1`` nor in ``503/12`` nor in ``503/1/7``.
    """
    runs = _runs(number)
    if not runs:
        return False
    pattern = _spelt(runs[0])
    for before, run in pairwise(runs):
        pattern += rf"{_BETWEEN}{'+' if before.isdigit() and run.isdigit() else '*'}{_spelt(run)}"
    text = _typed(text)
    return re.search(rf"(?<![0-9])(?<![0-9][/.\-]){pattern}(?![0-9])(?!\s?[/.\-]\s?[0-9A-Z])", text) is not None


#: What may stand between the parts of a number.
_BETWEEN = r"(?:[\W_]|\b(?:TAHUN|THN|TH)\b)"


def _spelt(run: str) -> str:
    return f"0*{run.lstrip('0') or '0'}" if run.isdigit() else run


def whole_numbers(text: str) -> frozenset[int]:
    """The whole numbers in a number, but for those too long to be a year or a running number."""
    return frozenset(int(run) for run in _runs(text) if run.isdigit() and len(run) < 10)


def _typed(text: str) -> str:
    """A text as a number is read from it: in capitals, with the letters in its numerals that look like digits as such.

    ``5O3/OOO1`` is what a person reads off a decree as 503/0001.
    """
    return _NUMERAL.sub(lambda m: m[0].translate(_LOOKALIKES), unicodedata.normalize("NFKC", text).upper())


def _runs(text: str) -> Sequence[str]:
    plain = _AFTER_NUMBER.sub("", _typed(text))
    return [run for run in _RUNS.findall(_BEFORE_NUMBER.sub("", plain)) if run not in _YEAR_WORDS]
