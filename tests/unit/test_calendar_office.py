"""The calendar the product starts with."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from pipeline.calendar.due import Interval, Limit, Musim, due, office_time
from pipeline.calendar.edit import time_text
from pipeline.calendar.national import RAMADAN_HOURS, USUAL_HOURS, YEAR, national_libur, office_calendar
from tests.unit.calendar_oracle import at


def test_the_check_dates_of_the_office() -> None:
    calendar = office_calendar()
    assert due(calendar, at("2026-11-25 14:05"), Limit(4)).at == at("2026-12-01 16:00")
    assert due(calendar, at("2026-12-21 14:05"), Limit(4)).at == at("2026-12-29 16:00")
    assert due(calendar, at("2026-12-23 15:55"), Limit(0, 10)).at == at("2026-12-28 07:35")


def test_a_week_has_the_hours_of_the_regulation() -> None:
    def a_week(hours) -> float:
        return sum(
            (datetime.combine(date.min, j.until) - datetime.combine(date.min, j.start)).total_seconds() / 3600
            for hari in hours.values()
            for j in hari
        )

    assert a_week(USUAL_HOURS) == 37.5
    assert a_week(RAMADAN_HOURS) == 32.5


def test_friday_has_the_longer_break_and_the_weekend_none() -> None:
    for hours, monday, friday in (
        (USUAL_HOURS, "07.30-12.00 13.00-16.00", "07.30-11.30 13.00-16.30"),
        (RAMADAN_HOURS, "08.00-12.00 12.30-15.00", "08.00-11.30 12.30-15.30"),
    ):
        assert {hari: time_text(j) for hari, j in hours.items()} == dict.fromkeys(range(4), monday) | {4: friday}


@pytest.mark.parametrize(("year", "known"), [(2023, False), (2024, True), (2030, True), (2031, False)])
def test_the_years_whose_holidays_are_known_from_the_start(year: int, known: bool) -> None:
    assert (date(year, 8, 17) in office_calendar().libur) is known


def test_every_year_of_the_calendar_has_its_holidays() -> None:
    libur = office_calendar().libur
    for year in YEAR:
        assert date(year, 8, 17) in libur
        assert {x.day for x in national_libur(year)} == {h for h in libur if h.year == year}
    assert office_calendar() is office_calendar()


def test_dates_that_are_only_computed_are_flagged_and_named_without_the_flag() -> None:
    libur = {x.day: x for x in national_libur(2028)}
    feast_day = libur[date(2028, 5, 5)]
    assert feast_day.estimate
    assert feast_day.name == "Hari Raya Idul Adha"
    assert not libur[date(2028, 8, 17)].estimate
    natal = {x.day: x.name for x in national_libur(2026)}
    assert natal[date(2026, 12, 24)] == "Cuti Bersama Hari Raya Natal"
    assert all(x.source.startswith("holidays ") for x in libur.values())


def test_a_ramadan_season_shortens_the_days_between_its_dates() -> None:
    musim = Musim(date(2026, 2, 19), date(2026, 3, 19), RAMADAN_HOURS, "Ramadan")
    calendar = replace(office_calendar(), musim=(musim,))
    wednesday_and_thursday = [Interval(at(f"2026-02-{h} 00:00"), at(f"2026-02-{h} 23:59")) for h in (18, 19)]
    assert [office_time(calendar, [i]).total_seconds() / 3600 for i in wednesday_and_thursday] == [7.5, 6.5]
