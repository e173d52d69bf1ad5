"""Tenggat worked out by hand for the office of Banjarbaru. Times are WITA."""

import time as machine_time
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from pipeline.calendar.due import (
    Interval,
    Limit,
    Musim,
    OfficeCalendar,
    WorkingHours,
    budget,
    due,
    office_time,
    remaining,
    share_at,
)
from pipeline.calendar.hours import working_days
from pipeline.calendar.limit import read_time
from pipeline.errors import DefinitionError
from tests.unit.calendar_oracle import KANTOR, WITA, at, hours, pauses

A_MINUTE = [
    ("2026-11-25 09:00", 10, "2026-11-25 09:10"),
    ("2026-11-25 07:30", 10, "2026-11-25 07:40"),
    # closing time
    ("2026-11-25 15:50", 10, "2026-11-25 16:00"),
    ("2026-11-25 15:51", 10, "2026-11-26 07:31"),
    ("2026-11-25 16:00", 10, "2026-11-26 07:40"),
    ("2026-11-25 15:59:30", 1, "2026-11-26 07:30:30"),
    ("2026-11-25 23:59", 10, "2026-11-26 07:40"),
    # before opening
    ("2026-11-25 00:00", 10, "2026-11-25 07:40"),
    ("2026-11-25 06:00", 30, "2026-11-25 08:00"),
    # the break
    ("2026-11-25 11:50", 10, "2026-11-25 12:00"),
    ("2026-11-25 11:55", 10, "2026-11-25 13:05"),
    ("2026-11-25 12:00", 5, "2026-11-25 13:05"),
    ("2026-11-25 12:30", 3, "2026-11-25 13:03"),
    ("2026-11-25 13:00", 5, "2026-11-25 13:05"),
    # a whole day is 7 h 30 min
    ("2026-11-25 07:30", 450, "2026-11-25 16:00"),
    ("2026-11-25 07:30", 451, "2026-11-26 07:31"),
    ("2026-11-25 09:00", 450, "2026-11-26 09:00"),
    # Friday: break 11.30-13.00, closes 16.30
    ("2026-11-27 11:20", 10, "2026-11-27 11:30"),
    ("2026-11-27 11:25", 10, "2026-11-27 13:05"),
    ("2026-11-27 11:30", 10, "2026-11-27 13:10"),
    ("2026-11-27 12:30", 5, "2026-11-27 13:05"),
    ("2026-11-27 16:10", 10, "2026-11-27 16:20"),
    ("2026-11-27 07:30", 450, "2026-11-27 16:30"),
    # the weekend
    ("2026-11-27 16:25", 10, "2026-11-30 07:35"),
    ("2026-11-27 16:30", 3, "2026-11-30 07:33"),
    ("2026-11-27 15:00", 180, "2026-11-30 09:00"),
    ("2026-11-28 10:00", 10, "2026-11-30 07:40"),
    ("2026-11-29 23:00", 5, "2026-11-30 07:35"),
    # holidays: Christmas, new year, a Monday, a Tuesday
    ("2026-12-23 15:55", 10, "2026-12-28 07:35"),
    ("2026-12-24 09:00", 10, "2026-12-28 07:40"),
    ("2026-12-25 09:00", 5, "2026-12-28 07:35"),
    ("2026-12-31 15:58", 5, "2027-01-04 07:33"),
    ("2027-01-01 10:00", 10, "2027-01-04 07:40"),
    ("2027-01-04 15:55", 10, "2027-01-06 07:35"),
    ("2026-08-14 16:28", 5, "2026-08-18 07:33"),
    ("2026-08-24 15:59", 3, "2026-08-26 07:32"),
    ("2026-05-29 16:25", 10, "2026-06-02 07:35"),
    # Ramadan: from 08.00, break 12.00-12.30 (Friday 11.30-12.30), until 15.00 (Friday 15.30)
    ("2026-02-19 07:45", 10, "2026-02-19 08:10"),
    ("2026-02-19 11:55", 10, "2026-02-19 12:35"),
    ("2026-02-19 14:55", 10, "2026-02-20 08:05"),
    ("2026-02-20 11:25", 10, "2026-02-20 12:35"),
    ("2026-02-20 15:25", 10, "2026-02-23 08:05"),
    ("2026-02-18 08:00", 390, "2026-02-18 15:00"),
    ("2026-02-13 16:25", 10, "2026-02-18 08:05"),  # into the season, over Imlek
    ("2026-03-17 14:55", 10, "2026-03-25 07:35"),  # out of it, over Nyepi and Idul Fitri
    # nothing to do
    ("2026-11-28 10:00", 0, "2026-11-28 10:00"),
]


