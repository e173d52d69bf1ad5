"""What was measured, kept: a file a day in ``bench/results``, and the table of docs/performance.md made of them."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.goals import Line

_HERE = Path(__file__).parent
FOLDER = _HERE / "results"
PAGE = _HERE.parent / "docs" / "performance.md"
OPERATIONS = _HERE.parent / "docs" / "operations.md"
_PACKAGES = ("alurizin", "celery", "sqlalchemy", "psycopg", "flask", "gunicorn")


def keep(lines: Sequence[Line], subject: str) -> Path:
    """Append the lines to today's file, each with when, on what machine and with which versions."""
    FOLDER.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    about = {"at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "subject": subject, **machine()}
    path = FOLDER / f"{now:%Y-%m-%d}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(json.loads(line.json) | about, ensure_ascii=False) + "\n")
    return path


def machine() -> dict[str, object]:
    """What a figure cannot be read without."""
    return {
        "commit": commit(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgres": _first_number(["postgres", "--version"]),
        "broker": _broker(),
        "load": round(os.getloadavg()[0], 1),
        "packages": dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def commit() -> str:
    """The commit, marked when something but results has changed since."""
    changed = _git("status", "--porcelain", "--", ":/", ":!/bench/results", ":!/docs")
    return _git("rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(_HERE), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _broker() -> str:
    from ops.broker import own_broker
    from pipeline.settings import ROOT

    return _first_number([str(own_broker(ROOT / "var" / "bench").binary), "--version"])


def _first_number(command: Sequence[str]) -> str:
    from ops.postgres import _candidates

    if command[0] == "postgres":
        command = [str(next(iter(_candidates())) / "postgres"), *command[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return found[0] if found else "?"


def latest() -> list[dict[str, object]]:
    """The newest line of each goal and part."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    for path in sorted(FOLDER.glob("*.jsonl")):
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            found[str(line["goal"]), str(line["what"])] = line
    return sorted(found.values(), key=lambda line: (int(str(line["goal"])[1:]), str(line["what"])))


def table() -> str:
    """Of the newest lines, as Markdown."""
    head = ["| goal | what | measured | target | met | commit, date, rounds, load |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(row, latest())])


def row(line: Mapping[str, object]) -> str:
    """A kept line as a row of it."""
    met = {True: "yes", False: "**no**", None: ""}[bool(line["met"]) if line["target"] else None]
    measured = "-" if line["measured"] is None else f"{float(str(line['measured'])):g}"
    if line["measured"] is None:
        met = "not measured"
    origin = f"{line['commit']}, {str(line['at'])[:10]}, {line['rounds']}, {line.get('load', '?')}"
    return f"| {line['goal']} | {line['what']} | {measured} | {line['target']} | {met} | {origin} |"


def write_tables() -> None:
    """Put them into docs/performance.md and docs/operations.md, each between its two marks."""
    _put(PAGE, "bench", table())
    _put(OPERATIONS, "chaos", (FOLDER / "chaos.md").read_text(encoding="utf-8").strip())


def between(page: Path, name: str) -> tuple[str, str, str]:
    """A page in three: what stands before the table of this name, the table, and what stands after it."""
    before, _, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name}: begin -->\n")
    inside, _, after = rest.partition(f"<!-- {name}: end -->")
    return before, inside, after


def _put(page: Path, name: str, text: str) -> None:
    before, _, after = between(page, name)
    page.write_text(f"{before}<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->{after}", encoding="utf-8")
