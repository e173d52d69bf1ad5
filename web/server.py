"""How gunicorn serves us: a thread is given a request that has come whole, and leaves its answer to be taken.

gunicorn's own threads read from the client and write to it, so that 64 people on a bad network, or one who means it,
hold all of them. Here the loop takes in and gives out, for any number of clients at once, and no thread waits for one.
"""

import io
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Final, Self

from gunicorn import http
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn, ThreadWorker

from pipeline.renewal import renew
from web.headers import UPLOAD_LIMIT

HEAD_SECONDS: Final = 10.0  # for a request's head, from its first byte
STALL_SECONDS: Final = 30.0  # without a byte of the body, or of the answer, moving: a phone between two cells
REQUEST_SECONDS: Final = 600.0  # for all of a request: a piece of an upload (256 KB) at 0.5 KB/s
LEAVE_SECONDS: Final = 2.0  # for a client to read our last words before the line is cut
HEAD_MOST: Final = 64 << 10  # bytes; what is longer gunicorn's parser refuses
HELD_MOST: Final = 64 << 20  # bytes of unfinished requests in one process; then the oldest of them gives way
PIECE: Final = 64 << 10

_LENGTH: Final = re.compile(rb"\ncontent-length:[ \t]*([^\r]{0,12})", re.IGNORECASE)
_CODING: Final = re.compile(rb"\ntransfer-encoding:[ \t]*([^\r]*?)[ \t]*\r", re.IGNORECASE)
_CONTINUE: Final = re.compile(rb"\nexpect:[ \t]*100-continue", re.IGNORECASE)
_REFUSAL: Final = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Line(socket.socket):
    """A client's socket. What the client does not take at once is kept, and given out by the loop."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        self._kept: deque[memoryview] = deque()

    def setblocking(self, flag: bool) -> None:
        """gunicorn's thread asks for it before it writes; waiting is what it must not do."""

    def sendall(self, data: bytes, flags: int = 0) -> None:  # type: ignore[override]  # gunicorn sends bytes
        """Take over all of it, without waiting. Raises OSError when the client is gone."""
        self.answer(data)
        self.give_out()

    def answer(self, data: bytes) -> None:
        """Keep it for the loop to give out."""
        self._kept.append(memoryview(data))

    def give_out(self) -> bool:
        """Send what the client takes now; whether nothing is left. Raises OSError when the client is gone."""
        while self._kept:
            try:
                sent = self.send(self._kept[0])
            except BlockingIOError:
                return False
            if rest := self._kept.popleft()[sent:]:
                self._kept.appendleft(rest)
        return True


class Source(io.BytesIO):
    """What came of one request, for gunicorn's parser: a connection that ends there."""

    recv = io.BytesIO.read


