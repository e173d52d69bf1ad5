"""Every tenggat on screen can be unfolded into the sum it came from."""

from datetime import date, datetime, time, timedelta

import pytest

from pipeline.calendar.due import Limit, Musim, OfficeCalendar, WorkingHours, due
from tests.unit.calendar_oracle import KANTOR, at, pauses

A_DAY = timedelta(days=1)


def words(start: str, limit: str, jeda: str = "") -> str:
    return due(KANTOR, at(start), Limit.parse(limit), pauses(jeda) if jeda else ()).explanation


@pytest.mark.parametrize(
    ("start", "limit", "sentence"),
    [
        (
            "2026-12-23 15:55",
            "10 menit",
            "10 menit kerja dari Rabu 23 Desember 2026 15.55: 5 menit Rabu 23 Desember; Kamis 24 Desember libur "
            "(Cuti Bersama Natal); Jumat 25 Desember libur (Natal); Sabtu-Minggu; 5 menit Senin 28 Desember, "
            "sampai 07.35 WITA",
        ),
        (
            "2026-11-25 09:00",
            "4 Hari",
            "4 hari kerja sesudah Rabu 25 November 2026: Kamis 26 (1), Jumat 27 (2), Sabtu-Minggu, Senin 30 (3), "
            "Selasa 1 Desember (4), akhir jam kerja 16.00 WITA",
        ),
        (
            "2026-11-28 10:00",
            "5 menit",
            "5 menit kerja dari Sabtu 28 November 2026 10.00 (di luar jam kerja, dihitung sejak Senin 30 November "
            "07.30): 5 menit Senin 30 November, sampai 07.35 WITA",
        ),
        (
            "2026-11-25 16:10",
            "1 hari 10 menit",
            "1 hari kerja sesudah Kamis 26 November 2026 (tiba Rabu 25 November 16.10, di luar jam kerja): "
            "Jumat 27 (1), akhir jam kerja 16.30 WITA, lalu 10 menit kerja: 10 menit Senin 30 November, "
            "sampai 07.40 WITA",
        ),
        (
            "2026-11-25 11:55",
            "10 menit",
            "10 menit kerja dari Rabu 25 November 2026 11.55: 10 menit Rabu 25 November (istirahat 12.00-13.00), "
            "sampai 13.05 WITA",
        ),
        (
            "2026-11-25 15:59:30",
            "2 menit",
            "2 menit kerja dari Rabu 25 November 2026 15.59.30: 30 detik Rabu 25 November; "
            "1 menit 30 detik Kamis 26 November, sampai 07.31.30 WITA",
        ),
        ("2026-11-25 09:00", "0 menit", "0 menit kerja dari Rabu 25 November 2026 09.00"),
    ],
)
def test_the_sum_names_every_day(start: str, limit: str, sentence: str) -> None:
    assert words(start, limit) == sentence


def test_pauses_are_named_with_what_they_cost() -> None:
    assert words("2026-11-25 09:00", "4 hari", "2026-11-26 08:00/2026-11-28 11:00").endswith(
        ", akhir jam kerja 16.00 WITA; berhenti 2 hari 3 jam (14 jam 30 menit jam kerja) selama berkas di luar "
        "meja ini, menjadi Kamis 3 Desember 2026 15.30 WITA"
    )
    assert words("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/10:00, 2026-11-25 10:02/10:07").endswith(
        "sampai 09.10 WITA; berhenti 2 kali, seluruhnya 1 jam (1 jam jam kerja) selama berkas di luar meja ini, "
        "menjadi Rabu 25 November 2026 10.10 WITA"
    )


def test_only_what_stopped_this_clock_counts_as_a_pause() -> None:
    before_and_after = "2026-11-25 08:00/08:30, 2026-11-25 09:10/10:00"
    assert words("2026-11-25 09:00", "10 menit", before_and_after) == words("2026-11-25 09:00", "10 menit")


@pytest.mark.parametrize("jeda", ["2026-11-25 08:00/09:00", "2026-11-25 09:10/10:00", "2026-11-25 09:05/09:05"])
def test_a_pause_that_stops_this_clock_for_no_time_is_none(jeda: str) -> None:
    assert words("2026-11-25 09:00", "10 menit", jeda) == words("2026-11-25 09:00", "10 menit")


