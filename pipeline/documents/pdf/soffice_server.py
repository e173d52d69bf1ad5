"""One warm soffice that converts one document after another. Run by the system's Python, the only one that has ``uno``.

``python3 -I soffice_server.py SOCKET FILTER OPTIONS COMMAND…``: SOCKET is the number of an inherited descriptor that
listens, COMMAND starts soffice. Whoever connects sends the path of a folder that holds ``naskah.docx``, and reads
``ok`` when ``naskah.pdf`` lies beside it. The server ends at the first surprise, after many documents, after a while
without work, and with the process that started it (the end of standard input). Nothing of ``pipeline`` can be imported.
"""

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import uno

IDLE = 60.0  # seconds without a document
DOCUMENTS = 200  # soffice grows by a third of a megabyte with each
LIMIT = 20  # seconds for the start, and for one document; the caller waits no longer either
_LOAD: dict[str, object] = {
    "Hidden": True,
    "FilterName": "MS Word 2007 XML",  # otherwise any text file counts as a document
    "MacroExecutionMode": 0,
    "UpdateDocMode": 0,
}
_DEATH_SIGNAL = 1  # prctl(2)
_AGAIN = 81  # how soffice ends when it has set up a new profile and wants to be started again


def main() -> None:
    descriptor, pdf_filter, options, *command = sys.argv[1:]
    signal.alarm(LIMIT)  # kills this process even inside a call that hangs, and the kernel kills soffice with it
    office, desktop = _office(command)
    try:
        with socket.socket(fileno=int(descriptor)) as server:
            for _ in range(DOCUMENTS):
                signal.alarm(0)
                ready, _, _ = select.select([server, sys.stdin], [], [], IDLE)
                signal.alarm(LIMIT)
                if ready != [server]:
                    break
                _serve(server, desktop, {"FilterName": pdf_filter, "FilterOptions": options})
        desktop.terminate()
        office.wait()
    finally:
        office.kill()


def _start(command: "list[str]") -> "subprocess.Popen[bytes]":
    libc = ctypes.CDLL(None)
    return subprocess.Popen(
        [*command, f"--accept=pipe,name={_pipe()};urp"],
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: libc.prctl(_DEATH_SIGNAL, signal.SIGKILL),
    )


def _pipe() -> str:
    """Name of the socket soffice makes in /tmp; only its own user may write to it."""
    return f"alurizin-{os.getpid()}"


def _office(command: "list[str]") -> "tuple[subprocess.Popen[bytes], uno.Desktop]":
    """soffice, as soon as it answers."""
    office = _start(command)
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    no_connect = uno.getClass("com.sun.star.connection.NoConnectException")
    while office.poll() in {None, _AGAIN}:
        try:
            context = resolver.resolve(f"uno:pipe,name={_pipe()};urp;StarOffice.ComponentContext")
        except no_connect:
            time.sleep(0.02)
        else:
            return office, context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        if office.poll() == _AGAIN:
            office = _start(command)
    sys.exit("soffice has ended")


def _serve(server: socket.socket, desktop: "uno.Desktop", store: "dict[str, object]") -> None:
    """One document. Any failure ends the server: nobody asks a soffice that has failed once."""
    caller, _ = server.accept()
    with caller:
        folder = Path(os.fsdecode(caller.recv(4096)))
        document = desktop.loadComponentFromURL((folder / "naskah.docx").as_uri(), "_blank", 0, _properties(_LOAD))
        document.storeToURL((folder / "naskah.pdf").as_uri(), _properties(store))
        document.close(True)
        caller.sendall(b"ok")


def _properties(values: "dict[str, object]") -> "tuple[object, ...]":
    return tuple(_property(name, value) for name, value in values.items())


def _property(name: str, value: object) -> object:
    struct = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    struct.Name, struct.Value = name, value
    return struct


if __name__ == "__main__":
    main()
