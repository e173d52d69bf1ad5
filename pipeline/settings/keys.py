"""Whether a secret key could be guessed: by how few bits it can be told in, as who guesses would tell it. Pure.

A key is told letter by letter, or in words, rows of the keyboard, sequences, dates, and copies of what came before,
each for what it costs to name it. Few keys can be told in fewer bits than they were drawn with: about one in 2^n in n
fewer. So whatever draws a key, its keys pass, and what somebody thought up does not.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import inf, log2

from pipeline.errors import DefinitionError

LENGTH_AT_LEAST = 32
BITS_ENOUGH = 200  # a key that takes so many to be told is strong, whatever it consists of
BITS_SAVED = 22  # by who tells it cleverly: so many are no accident
_READ_AT_MOST = 256
_KINDS = tuple(
    (re.compile(letters), size)
    for letters, size in (
        (r"[0-9]+", 10),
        (r"[0-9a-f]+|[0-9A-F]+", 16),
        (r"[0-9a-f-]+|[0-9A-F-]+", 17),
        (r"[a-z]+|[A-Z]+", 26),
        (r"[A-Z2-7]+=*|[a-z2-7]+=*", 32),
        (r"[a-z0-9]+|[A-Z0-9]+", 36),
        (r"[A-Za-z0-9_+/=-]+", 64),
        (r"[!-~ ]+", 95),
    )
)
_OTHERS = 128
_LETTER = 0.1  # bits to say that a letter comes next
_NAMED = 3.5  # bits to say what kind of part comes next
_WORD_AT_MOST = 24
_SEPARATORS = "-_ .,:/+"
_BY_DIGIT = str.maketrans("013457@$!", "oieastasi")
_ROWS = " ".join(
    way
    for row in (
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
        "qazwsxedcrfvtgbyhnujmikolp",
        "!@#$%^&*()",
    )
    for way in (row, row[::-1])
)
_DATE = re.compile(
    r"(?:19|20)\d\d(?:[-./]?(?:0[1-9]|1[0-2]))?(?:[-./]?(?:0[1-9]|[12]\d|3[01]))?"
    r"|(?:0[1-9]|[12]\d|3[01])[-./]?(?:0[1-9]|1[0-2])[-./]?(?:19|20)\d\d"
)
_DATE_BITS = 16.0
_DIGITS = re.compile(r"\d{2,}")
#: Bits of each letter a-z, behind none and behind each of a-z: counted in Indonesian and English words of this program.
_BEHIND = (
    "44445555565445647434665878",  # ^
    "75558765585442959343677857",  # a
    "25682997378488389468399959",  # b
    "38673883493587399574589879",  # c
    "37752678298668479447587959",  # d
    "46545668786443768234866668",  # e
    "39673366297497388474478959",  # f
    "26883744385675479457498979",  # g
    "26972786376766389575498969",  # h
    "46454656895442459534869897",  # i
    "28763986455987378769289679",  # j
    "27872796376666489645499969",  # k
    "27852798396377379856479959",  # l
    "24882999399757349867599969",  # m
    "37533738466785489843679949",  # n
    "66557667685442459344455779",  # o
    "29972975497488349355499969",  # p
    "37768779887487763668192777",  # q
    "36652667375555379644578959",  # r
    "38573894395667458743496869",  # s
    "27672884397677479445497959",  # t
    "45555756564443959333899988",  # u
    "36891579279789599898588879",  # v
    "27772794397884367547896988",  # w
    "45363598478558649553797446",  # x
    "15664567677455459745596977",  # y
    "28763976377767467967585453",  # z
)


def key_weakness(key: str) -> str:
    """Why somebody could guess this key, as the end of a sentence; empty for one that was drawn."""
    if len(key) < LENGTH_AT_LEAST:
        return f"terlalu pendek: {len(key)} huruf, paling sedikit {LENGTH_AT_LEAST}"
    read = key[:_READ_AT_MOST]
    letter = log2(next((size for kind, size in _KINDS if kind.fullmatch(read)), _OTHERS))
    told = min(_bits(read, letter), _bits(read[::2], letter) + _bits(read[1::2], letter))
    if told < min(BITS_ENOUGH, letter * len(read) - BITS_SAVED):
        return "mudah ditebak: tersusun dari kata, tanggal, urutan atau bagian yang berulang"
    return ""


def _bits(key: str, letter: float) -> float:
    """The fewest in which it can be told, when a letter by itself takes ``letter``."""
    best = [0.0] + [inf] * len(key)
    for at in range(len(key)):
        best[at + 1] = min(best[at + 1], best[at] + _LETTER + letter)
        for end, bits in (*_words(key, at), *_row(key, at), *_sequence(key, at), *_number(key, at), *_copy(key, at)):
            best[end] = min(best[end], best[at] + _NAMED + bits)
    return best[-1]


def _words(key: str, at: int) -> Iterator[tuple[int, float]]:
    """The beginning of a word, or all of it, with one separator before it; digits may stand for letters."""
    start = at + (key[at] in _SEPARATORS)
    spelt = key[start : start + _WORD_AT_MOST].translate(_BY_DIGIT)
    before, bits = 0, 1.0
    for length, (written, one) in enumerate(zip(key[start:], spelt, strict=False), start=1):
        place = ord(one.lower()) - ord("a")
        if not 0 <= place < len(_BEHIND) - 1:
            return
        bits += int(_BEHIND[before][place]) + 2 * (written != one)
        before = place + 1
        if length > 2:
            yield start + length, bits + _case(spelt[:length])


def _case(word: str) -> float:
    """Bits to tell its capitals."""
    return 1.0 if word.islower() else 2.0 if word.isupper() or word[1:].islower() else len(word)


def _row(key: str, at: int) -> Iterator[tuple[int, float]]:
    """Keys that lie side by side."""
    length = 3
    while at + length <= len(key) and key[at : at + length].lower() in _ROWS:
        yield at + length, log2(len(_ROWS)) + 2 + _case(key[at : at + length])
        length += 1


def _sequence(key: str, at: int) -> Iterator[tuple[int, float]]:
    """Letters or digits of which each is as far from the one before: 9876, aaaa, 2468."""
    steps = [ord(b) - ord(a) for a, b in pairwise(key[at:].lower())]
    for length in range(2, len(steps) + 1):
        if steps[length - 1] != steps[0] or abs(steps[0]) > 3:
            return
        if length > 2:
            yield at + length + 1, 11.0 + _case(key[at : at + length + 1])


def _number(key: str, at: int) -> Iterator[tuple[int, float]]:
    if date := _DATE.match(key, at):
        yield date.end(), _DATE_BITS if date.end() - at > 4 else _DATE_BITS / 2
    if digits := _DIGITS.match(key, at):
        yield digits.end(), 1 + log2(10) * (digits.end() - at)


def _copy(key: str, at: int) -> Iterator[tuple[int, float]]:
    """What stood there before, with capitals of its own where they differ."""
    lower, length = key.lower(), 3
    while at + length <= len(key) and (found := lower.find(lower[at : at + length], 0, at + length - 1)) >= 0:
        same = key[found : found + length] == key[at : at + length]
        yield at + length, log2(at + 1) + log2(length) + (1 if same else length)
        length += 1


def read_token(token: str) -> str:
    """What a reader of /metrik shows; empty: nobody from outside. Raises DefinitionError."""
    if token and (len(token) < 24 or not token.isascii() or not token.isprintable()):
        raise DefinitionError("ALURIZIN_METRIK_TOKEN harus acak, paling sedikit 24 huruf dan angka.")
    return token