@pytest.mark.parametrize(("start", "minutes", "tenggat"), A_MINUTE)
def test_minutes_run_in_office_hours_only(start: str, minutes: int, tenggat: str) -> None:
    result = due(KANTOR, at(start), Limit(minutes=minutes)).at
    assert result == at(tenggat)
    assert result.tzinfo is UTC


DAYS = [
    ("2026-11-25 09:00", 4, "2026-12-01 16:00"),
    ("2026-11-25 00:01", 4, "2026-12-01 16:00"),
    ("2026-11-25 15:59", 4, "2026-12-01 16:00"),
    ("2026-11-25 16:00", 4, "2026-12-02 16:00"),  # after closing: arrives Thursday
    ("2026-11-25 12:30", 1, "2026-11-26 16:00"),  # in the break: still Wednesday
    ("2026-11-26 09:00", 1, "2026-11-27 16:30"),
    ("2026-11-27 10:00", 1, "2026-11-30 16:00"),
    ("2026-11-27 16:30", 1, "2026-12-01 16:00"),
    ("2026-11-28 10:00", 4, "2026-12-04 16:30"),
    ("2026-11-25 09:00", 20, "2026-12-23 16:00"),
    ("2026-12-21 09:00", 4, "2026-12-29 16:00"),
    ("2026-12-23 09:00", 1, "2026-12-28 16:00"),
    ("2026-12-24 09:00", 1, "2026-12-29 16:00"),
    ("2026-12-29 09:00", 4, "2027-01-06 16:00"),
    ("2026-12-31 17:00", 2, "2027-01-07 16:00"),
    ("2026-08-12 09:00", 5, "2026-08-20 16:00"),
    ("2026-05-25 09:00", 3, "2026-06-02 16:00"),
    ("2026-03-12 09:00", 1, "2026-03-13 15:30"),
    ("2026-03-13 09:00", 3, "2026-03-25 16:00"),
    ("2026-03-16 09:00", 1, "2026-03-17 15:00"),
]


@pytest.mark.parametrize(("start", "hari", "tenggat"), DAYS)
def test_days_end_with_the_nth_working_day_after_the_arrival(start: str, hari: int, tenggat: str) -> None:
    assert due(KANTOR, at(start), Limit(hari)).at == at(tenggat)


@pytest.mark.parametrize(
    ("start", "limit", "tenggat"),
    [
        ("2026-11-25 09:00", "4 Hari 10 Menit", "2026-12-02 07:40"),
        ("2026-11-25 09:00", "4 Hari 1 Jam 18 Menit", "2026-12-02 08:48"),
        ("2026-11-26 10:00", "1 Hari 30 Menit", "2026-11-30 08:00"),
        ("2026-12-22 10:00", "1 Hari 10 Menit", "2026-12-28 07:40"),
    ],
)
def test_a_combined_limit_counts_its_minutes_after_its_days(start: str, limit: str, tenggat: str) -> None:
    assert due(KANTOR, at(start), Limit.parse(limit)).at == at(tenggat)


