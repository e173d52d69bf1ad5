"""What the office did on paper is taken over once, whole and on record, and is true for renewals from the first day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pipeline.db import connection, unit_of_work
from pipeline.errors import InputInvalid, NaskahChanged, NotAuthorised
from pipeline.models import NomorRegister, PaperDecree, PaperUpload, Sk
from pipeline.queries.applicant.tracking import find_naskah, find_on_paper
from pipeline.queries.records.paper import read_changes, read_paper
from pipeline.queries.records.register import number_gaps, read_register
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.records import numbers
from pipeline.services.records.heads import make_daily_head
from pipeline.services.records.paper.register import KEPT, look_at_register, take_register
from pipeline.services.records.paper.starts import set_start, start_of
from pipeline.services.records.sets import write_rows
from pipeline.services.records.verify.whole import verify_all
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted
from tests.integration.test_holders import another, doubts, first, renewal
from tests.integration.test_numbers import fail, lock_open_tugas_lightly, take_back
from tests.integration.test_race import at_once
from tests.integration.test_sign import press
from tests.owner import as_owner, behind_its_back
from tests.papers_before import number, register_file, take

PAPER_WENT_ON = st.tuples(st.integers(1, 6), st.booleans())  # by so many numbers, told by a register or by hand
SERIES = ("td_lks", "sk", 2026)


@pytest.fixture
def admin(db):
    return Petugas(person(Peran.ADMIN), Peran.ADMIN)


@pytest.fixture
def at_signature(kantor):
    def bring(seed="a"):
        p = submitted(person(), seed=seed)
        bring_to(p, "tanda_tangan", kantor)
        return p

    return bring


def found():
    return [d.sentence for d in verify_all()[1]]


def test_a_register_is_looked_at_then_taken_once_and_on_record(admin):
    file = register_file((number(7), "Yayasan Kasih Bunda"), (number(7), "Kembar"), ("460/12-Sos/2019", "Panti Lama"))
    looked = look_at_register(file, "register 2019-2026.csv", actor=admin, now=WEDNESDAY)
    assert (len(looked.checked.fits), [m.place for m in looked.checked.misfits]) == (2, ["baris 3"])
    assert read_paper("", page=1)[0] == ()
    assert take_register(looked.sha256, looked.seen, actor=admin, now=WEDNESDAY) == 2
    assert [d.pemegang for d in read_paper("kasih", page=1)[0]] == ["Yayasan Kasih Bunda"]
    start, taken = read_changes(page=1)[0]
    assert (taken.by, taken.data["sha256"], taken.data["rows"]) == ("Siti Rahmah", looked.sha256, 2)
    assert (start.data["last"], start.at) == (7, WEDNESDAY)
    with unit_of_work() as s:
        assert s.scalars(select(PaperUpload)).all() == []
    assert found() == []


def test_a_file_is_taken_once_also_when_two_press_at_once(admin):
    file = register_file((number(7), "Yayasan Kasih Bunda"))
    looked = look_at_register(file, "a.csv", actor=admin, now=WEDNESDAY)

    def press_take():
        take_register(looked.sha256, looked.seen, actor=admin, now=WEDNESDAY)

    outcome = at_once(press_take, press_take)
    assert [o.__name__ for o in outcome if o] == ["InputInvalid"]
    with pytest.raises(InputInvalid) as refused:
        look_at_register(file, "nama-lain.csv", actor=admin, now=WEDNESDAY)
    assert "sudah diambil pada 25 November 2026" in refused.value.errors["berkas"]


def test_only_what_was_seen_is_taken(admin):
    one = look_at_register(register_file((number(7), "A"), (number(8), "B")), "a.csv", actor=admin, now=WEDNESDAY)
    take((number(8), "B"))
    with pytest.raises(NaskahChanged):
        take_register(one.sha256, one.seen, actor=admin, now=WEDNESDAY)
    again = look_at_register(register_file((number(7), "A"), (number(8), "B")), "a.csv", actor=admin, now=WEDNESDAY)
    assert [m.reasons[0] for m in again.checked.misfits] == [
        "Nomor ini sudah ada pada register kertas yang diambil sebelumnya."
    ]
    look_at_register(register_file((number(9), "C")), "c.csv", actor=admin, now=WEDNESDAY + 2 * KEPT)
    with pytest.raises(InputInvalid, match="perlu diperbaiki"):
        take_register(again.sha256, again.seen, actor=admin, now=WEDNESDAY + 2 * KEPT)


@pytest.mark.attack("F07")
@pytest.mark.parametrize("peran", [Peran.OPERATOR, Peran.PDP])
def test_nobody_but_an_administrator_takes_a_register_or_says_where_numbers_end(db, peran):
    other = Petugas(person(peran), peran)
    posing = Petugas(other.person_id, Peran.ADMIN)
    for actor in (other, posing):
        with pytest.raises(NotAuthorised):
            look_at_register(register_file((number(7), "A")), "a.csv", actor=actor, now=WEDNESDAY)
        with pytest.raises(NotAuthorised):
            set_start(SERIES, 41, actor=actor, now=WEDNESDAY)


def test_a_number_given_here_is_no_number_of_paper(kantor, at_signature):
    press(at_signature(), kantor)
    looked = look_at_register(register_file((number(1), "A"), (number(2), "B")), "a.csv", actor=None, now=WEDNESDAY)
    assert [(m.place, m.reasons) for m in looked.checked.misfits] == [
        ("baris 2", ("Nomor ini sudah diberikan oleh sistem ini.",))
    ]
    take_register(looked.sha256, looked.seen, actor=None, now=WEDNESDAY)
    p = at_signature("b")
    press(p, kantor)
    with unit_of_work() as s:
        assert s.scalar(select(Sk.nomor).where(Sk.permohonan_id == p)) == number(3)
    assert found() == []
    series = next(one for one in read_register(2026, now=WEDNESDAY) if one.key == "td_lks.sk")
    assert (series.on_paper, series.first, series.last, series.missing) == (2, 1, 3, ())


@pytest.mark.attack("D13")
def test_the_start_only_rises_and_a_freed_number_below_it_is_given_no_more(kantor, admin, at_signature):
    p, q = at_signature("a"), at_signature("b")
    fail(p, kantor)
    press(q, kantor)
    take_back(p)  # 1 is free, 2 in use
    with pytest.raises(InputInvalid) as refused:
        set_start(SERIES, 1, actor=admin, now=WEDNESDAY)
    assert "sudah memberikan nomor 2" in refused.value.errors["last"]
    set_start(SERIES, 40, actor=admin, now=WEDNESDAY)
    for lower in (40, 39):
        with pytest.raises(InputInvalid):
            set_start(SERIES, lower, actor=admin, now=WEDNESDAY)
    r = at_signature("c")
    press(r, kantor)
    with unit_of_work() as s:
        assert s.scalar(select(Sk.sequence).where(Sk.permohonan_id == r)) == 41
    assert found() == []
    series = next(one for one in read_register(2026, now=WEDNESDAY) if one.key == "td_lks.sk")
    assert {state.value: n for state, n in series.counts.items()} == {"dibatalkan": 1, "terpakai": 2}


@pytest.mark.parametrize("series", [("td_lks", "lain", 2026), ("tiada", "sk", 2026), ("td_lks", "sk", 2019)])
def test_a_series_that_nobody_has_has_no_start(admin, series):
    with pytest.raises(InputInvalid):
        set_start(series, 5, actor=admin, now=WEDNESDAY)


@pytest.mark.attack("D13")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.just("draw"), st.integers(0, 3), PAPER_WENT_ON), max_size=14))
def test_no_number_is_given_twice_and_none_is_skipped_after_the_start(drawer, admin, acts):
    """Drawn, freed, and said by hand or by a register where paper ends, in any order: against a plain counter."""
    empty_series()
    given_, free, start, last = set(), set(), 0, 0
    for n, act in enumerate(acts):
        if act == "draw":
            expected = min((f for f in free if f > start), default=max(last, start) + 1)
            assert drawer() == expected
            assert expected not in given_
            given_, free, last = given_ | {expected}, free - {expected}, max(last, expected)
        elif isinstance(act, int):
            for sequence in sorted(given_)[act : act + 1]:
                set_free(sequence)
                given_, free = given_ - {sequence}, free | {sequence}
        else:
            target = max(last, start) + act[0]
            take((number(target), f"Panti {n}")) if act[1] else set_start(SERIES, target, actor=admin, now=WEDNESDAY)
            start = target
    with connection() as conn:
        assert number_gaps(conn) == ()
        kept = set(conn.scalars(select(NomorRegister.sequence)))
        assert not kept & set(conn.scalars(select(PaperDecree.sequence)))
    assert set(range(start + 1, last + 1)) <= kept


@pytest.fixture
def drawer(kantor, at_signature):
    p = at_signature()

    def draw():
        with unit_of_work() as s:
            file = lock_open_tugas_lightly(s, p)
            drawn = numbers.draw(s, file, "sk", date(2026, 11, 25))
            write_rows(s.connection(), numbers.assign(file, drawn, WEDNESDAY))
            return drawn.sequence

    yield draw
    empty_series()


def empty_series():
    with behind_its_back() as s:
        for table in ("nomor_register", "paper_decree", "paper_change", "series_start", "paper_upload"):
            s.execute(text(f"DELETE FROM {table}"))


def set_free(sequence):
    with unit_of_work() as s:
        row = s.scalars(select(NomorRegister).where(NomorRegister.sequence == sequence)).one()
        row.freed_by, row.freed_reason, row.freed_at = row.permohonan_id, "ditarik", WEDNESDAY
        row.permohonan_id = None


def test_a_register_and_a_signature_at_once_give_no_number_twice(kantor, at_signature):
    p = at_signature()
    looked = look_at_register(register_file((number(1), "A")), "a.csv", actor=None, now=WEDNESDAY)
    at_once(lambda: press(p, kantor), lambda: take_register(looked.sha256, looked.seen, actor=None, now=WEDNESDAY))
    with unit_of_work() as s:
        sequence = s.scalar(select(Sk.sequence).where(Sk.permohonan_id == p))
        assert sequence == (2 if s.scalars(select(PaperDecree)).all() else 1)
    assert found() == []


class TestRenewals:
    """What paper said of a holder, at step 2."""

    def test_a_paper_decree_is_found_and_compared_by_a_person(self, db):
        pemohon = person()
        p, data = first(pemohon)
        take((number(7, 2021), str(data["nama_lembaga"]), "td_lks", "25 November 2021", "25 November 2031"))
        doubt = doubts(q := renewal(pemohon, p, "no 503/7/td-lks/dpmptsp/2021"))
        assert "terbit di atas kertas sebelum sistem ini" in doubt["nomor_lama"]
        assert "tanggal_lama_sampai" not in doubt
        assert number(7, 2021) not in doubt.get("nama_lembaga", "")  # its own decree is no duplicate
        assert (at_desk(q).langkah, at_desk(q).automatic) == ("periksa", False)

    def test_of_another_holder_or_another_day_it_says_so(self, db):
        pemohon = person()
        p, data = first(pemohon)
        take((number(7, 2021), "Panti Lain"), (number(8, 2021), str(data["nama_lembaga"])))
        assert "milik pemegang dengan nama" in doubts(renewal(pemohon, p, number(7, 2021)))["nomor_lama"]
        told = doubts(renewal(pemohon, p, number(8, 2021), "c"))["tanggal_lama_sampai"]
        assert "berlaku sampai 5 Januari 2031" in told

    def test_a_new_application_of_a_holder_with_a_paper_decree_is_a_duplicate(self, db):
        first()
        take((number(7, 2021), "Nama Lama", "td_lks", "5 Januari 2021", "5 Januari 2031", "", "01.234.567.8-732.000"))
        q = another(person(), "lain", npwp="012345678732000", nama_lembaga="Yayasan Sama Sekali Lain")
        assert number(7, 2021) in doubts(q)["npwp"]
        assert doubts(another(person(), "c")) == {}


@pytest.mark.attack("E12")
def test_the_public_is_told_that_it_was_paper_and_nothing_looks_signed(db):
    take((number(7, 2021), "Panti Lama", "td_lks", "5 Januari 2021", "5 Januari 2026"))
    assert find_naskah(number(7, 2021), today=WEDNESDAY.date()) is None
    paper = find_on_paper("503 / 7 / TD-LKS / DPMPTSP / 2021", today=WEDNESDAY.date())
    assert (paper.pemegang, paper.lapsed) == ("Panti Lama", True)
    for other in ("503/8/TD-LKS/DPMPTSP/2021", "7", "2021", "", "503/7/TD-LKS/DPMPTSP/2022"):
        assert find_on_paper(other, today=WEDNESDAY.date()) is None, other


@pytest.mark.attack("F11")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE paper_decree SET pemegang = 'Orang Lain'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET valid_until_date = '2040-01-01'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET marks = '{}'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET district = 'Lain'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET number_key = 'x'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET search_name = 'x'", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_decree SET parts = '{1}'", "suratnya tidak sama dengan yang diambil"),
        ("DELETE FROM paper_decree", "suratnya tidak sama dengan yang diambil"),
        ("UPDATE paper_change SET data = data || '{\"rows\": 9}'", "catatan register kertas nomor 1 diubah"),
        ("UPDATE paper_change SET actor = NULL, at = at - interval '1 day'", "catatan register kertas nomor 1 diubah"),
        ("UPDATE series_start SET last = 99", "awal deret nomor td_lks sk 2026 tidak sama"),
        ("DELETE FROM series_start", "awal deret nomor td_lks sk 2026 tidak sama"),
        ("DELETE FROM paper_change WHERE kind = 'mulai'", "awal deret nomor td_lks sk 2026 tidak sama"),
    ],
)
def test_whatever_is_changed_of_it_behind_our_back_is_found(admin, change, sentence):
    take((number(7), "Yayasan Kasih Bunda"), actor=admin)
    assert found() == []
    with behind_its_back() as s:
        s.execute(text(change))
    assert any(sentence in one for one in found()), found()


@pytest.mark.attack("F11")
def test_the_database_itself_lets_nothing_of_it_be_changed(admin):
    take((number(7), "Yayasan Kasih Bunda"), actor=admin)
    for command in (
        "UPDATE paper_decree SET pemegang = 'x'", "DELETE FROM paper_decree", "TRUNCATE paper_decree",
        "UPDATE paper_change SET kind = 'mulai'", "DELETE FROM paper_change",
        "UPDATE series_start SET last = 6", "DELETE FROM series_start",
    ):  # fmt: skip
        for whose in (unit_of_work, as_owner):
            with pytest.raises(DBAPIError), whose() as s:
                s.execute(text(command))
    with unit_of_work() as s:
        assert start_of(s, SERIES) == 7


def test_the_daily_head_binds_what_was_taken_over(admin):
    take((number(7), "Yayasan Kasih Bunda"), actor=admin, now=datetime(2026, 1, 6, tzinfo=UTC))
    make_daily_head(now=WEDNESDAY)
    with behind_its_back() as s:
        s.execute(text("UPDATE paper_change SET at = at - interval '1 day'"))
    assert any("catatan paper change sampai hari itu" in one for one in found())
