"""Real ``alurizin`` processes that back an office up and bring it back, and can be killed at any step of theirs."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from ops.postgres import own_postgres
from ops.supervisor import command_line
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.settings import ROOT, settings
from tests.conftest import empty_database
from tests.desks import KEPALA_DINAS
from tests.factories import bring_to, office, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.integration.test_sign import press

FOREIGN = {"DATABASE_URL", "MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "ALURIZIN_DATA"}
#: Runs the command, and halts at a step of its own: Python tells of each, with its paths. Goes on when told to.
HALTS = """
import sys
event, path = sys.argv[1:3]

def heard(told, args):
    global event
    if told == event and any(path in str(arg) for arg in args):
        event = ""
        print("berhenti", flush=True)
        sys.stdin.readline()

from ops.cli import main
sys.addaudithook(heard)
main(sys.argv[3:])
"""


def elsewhere(data: Path, **env: str) -> dict[str, str]:
    """The environment of an office in another folder, with a PostgreSQL of its own."""
    return {k: v for k, v in os.environ.items() if k not in FOREIGN} | {"ALURIZIN_DATA": str(data)} | env


def alurizin(*words: object, env: Mapping[str, str] = os.environ) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from ops.cli import main; main()", *map(str, words)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def halted(event: str, path: str, *words: object, env: Mapping[str, str] = os.environ) -> "subprocess.Popen[str]":
    """The same, standing still where it is about to do this with a path that has this in it."""
    command = [sys.executable, "-c", HALTS, event, path, *map(str, words)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "berhenti\n", "it came to its end before"
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


@contextmanager
def given_database(folder: Path) -> Iterator[dict[str, str]]:
    """The settings that name a server with an empty database for an office."""
    server = own_postgres(folder)
    server.create()
    with subprocess.Popen(command_line(server.process), cwd="/", stderr=subprocess.DEVNULL) as running:
        try:
            yield {"DATABASE_URL": server.url, "MIGRATION_DATABASE_URL": server.owner_url}
        finally:
            running.send_signal(server.process.stop)
            running.wait(timeout=60)


def make_backed_up_office(engine: Engine, folder: Path) -> "BackedUp":
    """An office with an issued decree and a file at its first desk, backed up once."""
    folder.chmod(0o755)  # a PostgreSQL of its own may run as another user
    empty_database()
    desks = office()
    create_certificate(settings().data / "tte", str(desks[KEPALA_DINAS].person_id), "Kepala", Secret(PASSPHRASE))
    p = submitted(person())
    bring_to(p, "tanda_tangan", desks)
    press(p, desks)
    made = BackedUp(folder / "kunci", folder / "tujuan")
    assert alurizin("kunci-cadangan", made.key, "--ganti").returncode == 0
    made.again()
    return made


@dataclass(frozen=True)
class BackedUp:
    """A key, and a target with a backup in it."""

    key: Path
    target: Path

    def again(self, *more: str) -> str:
        """One more backup; what it says."""
        done = alurizin("cadangkan", self.target, "--kunci", self.key, *more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def words(self) -> tuple[object, ...]:
        return "pulihkan", self.target, "--kunci", self.key

    def restore(self, data: Path, *more: object, **env: str) -> "subprocess.CompletedProcess[str]":
        return alurizin(*self.words(), *more, env=elsewhere(data, **env))

    @property
    def backups(self) -> list[Path]:
        return sorted(path.parent for path in self.target.glob("*Z/manifes.age"))

    @property
    def contents(self) -> set[str]:
        return {path.name for path in self.target.glob("isi/??/*")}
