"""The SOPs this office runs: those that ship with the code and those in the office's own folder, read once.

A file that is wrong is refused and named; the rest runs on. A version that an application follows is kept as it was
when the first one began: what its file says later is no longer that version, and a file that is gone leaves it alone.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType

from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor, kept_sops, sop_folders
from pipeline.roles import Posts
from pipeline.sop.load import Source, check_together, load_source
from pipeline.sop.values import Sop

Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Registry:
    """What the folders hold."""

    source: Mapping[Version, Source]  # every version in force, by kode and version, oldest first
    newest: Mapping[str, Sop]  # kode -> what new applications start with
    refused: Mapping[str, str]  # name of a file -> why it is not in force


def read_registry(folders: Sequence[Path], kept: Path, posts: Posts) -> Registry:
    """Read every ``*.toml`` of the folders, and the versions in ``kept`` that applications follow."""
    followed = {(one.sop.code, one.sop.version): one for one in kept_versions(kept, posts)}
    found: dict[Version, Source] = {}
    refused: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            source = load_source(path, posts)
            check_together(source, found.values())
        except DefinitionError as error:
            refused[path.name] = str(error)
            continue
        version = source.sop.code, source.sop.version
        if version in followed and followed[version].sop.digest != source.sop.digest:
            refused[path.name] = _edited(source)
            source = followed[version]
        found[version] = source
    newest = {code: found[code, number].sop for code, number in sorted(found)}
    every = followed | found
    return Registry(MappingProxyType({v: every[v] for v in sorted(every)}), MappingProxyType(newest), refused)


def kept_versions(folder: Path, posts: Posts) -> Iterator[Source]:
    """The versions that applications follow."""
    for path in sorted(folder.glob("*.toml")):
        try:
            yield load_source(path, posts)
        except DefinitionError:  # kept by an older release; then the office's own file speaks
            continue


def _edited(source: Source) -> str:
    sop = source.sop
    return (
        f"{source.name}: versi {sop.version} sudah diikuti permohonan, jadi isinya tidak berubah lagi; yang berlaku "
        f"tetap isi semula. Kembalikan berkas ini, lalu simpan perubahannya sebagai {sop.code}_v{sop.version + 1}.toml "
        f"dengan versi = {sop.version + 1}."
    )


@cache
def registry() -> Registry:
    """What this process runs on."""
    return read_registry(sop_folders(kantor()), kept_sops(), kantor().posts)


_EVERY: Mapping[Version, Sop] = MappingProxyType({version: one.sop for version, one in registry().source.items()})

#: kode -> its newest version, which new applications start with.
SOPS: Mapping[str, Sop] = MappingProxyType(registry().newest)


def every_version() -> Collection[Sop]:
    """Also those that only running cases still follow; the newest of a kode last."""
    return _EVERY.values()


def with_applicant() -> list[str]:
    """The permits that an applicant sends; the others are opened by a desk."""
    return sorted({sop.code for sop in every_version() if sop.by_applicant})


def get_sop(code: str, version: int | None = None) -> Sop:
    """The newest version, or the one a running case started with. Raises DefinitionError when its file is gone."""
    try:
        return SOPS[code] if version is None else _EVERY[code, version]
    except KeyError:
        full_title = code if version is None else f"{code} versi {version}"
        raise DefinitionError(f"SOP {full_title} tidak ada di folder SOP kantor ini. Kembalikan berkasnya.") from None


@cache
def keep(code: str, version: int) -> None:
    """Keep this version as it is, for the application that is about to follow it. Doing it again changes nothing."""
    folder = kept_sops()
    path = folder / f"{code}-v{version}.toml"
    source = registry().source.get((code, version))
    if path.exists() or source is None:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".baru", delete=False) as new:
        new.write(source.text)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(path)
