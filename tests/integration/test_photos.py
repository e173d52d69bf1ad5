"""Photos of a desk at the document worker: killed, told twice, too late; one photo in the form, nothing left over."""

import os
import shutil
import subprocess
import sys
from io import BytesIO
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid, NotFound, TakenAlready
from pipeline.models import FilledForm, Outbox, Peristiwa, Upload
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.applicant.close import withdraw
from pipeline.services.desk.claim import claim, release
from pipeline.services.desk.decide import decide
from pipeline.services.desk.photos import receive_photo, remove_photo
from pipeline.services.outbox import examine
from pipeline.services.people.actor import Petugas
from pipeline.services.records.uploads import EXAMINE, sweep_upload
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import ROOT, settings
from pipeline.sop.words import KeputusanKind
from pipeline.uploads.refusals import RefusalReason
from tests import corpus_images as images
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE
from tests.factories import (
    SOP,
    WEDNESDAY,
    at_desk,
    bring_to,
    bytes_received,
    decide_at,
    deliver,
    office,
    person,
    submitted,
    write_bap,
)
from tests.stored import stored

PLACE = {"waktu": "2026-11-25T01:00:00+00:00", "lat": "-3.44", "lon": "114.84", "akurasi": "12"}


@pytest.fixture(autouse=True)
def nothing_came_before() -> None:
    """The database is emptied before each test; what came in for it goes too."""
    shutil.rmtree(settings().data / "unggahan", ignore_errors=True)


@pytest.fixture
def kantor() -> dict[Peran, Petugas]:
    return office()


