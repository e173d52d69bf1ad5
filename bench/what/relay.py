"""P5 and P14: from a commit to the start of its task, beside Celery's bare hop; two relays and a backlog."""

import base64
import json
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

import redis

from bench.goals import Line, at_most, percentile, ratio, told
from bench.ground import PEER, Connection, Ground, ground, number, until
from bench.meters import cpu_seconds
from bench.peers import backlog
from ops.broker import client_url
from ops.processes import QUEUES, Process, relay, worker

if TYPE_CHECKING:
    from bench import files
    from bench.peers.hop import Ear

DATABASE, FLOOR = "bench_relay", "bench_floor"
HOPS = 40  # a round
BACKLOG = 2000
FILES = 40  # for four workers


def measure(rounds: int) -> list[Line]:
    """First the hop, with everything idle; then a backlog without workers; then all at once."""
    with ground() as servers, servers.office(DATABASE):
        from bench import files

        servers.fresh(FLOOR, PEER)
        one = servers.started(relay())
        lines = [*_hops(servers, rounds, files.drafts(HOPS * rounds + 1))]
        one.terminate()
        one.wait(30)
        lines += [*_backlog(servers, rounds)]
        return [*lines, *_four_workers(servers)]


def _hops(servers: Ground, rounds: int, drafts: "list[files.Draft]") -> Iterator[Line]:
    from bench.peers.hop import Ear

    desk = servers.started(worker("peran", ["back_office"]))
    words = ("-m", "celery", "-A", "bench.peers.chain", "worker", "-Q", "bare", "-c", "2", "-l", "WARNING")
    quiet = ("--without-gossip", "--without-mingle", "-E", "-n", "bare@bench")
    bare = Process(name="bare", command=(sys.executable, *words, *quiet))
    other = servers.start(bare.name, bare, bare.command)
    ear = Ear(servers.broker.url(QUEUES))
    until(lambda: bool(_client(servers).exists("_kombu.binding.celeryev")), "peristiwa Celery terdengar")
    _ours(ear, drafts.pop())
    _bare(ear)
    ours, floor = [], []
    for _ in range(rounds):
        pairs = [(_ours(ear, drafts.pop()), _bare(ear)) for _ in range(HOPS)]
        ours.append([pair[0] for pair in pairs])
        floor.append([pair[1] for pair in pairs])
    ear.close()
    for process in (desk, other):
        process.terminate()
        process.wait(60)
    for part, bound in ((0.5, 1.5), (0.99, 2)):
        mine, theirs = ([percentile(r, part) for r in side] for side in (ours, floor))
        counts = {"ours_ms": median(mine) * 1e3, "bare_ms": median(theirs) * 1e3}
        what = f"from a commit to the start of its task beside Celery's bare hop, p{part * 100:g}"
        yield at_most("P5", what, ratio(mine, theirs), bound, rounds, **counts)


def _ours(ear: "Ear", draft: "files.Draft") -> float:
    from bench import files

    ear.forget()
    files.send(draft)
    committed = time.time()
    started = ear.first("peran@")
    time.sleep(0.05)  # idle again: what it routed on has been published
    return started - committed


def _bare(ear: "Ear") -> float:
    from bench.peers.chain import step

    ear.forget()
    sent = time.time()
    step.apply_async(([], 1, ""), queue="bare")
    return ear.first("bare@") - sent


def _client(servers: Ground) -> redis.Redis:
    return redis.Redis.from_url(client_url(servers.broker.url(QUEUES)))


