"""What the sample prints: a line per step."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain

from ops.contoh.checks.riwayat import SYSTEM
from ops.contoh.checks.tracking import check_public
from ops.contoh.journey import Trace, Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import AT_DESK, SCENARIO, STRAIGHT
from pipeline.roles import Peran
from pipeline.text import moment_in_words

AT_ONCE = 5  # files on their way
_SHAPE = "{:>3}  {:<16}  {:<16}  {:<16}  {:<20}  {:<31}  {:>10}"


def show_all(kantor: Kantor, seed: str, *, tell: Callable[[str], None]) -> None:
    """Carry one file through each story, and one to every desk, a few at a time; print them in order.

    Raises SampleFailed where one differs from the SOP.
    """
    stories = [Walk(kantor, scenario, n, f"{seed}-{n}") for n, scenario in enumerate(SCENARIO)]
    left = [Walk(kantor, STRAIGHT, n, f"{seed}-meja-{n}") for n, _ in enumerate(AT_DESK)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told, put = pool.map(_tell_story, stories), pool.map(_leave, left, AT_DESK)
        for text in chain(told, put):
            tell(text)


def _tell_story(walk: Walk) -> str:
    walk.run()
    check_public(walk)
    return "\n".join((*lines(walk), ""))


def _leave(walk: Walk, peran: Peran) -> str:
    """Carried to this desk and left there: whoever logs in next finds work."""
    walk.begin()
    for one in AT_DESK[peran]:
        walk.take(one)
    walk.arrive(peran)
    return f"di meja {peran.name}: {walk.nomor}"


def lines(walk: Walk) -> Iterator[str]:
    """A heading, the steps as they went, the end and where the signed file lies."""
    yield f"{walk.scenario.code}: {walk.scenario.title}"
    yield f"{walk.nomor}  {walk.institution.name}"
    yield _SHAPE.format("no", "langkah", "peran", "antrean", "keputusan", "tenggat", "lama")
    yield from (_line(j) for j in walk.trail)
    yield f"akhir={walk.scenario.end} nomor={walk.sk}"
    yield f"pdf={walk.pdf}"


def _line(trail: Trace) -> str:
    langkah = trail.langkah
    keputusan = trail.stage.keputusan.value + (" (auto)" if trail.actor == SYSTEM else "")
    tenggat = moment_in_words(trail.tenggat) if trail.tenggat else "-"
    old = _seconds(trail.done - trail.start)
    return _SHAPE.format(langkah.no, langkah.code, langkah.peran.name, langkah.peran.antrean, keputusan, tenggat, old)


def _seconds(old: timedelta) -> str:
    return f"{old.total_seconds():.1f} dtk".replace(".", ",")
