"""The locked requirements: every file by hash, no address of any index, nothing older than is known to be safe."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
#: Below these a published attack, or a bug that cost us work, is known.
FLOORS = {
    "flask": "3.1.3",
    "werkzeug": "3.1.6",
    "jinja2": "3.1.6",
    "gunicorn": "23",
    "celery": "5.7",
    "kombu": "5.7",
    "flower": "2.2",
    "docxtpl": "0.20.2",
    "authlib": "1.6.9",
    "pillow": "13",
    "pikepdf": "10.17",
    "cryptography": "50",
    "sqlalchemy": "2.1",
    "redis": "8.1",
}


def locked(path: Path) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)
    )


def test_there_is_a_lock_to_run_with_to_develop_with_without_libreoffice_and_to_measure_with() -> None:
    assert [path.stem for path in LOCKS] == ["bench", "dev", "pdf", "run"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_every_package_is_locked_by_hash(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    packages = re.split(r"^(?=[a-zA-Z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_no_address_stands_in_a_lock(path: Path) -> None:
    assert (
        re.findall(r"https?://\S+|--(?:extra-)?index-url|--trusted-host|@ \S+", path.read_text(encoding="utf-8")) == []
    )


@pytest.mark.attack("H09")
@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_nothing_is_older_than_its_floor(path: Path) -> None:
    versions = {canonicalize_name(name): Version(version) for name, version in locked(path).items()}
    assert {
        name: str(versions[name])
        for name, floor in FLOORS.items()
        if name in versions and versions[name] < Version(floor)
    } == {}


def test_the_locks_agree_with_each_other() -> None:
    dev, pdf, run, bench = (locked(ROOT / "requirements" / f"{stem}.txt") for stem in ("dev", "pdf", "run", "bench"))
    assert [(name, version) for lock in (pdf, run) for name, version in lock.items() if dev.get(name) != version] == []
    assert [
        name for name, version in bench.items() if dev.get(name, version) != version
    ] == []  # peers are theirs alone


def test_the_locks_answer_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "run": [*project["dependencies"], *project["optional-dependencies"]["lokal"]],
        "dev": [text for extra in project["optional-dependencies"].values() for text in extra],
        "pdf": project["optional-dependencies"]["pdf-sederhana"],
    }
    for stem, texts in wanted.items():
        versions = {canonicalize_name(n): v for n, v in locked(ROOT / "requirements" / f"{stem}.txt").items()}
        needs = map(Requirement, texts)
        assert [str(n) for n in needs if versions.get(canonicalize_name(n.name), "0") not in n.specifier] == []
