"""The folder that backups lie in: what is whole in it, what a killed run left, and what no backup needs any more."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pyrage.x25519 import Identity, Recipient

from ops.backup.retention import Keep, kept
from ops.backup.sealed import is_for
from pipeline.disk import make_folder, sync_folder, write_atomic
from pipeline.errors import DefinitionError

MANIFEST, NEEDED, RECIPIENT = "manifes.age", "rujukan", "penerima"
_NAME = "%Y%m%dT%H%M%S%fZ"
_ABOUT = """\
Cadangan AlurIzin, tersandi dengan age. Untuk memulihkan ke folder data yang kosong:

    ALURIZIN_DATA=/folder/baru alurizin pulihkan FOLDER-INI --kunci BERKAS-KUNCI

Jangan menghapus atau mengganti nama apa pun di sini dengan tangan: isi/ dipakai bersama oleh semua cadangan.
"""
_ELSEWHERE = "Pilih folder lain yang kosong sebagai tujuan; yang ini tidak diubah."


class Target:
    """A folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self, recipient: Recipient, identity: Identity | None = None) -> Iterator[None]:
        """One run at a time; what a killed one left half is cleared away.

        Raises DefinitionError while another runs, and where backups for another key are, which are left untouched.
        """
        make_folder(self.folder)
        with (self.folder / ".kunci").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DefinitionError(
                    f"Cadangan lain ke {self.folder} sedang berjalan. Tunggu sampai selesai."
                ) from None
            self._bind(recipient, identity)
            self._clear_half()
            yield
            shutil.rmtree(self.half, ignore_errors=True)

    @property
    def name(self) -> str:
        """A name of its own, whatever path leads to it."""
        path = self.folder / ".tujuan"
        if not path.exists():
            write_atomic(self.folder / "BACA-DULU.txt", _ABOUT.encode())
            write_atomic(path, uuid4().hex.encode())
        return _line(path)

    def _bind(self, recipient: Recipient, identity: Identity | None) -> None:
        """Contents are shared by all backups: one key has to open them all, so a target is for one key for ever.

        ``identity``: the secret half, where it is at hand. It proves for whom a target is that does not say so yet.
        """
        path = self.folder / RECIPIENT
        if path.exists():
            if _line(path) != str(recipient):
                raise DefinitionError(f"{self.folder} berisi cadangan untuk kunci lain. {_ELSEWHERE}")
            return
        for sealed in self._sealed():
            if identity is None or str(identity.to_public()) != str(recipient):
                raise DefinitionError(
                    f"Kunci cadangan di {self.folder} tidak tercatat. {_ELSEWHERE} Untuk meneruskan yang ini, jalankan"
                    " sekali dengan --kunci BERKAS-KUNCI (yang rahasia)."
                )
            if not is_for(sealed, identity):
                raise DefinitionError(f"{self.folder} berisi cadangan untuk kunci lain. {_ELSEWHERE}")
        write_atomic(path, f"{recipient}\n".encode())

    def is_for(self, identity: Identity) -> bool:
        """Whether this is the key that the target says it is for."""
        path = self.folder / RECIPIENT
        return path.exists() and _line(path) == str(identity.to_public())

    def _sealed(self) -> Iterator[Path]:
        yield from (folder / MANIFEST for folder in self.backups().values())
        yield from self._contents()

    def _contents(self) -> Iterator[Path]:
        return filter(Path.is_file, self.folder.glob("isi/??/*"))

    @property
    def half(self) -> Path:
        """Where contents are written before they have their name."""
        return self.folder / "sementara"

    def content(self, name: str) -> Path:
        return self.folder / "isi" / name[:2] / name

    def begin(self, now: datetime) -> Path:
        """The folder of a new backup, which does not count yet."""
        folder = self.folder / now.astimezone(UTC).strftime(_NAME)
        make_folder(folder)
        return folder

    def backups(self) -> dict[datetime, Path]:
        """The whole ones, the oldest first."""
        return {at: folder for at, folder in self._begun() if (folder / MANIFEST).is_file()}

    def _begun(self) -> Iterator[tuple[datetime, Path]]:
        """Every folder of a backup, whole or not; what somebody else has put here is nobody's to touch."""
        for folder in sorted(self.folder.glob("*Z")):
            if folder.is_dir() and not folder.is_symlink() and (at := _moment(folder.name)):
                yield at, folder

    def forget(self, keep: Keep) -> int:
        """Delete the backups that are not kept, then what none of the others needs. Returns how many backups went."""
        backups = self.backups()
        stay = kept(backups, keep)
        gone = [folder for at, folder in backups.items() if at not in stay]
        for folder in gone:
            self._delete(folder)
        if not keep.everything:
            self._sweep()
        return len(gone)

    def _sweep(self) -> None:
        needed: set[str] = set()
        for folder in self.backups().values():
            needed.update(_needed(folder / NEEDED))
        for path in self._contents():
            if path.name not in needed:
                path.unlink()

    def _delete(self, folder: Path) -> None:
        """Its manifest first: from then on it does not exist, however far the rest comes."""
        (folder / MANIFEST).unlink(missing_ok=True)
        sync_folder(folder)
        shutil.rmtree(folder)

    def _clear_half(self) -> None:
        shutil.rmtree(self.half, ignore_errors=True)
        whole = set(self.backups().values())
        for folder in [folder for _, folder in self._begun() if folder not in whole]:
            shutil.rmtree(folder)


def _moment(name: str) -> datetime | None:
    """When a backup was begun; None for a name that no backup has."""
    try:
        at = datetime.strptime(name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.strftime(_NAME) == name else None


def _line(path: Path) -> str:
    """What a small file of ours says. Raises DefinitionError."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path} rusak atau tidak terbaca. {_ELSEWHERE}") from error


def _needed(path: Path) -> list[str]:
    """The contents that a backup needs. Raises DefinitionError: nothing may be deleted without knowing them all."""
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"Cadangan baru sudah selesai, tetapi {path} rusak atau tidak terbaca, jadi isi lama tidak dibersihkan."
            " Periksa disk tujuan; bila folder cadangan itu tidak diperlukan lagi, pindahkan dari sana."
        ) from error
