"""P10: memory without LibreOffice, idle and after 100 files; and its growth in a soak of BENCH_SOAK minutes."""

import os
import time
from collections.abc import Iterator

from bench.goals import Line, at_most, not_measured
from bench.instance import Instance, instance

FILES = 100
SETTLE = 75.0  # seconds: helpers without work have ended by then
_GROWTH = 1.03  # what a reading varies by


def measure(rounds: int) -> list[Line]:
    """One office through all of it; ``rounds`` does not matter."""
    with instance() as office:
        office.start()
        time.sleep(SETTLE)
        idle, _ = office.memory()
        shares = office.shares()
        office.contoh("--jumlah", str(FILES))
        time.sleep(SETTLE)
        used, soffice = office.memory()
        return [
            at_most("P10", "MB of the idle office", idle, 450, 1, **shares),
            at_most("P10", f"MB after {FILES} files", used, 600, 1, soffice_mb=soffice, **office.shares()),
            *_soak(office, used),
        ]


def _soak(office: Instance, before: float) -> Iterator[Line]:
    minutes = float(os.environ.get("BENCH_SOAK", "0"))
    what = "memory after a soak beside before"
    if not minutes:
        yield not_measured("P10", what, f"<= {_GROWTH:g}", "takes a quarter of an hour: BENCH_SOAK=15")
        return
    over, files = time.monotonic() + minutes * 60, 0
    while time.monotonic() < over:
        office.contoh("--jumlah", "10")
        files += 10
    time.sleep(SETTLE)
    after, _ = office.memory()
    yield at_most("P10", what, after / before, _GROWTH, 1, minutes=minutes, files=files, after_mb=after)
