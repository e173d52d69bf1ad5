"""Which passwords are refused, and the sentence that says why. Length counts more than signs: a few words will do."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SHORTEST, LONGEST = 8, 256
#: Digits alone are a date, a number of a card or a telephone; so many of them are none of these.
DIGITS_ENOUGH = 20
#: A part of a name or of an address counts when it is at least so long.
PART = 4
ADVICE = "Coba tiga kata yang tidak berhubungan, mis. nama benda di sekitar Anda."
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SPELT = str.maketrans("@4301!$5", "aaeoiiss")
_NO_LETTERS = re.compile(r"[\W\d_]+")


def password_problem(password: str, about: Iterable[str] = (), *, what: str = "Kata sandi") -> str:
    """Why this password is refused; "" for one that will do. ``about``: name and addresses of its owner."""
    if len(password) < SHORTEST:
        return f"{what} paling sedikit {SHORTEST} huruf. Beberapa kata yang mudah Anda ingat boleh."
    if len(password) > LONGEST:
        return f"{what} paling panjang {LONGEST} huruf."
    plain = password.casefold().strip()
    joined = re.sub(r"\s", "", plain)
    if len(set(plain)) < 3 or _repeats(joined) or _runs(joined):
        return f"{what} ini hanya ulangan atau urutan tombol, jadi mudah ditebak. {ADVICE}"
    if plain.isdigit() and len(plain) < DIGITS_ENOUGH:
        return f"{what} berupa angka saja mudah ditebak. {ADVICE}"
    if len(joined) - sum(c.isdigit() for c in joined) < 2 and len(joined) < DIGITS_ENOUGH:
        return f"{what} yang hampir seluruhnya angka mudah ditebak. {ADVICE}"
    if not (_words(plain) | _words(joined)).isdisjoint(_common()):
        return f"{what} ini termasuk yang paling sering dipakai orang, jadi paling dulu dicoba penebak. {ADVICE}"
    if _is_about(plain, about):
        return f"{what} jangan memakai nama, surel, atau nomor HP Anda sendiri. {ADVICE}"
    return ""


def _repeats(plain: str) -> bool:
    """abababab, 12341234, wordword: a piece over and over; a short one may end in the middle."""
    return re.fullmatch(r"(.{1,4}?)\1+.{0,3}|(.{5,}?)\2+", plain, re.DOTALL) is not None


def _runs(plain: str) -> bool:
    """Keys in their order, forwards or backwards: abcdefgh, 87654321."""
    return any(plain in row * len(plain) or plain in row[::-1] * len(plain) for row in _ROWS)


def _words(plain: str) -> set[str]:
    """The password as a guesser would vary it: without signs around it, and with p@ssw0rd spelt out."""
    spelt = plain.translate(_SPELT)
    return {plain, spelt, *(core for text in (plain, spelt) if len(core := _core(text)) >= PART)}


def _core(plain: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)


def _is_about(plain: str, about: Iterable[str]) -> bool:
    """It is, but for digits and signs, a name or address of its owner, or a part of one; or holds their number."""
    letters, digits = _NO_LETTERS.sub("", plain), re.sub(r"\D", "", plain)
    for text in about:
        mine = text.casefold()
        parts = {_NO_LETTERS.sub("", part) for part in (mine, mine.partition("@")[0], *re.split(r"[\W_]+", mine))}
        if letters in {part for part in parts if len(part) >= PART}:
            return True
        number = re.sub(r"\D", "", text)[-8:]
        if len(number) == 8 and number in digits:
            return True
    return False


@cache
def _common() -> frozenset[str]:
    """The passwords that are tried first: one a line, small letters; digits alone are a rule of their own."""
    listed = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(listed.splitlines())
