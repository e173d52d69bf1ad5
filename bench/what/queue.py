"""P6: the page of a queue in a small office and in a large one, and its read beside viewflow's inbox."""

import time
from collections.abc import Iterator
from statistics import median

from bench.goals import Line, at_most, not_measured, ratio
from bench.ground import PORT, Ground, ground
from bench.grow import grown, largest
from bench.peers.environment import MISSING, Flow

SMALL, MIDDLE = 10_000, 100_000
ROLE, ACCOUNT, PAGE = "dinas_teknis", "dinas_teknis1", "/petugas/antrean"
PAGES = 40  # a round
WHAT = "the read of a queue's page beside viewflow's inbox at 100,000 files"


def measure(rounds: int) -> list[Line]:
    """In turn: a page of each office; then the read and the inbox."""
    with ground() as servers:
        return [*_pages(servers, rounds), *_reads(servers, rounds)]


def _pages(servers: Ground, rounds: int) -> Iterator[Line]:
    from bench.browser import Browser, open_site

    large = largest(servers, SMALL)
    browsers = []
    for n, files in enumerate((SMALL, large)):
        with servers.office(grown(servers, files), empty=False):
            open_site(servers, PORT + 2 * n, f"web{n}")
            browsers.append(Browser(PORT + 2 * n).log_in(ACCOUNT))
    for browser in browsers:
        [browser.seconds(PAGE) for _ in range(5)]
    took: list[tuple[list[float], list[float]]] = [([], []) for _ in range(rounds)]
    for both in took:
        for _ in range(PAGES):
            for side, browser in zip(both, browsers, strict=True):
                side.append(browser.seconds(PAGE))
    small, big = [median(b[0]) for b in took], [median(b[1]) for b in took]
    what = f"a queue's page at {large:,} files beside {SMALL:,}"
    yield at_most("P6", what, ratio(big, small), 1.3, rounds, small_ms=median(small) * 1e3, large_ms=median(big) * 1e3)


def _reads(servers: Ground, rounds: int) -> Iterator[Line]:
    flow = Flow.found(servers, "bench_viewflow_100000")
    if flow is None:
        yield not_measured("P6", WHAT, "<= 0.05", MISSING)
        return
    flow.load(MIDDLE)
    with servers.office(grown(servers, MIDDLE), empty=False):
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_read(PAGES))
            theirs.append(flow.first_page(PAGES))
    counts = {"ours_ms": median(ours) * 1e3, "viewflow_ms": median(theirs) * 1e3}
    yield at_most("P6", WHAT, ratio(ours, theirs), 1 / 20, rounds, **counts)


def _read(times: int) -> float:
    """The middle one of so many reads, in seconds."""
    from bench import files
    from pipeline.clock import now
    from pipeline.queries.desk.antrean import Choice, read_antrean
    from pipeline.roles import Peran

    choice = Choice(peran=Peran(ROLE), person_id=files.officers()[Peran(ROLE)].person_id)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        read_antrean(choice, now=now())
        took.append(time.perf_counter() - began)
    return median(took)