JEDA = [
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/10:00", "2026-11-25 10:05"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/2026-11-26 09:00", "2026-11-26 09:05"),
    # three returns: 2 + 3 + 4 minutes, the last one on Friday
    (
        "2026-11-25 09:00",
        "10 menit",
        "2026-11-25 09:02/09:30, 2026-11-25 09:33/13:30, 2026-11-25 13:34/2026-11-27 08:00",
        "2026-11-27 08:01",
    ),
    # unsorted and overlapping, one in the other, touching
    ("2026-11-25 09:00", "10 menit", "2026-11-25 10:00/11:00, 2026-11-25 09:05/10:30", "2026-11-25 11:05"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/10:00, 2026-11-25 09:10/09:20", "2026-11-25 10:05"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/09:20, 2026-11-25 09:20/09:40", "2026-11-25 09:45"),
    # outside office hours, over the break, out of the break
    ("2026-11-25 15:55", "10 menit", "2026-11-25 17:00/2026-11-26 07:00", "2026-11-26 07:35"),
    ("2026-11-25 11:55", "10 menit", "2026-11-25 12:10/12:50", "2026-11-25 13:05"),
    ("2026-11-25 11:55", "10 menit", "2026-11-25 12:10/13:20", "2026-11-25 13:25"),
    # before the start, across it, at it; after the tenggat and exactly at it
    ("2026-11-25 09:00", "10 menit", "2026-11-25 07:30/08:00", "2026-11-25 09:10"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 08:00/09:30", "2026-11-25 09:40"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:00/09:30", "2026-11-25 09:40"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:30/10:00", "2026-11-25 09:10"),
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:10/10:00", "2026-11-25 09:10"),
    # empty, and back to front (the demo's clock was moved)
    ("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/09:05, 2026-11-25 09:08/09:03", "2026-11-25 09:10"),
    # into Ramadan
    ("2026-02-13 16:25", "10 menit", "2026-02-13 16:30/2026-02-18 09:00", "2026-02-18 09:05"),
    # days: two whole ones lost; an hour; 7 h + 7 h 30 before a Saturday; 3 h + 4 h 30 around Christmas
    ("2026-11-25 09:00", "4 hari", "2026-11-26 07:30/2026-11-30 07:30", "2026-12-03 16:00"),
    ("2026-11-25 09:00", "4 hari", "2026-11-25 14:00/15:00", "2026-12-02 08:30"),
    ("2026-11-25 09:00", "4 hari", "2026-11-26 08:00/2026-11-28 11:00", "2026-12-03 15:30"),
    ("2026-12-21 09:00", "4 hari", "2026-12-23 12:00/2026-12-28 13:00", "2026-12-30 16:00"),
    ("2026-11-25 09:00", "4 hari 10 menit", "2026-12-02 07:35/08:00", "2026-12-02 08:05"),
]


@pytest.mark.parametrize(("start", "limit", "jeda", "tenggat"), JEDA)
def test_the_clock_stands_still_while_the_file_is_with_the_applicant(
    start: str, limit: str, jeda: str, tenggat: str
) -> None:
    assert due(KANTOR, at(start), Limit.parse(limit), pauses(jeda)).at == at(tenggat)


@pytest.mark.parametrize(
    ("start", "limit", "share", "moment"),
    [
        ("2026-11-25 09:00", "10 menit", Fraction(4, 5), "2026-11-25 09:08"),
        ("2026-11-25 09:00", "10 menit", 1, "2026-11-25 09:10"),
        ("2026-11-25 09:00", "10 menit", 2, "2026-11-25 09:20"),
        ("2026-11-25 09:00", "3 menit", Fraction(4, 5), "2026-11-25 09:02:24"),
        ("2026-11-25 15:58", "5 menit", 2, "2026-11-26 07:38"),
        # 6 h of Wednesday and four days are 36 h; 28 h 48 min are used after 18 min of Tuesday
        ("2026-11-25 09:00", "4 hari", Fraction(4, 5), "2026-12-01 07:48"),
        ("2026-11-25 09:00", "4 hari", 2, "2026-12-08 14:30"),
    ],
)
def test_a_share_of_the_limit_is_a_share_of_its_office_time(
    start: str, limit: str, share: Fraction | int, moment: str
) -> None:
    assert share_at(KANTOR, at(start), Limit.parse(limit), share) == at(moment)


def test_the_reminder_waits_for_the_applicant_too() -> None:
    jeda = pauses("2026-11-25 09:05/10:00")
    assert share_at(KANTOR, at("2026-11-25 09:00"), Limit(0, 10), Fraction(4, 5), jeda) == at("2026-11-25 10:03")


def test_the_budget_of_days_is_what_is_left_of_the_first_and_all_of_the_others() -> None:
    assert budget(KANTOR, at("2026-11-25 09:00"), Limit(4)) == timedelta(hours=36)
    assert budget(KANTOR, at("2026-11-28 09:00"), Limit(1, 10)) == timedelta(hours=15, minutes=10)
    assert budget(KANTOR, at("2026-11-28 09:00"), Limit(0, 10)) == timedelta(minutes=10)


