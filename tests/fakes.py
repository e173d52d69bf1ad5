"""A broker of the same shape as the real one, out of fakeredis, with switches for what can go wrong."""

import json
from collections.abc import Sequence
from uuid import uuid4

from fakeredis import FakeRedis

from tasks.publisher import BrokerDown


class FakeBroker:
    """Stands in for tasks.publisher.Publisher."""

    def __init__(self) -> None:
        self.redis = FakeRedis()
        self.down = False
        self._run_id = uuid4().hex

    def send(self, task: str, antrean: str, args: Sequence[object]) -> None:
        self._answer()
        self.redis.lpush(antrean, json.dumps([task, *args]))

    def run_id(self) -> str:
        self._answer()
        return self._run_id

    def empty_queues(self, names: Sequence[str]) -> list[str]:
        self._answer()
        return [n for n in names if self.redis.llen(n) == 0]

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
