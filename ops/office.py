"""The whole office on one machine: its own servers where none are given, every process, one way in and one way out."""

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM
from time import monotonic

import click

from ops import instance
from ops.backup.staging import refuse_half
from ops.broker import Broker, own_broker
from ops.demo_people import printed_accounts
from ops.postgres import Postgres, own_postgres
from ops.processes import LEAN, MONITOR, QUEUES, Process, one_machine
from ops.supervisor import Supervisor
from pipeline.errors import DefinitionError
from pipeline.settings import ROOT, Settings, read_settings

_FIRST_PAGE = 120.0  # seconds
_ROOM = 2.0  # seconds until a full disk is tried again
_PREPARE = Process(name="siapkan", command=("alurizin", "siapkan"), forked=True, broker=QUEUES)
#: Addresses that each process is given, or not; the environment they share has none of them.
_BROKER_URLS = {QUEUES: "CELERY_BROKER_URL", MONITOR: "FLOWER_BROKER_URL"}
_APART = (*_BROKER_URLS.values(), "MIGRATION_DATABASE_URL")
_LIVEN = Process(name="hidupkan", command=("alurizin", "hidupkan"), forked=True)
#: What ends first: nobody comes in any more, what has begun is finished, the servers close last.
_ORDER = (("web", "beat", "flower", "relay"), ("peran", "layanan"), ("broker",), ("postgres",))


