"""Where foreign files are opened: in a process of its own, with limits, that nothing of ours depends on.

A web process has many threads, so it must not fork. It keeps one helper process (``pipeline.uploads.child``) that has
the libraries loaded, runs a single thread and opens no foreign file itself; for each session the helper forks a child
that goes behind walls (walls/), works, and is gone: the helper ends it when the session is over, whatever it is doing.
Starting a session costs about 5 ms.
"""

import atexit
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pipeline
from pipeline.errors import AlurIzinError
from pipeline.uploads import wire
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

CONCURRENT = 2  # sessions of one process at a time: their memory adds up
WAITING = 6  # threads that may wait for one: the others of a web process are for pages
WAIT_SECONDS = 15.0
READY_SECONDS = 20.0
ANSWER_SECONDS = 40.0  # longer than the child's own wall clock (child.py), which comes first


class ScannerNotReady(AlurIzinError):
    """Pemeriksa berkas sedang sibuk. Berkas Anda belum diperiksa; kirim lagi beberapa saat lagi."""


class ScannerDead(AlurIzinError):
    """Pemeriksaan berkas ini berhenti di tengah jalan."""


class Session:
    """A child that answers one call after the other."""

    def __init__(self, sock: socket.socket, place: socket.socket | None = None) -> None:
        self._sock = sock
        self._place = place  # the helper holds the other end

    def call(self, job: str, head: wire.Head, payload: bytes) -> tuple[wire.Head, bytes]:
        """Run a job of ``child.JOBS``.

        Raises BerkasRefused when the job refuses the file, ScannerDead when the child died over it (crash, limit),
        ScannerNotReady when it died because its helper did: that says nothing about the file.
        """
        try:
            wire.send(self._sock, {**head, "job": job}, payload)
            answer, result = wire.receive(self._sock)
        except wire.Disconnected as error:
            raise (ScannerNotReady if self._is_helper_gone() else ScannerDead) from error
        if wire.REFUSED in answer:
            raise _refusal(answer)
        return answer, result

    def _is_helper_gone(self) -> bool:
        """The kernel closes what a process holds before it ends the children that are bound to it."""
        told = select.poll()  # not select.select: a web process has thousands of descriptors
        if self._place is not None:
            told.register(self._place, select.POLLIN)
        return bool(told.poll(0))


def _refusal(answer: wire.Head) -> BerkasRefused:
    """The refusal a child told of. Raises ScannerDead for one that it made up: no word of a child is shown."""
    numbers = {name: n for name, n in answer.items() if name != wire.REFUSED and isinstance(n, int)}
    try:
        return BerkasRefused(RefusalReason(str(answer[wire.REFUSED])), **numbers)
    except (ValueError, LookupError, TypeError) as error:
        raise ScannerDead from error


class Sandbox:
    """The helper process of this process, started at the first use and again whenever it died."""

    def __init__(self, *program: str) -> None:
        self._program = program or ("-m", "pipeline.uploads.child")
        self.forget()

    def forget(self) -> None:
        """Begin anew: a forked process (Celery's prefork) must not talk over its parent's sockets and locks."""
        self._antrean = threading.BoundedSemaphore(CONCURRENT + WAITING)
        self._turns = threading.BoundedSemaphore(CONCURRENT)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A fresh child for the time of the block. Raises ScannerNotReady when none can be had."""
        with self._turn():
            sock, place = self._connect()
            with sock, place:  # in this order: a child that is done leaves by itself
                sock.settimeout(ANSWER_SECONDS)
                yield Session(sock, place)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One of the few places, after a bounded wait among a few. Raises ScannerNotReady."""
        if not self._antrean.acquire(blocking=False):
            raise ScannerNotReady
        try:
            if not self._turns.acquire(timeout=WAIT_SECONDS):
                raise ScannerNotReady
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._antrean.release()

    def run(self, job: str, head: wire.Head, payload: bytes) -> tuple[wire.Head, bytes]:
        """One job in a child of its own; raises like ``session`` and ``Session.call``."""
        with self.session() as session:
            return session.call(job, head, payload)

    def close(self) -> None:
        """End the helper process."""
        with self._lock:
            self._stop()

    def _connect(self) -> tuple[socket.socket, socket.socket]:
        """A line to a new child, and what tells the helper, once it is closed, to end it."""
        for _ in range(2):  # the helper may have died since it was last used: then once more, with a new one
            (ours, theirs), (place, told) = socket.socketpair(), socket.socketpair()
            ours.settimeout(READY_SECONDS)
            with self._lock:
                control = self._started()
            try:
                with theirs, told:
                    socket.send_fds(control, [b"s"], [theirs.fileno(), told.fileno()])
                wire.read_exactly(ours, 1)
            except (OSError, wire.Disconnected):
                ours.close()
                place.close()
                self._discard(control)
            else:
                return ours, place
        raise ScannerNotReady

    def _discard(self, control: socket.socket) -> None:
        """Drop a helper that does not answer, unless another thread did so already."""
        with self._lock:
            if self._control is control:
                self._stop()

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, *self._program],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=Path(pipeline.__file__).parent.parent,
                    env={"LC_ALL": "C.UTF-8"},  # no secret of ours is within reach of a foreign file
                    start_new_session=True,  # Ctrl-C is for us; the helper ends when we do
                )
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()  # the helper reads the end of its input and leaves
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


_sandbox = Sandbox()


def sandbox() -> Sandbox:
    """The sandbox of this process."""
    return _sandbox


os.register_at_fork(after_in_child=_sandbox.forget)
atexit.register(_sandbox.close)
