"""The clocks of a file against the minute oracle: whatever way it took, the parts add up to the whole."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.calendar.due import Interval, due, remaining, share_at
from pipeline.roles import Peran
from pipeline.rules.clocks import Stay, read_clocks
from pipeline.sop.registry import SOPS
from tests.unit import calendar_oracle as oracle
from tests.unit.calendar_oracle import A_MINUTE, KANTOR, START, at
from tests.unit.test_calendar_property import calendars, limits

SOP = SOPS["td_lks"]
A_DAY = 1440
_ZERO = timedelta()

langkah = st.sampled_from([t.code for t in SOP.langkah])


@st.composite
def journeys(draw: st.DrawFn) -> list[Stay]:
    """A draft, and then any walk over the desks: there, back, to the applicant, again; the last one may be open."""
    limit = sorted(draw(st.lists(st.integers(A_DAY, 20 * A_DAY), min_size=2, max_size=12)))
    every = [_visit("ajukan", 0, limit[0])]
    every += [_visit(draw(langkah), a, b) for a, b in pairwise(limit)]
    return [*every, _visit(draw(langkah), limit[-1], None)] if draw(st.booleans()) else every


def _visit(code: str, since: int, until: int | None) -> Stay:
    done = None if until is None else START + until * A_MINUTE
    return Stay(langkah=code, peran=SOP[code].peran, created_at=START + since * A_MINUTE, closed_at=done)


@settings(max_examples=12, deadline=None)
@given(calendar=calendars(), every=journeys(), order=st.randoms(use_true_random=False))
def test_the_parts_add_up_to_the_whole(calendar, every, order) -> None:
    now = START + 21 * A_DAY * A_MINUTE
    rng = order.sample(every, len(every))
    hours = read_clocks(calendar, rng, now=now)
    assert hours is not None
    end = every[-1].closed_at or now
    assert (hours.sent_at, hours.ended_at) == (every[0].closed_at, end)
    assert hours.since_sent == end - hours.sent_at == hours.at_kantor + hours.at_pemohon
    kantor = [Interval(b.created_at, b.closed_at or now) for b in every[1:] if b.peran != Peran.PEMOHON]
    assert hours.kerja == oracle.office_minutes(calendar, kantor) * A_MINUTE
    assert hours.kerja == sum(hours.per_desk.values(), _ZERO) == sum(hours.per_langkah.values(), _ZERO)
    altogether = oracle.office_minutes(calendar, [Interval(hours.sent_at, end)]) * A_MINUTE
    assert sum((b.office_hours for b in hours.visits), _ZERO) == altogether


@settings(max_examples=12, deadline=None)
@given(every=journeys(), between=st.lists(st.integers(A_DAY, 20 * A_DAY), max_size=4))
def test_one_desk_that_is_split_in_two_visits_shows_the_same_time(every, between) -> None:
    """A file handed over and taken up again at the same moment spends no more and no less time there."""
    broken = list(every)
    for minutes in between:
        moment = START + minutes * A_MINUTE
        k = next((k for k in broken[1:] if k.closed_at and k.created_at < moment < k.closed_at), None)
        if k:
            broken.remove(k)
            broken += [
                Stay(langkah=k.langkah, peran=k.peran, created_at=a, closed_at=b)
                for a, b in ((k.created_at, moment), (moment, k.closed_at))
            ]
    now = START + 21 * A_DAY * A_MINUTE
    intact, split = read_clocks(KANTOR, every, now=now), read_clocks(KANTOR, broken, now=now)
    assert intact is not None
    assert split is not None
    for name in ("since_sent", "at_kantor", "at_pemohon", "kerja", "per_desk", "per_langkah"):
        assert getattr(intact, name) == getattr(split, name), name


@settings(max_examples=12, deadline=None)
@given(limit=limits, start=st.integers(2 * A_DAY, 9 * A_DAY), old=st.integers(1, 9 * A_DAY), since=st.integers(1, 600))
def test_after_a_return_the_remaining_time_is_what_it_was(limit, start, old, since) -> None:
    first = START + start * A_MINUTE
    leave, home = first + since * A_MINUTE, first + (since + old) * A_MINUTE
    formerly = due(KANTOR, first, limit).at
    assume(formerly > leave)
    after = due(KANTOR, first, limit, [Interval(leave, home)]).at
    assert remaining(KANTOR, home, after) == remaining(KANTOR, leave, formerly)
    assert share_at(KANTOR, first, limit, 2, [Interval(leave, home)]) >= after


def test_a_draft_has_no_clock() -> None:
    draft = Stay(langkah="ajukan", peran=Peran.PEMOHON, created_at=START, closed_at=None)
    assert read_clocks(KANTOR, [draft], now=START) is None
    assert read_clocks(KANTOR, [], now=START) is None


def test_a_worked_file() -> None:
    """Sent Wednesday 09.00, checked in 30 minutes, a week-end with the applicant, back on Monday, checked again."""
    trail = [
        ("ajukan", "2026-11-20 08:00", "2026-11-25 09:00"),
        ("periksa", "2026-11-25 09:00", "2026-11-25 09:30"),
        ("ajukan", "2026-11-25 09:30", "2026-11-30 08:00"),
        ("periksa", "2026-11-30 08:00", "2026-11-30 08:20"),
        ("terima", "2026-11-30 08:20", None),
    ]
    stay = [Stay(langkah=k, peran=SOP[k].peran, created_at=at(a), closed_at=at(b) if b else None) for k, a, b in trail]
    hours = read_clocks(KANTOR, stay, now=at("2026-11-30 12:30"))
    assert hours is not None
    assert hours.per_langkah == {"periksa": timedelta(minutes=50), "terima": timedelta(hours=3, minutes=40)}
    assert hours.kerja == timedelta(hours=4, minutes=30)
    assert hours.at_pemohon == timedelta(days=4, hours=22, minutes=30)
    assert hours.since_sent == timedelta(days=5, hours=3, minutes=30)


def test_a_step_that_a_machine_passes_at_once_comes_before_the_desk_it_leads_to() -> None:
    passed = Stay(langkah="periksa", peran=SOP["periksa"].peran, created_at=START, closed_at=START)
    stay = [
        Stay(langkah="terima", peran=SOP["terima"].peran, created_at=START, closed_at=None),
        passed,
        Stay(langkah="ajukan", peran=Peran.PEMOHON, created_at=START - A_MINUTE, closed_at=START),
    ]
    hours = read_clocks(KANTOR, stay, now=START + A_MINUTE)
    assert hours is not None
    assert [v.stay.langkah for v in hours.visits] == ["periksa", "terima"]
    assert hours.since_sent == A_MINUTE


def test_an_office_clock_that_was_set_back_counts_nothing() -> None:
    stay = [
        Stay(langkah="ajukan", peran=Peran.PEMOHON, created_at=START, closed_at=START + A_MINUTE),
        Stay(langkah="periksa", peran=SOP["periksa"].peran, created_at=START + A_MINUTE, closed_at=None),
    ]
    hours = read_clocks(KANTOR, stay, now=START)
    assert hours is not None
    assert hours.since_sent == hours.kerja == _ZERO
    assert hours.ended_at == START + A_MINUTE  # when the file came to the desk it lies on
