"""Memory of a running instance: PSS of each of its processes, what they share counted once.

    .venv/bin/python bench/bench_memory.py

Starts nothing; finds the instance as ``alurizin info`` does (ALURIZIN_DATA). soffice is counted apart: it is there only
while documents are made, and a minute longer.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ops import instance

GOAL = 450  # MB, without soffice


def main() -> None:
    found = instance.running(instance.data_folder(os.environ))
    children = _children()
    named = {"pengawas": found.supervisor, **found.process}
    office = soffice = 0.0
    for name, pid in named.items():
        tree = [pid] if name == "pengawas" else list(_tree(pid, children))
        ours = [p for p in tree if not _is_soffice(p)]
        pss = sum(map(_pss, ours))
        print(f"{name:10} {pss:6.0f} MB  {' + '.join(f'{_pss(p):.0f}' for p in ours)}")
        office += pss
        soffice += sum(_pss(p) for p in tree if _is_soffice(p))
    print(f"{'bersama':10} {office:6.0f} MB  (tujuan {GOAL} MB: {office / GOAL:.2f}x), soffice {soffice:.0f} MB")


def _children() -> dict[int, list[int]]:
    """Parent -> children, of every process of this machine."""
    found = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[parent].append(int(entry.parent.name))
    return found


def _tree(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield pid
    for child in children.get(pid, []):
        yield from _tree(child, children)


def _is_soffice(pid: int) -> bool:
    return b"soffice" in _read(pid, "cmdline")


def _pss(pid: int) -> float:
    """MB; 0 for a process that has just ended."""
    found = re.search(rb"^Pss: +(\d+) kB", _read(pid, "smaps_rollup"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


if __name__ == "__main__":
    main()
