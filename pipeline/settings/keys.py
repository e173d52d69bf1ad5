"""Whether a secret key could be guessed: by its length, and by how much of it follows from what stands before. Pure."""

import re
from collections import Counter
from math import log2

from pipeline.errors import DefinitionError

LENGTH_AT_LEAST = 32
BITS_AT_LEAST = 80
#: The share of a key that may read like words. Of 100,000 keys of ``token_urlsafe(48)`` none had more.
WORDS_AT_MOST = 0.6
_HABITS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ROWS = " ".join((*_HABITS, *(row[::-1] for row in _HABITS)))
_LETTERS = re.compile(r"[A-Za-z][a-z]{2,}|[A-Z]{3,}")
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)


def key_weakness(key: str) -> str:
    """Why somebody could guess this key, as the end of a sentence; empty for one that was drawn."""
    if len(key) < LENGTH_AT_LEAST:
        return f"terlalu pendek: {len(key)} huruf, paling sedikit {LENGTH_AT_LEAST}"
    lower = key.lower()
    if _spread(key) * min(_surprises(lower), _surprises(lower[::2]) + _surprises(lower[1::2])) < BITS_AT_LEAST:
        return "mudah ditebak: huruf atau bagiannya berulang atau berurutan"
    if sum(map(len, filter(_like_a_word, _LETTERS.findall(key)))) > WORDS_AT_MOST * len(key):
        return "mudah ditebak: tersusun dari kata"
    return ""


def _spread(key: str) -> float:
    """Bits that a letter of this key tells, by how often each is used."""
    return -sum(n / len(key) * log2(n / len(key)) for n in Counter(key).values())


def _surprises(key: str) -> int:
    """How many of its parts nobody could have foreseen: neither a repetition of what came before nor a usual row."""
    count = at = 0
    while at < len(key):
        length = _repeated(key, at)
        if length or key[at - 2 : at + 1] not in _ROWS or at < 2:
            count += 1
        at += length or 1
    return count


def _repeated(key: str, at: int) -> int:
    """How many letters from here stood together before; 0 for fewer than three."""
    length = 2
    while at + length < len(key) and key[at : at + length + 1] in key[: at + length]:
        length += 1
    return length if length > 2 else 0


def _like_a_word(letters: str) -> bool:
    """A third of a word's letters are vowels, of drawn ones a fifth."""
    return len(_VOWEL.findall(letters)) >= 0.28 * len(letters)


def read_token(token: str) -> str:
    """What a reader of /metrik shows; empty: nobody from outside. Raises DefinitionError."""
    if token and (len(token) < 24 or not token.isascii() or not token.isprintable()):
        raise DefinitionError("ALURIZIN_METRIK_TOKEN harus acak, paling sedikit 24 huruf dan angka.")
    return token
