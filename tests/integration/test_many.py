"""Many files in a few statements: taken hold of, and written down, just as each by itself."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from pipeline.db import engine, unit_of_work
from pipeline.models import Outbox, Peristiwa, PeristiwaWords, Permohonan, Tugas
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.records.locking import lock_many, lock_tugas
from pipeline.services.records.record import Deed, record, record_many
from pipeline.services.records.sets import changing, inserting
from pipeline.services.records.verify.whole import verify_all
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, bring_to, clone, person, submitted
from tests.integration.test_cost import counted

LATER = WEDNESDAY + timedelta(hours=1)
#: What ``verify`` says of what the test changes.
CHANGED = (
    "nama pemegang pada daftar tidak sama dengan isiannya",
    "tanda pengenal pemegang untuk mencari yang sama tidak sama dengan isiannya",
    "permohonan: kode lacak diubah",
)
READY = changing(Tugas, "ready_at")
MESSAGES = inserting(Outbox, "task", "antrean", "key", "permohonan_id", "tugas_id", "created_at")


@pytest.fixture
def files(kantor) -> list[UUID]:
    """The open tugas of three files."""
    every = [submitted(person(), seed=str(n)) for n in range(3)]
    for p in every:
        bring_to(p, "paraf_kabid", kantor)
    return sorted(at_desk(p).tugas_id for p in every)


def test_they_are_locked_as_one_would_be(files):
    with unit_of_work() as s:
        each = {t: lock_tugas(s, t, person_id=None, now=LATER) for t in files}
    with unit_of_work() as s:
        together = lock_many(s, files[::-1], now=LATER)
    assert [file.tugas_id for file in together] == files
    for file in together:
        assert file == each[file.tugas_id]


def test_who_is_held_by_another_is_left_out(files):
    with unit_of_work() as other:
        lock_tugas(other, files[1], person_id=None, now=LATER)
        with unit_of_work() as s:
            assert [file.tugas_id for file in lock_many(s, files, now=LATER)] == [files[0], files[2]]


def test_what_is_written_of_many_is_what_is_written_of_one(kantor, files):
    """The same peristiwa, words and changes, by an officer too; only salts and what hangs on them differ."""
    officer = kantor[KABID_PERIZINAN].person_id
    first, second, third = files
    words = {"alasan": 'Nama lembaga "Kasih" salah ketik: Kasi\n'}
    with unit_of_work() as s:
        one = lock_tugas(s, first, person_id=officer, session_id=None, now=LATER)
        note = {"actor": officer, "peran": "kabid_perizinan", "words": words}
        record(s, one, PeristiwaKind.SIAP, opened(first), change={"pemegang": "Kasih"}, now=LATER, **note)
        two = lock_tugas(s, second, person_id=officer, session_id=None, now=LATER)
        three = lock_tugas(s, third, person_id=None, session_id=None, now=LATER)
        deeds = [
            Deed(file=two, kind=PeristiwaKind.SIAP, data=opened(second), change={"pemegang": "Kasih"}, **note),
            Deed(file=three, kind=PeristiwaKind.SIAP, data=opened(third), change={"marks": ["a", "b"]}),
            Deed(file=three, kind=PeristiwaKind.SIAP, data=opened(third), change={"tracking_code": None}),
        ]
        record_many(s.connection(), deeds, {READY: [{"id": t, "ready_at": LATER} for t in files]}, now=LATER)
    a, b = ends(first), ends(second)
    for key in ("kind", "at", "actor", "peran", "kept"):
        assert a[key] == b[key]
    assert a["kept"]["nama"]
    c = ends(third)
    assert (c["kind"], c["pemegang"] != "Kasih", c["marks"], c["tracking_code"]) == (
        "siap",
        True,
        ["a", "b"],
        None,
    )
    assert a["acts"] == b["acts"] == c["acts"]  # each act is counted on the permohonan
    told = {problem.sentence for problem in verify_all()[1]}
    assert told == set(CHANGED)  # what was changed, and nothing else


def opened(tugas_id):
    return {"tugas": str(tugas_id)}


def ends(tugas_id):
    """The last peristiwa of a file with its words, and the file."""
    with unit_of_work() as s:
        p = s.get_one(Permohonan, s.get_one(Tugas, tugas_id).permohonan_id)
        event = s.scalar(
            select(Peristiwa).where(Peristiwa.permohonan_id == p.id, Peristiwa.sequence == p.last_sequence)
        )
        assert (event.hash, p.changed_at) == (p.chain, LATER)
        kept = s.get(PeristiwaWords, (p.id, event.sequence))
        more = {
            "acts": p.version - p.last_sequence,
            "pemegang": p.pemegang,
            "marks": p.marks,
            "tracking_code": p.tracking_code,
            "permohonan_id": p.id,
        }
        return more | {
            "kind": event.kind,
            "at": event.at,
            "actor": event.actor,
            "peran": event.peran,
            "kept": kept and kept.words,
        }


@pytest.mark.parametrize("many", [1, 3, 60])
def test_however_many_there_are_they_are_two_statements(kantor, files, many):
    tugas = [t for _, t in clone(_of(files[0]), many)]
    with counted(engine()) as n, unit_of_work() as s:
        locked = lock_many(s, tugas, now=LATER)
        deeds = [Deed(file=f, kind=PeristiwaKind.SIAP, data=opened(f.tugas_id), peran=f.peran) for f in locked]
        ready = [{"id": f.tugas_id, "ready_at": LATER} for f in locked]
        owed = [
            {"task": "x", "antrean": "x", "key": str(uuid4()), "permohonan_id": f.permohonan_id, "created_at": LATER}
            for f in locked
        ]
        record_many(s.connection(), deeds, {READY: ready, MESSAGES: owed}, now=LATER)
    assert (len(deeds), n.statements, n.commits) == (many, 2, 1)
    with unit_of_work() as s:
        assert set(s.scalars(select(Tugas.ready_at).where(Tugas.id.in_(tugas)))) == {LATER}
        assert len(s.scalars(select(Outbox).where(Outbox.task == "x")).all()) == many


def _of(tugas_id):
    with unit_of_work() as s:
        return s.get_one(Tugas, tugas_id).permohonan_id
