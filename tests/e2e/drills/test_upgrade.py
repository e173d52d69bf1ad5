"""Two versions on one database: the new one migrates while the old one works, both work, either works alone after it.

Old is the code before the last migration (``versions``). What docs/operations.md says of a new version is done here.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ops.broker import own_broker
from ops.contoh.crowd import run_crowd
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import mix
from ops.postgres import own_postgres
from ops.processes import QUEUES, relay, web, worker
from ops.supervisor import command_line
from pipeline.clock import real_now
from pipeline.settings import ROOT
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.e2e.conftest import Running, beside, free_port, opened, started
from tests.e2e.drills import once, versions
from tests.e2e.drills.story import PARALLEL, count, crowd, database, wait

pytestmark = pytest.mark.drill

EACH = 5  # files of a crowd: four go straight, one comes back
LIMIT = 900.0
OWED = "SELECT count(*) FROM outbox WHERE closed_at IS NULL"


@contextmanager
def servers(folder: Path) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """A database and a broker that outlive either version; how the old one and the new one are told of them.

    The old one comes as the owner, as every version can.
    """
    folder.mkdir(mode=0o755)
    (folder / "log").mkdir()
    database, broker = own_postgres(folder), own_broker(folder)
    with ExitStack() as ended:
        for server in (database, broker):
            server.create()
            ended.enter_context(beside({}, folder / "log", *command_line(server.process), code=Path("/")))
        queue = {"CELERY_BROKER_URL": broker.url(QUEUES)}
        owner = {"MIGRATION_DATABASE_URL": database.owner_url}
        yield {"DATABASE_URL": database.owner_url, **queue}, {"DATABASE_URL": database.url, **owner, **queue}


@contextmanager
def new_processes(old: Running, addresses: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Web, relay and workers of this code beside the old office, on its data folder."""
    port = free_port()
    env = {**old.env, **addresses, "PYTHONPATH": str(ROOT), "ALURIZIN_PORT": str(port), "ALURIZIN_MODE": "demo"}
    workers = (worker("peran-baru", PERAN_QUEUES), worker("layanan-baru", SERVICE_QUEUES))
    instance = replace(old.instance, web=f"http://127.0.0.1:{port}", database_url=addresses["DATABASE_URL"])
    with ExitStack() as ended:
        for process in (web(f"127.0.0.1:{port}"), relay(), *workers):
            ended.enter_context(beside(env, folder, *command_line(process)))
        yield Running(instance, env)


def carried(running: Running, seed: str) -> None:
    """So many files through this web, to their end, by people of this version."""
    kantor = Kantor(running.instance, limit=LIMIT)
    try:
        run_crowd(kantor, seed, total=EACH, concurrent=PARALLEL, tell=print)
    finally:
        kantor.close()


def carried_by_command(running: Running) -> None:
    """The same by people of the version that it runs."""
    with crowd(running, EACH) as process:
        told = process.communicate(timeout=LIMIT)[0]
    assert process.returncode == 0, told


@pytest.mark.attack("G04", "G05")
def test_old_and_new_work_on_one_database_and_the_old_one_can_go_on(tmp_path: Path) -> None:
    if sentence := versions.lacking():
        pytest.skip(sentence)
    began, logs = real_now(), tmp_path / "log"
    logs.mkdir()
    with (
        versions.before_this() as code,
        servers(tmp_path / "server") as (of_old, of_new),
        ThreadPoolExecutor(1) as pool,
    ):
        with started(tmp_path, code, of_old) as old, opened(old):
            db = database(old)
            by_old = pool.submit(carried_by_command, old)
            wait(lambda: count(db, "SELECT count(*) FROM permohonan") > 0, "berkas pertama")
            new = Running(old.instance, {**old.env, **of_new, "PYTHONPATH": str(ROOT)})
            migrated = new.cli("migrate")
            assert migrated.returncode == 0, migrated.stderr
            with new_processes(old, of_new, logs) as beside_old:
                carried(beside_old, "berdua")
                by_old.result()
            carried_by_command(old)  # back: the new one has gone, the old one is alone on the new schema
        with started(tmp_path, ROOT, of_new) as alone, opened(alone):
            carried_by_command(alone)
            wait(lambda: count(db, OWED) == 0, "semua pesan dikerjakan")
            assert once.broken(alone, db, began, [mix(n) for n in range(EACH)] * 4) == []
