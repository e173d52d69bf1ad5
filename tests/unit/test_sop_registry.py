"""The office's folder of SOPs: what is taken, what is refused, and what an application that runs goes on with."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import renewal
from pipeline.kantor.office import SHIPPED, kantor, sop_folders
from pipeline.renewal import Renewal, in_force
from pipeline.settings import places
from pipeline.sop import registry as sops
from pipeline.sop.registry import Registry, read_registry

OTHER = (Path(__file__).parents[1] / "data" / "izin_penelitian.toml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sop").mkdir()
    return tmp_path / "sop"


def read(folder: Path) -> Registry:
    return read_registry([folder], folder.parent / "dipakai", kantor().posts)


def follow(folder: Path, text: str) -> None:
    """As an application does that begins with this version."""
    kept = folder.parent / "dipakai"
    kept.mkdir(exist_ok=True)
    (kept / "izin_penelitian-v3.toml").write_text(text, "utf-8")


def test_old_versions_stay_beside_the_new_one_and_none_is_given_twice(folder: Path) -> None:
    (folder / "a.toml").write_text(OTHER.replace("versi = 3", "versi = 10"), "utf-8")
    (folder / "b.toml").write_text(OTHER, "utf-8")
    (folder / "c.toml").write_text(OTHER, "utf-8")
    office = read(folder)
    assert list(office.source) == [("izin_penelitian", 3), ("izin_penelitian", 10)]
    assert office.newest["izin_penelitian"].version == 10
    assert list(office.refused) == ["c.toml"]
    assert "versi 3 sudah ada" in office.refused["c.toml"]


def test_two_permits_that_would_print_the_same_numbers_do_not_both_run(folder: Path) -> None:
    (folder / "a.toml").write_text(OTHER, "utf-8")
    (folder / "b.toml").write_text(OTHER.replace('kode = "izin_penelitian"', 'kode = "izin_lain"'), "utf-8")
    office = read(folder)
    assert list(office.newest) == ["izin_penelitian"]
    assert "pola_nomor surat_keterangan sama dengan pola izin_penelitian" in office.refused["b.toml"]


@pytest.mark.parametrize("damage", [b"kode = ", b"\xff\xfe", OTHER.replace("versi = 3", "versi = 0").encode()])
def test_a_file_that_is_wrong_is_named_and_the_rest_runs(folder: Path, damage: bytes) -> None:
    (folder / "baik.toml").write_text(OTHER, "utf-8")
    (folder / "rusak.toml").write_bytes(damage)
    office = read(folder)
    assert (list(office.newest), list(office.refused)) == (["izin_penelitian"], ["rusak.toml"])
    assert office.refused["rusak.toml"].startswith("rusak.toml")


def test_a_version_that_an_application_follows_is_not_edited_in_place(folder: Path) -> None:
    follow(folder, OTHER)
    (folder / "a.toml").write_text(OTHER.replace("Surat Keterangan Penelitian", "Izin Lain"), "utf-8")
    office = read(folder)
    assert office.newest["izin_penelitian"].name == "Surat Keterangan Penelitian"
    assert "izin_penelitian_v4.toml" in office.refused["a.toml"]
    assert "versi = 4" in office.refused["a.toml"]


def test_a_comment_changes_no_version(folder: Path) -> None:
    follow(folder, OTHER)
    (folder / "a.toml").write_text(f"# ditinjau\n\n{OTHER}", "utf-8")
    assert read(folder).refused == {}


def test_a_file_that_is_gone_leaves_what_follows_it_alone_and_takes_no_new_ones(folder: Path) -> None:
    follow(folder, OTHER)
    office = read(folder)
    assert ("izin_penelitian", 3) in office.source
    assert office.newest == {}


def test_what_an_older_release_kept_and_nobody_can_read_any_more_gives_way_to_the_file(folder: Path) -> None:
    follow(folder, "kode = 1")
    (folder / "a.toml").write_text(OTHER, "utf-8")
    assert (list(read(folder).newest), read(folder).refused) == (["izin_penelitian"], {})


def test_an_application_that_begins_keeps_its_version() -> None:
    version = next(iter(sops.registry().source))
    sops.keep.cache_clear()
    sops.keep(*version)
    kept = sops.kept_sops() / f"{version[0]}-v{version[1]}.toml"
    assert kept.read_text("utf-8") == sops.registry().source[version].text


class TestRenewal:
    """What makes a process end, to be started again on what the office says now."""

    @pytest.fixture(autouse=True)
    def _own_folder(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renewal, "sop_folders", lambda _: [folder])
        monkeypatch.setattr(renewal, "kept_sops", lambda: folder.parent / "dipakai")
        office = read(folder)
        monkeypatch.setattr(renewal, "registry", lambda: office)

    def test_a_new_permit_renews_once_it_has_come_to_rest(self, folder: Path) -> None:
        watch = Renewal(lambda: None)
        assert not watch.look()
        (folder / "a.toml").write_text(OTHER[:200], "utf-8")
        assert not watch.look(), "still being copied"
        (folder / "a.toml").write_text(OTHER, "utf-8")
        assert [watch.look(), watch.look()] == [False, True]

    def test_a_file_that_is_wrong_or_a_comment_renews_nothing(self, folder: Path) -> None:
        watch = Renewal(lambda: None)
        (folder / "a.toml").write_text("kode = ", "utf-8")
        assert [watch.look() for _ in range(4)] == [False] * 4

    def test_the_office_is_told_apart_by_its_posts_too(self, folder: Path) -> None:
        office = kantor()
        fewer = dict(list(office.posts.items())[:-1])
        assert in_force(office, read(folder)) != in_force(replace(office, posts=fewer), read(folder))


def test_an_office_that_wants_none_of_the_permits_that_ship_has_its_own_alone() -> None:
    office = kantor()
    assert list(sop_folders(office)) == [SHIPPED, places().sop]
    assert list(sop_folders(replace(office, shipped_sops=False))) == [places().sop]
