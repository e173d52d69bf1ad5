"""Documents at rest: the disk tells nothing, the files of an older office are sealed, the office key changes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, text, update

from ops.cli import main
from ops.doctor.office import office_key as told_of_key
from pipeline.db import unit_of_work
from pipeline.errors import OfficeKeyLacking
from pipeline.kantor.office_key import add_version, drop_older_versions, make_office_key, office_keys
from pipeline.models import Berkas, Permohonan, WrappedKey, metadata
from pipeline.sealing import keys
from pipeline.sealing.keys import ensure_keys, forget_keys, make_keys, read_keys
from pipeline.sealing.nik import index_nik, open_nik
from pipeline.services.applicant.submit import submit
from pipeline.services.records import office_key_change
from pipeline.services.records.office_key_change import change_office_key, count_older
from pipeline.services.records.seal_forms import count_open_nik, seal_forms
from pipeline.services.records.seal_store import count_clear, seal_store
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import ROOT, places, settings
from pipeline.storage import store
from tests.factories import WEDNESDAY, data_of, filled_in, person

TODAY = WEDNESDAY.date()
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def office_key() -> Iterator[Path]:
    """The office's own, as it was before the test."""
    path, own = places().office_key, settings().data / "kunci" / "dokumen-kantor.json"
    before = path.read_bytes(), own.read_bytes()
    yield path
    path.write_bytes(before[0])
    own.write_bytes(before[1])


def versions() -> set[int]:
    with unit_of_work() as s:
        return set(s.scalars(select(WrappedKey.office_version)))


def documents(p) -> list[Berkas]:
    with unit_of_work() as s:
        return list(s.scalars(select(Berkas).where(Berkas.permohonan_id == p)))


def in_the_clear(p) -> None:
    """As an older version kept them."""
    for b in documents(p):
        payload, sealed = store(p).get(b.sha256), store(p).path(b.sha256)
        clear = store(p).clear_path(b.sha256)
        clear.parent.mkdir(parents=True, exist_ok=True)
        clear.write_bytes(payload)
        sealed.unlink()


def test_no_document_of_an_application_lies_in_the_clear() -> None:
    p = filled_in(person())
    assert count_clear() == 0
    for b in documents(p):
        content = store(p).path(b.sha256).read_bytes()
        assert store(p).get(b.sha256)[:64] not in content
        assert b.sha256 not in str(store(p).path(b.sha256))


def test_documents_of_an_older_version_are_read_and_sealed_for_each_who_has_them() -> None:
    one, two = filled_in(person()), filled_in(person())
    in_the_clear(one)
    in_the_clear(two)
    assert verify_all()[1] == []
    assert count_clear() > 0
    sealed, left = seal_store()
    assert (sealed >= len(documents(one)), left, count_clear()) == (True, 0, 0)
    for p in (one, two):
        assert all(store(p).path(b.sha256).suffix == ".segel" for b in documents(p))
    assert verify_all()[1] == []
    assert seal_store() == (0, 0)


def test_a_damaged_one_stays_for_whoever_looks_after_it() -> None:
    p = filled_in(person())
    in_the_clear(p)
    doc = documents(p)[0]
    store(p).clear_path(doc.sha256).write_bytes(b"karangan")
    assert seal_store()[1] > 0
    assert store(p).clear_path(doc.sha256).read_bytes() == b"karangan"
    store(p).clear_path(doc.sha256).unlink()


def test_a_key_moved_to_another_application_opens_nothing(db: Engine) -> None:
    one, two = filled_in(person()), filled_in(person())
    with db.begin() as conn:
        wrapped = conn.scalar(select(WrappedKey.wrapped).where(WrappedKey.permohonan_id == one))
        conn.execute(update(WrappedKey).where(WrappedKey.permohonan_id == two).values(wrapped=wrapped))
    with pytest.raises(OfficeKeyLacking):
        read_keys(two)


