"""What the leaders are told of the desks' pace is what the tugas say, whenever it was counted."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from pipeline.calendar.edit import AddLibur
from pipeline.db import unit_of_work
from pipeline.models import DailyPace, PaceDay
from pipeline.queries.calendar import read_calendar
from pipeline.queries.desk.pace import Place, read_pace, summarize
from pipeline.queries.desk.performance import read_done
from pipeline.roles import Peran
from pipeline.services.deadlines import pace
from pipeline.services.deadlines.calendar import change_calendar, seed_calendar
from pipeline.services.deadlines.pace import count_pace
from pipeline.services.people.actor import Petugas
from tests.factories import WEDNESDAY, bring_to, person, submitted

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TUESDAY = WEDNESDAY + timedelta(days=6)  # 1 December
MINUTE = timedelta(minutes=1)


@pytest.fixture
def worked(kantor: dict[Peran, Petugas]) -> dict[Peran, Petugas]:
    """Files carried through on three days of two months, some of them late."""
    seed_calendar(WEDNESDAY)
    for n, moment in enumerate([WEDNESDAY, WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=2)]):
        p = submitted(person(), seed=str(n), now=moment)
        bring_to(p, "rekomendasi", kantor, now=moment + timedelta(minutes=20 * n))
        bring_to(p, "tanda_tangan", kantor, now=moment + timedelta(days=2 * n, minutes=3))
    return kantor


def truth(month: date) -> tuple[object, object]:
    """The month's numbers from every tugas of it."""
    places: dict[Place, list[tuple[int, bool, int]]] = defaultdict(list)
    for done in read_done(month)[0]:
        places[done.sop.code, done.langkah.code].append((done.used // MINUTE, done.in_time, 1))
    every = [one for place in places.values() for one in place]
    return summarize(every), {place: summarize(v) for place, v in places.items()}


def told(month: date) -> tuple[object, object]:
    counted = read_pace(month)
    return counted.total, counted.langkah


def looked_at(now: datetime) -> int:
    return count_pace(now=now)


def test_what_was_counted_is_what_the_tugas_say(worked: dict[Peran, Petugas]) -> None:
    assert looked_at(TUESDAY) > 10
    assert told(NOVEMBER) == truth(NOVEMBER)
    assert told(DECEMBER) == truth(DECEMBER)
    assert read_pace(NOVEMBER).total.in_time < read_pace(NOVEMBER).total.total
    assert read_pace(NOVEMBER).counted_at == TUESDAY
    looked_at(TUESDAY + MINUTE)
    assert told(NOVEMBER) == truth(NOVEMBER)


def test_only_days_that_are_not_over_are_counted_again(worked: dict[Peran, Petugas]) -> None:
    looked_at(TUESDAY + timedelta(days=1))
    assert looked_at(TUESDAY + timedelta(days=1, minutes=1)) == 0


def test_what_is_decided_after_a_count_is_in_the_next(worked: dict[Peran, Petugas]) -> None:
    looked_at(TUESDAY)
    late = TUESDAY + timedelta(hours=1)
    bring_to(submitted(person(), seed="baru", now=TUESDAY), "rekomendasi", worked, now=late)
    looked_at(late + timedelta(days=2))
    assert told(DECEMBER) == truth(DECEMBER)


def test_another_calendar_is_another_pace(worked: dict[Peran, Petugas]) -> None:
    looked_at(TUESDAY)
    before = told(NOVEMBER)
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    flood = AddLibur(((date(2026, 11, 30), "Banjir"), (date(2026, 11, 27), "Banjir")))
    change_calendar(flood, actor=admin, version=read_calendar().version, now=TUESDAY)
    looked_at(TUESDAY + MINUTE)
    assert told(NOVEMBER) == truth(NOVEMBER) != before


def test_a_clock_that_was_put_back_leaves_nothing_uncounted(worked: dict[Peran, Petugas]) -> None:
    looked_at(TUESDAY + timedelta(days=20))
    bring_to(submitted(person(), seed="baru", now=TUESDAY), "rekomendasi", worked, now=TUESDAY)
    looked_at(TUESDAY + MINUTE)
    assert told(DECEMBER) == truth(DECEMBER)


def test_a_run_leaves_the_older_days_to_the_next(worked: dict[Peran, Petugas], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PER_SWEEP", 1)
    runs = 1
    while looked_at(TUESDAY + timedelta(days=2)):
        runs += 1
    assert runs > 2
    assert told(NOVEMBER) == truth(NOVEMBER)


def test_older_months_are_thrown_away(worked: dict[Peran, Petugas]) -> None:
    looked_at(TUESDAY)
    looked_at(TUESDAY + timedelta(days=95))
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(DailyPace)) == 0
        assert (s.scalar(select(func.min(PaceDay.day))) or NOVEMBER) >= DECEMBER


def test_a_list_that_is_cut_says_so(worked: dict[Peran, Petugas], monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.queries.desk import performance

    every, more = read_done(NOVEMBER)
    assert not more
    monkeypatch.setattr(performance, "AT_MOST", 3)
    assert read_done(NOVEMBER) == (every[:3], True)
    received, more = read_done(NOVEMBER, sop="td_lks", langkah="terima")
    assert {done.langkah.code for done in received} == {"terima"}
