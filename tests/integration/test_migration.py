"""The schema is changed whole or not at all."""

import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from ops import readiness
from pipeline.errors import DefinitionError
from pipeline.migrations import is_current, upgrade
from pipeline.migrations.trigrams import INDEXES, has_search_index, make_search_index
from pipeline.models import metadata
from pipeline.rules.form.desk_form import answers
from pipeline.settings import ROOT
from pipeline.sop.registry import get_sop
from tests.owner import as_owner, owner

#: Migrates, and halts for ever when this many statements have been carried out.
HALTS = """
import signal, sys
from sqlalchemy import create_engine, event
from pipeline.migrations import upgrade

engine = create_engine(sys.argv[1], connect_args={"options": sys.argv[2]})
left = int(sys.argv[3])

@event.listens_for(engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        print("berhenti", flush=True)
        signal.pause()

upgrade(engine)
"""
ELSEWHERE = "-c search_path=uji_migrasi"


@pytest.fixture
def empty(db: Engine) -> Iterator[Engine]:
    """A schema of its own without a table."""
    with as_owner() as conn:
        conn.execute(text("CREATE SCHEMA uji_migrasi"))
    engine = create_engine(owner().url, connect_args={"options": ELSEWHERE})
    yield engine
    engine.dispose()
    with as_owner() as conn:
        conn.execute(text("DROP SCHEMA uji_migrasi CASCADE"))


@pytest.mark.attack("H08")
@pytest.mark.parametrize("statements", [5, 40, 70])
def test_a_migration_killed_half_way_left_nothing_and_runs_again(empty: Engine, statements: int) -> None:
    url = empty.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", HALTS, url, ELSEWHERE, str(statements)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as half:
        assert half.stdout is not None
        assert half.stdout.readline() == "berhenti\n"
        half.kill()
    assert inspect(empty).get_table_names() == []
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    assert set(inspect(empty).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_the_models_are_what_the_migrations_made(db: Engine) -> None:
    def ours(_object: object, name: str | None, *_: object) -> bool:
        return name not in INDEXES

    with db.connect() as conn:
        context = MigrationContext.configure(conn, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_what_searches_need_is_made_again_when_it_is_gone(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as conn:
        conn.execute(text(f"DROP INDEX {', '.join(INDEXES)}"))
        assert not has_search_index(conn)
        assert make_search_index(conn)
        assert has_search_index(conn)


#: A file as a release before wrote it, in columns that the first schema had.
OLD_FILE = """
SET LOCAL session_replication_role = replica;
INSERT INTO permohonan
    (id, sop, sop_version, pemohon_id, status, langkah, content, content_digest, created_at, changed_at, marks)
VALUES (:id, :sop, 1, :id, 'draf', 'ajukan', '{}', '', now(), now(), :marks)
"""


def old_file(engine: Engine, sop: str, marks: list[str]) -> UUID:
    """One such file in the schema as it is."""
    permohonan_id = uuid4()
    with engine.begin() as conn:
        for statement in OLD_FILE.split(";"):
            conn.execute(text(statement), {"id": permohonan_id, "sop": sop, "marks": marks})
    return permohonan_id


def test_marks_of_older_files_are_those_of_the_fields(empty: Engine) -> None:
    upgrade(empty, "0008")
    file = old_file(empty, "td_lks", ["ahu:AHU1AH1.4.2018", "akta:12/2018-03-05/norhayati", "nama:a", "nib:1"])
    other = old_file(empty, "lain", ["ahu:1"])
    upgrade(empty)
    with empty.connect() as conn:
        kept = dict(conn.execute(text("SELECT id, marks FROM permohonan")).all())
    assert kept == {
        file: ["ahu_nomor:AHU1AH1.4.2018", "akta_nomor:12/2018-03-05/norhayati", "nama:a", "nib:1"],
        other: ["ahu:1"],
    }


def test_the_inspection_of_an_older_file_is_a_form_of_its_desk_as_it_was_kept(empty: Engine) -> None:
    upgrade(empty, "0009")
    file = old_file(empty, "td_lks", [])
    with empty.begin() as conn:
        row = {"id": file, "content": '{"nomor": "BAP/1", "rekomendasi": {"nomor": "REK/1"}}'}
        conn.execute(text("INSERT INTO bap (permohonan_id, content, saved_at) VALUES (:id, :content, now())"), row)
    upgrade(empty)
    with empty.connect() as conn:
        (kept,) = conn.execute(text("SELECT permohonan_id, form, content FROM filled_form")).all()
    assert (kept.permohonan_id, kept.form) == (file, "bap")
    assert kept.content == {"nomor": "BAP/1", "rekomendasi": {"nomor": "REK/1"}}  # its digest is sealed
    given = answers(get_sop("td_lks").forms[0], kept.content)
    assert (given["bap_nomor"], given["rek_nomor"]) == ("BAP/1", "REK/1")


def test_the_schema_of_a_newer_version_is_left_alone_and_named(db: Engine) -> None:
    def stand_at(revision: str) -> str:
        with as_owner() as conn:
            before = str(conn.scalar(text("SELECT version_num FROM alembic_version")))
            conn.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
            return before

    before = stand_at("9999")
    try:
        with pytest.raises(DefinitionError, match=r"Skema basis data \(9999\) milik versi AlurIzin yang lebih baru"):
            readiness.migrate()
    finally:
        assert stand_at(before) == "9999"