class Office:
    """One running office. The folder is locked from here on; nothing has been started yet."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.data = _private(instance.data_folder(env))
        self._lock = instance.Lock(self.data)
        refuse_half(self.data)
        self._servers, self._urls = _own_servers(self.data, env)
        self._env = shared({**LEAN, **env, **self._urls, "ALURIZIN_DATA": str(self.data), "PYTHONUNBUFFERED": "1"})
        self.settings = read_settings(self._env)
        _refuse_taken(self.settings)
        logs = self.data / "log"
        logs.mkdir(mode=0o700, exist_ok=True)
        self._supervisor = Supervisor(ROOT, self._env, logs, self._tell, self._worry)
        self._asked = asyncio.Event()
        self._asked_at = 0.0
        self._livening: asyncio.Task[int] | None = None

    async def run(self) -> None:
        """Open, stay open until a signal, close. Raises DefinitionError when it cannot open."""
        loop = asyncio.get_running_loop()
        for number in (SIGINT, SIGTERM, SIGHUP):
            loop.add_signal_handler(number, self._ask)
        opening = asyncio.create_task(self._open())
        asked = asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait({opening, asked}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                opening.result()
            await asked
        finally:
            opening.cancel()
            asked.cancel()
            await self._close()

    @property
    def state(self) -> instance.Instance:
        """What the other commands may know."""
        s = self.settings
        return instance.Instance(
            web=f"http://127.0.0.1:{s.port}",
            flower=f"http://127.0.0.1:{s.flower_port}/operator/flower",
            mode=s.mode.value,
            port=s.port,
            data=str(self.data),
            database_url=self._env["DATABASE_URL"],
            owner_url=self._urls.get("MIGRATION_DATABASE_URL", ""),
            broker_url=self._urls["CELERY_BROKER_URL"],
            supervisor=os.getpid(),
            process=self._supervisor.pids,
            account=list(printed_accounts()) if s.demo else [],
        )

    async def _open(self) -> None:
        self._supervisor.nursery.start()
        for server in self._servers:
            await asyncio.to_thread(server.create)
            self._supervisor.keep(server.process)
        if await self._supervisor.once(self._given(_PREPARE)):
            raise DefinitionError(self._last_words(_PREPARE.name))
        web, *others = map(self._given, one_machine(self.settings.port))
        self._supervisor.keep(web)
        await self._first_page()
        self._greet()
        for process in others:
            self._supervisor.keep(process)
        if self.settings.demo and self._env.get("ALURIZIN_DEMO_HIDUP") != "0":
            self._livening = asyncio.create_task(self._supervisor.once(self._given(_LIVEN)))

    def _given(self, process: Process) -> Process:
        """With the addresses it may know, and its name for pg_stat_activity."""
        return replace(process, env={**addresses_of(process, self._urls), "PGAPPNAME": process.name})

    async def _first_page(self) -> None:
        end = monotonic() + _FIRST_PAGE
        while not await _answers(self.settings):
            if self._supervisor.quick_deaths("web") >= 3 or monotonic() > end:
                raise DefinitionError(self._last_words("web"))
            await asyncio.sleep(0.05)

    async def _close(self) -> None:
        click.echo("Menghentikan AlurIzin …")
        if self._livening:  # a file that is not finished is not there; the next start makes it
            self._livening.cancel()
            await asyncio.wait([self._livening])
        for together in _ORDER:
            await self._supervisor.stop(*together)
        await self._supervisor.nursery.close()
        instance.forget(self.data)
        self._lock.release()

    def _ask(self) -> None:
        """The first signal asks; another one a second later insists."""
        if self._asked.is_set() and monotonic() - self._asked_at > 1:
            self._supervisor.kill()
        self._asked_at = monotonic()
        self._asked.set()

    def _tell(self) -> None:
        """Also a while later, where the disk has no room now: whoever calls this keeps a process alive."""
        try:
            instance.write(self.state)
        except OSError:
            if not self._asked.is_set():
                asyncio.get_running_loop().call_later(_ROOM, self._tell)

    def _worry(self, name: str) -> None:
        log = self._supervisor.log(name).path
        click.echo(f"{name} berulang kali berhenti dan dicoba terus; lihat {log}", err=True)

    def _last_words(self, name: str) -> str:
        log = self._supervisor.log(name)
        return "\n".join([f"{name} tidak dapat dijalankan. Catatan terakhirnya ({log.path}):", *log.tail()])

    def _greet(self) -> None:
        s = self.settings
        click.echo(f"AlurIzin berjalan ({s.mode}).")
        click.echo(f"  Pemohon  {s.base_url}\n  Petugas  {s.base_url}/petugas/masuk")
        click.echo(f"  Flower   {s.base_url}/operator/flower-masuk\n  Data     {self.data}")
        if s.demo:
            click.echo("  Akun demo:")
            for account in printed_accounts():
                click.echo(f"    {account['surel']:30} {account['sandi']:16} {account['peran']}{_phrase(account)}")
        for line in self._supervisor.log(_PREPARE.name).noticed():
            click.echo(f"  {line}", err=True)
        click.echo("Ctrl-C untuk berhenti.")


def shared(env: Mapping[str, str]) -> dict[str, str]:
    """What all processes may know of an environment."""
    return {name: value for name, value in env.items() if name not in _APART}


def addresses_of(process: Process, urls: Mapping[str, str]) -> dict[str, str]:
    """Those that this process is given and no other of its kind; ``urls`` has all of them."""
    wanted = {"CELERY_BROKER_URL": _BROKER_URLS[process.broker]} if process.broker else {}
    if process.name == _PREPARE.name:
        wanted["MIGRATION_DATABASE_URL"] = "MIGRATION_DATABASE_URL"
    return {name: urls[there] for name, there in wanted.items() if there in urls}


def _phrase(account: Mapping[str, str]) -> str:
    return f", frasa sandi tanda tangan: {account['frasa_sandi']}" if "frasa_sandi" in account else ""


def _own_servers(data: Path, env: Mapping[str, str]) -> tuple[list[Broker | Postgres], dict[str, str]]:
    """The servers nobody gave us, and all their addresses. The quicker one comes first."""
    servers: list[Broker | Postgres] = []
    urls = {name: env[name] for name in _APART if env.get(name)}
    if not env.get("CELERY_BROKER_URL"):
        broker = own_broker(data)
        servers.append(broker)
        urls |= {name: broker.url(user) for user, name in _BROKER_URLS.items()}
    if not env.get("DATABASE_URL"):
        postgres = own_postgres(data)
        servers.append(postgres)
        urls |= {"DATABASE_URL": postgres.url, "MIGRATION_DATABASE_URL": postgres.owner_url}
    return servers, {"FLOWER_BROKER_URL": urls["CELERY_BROKER_URL"], **urls}


def _private(data: Path) -> Path:
    """The data folder: others may not look into it. Root's servers run as somebody else and pass through."""
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    os.umask(0o077)
    return data


def _refuse_taken(s: Settings) -> None:
    for port in (s.port, s.flower_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise DefinitionError(
                    f"Port {port} sudah dipakai program lain. Pilih port lain, mis. ALURIZIN_PORT={s.port + 10}."
                ) from None


async def _answers(s: Settings) -> bool:
    """Whether the first page comes."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", s.port)
        writer.write(f"GET / HTTP/1.0\r\nHost: {s.trusted_hosts[0]}\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return status[9:10] in {b"2", b"3"}
