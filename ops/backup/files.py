"""What of the office lies in files: everything in its data folder that the next start does not make anew, its own SOPs
and templates wherever they lie, and its settings."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import Places

#: Of a running instance: servers, sockets, logs, and what a restore or a backup writes for itself.
_NOT_KEPT = {
    "postgres", "broker", "soket", "log", "instance.json", "instance.lock", "cadangan", "cadangan.json",
    "dari-cadangan", ".pemulihan",
}  # fmt: skip
_NOT_KEPT_PREFIXES = (".", "celerybeat-schedule")
_NOT_KEPT_SUFFIXES = (".baru",)
#: Settings are those of this office, but for where its servers and folders are: another machine has its own.
_SETTINGS = ("ALURIZIN_", "SMTP_", "MAIL_", "SECRET_KEY", "BASE_URL", "TRUSTED_HOSTS", "PROXY")
_OF_MACHINE = {"ALURIZIN_DATA", "ALURIZIN_KANTOR", "ALURIZIN_SOP", "ALURIZIN_TEMPLAT", "ALURIZIN_PORT"}
#: What was erased stays erased, however old the backup: of these the newest in the target is brought.
OF_NEWEST = {"penghapusan.jsonl"}
#: Where settings are put on the way back, for whoever fills in the new machine's.
ASIDE = "dari-cadangan"
SETTINGS_FILE = f"{ASIDE}/lingkungan.env"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file, and where it will lie below the data folder; ``payload`` where it is no file yet."""

    name: str
    path: Path
    payload: bytes | None = None


def kept_files(places: Places, env: Mapping[str, str]) -> Iterator[Kept]:
    """Everything, in the order of its names within the data folder; the settings last."""
    yield from _below(places.data, places.data)
    yield from _elsewhere(places)
    yield from _settings(env)


def _below(folder: Path, top: Path) -> Iterator[Kept]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if (folder == top and entry.name in _NOT_KEPT) or _is_passing(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry), top)
        elif entry.is_file(follow_symlinks=False):
            yield Kept(Path(entry).relative_to(top).as_posix(), Path(entry))


def _is_passing(name: str) -> bool:
    return name.startswith(_NOT_KEPT_PREFIXES) or name.endswith(_NOT_KEPT_SUFFIXES)


def _elsewhere(places: Places) -> Iterator[Kept]:
    """What the office keeps outside its data folder comes back into it."""
    if not places.kantor.is_relative_to(places.data) and places.kantor.is_file():
        yield Kept("kantor.toml", places.kantor)
    for name, folder in (("sop", places.sop), ("templat", places.templat)):
        if not folder.is_relative_to(places.data) and folder.is_dir():
            yield from (Kept(f"{name}/{kept.name}", kept.path) for kept in _below(folder, folder))


def _settings(env: Mapping[str, str]) -> Iterator[Kept]:
    mine = {k: v for k, v in sorted(env.items()) if k.startswith(_SETTINGS) and k not in _OF_MACHINE}
    lines = "".join(f"{name}={value}\n" for name, value in mine.items())
    yield Kept(SETTINGS_FILE, Path(), lines.encode())
    for name, value in mine.items():
        if Path(value).is_absolute() and Path(value).is_file():
            yield Kept(f"{ASIDE}/{name}", Path(value))