@pytest.fixture
def p(kantor: dict[Peran, Petugas]) -> UUID:
    """A file on the desk that inspects, its form filled in."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    write_bap(permohonan_id, kantor[DINAS_TEKNIS])
    return permohonan_id


def received(p: UUID, actor: Petugas, payload: bytes | None = None) -> int:
    """A photo that waits, and the outbox row that rings for it."""
    content = BytesIO(images.jpeg() if payload is None else payload)
    receive_photo(at_desk(p).tugas_id, "depan", content, PLACE, actor=actor, now=WEDNESDAY)
    with unit_of_work() as s:
        return s.scalars(select(Outbox.id).where(Outbox.task == EXAMINE, Outbox.closed_at.is_(None))).one()


def photos(p: UUID) -> list[dict[str, str]]:
    with unit_of_work() as s:
        content = s.get_one(FilledForm, (p, "bap")).content
    kept = content.get("foto", [])
    assert isinstance(kept, list)
    return kept


def waiting() -> int:
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(Upload)) or 0


def is_closed(outbox_id: int) -> bool:
    with unit_of_work() as s:
        return s.get_one(Outbox, outbox_id).closed_at is not None


def test_a_message_that_comes_twice_keeps_one_photo(kantor: dict[Peran, Petugas], p: UUID) -> None:
    inspector = kantor[DINAS_TEKNIS]
    outbox_id = received(p, inspector)
    for again in (False, True, False):
        deliver([outbox_id], again=again)
    [photo] = photos(p)
    assert photo == {"sha256": photo["sha256"], "jenis": "jpg", "label": "depan", **PLACE}
    assert stored(photo["sha256"]).startswith(b"\xff\xd8\xff")
    assert (waiting(), bytes_received()) == (0, [])
    with unit_of_work() as s:
        told = s.scalars(
            select(Peristiwa).where(Peristiwa.permohonan_id == p).order_by(Peristiwa.sequence.desc()).limit(1)
        ).one()
    assert (told.data["form"], told.actor) == ("bap", inspector.person_id), "it is told as the officer's who sent it"
    assert verify_all()[1] == []


def test_two_workers_at_once_keep_one_photo(
    kantor: dict[Peran, Petugas], p: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox_id = received(p, kantor[DINAS_TEKNIS])
    both, real = Barrier(2, timeout=60), examine.put_away

    def side_by_side(owner: UUID | None, accepted: object) -> str:
        both.wait()
        return real(owner, accepted)  # type: ignore[arg-type]  # what it is given, it gives on

    monkeypatch.setattr(examine, "put_away", side_by_side)
    threads = [Thread(target=deliver, args=([outbox_id],)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert (len(photos(p)), waiting(), bytes_received()) == (1, 0, [])
    assert is_closed(outbox_id)


KILLED = """
import os, signal, sys
from pipeline.clock import now
from pipeline.services.outbox import examine
setattr(examine, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
examine.examine_upload(int(sys.argv[2]), now())
"""


@pytest.mark.attack("G04")
@pytest.mark.parametrize("where", ["accept", "put_away", "keep_photo", "delete_bytes"])
def test_a_worker_killed_anywhere_leaves_nothing_half(kantor: dict[Peran, Petugas], p: UUID, where: str) -> None:
    outbox_id = received(p, kantor[DINAS_TEKNIS])
    words = [sys.executable, "-c", KILLED, where, str(outbox_id)]
    assert subprocess.run(words, env=dict(os.environ), cwd=ROOT, timeout=120, check=False).returncode == -9
    committed = where == "delete_bytes"
    assert (len(photos(p)), waiting()) == ((1, 0) if committed else (0, 1))
    deliver([outbox_id], again=True)
    assert (len(photos(p)), waiting()) == (1, 0)
    if committed:
        assert sweep_upload(today=WEDNESDAY.date()) == 1
    assert bytes_received() == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xd8\xff bukan foto", RefusalReason.PICTURE_DAMAGED),
        (images.two_in_one_heic(), RefusalReason.PICTURES_TOO_MANY),
    ],
)
def test_what_is_not_one_photo_is_refused_with_its_sentence(
    kantor: dict[Peran, Petugas], p: UUID, payload: bytes, reason: RefusalReason
) -> None:
    before = at_desk(p).seen
    outbox_id = received(p, kantor[DINAS_TEKNIS], payload)
    for _ in range(2):
        deliver([outbox_id])
    with unit_of_work() as s:
        refusal = s.scalars(select(Upload.refusal)).one()
    assert (refusal or {})["code"] == reason
    assert (photos(p), at_desk(p).seen, bytes_received()) == ([], before, [])


def test_bytes_that_are_not_those_received_become_no_photo(kantor: dict[Peran, Petugas], p: UUID) -> None:
    outbox_id = received(p, kantor[DINAS_TEKNIS])
    (settings().data / "unggahan" / bytes_received()[0]).write_bytes(images.jpeg(99, 99))
    deliver([outbox_id])
    with unit_of_work() as s:
        refusal = s.scalars(select(Upload.refusal)).one()
    assert ((refusal or {})["code"], photos(p)) == (RefusalReason.LOST, [])


def test_a_file_that_its_applicant_withdrew_waits_for_no_photo(kantor: dict[Peran, Petugas]) -> None:
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    write_bap(p, kantor[DINAS_TEKNIS])
    outbox_id = received(p, kantor[DINAS_TEKNIS])
    withdraw(p, actor=pemohon, now=WEDNESDAY)
    deliver([outbox_id])
    assert (photos(p), waiting(), bytes_received(), is_closed(outbox_id)) == ([], 0, [], True)


def test_a_photo_comes_into_the_form_whoever_has_taken_the_file_since(kantor: dict[Peran, Petugas], p: UUID) -> None:
    inspector, colleague = kantor[DINAS_TEKNIS], Petugas(person(DINAS_TEKNIS), DINAS_TEKNIS)
    outbox_id = received(p, inspector)
    tugas_id = at_desk(p).tugas_id
    release(tugas_id, actor=inspector, now=WEDNESDAY)
    claim(tugas_id, actor=colleague, now=WEDNESDAY)
    deliver([outbox_id])
    assert len(photos(p)) == 1
    with pytest.raises(TakenAlready):
        received(p, inspector)
    assert (waiting(), bytes_received()) == (0, []), "who was refused leaves nothing behind"


@pytest.mark.parametrize("kind", [SOP["rekomendasi"].keputusan, KeputusanKind.KEMBALIKAN])
def test_no_decision_passes_a_photo_by(kantor: dict[Peran, Petugas], p: UUID, kind: KeputusanKind) -> None:
    inspector = kantor[DINAS_TEKNIS]
    outbox_id = received(p, inspector)
    target = SOP["rekomendasi"].returns_to[0] if kind is KeputusanKind.KEMBALIKAN else None
    desk = at_desk(p)
    keputusan = Keputusan(kind=kind, target=target, reason="Periksa lagi papan namanya.")
    with pytest.raises(InputInvalid, match="Masih ada foto yang diperiksa"):
        decide(desk.tugas_id, keputusan, actor=inspector, seen=desk.seen, now=WEDNESDAY)
    deliver([outbox_id])
    decide_at(p, inspector, kind, target=target, reason=keputusan.reason)
    assert len(photos(p)) == 1


def test_a_photo_that_comes_after_the_decision_is_refused(kantor: dict[Peran, Petugas], p: UUID) -> None:
    inspector, tugas_id = kantor[DINAS_TEKNIS], at_desk(p).tugas_id
    decide_at(p, inspector, SOP["rekomendasi"].keputusan)
    with pytest.raises(DecidedAlready):
        receive_photo(tugas_id, "depan", BytesIO(images.jpeg()), PLACE, actor=inspector, now=WEDNESDAY)
    other = Petugas(person(FRONT_OFFICE), FRONT_OFFICE)
    with pytest.raises(NotFound):
        receive_photo(tugas_id, "depan", BytesIO(images.jpeg()), PLACE, actor=other, now=WEDNESDAY)
    assert (waiting(), bytes_received()) == (0, [])


def test_a_photo_taken_out_while_another_waits_takes_nothing_with_it(kantor: dict[Peran, Petugas], p: UUID) -> None:
    inspector = kantor[DINAS_TEKNIS]
    deliver([received(p, inspector)])
    outbox_id = received(p, inspector, images.jpeg(300, 200))
    remove_photo(at_desk(p).tugas_id, photos(p)[0]["sha256"], actor=inspector, now=WEDNESDAY)
    deliver([outbox_id])
    assert len(photos(p)) == 1
    assert verify_all()[1] == []