@pytest.mark.parametrize(
    ("jeda", "stopped"),
    [
        ("2026-11-25 08:00/09:01", "berhenti 1 menit (1 menit"),
        ("2026-11-25 09:09/10:00", "berhenti 51 menit (51 menit"),
    ],
)
def test_of_a_pause_across_the_arrival_only_what_comes_after_it_counts(jeda: str, stopped: str) -> None:
    assert stopped in words("2026-11-25 09:00", "10 menit", jeda)


def test_pauses_that_touch_are_one() -> None:
    sentence = words("2026-11-25 09:00", "10 menit", "2026-11-25 09:05/09:20, 2026-11-25 09:20/09:35")
    assert "; berhenti 30 menit (30 menit jam kerja)" in sentence


def test_a_long_sum_leaves_out_its_middle() -> None:
    sentence = words("2026-11-25 09:00", "60 hari")
    assert "Kamis 26 (1)" in sentence
    assert "…" in sentence
    assert "(60), akhir jam kerja" in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("start", "days", "parts", "shortened"),
    [
        ("2026-11-25 09:00", 12, 14, False),  # from a Wednesday: twelve days and two weekends
        ("2026-11-26 09:00", 12, 13, True),  # from a Thursday: three weekends, so fifteen parts
        ("2026-11-25 09:00", 60, 13, True),
    ],
)
def test_a_sum_of_fourteen_parts_is_told_whole(start: str, days: int, parts: int, shortened: bool) -> None:
    total = words(start, f"{days} hari").partition(": ")[2].rpartition(", akhir jam kerja")[0].split(", ")
    assert len(total) == parts
    assert total[6:7] == ["…"] if shortened else "…" not in total
    assert total[-1].endswith(f"({days})")


@pytest.mark.parametrize(
    ("days", "told"),
    [(1, "Kamis; "), (2, "Kamis-Jumat; "), (6, "Kamis-Selasa; "), (7, "Kamis 3 Desember-Rabu 9 Desember; ")],
)
def test_a_closure_of_a_week_is_told_by_its_dates_and_a_shorter_one_by_its_days(days: int, told: str) -> None:
    close = Musim(date(2026, 12, 3), date(2026, 12, 2) + days * A_DAY, {})
    calendar = OfficeCalendar(KANTOR.zone, dict.fromkeys(range(7), KANTOR.hours[0]), {}, (close,))
    assert f": 1 menit Rabu 2 Desember; {told}1 menit" in due(calendar, at("2026-12-02 15:59"), Limit(0, 2)).explanation


def test_hours_without_a_gap_between_them_have_no_break() -> None:
    morning, noon = WorkingHours(time(8), time(12)), WorkingHours(time(12), time(16))
    calendar = OfficeCalendar(KANTOR.zone, {2: (morning, noon)})
    assert due(calendar, at("2026-11-25 11:59"), Limit(0, 2)).explanation == (
        "2 menit kerja dari Rabu 25 November 2026 11.59: 2 menit Rabu 25 November, sampai 12.01 WITA"
    )


def test_two_breaks_in_one_day_are_both_named() -> None:
    parts = (WorkingHours(time(8), time(9)), WorkingHours(time(10), time(11)), WorkingHours(time(12), time(13)))
    calendar = OfficeCalendar(KANTOR.zone, {2: parts})
    assert "2 jam Rabu 25 November (istirahat 09.00-10.00, 11.00-12.00), sampai 12.30 WITA" in (
        due(calendar, at("2026-11-25 08:30"), Limit(0, 120)).explanation
    )


def test_a_long_closure_is_told_by_its_dates() -> None:
    close = Musim(date(2026, 11, 26), date(2026, 12, 8), {})
    calendar = OfficeCalendar(KANTOR.zone, KANTOR.hours, {date(2026, 12, 1): "Libur"}, (close,))
    assert due(calendar, at("2026-11-25 15:59"), Limit(0, 2)).explanation == (
        "2 menit kerja dari Rabu 25 November 2026 15.59: 1 menit Rabu 25 November; Kamis-Senin; "
        "Selasa 1 Desember libur (Libur); Rabu 2 Desember-Selasa 8 Desember; 1 menit Rabu 9 Desember, "
        "sampai 07.31 WITA"
    )


def test_it_is_told_on_the_clock_of_the_office() -> None:
    jakarta = OfficeCalendar("Asia/Jakarta", KANTOR.hours)
    start = datetime.fromisoformat("2026-11-25T02:00:00+00:00")
    assert due(jakarta, start, Limit(0, 5)).explanation == (
        "5 menit kerja dari Rabu 25 November 2026 09.00: 5 menit Rabu 25 November, sampai 09.05 WIB"
    )
