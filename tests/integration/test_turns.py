"""Who converts next, between threads and processes: order, and signatures before previews."""

import fcntl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.documents.errors import EngineMissing, TimedOut
from pipeline.documents.pdf.turns import private_folder, turn


@pytest.fixture(autouse=True)
def _database() -> None:
    """Nothing here needs one."""


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return private_folder()


class Line:
    """Callers in threads; ``done`` tells the order they were served in."""

    def __init__(self, folder: Path) -> None:
        self.done: list[str] = []
        self._folder = folder
        self._threads: list[threading.Thread] = []

    def joins(self, name: str, *, preview: bool) -> None:
        """Returns when it waits."""
        waiting = len(list(self._folder.glob("*.antre")))
        self._threads.append(threading.Thread(target=self._work, args=(name, preview)))
        self._threads[-1].start()
        while len(list(self._folder.glob("*.antre"))) == waiting:
            assert self._threads[-1].is_alive()

    def _work(self, name: str, preview: bool) -> None:
        with turn(120, places=2, preview=preview):
            self.done.append(name)

    def ends(self) -> None:
        for thread in self._threads:
            thread.join(180)


@contextmanager
def all_taken() -> Iterator[None]:
    with turn(60, places=2, preview=True), turn(60, places=2, preview=False):
        yield


def test_in_the_order_they_came_but_signatures_first(places: Path) -> None:
    line = Line(places)
    with turn(60, places=2, preview=False):  # one place is left, so that they are served one after another
        with turn(60, places=2, preview=True):
            for n in (1, 2, 3):
                line.joins(f"pratinjau {n}", preview=True)
            line.joins("tanda tangan", preview=False)
        line.ends()
    assert line.done == ["tanda tangan", "pratinjau 1", "pratinjau 2", "pratinjau 3"]


def test_previews_leave_a_place_free() -> None:
    with turn(60, places=2, preview=True):
        with pytest.raises(TimedOut), turn(0.1, places=2, preview=True):
            pass
        with turn(0, places=2, preview=False):
            pass


def test_waiting_has_an_end_and_leaves_nothing_behind(places: Path) -> None:
    with all_taken(), pytest.raises(TimedOut), turn(0.1, places=2, preview=False):
        pass
    assert list(places.glob("*.antre")) == []


def test_one_that_died_in_the_line_holds_nobody_up(places: Path) -> None:
    (places / "0-00000000000000000001-1-1.antre").touch()
    with turn(60, places=2, preview=True):
        assert list(places.glob("*.antre")) == []


def test_one_that_waits_in_another_process_comes_first(places: Path) -> None:
    with (places / "0-00000000000000000001-1-1.antre").open("xb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(TimedOut), turn(0.1, places=2, preview=False):
            pass


def test_a_folder_made_by_somebody_else_is_not_used(tmp_path: Path, places: Path) -> None:
    places.rename(tmp_path / "lain")
    places.symlink_to(tmp_path / "lain")
    with pytest.raises(EngineMissing, match="bukan milik"):
        private_folder()
