"""A process of the office is killed, or stands still."""

import os
import signal
import time

from tests.e2e.conftest import Running
from tests.e2e.drills.faults import LASTS, Fault


def kill(name: str, number: int = signal.SIGKILL) -> Fault:
    """End it without asking; the supervisor brings it back."""

    def strike(running: Running) -> str:
        os.kill(running.pid(name), number)
        return ""

    return strike


def freeze(name: str) -> Fault:
    """It is there and takes connections, but answers nobody."""

    def strike(running: Running) -> str:
        pid = running.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(LASTS)
        finally:
            os.kill(pid, signal.SIGCONT)
        return ""

    return strike
