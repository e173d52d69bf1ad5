"""Decree numbers: each is used, kept by its file, free for the next, or cancelled with a reason; none is lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pipeline.db import connection, unit_of_work
from pipeline.documents.signing import OutcomeUnknown, ServiceUnavailable, WrongPassphrase
from pipeline.errors import NotAllowedYet
from pipeline.models import Permohonan, Sk
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.records.register import number_gaps, read_numbers, read_register
from pipeline.rules.history.register import Gap
from pipeline.services.applicant.close import withdraw
from pipeline.services.desk.sign import declare_unsigned
from pipeline.services.records import numbers
from pipeline.services.records.locking import lock_latest_tugas
from pipeline.services.records.sets import write_rows
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KEPALA_DINAS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted, write_bap
from tests.integration.test_race import at_once
from tests.integration.test_second_sop import OTHER, _installed, forward, handed_in  # noqa: F401 - a fixture
from tests.integration.test_sign import FakeSigner, press, signer  # noqa: F401 - a fixture
from tests.owner import as_owner

YEAR_NEW = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in the office
OLD = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _whole(db):
    yield
    assert verify_all()[1] == []
    with connection() as conn:
        assert number_gaps(conn) == ()


@pytest.fixture
def at_signature(kantor):
    def bring(seed="a", now=WEDNESDAY):
        p = submitted(person(), seed=seed, now=now)
        bring_to(p, "tanda_tangan", kantor, now=now)
        return p

    return bring


def fail(p, kantor, now=WEDNESDAY):
    with pytest.raises(WrongPassphrase):
        press(p, kantor, "salah-salah", now=now)


def give_back(p, kantor, target="susun_sk", now=WEDNESDAY):
    decide_at(
        p,
        kantor[KEPALA_DINAS],
        KeputusanKind.KEMBALIKAN,
        target=target,
        reason="Periksa lagi naskahnya.",
        now=now,
    )


def take_back(p, now=WEDNESDAY):
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, p).pemohon_id
    withdraw(p, actor=pemohon, now=now)


def number_of(p):
    with unit_of_work() as s:
        return s.scalar(select(Sk.nomor).where(Sk.permohonan_id == p))


def registration(p):
    with unit_of_work() as s:
        return s.get_one(Permohonan, p).nomor


def register(year=2026, now=WEDNESDAY):
    """urut -> (state, registration number) of the decrees of a year."""
    series = next(s for s in read_register(year, now=now) if s.key == "td_lks.sk")
    return {n.sequence: (n.state.value, n.registration) for n in read_numbers(year, series, page=1, now=now)}


def told(p):
    return [k.title for k in read_riwayat(p, SOP)]


def test_the_number_of_a_withdrawn_file_goes_to_the_next_decree_and_both_histories_say_so(kantor, at_signature):
    first, second, third = at_signature("a"), at_signature("b"), at_signature("c")
    fail(first, kantor)
    press(second, kantor)
    take_back(first)
    assert register() == {1: ("bebas", None), 2: ("terpakai", registration(second))}
    press(third, kantor)
    assert number_of(third) == "503/0001/TD-LKS/DPMPTSP/2026"
    assert register()[1] == ("terpakai", registration(third))
    nomor = "503/0001/TD-LKS/DPMPTSP/2026"
    assert f"Nomor {nomor} dibebaskan: pemohon membatalkan permohonannya" in told(first)
    assert f"Nomor {nomor}, yang dibebaskan berkas {registration(first)}, diberikan pada surat ini" in told(third)


def test_the_number_of_a_file_returned_for_a_change_is_free_while_it_is_away(kantor, at_signature):
    first, second = at_signature("a"), at_signature("b")
    fail(first, kantor)
    give_back(first, kantor)
    assert register() == {1: ("bebas", None)}
    press(second, kantor)
    bring_to(first, "tanda_tangan", kantor)
    press(first, kantor)
    assert register() == {1: ("terpakai", registration(second)), 2: ("terpakai", registration(first))}


def test_a_file_whose_direction_changes_leaves_no_hole_among_the_decrees(kantor, at_signature):
    """Its refusal has a series of its own; the decree's number goes to the next decree."""
    first, second = at_signature("a"), at_signature("b")
    fail(first, kantor)
    give_back(first, kantor, target="rekomendasi")
    write_bap(first, kantor[DINAS_TEKNIS], eligible=False, kunjungan=2)
    decide_at(first, kantor[DINAS_TEKNIS], KeputusanKind.TOLAK, reason="Kamar anak tidak memenuhi syarat.")
    bring_to(first, "tanda_tangan", kantor)
    press(first, kantor)
    press(second, kantor)
    assert number_of(first) == "503/0001/TOLAK-LKS/DPMPTSP/2026"
    assert number_of(second) == "503/0001/TD-LKS/DPMPTSP/2026"


