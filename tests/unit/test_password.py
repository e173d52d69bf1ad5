"""A password that a guesser tries first is refused with a reason; a few words of one's own are enough."""

import pytest

from ops.demo_people import PASSPHRASE, PASSWORD
from pipeline.rules.password import password_problem

NEWCOMER = ("Siti Aminah", "siti.aminah@contoh.id", "6281234567890")


@pytest.mark.parametrize(
    ("password", "cause"),
    [
        ("", "paling sedikit 8"), ("pendek7", "paling sedikit 8"), ("x" * 257, "paling panjang 256"),
        ("        ", "ulangan"), ("\t\t\t\t\t\t\t\t", "ulangan"), ("aaaaaaaa", "ulangan"), ("x" * 64, "ulangan"),
        ("abababab", "ulangan"), ("1234123412341234", "ulangan"), ("🙂" * 8, "ulangan"), ("12345678", "urutan"),
        ("87654321", "urutan"), ("abcdefgh", "urutan"), ("qwertyui", "urutan"), ("ASDFGHJKL", "urutan"),
        ("17081945", "angka saja"), ("3171234567890001", "angka saja"), ("١٧٠٨١٩٤٥", "angka saja"),
        ("password", "sering dipakai"), ("Password1!", "sering dipakai"), ("P@ssw0rd", "sering dipakai"),
        ("  password  ", "sering dipakai"), ("sayang123", "sering dipakai"), ("bismillah", "sering dipakai"),
        ("Indonesia2026", "sering dipakai"), ("banjarbaru", "sering dipakai"), ("admin1234", "sering dipakai"),
        ("katasandi", "sering dipakai"), ("iloveyou", "sering dipakai"), ("!!!rahasia!!!", "sering dipakai"),
        ("sitiaminah", "nama, surel"), ("Siti Aminah", "nama, surel"), ("Aminah1990!", "nama, surel"),
        ("siti.aminah@contoh.id", "nama, surel"), ("081234567890", "angka saja"), ("hp-081234567890", "nama, surel"),
        ("kata sandi", "sering dipakai"), ("passwordpassword", "ulangan"), ("password password", "ulangan"),
        ("pass word", "sering dipakai"), ("sandi1234", "sering dipakai"), ("pancasila", "sering dipakai"),
        ("kepala dinas", "sering dipakai"), ("Kepala Dinas!", "sering dipakai"), ("kucingkucing", "ulangan"),
        ("01011990a", "hampir seluruhnya angka"), ("-17081945", "hampir seluruhnya angka"),
        ("1 2 3 4 5 6 7 8", "ulangan"),
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused_with_its_reason(password: str, cause: str) -> None:
    assert cause in password_problem(password, NEWCOMER)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, PASSPHRASE, "kucing biru terbang", " spasi di depan dan belakang ", "correct horse battery staple",
        "🙂🦆🌧️🚲🍎🪁🧵🎈", "xK9#mPq2", "aminah suka mangga muda", "sandi-uji-panjang",
        "31415926535897932384", "日本語のパスワード",
    ],
)  # fmt: skip
def test_words_of_ones_own_will_do(password: str) -> None:
    assert password_problem(password, NEWCOMER) == ""


def test_a_passphrase_is_called_by_its_name() -> None:
    assert password_problem("12345678", what="Frasa sandi").startswith("Frasa sandi")


@pytest.mark.parametrize(("part", "refused"), [("sari", True), ("ani", False)])
def test_a_name_of_four_letters_counts_as_a_name_and_one_of_three_as_chance(part: str, refused: bool) -> None:
    assert bool(password_problem(f"{part}!90#17$42", (part.title(),))) is refused


WORDS = "".join(f"kata {n} " for n in range(100))


@pytest.mark.parametrize(
    ("password", "cause"),
    [
        (WORDS[:8] + "x", ""),
        ("kuda7biru"[:8], ""),
        ("kuda7biru"[:7], "paling sedikit 8"),
        (WORDS[:256], ""),
        (WORDS[:257], "paling panjang 256"),
        ("aababbab", "ulangan"),  # two different keys
        ("aabacbca", ""),  # three
        ("3141592653589793238", "angka saja"),  # nineteen digits
        ("31415926535897932384", ""),  # twenty
        ("314159265358979323x", "hampir seluruhnya angka"),
        ("3141592653589793238x", ""),
        ("314159265358979xy", ""),  # two letters
        ("3 1 4 1 5 9 2 6 5 x", "hampir seluruhnya angka"),
        ("!!!!love!!!!", "sering dipakai"),  # the shortest word that is looked up
        ("qwertyuiop" * 2 + "qwe", "urutan"),
        ("poiuytrewq" * 2 + "poiuytr", "urutan"),
        ("yzabcdefg", "urutan"),
    ],
)
def test_the_last_that_is_refused_and_the_first_that_will_do(password: str, cause: str) -> None:
    problem = password_problem(password)
    assert cause in problem
    assert bool(cause) is bool(problem)


@pytest.mark.parametrize(
    ("about", "password", "refused"),
    [
        ("budi.raharjo@contoh.id", "budiraharjo77", True),  # the mailbox, without its dot
        ("budi.raharjo@contoh.id", "raharjo1990", True),
        ("budi.raharjo@contoh.id", "contoh!1234#", True),
        ("budi.raharjo@contoh.id", "budi raharjo naik kuda", False),
        ("6281234567890", "kuda 34567890", True),  # eight digits at its end
        ("6281234567890", "kuda 4567890 biru", False),
        ("6281234567890", "kuda 62812345 biru", False),
        ("0812 3456 7890", "kuda-3456-7890", True),
        ("1234567", "kuda 1234567 biru", False),  # too short for a number of somebody
        ("12345678", "kuda 12345678 biru", True),
    ],
)
def test_what_is_known_of_its_owner_is_refused(about: str, password: str, refused: bool) -> None:
    assert ("nama, surel" in password_problem(password, ("Siti", about))) is refused
    assert ("nama, surel" in password_problem(password, (about, "Siti"))) is refused
