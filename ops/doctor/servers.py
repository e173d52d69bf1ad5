"""The settings, and the servers they lead to."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ops.broker import own_broker
from ops.doctor.result import Result
from ops.postgres import own_postgres
from pipeline.errors import AlurIzinError
from pipeline.settings import Settings, read_settings

#: For an office whose servers are brought along: their addresses are not known before they run.
_BROUGHT = {"DATABASE_URL": "postgresql://", "CELERY_BROKER_URL": "redis://localhost"}


def settings_of(env: Mapping[str, str]) -> Settings:
    """What this environment says. Raises DefinitionError."""
    return read_settings({**_BROUGHT, **env})


def configuration(env: Mapping[str, str]) -> Iterator[Result]:
    """A line for everything that is refused."""
    try:
        s = settings_of(env)
    except AlurIzinError as error:
        yield from (Result("Pengaturan", "ditolak", sentence) for sentence in str(error).splitlines())
    else:
        yield Result("Pengaturan", f"{s.mode}, {s.base_url}")


def postgres(env: Mapping[str, str]) -> Iterator[Result]:
    yield _server("PostgreSQL", env.get("DATABASE_URL"), lambda data: str(own_postgres(data).bindir))


def broker(env: Mapping[str, str]) -> Iterator[Result]:
    yield _server("Broker", env.get("CELERY_BROKER_URL"), lambda data: str(own_broker(data).binary))


def signer(env: Mapping[str, str]) -> Iterator[Result]:
    """BSrE's files can be read, where it is set. Raises DefinitionError."""
    if not env.get("ALURIZIN_BSRE_URL"):
        return
    from pipeline.documents.signing.bsre import read_config  # heavy: only this check needs it

    b = settings_of({**env, "ALURIZIN_MODE": "demo"}).bsre
    if b is not None:
        config = read_config(b.url, b.user, password=b.password, root=b.root, nik=b.nik)
        yield Result("BSrE", f"{config.url}, {len(config.nik)} penanda tangan")


def _server(name: str, url: str | None, find: Callable[[Path], str]) -> Result:
    if url:
        return Result(name, "dari lingkungan, belum diperiksa di sini", checked=False)
    with tempfile.TemporaryDirectory() as trial:
        Path(trial).chmod(0o711)
        try:
            return Result(name, find(Path(trial)))
        except AlurIzinError as error:
            return Result(name, "tidak ada", str(error))