def test_office_time_is_the_exact_sum_of_the_office_intervals() -> None:
    kantor = pauses("2026-11-25 09:00/09:02, 2026-11-25 11:58/13:01, 2026-11-25 15:59/2026-11-26 07:31")
    assert office_time(KANTOR, kantor) == timedelta(minutes=2 + 3 + 2)
    assert office_time(KANTOR, []) == timedelta()
    twice = pauses("2026-11-25 09:00/10:00, 2026-11-25 09:30/10:30")
    assert office_time(KANTOR, twice) == timedelta(minutes=90)
    week = pauses("2026-11-23 00:00/2026-11-30 00:00")
    assert office_time(KANTOR, week) == timedelta(hours=37, minutes=30)
    ramadan = pauses("2026-02-23 00:00/2026-03-02 00:00")
    assert office_time(KANTOR, ramadan) == timedelta(hours=32, minutes=30)


def test_microseconds_are_neither_lost_nor_won() -> None:
    start = at("2026-11-25 15:59:59.999999")
    assert due(KANTOR, start, Limit(0, 1)).at == at("2026-11-26 07:30:59.999999")
    assert office_time(KANTOR, [Interval(start, at("2026-11-26 07:30:00.000001"))]) == timedelta(microseconds=2)
    a_seventh_minute = share_at(KANTOR, at("2026-11-25 09:00"), Limit(0, 1), Fraction(1, 7))
    assert a_seventh_minute == at("2026-11-25 09:00:08.571429")  # not a microsecond before it is used


@pytest.mark.parametrize(
    ("today", "tenggat", "minutes"),
    [
        ("2026-11-25 15:55", "2026-11-26 07:35", 10),
        ("2026-11-26 07:41", "2026-11-26 07:35", -6),
        ("2026-12-28 07:31", "2026-12-23 15:59", -2),
        ("2026-11-25 09:00", "2026-11-25 09:00", 0),
        ("2026-11-25 18:00", "2026-11-25 16:00", 0),  # nobody has worked since
    ],
)
def test_time_left_is_office_time_and_negative_once_it_is_overdue(today: str, tenggat: str, minutes: int) -> None:
    assert remaining(KANTOR, at(today), at(tenggat)) == timedelta(minutes=minutes)


def test_a_new_holiday_moves_the_tenggat() -> None:
    start = at("2026-11-25 09:00")
    assert due(KANTOR, start, Limit(4)).at == at("2026-12-01 16:00")
    new = replace(KANTOR, libur={**KANTOR.libur, date(2026, 11, 27): "Pilkada"})
    assert due(new, start, Limit(4)).at == at("2026-12-02 16:00")
    assert due(KANTOR, start, Limit(4)).at == at("2026-12-01 16:00")


@pytest.mark.parametrize("machine_zone", ["UTC", "Asia/Jakarta", "America/New_York"])
def test_the_zone_of_the_machine_does_not_matter(machine_zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as m:
        m.setenv("TZ", machine_zone)
        machine_time.tzset()
        result = due(KANTOR, at("2026-12-23 15:55").astimezone(UTC), Limit(0, 10))
        hari = due(KANTOR, at("2026-11-25 16:00"), Limit(4))
    machine_time.tzset()
    assert result.at == at("2026-12-28 07:35")
    assert result.at.tzinfo is UTC
    assert "07.35 WITA" in result.explanation
    assert hari.at == at("2026-12-02 16:00")


def test_hours_are_those_of_the_wall_clock_when_it_is_put_forward_or_back() -> None:
    night = dict.fromkeys(range(7), (WorkingHours(time(1), time(4)),))
    amsterdam = OfficeCalendar("Europe/Amsterdam", night)

    def that_night(month: int, hari: int) -> timedelta:
        start = datetime(2026, month, hari, tzinfo=ZoneInfo("Europe/Amsterdam"))
        return office_time(amsterdam, [Interval(start, start + timedelta(hours=12))])

    assert that_night(3, 28) == timedelta(hours=3)
    assert that_night(3, 29) == timedelta(hours=2)
    assert that_night(10, 25) == timedelta(hours=4)
    half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))  # twice that night
    assert office_time(amsterdam, [Interval(half_past_two, half_past_two.replace(fold=1))]) == timedelta(hours=1)


