"""The daily head: one signed statement about the ends of all histories, and the short proof that one of them is in it.

A Merkle tree as in RFC 6962 (a leaf and a node are hashed with different first bytes), signed with Ed25519. Pure.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pipeline.hashing import canonical

FORMAT = "alurizin-kepala-harian-1"


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of one history: its entry ``sequence`` has this hash. ``nomor``: of a file; None: a draft, a person."""

    owner_id: str
    sequence: int
    hash: str
    nomor: str | None

    def plain(self) -> list[object]:
        return [self.owner_id, self.sequence, self.hash, self.nomor]


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement with its signature; ``leaves`` where the whole head is at hand, not just what is published."""

    statement: Mapping[str, object]
    signature: str
    leaves: tuple[Leaf, ...] | None = None

    @property
    def number(self) -> int:
        return int(str(self.statement["number"]))

    def plain(self) -> dict[str, object]:
        """As it is written to a file."""
        head: dict[str, object] = {"statement": dict(self.statement), "signature": self.signature}
        return head if self.leaves is None else head | {"leaves": [leaf.plain() for leaf in self.leaves]}


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def decode(text: object) -> bytes:
    """Raises ValueError."""
    try:
        raw = base64.urlsafe_b64decode(f"{text}==")  # more of it than is needed does no harm
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("bukan base64") from error
    if encode(raw) != text:  # the decoder skips what is no base64
        raise ValueError("bukan base64")
    return raw


def leaf_hash(leaf: Leaf) -> bytes:
    return hashlib.sha256(b"\0" + canonical(leaf.plain())).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, read once: memory grows with the height of the tree."""
    stack: list[bytes] = []
    for count, leaf in enumerate(leaves, start=1):
        node, whole = leaf, count
        while whole % 2 == 0:  # a subtree of 2, of 4, … leaves is whole with this one
            node, whole = _node(stack.pop(), node), whole // 2
        stack.append(node)
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack.pop()
    while stack:
        root = _node(stack.pop(), root)
    return root


def merkle_path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The neighbours on the way from a leaf to the root, the lowest first."""
    if len(leaves) < 2:
        return []
    half = _split(len(leaves))
    if place < half:
        return [*merkle_path(leaves[:half], place), merkle_root(leaves[half:])]
    return [*merkle_path(leaves[half:], place - half), merkle_root(leaves[:half])]


def climb(leaf: bytes, place: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that this leaf leads to along ``path``. Raises ValueError for a path of another length."""
    node, steps = leaf, list(_turns(place, count))
    if not 0 <= place < count or len(steps) != len(path):
        raise ValueError("jalur bukti tidak sesuai")
    for right, neighbour in zip(reversed(steps), path, strict=True):
        node = _node(neighbour, node) if right else _node(node, neighbour)
    return node


def _turns(place: int, count: int) -> Iterator[bool]:
    """From the root down: whether the leaf lies in the right half."""
    while count > 1:
        half = _split(count)
        yield place >= half
        place, count = (place - half, count - half) if place >= half else (place, half)


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def key_name(key: Ed25519PublicKey) -> str:
    """What a statement calls the key it is signed with."""
    return encode(hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).digest())


def sign_head(
    leaves: Sequence[Leaf],
    previous: Mapping[str, object] | None,
    *,
    day: date,
    made_at: datetime,
    key: Ed25519PrivateKey,
    logs: Mapping[str, object] | None = None,
) -> Signed:
    """The head of a day over these ends of histories, chained to the head before it.

    ``logs``: what the records that belong to no single file have grown by.
    """
    statement: dict[str, object] = {
        "format": FORMAT,
        "number": int(str(previous["number"])) + 1 if previous else 1,
        "day": day.isoformat(),
        "made_at": made_at.isoformat(),
        "count": len(leaves),
        "root": encode(merkle_root(map(leaf_hash, leaves))),
        "previous": name_of(previous) if previous else "",
        "key": key_name(key.public_key()),
        "logs": dict(logs or {}),
    }
    return Signed(statement, encode(key.sign(canonical(statement))), tuple(leaves))


def name_of(statement: Mapping[str, object]) -> str:
    """What the next head calls this one."""
    return encode(hashlib.sha256(canonical(statement)).digest())


def is_signed(head: Signed, key: Ed25519PublicKey) -> bool:
    """Whether the statement was signed with this key."""
    try:
        key.verify(decode(head.signature), canonical(head.statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def parse(content: bytes) -> object:
    """What stands in a file of a head or a proof. Raises ValueError."""
    try:
        value: object = json.loads(content)
    except ValueError as error:  # the library's own sentence is English
        raise ValueError("isinya bukan JSON") from error
    return value


def read_head(value: object) -> Signed:
    """A head as it was written to a file. Raises ValueError for anything else."""
    if not isinstance(value, dict) or not isinstance(statement := value.get("statement"), dict):
        raise ValueError("bukan kepala harian")
    if statement.get("format") != FORMAT or not isinstance(statement.get("number"), int):
        raise ValueError("format kepala harian tidak dikenal")
    rows = value.get("leaves")
    leaves = tuple(map(read_leaf, rows)) if isinstance(rows, list) else None
    return Signed(statement, str(value.get("signature")), leaves)


def read_leaf(row: object) -> Leaf:
    """A leaf as it was written. Raises ValueError."""
    match row:
        case [str(owner_id), int(sequence), str(hash_), str() | None as nomor]:
            return Leaf(owner_id, sequence, hash_, nomor)
    raise ValueError("daun kepala harian tidak terbaca")


def make_proof(head: Signed, leaves: Sequence[Leaf], place: int) -> dict[str, object]:
    """That one history is in a head: its end, the way to the root, and the head. A few hundred bytes per doubling."""
    path = merkle_path([leaf_hash(leaf) for leaf in leaves], place)
    published = Signed(head.statement, head.signature).plain()
    return {"leaf": leaves[place].plain(), "place": place, "path": [encode(p) for p in path], "head": published}


def check_proof(value: object, key: Ed25519PublicKey, head: Signed | None = None) -> tuple[Leaf, Signed]:
    """What a proof proves, against the head in it or the one given. Raises ValueError with what does not hold."""
    if not isinstance(value, dict) or not isinstance(path := value.get("path"), list):
        raise ValueError("berkas ini bukan bukti")
    leaf, inside = read_leaf(value.get("leaf")), read_head(value.get("head"))
    head = head or inside
    if not is_signed(head, key):
        raise ValueError("tanda tangan kepala harian tidak sah untuk kunci ini")
    if head.statement != inside.statement:
        raise ValueError(
            f"bukti ini dari kepala harian nomor {inside.number}, bukan nomor {head.number} yang diberikan"
        )
    count = int(str(head.statement["count"]))
    root = climb(leaf_hash(leaf), int(str(value.get("place"))), count, [decode(p) for p in path])
    if encode(root) != head.statement["root"]:
        raise ValueError("riwayat ini tidak ada dalam kepala harian tersebut")
    return leaf, head
