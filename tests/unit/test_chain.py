"""A history is followed from its first peristiwa: what was written later, left out or put in between is seen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.hashing import chain_hash, seal
from pipeline.rules.history.chain import Words, follow

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
Row = dict[str, object]


def history(count: int = 3) -> list[Row]:
    """Peristiwa as they lie in the table, one after the other; the second holds sealed words."""
    rows: list[Row] = []
    for sequence in range(1, count + 1):
        words: Mapping[str, object] | None = {"alasan": "Buram."} if sequence == 2 else None
        row: Row = {
            "sequence": sequence,
            "kind": "keputusan",
            "at": BEGIN + timedelta(hours=sequence),
            "actor": "petugas-1" if sequence == 1 else None,
            "peran": "back_office" if sequence == 1 else None,
            "permohonan_id": "berkas-1",
            "data": {"ke": "periksa"} | ({"words": seal("garam", words)} if words else {}),
            "words": words,
            "salt": "garam",
        }
        rows.append(linked(row, str(rows[-1]["hash"]) if rows else ""))
    return rows


def linked(row: Row, before: str) -> Row:
    return row | {"previous_hash": before, "hash": chain_hash(before, row)}


def test_a_history_as_it_was_written_is_sound() -> None:
    entries = list(follow(history()))
    assert [e.sound for e in entries] == [True, True, True]
    assert [e.event.sequence for e in entries] == [1, 2, 3]
    assert [(e.event.actor, e.event.peran) for e in entries[:2]] == [("petugas-1", "back_office"), (None, None)]
    assert [e.event.words for e in entries] == [None, {"alasan": "Buram."}, None]
    assert entries[1].hash == history()[1]["hash"]
    assert entries[0].event.at == BEGIN + timedelta(hours=1)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_that_was_changed_is_seen_at_its_place(place: int) -> None:
    rows = history()
    rows[place]["kind"] = "isi"
    assert [e.linked for e in follow(rows)] == [n != place for n in range(3)]


def test_one_that_is_missing_is_seen_where_it_was() -> None:
    first, _, third = history()
    assert [e.linked for e in follow([first, third])] == [True, False]
    assert [e.linked for e in follow(history()[1:])] == [False, True]


def test_a_number_that_is_told_twice_is_seen_even_when_its_hash_is_right() -> None:
    first, second, _ = history()
    again = linked(second | {"sequence": 3}, str(first["hash"]))
    assert [e.linked for e in follow([first, again])] == [True, False]


@pytest.mark.parametrize(
    ("change", "words", "told"),
    [
        ({}, Words.WHOLE, {"alasan": "Buram."}),
        ({"words": {"alasan": "Lain."}}, Words.BROKEN, None),
        ({"salt": "lain"}, Words.BROKEN, None),
        ({"words": None}, Words.MISSING, None),
        ({"words": "Buram."}, Words.MISSING, None),
        ({"words": {}}, Words.BROKEN, None),
    ],
)
def test_words_are_told_only_as_they_were_sealed(change: Row, words: Words, told: Mapping[str, object] | None) -> None:
    entry = list(follow([row | change if row["sequence"] == 2 else row for row in history()]))[1]
    assert (entry.words, entry.event.words, entry.linked) == (words, told, True)
    assert entry.sound is (words is Words.WHOLE)


def test_words_that_nothing_binds_are_believed_by_nobody() -> None:
    (entry,) = follow([history(1)[0] | {"words": {"alasan": "Ditambahkan."}}])
    assert (entry.words, entry.event.words, entry.sound) == (Words.BROKEN, None, False)


@pytest.mark.parametrize("data", [None, [], "x"])
def test_data_that_is_no_table_holds_nothing(data: object) -> None:
    (entry,) = follow([linked(history(1)[0] | {"data": data}, "")])
    assert (entry.event.data, entry.words) == ({}, Words.WHOLE)