class ClientVisit(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection, and what has come of its next request."""

    def __init__(self, cfg: Config, line: Line, client: object, server: object) -> None:
        super().__init__(cfg, line, client, server)
        self.line = line
        self.initialized = self.data_ready = True  # the parser is ours to make, and it has its data
        self.held = bytearray()
        self.end: int | None = None  # of the request in ``held``; None while it is not known
        self.head = 0  # its length, once it is here
        self.refusal = b""  # status of what cannot be a request
        self.keep = False  # the connection, after this request
        self.hearing = False
        self.began = time.monotonic()
        self.timeout = self.began + HEAD_SECONDS

    def hear(self, data: bytes) -> None:
        """More of the request."""
        now = time.monotonic()
        if not self.held:
            self.began = now
        self.held += data
        if self.end is None:
            self._look()
        limit = min(self.began + REQUEST_SECONDS, now + STALL_SECONDS)
        self.timeout = limit if self.head else self.began + HEAD_SECONDS

    @property
    def complete(self) -> bool:
        return bool(self.refusal) or (self.end is not None and len(self.held) >= self.end)

    def _look(self) -> None:
        """Where the request ends, as soon as it can be told."""
        head_end = self.held.find(b"\r\n\r\n") + 4
        if head_end >= 4:
            self._read_head(bytes(self.held[:head_end]))
        elif len(self.held) > HEAD_MOST or b"\n\n" in self.held:
            self.refusal = b"400 Bad Request"

    def _read_head(self, head: bytes) -> None:
        self.head = len(head)
        lengths, codings = _LENGTH.findall(head), _CODING.findall(head)
        if head.count(b"\n") != head.count(b"\r\n") or len(lengths) + len(codings) > 1:
            self.refusal = b"400 Bad Request"  # two servers may read it differently
            return
        if codings:  # browsers, tus and the proxy all say how much they send
            self.refusal = b"400 Bad Request" if codings[0].lower() != b"chunked" else b"413 Content Too Large"
            return
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        # A body larger than any view takes is refused by its length alone, so it is not waited for.
        self.keep = length <= UPLOAD_LIMIT
        self.end = self.head + (length if self.keep else 0)
        if _CONTINUE.search(head):
            with suppress(OSError):  # a client that has left is noticed soon enough
                self.line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def take(self) -> Source:
        """The request, whole or as far as it came."""
        end = len(self.held) if self.end is None else self.end
        self.keep = self.keep and self.complete
        request = Source(self.held[:end])
        del self.held[:end]
        self.end, self.head = None, 0
        return request

    def rest(self, seconds: float) -> Self:
        """Nothing is expected before ``seconds`` are over."""
        self.timeout = time.monotonic() + seconds
        return self


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's thread worker with the loop in between."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.set("sendfile", False)  # a file would be sent past Line
        self.waiting: set[ClientVisit] = set()
        self.held = 0  # bytes of unfinished requests

    def init_process(self) -> None:
        renew(self.ppid)
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        try:
            accepted, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # the other process was quicker; the client has left
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._await(ClientVisit(self.cfg, Line(accepted), client, listener.getsockname()), EVENT_READ, self._on_request)

    def finish_request(self, conn: ClientVisit, fs: "Future[bool]") -> None:
        """A thread is done with it: the rest of the answer, then the next request."""
        conn.keep = not fs.cancelled() and bool(fs.result()) and conn.keep and self.alive
        self._await(conn.rest(STALL_SECONDS), EVENT_WRITE, self._on_answer)

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has waited too long; at the very end, everything."""
        now = time.monotonic()
        for visit in [v for v in self.waiting if force or v.timeout < now]:
            if visit.hearing and not force:
                self._give_up(visit)
            else:
                self._drop(visit)

    def murder_pending(self) -> None:
        """There are none beside ``waiting``."""

    def _cap_keepalive(self, deadline: float) -> None:
        for visit in self.waiting:
            visit.timeout = min(visit.timeout, deadline)

    def _await(self, visit: ClientVisit, event: int, then: "Callable[[ClientVisit], None]") -> None:
        visit.hearing = then == self._on_request
        self.waiting.add(visit)
        self.held += len(visit.held)
        self.poller.register(visit.line, event, partial(self._on_event, visit, then))

    def _stop_waiting(self, visit: ClientVisit) -> None:
        self.waiting.discard(visit)
        self.held -= len(visit.held)
        self.poller.unregister(visit.line)

    def _on_event(self, visit: ClientVisit, then: "Callable[[ClientVisit], None]", _line: object) -> None:
        if visit in self.waiting:  # another event of the same moment may have ended it
            then(visit)

    def _on_request(self, visit: ClientVisit) -> None:
        """Bytes of a request, or the client's end."""
        if (data := _received(visit.line)) is None:
            return
        visit.hear(data)
        self.held += len(data)
        if visit.complete:
            self._hand_over(visit)
        elif not data:
            self._give_up(visit)
        elif self.held > HELD_MOST:
            self._make_room()

    def _hand_over(self, visit: ClientVisit) -> None:
        """To a thread, if what came can be a request."""
        if visit.refusal:
            self._refuse(visit, visit.refusal)
            return
        self._stop_waiting(visit)
        visit.parser = http.get_parser(self.cfg, visit.take(), visit.client)
        self.enqueue_req(visit)

    def _on_answer(self, visit: ClientVisit) -> None:
        """The client takes more of its answer; once it has all of it, it may ask again."""
        try:
            if not visit.line.give_out():
                visit.rest(STALL_SECONDS)
                return
            if not visit.keep:
                visit.line.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(visit)
            return
        self._stop_waiting(visit)
        if visit.keep:
            self._ask_again(visit)
        else:
            self._await(visit.rest(LEAVE_SECONDS), EVENT_READ, self._on_leaving)

    def _ask_again(self, visit: ClientVisit) -> None:
        self._await(visit.rest(self.cfg.keepalive), EVENT_READ, self._on_request)
        if visit.held:  # the client did not wait for the answer
            visit.hear(b"")
            if visit.complete:
                self._hand_over(visit)

    def _on_leaving(self, visit: ClientVisit) -> None:
        """Cutting the line while the client still sends would take our answer from it."""
        if _received(visit.line) == b"":
            self._drop(visit)

    def _give_up(self, visit: ClientVisit) -> None:
        """On a client that has stopped: what came of a body is the application's to keep or refuse."""
        if visit.head:
            self._hand_over(visit)
        elif visit.held:
            self._refuse(visit, b"408 Request Timeout")
        else:
            self._drop(visit)

    def _refuse(self, visit: ClientVisit, status: bytes) -> None:
        self._stop_waiting(visit)
        visit.keep = False
        visit.held.clear()
        visit.line.answer(_REFUSAL % status)
        self._await(visit.rest(LEAVE_SECONDS), EVENT_WRITE, self._on_answer)

    def _make_room(self) -> None:
        """The request that has taken longest gives way."""
        if hearing := [v for v in self.waiting if v.hearing]:
            self._give_up(min(hearing, key=lambda visit: visit.began))

    def _drop(self, visit: ClientVisit) -> None:
        self._stop_waiting(visit)
        self.nr_conns -= 1
        visit.line.close()


def _received(line: Line) -> bytes | None:
    """What has come; b"" when the client has ended, None when it was a false alarm."""
    try:
        return line.recv(PIECE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
