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

SEHARI = 1440
FIRST = START.date()
banyak = settings(max_examples=40, deadline=None)
few = settings(max_examples=20, deadline=None)

# Most of them change their clocks in the oracle's weeks: at 02.00, at midnight forward and back, by half an hour.
zone = st.sampled_from(
    ["Asia/Makassar", "Asia/Kathmandu", "Europe/Amsterdam", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe"]
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[WorkingHours, ...]:
    batas = sorted(draw(st.sets(st.integers(0, SEHARI - 1), min_size=0, max_size=6)))
    pasang = zip(batas[::2], batas[1::2], strict=False)
    return tuple(WorkingHours(time(*divmod(a, 60)), time(*divmod(b, 60))) for a, b in pasang)


pekan = st.dictionaries(st.integers(0, 6), spans(), min_size=4)
tanggal = st.integers(0, oracle.DAYS).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def calendars(draw: st.DrawFn) -> OfficeCalendar:
    mulai, lama = draw(tanggal), timedelta(days=draw(st.integers(0, 9)))
    musim = (Musim(mulai, mulai + lama, draw(pekan)),) if draw(st.booleans()) else ()
    libur: dict[date, str] = draw(st.dictionaries(tanggal, st.just("libur"), max_size=4))
    return OfficeCalendar(draw(zone), draw(pekan), libur, musim)


def moments(hari: int) -> st.SearchStrategy[object]:
    return st.integers(2 * SEHARI, hari * SEHARI).map(lambda n: START + n * A_MINUTE)


mulai = moments(11)
limits = st.builds(Limit, st.integers(0, 3), st.integers(0, 700))
intervals = st.lists(
    st.builds(
        lambda dari, lama: Interval(START + dari * A_MINUTE, START + (dari + lama) * A_MINUTE),
        st.integers(SEHARI, 14 * SEHARI),
        st.integers(-5, 300) | st.integers(0, 3 * SEHARI),
    ),
    max_size=5,
)


@banyak
@given(kalender=calendars(), mulai=mulai, limit=limits, jeda=intervals)
def test_due_is_the_minute_the_oracle_finds(kalender, mulai, limit, jeda) -> None:
    try:
        anggaran = oracle.budget(kalender, mulai, limit)
        tenggat = oracle.moment(kalender, mulai, anggaran, jeda)
        dua_kali = oracle.moment(kalender, mulai, 2 * anggaran, jeda)
    except oracle.OutOfWindow:
        assume(False)
    assert budget(kalender, mulai, limit) == anggaran * A_MINUTE
    assert due(kalender, mulai, limit, jeda).at == tenggat
    assert share_at(kalender, mulai, limit, 2, jeda) == dua_kali


@few
@given(kalender=calendars(), distance=intervals)
def test_office_time_counts_the_open_minutes(kalender, distance) -> None:
    assert office_time(kalender, distance) == oracle.office_minutes(kalender, distance) * A_MINUTE


@banyak
@given(
    mulai=mulai,
    shift=st.timedeltas(timedelta(), timedelta(days=1)),
    limit=limits,
    jeda=intervals,
    bagian=st.sampled_from([Fraction(4, 5), Fraction(1, 3), 1, 2]),
)
def test_the_office_time_until_a_share_is_that_share(mulai, shift, limit, jeda, bagian) -> None:
    kalender, mulai = oracle.KANTOR, mulai + shift
    saat = share_at(kalender, mulai, limit, bagian, jeda)
    at_outside_kantor = [Interval(max(a, mulai), min(b, saat)) for a, b in merge(jeda)]
    terpakai = office_time(kalender, [Interval(mulai, saat)]) - office_time(kalender, at_outside_kantor)
    tepat = budget(kalender, mulai, limit) * bagian.numerator / bagian.denominator
    assert abs(terpakai - tepat) <= timedelta(microseconds=1)
    assert remaining(kalender, mulai, saat) == -remaining(kalender, saat, mulai)


@few
@given(kalender=calendars(), mulai=mulai, limit=limits)
def test_the_words_end_at_the_tenggat(kalender, mulai, limit) -> None:
    try:
        oracle.moment(kalender, mulai, oracle.budget(kalender, mulai, limit), [])
    except oracle.OutOfWindow:
        assume(False)
    assume(limit != Limit())
    tenggat = due(kalender, mulai, limit)
    assert tenggat.explanation.endswith(f" {kalender.local(tenggat.at):%H.%M %Z}")
