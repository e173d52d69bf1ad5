"""What an administrator may write into the calendar, and what is answered to the rest."""

from dataclasses import replace
from datetime import date, time

import pytest

from pipeline.calendar.due import Limit, Musim, WorkingHours, due
from pipeline.calendar.edit import (
    AddLibur,
    CalendarContent,
    ChangeHours,
    EnsureLibur,
    MoveLibur,
    RemoveLibur,
    RemoveMusim,
    SaveMusim,
    apply,
    parse_hours,
    time_text,
)
from pipeline.calendar.log import describe, differences, plain, replayed
from pipeline.calendar.national import RAMADAN_HOURS, USUAL_HOURS, NationalHoliday
from pipeline.errors import InputInvalid
from tests.unit.calendar_oracle import at

NATAL, FEAST = date(2026, 12, 25), date(2027, 3, 10)
CONTENT = CalendarContent(
    {
        NATAL: NationalHoliday(NATAL, "Hari Raya Natal", "bawaan", estimate=False),
        FEAST: NationalHoliday(FEAST, "Hari Raya Idul Fitri", "bawaan", estimate=True),
    },
    USUAL_HOURS,
)
RAMADAN = Musim(date(2027, 2, 8), date(2027, 3, 9), RAMADAN_HOURS, "Ramadan 1448 H")
USUAL = {h: time_text(j) for h, j in USUAL_HOURS.items()}


def told(change) -> tuple[str, ...]:
    return describe(*differences(CONTENT, apply(CONTENT, change)))


def sentence(act) -> str:
    with pytest.raises(InputInvalid) as e:
        act()
    return " ".join(e.value.errors.values()) or str(e.value)


@pytest.mark.parametrize(
    "written", ["07.30-12.00 13.00-16.00", "07:30 - 12:00, 13:00–16:00", "7.30 s.d. 12.00 dan 13.00 sampai 16.00"]
)
def test_hours_are_read_as_people_write_them(written):
    assert parse_hours({0: written, 5: "", 6: " "}) == {0: USUAL_HOURS[0]}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("00.00-23.59", time(0, 0), time(23, 59)),
        ("0.59-23.00", time(0, 59), time(23, 0)),
        ("7.59-8.59", time(7, 59), time(8, 59)),
        ("23.00-23.01", time(23, 0), time(23, 1)),
    ],
)
def test_the_first_and_the_last_minute_of_a_day_may_be_hours(written, first, last):
    assert parse_hours({0: written}) == {0: (WorkingHours(first, last),)}


@pytest.mark.parametrize(
    "written", ["07.30-24.00", "24.00-24.30", "24.00-23.59", "07.60-16.00", "07.30-16.60", "07.30-12.00 13.00-24.00"]
)
def test_an_hour_or_a_minute_that_no_clock_shows_is_refused(written):
    assert "yang bukan jam" in sentence(lambda: parse_hours({0: written}))


def test_every_day_that_is_wrong_is_told_and_hours_on_one_day_are_enough():
    with pytest.raises(InputInvalid) as e:
        parse_hours({0: "pagi", 1: "07.30-16.00", 6: "malam"})
    assert e.value.errors.keys() == {"jam-0", "jam-6"}
    assert parse_hours({0: "", 6: "08.00-09.00"}).keys() == {6}


@pytest.mark.parametrize("second", ["12.01-16.00", "12.00-16.00", "11.59-16.00"])
def test_a_minute_of_break_is_a_break(second):
    written = f"07.30-12.00 {second}"
    if second.startswith("12.01"):
        assert len(parse_hours({0: written})[0]) == 2
    else:
        assert sentence(lambda: parse_hours({0: written}))


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("pagi sampai sore", "belum terbaca"),
        ("07.30-12.00 lalu pulang", "belum terbaca"),
        ("07.30-24.00", "bukan jam"),
        ("16.00-07.30", "sesudah jam mulai"),
        ("07.30-07.30", "sesudah jam mulai"),
        ("07.30-13.00 12.00-16.00", "bertumpang tindih"),
        ("13.00-16.00 07.30-12.00", "bertumpang tindih"),
        ("07.30-12.00 12.00-16.00", "istirahat"),
    ],
)
def test_hours_that_make_no_sense_are_answered_by_day(written, word):
    with pytest.raises(InputInvalid) as e:
        parse_hours({**USUAL, 4: written})
    assert e.value.errors.keys() == {"jam-4"}
    assert word in e.value.errors["jam-4"]
    assert "Jumat" in e.value.errors["jam-4"]


def test_an_office_that_never_opens_is_refused():
    assert "Paling sedikit satu hari" in sentence(lambda: parse_hours(dict.fromkeys(range(7), "")))


