"""P10: memory without LibreOffice, idle and after 100 files. Whether it goes on growing is the soak's question."""

import time

from bench.goals import Line, at_most
from bench.instance import instance

FILES = 100
SETTLE = 75.0  # seconds: helpers without work have ended by then


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
        ]
