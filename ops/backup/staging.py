"""The folder an office is brought back into: filled aside, moved into place when all of it is there.

``.pemulihan`` within the data folder holds everything until then. Killed before, the next try begins anew; killed
while it is moved, the next try goes on moving. Nothing runs on a folder that has it.
"""

import os
import shutil
from pathlib import Path
from time import monotonic, sleep

from ops import instance
from pipeline.disk import sync_folder, write_atomic
from pipeline.errors import DefinitionError

FOLDER = ".pemulihan"
_WHOLE = ".utuh"
_OURS = {FOLDER, "instance.lock"}
_UNTIL_FREE = 30.0  # seconds: how long the servers of a killed try may take to end


class Staging:
    """Held alone, as by a running office, until ``release``."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / FOLDER
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        others = sorted(path.name for path in data.iterdir() if path.name not in _OURS)
        if others and not self.is_whole:
            raise DefinitionError(
                f"Folder data {data} tidak kosong (ada {', '.join(others[:3])}). Pulihkan ke folder yang kosong:"
                " ALURIZIN_DATA=/folder/baru."
            )
        self.lock = _lock(data)

    @property
    def is_whole(self) -> bool:
        """Everything is there; it only has to be moved."""
        return (self.folder / _WHOLE).exists()

    def begin(self) -> None:
        """An empty folder; what a try before left is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)

    def abandon(self) -> None:
        """Nothing half stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self) -> None:
        """From here on it is an office: all of it is moved into place, one name after the other."""
        if not self.is_whole:
            write_atomic(self.folder / _WHOLE, b"")
        for path in sorted(self.folder.iterdir()):
            if path.name != _WHOLE:
                path.rename(self.data / path.name)
        sync_folder(self.data)
        shutil.rmtree(self.folder)

    def release(self) -> None:
        self.lock.release()


def refuse_half(data: Path) -> None:
    """Raises DefinitionError for a folder whose restore has not come to its end."""
    if (data / FOLDER).exists():
        raise DefinitionError(
            f"Pemulihan ke {data} belum selesai. Jalankan lagi `alurizin pulihkan` dengan perintah yang sama."
        )


def _lock(data: Path) -> instance.Lock:
    end = monotonic() + _UNTIL_FREE
    while True:
        try:
            return instance.Lock(data)
        except DefinitionError:
            if monotonic() > end:
                raise
            sleep(0.1)
