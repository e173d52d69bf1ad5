"""Documents that are erased: nobody opens them again, also after a restore; nothing calls them damaged."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, select, update

from ops.cli import main
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.documents.derived import make_images, page_image
from pipeline.documents.entries import cache_folder
from pipeline.documents.signing import Secret
from pipeline.errors import BerkasDamaged, BerkasErased, NotAllowedYet, NotFound
from pipeline.models import Account, Berkas, DamagedFile, Erasure, Outbox, Permohonan, Sk, WrappedKey
from pipeline.sealing.erasures import Ground, journal_path, read_back
from pipeline.sealing.keys import forget_keys, read_keys
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.desk.sign import sign
from pipeline.services.records import erase
from pipeline.services.records.erase import erase_all, erase_documents, replay_erasures
from pipeline.services.records.sweep_store import sweep_store
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import ROOT, settings
from pipeline.storage import store
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.owner import as_owner, owner

BY = {"actor": None, "now": WEDNESDAY}


@pytest.fixture(autouse=True)
def _no_journal(db: Engine) -> Iterator[None]:
    journal_path().unlink(missing_ok=True)
    yield
    journal_path().unlink(missing_ok=True)


@pytest.fixture
def withdrawn() -> object:
    """An application that its applicant has taken back."""
    pemohon = person()
    p = submitted(pemohon)
    withdraw(p, actor=pemohon, now=WEDNESDAY)
    return p


def documents(p, syarat: str | None = None) -> list[Berkas]:
    with unit_of_work() as s:
        found = s.scalars(select(Berkas).where(Berkas.permohonan_id == p)).all()
    return [b for b in found if syarat in (None, b.syarat)]


def alarms() -> int:
    with unit_of_work() as s:
        return len(s.scalars(select(DamagedFile)).all())


def test_all_documents_of_a_closed_application_are_gone_for_good(withdrawn) -> None:
    p = withdrawn
    doc = documents(p)[0]
    make_images(doc.sha256, doc.kind, owner=p)
    folder = store(p).path(doc.sha256).parent
    files = {path: path.read_bytes() for path in folder.glob("*")}
    erase_all(p, Ground.RETENSI, **BY)
    assert (list(folder.glob("*")), read_keys(p), (cache_folder() / str(p)).exists()) == ([], (), False)
    for path, content in files.items():  # an old copy of the disk
        path.write_bytes(content)
    for b in documents(p):
        with pytest.raises(BerkasErased, match="dihapus"):
            store(p).get(b.sha256)
        with pytest.raises(BerkasErased):
            page_image(b.sha256, b.kind, 1, 240, owner=p)
    assert verify_all()[1] == []
    sweep_store()
    assert alarms() == 0
    with unit_of_work() as s:
        [row] = s.scalars(select(Erasure))
        assert (row.ground, row.sha256, row.done_at is not None) == ("retensi", None, True)


def test_one_document_goes_and_the_others_stay(withdrawn) -> None:
    p = withdrawn
    gone, stays = documents(p, "AKTA"), [b for b in documents(p) if b.syarat != "AKTA"]
    old = {path.name: path.read_bytes() for path in store(p).path(gone[0].sha256).parent.glob("*")}
    former = read_keys(p)
    assert erase_documents(p, "AKTA", Ground.PERMINTAAN, **BY) == len({b.sha256 for b in gone})
    assert all(store(p).get(b.sha256) for b in stays)
    for b in gone:
        with pytest.raises(BerkasErased):
            store(p).get(b.sha256)
    left = {path.name for path in store(p).path(stays[0].sha256).parent.glob("*")}
    assert not left & set(old)  # each was sealed anew: the former key opens nothing that is kept, and is nowhere
    assert len(read_keys(p)) == 1
    assert former[0].name("x") != read_keys(p)[0].name("x")
    assert verify_all()[1] == []
    with unit_of_work() as s:
        assert [k for k in s.scalars(select(Outbox.key)) if k.startswith("pratinjau:hapus:")]  # pictures of the others


def test_what_is_erased_twice_is_noted_once(withdrawn) -> None:
    count = erase_documents(withdrawn, "AKTA", Ground.RETENSI, **BY)
    key = read_keys(withdrawn)[0].name("x")
    assert erase_documents(withdrawn, "AKTA", Ground.PERMINTAAN, **BY) == 0
    assert len(journal_path().read_text("utf-8").splitlines()) == count
    assert read_keys(withdrawn)[0].name("x") == key  # and nothing was sealed anew
    assert [erase_all(withdrawn, Ground.KELIRU, **BY) for _ in range(2)] == [True, False]
    assert erase_documents(withdrawn, "AKTA", Ground.RETENSI, **BY) == 0
    lines = journal_path().read_text("utf-8").splitlines()
    assert len(lines) == count + 1
    with unit_of_work() as s:
        assert len(s.scalars(select(Erasure)).all()) == len(lines)


def test_two_who_erase_the_same_at_once_leave_one_row(withdrawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase, "_not_erased", lambda _, hashes: hashes)  # as neither sees the other's row
    for _ in range(2):
        erase.erase_all(withdrawn, Ground.RETENSI, **BY)
    with unit_of_work() as s:
        assert len(s.scalars(select(Erasure)).all()) == 1
    assert (read_back(), replay_erasures()) == (0, 0)


def test_a_running_application_and_a_decree_are_not_erased(kantor) -> None:
    p = submitted(person())
    with pytest.raises(NotAllowedYet, match="masih berjalan"):
        erase_all(p, Ground.PERMINTAAN, **BY)
    with pytest.raises(NotAllowedYet, match="masih berjalan"):
        erase_documents(p, "AKTA", Ground.PERMINTAAN, **BY)
    assert not journal_path().exists()


def test_of_a_decree_that_is_out_only_what_was_handed_in_is_erased(kantor) -> None:
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "tanda_tangan", kantor)
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[desk.peran], seen=desk.seen, now=WEDNESDAY)
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(NotAllowedYet, match="arsip"):
        erase_all(p, Ground.RETENSI, **BY)
    erase_documents(p, "AKTA", Ground.RETENSI, **BY)
    with unit_of_work() as s:
        sk = s.scalars(select(Sk).where(Sk.permohonan_id == p)).one()
    assert store(p).get(sk.pdf_sha256).startswith(b"%PDF-")
    assert verify_all()[1] == []


def test_while_another_document_is_damaged_nothing_is_erased(withdrawn) -> None:
    """It could be put right from a backup; sealed with a key that is gone, it could not."""
    other = next(b for b in documents(withdrawn) if b.syarat != "AKTA")
    path = store(withdrawn).path(other.sha256)
    whole = path.read_bytes()
    path.write_bytes(b"karangan")
    with pytest.raises(BerkasDamaged, match="cadangan"):
        erase_documents(withdrawn, "AKTA", Ground.RETENSI, **BY)
    path.write_bytes(whole)
    assert store(withdrawn).get(documents(withdrawn, "AKTA")[0].sha256)


def test_nothing_is_erased_that_is_not_there(withdrawn) -> None:
    with pytest.raises(NotFound):
        erase_documents(withdrawn, "TIDAK_ADA", Ground.KELIRU, **BY)
    assert not journal_path().exists()


@pytest.mark.parametrize("where", ["count_clear", "drop_entries", "add_key", "forget_keys", "_destroy"])
def test_killed_anywhere_it_is_finished_by_the_next_start(withdrawn, where: str) -> None:
    words = [sys.executable, "-c", KILLED, where, str(withdrawn)]
    assert subprocess.run(words, cwd=ROOT, env=dict(os.environ), timeout=300, check=False).returncode == -9
    forget_keys(withdrawn)
    kept = [b for b in documents(withdrawn) if b.syarat != "AKTA"]
    assert all(store(withdrawn).get(b.sha256) for b in kept)
    assert (replay_erasures(), replay_erasures()) == (1, 0)
    assert all(store(withdrawn).get(b.sha256) for b in kept)
    with pytest.raises(BerkasErased):
        store(withdrawn).get(documents(withdrawn, "AKTA")[0].sha256)
    assert len(read_keys(withdrawn)) == 1
    assert verify_all()[1] == []


KILLED = """
import os, signal, sys
from uuid import UUID
from pipeline.clock import real_now
from pipeline.sealing.erasures import Ground
from pipeline.services.records import erase

