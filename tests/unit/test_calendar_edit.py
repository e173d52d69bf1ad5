"""What an administrator may write into the calendar, and what is answered to the rest."""

from datetime import date

import pytest

from pipeline.calendar.due import Limit, Musim, due
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
from pipeline.calendar.log import describe, differences
from pipeline.calendar.national import RAMADAN_HOURS, USUAL_HOURS, Libur
from pipeline.errors import InputInvalid
from tests.unit.calendar_oracle import at

NATAL, FEAST = date(2026, 12, 25), date(2027, 3, 10)
CONTENT = CalendarContent(
    {
        NATAL: Libur(NATAL, "Hari Raya Natal", "bawaan", estimate=False),
        FEAST: Libur(FEAST, "Hari Raya Idul Fitri", "bawaan", estimate=True),
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


def test_a_moved_day_keeps_its_name_and_is_certain():
    libur = apply(CONTENT, MoveLibur(FEAST, date(2027, 3, 11))).libur
    assert libur[date(2027, 3, 11)] == Libur(date(2027, 3, 11), "Hari Raya Idul Fitri", "bawaan", estimate=False)
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


def test_two_seasons_at_once_are_refused_and_one_may_be_replaced_by_itself():
    using = apply(CONTENT, SaveMusim(RAMADAN))
    longer = Musim(date(2027, 2, 7), RAMADAN.end_date, RAMADAN_HOURS, "Ramadan")
    assert "bertumpang tindih dengan Ramadan 1448 H" in sentence(lambda: apply(using, SaveMusim(longer)))
    assert apply(using, SaveMusim(longer, old=RAMADAN.start_date)).musim == (longer,)
    assert apply(using, RemoveMusim(RAMADAN.start_date)) == CONTENT
