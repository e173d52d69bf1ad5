"""P12: the leaders' page, and the slowest page anybody has, in the largest office there is."""

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from bench.goals import Line, at_most
from bench.ground import PORT, ground
from bench.grow import OPEN_IN, database, largest

if TYPE_CHECKING:
    from bench.browser import Browser

LEADER, PAGE = "kabid_perizinan1", "/pimpinan"
PEOPLE = ("front_office1", "dinas_teknis1", LEADER, "kepala_dinas1", "admin", "operator", "pdp")
TRIES = 3


def measure(rounds: int) -> list[Line]:
    """Warm: each page once before the clock runs."""
    from bench.browser import Browser, open_site
    from pipeline.clock import now
    from pipeline.services.deadlines.pace import count_pace

    with ground() as servers:
        files = largest(servers, 100_000)
        with servers.office(database(files), empty=False):
            count_pace(now=now())  # what a sweep keeps for this page
            open_site(servers, PORT)
            browsers = {name: Browser(PORT).log_in(name) for name in PEOPLE}
            paths = sorted(_paths())
            pages = {path: took for path in paths if (took := _fastest(browsers, path)) is not None}
            leader = [browsers[LEADER].seconds(PAGE) for _ in range(rounds * 5)]
    slowest = max(pages, key=lambda path: pages[path])
    where = f"at {files:,} files, {files // OPEN_IN:,} of them open, in ms"
    most = sorted(pages.items(), key=lambda page: -page[1])[:5]
    return [
        at_most("P12", f"the leaders' page {where}", median(leader) * 1e3, 300, rounds),
        at_most("P12", f"the slowest page {where}", pages[slowest] * 1e3, 1000, 1, **{p: t * 1e3 for p, t in most}),
    ]


def _paths() -> Iterator[str]:
    """Every page whose address has no id in it."""
    from web import create_app

    for rule in create_app().url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and "flower" not in rule.rule:
            yield rule.rule


def _fastest(browsers: "dict[str, Browser]", path: str) -> float | None:
    """For the first person who may see it; None when nobody may."""
    for browser in browsers.values():
        if browser.get(path)[0] == 200:
            return min(browser.seconds(path) for _ in range(TRIES))
    return None
