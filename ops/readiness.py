"""Before anything uses them: servers reachable and new enough, schema migrated, people as they should be."""

from time import monotonic, sleep

import redis
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from ops import broker
from ops.demo_people import DEMO_DOMAIN
from ops.postgres import OLDEST
from pipeline.clock import now, real_now
from pipeline.db import connection, engine
from pipeline.errors import DefinitionError
from pipeline.kantor.instance_key import instance_key
from pipeline.keys import ensure_keys
from pipeline.migrations import is_current, upgrade
from pipeline.migrations.trigrams import LACKING, has_search_index, make_search_index
from pipeline.models import Account
from pipeline.queries.operator import PARTS
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.outbox.owed import beat
from pipeline.services.records.erase import replay_erasures
from pipeline.settings import settings


def wait_for_database(seconds: float) -> int:
    """The server's version number, e.g. 150014, as soon as it answers.

    Raises DefinitionError when it does not within ``seconds``, or is too old.
    """
    end = monotonic() + seconds
    while (version := _version()) == 0:
        if monotonic() > end:
            raise DefinitionError("PostgreSQL tidak menjawab. Periksa DATABASE_URL dan apakah servernya berjalan.")
        sleep(0.05)
    if version < OLDEST * 10_000:
        raise DefinitionError(
            f"PostgreSQL {version // 10_000} terlalu tua; AlurIzin memerlukan {OLDEST} atau lebih baru."
        )
    return version


def wait_for_broker(seconds: float) -> str:
    """The broker's version, as soon as it answers. Raises DefinitionError like the one above."""
    end = monotonic() + seconds
    while not (version := _broker_version()):
        if monotonic() > end:
            raise DefinitionError("Broker tidak menjawab. Periksa CELERY_BROKER_URL dan apakah servernya berjalan.")
        sleep(0.05)
    if broker.numbers(version) < broker.OLDEST:
        raise DefinitionError(f"Broker versi {version} terlalu tua; AlurIzin memerlukan Redis 6.2 atau Valkey.")
    return version


def migrate() -> None:
    """Bring schema and calendar to what this code expects. Safe to run at any time and by several at once."""
    if not is_current(engine()):
        upgrade(engine())
    with engine().begin() as conn:
        make_search_index(conn)  # the server may have got its extension since
    seed_calendar(now())
    instance_key()  # made here, by one process
    ensure_keys()
    replay_erasures()
    for part in PARTS:  # each has two minutes from now to say for itself that it lives
        beat(part, now=real_now())


def search_lack() -> str:
    """What is lacking for quick searches, in a sentence; empty when nothing is."""
    with connection() as conn:
        return "" if has_search_index(conn) else LACKING


def refuse_demo_accounts() -> None:
    """Their password is printed in the manual: an office must never run with them."""
    if settings().demo:
        return
    with connection() as conn:
        found = conn.scalar(select(Account.email).where(Account.email.endswith(DEMO_DOMAIN), Account.active).limit(1))
    if found:
        raise DefinitionError("Basis data ini memuat akun demo. Pakai basis data lain untuk ALURIZIN_MODE=production.")


def _version() -> int:
    try:
        with connection() as conn:
            return int(conn.execute(text("SHOW server_version_num")).scalar_one())
    except OperationalError:
        return 0


def _broker_version() -> str:
    address = broker.client_url(settings().broker_url)
    try:
        with redis.Redis.from_url(address, socket_timeout=5, socket_connect_timeout=2) as client:
            answer: object = client.info("server")
    except (redis.ConnectionError, redis.TimeoutError):
        return ""
    return str(answer.get("redis_version", "")) if isinstance(answer, dict) else ""
