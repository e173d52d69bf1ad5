"""Canonical JSON and the hashes made of it: the same value gives the same digest in every process, for ever."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, plain UTF-8. Times and ids are text already; nothing we hash holds a float."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def digest(value: object) -> str:
    """SHA-256 (hex) over the canonical JSON of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def content_hash(
    content: Mapping[str, object],
    berkas: Sequence[tuple[str, int, str]],
    forms: Mapping[str, Mapping[str, object]],
) -> str:
    """What an approval is bound to: the form, the documents (syarat, urut, sha256) and what desks filled in.

    Where one desk did, its form stands for itself, as it did when there was no other ("bap").
    """
    filled = next(iter(forms.values())) if len(forms) == 1 else forms or None
    return digest({"isi": content, "berkas": sorted(berkas), "bap": filled})


def naskah_digest(context: Mapping[str, object], templat_sha256: str, content_digest: str) -> str:
    """What an approval of a draft is bound to: what it says, the template it is made of, and the evidence."""
    return digest({"konteks": context, "templat": templat_sha256, "isi": content_digest})


def link(before: str, row: Mapping[str, object]) -> str:
    """The hash of a peristiwa: over its predecessor's hash and its own canonical row."""
    return hashlib.sha256(before.encode() + canonical(row)).hexdigest()


def chain_hash(before: str, row: Mapping[str, object]) -> str:
    """What ``hash`` of a peristiwa row must be; the same for one just made and one read back."""
    plain = {k: row[k] for k in ("sequence", "kind", "peran", "data")}
    plain["permohonan_id"] = str(row["permohonan_id"])
    plain["actor"] = str(row["actor"]) if row["actor"] else None
    plain["at"] = f"{row['at']:%Y-%m-%dT%H:%M:%S.%f}Z"
    return link(before, plain)


def change_hash(before: str, row: Mapping[str, object]) -> str:
    """What ``hash`` of a change of the calendar must be; the same for one just made and one read back."""
    plain = {k: row[k] for k in ("version", "before", "after")}
    return link(before, plain | {"actor": str(row["actor"]), "at": f"{row['at']:%Y-%m-%dT%H:%M:%S.%f}Z"})


def seal(salt: str, words: Mapping[str, object]) -> str:
    """What binds words without telling them: without the random salt nobody can try guesses against it."""
    return hashlib.sha256(salt.encode() + canonical(words)).hexdigest()


def keyed_index(key: str, purpose: str, value: str) -> str:
    """What a value is found again by without being kept: the same under the same key, and nothing without it."""
    return hmac.new(_derived(key, f"index {purpose}"), value.encode(), "sha256").hexdigest()


def _derived(key: str, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.digest(key.encode(), f"alurizin {purpose}".encode(), "sha256")