@pytest.mark.attack("H06")
def test_another_office_key_opens_everything_and_writes_no_document_again(office_key: Path) -> None:
    p = filled_in(person())
    files = {path: path.read_bytes() for path in store().folder.rglob("*.segel")}
    before = office_keys().newest
    assert change_office_key(TODAY) == 1
    assert (versions(), set(office_keys().secret), count_older()) == ({before + 1}, {before + 1}, 0)
    forget_keys(p)
    keys._own.clear()
    assert {path: path.read_bytes() for path in store().folder.rglob("*.segel")} == files
    assert verify_all()[1] == []


@pytest.mark.attack("H06")
@pytest.mark.parametrize("where", ["rewrap_own", "_rewrap", "_left", "drop_older_versions"])
def test_a_change_that_was_killed_goes_on_and_nothing_is_unreadable_meanwhile(office_key: Path, where: str) -> None:
    p = filled_in(person())
    before = office_keys().newest
    assert subprocess.run([sys.executable, "-c", KILLED, where], cwd=ROOT, timeout=300, check=False).returncode == -9
    assert set(office_keys().secret) == {before, before + 1}
    forget_keys(p)
    keys._own.clear()
    assert all(store(p).get(b.sha256) for b in documents(p))
    other = filled_in(person())  # what comes meanwhile is wrapped by the new one
    with unit_of_work() as s:
        assert s.scalar(select(WrappedKey.office_version).where(WrappedKey.permohonan_id == other)) == before + 1
    change_office_key(TODAY)
    assert (versions(), set(office_keys().secret)) == ({before + 1}, {before + 1})
    forget_keys(p)
    assert verify_all()[1] == []


KILLED = """
import os, signal, sys
from datetime import date
from pipeline.services.records import office_key_change

setattr(office_key_change, sys.argv[1], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
office_key_change.change_office_key(date(2026, 1, 7))
"""


