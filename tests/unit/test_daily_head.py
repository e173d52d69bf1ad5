"""The daily head: a tree whose proofs are short, and a signature nobody else can make."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.history.daily_head import (
    Leaf,
    Signed,
    check_proof,
    climb,
    decode,
    encode,
    is_signed,
    leaf_hash,
    make_proof,
    merkle_path,
    merkle_root,
    name_of,
    parse,
    read_head,
    sign_head,
)

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key()
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def leaves(n: int) -> list[Leaf]:
    return [Leaf(f"berkas-{i}", i + 1, f"{i:064x}", f"LKS-2026-{i:06d}") for i in range(n)]


def head(n: int, previous=None):
    return sign_head(leaves(n), previous, day=date(2026, 11, 25), made_at=NOW, key=KEY)


def test_the_tree_is_that_of_rfc_6962():
    """Its own test vectors: the roots over the first n of eight inputs."""
    import hashlib

    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashed = [hashlib.sha256(b"\0" + bytes.fromhex(i)).digest() for i in inputs]
    assert merkle_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle_root(hashed[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle_root(hashed[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle_root(hashed).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("n", range(1, 18))
def test_every_leaf_of_every_tree_leads_to_the_root_and_no_other_does(n):
    hashed = [leaf_hash(leaf) for leaf in leaves(n)]
    root = merkle_root(hashed)
    for place, leaf in enumerate(hashed):
        path = merkle_path(hashed, place)
        assert len(path) <= (n - 1).bit_length()
        assert climb(leaf, place, n, path) == root
        assert climb(leaf_hash(Leaf("lain", 1, "", None)), place, n, path) != root
        if n > 1:
            with pytest.raises(ValueError, match="jalur"):
                climb(leaf, place, n, path[:-1] if len(path) > 1 else [*path, *path])


@given(st.binary(max_size=70))
def test_what_is_written_in_letters_is_read_again(raw):
    assert decode(encode(raw)) == raw
    assert "=" not in encode(raw)


@pytest.mark.parametrize("text", ["x", "abcde", "é", 7])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|ASCII"):
        decode(text)


def test_the_first_head_is_number_one_and_counts_its_leaves():
    first = head(3)
    assert (first.number, first.statement["count"], first.statement["previous"]) == (1, 3, "")
    assert first.statement["logs"] == {}
    second = sign_head(leaves(2), first.statement, day=date(2026, 11, 26), made_at=NOW, key=KEY, logs={"kalender": 4})
    assert (second.number, second.statement["day"], second.statement["logs"]) == (2, "2026-11-26", {"kalender": 4})


def test_a_head_is_read_as_it_was_written():
    whole = head(3)
    assert read_head(whole.plain()) == whole
    assert read_head(Signed(whole.statement, whole.signature).plain()).leaves is None
    for wrong in (
        None,
        [],
        {},
        {"statement": []},
        whole.plain() | {"statement": {**whole.statement, "format": "lain"}},
        whole.plain() | {"statement": {**whole.statement, "number": "1"}},
        whole.plain() | {"leaves": [["a", 1, "b"]]},
        whole.plain() | {"leaves": [["a", "1", "b", None]]},
    ):
        with pytest.raises(ValueError, match="kepala harian"):
            read_head(wrong)


def test_a_file_of_a_head_is_json():
    assert parse(b'{"a": 1}') == {"a": 1}
    for content in (b"", b"{", b"\xff"):
        with pytest.raises(ValueError, match="bukan JSON"):
            parse(content)


def test_heads_are_signed_and_follow_one_another():
    heads = [head(3)]
    for n in (0, 5):
        heads.append(head(n, heads[-1].statement))
    assert all(is_signed(h, PUBLIC) for h in heads)
    assert [h.number for h in heads] == [1, 2, 3]
    assert all(b.statement["previous"] == name_of(a.statement) for a, b in pairwise(heads))
    assert not any(is_signed(h, Ed25519PrivateKey.generate().public_key()) for h in heads)
    forged = replace(heads[1], statement={**heads[1].statement, "root": heads[0].statement["root"]})
    assert not is_signed(forged, PUBLIC)
    assert not is_signed(replace(heads[1], signature="bukan tanda tangan"), PUBLIC)


def test_a_proof_is_short_and_says_which_history_is_in_which_head():
    whole = head(1000)
    proof = make_proof(whole, leaves(1000), 617)
    assert len(proof["path"]) == 10
    leaf, found = check_proof(proof, PUBLIC)
    assert (leaf.nomor, leaf.sequence, found.number) == ("LKS-2026-000617", 618, 1)
    assert check_proof(proof, PUBLIC, read_head(whole.plain()))[0] == leaf


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p | {"leaf": ["berkas-617", 618, "0" * 64, "LKS-2026-000617"]}, "tidak ada dalam"),
        (lambda p: p | {"leaf": ["berkas-617", 617, p["leaf"][2], p["leaf"][3]]}, "tidak ada dalam"),
        (lambda p: p | {"place": 616}, "tidak ada dalam"),
        (lambda p: p | {"path": p["path"][1:]}, "jalur"),
        (lambda p: p | {"head": head(3).plain()}, "jalur"),
        (lambda p: p | {"head": p["head"] | {"signature": encode(b"0" * 64)}}, "tanda tangan"),
        (lambda p: p | {"leaf": "x"}, "daun"),
        (lambda _: [], "bukan bukti"),
    ],
)  # fmt: skip
def test_a_forged_proof_is_refused_in_words(change, words):
    proof = make_proof(head(1000), leaves(1000), 617)
    with pytest.raises(ValueError, match=words):
        check_proof(change(proof), PUBLIC)


def test_a_place_outside_the_tree_is_no_place():
    proof = make_proof(head(1), leaves(1), 0)
    assert check_proof(proof, PUBLIC)
    for place in (1, 10, -1):
        with pytest.raises(ValueError, match="jalur"):
            check_proof(proof | {"place": place}, PUBLIC)


def test_a_proof_against_another_day_says_so():
    with pytest.raises(ValueError, match="nomor 2"):
        check_proof(make_proof(head(4), leaves(4), 0), PUBLIC, head(4, head(4).statement))
