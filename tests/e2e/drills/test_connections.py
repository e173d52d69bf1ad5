"""Under load no process of a running office opens more connections to the database than ops/processes.py says."""

import time
from collections import Counter

import pytest
from sqlalchemy import text

from ops.processes import one_machine
from tests.e2e.conftest import Running
from tests.e2e.drills.story import crowd, database

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("kantor")]

OPEN = (
    "SELECT application_name, count(*) FROM pg_stat_activity"
    " WHERE usename = current_user AND pid <> pg_backend_pid() GROUP BY 1"
)
SHARE = {process.name: process.connections for process in one_machine(8000)}


def test_no_process_takes_more_than_its_share(running: Running, files: int, capsys: pytest.CaptureFixture[str]) -> None:
    most = Counter[str]()
    with database(running).connect() as conn, crowd(running, files, parallel=32) as process:
        while process.poll() is None:
            most |= Counter({str(name): int(n) for name, n in conn.execute(text(OPEN))})
            conn.rollback()
            time.sleep(0.2)
    with capsys.disabled():
        print(f"\nsambungan terbanyak: {dict(most)}")  # noqa: T201 - what was seen
    assert process.returncode == 0
    assert {name: n for name, n in most.items() if n > SHARE.get(name, 1)} == {}
    assert {"web", "relay", "peran", "layanan", "beat"} <= set(most)