def test_every_change_is_told_in_words():
    assert told(AddLibur(((date(2026, 12, 28), "Banjir"),))) == ("Libur ditambah: Senin 28 Desember 2026, Banjir",)
    assert told(RemoveLibur(NATAL)) == ("Libur dihapus: Jumat 25 Desember 2026, Hari Raya Natal",)
    assert told(EnsureLibur((FEAST,))) == ("Dipastikan: Rabu 10 Maret 2027, Hari Raya Idul Fitri",)
    assert told(MoveLibur(FEAST, date(2027, 3, 11))) == (
        "Libur dihapus: Rabu 10 Maret 2027, Hari Raya Idul Fitri",
        "Libur ditambah: Kamis 11 Maret 2027, Hari Raya Idul Fitri",
    )
    assert told(ChangeHours(parse_hours({**USUAL, 4: ""}))) == ("Jam Jumat: 07.30-11.30 13.00-16.30 menjadi tutup",)
    assert told(SaveMusim(RAMADAN)) == ("Musim ditambah: Ramadan 1448 H, 8 Februari 2027 sampai 9 Maret 2027",)


def test_a_season_in_the_calendar_shortens_its_days():
    calendar = apply(CONTENT, SaveMusim(RAMADAN)).office()
    assert due(calendar, at("2027-02-09 09:00"), Limit(1)).at == at("2027-02-10 15:00")


def test_other_changes_are_told_too():
    using = apply(CONTENT, SaveMusim(RAMADAN))
    longer = Musim(RAMADAN.start_date, date(2027, 3, 10), RAMADAN_HOURS, "Ramadan")
    assert describe(*differences(using, apply(using, SaveMusim(longer, old=RAMADAN.start_date)))) == (
        "Musim diubah: Ramadan, 8 Februari 2027 sampai 10 Maret 2027",
    )
    assert describe(*differences(using, CONTENT)) == (
        "Musim dihapus: Ramadan 1448 H, 8 Februari 2027 sampai 9 Maret 2027",
    )
    assert told(ChangeHours(parse_hours({**USUAL, 5: "08.00-12.00"}))) == ("Jam Sabtu: tutup menjadi 08.00-12.00",)
    assert told(RemoveLibur(FEAST)) == ("Libur dihapus: Rabu 10 Maret 2027, Hari Raya Idul Fitri",)
    renamed = CalendarContent(
        {**CONTENT.libur, NATAL: NationalHoliday(NATAL, "Natal", "bawaan", estimate=False)}, USUAL_HOURS
    )
    assert describe(*differences(CONTENT, renamed)) == (
        "Libur diubah: Jumat 25 Desember 2026, Hari Raya Natal menjadi Natal",
    )
    unsure = CalendarContent(
        {**CONTENT.libur, NATAL: NationalHoliday(NATAL, "Natal", "bawaan", estimate=True)}, USUAL_HOURS
    )
    assert "Libur diubah" in describe(*differences(CONTENT, unsure))[0]
    assert (
        "Libur diubah"
        in describe(
            *differences(
                unsure,
                replace(
                    unsure,
                    libur={
                        **unsure.libur,
                        NATAL: NationalHoliday(NATAL, "Hari Natal", "bawaan", estimate=True),
                    },
                ),
            )
        )[0]
    )


def test_a_day_the_office_adds_is_its_own_and_certain():
    day = date(2026, 12, 28)
    assert apply(CONTENT, AddLibur(((day, "Banjir"),))).libur[day] == NationalHoliday(
        day, "Banjir", "kantor", estimate=False
    )


def test_nothing_changed_is_nothing_told():
    assert differences(CONTENT, CONTENT) == ({}, {})
    assert told(ChangeHours(USUAL_HOURS)) == ()


def libur(source, *days):
    return CalendarContent({day: NationalHoliday(day, "Libur", source, estimate=False) for day in days}, {})


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (libur("bawaan", NATAL), ("1 hari libur bawaan tahun 2026",)),
        (libur("bawaan", FEAST, NATAL), ("2 hari libur bawaan tahun 2026 sampai 2027",)),
        (libur("bawaan", NATAL, date(2026, 1, 1)), ("2 hari libur bawaan tahun 2026",)),
        (libur("kantor", NATAL), ("Libur ditambah: Jumat 25 Desember 2026, Libur",)),
        (CalendarContent({}, {0: USUAL_HOURS[0]}), ("Jam Senin: tutup menjadi 07.30-12.00 13.00-16.00",)),
        (
            CalendarContent({}, {4: USUAL_HOURS[4], 0: USUAL_HOURS[0], 5: ()}),
            ("Jam kantor: Senin 07.30-12.00 13.00-16.00; Jumat 07.30-11.30 13.00-16.30",),
        ),
    ],
)
def test_what_a_calendar_begins_with_is_told_in_short(content, sentences):
    empty = CalendarContent({}, {})
    assert describe(*differences(empty, content)) == sentences
    assert describe(*differences(content, empty)) != sentences


