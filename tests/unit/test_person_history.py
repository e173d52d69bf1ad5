"""What an officer, an account or a role is must be what the history of that person tells, to the last column."""

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.rules.history.person import PersonHistory, ever_held, person_hash, problems, state_of

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
SALT = "garam"
ROLE = {
    "peran": "front_office",
    "jabatan": "Petugas loket",
    "basis": "plh",
    "assignment_letter": "SP/1",
    "letter_sha256": "ab",
    "replaces": None,
    "start_date": "2026-11-01",
    "end_date": "2026-12-31",
}


def person() -> PersonHistory:
    """A person of three entries, the last of which tells what the tables say."""
    result = PersonHistory(
        person={"name": "Siti", "nip": "1985", "nik_index": "x", "salt": SALT},
        account={
            "a1": {
                "email": "siti@contoh.id",
                "phone": "62812",
                "password": "rahasia",
                "petugas": True,
                "active": True,
                "password_changed_at": BEGIN.isoformat(),
            }
        },
        roles={"r1": dict(ROLE)},
    )
    state = state_of(result, SALT)
    add(result, {**state, "akun": {}, "peran": {}})
    add(result, {**state, "peran": {"r1": ROLE | {"peran": "pdp", "end_date": None}}})
    add(result, state)
    result.leaves.append({"sequence": 2, "hash": result.history[1]["hash"], "number": 7})
    return result


def add(who: PersonHistory, state: object) -> None:
    """One more entry; the person knows their last one."""
    before = str(who.history[-1]["hash"]) if who.history else ""
    sequence = len(who.history) + 1
    row = {
        "sequence": sequence,
        "kind": "peran",
        "data": {},
        "state": state,
        "person_id": "p1",
        "actor": None if sequence == 1 else "p2",
        "at": BEGIN + timedelta(hours=sequence),
        "previous_hash": before,
    }
    row["hash"] = person_hash(before, row)
    who.history.append(row)
    who.person = {**who.person, "sequence": sequence, "chain": row["hash"]}


def test_a_person_who_is_what_their_history_tells_has_no_problem() -> None:
    assert list(problems(person())) == []


def test_names_addresses_and_passwords_are_not_told_by_an_entry() -> None:
    told = str([row["state"] for row in person().history])
    assert not any(word in told for word in ("Siti", "1985", "siti@contoh.id", "62812", "rahasia"))


def _entry(place: int, **change: object) -> Callable[[PersonHistory], object]:
    return lambda p: p.history.__setitem__(place, {**p.history[place], **change})


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (_entry(1, kind="akun"), ["rantai riwayatnya putus pada catatan 2 (akun)"]),
        (_entry(0, actor="p9"), ["rantai riwayatnya putus pada catatan 1 (peran)"]),
        (
            lambda p: p.history.pop(0),
            ["rantai riwayatnya putus pada catatan 2 (peran)"],
        ),
        (
            lambda p: p.history.pop(1),
            [
                "rantai riwayatnya putus pada catatan 3 (peran)",
                "riwayatnya sampai catatan 2 tidak sama dengan kepala harian nomor 7",
            ],
        ),
        (
            lambda p: p.leaves.append({"sequence": 3, "hash": "lain", "number": 8}),
            ["riwayatnya sampai catatan 3 tidak sama dengan kepala harian nomor 8"],
        ),
        (
            lambda p: setattr(p, "person", {**p.person, "sequence": 4}),
            ["riwayatnya tidak lengkap: catatan terakhir nomor 3, menurut orangnya 4"],
        ),
        (
            lambda p: setattr(p, "person", {**p.person, "chain": "lain"}),
            ["riwayatnya tidak lengkap: catatan terakhir nomor 3, menurut orangnya 3"],
        ),
        (lambda p: setattr(p, "person", {**p.person, "name": "Sinta"}), ["nama diubah"]),
        (lambda p: p.account["a1"].update(active=False), ["akun: terbuka atau ditutup diubah"]),
        (
            lambda p: p.account["a1"].update(phone=None, email="s@contoh.id"),
            ["akun: surel diubah", "akun: nomor HP diubah"],
        ),
        (
            lambda p: p.account["a1"].update(password_changed_at="2026-11-23T00:00:00.000001+00:00"),
            ["akun: waktu kata sandi diganti diubah"],
        ),
        (
            lambda p: p.roles["r1"].update(jabatan="Kepala loket"),
            ["peran front_office mulai 2026-11-01: jabatan diubah"],
        ),
        (
            lambda p: p.roles.update(r2=ROLE | {"peran": "pdp"}),
            ["peran pdp mulai 2026-11-01 ada di tabel, tidak ada dalam riwayatnya"],
        ),
        (
            lambda p: p.roles.clear(),
            ["peran front_office mulai 2026-11-01 ada dalam riwayatnya, hilang dari tabel"],
        ),
        (lambda p: p.account.clear(), ["akun ada dalam riwayatnya, hilang dari tabel"]),
        (
            lambda p: p.account.update(a2=p.account["a1"]),
            ["akun ada di tabel, tidak ada dalam riwayatnya"],
        ),
    ],
)  # fmt: skip
def test_whatever_was_changed_is_told_in_a_sentence(
    change: Callable[[PersonHistory], object], sentences: list[str]
) -> None:
    damaged = copy.deepcopy(person())
    change(damaged)
    assert list(problems(damaged)) == sentences


@pytest.mark.parametrize("state", [None, [], "x"])
def test_an_entry_that_tells_nothing_leaves_nothing_to_compare(state: object) -> None:
    who = person()
    add(who, state)
    assert list(problems(who)) == ["tidak ada dalam riwayat"]


def test_a_person_without_a_history_is_told_of() -> None:
    who = person()
    who.history, who.leaves, who.person = [], [], {**who.person, "sequence": 0, "chain": ""}
    assert list(problems(who)) == ["tidak ada dalam riwayat"]


@pytest.mark.parametrize(
    ("peran", "day", "held"),
    [
        ("front_office", "2026-10-31", False),
        ("front_office", "2026-11-01", True),
        ("front_office", "2026-12-31", True),
        ("front_office", "2027-01-01", False),
        ("pdp", "2026-11-01", True),
        ("pdp", "2026-10-31", False),
        ("pdp", "2099-12-31", True),  # without an end
        ("admin", "2026-11-15", False),
    ],
)
def test_a_role_was_held_from_its_first_day_through_its_last(peran: str, day: str, held: bool) -> None:
    assert ever_held(person(), peran, date.fromisoformat(day)) is held
