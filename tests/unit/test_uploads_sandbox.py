"""The process that opens foreign files: limited, without secrets, and replaced when it dies."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from pipeline import uploads
from pipeline.uploads import examination
from pipeline.uploads.refusals import BerkasRefused
from pipeline.uploads.sandbox import Sandbox, ScannerDead, ScannerNotReady, Session
from tests import corpus_pdfs as pdfs
from tests.corpus import what_is_wrong

sandbox_ = import_module("pipeline.uploads.sandbox")  # the package has a function of that name


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    box = Sandbox()
    yield box
    box.close()


def _helper(box: Sandbox) -> "subprocess.Popen[bytes]":
    assert box._process is not None
    return box._process


def _child(box: Sandbox) -> int:
    pid = _helper(box).pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])  # an earlier one may be on its way out


def _kill_child(box: Sandbox) -> None:
    os.kill(_child(box), signal.SIGKILL)


def test_a_child_has_limits_and_none_of_our_secrets(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "sangat-rahasia")
    with box.session() as session:
        session.call("inspect_pdf", {}, pdfs.plain_pdf())
        proc = Path(f"/proc/{_child(box)}")
        limit = {line[:25].strip(): line[26:].split()[0] for line in (proc / "limits").read_text().splitlines()}
        assert limit["Max address space"] == str(1280 << 20)
        assert int(limit["Max cpu time"]) <= 11
        assert limit["Max core file size"] == "0"
        assert b"sangat-rahasia" not in (proc / "environ").read_bytes()


def test_one_child_answers_many_calls_and_is_gone_afterwards(box: Sandbox) -> None:
    with box.session() as session:
        for _ in range(3):
            session.call("inspect_pdf", {}, pdfs.plain_pdf())
        end = os.pidfd_open(_child(box))  # readable once the child has ended
    try:
        assert select.select([end], [], [], 10)[0]
    finally:
        os.close(end)


def test_a_killed_helper_is_replaced(box: Sandbox) -> None:
    box.run("inspect_pdf", {}, pdfs.plain_pdf())
    old = _helper(box)
    old.kill()
    head, _ = box.run("inspect_pdf", {}, pdfs.plain_pdf(2))
    assert head["page_count"] == 2
    assert _helper(box).pid != old.pid


def test_a_killed_child_harms_only_its_own_session(box: Sandbox) -> None:
    with box.session() as session:
        _kill_child(box)
        with pytest.raises(ScannerDead):
            session.call("inspect_pdf", {}, pdfs.plain_pdf())
    head, _ = box.run("inspect_pdf", {}, pdfs.plain_pdf())
    assert head["page_count"] == 1


def test_a_killed_helper_takes_its_children_along_and_says_nothing_about_their_files(box: Sandbox) -> None:
    with box.session() as session:
        _helper(box).kill()
        _helper(box).wait(timeout=60)
        with pytest.raises(ScannerNotReady):
            session.call("inspect_pdf", {}, pdfs.plain_pdf())


def test_the_helper_ends_with_us(box: Sandbox) -> None:
    box.run("inspect_pdf", {}, pdfs.plain_pdf())
    assert box._control is not None
    helper = _helper(box)
    box._control.close()  # what the kernel does when we are killed
    helper.wait(timeout=60)


def test_a_helper_without_work_ends_and_is_started_again() -> None:
    ours, theirs = socket.socketpair()
    idle = "from pipeline.uploads import child; child.IDLE = 0.01; child.main()"
    with ours, theirs, subprocess.Popen([sys.executable, "-c", idle], stdin=theirs.fileno()) as helper:
        assert helper.wait(timeout=60) == 0
        box = Sandbox()
        box._process, box._control = helper, ours
        theirs.close()
        try:
            box.run("inspect_pdf", {}, pdfs.plain_pdf())
            assert _helper(box) is not helper
        finally:
            box.close()


def test_many_threads_share_one_helper(box: Sandbox) -> None:
    page: list[int] = []

    def kerja(n: int) -> None:
        head, _ = box.run("inspect_pdf", {}, pdfs.plain_pdf(n))
        page.append(int(head["page_count"]))

    thread = [threading.Thread(target=kerja, args=(n,)) for n in range(1, 9)]
    for u in thread:
        u.start()
    for u in thread:
        u.join(timeout=180)
    assert sorted(page) == list(range(1, 9))


def test_a_crowd_is_told_to_come_again_at_once_and_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of seventy uploads at the same moment only a few threads of the web wait; nobody's file is called bad for it."""
    monkeypatch.setattr(sandbox_, "WAIT_SECONDS", 0.05)
    busy = Sandbox()
    with ExitStack() as place:
        for _ in range(sandbox_.CONCURRENT):
            place.enter_context(busy._turn())
        with pytest.raises(ScannerNotReady, match="sedang sibuk"):  # after its bounded wait
            place.enter_context(busy._turn())
        for _ in range(sandbox_.WAITING):
            busy._antrean.acquire()
        with pytest.raises(ScannerNotReady):  # at once
            busy.run("inspect_pdf", {}, pdfs.plain_pdf())


class _Fragile(Sandbox):
    """The same sandbox, of which so many sessions find their child dead."""

    def __init__(self, box: Sandbox, dead: int) -> None:
        super().__init__()
        self._box, self._dead = box, dead

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._box.session() as session:
            if self._dead:
                self._dead -= 1
                _kill_child(self._box)
            yield session


@pytest.fixture
def fragile(box: Sandbox, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    brittle = _Fragile(box, request.param)
    for module in (uploads, examination):
        monkeypatch.setattr(module, "sandbox", lambda: brittle)


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("fragile", [1], indirect=True)
def test_a_child_killed_once_is_no_verdict_on_the_file() -> None:
    assert what_is_wrong(pdfs.plain_pdf(), "pdf") is None


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("fragile", [2], indirect=True)
def test_a_child_killed_twice_over_a_file_is() -> None:
    assert "terlalu berat" in (what_is_wrong(pdfs.plain_pdf(), "pdf") or "")
    assert what_is_wrong(pdfs.plain_pdf(), "pdf") is None


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("fragile", [1], indirect=True)
def test_an_upload_over_which_the_child_dies_is_refused_with_a_sentence() -> None:
    with pytest.raises(BerkasRefused, match="terlalu berat"):
        uploads.accept("akta.pdf", pdfs.plain_pdf())


@pytest.mark.parametrize("messy", [b"", b"\0" * 7, b"\xff" * 8, b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\1\0\0\0\0{"])
def test_a_child_that_talks_nonsense_is_a_dead_child(messy: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(messy)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(ScannerDead):
            Session(ours).call("inspect_pdf", {}, b"%PDF-")
