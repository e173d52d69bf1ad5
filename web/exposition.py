"""The measures in Prometheus' own form. Labels are parts, queues, langkah, states and rooms: no person, no file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pipeline.queries.facilities import disk_free
from pipeline.queries.machinery import PartState
from pipeline.queries.measures import TIMES, Done, Measured
from web.request_times import BUCKETS, Times

Samples = Iterable[tuple[Sequence[str], float]]


@dataclass(frozen=True, slots=True, eq=False)
class Exposition(Collector):
    """The families of one scrape. ``now`` is the real clock, ``office_now`` the office's."""

    measured: Measured
    requests: Mapping[str, Times]
    now: datetime
    office_now: datetime
    data: Path

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("alurizin_build", "The version that answers.", {"version": version("alurizin")})
        yield from self._parts()
        yield from self._owed()
        yield from self._desks()
        yield from _done(self.measured.done)
        yield from self._office()
        yield from _requests(self.requests)

    def _parts(self) -> Iterator[Metric]:
        found = self.measured.parts
        alive = [((p.name,), float(p.state is not PartState.MATI)) for p in found]
        yield _gauge("part_up", "1 while a part of the system gives signs of life.", ("part",), alive)
        late = [((p.name,), float(p.state is PartState.TERGANGGU)) for p in found]
        yield _gauge("part_late", "1 while what a part does comes late.", ("part",), late)
        yield _gauge("disk_free_bytes", "Room for documents.", (), [((), float(disk_free(self.data)))])

    def _owed(self) -> Iterator[Metric]:
        owed, by = self.measured.owed, ("antrean",)
        total = [((o.antrean,), float(o.total)) for o in owed]
        yield _gauge("outbox_owed", "Messages that are not done and not parked.", by, total)
        unsent = [((o.antrean,), float(o.unsent)) for o in owed]
        yield _gauge("outbox_unsent", "Of these, messages the broker does not have yet.", by, unsent)
        parked = [((o.antrean,), float(o.parked)) for o in owed]
        yield _gauge("outbox_parked", "Messages that failed too often and wait for a person.", by, parked)
        oldest = [((o.antrean,), self._age(o.oldest_at)) for o in owed if o.oldest_at]
        yield _gauge("outbox_oldest_seconds", "Age of the oldest message that is owed.", by, oldest)
        held = [((o.antrean,), float(o.at_broker)) for o in owed if o.at_broker is not None]
        yield _gauge("broker_messages", "Messages waiting at the broker, as the relay last counted them.", by, held)
        done = [((task,), float(total)) for task, total in sorted(self.measured.messages.items())]
        yield _gauge("messages_done_last_hour", "Messages done in the last hour.", ("task",), done)

    def _desks(self) -> Iterator[Metric]:
        lying, by = self.measured.lying, ("antrean", "langkah")
        total = [((x.peran, x.langkah), float(x.total)) for x in lying]
        yield _gauge("tugas_open", "Files that lie on a desk.", by, total)
        late = [((x.peran, x.langkah), float(x.late)) for x in lying]
        yield _gauge("tugas_late", "Of these, files past their tenggat.", by, late)
        oldest = [((x.peran, x.langkah), self._age(x.oldest_at)) for x in lying]
        yield _gauge("tugas_oldest_seconds", "How long the oldest of these has lain there.", by, oldest)

    def _office(self) -> Iterator[Metric]:
        m = self.measured
        raised = [((level,), float(total)) for level, total in sorted(m.eskalasi.items())]
        yield _gauge("eskalasi_open", "Eskalasi raised for files that are late now.", ("level",), raised)
        issued = [(of, float(total)) for of, total in sorted(m.issued.items())]
        yield _gauge("sk_issued_last_day", "Decrees and other papers signed in a day.", ("sop", "kind"), issued)
        failed = [((state,), float(total)) for state, total in sorted(m.undelivered.items())]
        yield _gauge(
            "notices_undelivered", "Notices that did not surely arrive; a thousand at most.", ("state",), failed
        )
        backup = [((), self._since(m.backup_at))] if m.backup_at else []
        yield _gauge("backup_age_seconds", "Since the last backup ended well; none is known without it.", (), backup)

    def _age(self, at: datetime) -> float:
        return max((self.office_now - at).total_seconds(), 0.0)

    def _since(self, at: datetime) -> float:
        return max((self.now - at).total_seconds(), 0.0)


def _gauge(name: str, words: str, labels: Sequence[str], samples: Samples) -> Metric:
    family = GaugeMetricFamily(f"alurizin_{name}", words, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _done(done: Sequence[Done]) -> Iterator[Metric]:
    """What the desks decided in the last day; the histogram is of that day, so it is read without ``rate``."""
    decided = Counter[tuple[str, str]]()
    places: dict[str, list[int]] = {}
    seconds: dict[str, float] = {}
    for d in done:
        decided[d.langkah, d.keputusan] += d.total
        places.setdefault(d.langkah, [0] * (len(TIMES) + 1))[d.place] += d.total
        seconds[d.langkah] = seconds.get(d.langkah, 0.0) + d.seconds
    samples = [(of, float(total)) for of, total in sorted(decided.items())]
    yield _gauge("keputusan_last_day", "Transitions in the last day.", ("langkah", "keputusan"), samples)
    words = "How long a tugas lay on its desk, of those decided in the last day."
    family = HistogramMetricFamily("alurizin_langkah_seconds", words, labels=("langkah",))
    for langkah, counts in sorted(places.items()):
        family.add_metric((langkah,), _buckets(TIMES, counts), seconds[langkah])
    yield family


def _requests(requests: Mapping[str, Times]) -> Iterator[Metric]:
    words = "How long requests took, of all processes of this server since it began."
    family = HistogramMetricFamily("alurizin_request_seconds", words, labels=("room",))
    failed = CounterMetricFamily("alurizin_requests_failed", "Requests that ended with a 5xx.", labels=("room",))
    for room, times in requests.items():
        family.add_metric((room,), _buckets(BUCKETS, times.counts), times.seconds)
        failed.add_metric((room,), times.failed)
    yield from (family, failed)


def _buckets(ends: Sequence[float], counts: Sequence[int]) -> Sequence[tuple[str, float]]:
    """Each bucket counts all that lie below its end."""
    return list(zip([*map(str, map(float, ends)), "+Inf"], map(float, accumulate(counts)), strict=True))
