"""Uploads at the document worker: killed, told twice, parked and taken up again; one verdict, and nothing left over."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready
from pipeline.models import Berkas, Outbox, Peristiwa, Upload
from pipeline.queries.applicant.permohonan import Filler
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.form import create_draft
from pipeline.services.applicant.uploads import finish_upload, read_progress, receive_file, start_upload
from pipeline.services.outbox import examine
from pipeline.services.outbox.run import retry_parked
from pipeline.services.records.uploads import EXAMINE, sweep_upload
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import ROOT, settings
from pipeline.storage import store
from pipeline.uploads import ScannerNotReady
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from tests import corpus_pdfs as pdfs
from tests.factories import WEDNESDAY, bytes_received, deliver, person
from tests.stored import stored


@pytest.fixture(autouse=True)
def nothing_came_before() -> None:
    """The database is emptied before each test; what came in for it goes too."""
    shutil.rmtree(settings().data / "unggahan", ignore_errors=True)


def received(pemohon: UUID, *, payload: bytes | None = None, name: str = "sp.pdf") -> tuple[UUID, int]:
    """A draft with one upload that waits, and the outbox row that rings for it."""
    permohonan_id = create_draft("td_lks", pemohon, now=WEDNESDAY)
    content = BytesIO(pdfs.plain_pdf(2) if payload is None else payload)
    receive_file(permohonan_id, "SP", name, content, actor=pemohon, now=WEDNESDAY)
    with unit_of_work() as s:
        [outbox_id] = s.scalars(select(Outbox.id).where(Outbox.task == EXAMINE))
    return permohonan_id, outbox_id


def count(model: type) -> int:
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(model)) or 0


def row(outbox_id: int) -> Outbox:
    with unit_of_work() as s:
        return s.get_one(Outbox, outbox_id)


def kept_upload() -> Upload:
    with unit_of_work() as s:
        return s.scalars(select(Upload)).one()


def test_a_message_that_comes_twice_keeps_one_document() -> None:
    permohonan_id, outbox_id = received(person())
    for again in (False, True, False):
        deliver([outbox_id], again=again)
    assert (count(Berkas), count(Upload), bytes_received()) == (1, 0, [])
    with unit_of_work() as s:
        [berkas] = s.scalars(select(Berkas))
        told = s.scalars(select(Peristiwa.data).where(Peristiwa.permohonan_id == permohonan_id)).all()
    assert stored(berkas.sha256).startswith(b"%PDF-")
    assert [d["berkas"] for d in told if "berkas" in d] == [str(berkas.id)]
    assert verify_all()[1] == []


def test_two_workers_at_once_keep_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    _, outbox_id = received(person())
    both, real = Barrier(2, timeout=60), examine.put_away

    def side_by_side(permohonan_id: UUID, accepted: object) -> str:
        both.wait()
        return real(permohonan_id, accepted)  # type: ignore[arg-type]  # what it is given, it gives on

    monkeypatch.setattr(examine, "put_away", side_by_side)
    threads = [Thread(target=deliver, args=([outbox_id],)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert (count(Berkas), count(Upload), bytes_received()) == (1, 0, [])
    assert row(outbox_id).closed_at is not None


KILLED = """
import os, signal, sys
from pipeline.clock import now
from pipeline.services.outbox import examine
setattr(examine, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
examine.examine_upload(int(sys.argv[2]), now())
"""


@pytest.mark.attack("G04")
@pytest.mark.parametrize("where", ["accept", "put_away", "keep_berkas", "delete_bytes"])
def test_a_worker_killed_anywhere_leaves_nothing_half(where: str) -> None:
    _, outbox_id = received(person())
    words = [sys.executable, "-c", KILLED, where, str(outbox_id)]
    assert subprocess.run(words, env=dict(os.environ), cwd=ROOT, timeout=120, check=False).returncode == -9
    committed = where == "delete_bytes"
    assert (count(Berkas), count(Upload)) == ((1, 0) if committed else (0, 1))
    deliver([outbox_id], again=True)
    assert (count(Berkas), count(Upload)) == (1, 0)
    if committed:
        assert sweep_upload(today=WEDNESDAY.date()) == 1
    assert bytes_received() == []


def test_a_worker_that_dies_of_it_each_time_is_parked_and_an_operator_lets_it_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, outbox_id = received(person())

    def busy(*_: object) -> None:
        raise ScannerNotReady

    with monkeypatch.context() as engaged:
        engaged.setattr(examine, "accept", busy)
        for _ in range(ATTEMPTS_AT_MOST + 2):
            deliver([outbox_id])
    parked = row(outbox_id)
    assert (parked.stuck_at is not None, parked.error, parked.attempts) == (True, "ScannerNotReady", ATTEMPTS_AT_MOST)
    assert (count(Berkas), count(Upload), len(bytes_received())) == (0, 1, 1), "nothing is known of it, nothing is lost"
    assert retry_parked(outbox_id, now=WEDNESDAY)
    deliver([outbox_id])
    assert (count(Berkas), count(Upload), bytes_received()) == (1, 0, [])


def test_a_refusal_is_kept_with_its_sentence_and_changes_nothing_else() -> None:
    _, outbox_id = received(person(), payload=b"%PDF-1.4 bukan apa-apa")
    before, kept = count(Peristiwa), set(store().folder.rglob("*"))
    for _ in range(2):
        deliver([outbox_id])
    assert (count(Berkas), count(Peristiwa), bytes_received()) == (0, before, [])
    refusal = kept_upload().refusal
    assert refusal is not None
    assert refusal["code"] in set(RefusalReason)
    assert set(store().folder.rglob("*")) == kept


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(pdfs.plain_pdf(3))])
def test_bytes_that_are_not_those_received_become_no_document(change: Callable[[Path], object]) -> None:
    """After a backup was put back, or by somebody's hand: what is kept is what was sent, or nothing."""
    _, outbox_id = received(person())
    change(settings().data / "unggahan" / bytes_received()[0])
    deliver([outbox_id])
    assert count(Berkas) == 0
    assert (kept_upload().refusal or {})["code"] == RefusalReason.LOST
    assert bytes_received() == []


def test_an_application_cancelled_meanwhile_waits_for_nothing() -> None:
    pemohon = person()
    permohonan_id, outbox_id = received(pemohon)
    withdraw(permohonan_id, actor=pemohon, now=WEDNESDAY)
    deliver([outbox_id])
    assert (count(Berkas), count(Upload), bytes_received()) == (0, 0, [])
    assert row(outbox_id).closed_at is not None


def test_pressed_twice_it_rings_once() -> None:
    pemohon = person()
    received(pemohon)
    progress = read_progress(kept_upload().id, Filler(pemohon))
    assert (progress.received, progress.accepted) == (True, progress.length)
    finish_upload(progress, actor=pemohon, now=WEDNESDAY + timedelta(minutes=1))
    with unit_of_work() as s:
        assert len(s.scalars(select(Outbox.id).where(Outbox.task == EXAMINE)).all()) == 1


def test_what_comes_too_late_is_refused_and_leaves_no_bytes() -> None:
    pemohon = person()
    permohonan_id = create_draft("td_lks", pemohon, now=WEDNESDAY)
    progress = start_upload(permohonan_id, "SP", "sp.pdf", 5, actor=pemohon, now=WEDNESDAY)
    (settings().data / "unggahan" / str(progress.id)).write_bytes(b"halo!")
    with pytest.raises(BerkasRefused, match="bukan PDF"):
        finish_upload(progress, actor=pemohon, now=WEDNESDAY)
    assert (count(Upload), bytes_received()) == (0, [])
    withdraw(permohonan_id, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(DecidedAlready):
        start_upload(permohonan_id, "SP", "sp.pdf", 5, actor=pemohon, now=WEDNESDAY)