def test_a_date_the_zone_left_out_is_no_working_day() -> None:
    apia = OfficeCalendar("Pacific/Apia", hours("07:30-12:00 13:00-16:00", "07:30-11:30 13:00-16:30"))
    thursday = datetime(2011, 12, 29, 9, tzinfo=ZoneInfo("Pacific/Apia"))  # Friday 30 December 2011 did not exist there
    assert due(apia, thursday, Limit(1)).at == datetime(2012, 1, 2, 16, tzinfo=ZoneInfo("Pacific/Apia"))


WITHOUT_HOUR = OfficeCalendar("Asia/Makassar", {})
A_WEEK = OfficeCalendar(
    "Asia/Makassar", {}, musim=(Musim(date(2026, 11, 23), date(2026, 11, 27), KANTOR.hours, "sepekan saja"),)
)


@pytest.mark.parametrize("limit", [Limit(0, 10), Limit(1), Limit(3, 10)])
@pytest.mark.parametrize("calendar", [WITHOUT_HOUR, A_WEEK])
def test_a_calendar_that_never_opens_again_is_refused(calendar: OfficeCalendar, limit: Limit) -> None:
    with pytest.raises(DefinitionError, match="10 tahun"):
        due(calendar, at("2026-11-27 16:25"), limit)
    assert office_time(calendar, pauses("2026-11-27 16:30/2046-01-01 00:00")) == timedelta()


def test_a_long_limit_is_no_closed_office() -> None:
    only_monday = replace(KANTOR, hours={0: KANTOR.hours[0]}, libur={})
    monday = datetime(2026, 11, 23, 16, tzinfo=WITA)
    assert due(only_monday, monday - timedelta(hours=1), Limit(700)).at == monday + timedelta(weeks=700)


