"""How often, and how late, what failed is tried again before a person is asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

#: After so many a row is parked, red on the queue and on the operator's page, until somebody says "coba lagi".
ATTEMPTS_AT_MOST: Final = 5
_JEDA: Final = timedelta(seconds=3)
#: A mail server is away for minutes, not seconds.
_JEDA_OTHER: Final[Mapping[str, timedelta]] = {"pemberitahuan.kirim": timedelta(seconds=30)}


def pause(task: str, attempts: int) -> timedelta:
    """Before the next try of this task, after so many: twice as long each time."""
    return _JEDA_OTHER.get(task, _JEDA) * (1 << max(attempts, 1) - 1)  # none: an old message, after "coba lagi"
