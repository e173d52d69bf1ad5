"""What stands between a foreign file and everything else, once the child that opens it has loaded what it needs.

Each wall holds by itself: another user (where we are root), hard limits, Landlock (no file but fonts, no network), and
a list of the calls that a program which only calculates makes (seccomp). What the kernel lacks is left out and told.
"""

import os
import resource
import signal
from dataclasses import dataclass
from typing import Final

from pipeline.uploads.walls import calls, kernel, reach

MEMORY: Final = 1280 << 20  # address space; pdfium needs more than a GB for some small files
SESSION_CPU: Final = 120  # seconds of all calls of a session; each has a clock of its own (child.py)
#: Users beyond those that people, services and containers are given; one for each child, so that none has a neighbour.
FIRST_USER: Final = 0x7000_0000
NOBODY: Final = 65534
THREADS: Final = 8  # of a user who is this child alone
_LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, SESSION_CPU),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_MEMLOCK, 0),
    (resource.RLIMIT_MSGQUEUE, 0),
)


@dataclass(frozen=True, slots=True)
class Walls:
    """Those that stand around this process."""

    user: int  # whom it runs as, where that is another one than ours; else 0
    reach: int  # version of Landlock; 0: the kernel has none
    calls: bool  # seccomp holds it to a list of them


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made once and serves every child."""

    rules: int  # of reach.make()
    filters: tuple[bytes, bytes]  # of calls.make(): without Landlock, with it
    parent: int


def plan() -> Plan:
    """For the children of this process."""
    return Plan(reach.make(), (calls.make(reads=False), calls.make(reads=True)), os.getpid())


def raise_walls(plan: Plan) -> Walls:
    """Around this process, for good. Ends it when its parent is gone."""
    user = _leave_root()
    for what, limit in (*_LIMITS, (resource.RLIMIT_NPROC, THREADS)) if user >= FIRST_USER else _LIMITS:
        allowed = at_most(what, limit)
        resource.setrlimit(what, (allowed, allowed))
    kernel.control(kernel.DEATH_SIGNAL, signal.SIGKILL)  # after the change of user, which clears it
    if os.getppid() != plan.parent:
        os._exit(1)
    kernel.control(kernel.NO_NEW_PRIVILEGES, 1)
    version = reach.restrict(plan.rules)
    os.closerange(3, 1 << 16)
    return Walls(user, version, calls.restrict(plan.filters[version > 0]))


def at_most(what: int, limit: int) -> int:
    """The limit wanted, or the one set from outside where that is lower already."""
    _, hard = resource.getrlimit(what)
    return limit if hard == resource.RLIM_INFINITY else min(limit, hard)


def _leave_root() -> int:
    """Become a user of our own. In a container that has fewer of them: nobody; without the right to change: stay."""
    if os.geteuid() != 0:
        return 0
    for user in (FIRST_USER + os.getpid(), NOBODY):
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:
            continue
        return user
    return 0
