"""A broker of the same shape as the real one, out of fakeredis, with switches for what can go wrong."""

import json
from collections.abc import Sequence
from uuid import uuid4

from fakeredis import FakeRedis

from tasks.publisher import BrokerDown, Envelope


class FakeBroker:
    """Stands in for tasks.publisher.Publisher."""

    def __init__(self) -> None:
        self.redis = FakeRedis()
        self.down = False
        self._run_id = uuid4().hex

    def send(self, envelopes: Sequence[Envelope]) -> None:
        self._answer()
        for e in envelopes:
            self.redis.lpush(e.antrean, json.dumps([e.task, *e.args]))

    def run_id(self) -> str:
        self._answer()
        return self._run_id

    def depths(self, names: Sequence[str]) -> dict[str, int]:
        self._answer()
        return {n: int(self.redis.llen(n)) for n in names}

    def hold(self, table: str, ids: Sequence[int]) -> None:
        """A worker takes these rows in hand."""
        self.redis.hset(table, "x", json.dumps(ids))

    def held(self) -> dict[str, list[int]]:
        self._answer()
        tables = [key.decode() for key in self.redis.scan_iter(match="unacked:*")]
        return {t: [n for raw in self.redis.hvals(t) for n in json.loads(raw)] for t in tables}

    def forget(self, table: str) -> None:
        self._answer()
        self.redis.delete(table)

    def close(self) -> None:
        """Nothing is open."""

    def restart(self) -> None:
        """Die without persistence and come back."""
        self.redis.flushall()
        self._run_id = uuid4().hex

    def take(self, antrean: str) -> list[tuple[str, list[int]]]:
        """What a worker would receive: (task, ids) for every message of a queue."""
        messages = []
        while (raw := self.redis.rpop(antrean)) is not None:
            task, ids = json.loads(raw)
            messages.append((task, ids))
        return messages

    def _answer(self) -> None:
        if self.down:
            raise BrokerDown("ConnectionError")
