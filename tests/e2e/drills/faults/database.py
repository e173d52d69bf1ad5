"""The database is slow: whatever goes to it waits in a proxy that has taken the place of its socket."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.e2e.conftest import Running
from tests.e2e.drills.faults import BESIDE

SOCKET = ".s.PGSQL.5432"
DELAY = 0.1  # seconds that each question takes longer
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
)


def slow(running: Running) -> str:
    """Everybody has to come in anew, through the proxy; and once more when it goes."""
    address = running.instance.database_url
    asyncio.run(_slow(Path(parse_qs(urlsplit(address).query)["host"][0]), address))
    return f"{DELAY * 1000:.0f} ms per pertanyaan"


async def _slow(folder: Path, address: str) -> None:
    ours, theirs = folder / SOCKET, folder / f"{SOCKET}.asli"
    carried = set[asyncio.Task[None]]()

    async def answer(asking: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        carried.add(task)
        await _carry(asking, answering, theirs)

    ours.rename(theirs)
    try:
        server = await asyncio.start_unix_server(answer, ours)
        try:
            await asyncio.to_thread(_send_away, address)
            await asyncio.sleep(BESIDE)
        finally:
            server.close()
    finally:
        theirs.replace(ours)
    for task in carried:
        task.cancel()
    await asyncio.gather(*carried, return_exceptions=True)


def _send_away(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as conn:
        conn.execute(OTHERS)


async def _carry(asking: asyncio.StreamReader, answering: asyncio.StreamWriter, server: Path) -> None:
    """One connection, in both directions, until either side ends it."""
    answers, questions = await asyncio.open_unix_connection(server)
    both = (asyncio.create_task(_pump(asking, questions, DELAY)), asyncio.create_task(_pump(answers, answering, 0)))
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for side in both:
            side.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        for end in (questions, answering):
            end.close()
            with suppress(OSError):
                await end.wait_closed()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: float) -> None:
    try:
        while data := await source.read(2**16):
            await asyncio.sleep(delay)
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        return
