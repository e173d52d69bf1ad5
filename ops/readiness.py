"""Before anything uses them: servers reachable and new enough, schema migrated, people as they should be."""

from time import monotonic, sleep

import redis
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from ops import broker
from ops.child_log import NOTICED
from ops.demo_people import DEMO_DOMAIN
from ops.postgres import OLDEST
from pipeline.clock import now, real_now
from pipeline.db import connection, owner_engine
from pipeline.errors import DefinitionError
from pipeline.kantor.instance_key import instance_key
from pipeline.migrations import is_current, is_known, revision_of, upgrade
from pipeline.migrations.rights import give_rights, too_much
from pipeline.migrations.trigrams import LACKING, has_search_index, make_search_index
from pipeline.models import Account
from pipeline.queries.machinery import BEAT, BROKER, QUEUES, RELAY
from pipeline.queries.opening import read_findings
from pipeline.sealing.keys import ensure_keys
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.outbox.owed import beat
from pipeline.services.records.erase import replay_erasures
from pipeline.settings import need_broker, settings


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
    try:
        _migrate_as_owner()
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise DefinitionError(_NO_OWNER) from error
    seed_calendar(now())
    instance_key()  # made here, by one process
    ensure_keys()
    replay_erasures()
    for part in (BROKER, RELAY, BEAT, "pembukaan"):  # each has two minutes from now to say for itself that it lives
        beat(part, now=real_now(), detail={"antrean": list(QUEUES)} if part == "pembukaan" else None)


def _migrate_as_owner() -> None:
    with connection() as conn:
        application = str(conn.scalar(text("SELECT current_user")))
    with owner_engine().connect() as conn:
        revision = revision_of(conn)
    if revision and not is_known(revision):
        raise DefinitionError(_NEWER.format(revision=revision))
    if not is_current(owner_engine()):
        upgrade(owner_engine())
    with owner_engine().begin() as conn:
        make_search_index(conn)  # the server may have got its extension since
        if conn.scalar(text("SELECT current_user")) != application:
            give_rights(conn, application)


_NEWER = (
    "Skema basis data ({revision}) milik versi AlurIzin yang lebih baru dan tidak dapat dimundurkan. Jalankan versi"
    " yang baru itu, atau pulihkan cadangan dari sebelum pembaruan (docs/operations.md, A new version)."
)
_NO_OWNER = (
    "Peran basis data ini tidak boleh mengubah skema. Isi MIGRATION_DATABASE_URL dengan peran pemilik basis data"
    " (docs/operations.md), lalu jalankan lagi."
)


def rights_lack() -> str:
    """What the application may do in the database that it should not, in a sentence; empty when nothing is."""
    with connection() as conn:
        return too_much(conn)


def search_lack() -> str:
    """What is lacking for quick searches, in a sentence; empty when nothing is."""
    with connection() as conn:
        return "" if has_search_index(conn) else LACKING


def findings() -> list[str]:
    """What should not stay as it is, a line each; a demo is left in peace."""
    if settings().demo:
        return []
    return [f"{NOTICED} {one.sentence} {one.remedy}" for one in read_findings(real_now())]


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
    address = broker.client_url(need_broker())
    try:
        with redis.Redis.from_url(address, socket_timeout=5, socket_connect_timeout=2) as client:
            answer: object = client.info("server")
    except (redis.ConnectionError, redis.TimeoutError):
        return ""
    return str(answer.get("redis_version", "")) if isinstance(answer, dict) else ""