def test_the_lowest_freed_number_is_used_first(kantor, at_signature):
    files = [at_signature(b) for b in "abc"]
    for p in files:
        fail(p, kantor)
    take_back(files[1])
    take_back(files[0])
    last = at_signature("d")
    fail(last, kantor)
    assert register()[1] == ("dipesan", registration(last))
    assert register()[2] == ("bebas", None)


def test_a_retry_on_another_day_is_dated_that_day_under_the_same_number(kantor, at_signature):
    p = at_signature()
    fail(p, kantor)
    tomorrow = WEDNESDAY + timedelta(days=1)
    press(p, kantor, now=tomorrow)
    with unit_of_work() as s:
        sk = s.scalars(select(Sk)).one()
        assert (sk.nomor, sk.day, sk.valid_until_date.year) == (
            "503/0001/TD-LKS/DPMPTSP/2026",
            tomorrow.date(),
            2031,
        )


def test_a_number_that_names_the_month_names_the_month_of_signing(kantor):
    """The other permit: 070/001/XI/2026. Its number was drawn in November, and it is signed in December."""
    p = handed_in(person(), "PUSTAKA")
    while at_desk(p).langkah != "teken":
        forward(p, kantor)
    fail(p, kantor)
    assert number_of(p) == "070/001/XI/2026"
    december = WEDNESDAY + timedelta(days=10)
    press(p, kantor, now=december)
    with unit_of_work() as s:
        sk = s.scalars(select(Sk)).one()
    assert (sk.nomor, sk.day) == ("070/001/XII/2026", december.date())


def test_each_permit_counts_for_itself(kantor, at_signature):
    press(at_signature(), kantor)
    p = handed_in(person(), "PUSTAKA")
    while at_desk(p).langkah != "teken":
        forward(p, kantor)
    forward(p, kantor)
    assert number_of(p) == "070/001/XI/2026"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=21)])
def test_after_new_year_a_retry_gets_a_number_and_date_of_the_new_year(kantor, at_signature, late):
    """28 December drawn, 22 January signed: the old number is cancelled in its own year's register, with the reason."""
    december, january = datetime(2026, 12, 28, 2, tzinfo=UTC), YEAR_NEW + late
    p = at_signature(now=december)
    fail(p, kantor, now=december)
    assert register(now=YEAR_NEW - timedelta(seconds=1))[1] == ("dipesan", registration(p))
    assert register(now=YEAR_NEW)[1][0] == "dibatalkan"  # nobody can use it any more, signed or not
    press(p, kantor, now=january)
    with unit_of_work() as s:
        sk = s.scalars(select(Sk)).one()
        assert (sk.nomor, sk.year, sk.day) == (
            "503/0001/TD-LKS/DPMPTSP/2027",
            2027,
            (january + timedelta(hours=8)).date(),
        )
    series = next(s for s in read_register(2026, now=january) if s.key == "td_lks.sk")
    old = read_numbers(2026, series, page=1, now=january)[0]
    assert (old.state, old.reason, old.freed_by) == (
        "dibatalkan",
        "tahun berakhir sebelum suratnya ditandatangani",
        registration(p),
    )
    assert "Nomor 503/0001/TD-LKS/DPMPTSP/2026 dibebaskan: tahun berakhir sebelum suratnya ditandatangani" in told(p)


def test_a_number_freed_after_its_year_is_never_used_again(kantor, at_signature):
    december = YEAR_NEW - timedelta(days=3)
    first, second = at_signature("a", now=december), at_signature("b", now=december)
    fail(first, kantor, now=december)
    take_back(first, now=YEAR_NEW)
    press(second, kantor, now=YEAR_NEW)
    assert register(2026, YEAR_NEW) == {1: ("dibatalkan", None)}
    assert register(2027, YEAR_NEW) == {1: ("terpakai", registration(second))}


