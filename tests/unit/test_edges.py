"""The edges of the rules, one by one: the last value that is still right, and the first that is not."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from pipeline.calendar.due import Interval, Limit, Musim, due, share_at
from pipeline.calendar.edit import AddLibur, CalendarContent, Change, SaveMusim, apply
from pipeline.calendar.national import RAMADAN_HOURS, USUAL_HOURS
from pipeline.errors import InputInvalid
from pipeline.roles import Peran
from pipeline.rules.corrections import changeable, is_answered, unanswered
from pipeline.rules.deadlines import Promise, VisitClock, promise
from pipeline.rules.form.answers import InvalidIsian, parse_nik
from pipeline.rules.notices.rules import DAYS_TO_EXPIRY, DRAFT_DAYS, DRAFT_DAYS_AT_MOST
from pipeline.sop.registry import SOPS
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS
from tests.unit.calendar_oracle import KANTOR, at
from tests.unit.test_isian import COMPLETE, TODAY

SOP = SOPS["td_lks"]
MONDAY = at("2026-11-23 08.00")
ASKED_AT = datetime(2026, 11, 23, tzinfo=UTC)
EMPTY = CalendarContent({}, USUAL_HOURS)


def refused(change: Change) -> str:
    """What is said to a change of the calendar."""
    with pytest.raises(InputInvalid) as error:
        apply(EMPTY, change)
    return " ".join(error.value.errors.values())


class TestDeadlines:
    def test_a_step_is_reminded_of_at_four_fifths_lapses_at_once_its_limit_and_again_at_twice(self) -> None:
        step = SOP["paraf_kabid"]
        clock = VisitClock(step, MONDAY, added_days=2)
        levels, limit = list(clock.levels(KANTOR)), step.limit_with(2)
        assert [(d.level, d.recipient) for d in levels] == [
            ("pengingat", step.peran),
            ("lewat", step.superior),
            ("dua_kali", KEPALA_DINAS),
        ]
        shares = [share_at(KANTOR, MONDAY, limit, share, ()) for share in (Fraction(4, 5), Fraction(1), Fraction(2))]
        assert [d.at for d in levels] == shares
        assert levels[1].at == due(KANTOR, MONDAY, limit, ()).at
        assert MONDAY < levels[0].at < levels[1].at < levels[2].at

    def test_the_promise_is_warned_of_one_working_day_before_it_and_told_when_it_is_over(self) -> None:
        warned, over = Promise(Limit(hari=5), MONDAY, SOP.ladder).levels(KANTOR)
        assert (warned.level, warned.recipient) == ("berkas_4_hari", KABID_PERIZINAN)
        assert (over.level, over.recipient) == ("berkas_5_hari", KEPALA_DINAS)
        assert warned.at == due(KANTOR, MONDAY, Limit(hari=4), ()).at
        assert over.at == due(KANTOR, MONDAY, Limit(hari=5), ()).at

    def test_a_promise_of_one_day_is_warned_of_at_its_beginning_and_not_before(self) -> None:
        warned, over = Promise(Limit(hari=1), MONDAY, SOP.ladder).levels(KANTOR)
        assert warned.at == due(KANTOR, MONDAY, Limit(hari=0), ()).at <= over.at

    def test_every_level_of_an_applicants_own_step_is_told_to_the_applicant(self) -> None:
        own = VisitClock(SOP["terima_sk"], MONDAY)
        assert {d.recipient for d in own.levels(KANTOR)} == {Peran.PEMOHON}

    def test_what_was_not_extended_was_due_at_no_other_time(self) -> None:
        step = SOP["rekomendasi"]
        assert VisitClock(step, MONDAY).added_days == 0
        assert VisitClock(step, MONDAY).before_extension(KANTOR) is None
        assert (
            VisitClock(step, MONDAY, added_days=1).before_extension(KANTOR) == VisitClock(step, MONDAY).due(KANTOR).at
        )

    def test_a_promise_waits_for_the_applicant_from_when_the_file_was_complete(self) -> None:
        before = Interval(MONDAY - timedelta(hours=2), MONDAY)
        across = Interval(MONDAY - timedelta(hours=1), MONDAY + timedelta(seconds=1))
        assert promise(SOP, MONDAY, [before]) == Promise(SOP.janji, MONDAY, SOP.ladder)
        assert promise(SOP, MONDAY, [before, across]).jeda == (across,)

    def test_a_draft_is_reminded_of_after_two_and_seven_days_and_left_in_peace_after_thirty(self) -> None:
        assert (DRAFT_DAYS, DRAFT_DAYS_AT_MOST, DAYS_TO_EXPIRY) == ((2, 7), 30, 60)


@dataclass(frozen=True)
class Asked:
    """One thing the applicant was asked to put right."""

    kind: str = "syarat"
    code: str = "AKTA"
    created_at: datetime = ASKED_AT
    answer: str | None = None
    altered: bool = False


@dataclass(frozen=True)
class Paper:
    """A document in force."""

    syarat: str
    uploaded_at: datetime


class TestCorrections:
    ASKED = Asked()

    @pytest.mark.parametrize(
        ("syarat", "seconds", "answered"),
        [("AKTA", 1, True), ("AKTA", 0, False), ("AKTA", -1, False), ("KTP", 1, False)],
    )
    def test_only_a_newer_file_of_the_same_requirement_answers(self, syarat: str, seconds: int, answered: bool) -> None:
        paper = Paper(syarat, self.ASKED.created_at + timedelta(seconds=seconds))
        assert is_answered(self.ASKED, [paper]) is answered

    def test_a_file_answers_no_question_about_a_field_of_its_name(self) -> None:
        newer = Paper("AKTA", self.ASKED.created_at + timedelta(days=1))
        assert not is_answered(replace(self.ASKED, kind="isian"), [newer])

    def test_words_or_a_change_answer_anything(self) -> None:
        for kind in ("isian", "syarat", "umum"):
            assert is_answered(Asked(kind, answer=""), [])
            assert is_answered(Asked(kind, altered=True), [])
            assert not is_answered(Asked(kind), [])

    def test_a_draft_and_a_return_of_the_whole_are_open_everywhere(self) -> None:
        whole = {("isian", i.code) for i in SOP.isian} | {("syarat", t.code) for t in SOP.syarat}
        for requested in ([], [("umum", "")], [("syarat", "AKTA"), ("umum", "")]):
            assert changeable(SOP, {}, requested, [], today=TODAY) == whole

    def test_of_a_return_by_items_those_are_open_and_what_is_wrong_or_lacking(self) -> None:
        handed_in = [t.code for t in SOP.required_syarat(COMPLETE)]
        asked = [("syarat", "AKTA"), ("isian", "alamat")]
        assert changeable(SOP, COMPLETE, asked, handed_in, today=TODAY) == set(asked)
        without = [code for code in handed_in if code != "SP"]
        assert changeable(SOP, COMPLETE, asked, without, today=TODAY) == {*asked, ("syarat", "SP")}
        emptied = {**COMPLETE, "ketua_nama": ""}
        assert changeable(SOP, emptied, asked, handed_in, today=TODAY) == {*asked, ("isian", "ketua_nama")}

    def test_what_does_not_apply_any_more_keeps_nothing_back(self) -> None:
        gone, here = Asked(code="TIDAK_ADA"), Asked("isian", "nama_lembaga")
        assert unanswered(SOP, {}, [gone, here], []) == [here]


class TestCalendar:
    @pytest.mark.parametrize(("year", "taken"), [(2019, False), (2020, True), (2100, True), (2101, False)])
    def test_the_years_a_calendar_may_hold(self, year: int, taken: bool) -> None:
        add = AddLibur(((date(year, 6, 1), "Hari Uji"),))
        if taken:
            assert date(year, 6, 1) in apply(EMPTY, add).libur
        else:
            assert f"Tahun {year} di luar kalender" in refused(add)

    @pytest.mark.parametrize(("days", "taken"), [(40, True), (41, False)])
    def test_how_many_days_off_are_added_at_once(self, days: int, taken: bool) -> None:
        first = date(2027, 6, 1)
        add = AddLibur(tuple((first + timedelta(days=n), "Libur bersama") for n in range(days)))
        if taken:
            assert len(apply(EMPTY, add).libur) == days
        else:
            assert "Paling banyak 40 hari" in refused(add)

    @pytest.mark.parametrize(("letters", "taken"), [(120, True), (121, False)])
    def test_how_long_the_name_of_a_day_off_and_of_a_season_is(self, letters: int, taken: bool) -> None:
        name, day = "x" * letters, date(2027, 6, 1)
        for change in (AddLibur(((day, name),)), SaveMusim(Musim(day, day, RAMADAN_HOURS, name))):
            if taken:
                apply(EMPTY, change)
            else:
                assert "120 huruf" in refused(change)

    @pytest.mark.parametrize(("days", "taken"), [(1, True), (120, True), (121, False)])
    def test_how_long_a_season_is(self, days: int, taken: bool) -> None:
        first = date(2027, 2, 8)
        season = Musim(first, first + timedelta(days=days - 1), RAMADAN_HOURS, "Ramadan")
        if taken:
            assert apply(EMPTY, SaveMusim(season)).musim == (season,)
        else:
            assert "paling lama 120 hari" in refused(SaveMusim(season))


class TestNik:
    @pytest.mark.parametrize(
        ("born", "exists"),
        [
            ("290200", True),  # 2000 had a 29 February, 1900 had none
            ("290204", True),
            ("290201", False),
            ("290203", False),
            ("290299", False),
            ("290296", True),
            ("690200", True),  # a woman's day is written plus 40
            ("690201", False),
            ("310100", True),
            ("710100", True),
            ("320100", False),
            ("720100", False),
            ("400100", False),
            ("410100", True),
            ("000100", False),
            ("011200", True),
            ("011300", False),
            ("010000", False),
        ],
    )
    def test_the_birthday_in_a_nik_exists_in_one_of_two_centuries(self, born: str, exists: bool) -> None:
        nik = f"637205{born}0001"
        if exists:
            assert parse_nik(nik) == nik
        else:
            with pytest.raises(InvalidIsian, match="bukan tanggal lahir"):
                parse_nik(nik)

    @pytest.mark.parametrize(("nik", "taken"), [("11", True), ("10", False)])
    def test_the_first_province_is_eleven(self, nik: str, taken: bool) -> None:
        whole = f"{nik}72051203800001"
        if taken:
            assert parse_nik(whole) == whole
        else:
            with pytest.raises(InvalidIsian, match="belum benar"):
                parse_nik(whole)

    def test_a_nik_ends_with_a_number_of_its_own(self) -> None:
        with pytest.raises(InvalidIsian, match="belum benar"):
            parse_nik("6372051203800000")
