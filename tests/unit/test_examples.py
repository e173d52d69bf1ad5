"""Installing a shipped example: into the office's own folders, once, and nothing of the office is lost."""

import os
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ops import demo_people, examples, instance
from pipeline.documents.template.papers import check_papers
from pipeline.documents.template.templates import templat
from pipeline.errors import DefinitionError
from pipeline.kantor import DEFAULT, office, read_kantor
from pipeline.settings import Places, places
from pipeline.sop.load import load_sop


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An office that has no files of its own yet."""
    elsewhere = replace(
        places(), data=tmp_path, kantor=tmp_path / "kantor.toml", sop=tmp_path / "sop", templat=tmp_path / "templat"
    )
    for module in (demo_people, examples, office):
        monkeypatch.setattr(module, "places", lambda: elsewhere)
    return elsewhere


def test_every_example_has_what_it_is_made_of() -> None:
    assert set(examples.names()) == {"izin_reklame", "praktik_bidan", "surat_masuk"}
    for name in examples.names():
        folder = examples.FOLDER / name
        assert {"kantor.toml", "orang.toml", f"{name}.toml"} <= {path.name for path in folder.iterdir()}
        posts = {row.peran for row in demo_people.read_people(folder / "orang.toml")}
        assert all(f'kode = "{post}"' in (folder / "kantor.toml").read_text("utf-8") for post in posts)


def test_posts_are_added_below_those_the_office_has_and_only_once(own: Places) -> None:
    before = read_kantor(office.kantor_file())
    for _ in range(2):
        for name in examples.names():
            if (joined := examples._joined(examples.FOLDER / name / "kantor.toml")) != office.kantor_file():
                joined.replace(own.kantor)
    after = read_kantor(own.kantor)
    assert set(before.posts) < set(after.posts)
    assert after.posts["kasi_pelayanan"].superior == "kabid_perizinan"
    assert after.agency_of(after.posts["dinas_kesehatan"].peran).agency == "Dinas Kesehatan"


def test_every_example_brings_papers_that_print_its_holder_in_every_case(own: Places) -> None:
    for name in examples.names():
        examples.install(name)
        kantor = read_kantor(own.kantor)
        sop = load_sop(own.sop / f"{name}.toml", kantor.posts)
        papers = check_papers(kantor, sop, partial(templat, beside=own.templat))
        assert [(p.naskah.code, p.report.error) for p in papers] == [(n.code, []) for n in sop.naskah]
        assert [p.naskah.code for p in papers if sop.pemegang not in p.printed] == []


def test_an_example_nobody_ships_is_refused_with_those_there_are(own: Places) -> None:
    with pytest.raises(DefinitionError, match="izin_reklame, praktik_bidan, surat_masuk"):
        examples.install("../izin_reklame")
    assert list(own.data.iterdir()) == []


def test_when_a_process_began_is_told_on_the_clock_of_files(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    started = instance.started_at(os.getpid())
    assert started < (tmp_path / "file").stat().st_mtime
    assert time.time() - started < 24 * 3600
    assert instance.started_at(2**22) == 0.0


def test_an_example_that_does_not_fit_this_office_leaves_its_file_as_it_was(own: Places) -> None:
    text = DEFAULT.read_text("utf-8").replace('"kabid_perizinan"', '"kabid"')
    own.kantor.write_text(text, "utf-8")
    with pytest.raises(DefinitionError, match="kabid_perizinan"):
        examples.install("izin_reklame")
    assert own.kantor.read_text("utf-8") == text
    assert not own.sop.exists()