setattr(erase, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
erase.erase_documents(UUID(sys.argv[2]), "AKTA", Ground.RETENSI, actor=None, now=real_now())
"""


@pytest.mark.parametrize("what", ["all", "one"])
def test_a_restore_from_before_brings_nothing_back(withdrawn, db: Engine, tmp_path: Path, what: str) -> None:
    """Database and documents as they were; the journal beside them is of today."""
    p = withdrawn
    shutil.copytree(settings().data / "berkas", tmp_path / "berkas")
    with unit_of_work() as s:
        keys = [dict(row) for row in s.execute(select(*WrappedKey.__table__.columns)).mappings()]
    erase_all(p, Ground.RETENSI, **BY) if what == "all" else erase_documents(p, "AKTA", Ground.RETENSI, **BY)
    shutil.copytree(tmp_path / "berkas", settings().data / "berkas", dirs_exist_ok=True)
    with owner().begin() as conn:
        conn.execute(delete(Erasure))
        conn.execute(delete(WrappedKey))
        conn.execute(WrappedKey.__table__.insert(), keys)
    forget_keys(p)
    doc = documents(p, "AKTA")[0]
    assert store(p).get(doc.sha256)
    assert replay_erasures() == 1
    with pytest.raises(BerkasErased):
        store(p).get(doc.sha256)
    others = [b for b in documents(p) if b.syarat != "AKTA"]
    if what == "one":
        assert all(store(p).get(b.sha256) for b in others)
    assert verify_all()[1] == []
    assert replay_erasures() == 0


def test_a_torn_line_of_the_journal_stops_nothing(withdrawn) -> None:
    erase_all(withdrawn, Ground.KELIRU, **BY)
    with journal_path().open("a", encoding="utf-8") as f:
        f.write('{"id": "')
    assert (read_back(), replay_erasures()) == (0, 0)
    assert journal_path().stat().st_mode & 0o777 == 0o600


def test_the_journal_holds_no_personal_data(withdrawn, db: Engine) -> None:
    erase_all(withdrawn, Ground.PERMINTAAN, actor=None, now=real_now())
    assert set(journal_path().read_text("utf-8").split('"')[1::2]) >= {"id", "permohonan_id", "ground", "actor", "at"}
    with owner().begin() as conn, pytest.raises(Exception, match="ck_penghapusan_ground"):
        conn.execute(update(Erasure).values(ground="karena Budi memintanya"))


def test_the_command_erases_and_asks_before(withdrawn, kantor) -> None:
    with as_owner() as s:
        nomor = s.scalars(select(Permohonan.nomor).where(Permohonan.id == withdrawn)).one()
        actor, email = kantor[KEPALA_DINAS].person_id, "ti@uji.test"
        values = {"email": email, "petugas": True, "active": True, "password_changed_at": WEDNESDAY}
        if not s.execute(update(Account).where(Account.person_id == actor).values(values)).rowcount:
            s.add(Account(person_id=actor, created_at=WEDNESDAY, **values))
    words = ["hapus-dokumen", str(nomor), "--syarat", "AKTA", "--dasar", "permintaan", "--oleh", email]
    refused = CliRunner().invoke(main, words, input="n\n")
    assert (refused.exit_code, journal_path().exists()) == (1, False)
    done = CliRunner().invoke(main, words, input="y\n")
    assert (done.exit_code, "dokumen AKTA" in done.output) == (0, True), done.output
    with unit_of_work() as s:
        assert s.scalars(select(Erasure.actor)).first() == actor
    unknown = CliRunner().invoke(main, [*words[:-1], "tidak@ada.test"], input="y\n")
    assert (unknown.exit_code, "Periksa lagi surelnya" in unknown.output) == (1, True)