def test_naive_datetimes_are_refused() -> None:
    naif = at("2026-11-25 09:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="tanpa zona"):
        due(KANTOR, naif, Limit(0, 10))
    with pytest.raises(ValueError, match="tanpa zona"):
        office_time(KANTOR, [Interval(naif, at("2026-11-25 09:00"))])


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    morning, noon = WorkingHours(time(8), time(12)), WorkingHours(time(11), time(15))
    musim = Musim(date(2026, 2, 18), date(2026, 3, 20), {})
    for create in (
        lambda: OfficeCalendar("Asia/Banjarbaru", {}),
        lambda: OfficeCalendar("Asia/Makassar", {7: (morning,)}),
        lambda: OfficeCalendar("Asia/Makassar", {0: (morning, noon)}),
        lambda: OfficeCalendar("Asia/Makassar", {0: (noon, morning)}),
        lambda: OfficeCalendar("Asia/Makassar", {0: (WorkingHours(time(12), time(12)),)}),
        lambda: replace(KANTOR, musim=(musim, replace(musim, start_date=date(2026, 3, 20)))),
        lambda: replace(KANTOR, musim=(replace(musim, end_date=date(2026, 2, 17)),)),
    ):
        with pytest.raises(DefinitionError):
            create()


@pytest.mark.parametrize(
    ("text", "limit", "word"),
    [
        ("4 Hari", Limit(4), "4 hari"),
        ("10 menit", Limit(0, 10), "10 menit"),
        ("5 Menit", Limit(0, 5), "5 menit"),
        ("1 Jam", Limit(0, 60), "1 jam"),
        ("4 Hari 1 Jam 13 Menit (5 Hari)", Limit(4, 73), "4 hari 1 jam 13 menit"),
        ("5 hari kerja", Limit(5), "5 hari"),
        (" 2  Hari  30Menit ", Limit(2, 30), "2 hari 30 menit"),
        ("0 menit", Limit(), "0 menit"),
        ("90 menit", Limit(0, 90), "1 jam 30 menit"),
    ],
)
def test_a_limit_is_read_as_the_sop_prints_it(text: str, limit: Limit, word: str) -> None:
    assert Limit.parse(text) == limit
    assert str(limit) == word
    assert Limit.parse(word) == limit


@pytest.mark.parametrize(
    ("text", "limit", "note"),
    [
        ("1,5 jam", Limit(0, 90), ""),
        ("1.5 Jam", Limit(0, 90), ""),
        ("15 mnt", Limit(0, 15), ""),
        ("3 hr kerja", Limit(3), ""),
        ("5 (lima) HK", Limit(5), ""),
        ("lima (5) hari kerja", Limit(5), ""),
        ("satu hari", Limit(1), ""),
        ("dua puluh lima menit", Limit(0, 25), ""),
        ("seratus dua belas menit", Limit(0, 112), ""),
        ("satu setengah jam", Limit(0, 90), ""),
        ("sehari", Limit(1), ""),
        ("setengah jam", Limit(0, 30), ""),
        ("1 1/2 jam", Limit(0, 90), ""),
        ("½ jam", Limit(0, 30), ""),
        ("1 hari, 2 jam dan 5 menit.", Limit(1, 125), ""),
        ("paling lama 5 hari kerja", Limit(5), ""),
        ("Maks. 3 hari", Limit(3), ""),
        ("selambat-lambatnya 14 (empat belas) hari", Limit(14), ""),
        ("2 x 30 menit", Limit(0, 60), ""),
        ("1-3 hari", Limit(3), "terlama, 3 hari"),
        ("1 – 3 hari kerja", Limit(3), "terlama, 3 hari"),
        ("1 s.d. 3 hari", Limit(3), "terlama"),
        ("1 s/d 3 hari", Limit(3), "terlama"),
        ("10 menit sampai dengan 1 jam", Limit(0, 60), "terlama, 1 jam"),
        ("antara 1 dan 3 hari", Limit(3), "terlama"),
        ("5-3 hari", Limit(5), "terlama, 5 hari"),
        ("2 x 24 jam", Limit(2), "satu hari kerja"),
        ("2 minggu", Limit(10), "lima hari kerja"),
        ("24 jam", Limit(0, 1440), "24 jam kerja"),
        ("± 15 menit", Limit(0, 15), "kira-kira"),
        ("kurang lebih 1 hari", Limit(1), "kira-kira"),
        ("30 detik", Limit(0, 1), "dibulatkan"),
        ("0:30:00", Limit(0, 30), "jam dan menit"),
        ("1 hari (maksimal 3 hari)", Limit(3), "terlama, 3 hari"),
        ("3 hari (paling lama 1 hari)", Limit(3), "terlama, 3 hari"),
        ("10 menit (selambat-lambatnya 1 jam)", Limit(0, 60), "terlama, 1 jam"),
        ("4 hari (termasuk 1 hari di luar kantor)", Limit(4), ""),
        ("1 hari (maksimal bila lengkap)", Limit(1), ""),
        ("1 hari (dalam hal lengkap) (maks. 3 hari) (maks. 5 hari)", Limit(5), "terlama, 5 hari"),
        ("1 hari (tidak lebih dari 3 hari)", Limit(3), "terlama, 3 hari"),
        ("1 hari (maks. 3 hari kalender)", Limit(1), "tidak dibaca"),
        ("1 hari (maks. 1 bulan)", Limit(1), "tidak dibaca"),
        ("sekitar 1 hari (maks. 3 hari)", Limit(3), "kira-kira"),
        ("0.500 jam", Limit(0, 30), ""),
        ("1.500 menit", Limit(0, 1500), "dibaca sebagai 1500"),
    ],
)
def test_a_limit_is_read_as_offices_write_it_and_what_was_understood_is_told(
    text: str, limit: Limit, note: str
) -> None:
    read = read_time(text)
    assert read.limit == Limit.parse(text) == limit
    assert note in " ".join(read.notes)
    assert bool(read.notes) == bool(note)


def test_a_number_alone_counts_in_the_unit_of_its_column() -> None:
    assert read_time("10", "menit").limit == Limit(0, 10)
    assert read_time("2-5", "hari").limit == Limit(5)
    assert read_time("1 jam", "menit").limit == Limit(0, 60)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "segera",
        "(5 Hari)",
        "4",
        "-4 hari",
        "4 hari 2 hari",
        "٤ hari",
        "9999999 hari",
        "½ hari",
        "1 bulan",
        "3 hari kalender",
    ],
)
def test_words_that_are_no_time_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"tidak terbaca|10 tahun"):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("hari", "minutes", "taken"),
    [
        (0, 0, True),
        (3653, 0, True),
        (3654, 0, False),
        (-1, 0, False),
        (0, 3653 * 1440, True),
        (0, 3653 * 1440 + 1, False),
        (0, -1, False),
        (3653, 3653 * 1440, True),
    ],
)
def test_a_limit_is_at_most_ten_years(hari: int, minutes: int, taken: bool) -> None:
    if taken:
        assert Limit(hari, minutes).hari == hari
    else:
        with pytest.raises(DefinitionError, match="di luar 0 sampai 10 tahun"):
            Limit(hari, minutes)


