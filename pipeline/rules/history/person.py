"""The history of a person: what was done to their accounts and roles, chained, and what they were after each act. Pure.

Names, numbers, addresses and passwords stay out of it: each is bound by a seal whose salt lies with the person and
goes when the person is erased. The last entry seals what the tables say now; roles are told in plain in every entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pipeline.hashing import link, seal
from pipeline.text import read_moment

Row = Mapping[str, object]

#: What is sealed, and what is told in plain.
_OF_PERSON = ("name", "nip", "nik_index")
_OF_ACCOUNT = ("email", "phone", "password")
_OF_CODE = ("secret", "created_at")
_PLAIN_ACCOUNT = ("petugas", "active")
_PLAIN_ROLE = (
    "peran",
    "jabatan",
    "basis",
    "assignment_letter",
    "letter_sha256",
    "replaces",
    "start_date",
    "end_date",
)
BOUND = (*_OF_PERSON, *_OF_ACCOUNT, "secret", *_PLAIN_ACCOUNT, "password_changed_at", *_PLAIN_ROLE)
#: What a reader calls them.
_CALLED = {
    "name": "nama", "email": "surel", "replaces": "menggantikan",
    "nip": "NIP", "nik_index": "NIK", "phone": "nomor HP", "password": "kata sandi", "active": "terbuka atau ditutup",
    "petugas": "pintu masuk", "basis": "dasar peran", "password_changed_at": "waktu kata sandi diganti",
    "assignment_letter": "surat perintah", "letter_sha256": "pindaian surat perintah", "start_date": "tanggal mulai",
    "end_date": "tanggal sampai", "code": "kode masuk",
}  # fmt: skip


@dataclass(slots=True)
class PersonHistory:
    """Everything the tables say about one person; rows as JSON has them, ids and dates as text."""

    person: Row = field(default_factory=dict)
    account: dict[str, Row] = field(default_factory=dict)
    code: dict[str, Row] = field(default_factory=dict)  # beside the password, by the account; of most there is none
    roles: dict[str, Row] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    leaves: list[Row] = field(default_factory=list)


def state_of(person: PersonHistory, salt: str) -> dict[str, object]:
    """What an entry says the person is: sealed under ``salt``, but for roles and whether an account is open."""
    return {
        "orang": _sealed(person.person, _OF_PERSON, salt),
        "akun": {key: _account(row, person.code.get(key), salt) for key, row in person.account.items()},
        "peran": {key: {c: row[c] for c in _PLAIN_ROLE} for key, row in person.roles.items()},
    }


def person_hash(before: str, row: Row) -> str:
    """What ``hash`` of an entry must be; the same for one just made and one read back."""
    plain = {name: row[name] for name in ("sequence", "kind", "data", "state")}
    plain |= {name: str(row[name]) if row[name] else None for name in ("person_id", "actor")}
    return link(before, {**plain, "at": _moment(row["at"])})


def problems(person: PersonHistory) -> Iterator[str]:
    """Every sentence about this person that ought not to be there."""
    sequence, last, state = 0, "", None
    for row in person.history:
        if (row["sequence"], row["previous_hash"], row["hash"]) != (sequence + 1, last, person_hash(last, row)):
            yield f"rantai riwayatnya putus pada catatan {row['sequence']} ({row['kind']})"
        sequence, last, state = int(str(row["sequence"])), str(row["hash"]), row["state"]
    if (person.person["sequence"], person.person["chain"]) != (sequence, last):
        own = person.person["sequence"]
        yield f"riwayatnya tidak lengkap: catatan terakhir nomor {sequence}, menurut orangnya {own}"
    hashes = {row["sequence"]: row["hash"] for row in person.history}
    for leaf in person.leaves:
        if hashes.get(leaf["sequence"]) != leaf["hash"]:
            yield f"riwayatnya sampai catatan {leaf['sequence']} tidak sama dengan kepala harian nomor {leaf['number']}"
    if not isinstance(state, Mapping):
        yield "tidak ada dalam riwayat"
        return
    yield from _differences(state, state_of(person, str(person.person["salt"])))


def ever_held(person: PersonHistory, peran: str, hari: date) -> bool:
    """Whether some entry gives this person the role on that day."""
    return any(
        role.get("peran") == peran
        and str(role.get("start_date")) <= hari.isoformat() <= str(role.get("end_date") or "9")
        for row in person.history
        for role in _rows(row["state"], "peran").values()
    )


def _differences(told: Row, kept: Row) -> Iterator[str]:
    yield from _columns("", _part(told, "orang"), _part(kept, "orang"))
    for part, name in (("akun", "akun"), ("peran", "peran")):
        history, table = _rows(told, part), _rows(kept, part)
        for key in sorted({*history, *table}):
            what = f"{name} {_role(table.get(key) or history[key])}".strip()
            if key not in history:
                yield f"{what} ada di tabel, tidak ada dalam riwayatnya"
            elif key not in table:
                yield f"{what} ada dalam riwayatnya, hilang dari tabel"
            else:
                yield from _columns(f"{what}: ", history[key], table[key])


def _columns(name: str, told: Row, kept: Row) -> Iterator[str]:
    for column in sorted({*told, *kept}):
        if told.get(column) != kept.get(column):
            yield f"{name}{_CALLED.get(column, column)} diubah"


def _role(row: Row) -> str:
    return f"{row['peran']} mulai {row.get('start_date')}" if "peran" in row else ""


def _account(row: Row, code: Row | None, salt: str) -> Row:
    plain = {name: row[name] for name in _PLAIN_ACCOUNT}
    kept = {"code": seal(salt, {name: code[name] for name in _OF_CODE})} if code else {}
    at = _moment(row["password_changed_at"])
    return {**plain, "password_changed_at": at, **_sealed(row, _OF_ACCOUNT, salt), **kept}


def _sealed(row: Row, columns: Iterable[str], salt: str) -> dict[str, str]:
    return {name: seal(salt, {name: row[name]}) for name in columns}


def _part(state: object, name: str) -> Row:
    part = state.get(name) if isinstance(state, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _rows(state: object, name: str) -> Mapping[str, Row]:
    return {key: row for key, row in _part(state, name).items() if isinstance(row, Mapping)}


def _moment(value: object) -> str:
    at = value if isinstance(value, datetime) else read_moment(str(value))
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