def test_days_of_the_product_among_the_offices_own_are_told_one_by_one():
    mixed = CalendarContent({**libur("kantor", NATAL).libur, **libur("bawaan", FEAST).libur}, {})
    assert describe(*differences(CalendarContent({}, {}), mixed)) == (
        "Libur ditambah: Jumat 25 Desember 2026, Libur",
        "Libur ditambah: Rabu 10 Maret 2027, Libur",
    )
    more = CalendarContent({**CONTENT.libur, **libur("bawaan", date(2026, 12, 26)).libur}, USUAL_HOURS)
    fewer = CalendarContent({NATAL: CONTENT.libur[NATAL]}, USUAL_HOURS)
    assert describe(*differences(fewer, replace(more, libur={h: x for h, x in more.libur.items() if h != NATAL}))) == (
        "Libur dihapus: Jumat 25 Desember 2026, Hari Raya Natal",
        "Libur ditambah: Sabtu 26 Desember 2026, Libur",
        "Libur ditambah: Rabu 10 Maret 2027, Hari Raya Idul Fitri",
    )


def test_the_log_replayed_is_the_calendar_as_it_is():
    log, content = [], CalendarContent({}, {})
    for after in (CONTENT, apply(CONTENT, SaveMusim(RAMADAN)), apply(CONTENT, RemoveLibur(NATAL))):
        log.append(differences(content, after))
        content = after
    assert replayed(log) == plain(content)
    assert plain(content)["libur"] == {
        "2027-03-10": {"nama": "Hari Raya Idul Fitri", "sumber": "bawaan", "perkiraan": True}
    }
    assert plain(CalendarContent({}, {5: (), 0: USUAL_HOURS[0]}))["jam"] == {
        "0": [["07:30", "12:00"], ["13:00", "16:00"]]
    }


@pytest.mark.parametrize("hole", [None, [], "x"])
def test_a_log_with_holes_is_still_told(hole):
    assert describe({"libur": hole}, {"jam": {"0": hole}}) == ("Jam Senin: tutup menjadi tutup",)


def test_a_moved_day_keeps_its_name_and_is_certain():
    libur = apply(CONTENT, MoveLibur(FEAST, date(2027, 3, 11))).libur
    assert libur[date(2027, 3, 11)] == NationalHoliday(
        date(2027, 3, 11), "Hari Raya Idul Fitri", "bawaan", estimate=False
    )
    assert FEAST not in libur


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (AddLibur(()), "Tulis tanggal"),
        (AddLibur(((NATAL, "Lagi"),)), "sudah libur: Hari Raya Natal"),
        (AddLibur(((date(2026, 12, 28), ""),)), "Tulis nama"),
        (AddLibur(((date(1026, 12, 28), "Keliru"),)), "Tahun 1026"),
        (RemoveLibur(date(2026, 12, 28)), "bukan hari libur"),
        (MoveLibur(FEAST, NATAL), "sudah libur"),
        (EnsureLibur(()), "Tidak ada tanggal perkiraan"),
        (RemoveMusim(NATAL), "sudah tidak ada"),
        (SaveMusim(RAMADAN, old=NATAL), "sudah tidak ada"),
        (SaveMusim(Musim(RAMADAN.end_date, RAMADAN.start_date, RAMADAN_HOURS, "R")), "sebelum tanggal mulai"),
        (SaveMusim(Musim(RAMADAN.start_date, date(2027, 12, 1), RAMADAN_HOURS, "R")), "paling lama"),
        (SaveMusim(Musim(RAMADAN.start_date, RAMADAN.end_date, RAMADAN_HOURS, "")), "Beri nama"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(change, word):
    assert word in sentence(lambda: apply(CONTENT, change))


def test_a_date_that_was_computed_may_be_ensured_as_it_is():
    assert not apply(CONTENT, MoveLibur(FEAST, FEAST)).libur[FEAST].estimate
    assert not apply(CONTENT, EnsureLibur((FEAST, NATAL))).libur[FEAST].estimate


@pytest.mark.parametrize(
    ("start", "end", "apart"),
    [
        (date(2027, 1, 20), date(2027, 2, 7), True),
        (date(2027, 1, 20), date(2027, 2, 8), False),
        (date(2027, 3, 10), date(2027, 3, 20), True),
        (date(2027, 3, 9), date(2027, 3, 20), False),
        (date(2027, 2, 10), date(2027, 2, 20), False),
    ],
)
def test_a_day_is_in_one_season_at_most(start, end, apart):
    using, other = apply(CONTENT, SaveMusim(RAMADAN)), Musim(start, end, RAMADAN_HOURS, "Lain")
    if apart:
        assert [m.start_date for m in apply(using, SaveMusim(other)).musim] == sorted([start, RAMADAN.start_date])
    else:
        assert "bertumpang tindih" in sentence(lambda: apply(using, SaveMusim(other)))


def test_two_seasons_at_once_are_refused_and_one_may_be_replaced_by_itself():
    using = apply(CONTENT, SaveMusim(RAMADAN))
    longer = Musim(date(2027, 2, 7), RAMADAN.end_date, RAMADAN_HOURS, "Ramadan")
    assert "bertumpang tindih dengan Ramadan 1448 H" in sentence(lambda: apply(using, SaveMusim(longer)))
    assert apply(using, SaveMusim(longer, old=RAMADAN.start_date)).musim == (longer,)
    assert apply(using, RemoveMusim(RAMADAN.start_date)) == CONTENT
