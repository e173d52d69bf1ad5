"""Random offices, zones, limits and returns against the minute-by-minute oracle."""

from datetime import date, time, timedelta
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
from pipeline.calendar.hours import merge
from tests.unit import calendar_oracle as oracle
from tests.unit.calendar_oracle import A_MINUTE, START

A_DAY = 1440
FIRST = START.date()
count = settings(max_examples=40, deadline=None)
few = settings(max_examples=20, deadline=None)

# Most of them change their clocks in the oracle's weeks: at 02.00, at midnight forward and back, by half an hour.
zone = st.sampled_from(
    ["Asia/Makassar", "Asia/Kathmandu", "Europe/Amsterdam", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe"]
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[WorkingHours, ...]:
    limit = sorted(draw(st.sets(st.integers(0, A_DAY - 1), min_size=0, max_size=6)))
    pair = zip(limit[::2], limit[1::2], strict=False)
    return tuple(WorkingHours(time(*divmod(a, 60)), time(*divmod(b, 60))) for a, b in pair)


week = st.dictionaries(st.integers(0, 6), spans(), min_size=4)
day = st.integers(0, oracle.DAYS).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def calendars(draw: st.DrawFn) -> OfficeCalendar:
    start, old = draw(day), timedelta(days=draw(st.integers(0, 9)))
    musim = (Musim(start, start + old, draw(week)),) if draw(st.booleans()) else ()
    libur: dict[date, str] = draw(st.dictionaries(day, st.just("libur"), max_size=4))
    return OfficeCalendar(draw(zone), draw(week), libur, musim)


def moments(hari: int) -> st.SearchStrategy[object]:
    return st.integers(2 * A_DAY, hari * A_DAY).map(lambda n: START + n * A_MINUTE)


start = moments(11)
limits = st.builds(Limit, st.integers(0, 3), st.integers(0, 700))
intervals = st.lists(
    st.builds(
        lambda since, old: Interval(START + since * A_MINUTE, START + (since + old) * A_MINUTE),
        st.integers(A_DAY, 14 * A_DAY),
        st.integers(-5, 300) | st.integers(0, 3 * A_DAY),
    ),
    max_size=5,
)


@count
@given(calendar=calendars(), start=start, limit=limits, jeda=intervals)
def test_due_is_the_minute_the_oracle_finds(calendar, start, limit, jeda) -> None:
    try:
        wanted = oracle.budget(calendar, start, limit)
        tenggat = oracle.moment(calendar, start, wanted, jeda)
        twice = oracle.moment(calendar, start, 2 * wanted, jeda)
    except oracle.OutOfWindow:
        assume(False)
    assert budget(calendar, start, limit) == wanted * A_MINUTE
    assert due(calendar, start, limit, jeda).at == tenggat
    assert share_at(calendar, start, limit, 2, jeda) == twice


@few
@given(calendar=calendars(), distance=intervals)
def test_office_time_counts_the_open_minutes(calendar, distance) -> None:
    assert office_time(calendar, distance) == oracle.office_minutes(calendar, distance) * A_MINUTE


@count
@given(
    start=start,
    shift=st.timedeltas(timedelta(), timedelta(days=1)),
    limit=limits,
    jeda=intervals,
    share=st.sampled_from([Fraction(4, 5), Fraction(1, 3), 1, 2]),
)
def test_the_office_time_until_a_share_is_that_share(start, shift, limit, jeda, share) -> None:
    calendar, start = oracle.KANTOR, start + shift
    moment = share_at(calendar, start, limit, share, jeda)
    at_outside_kantor = [Interval(max(a, start), min(b, moment)) for a, b in merge(jeda)]
    used = office_time(calendar, [Interval(start, moment)]) - office_time(calendar, at_outside_kantor)
    exact = budget(calendar, start, limit) * share.numerator / share.denominator
    assert abs(used - exact) <= timedelta(microseconds=1)
    assert remaining(calendar, start, moment) == -remaining(calendar, moment, start)


@few
@given(calendar=calendars(), start=start, limit=limits)
def test_the_words_end_at_the_tenggat(calendar, start, limit) -> None:
    try:
        oracle.moment(calendar, start, oracle.budget(calendar, start, limit), [])
    except oracle.OutOfWindow:
        assume(False)
    assume(limit != Limit())
    tenggat = due(calendar, start, limit)
    assert tenggat.explanation.endswith(f" {calendar.local(tenggat.at):%H.%M %Z}")
