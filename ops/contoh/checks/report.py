"""What the sample prints: a line per step."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ops.contoh.checks.riwayat import SYSTEM
from ops.contoh.checks.tracking import check_public
from ops.contoh.journey import Trace, Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import AT_DESK, SCENARIO, STRAIGHT
from pipeline.text import moment_in_words

_SHAPE = "{:>3}  {:<16}  {:<16}  {:<16}  {:<20}  {:<31}  {:>10}"


def tell_stories(kantor: Kantor, seed: str, *, tell: Callable[[str], None]) -> None:
    """Carry one file through each story and print it. Raises SampleFailed where one differs from the SOP."""
    for n, scenario in enumerate(SCENARIO):
        walk = Walk(kantor, scenario, n, f"{seed}-{n}")
        walk.run()
        check_public(walk)
        for line in lines(walk):
            tell(line)
        tell("")


def leave_on_desks(kantor: Kantor, seed: str, *, tell: Callable[[str], None]) -> None:
    """One file for every desk, carried there and left: whoever logs in next finds work."""
    for n, (peran, stage) in enumerate(AT_DESK.items()):
        walk = Walk(kantor, STRAIGHT, n, f"{seed}-meja-{n}")
        walk.begin()
        for one in stage:
            walk.take(one)
        walk.arrive(peran)
        tell(f"di meja {peran.name}: {walk.nomor}")


def lines(walk: Walk) -> Iterator[str]:
    """A heading, the steps as they went, the end and where the signed file lies."""
    yield f"{walk.scenario.code}: {walk.scenario.title}"
    yield f"{walk.nomor}  {walk.pemohon.institution.name}"
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
