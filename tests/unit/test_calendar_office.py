"""The calendar the product starts with."""

from dataclasses import replace
from datetime import date, datetime

from pipeline.calendar.due import Interval, Limit, Musim, due, office_time
from pipeline.calendar.national import RAMADAN_HOURS, TAHUN, USUAL_HOURS, national_libur, office_calendar
from tests.unit.calendar_oracle import at


def test_the_check_dates_of_the_office() -> None:
    kalender = office_calendar()
    assert due(kalender, at("2026-11-25 14:05"), Limit(4)).at == at("2026-12-01 16:00")
    assert due(kalender, at("2026-12-21 14:05"), Limit(4)).at == at("2026-12-29 16:00")
    assert due(kalender, at("2026-12-23 15:55"), Limit(0, 10)).at == at("2026-12-28 07:35")


def test_a_week_has_the_hours_of_the_regulation() -> None:
    def sepekan(jam) -> float:
        return sum(
            (datetime.combine(date.min, j.sampai) - datetime.combine(date.min, j.mulai)).total_seconds() / 3600
            for hari in jam.values()
            for j in hari
        )

    assert sepekan(USUAL_HOURS) == 37.5
    assert sepekan(RAMADAN_HOURS) == 32.5


def test_every_year_of_the_calendar_has_its_holidays() -> None:
    libur = office_calendar().libur
    for tahun in TAHUN:
        assert date(tahun, 8, 17) in libur
        assert {x.tanggal for x in national_libur(tahun)} == {h for h in libur if h.year == tahun}
    assert office_calendar() is office_calendar()


def test_dates_that_are_only_computed_are_flagged_and_named_without_the_flag() -> None:
    libur = {x.tanggal: x for x in national_libur(2028)}
    idul_adha = libur[date(2028, 5, 5)]
    assert idul_adha.perkiraan
    assert idul_adha.nama == "Hari Raya Idul Adha"
    assert not libur[date(2028, 8, 17)].perkiraan
    natal = {x.tanggal: x.nama for x in national_libur(2026)}
    assert natal[date(2026, 12, 24)] == "Cuti Bersama Hari Raya Natal"
    assert all(x.sumber.startswith("holidays ") for x in libur.values())


def test_a_ramadan_season_shortens_the_days_between_its_dates() -> None:
    musim = Musim(date(2026, 2, 19), date(2026, 3, 19), RAMADAN_HOURS, "Ramadan")
    kalender = replace(office_calendar(), musim=(musim,))
    rabu_dan_kamis = [Interval(at(f"2026-02-{h} 00:00"), at(f"2026-02-{h} 23:59")) for h in (18, 19)]
    assert [office_time(kalender, [i]).total_seconds() / 3600 for i in rabu_dan_kamis] == [7.5, 6.5]