def _backlog(servers: Ground, rounds: int) -> Iterator[Line]:
    """One relay and the floor, in turn; then two relays at the same backlog."""
    ours, floor = [], []
    with servers.connect(FLOOR, PEER) as conn:
        backlog.create(conn)
    for _ in range(rounds):
        ours.append(_drain(servers, 1)[0])
        began = time.process_time()
        with servers.connect(FLOOR, PEER) as conn:
            backlog.run(conn, _client(servers), BACKLOG)
        floor.append((time.process_time() - began) / BACKLOG)
        _client(servers).delete(backlog.QUEUE)
    counts = {"ours_us": median(ours) * 1e6, "floor_us": median(floor) * 1e6, "rows": BACKLOG}
    what = "processor time of a relay for a row of a backlog, beside the floor"
    yield told("P14", what, ratio(ours, floor), rounds, **counts)
    _, doubled, lost = _drain(servers, 2)
    yield at_most("P14", "rows of a backlog that two relays sent twice", doubled, 0, 1, rows=BACKLOG)
    yield at_most("P14", "rows of a backlog that two relays never sent", lost, 0, 1, rows=BACKLOG)


def _drain(servers: Ground, relays: int) -> tuple[float, int, int]:
    """Processor seconds a row, of all relays without their start; rows sent twice; rows not sent."""
    client = _client(servers)
    client.delete("back_office")
    with servers.connect(DATABASE) as conn:
        conn.execute("TRUNCATE outbox")
        running = [servers.started(relay()) for _ in range(relays)]
        _publish(conn, 1)
        before = sum(cpu_seconds(r.pid) for r in running)
        _publish(conn, BACKLOG)
        spent = sum(cpu_seconds(r.pid) for r in running) - before
        for each in running:
            each.terminate()
            each.wait(30)
        row = conn.execute("SELECT array_agg(id) FROM outbox").fetchone()
        sent = _sent(client)
        wanted = set(row[0]) if row and isinstance(row[0], list) else set()
        conn.execute("TRUNCATE outbox")
    client.delete("back_office")
    return spent / BACKLOG, len(sent) - len(set(sent)), len(wanted - set(sent))


def _publish(conn: Connection, rows: int) -> None:
    """Owe so many messages and wait until the broker is said to have them."""
    conn.execute(
        "INSERT INTO outbox (task, antrean, key, created_at)"
        " SELECT 'sop.catat', 'back_office', 'bench:' || gen_random_uuid(), now() FROM generate_series(1, %s)",
        (rows,),
    )
    conn.execute("SELECT pg_notify('outbox', '')")
    query = "SELECT NOT EXISTS (SELECT FROM outbox WHERE delivered_at IS NULL)"
    until(lambda: conn.execute(query).fetchone() == (True,), "semua pesan terkirim")


def _sent(client: redis.Redis) -> list[int]:
    """The rows that the messages of the queue name."""
    bodies = [json.loads(base64.b64decode(json.loads(m)["body"])) for m in client.lrange("back_office", 0, -1)]
    return [int(outbox_id) for args, *_ in bodies for outbox_id in args[0]]


def _four_workers(servers: Ground) -> Iterator[Line]:
    """Two relays, two nodes of two processes: every file passes the machine once."""
    from bench import files

    drafts = files.drafts(FILES)
    for draft in drafts:
        files.send(draft)
    for name in ("relay", "relay2"):
        servers.started(Process(name=name, command=relay().command))
    for name in ("peran", "peran2"):
        servers.started(worker(name, ["back_office", "front_office"]))
    ids = [str(permohonan_id) for permohonan_id, _ in drafts]
    waiting = "SELECT count(*) FROM permohonan WHERE id = ANY(%s::uuid[]) AND langkah <> 'teliti'"
    twice = (
        "SELECT count(*) FROM (SELECT FROM peristiwa WHERE permohonan_id = ANY(%s::uuid[]) AND kind = 'keputusan'"
        " GROUP BY permohonan_id HAVING count(*) <> 2) other"
    )
    owed = "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND antrean <> 'dokumen'"
    with servers.connect(DATABASE) as conn:
        until(lambda: number(conn, owed) == 0, "semua pesan dikerjakan")
        for what, query in (("stood still", waiting), ("were decided on more than once", twice)):
            many = number(conn, query, ids)
            yield at_most("P14", f"files that {what}, two relays and four workers", many, 0, 1, files=FILES)
