"""The servers an office starts with: made with two roles, brought over from one, and those of docker-compose.yml."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis
from sqlalchemy import create_engine

from ops.broker import ACCESS, own_broker
from ops.postgres import APPLICATION, NAME, Postgres, own_postgres
from ops.processes import MONITOR, QUEUES
from pipeline.migrations import upgrade
from pipeline.migrations.rights import give_rights
from tests.integration.running_broker import until

OPS = ACCESS.parent
ROLES = "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname ~ '^alur'"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    """As `alurizin run` makes it, not running."""
    with TemporaryDirectory(prefix="alurizin-kluster-") as name:
        data = Path(name)
        data.chmod(0o755)
        made = own_postgres(data)
        made.create()
        yield made


@contextmanager
def running(server: Postgres, url: str = "") -> Iterator[None]:
    """While somebody who has no password there can ask."""
    with (server.cluster.parent / "log").open("ab") as log:
        words = server.user.words(*server.process.command)
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd="/", start_new_session=True)
    try:
        until(lambda: answers(url or server.url), "PostgreSQL menjawab")
        yield
    finally:
        process.send_signal(server.process.stop)
        process.wait(timeout=30)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.attack("H07")
def test_a_cluster_of_one_role_is_brought_over_and_keeps_everything(cluster: Postgres) -> None:
    with running(cluster), psycopg.connect(cluster.owner_url) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 7 AS n")
    access = cluster.cluster / "pg_hba.conf"
    cluster.alone(f"DROP ROLE {APPLICATION}")
    access.write_text(f"local all {NAME} trust\nlocal all bench trust\n", encoding="ascii")  # a line of somebody else's
    cluster.create()
    told = access.read_text(encoding="ascii")
    assert [f"local all {role} trust" in told for role in (NAME, APPLICATION, "bench")] == [True] * 3
    written = access.stat()
    assert (written.st_uid, written.st_mode & 0o777) == (cluster.user.uid, 0o600)
    cluster.create()
    assert access.stat().st_ino == written.st_ino  # once is enough
    with running(cluster):
        with psycopg.connect(cluster.owner_url) as conn:
            assert conn.execute("SELECT n FROM kept").fetchall() == [(7,)]
            assert sorted(conn.execute(ROLES)) == [(NAME, False), (APPLICATION, False)]
        with psycopg.connect(cluster.url) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT n FROM kept")


@pytest.mark.attack("H07")
def test_the_database_of_compose_has_the_same_two_roles(cluster: Postgres) -> None:
    (cluster.cluster / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    cluster.alone(f"DROP DATABASE {NAME}", f"DROP ROLE {APPLICATION}", f"DROP ROLE {NAME}")
    env = {
        **os.environ,
        "PGHOST": str(cluster.sockets),
        "ALURIZIN_PASSWORD": "kerja",
        "ALURIZIN_OWNER_PASSWORD": "milik",
    }
    owner_url, url = (
        address.replace(f"{role}@", f"{role}:{password}@")
        for address, role, password in ((cluster.owner_url, NAME, "milik"), (cluster.url, APPLICATION, "kerja"))
    )
    with running(cluster, cluster.url.replace(f"{APPLICATION}@/{NAME}", "postgres@/postgres")):
        for _ in range(2):  # twice is as once
            subprocess.run(["sh", OPS / "postgres-awal.sh"], env=env, check=True, capture_output=True)
        engine = create_engine(owner_url.replace("postgresql:", "postgresql+psycopg:"))
        upgrade(engine)
        with engine.begin() as made:
            give_rights(made, APPLICATION)
        engine.dispose()
        with psycopg.connect(url) as conn:
            assert sorted(conn.execute(ROLES)) == [(NAME, False), (APPLICATION, False)]
            assert conn.execute("SELECT count(*) FROM peristiwa").fetchall() == [(0,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("CREATE TABLE lain (x int)")


@pytest.mark.attack("G09")
def test_the_broker_of_compose_lets_in_the_same_two_users() -> None:
    with TemporaryDirectory(prefix="alurizin-broker-") as name:
        data = Path(name)
        data.chmod(0o755)
        binary = own_broker(data).binary
        env = {**os.environ, "TMPDIR": name, "REDIS_PASSWORD": "antri", "FLOWER_PASSWORD": "lihat"}
        socket = data / "broker.sock"
        words = ["sh", OPS / "redis-awal.sh", binary, "--port", "0", "--unixsocket", socket, "--dir", name]
        process = subprocess.Popen(list(map(str, words)), env=env, start_new_session=True, stdout=subprocess.DEVNULL)
        try:
            until(socket.exists, "broker menjawab")
            for user, password in ((QUEUES, "antri"), (MONITOR, "lihat")):
                with redis.Redis(unix_socket_path=str(socket), username=user, password=password) as client:
                    assert client.ping()
                    with pytest.raises(redis.ResponseError):
                        client.config_get("*")
            for password in (None, "antri", "lihat"):
                with (
                    redis.Redis(unix_socket_path=str(socket), password=password) as stranger,
                    pytest.raises(redis.AuthenticationError),
                ):
                    stranger.ping()
            assert "antri" not in (data / "akses.acl").read_text(encoding="ascii")
            assert (data / "akses.acl").stat().st_mode & 0o777 == 0o600
        finally:
            process.terminate()
            process.wait(timeout=30)
