"""The few bytes that travel between this process and its sandbox: a JSON head and one blob, each way.

JSON and lengths, never pickle: the sandbox reads hostile files, so its answers are not trusted either.
"""

import json
import socket
import struct

_LENGTHS = struct.Struct("!II")  # head, blob
_HEAD_MAX = 64 << 10
_BLOB_MAX = 64 << 20

SMALL_WIDTH, LARGE_WIDTH = 240, 1200  # pixels of a page image; both sides go by them

REFUSED = "refused"  # in an answer: the reason; the numbers of its sentence stand beside it

Head = dict[str, str | int]


class Disconnected(Exception):
    """The other side is gone, or does not speak this protocol."""


def send(sock: socket.socket, head: Head, blob: bytes = b"") -> None:
    """Send one message."""
    encoded = json.dumps(head).encode("ascii")
    try:
        sock.sendall(_LENGTHS.pack(len(encoded), len(blob)) + encoded)
        if blob:
            sock.sendall(blob)
    except OSError as error:
        raise Disconnected from error


def receive(sock: socket.socket) -> tuple[Head, bytes]:
    """Receive one message. Raises Disconnected when it does not come whole, or not in the socket's time."""
    n_head, n_blob = _LENGTHS.unpack(read_exactly(sock, _LENGTHS.size))
    if n_head > _HEAD_MAX or n_blob > _BLOB_MAX:
        raise Disconnected
    return _head(read_exactly(sock, n_head)), read_exactly(sock, n_blob)


def read_exactly(sock: socket.socket, n: int) -> bytes:
    """``n`` bytes from the socket. Raises Disconnected."""
    buf = bytearray(n)
    remaining = memoryview(buf)
    while remaining:
        try:
            readable = sock.recv_into(remaining)
        except OSError as error:
            raise Disconnected from error
        if not readable:
            raise Disconnected
        remaining = remaining[readable:]
    return bytes(buf)


def _head(raw: bytes) -> Head:
    try:
        head = json.loads(raw)
    except ValueError as error:
        raise Disconnected from error
    if not isinstance(head, dict):
        raise Disconnected
    return {str(k): v for k, v in head.items() if isinstance(v, str | int)}
