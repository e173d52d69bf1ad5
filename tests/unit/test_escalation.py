"""Whom a level reaches and how it is told, without a database; and time in the days of any calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from pipeline.calendar.due import Limit, Musim, WorkingHours, in_days, remaining, usual_day
from pipeline.calendar.national import office_calendar
from pipeline.rules.escalation import climb, describe, superiors
from pipeline.sop.registry import SOPS
from tests.desks import DESKS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.unit import calendar_oracle

SOP = SOPS["td_lks"]
KABID, SECRETARY, KADIS = KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS


def at(text: str) -> datetime:
    return calendar_oracle.at(text).astimezone(UTC)


@pytest.mark.parametrize("peran", DESKS)
def test_every_chain_ends_with_the_kepala_dinas_and_holds_nobody_twice(peran):
    chain = superiors(SOP, peran)
    assert (chain[0], chain[-1]) == (peran, KADIS)
    assert len(chain) == len(set(chain))


def test_a_role_without_a_desk_in_the_sop_stands_on_the_ladder_of_those_below_it():
    without = replace(SOP, langkah=tuple(t for t in SOP.langkah if t.peran != KABID))
    assert superiors(without, KABID) == (KABID, SECRETARY, KADIS)


def test_the_nearest_filled_role_is_reached():
    assert climb(SOP, KABID, {KABID, KADIS}).empty == ()
    reached = climb(SOP, KABID, {FRONT_OFFICE, KADIS})
    assert (reached.recipient, reached.empty) == (KADIS, (KABID, SECRETARY))
    nobody = climb(SOP, SECRETARY, {FRONT_OFFICE})
    assert (nobody.recipient, nobody.empty) == (SECRETARY, (SECRETARY, KADIS))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"level": "lewat", "recipient": "sekretaris"}, "Batas waktu terlewati, diberitahukan ke Sekretaris"),
        (
            {"level": "pengingat", "recipient": "kabid_perizinan", "empty": ["front_office"]},
            "Pengingat: 80 % waktu terpakai, diberitahukan ke Kabid Perizinan karena Front Office sedang kosong",
        ),
        (
            {"level": "berkas_5_hari", "recipient": "kepala_dinas", "empty": ["kepala_dinas"]},
            "Janji layanan terlewati; belum ada yang dapat diberi tahu, Kepala Dinas sedang kosong",
        ),
    ],
)
def test_a_level_in_words(data, sentence):
    assert describe(data) == sentence


@pytest.mark.parametrize(
    ("limit", "additions", "quote"),
    [
        (Limit(hari=4), 0, "4 hari kerja"),
        (Limit(hari=4), 2, "4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"),
        (Limit(minutes=10), 0, "10 menit"),
        (Limit(minutes=10), 1, "10 menit, diperpanjang 1 hari kerja menjadi 1 hari kerja 10 menit"),
    ],
)
def test_a_limit_is_quoted_with_what_was_added(limit, additions, quote):
    assert limit.quote(additions) == quote


def hours(**hour: str):
    """The ordinary calendar with other hours on all five days, or as named."""
    k = office_calendar()
    limit = [time.fromisoformat(t) for t in hour["setiap"].split("-")]
    return replace(k, hours=dict.fromkeys(range(5), (WorkingHours(*limit),)), musim=())


@pytest.mark.parametrize(
    ("hour", "hari"), [("08:00-14:00", 4), ("08:00-16:00", 4), ("08:00-12:00", 4), ("07:00-19:00", 4)]
)
def test_from_opening_to_opening_is_whole_days_whatever_the_hours(hour, hari):
    k = hours(setiap=hour)
    open_spans = k.open_spans(date(2026, 11, 25))[0][0]
    length = remaining(k, open_spans, k.open_spans(date(2026, 12, 1))[0][0])
    assert in_days(k, open_spans, length) == (hari, timedelta())
    assert usual_day(k) == length / hari


def test_days_of_a_season_and_a_short_saturday_count_as_they_are():
    ramadan = Musim(date(2026, 11, 26), date(2026, 11, 27), dict.fromkeys(range(5), (WorkingHours(time(8), time(12)),)))
    k = replace(hours(setiap="08:00-16:00"), musim=(ramadan,))
    start = at("2026-11-25 08:00")
    assert in_days(k, start, remaining(k, start, at("2026-11-30 08:00"))) == (3, timedelta())
    saturday = replace(k, musim=(), hours={**k.hours, 5: (WorkingHours(time(8), time(13)),)})
    friday = at("2026-11-27 09:00")
    assert in_days(saturday, friday, remaining(saturday, friday, at("2026-11-30 09:00"))) == (2, timedelta())


def test_after_closing_the_next_working_day_is_the_first_that_counts():
    k = hours(setiap="08:00-16:00")
    assert in_days(k, at("2026-11-27 20:00"), timedelta(hours=9)) == (1, timedelta(hours=1))
