"""The files of the demo's past: how far each has come, and when. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from uuid import UUID, uuid5

from ops.contoh.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from ops.contoh.scenarios import AT_DESK, REFUSED, STRAIGHT, Scenario, Stage
from pipeline.calendar.due import OfficeCalendar
from pipeline.calendar.hours import working_days
from pipeline.sop.words import KeputusanKind

_NAMES = UUID("6f0b7c1e-5a0e-4a53-9a0e-1f3f6b1c2d30")
FIRST, BETWEEN = timedelta(minutes=20), timedelta(minutes=4)  # after the office opens; between two acts
_A_YEAR = timedelta(days=370)
RETURNED = (*STRAIGHT.stage[:3], Stage("rekomendasi", KeputusanKind.KEMBALIKAN, "ajukan"))
#: Langkah before which a night passes: somebody goes out and looks.
_NEXT_DAY = frozenset({"rekomendasi"})


@dataclass(frozen=True, slots=True)
class Story:
    """One file: the walk it has made, and how many working days ago it made the last step of it."""

    code: str
    scenario: Scenario
    stage: tuple[Stage, ...]
    ago: int

    @property
    def form_id(self) -> UUID:
        """The same for ever: a story that was told is not told again."""
        return uuid5(_NAMES, self.code)

    def moments(self, calendar: OfficeCalendar, now: datetime) -> tuple[datetime, ...]:
        """When each stage is done: in office hours, none later than now."""
        ago = self.ago
        while (moments := tuple(self._moments(calendar, now, ago)))[-1] > now:
            ago += 1
        return moments

    def _moments(self, calendar: OfficeCalendar, now: datetime, ago: int) -> Iterator[datetime]:
        today = calendar.local(now).date()
        past = list(takewhile(lambda day: day <= today, working_days(calendar, today - _A_YEAR)))
        nights = sum(stage.langkah in _NEXT_DAY for stage in self.stage)
        day, place = len(past) - 1 - ago - nights, 0
        for stage in self.stage:
            if stage.langkah in _NEXT_DAY:
                day, place = day + 1, 0
            yield _opening(calendar, past[day]) + FIRST + place * BETWEEN
            place += 1


def _opening(calendar: OfficeCalendar, day: date) -> datetime:
    return calendar.open_spans(day)[0][0]


def _issued() -> Iterator[Story]:
    for n, ago in enumerate((105, 92, 80, 69, 57, 46, 35, 24, 15, 7), start=1):
        yield Story(f"terbit-{n}", STRAIGHT, STRAIGHT.stage, ago)


#: Where files lie now: desk -> since how many working days each.
_WAITING: Mapping[str, tuple[tuple[Stage, ...], tuple[int, ...]]] = {
    FRONT_OFFICE: (AT_DESK[FRONT_OFFICE], (0,)),
    BACK_OFFICE: (AT_DESK[BACK_OFFICE], (0,)),
    DINAS_TEKNIS: (AT_DESK[DINAS_TEKNIS], (9, 1, 0)),
    KABID_PERIZINAN: (AT_DESK[KABID_PERIZINAN], (4,)),
    SEKRETARIS: (AT_DESK[SEKRETARIS], (0,)),
    KEPALA_DINAS: (AT_DESK[KEPALA_DINAS], (1, 0)),
    "pemohon": (RETURNED, (3, 1)),
}


def stories() -> tuple[Story, ...]:
    """All of them, the longest ago first: numbers of decrees rise with the days."""
    refused = Story("ditolak", REFUSED, REFUSED.stage, 20)
    waiting = [
        Story(f"{desk}-{n}", STRAIGHT, stage, ago)
        for desk, (stage, every) in _WAITING.items()
        for n, ago in enumerate(every, start=1)
    ]
    return tuple(sorted([*_issued(), refused, *waiting], key=lambda story: -story.ago))
