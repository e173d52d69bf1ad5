"""Every paper of every SOP in force, tried with its template: a worker tries, pages read what came of it.

Kept in a file of the data folder, by what a result depends on: office, SOP and template. Safe to delete.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.disk import write_atomic
from pipeline.documents.errors import TemplatInvalid
from pipeline.documents.template.templates import templat
from pipeline.hashing import digest
from pipeline.kantor.office import kantor
from pipeline.rules.opening.facts import Papers
from pipeline.settings import settings
from pipeline.sop.naskah import Naskah
from pipeline.sop.registry import SOPS
from pipeline.sop.values import Sop

FILE = "templat-diperiksa.json"


def tried_papers() -> Papers:
    """What is known of the papers as they are now."""
    known, waiting, total = _read(), 0, 0
    errors: list[str] = []
    for sop, naskah in _papers():
        total += 1
        if (found := known.get(_key(sop, naskah))) is None:
            waiting += 1
        else:
            errors += found
    return Papers(total=total, waiting=waiting, errors=tuple(dict.fromkeys(errors)))


def try_papers(more: Callable[[], bool]) -> int:
    """Try those that were not tried as they are now, while there is time; returns how many."""
    known, tried = _read(), 0
    kept = {key: known[key] for sop, naskah in _papers() if (key := _key(sop, naskah)) in known}
    for sop, naskah in _papers():
        key = _key(sop, naskah)
        if key in kept or not more():
            continue
        kept[key] = _errors(sop, naskah)
        tried += 1
        write_atomic(_file(), json.dumps(kept).encode())
    return tried


def try_apart(seconds: float) -> None:
    """The same in a program of its own, for so long at most: a try forks, which a child of a worker may not."""
    if not tried_papers().waiting:
        return
    with suppress(subprocess.TimeoutExpired):  # what was tried until then is kept
        subprocess.run([sys.executable, "-m", __name__], timeout=seconds, check=True)


def _papers() -> Iterator[tuple[Sop, Naskah]]:
    return ((sop, naskah) for sop in SOPS.values() for naskah in sop.naskah)


def _errors(sop: Sop, naskah: Naskah) -> list[str]:
    from pipeline.documents.template.papers import check_paper  # heavy: no page needs it

    report = check_paper(kantor(), sop, naskah, templat).report
    return [f"{naskah.templat}: {sentence}" for sentence in report.error]


def _key(sop: Sop, naskah: Naskah) -> str:
    try:
        blank = templat(naskah.templat).sha256
    except TemplatInvalid as error:
        blank = str(error)
    return digest([repr(kantor()), sop.digest, naskah.code, blank])


def _read() -> Mapping[str, list[str]]:
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _file() -> Path:
    return settings().data / FILE


if __name__ == "__main__":
    try_papers(lambda: True)