def test_the_older_key_stays_while_one_row_needs_it(office_key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled_in(person())
    before = office_keys().newest
    monkeypatch.setattr(office_key_change, "_rewrap", lambda _: 0)
    change_office_key(TODAY)
    assert set(office_keys().secret) == {before, before + 1}
    assert count_older() == 1


def test_without_the_office_key_nothing_is_called_damaged_and_no_new_one_is_made(office_key: Path, db: Engine) -> None:
    p = filled_in(person())
    doc, kept = documents(p)[0], office_key.read_bytes()
    office_key.unlink()
    forget_keys(p)
    with pytest.raises(OfficeKeyLacking, match="Tidak ada yang hilang"):
        store(p).damage(doc.sha256)
    with pytest.raises(OfficeKeyLacking):
        ensure_keys()
    with db.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM damaged_file")) == 0
    office_key.write_bytes(kept)
    assert store(p).damage(doc.sha256) is None


SERVICE = """
import base64, sys
key = b"pengelola kunci!"
content = base64.b64decode(sys.stdin.buffer.read())
sys.stdout.buffer.write(base64.b64encode(bytes(b ^ key[n % 16] for n, b in enumerate(content))))
"""


def test_a_command_that_keeps_the_office_key_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = tmp_path / "kms.py"
    service.write_text(SERVICE, "utf-8")
    monkeypatch.setenv("ALURIZIN_KUNCI_KANTOR", str(tmp_path / "kantor.json"))
    monkeypatch.setenv("ALURIZIN_KUNCI_PERINTAH", f"{sys.executable} {service}")
    places.cache_clear()
    try:
        make_office_key(TODAY)
        secret = office_keys().secret[1]
        [row] = json.loads((tmp_path / "kantor.json").read_bytes()).values()
        assert row["kunci"] != _plain(secret)
        assert (tmp_path / "kantor.json").stat().st_mode & 0o777 == 0o600
        service.unlink()
        assert office_keys().secret[1] == secret  # in mind
        os.utime(tmp_path / "kantor.json", (1, 1))
        with pytest.raises(OfficeKeyLacking, match="ALURIZIN_KUNCI_PERINTAH"):
            office_keys()
    finally:
        monkeypatch.undo()
        places.cache_clear()


def _plain(secret: bytes) -> str:
    import base64

    return base64.b64encode(secret).decode()


def test_two_first_starts_at_once_keep_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALURIZIN_KUNCI_KANTOR", str(tmp_path / "kantor.json"))
    places.cache_clear()
    try:
        make_office_key(TODAY)
        first = office_keys().secret
        make_keys()
        make_office_key(TODAY)
        assert office_keys().secret == first
        assert set(add_version(TODAY).secret) == set(add_version(TODAY).secret) == {1, 2}
        assert set(drop_older_versions().secret) == {2}
    finally:
        monkeypatch.undo()
        places.cache_clear()


def test_keys_of_nobody_are_none() -> None:
    assert read_keys(uuid4()) == ()


def nik_fields(p) -> dict[str, object]:
    with unit_of_work() as s:
        return {k: v for k, v in s.get_one(Permohonan, p).content.items() if k.endswith("_nik")}


def test_no_nik_lies_in_the_database_as_it_was_typed(db: Engine) -> None:
    """Neither in a draft nor after it was sent; the same NIK of another field or application looks different."""
    pemohon = person()
    p, other = filled_in(pemohon), filled_in(person())
    typed = {k: v for k, v in data_of(p).items() if k.endswith("_nik")}
    assert len(typed) == 4
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    assert {k: v for k, v in data_of(p).items() if k.endswith("_nik")} == typed
    assert not {str(v) for v in nik_fields(p).values()} & {str(v) for v in nik_fields(other).values()}
    with db.connect() as conn:
        for table in metadata.sorted_tables:
            rows = conn.scalars(text(f"SELECT t::text FROM {table.name} t")).all()
            assert not [nik for nik in typed.values() for row in rows if nik in row], table.name
    assert verify_all()[1] == []


def test_a_sealed_nik_moved_elsewhere_is_no_answer_and_verify_tells(db: Engine) -> None:
    p = filled_in(person())
    content = nik_fields(p)
    with db.begin() as conn:
        whole = conn.scalar(select(Permohonan.content).where(Permohonan.id == p))
        swapped = {**whole, "ketua_nik": content["bendahara_nik"]}
        conn.execute(update(Permohonan).where(Permohonan.id == p).values(content=swapped))
    assert "ketua_nik" not in data_of(p)
    assert any("isian" in finding.sentence for finding in verify_all()[1])


def test_nik_of_an_older_version_are_read_and_sealed(db: Engine) -> None:
    p = filled_in(person())
    typed = data_of(p)
    with db.begin() as conn:
        whole = conn.scalar(select(Permohonan.content).where(Permohonan.id == p))
        conn.execute(update(Permohonan).where(Permohonan.id == p).values(content=open_nik(p, whole)))
    assert (data_of(p), verify_all()[1], count_open_nik()) == (typed, [], 1)
    assert (seal_forms(), seal_forms(), count_open_nik()) == (1, 0, 0)
    assert (data_of(p), verify_all()[1]) == (typed, [])


def test_a_nik_that_a_holder_is_known_by_is_compared_by_its_index() -> None:
    typed = ("6372014107850001", "6372014107850001", "6372014107850002")
    one, again, other = (index_nik([f"nik:{nik}", "nama:budi"]) for nik in typed)
    assert one == again != other
    assert typed[0] not in str(one)
    assert index_nik(["npwp:12345678901000/2020-01-01"]) == ["npwp:12345678901000/2020-01-01"]


def told_by_doctor() -> tuple[str, str]:
    [line] = told_of_key({})
    return line.state, line.remedy


def said(*words: str) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_says_how_things_stand_seals_and_changes(office_key: Path) -> None:
    p = filled_in(person())
    in_the_clear(p)
    before = office_keys().newest
    assert f"Versi {before}, sejak" in said("kunci-kantor")
    assert "jalankan: alurizin kunci-kantor segel" in told_by_doctor()[1]
    assert "disegel" in said("kunci-kantor", "segel")
    assert "Cadangkan kunci kantor" in said("kunci-kantor", "ganti")
    told = said("kunci-kantor")
    assert f"Versi {before + 1}, sejak" in told
    assert "belum disegel: 0" in told
    assert told_by_doctor() == (f"versi {before + 1}, 0 hari; harus ikut dicadangkan", "")
    office_key.chmod(0o644)
    assert "chmod 600" in told_by_doctor()[1]