def test_an_unknown_outcome_holds_file_and_number_and_says_who_resolves_it(kantor, at_signature, signer):  # noqa: F811
    first, second = at_signature("a"), at_signature("b")
    signer(OutcomeUnknown(), None, None)
    with pytest.raises(OutcomeUnknown):
        press(first, kantor)
    for act in (give_back, press):
        with pytest.raises(NotAllowedYet, match=r"Petugas Kepala Dinas memeriksanya pada layanan"):
            act(first, kantor)
    with pytest.raises(NotAllowedYet, match="hasilnya belum diketahui") as refused:
        take_back(first)
    assert "sebentar" not in str(refused.value)
    press(second, kantor)
    assert register() == {1: ("dipesan", registration(first)), 2: ("terpakai", registration(second))}
    assert register(now=YEAR_NEW)[1] == ("dipesan", registration(first))  # it may have been issued
    declare_unsigned(at_desk(first).tugas_id, actor=kantor[KEPALA_DINAS], now=WEDNESDAY)
    take_back(first)
    assert register()[1] == ("bebas", None)


def test_an_attempt_lost_at_the_provider_does_not_ask_to_wait_without_end(kantor, at_signature, signer):  # noqa: F811
    """kill -9 between intent and answer: withdraw and return say who finds out, and the signer can say it at once."""
    p = at_signature()
    signer(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        press(p, kantor)
    with pytest.raises(NotAllowedYet, match="paling lama dua menit"):
        give_back(p, kantor)
    for act in (lambda: give_back(p, kantor, now=WEDNESDAY + OLD), lambda: take_back(p, now=WEDNESDAY + OLD)):
        with pytest.raises(NotAllowedYet, match="belum diketahui"):
            act()
    declare_unsigned(at_desk(p).tugas_id, actor=kantor[KEPALA_DINAS], now=WEDNESDAY + OLD)
    give_back(p, kantor, now=WEDNESDAY + OLD)
    assert register() == {1: ("bebas", None)}


def test_a_local_attempt_that_died_keeps_nobody_from_withdrawing(kantor, at_signature, signer):  # noqa: F811
    p = at_signature()
    signer(KeyboardInterrupt(), name="lokal")
    with pytest.raises(KeyboardInterrupt):
        press(p, kantor)
    take_back(p, now=WEDNESDAY + OLD)
    assert register() == {1: ("bebas", None)}


def test_a_service_that_was_down_leaves_the_number_with_its_file(kantor, at_signature, signer):  # noqa: F811
    first, second = at_signature("a"), at_signature("b")
    signer(ServiceUnavailable(), None, None)
    with pytest.raises(ServiceUnavailable):
        press(first, kantor)
    press(second, kantor)
    press(first, kantor)
    assert {n: p for n, (_, p) in register().items()} == {1: registration(first), 2: registration(second)}


@pytest.mark.parametrize("turns", range(4))
def test_withdrawing_while_it_is_signed_leaves_a_decree_or_a_withdrawal_never_both(kantor, at_signature, turns):
    p, other = at_signature("a"), at_signature("b")
    fail(p, kantor)
    desk = at_desk(p)
    outcome = at_once(lambda: press(p, kantor), lambda: take_back(p), lambda: press(other, kantor))
    assert outcome[2] is None, desk
    with unit_of_work() as s:
        status = s.get_one(Permohonan, p).status
    assert (status, number_of(p) is None) in {("dibatalkan", True), ("terbit", False)}
    third = at_signature("c")
    press(third, kantor)
    assert sorted(register()) == list(range(1, len(register()) + 1))
    assert [st for st, _ in register().values()].count("terpakai") == 2 + (status == "terbit")


@pytest.mark.attack("D13")
def test_numbers_are_gapless_and_single_under_concurrency_rollback_and_freeing(kantor, at_signature):
    """D13: 50 draw at once, every fifth rolls back, some free theirs again: nothing double, nothing missing."""
    p, gate, drawn = at_signature(), threading.Barrier(10), []

    def draw(k):
        gate.wait()
        for n in range(5):
            try:
                with unit_of_work() as s:
                    file = lock_open_tugas_lightly(s, p)
                    number = numbers.draw(s, file, "sk", WEDNESDAY.date())
                    write_rows(s.connection(), numbers.assign(file, number, WEDNESDAY))
                    if (k + n) % 5 == 0:
                        raise RuntimeError
                drawn.append(number.sequence)
            except RuntimeError:
                pass

    threads = [threading.Thread(target=draw, args=(k,)) for k in range(10)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(drawn) == list(range(1, 41))
    with as_owner() as s:
        s.execute(text("DELETE FROM nomor_register"))  # drawn past any file: not what the histories tell


def lock_open_tugas_lightly(s, p):
    """The file as the drawing sees it, without its lock: the threads are to meet at the series."""
    with unit_of_work() as other:
        return lock_latest_tugas(other, p, person_id=None, now=WEDNESDAY)


def test_a_number_that_vanished_is_named(kantor, at_signature):
    """Also the last one, which leaves no hole among the rows."""
    p = at_signature()
    fail(p, kantor)
    take_back(p)
    with as_owner() as s:
        gone = s.execute(text("DELETE FROM nomor_register RETURNING *")).mappings().one()
    with connection() as conn:
        assert number_gaps(conn) == (Gap("td_lks", "sk", 2026, 1),)
    assert next(s for s in read_register(2026, now=WEDNESDAY) if s.key == "td_lks.sk").missing == (1,)
    with unit_of_work() as s:
        names = ", ".join(gone)
        s.execute(text(f"INSERT INTO nomor_register ({names}) VALUES (:{', :'.join(gone)})"), dict(gone))


@pytest.mark.parametrize("change", [
    "freed_by = NULL, freed_reason = NULL, freed_at = NULL", "freed_reason = 'dikembalikan'",
    "freed_at = freed_at - interval '1 day'", "drawn_at = drawn_at - interval '99 days'",
    "nomor = '503/9999/PALSU/2026'",
])  # fmt: skip
@pytest.mark.parametrize("used_again", [False, True])
def test_whatever_is_changed_of_a_freed_number_is_found(kantor, at_signature, change, used_again):
    first = at_signature("a")
    fail(first, kantor)
    take_back(first)
    if used_again:
        press(at_signature("b"), kantor)
    with unit_of_work() as s:
        kept = s.execute(text("SELECT nomor, drawn_at, freed_by, freed_reason, freed_at FROM nomor_register")).one()
        if not used_again and change.startswith("freed_by"):
            return  # the database itself refuses a number that is nobody's and that nobody freed
        s.execute(text(f"UPDATE nomor_register SET {change}"))
    assert any("register nomor" in sentence for _, sentence in ((f.berkas, f.sentence) for f in verify_all()[1]))
    with unit_of_work() as s:
        columns = "nomor = :nomor, drawn_at = :drawn_at, freed_by = :freed_by, freed_reason = :freed_reason"
        s.execute(text(f"UPDATE nomor_register SET {columns}, freed_at = :freed_at"), dict(kept._mapping))


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE sk SET sequence = 1 WHERE sequence = 2",  # two decrees, one number
        "UPDATE sk SET sequence = 9 WHERE sequence = 2",  # a number nobody drew
        "DELETE FROM nomor_register WHERE sequence = 2",
        "UPDATE nomor_register SET permohonan_id = NULL WHERE sequence = 2",  # used, and nobody's
        "UPDATE nomor_register SET nomor = '503/0001/TD-LKS/DPMPTSP/2026' WHERE sequence = 2",
    ],
)
def test_the_database_itself_gives_no_number_twice(db, kantor, at_signature, command):
    for seed in "ab":
        press(at_signature(seed), kantor)
    with pytest.raises(DBAPIError), as_owner() as conn:
        conn.execute(text(command))


@pytest.mark.attack("F11")
def test_an_issued_decree_is_not_taken_back_whatever_its_row_says(kantor, at_signature):
    """By the application, which may write that the attempt has only begun: the history tells otherwise."""
    press(at_signature(), kantor)
    forged = "WITH f AS (UPDATE sk SET status = 'niat', issued_at = NULL RETURNING id) SELECT id FROM f"
    with unit_of_work() as s:
        sk_id = s.scalar(text(forged))
        with pytest.raises(DBAPIError, match="yang sudah terbit"):
            s.execute(text("SELECT take_back_sk(:id)"), {"id": sk_id})
        s.rollback()
