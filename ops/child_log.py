"""The log of one process: whatever it prints, a JSON object a line, in a file that cannot fill the disk."""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

#: What a line begins with that is told to whoever started the office.
NOTICED = "Perhatian:"
_LIMIT = 10_000_000  # bytes; the file before is kept too
_LONGEST = 65_536


class ChildLog:
    """``log/<nama>.log`` of the data folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._name = name
        self._rest = b""

    def pipe(self) -> int:
        """A new file descriptor to print to; the reading side ends by itself when everybody has closed it."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        asyncio.get_running_loop().add_reader(reading, self._reader(reading))
        return writing

    def write(self, line: str) -> None:
        """One line; a JSON object is kept as it is. What finds no room on the disk is lost: nobody may end of it."""
        if not line.startswith("{"):
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            line = json.dumps({"pada": at, "proses": self._name, "pesan": line}, ensure_ascii=False)
        with suppress(OSError):
            if self.path.exists() and self.path.stat().st_size > _LIMIT:
                self.path.replace(self.path.with_suffix(".log.1"))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def tail(self, lines: int = 5) -> list[str]:
        """The last messages, for a person."""
        if not self.path.exists():
            return []
        return [_message(line) for line in self.path.read_text(encoding="utf-8").splitlines()[-lines:]]

    def noticed(self) -> list[str]:
        """The last messages, as far back as they are to be told."""
        told = takewhile(lambda message: message.startswith(NOTICED), reversed(self.tail(30)))
        return [*told][::-1]

    def _reader(self, fd: int) -> Callable[[], None]:
        def read() -> None:
            try:
                chunk = os.read(fd, _LONGEST)
            except BlockingIOError:
                return
            if not chunk:
                asyncio.get_running_loop().remove_reader(fd)
                os.close(fd)
            self._feed(chunk)

        return read

    def _feed(self, chunk: bytes) -> None:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _LONGEST or not chunk:
            whole, self._rest = [*whole, self._rest], b""
        for line in whole:
            if text := line.decode("utf-8", "replace").rstrip():
                self.write(text)


def _message(line: str) -> str:
    try:
        record: object = json.loads(line)
    except ValueError:
        return line
    return str(record.get("pesan") or record.get("event") or line) if isinstance(record, dict) else line