def test_a_limit_that_is_not_said_is_none() -> None:
    assert (Limit().hari, Limit().minutes, Limit(1).minutes, Limit(minutes=1).hari) == (0, 0, 0, 0)
    assert Limit(1, 2) + Limit(3, 4) == Limit(4, 6)


def test_a_limit_that_was_not_extended_is_quoted_as_it_is() -> None:
    assert Limit(4, 73).quote() == Limit(4, 73).quote(0) == "4 hari kerja 1 jam 13 menit"
    assert Limit(4).quote(1) == "4 hari kerja, diperpanjang 1 hari menjadi 5 hari kerja"


def test_two_tenggat_at_one_moment_are_the_same() -> None:
    assert due(KANTOR, at("2026-11-25 09:00"), Limit(0, 10)) == due(KANTOR, at("2026-11-25 08:50"), Limit(0, 20))


@pytest.mark.parametrize(("days", "found"), [(3653, True), (3654, False)])
def test_an_office_may_be_closed_for_ten_years(days: int, found: bool) -> None:
    monday = date(2026, 11, 23)
    close = Musim(monday, monday + timedelta(days=days - 1), {})
    calendar = OfficeCalendar("Asia/Makassar", dict.fromkeys(range(7), KANTOR.hours[0]), {}, (close,))
    for since, before in ((monday, 0), (monday - timedelta(days=2), 2)):
        opened = islice(working_days(calendar, since), before, None)
        if found:
            assert next(opened) == monday + timedelta(days=days)
        else:
            with pytest.raises(DefinitionError, match="10 tahun"):
                next(opened)


def test_a_calendar_that_was_asked_is_still_the_same() -> None:
    one, two = replace(KANTOR), replace(KANTOR)
    assert one.open_spans(date(2026, 11, 25))
    assert one == two != replace(KANTOR, zone="Asia/Jakarta")


def test_every_day_of_a_week_may_have_hours() -> None:
    calendar = OfficeCalendar("Asia/Makassar", {0: KANTOR.hours[0], 6: KANTOR.hours[0]})
    assert [calendar.time_at(date(2026, 11, 23) + timedelta(days=n)) != () for n in range(7)] == [
        True,
        *[False] * 5,
        True,
    ]


@pytest.mark.parametrize(("month", "open_at"), [(3, "2026-03-29T01:00"), (10, "2026-10-25T01:00")])
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_hours_that_begin_or_end_as_the_clock_is_changed_are_not_empty(month: int, open_at: str, hour: int) -> None:
    """At 02.00 it is put forward to 03.00 in March; at 03.00 back to 02.00 in October."""
    zone = ZoneInfo("Europe/Amsterdam")
    day = date.fromisoformat(open_at[:10])
    calendar = OfficeCalendar("Europe/Amsterdam", {6: (WorkingHours(time(hour), time(hour + 1)),)})
    spans = calendar.open_spans(day)
    assert all(start < until for start, until in spans)
    lengths = {(3, 2): 0, (10, 2): 2}
    assert sum(((b - a) for a, b in spans), timedelta()) == timedelta(hours=lengths.get((month, hour), 1))
    for start, until in spans:
        assert start.astimezone(zone).hour in (hour, hour + 1)
        assert until > start


def test_seasons_may_follow_one_another_and_last_a_day() -> None:
    day = date(2026, 2, 18)
    seasons = (Musim(day, day, {}), Musim(day + timedelta(days=1), day + timedelta(days=2), {}))
    assert replace(KANTOR, musim=seasons[::-1]).time_at(day) == ()
    assert replace(KANTOR, musim=seasons).time_at(day + timedelta(days=5)) == KANTOR.hours[0]


def test_the_limits_of_the_sop_add_up() -> None:
    langkah = ["30 menit", "10 menit", "10 menit", "4 Hari", "10 menit", "5 menit", "5 menit", "5 menit", "3 menit"]
    assert str(sum(map(Limit.parse, langkah), Limit())) == "4 hari 1 jam 18 menit"
