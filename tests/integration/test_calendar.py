"""The calendar is data: changed by an administrator, it moves every open deadline, once, and says so."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from pipeline.calendar.due import Limit, due
from pipeline.calendar.edit import AddLibur, ChangeHours, EnsureLibur, RemoveLibur, parse_hours
from pipeline.db import connection, engine, unit_of_work
from pipeline.errors import InputInvalid, NaskahChanged, NotAuthorised
from pipeline.models import Calendar, CalendarChange, Eskalasi, Libur, Peristiwa, Permohonan, Tugas
from pipeline.queries.calendar import calendar_in_force, read_calendar, read_calendar_log, read_warning
from pipeline.queries.desk.desk_riwayat import read_shift
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.calendar import change_calendar, preview_change, seed_calendar
from pipeline.services.deadlines.escalate import anything_due, escalate_cases, sweep_escalations
from pipeline.services.deadlines.recompute import recompute_deadlines
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted
from tests.integration.test_cost import counted
from tests.integration.test_race import clone
from tests.owner import as_owner, behind_its_back
from tests.unit.calendar_oracle import at

THURSDAY = date(2026, 11, 26)
FLOOD = AddLibur(((THURSDAY, "Banjir"),))
TUESDAY_CLOSE, WEDNESDAY_CLOSE = at("2026-12-01 16:00"), at("2026-12-02 16:00")


@pytest.fixture
def admin(db) -> Petugas:
    """An administrator, and the calendar of a database that was just migrated."""
    assert seed_calendar(WEDNESDAY)
    return Petugas(person(Peran.ADMIN, name="Rina Admin"), Peran.ADMIN)


@pytest.fixture
def field(kantor, admin):
    """A file on the desk of Dinas Teknis: 4 hari kerja from Rabu 25 November, due Selasa 1 Desember 16.00."""
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    assert open_tugas(p).tenggat == TUESDAY_CLOSE
    return p


def change(change, admin, *, now=WEDNESDAY):
    return change_calendar(change, actor=admin, version=read_calendar().version, now=now)


def open_tugas(permohonan_id) -> Tugas:
    with unit_of_work() as s:
        return s.scalars(select(Tugas).where(Tugas.permohonan_id == permohonan_id, Tugas.closed_at.is_(None))).one()


def promise(permohonan_id) -> datetime:
    with unit_of_work() as s:
        return s.get_one(Permohonan, permohonan_id).tenggat


def count(table) -> int:
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(table))


def moves() -> int:
    """How many deadlines the histories say were moved."""
    with unit_of_work() as s:
        return s.scalar(select(func.count()).where(Peristiwa.kind == "tenggat_bergeser"))


def test_a_new_database_gets_the_years_around_this_one(admin):
    content = read_calendar().content
    assert {h.year for h in content.libur} == {2024, 2025, 2026, 2027, 2028}
    assert content.libur[date(2026, 12, 24)].name == "Cuti Bersama Hari Raya Natal"
    assert content.libur[date(2028, 5, 5)].estimate
    assert calendar_in_force() == content.office()
    assert not seed_calendar(WEDNESDAY)
    assert read_calendar().version == 1


def test_a_later_year_is_added_and_what_the_office_edited_stays(admin):
    change(RemoveLibur(date(2026, 12, 24)), admin)
    assert seed_calendar(WEDNESDAY + timedelta(days=60))
    libur = read_calendar().content.libur
    assert date(2029, 8, 17) in libur
    assert read_calendar_log(page=1)[0][0].change == ("17 hari libur bawaan tahun 2029",)
    assert date(2026, 12, 24) not in libur


def test_a_day_off_moves_the_open_deadlines_and_both_are_kept(admin, field):
    janji, eskalasi = promise(field), open_tugas(field).eskalasi_at
    result = change(FLOOD, admin)
    tugas = open_tugas(field)
    assert (result.tallied, result.shifted) == (1, 1)
    assert (tugas.tenggat, tugas.calendar_version) == (WEDNESDAY_CLOSE, 2)
    assert tugas.eskalasi_at > eskalasi
    assert promise(field) > janji
    shift = {g.langkah: (g.old, g.new, g.cause, g.reason) for g in read_shift(field)}
    assert shift == {
        "rekomendasi": (TUESDAY_CLOSE, WEDNESDAY_CLOSE, "kalender", "Kalender versi 2"),
        None: (janji, promise(field), "kalender", "Kalender versi 2"),
    }


def test_computing_again_does_nothing(admin, field):
    change(FLOOD, admin)
    before = moves()
    assert recompute_deadlines(now=WEDNESDAY).tallied == 0
    with unit_of_work() as s:
        s.execute(update(Tugas).values(calendar_version=0))
    assert recompute_deadlines(now=WEDNESDAY).shifted == 0
    assert moves() == before


def test_taking_the_day_back_moves_them_back(admin, field):
    before = open_tugas(field).tenggat, open_tugas(field).eskalasi_at, promise(field)
    change(FLOOD, admin)
    change(RemoveLibur(THURSDAY), admin)
    assert (open_tugas(field).tenggat, open_tugas(field).eskalasi_at, promise(field)) == before
    assert moves() == 2


def test_other_hours_move_them_too(admin, field):
    short = dict.fromkeys(range(5), "08.00-12.00 12.30-15.00")
    change(ChangeHours(parse_hours({**short, 5: "", 6: ""})), admin)
    assert open_tugas(field).tenggat == at("2026-12-01 15:00")


def test_what_a_superior_added_stays_added(admin, field):
    with unit_of_work() as s:
        s.execute(update(Tugas).values(added_days=2))
    change(FLOOD, admin)
    assert open_tugas(field).tenggat == due(calendar_in_force(), WEDNESDAY, SOP["rekomendasi"].limit + Limit(2)).at


def levels() -> list[tuple[int, str]]:
    with unit_of_work() as s:
        rows = s.execute(select(Eskalasi.tenggat_number, Eskalasi.level).order_by(Eskalasi.id))
        return [tuple(r) for r in rows]


def test_a_moved_tenggat_has_its_own_levels(admin, field):
    after_reminder = at("2026-12-01 09:00")
    assert sweep_escalations(now=after_reminder) == 1
    change(FLOOD, admin, now=after_reminder)
    assert sweep_escalations(now=TUESDAY_CLOSE + timedelta(minutes=1)) == 0
    assert sweep_escalations(now=WEDNESDAY_CLOSE) == 2
    assert sweep_escalations(now=WEDNESDAY_CLOSE) == 0
    assert levels() == [(0, "pengingat"), (1, "pengingat"), (1, "lewat")]


def test_a_lapse_lifted_by_a_holiday_is_raised_again_at_the_true_one(admin, field):
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2
    change(FLOOD, admin, now=TUESDAY_CLOSE)
    assert open_tugas(field).tenggat == WEDNESDAY_CLOSE
    assert sweep_escalations(now=WEDNESDAY_CLOSE - timedelta(minutes=1)) == 1
    assert sweep_escalations(now=WEDNESDAY_CLOSE) == 1
    assert levels()[2:] == [(1, "pengingat"), (1, "lewat")]


def test_a_lapse_lifted_while_the_file_was_with_the_applicant_is_raised_again(admin, kantor, field):
    """Nobody recomputes what lies with the applicant; the calendar is met when the file comes back."""
    back = at("2026-12-02 08:00")
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2
    decide_at(
        field,
        kantor[DINAS_TEKNIS],
        KeputusanKind.KEMBALIKAN,
        target="ajukan",
        reason="Akta terpotong halaman 2.",
        now=back,
    )
    change(FLOOD, admin, now=back)
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, field).pemohon_id
    submit(field, actor=pemohon, privacy_version="1", now=back)
    bring_to(field, "rekomendasi", kantor, now=back)
    tugas = open_tugas(field)
    assert (tugas.kunjungan, tugas.tenggat_number, tugas.tenggat > back) == (1, 1, True)
    assert sweep_escalations(now=tugas.tenggat) == 2
    assert levels()[2:] == [(1, "pengingat"), (1, "lewat")]
    with unit_of_work() as s:
        assert s.get_one(Permohonan, field).tenggat_number == 1


def test_a_pause_gives_no_new_levels(admin, kantor, field):
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2
    for hours in (1, 2):
        leave = TUESDAY_CLOSE + timedelta(hours=16 + hours)
        decide_at(
            field,
            kantor[DINAS_TEKNIS],
            KeputusanKind.KEMBALIKAN,
            target="periksa",
            reason="Alamat belum sesuai akta.",
            now=leave,
        )
        bring_to(field, "rekomendasi", kantor, now=leave + timedelta(minutes=30))
    assert open_tugas(field).tenggat_number == 0
    assert sweep_escalations(now=TUESDAY_CLOSE + timedelta(days=1)) == 0


def test_the_promise_moved_by_the_calendar_has_its_own_warnings(admin, field):
    thursday_close = at("2026-12-03 16:00")
    assert escalate_cases(now=WEDNESDAY_CLOSE) == 2
    change(FLOOD, admin, now=WEDNESDAY_CLOSE)
    assert promise(field) == thursday_close
    assert escalate_cases(now=WEDNESDAY_CLOSE) == 1
    assert escalate_cases(now=thursday_close) == 1
    assert escalate_cases(now=thursday_close) == 0


def test_files_woken_by_the_calendar_whose_levels_are_still_to_come_sleep_again(admin, field):
    change(FLOOD, admin)
    assert anything_due(WEDNESDAY)
    assert sweep_escalations(now=WEDNESDAY) + escalate_cases(now=WEDNESDAY) == 0
    assert not anything_due(WEDNESDAY)


def test_a_holiday_taken_back_after_the_lapse_makes_twice_the_limit_due_sooner(admin, field):
    far = AddLibur(((date(2026, 12, 4), "Banjir"),))
    change(far, admin)
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2
    old = open_tugas(field).eskalasi_at
    change(RemoveLibur(date(2026, 12, 4)), admin, now=TUESDAY_CLOSE)
    sweep_escalations(now=TUESDAY_CLOSE)
    assert TUESDAY_CLOSE < open_tugas(field).eskalasi_at < old


def test_saving_tells_the_numbers_of_the_preview(admin, kantor, field):
    """Files whose desk is due today keep their tenggat, and only their promise moves."""
    for n in range(2):
        bring_to(submitted(person(), seed=str(n)), "paraf_kabid", kantor)
    clone(field, 11)
    d = preview_change(FLOOD, now=WEDNESDAY)
    result = change(FLOOD, admin)
    assert (d.shifted, d.janji_moved) == (result.shifted, result.janji_moved) == (12, 14)


def test_files_with_the_applicant_are_left_alone(admin, kantor, field):
    decide_at(
        field, kantor[DINAS_TEKNIS], KeputusanKind.KEMBALIKAN, target="ajukan", reason="Akta terpotong halaman 2."
    )
    assert change(FLOOD, admin).tallied == 0
    assert open_tugas(field).tenggat is None


def test_the_next_desk_counts_with_the_calendar_of_the_decision(admin, kantor, field):
    """Every process sees a change at its next file: the version is read with the lock."""
    change(FLOOD, admin)
    bring_to(field, "paraf_kabid", kantor, now=at("2026-11-25 15:58"))
    tugas = open_tugas(field)
    assert tugas.tenggat == at("2026-11-27 07:33")
    assert tugas.calendar_version == 2


def test_the_preview_tells_what_the_change_will_do_and_writes_nothing(admin, field):
    clone(field, 11)
    day_past = at("2026-12-02 09:00")
    d = preview_change(FLOOD, now=day_past)
    assert (d.berkas, d.shifted, d.no_longer_overdue, d.newly_overdue, d.every) == (12, 12, 12, 0, True)
    assert d.change == ("Libur ditambah: Kamis 26 November 2026, Banjir",)
    assert {(c.old, c.new) for c in d.contoh} == {(TUESDAY_CLOSE, WEDNESDAY_CLOSE)}
    assert (read_calendar().version, open_tugas(field).tenggat) == (1, TUESDAY_CLOSE)
    assert change(FLOOD, admin, now=day_past).shifted == d.shifted
    d = preview_change(RemoveLibur(THURSDAY), now=day_past)
    assert (d.no_longer_overdue, d.newly_overdue) == (0, 12)


def test_what_does_not_touch_a_file_moves_nothing(admin, field):
    d = preview_change(AddLibur(((date(2027, 6, 7), "Hari jadi"),)), now=WEDNESDAY)
    assert (d.berkas, d.shifted, d.janji_moved, d.contoh) == (1, 0, 0, ())


def test_a_change_of_a_few_hundred_is_seen_at_once_and_the_rest_is_swept(admin, field, monkeypatch):
    clone(field, 30)
    monkeypatch.setattr("pipeline.services.deadlines.calendar.MOVED_AT_ONCE", 10)
    assert change(FLOOD, admin).shifted == 10
    assert recompute_deadlines(now=WEDNESDAY).shifted == 21
    assert wrong_deadlines() == []


def test_one_bad_file_stops_none_of_the_others(admin, field):
    (_, damaged), *_ = clone(field, 3)
    with as_owner() as s:
        s.execute(update(Tugas).where(Tugas.id == damaged).values(jeda=[["kemarin", "besok"]]))
    result = change(FLOOD, admin)
    assert (result.shifted, result.failed) == (3, {damaged})
    assert recompute_deadlines(now=WEDNESDAY).failed == {damaged}  # and it is tried again


def test_a_decision_racing_with_a_change_never_keeps_an_old_deadline(admin, kantor, field):
    """Files are decided on and the calendar is changed at the same time; then the sweep has run once more."""
    bring_to(field, "paraf_kabid", kantor, now=at("2026-11-25 15:50"))
    sore = at("2026-11-25 15:58")  # five minutes from here end on the next working day, whichever that is
    seen, files, gate = at_desk(field).seen, clone(field, 60), threading.Barrier(3)

    def decide_all(part):
        gate.wait()
        for _, tugas_id in part:
            k = Keputusan(kind=KeputusanKind.SETUJUI)
            decide(tugas_id, k, actor=kantor[KABID_PERIZINAN], seen=seen, now=sore)

    def change_often():
        gate.wait()
        for _ in range(4):
            change(FLOOD, admin, now=sore)
            change(RemoveLibur(THURSDAY), admin, now=sore)
        change(FLOOD, admin, now=sore)

    acts = [lambda: decide_all(files[:30]), lambda: decide_all(files[30:]), change_often]
    threads = [threading.Thread(target=a) for a in acts]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    recompute_deadlines(now=sore)
    assert wrong_deadlines() == []
    assert count(Tugas) >= 120
    with unit_of_work() as s:
        assert s.scalar(select(func.min(Tugas.calendar_version)).where(Tugas.closed_at.is_(None))) == 10


def wrong_deadlines() -> list[Tugas]:
    """Open tugas whose tenggat is not what the calendar in force says."""
    calendar = calendar_in_force()
    with unit_of_work() as s:
        opened = s.scalars(select(Tugas).where(Tugas.closed_at.is_(None), Tugas.tenggat.is_not(None))).all()
    assert opened
    return [t for t in opened if t.tenggat != due(calendar, t.started_at, SOP[t.langkah].limit).at]


def test_only_an_administrator_of_today_changes_the_calendar(admin, kantor):
    for who in (kantor[KEPALA_DINAS], Petugas(person(Peran.OPERATOR), Peran.ADMIN)):
        with pytest.raises(NotAuthorised):
            change(FLOOD, who)
    assert read_calendar().version == 1


def test_of_two_administrators_the_second_looks_again(admin):
    change(FLOOD, admin)
    with pytest.raises(NaskahChanged, match="sudah diubah orang lain"):
        change_calendar(RemoveLibur(date(2026, 12, 25)), actor=admin, version=1, now=WEDNESDAY)
    assert date(2026, 12, 25) in read_calendar().content.libur


def test_two_administrators_at_once_make_one_change(admin):
    gate, outcome = threading.Barrier(2), []

    def run(hari):
        gate.wait()
        try:
            change_calendar(AddLibur(((hari, "Libur"),)), actor=admin, version=1, now=WEDNESDAY)
            outcome.append("jadi")
        except NaskahChanged:
            outcome.append("ditolak")

    threads = [threading.Thread(target=run, args=(h,)) for h in (THURSDAY, date(2026, 11, 27))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcome) == ["ditolak", "jadi"]
    assert read_calendar().version == 2


def test_a_change_that_changes_nothing_is_no_change(admin):
    same = ChangeHours(read_calendar().content.hours)
    with pytest.raises(InputInvalid, match="Tidak ada yang berubah"):
        change(same, admin)
    with pytest.raises(InputInvalid):
        preview_change(same, now=WEDNESDAY)
    assert count(CalendarChange) == 1


def test_the_log_says_who_changed_what(admin):
    change(FLOOD, admin, now=WEDNESDAY + timedelta(hours=1))
    note, again = read_calendar_log(page=1)
    assert not again
    assert [(c.version, c.actor) for c in note] == [(2, "Rina Admin"), (1, "")]
    assert note[0].change == ("Libur ditambah: Kamis 26 November 2026, Banjir",)
    assert "hari libur bawaan tahun 2024 sampai 2028" in note[1].change[0]


def test_estimates_are_warned_of_long_before(admin):
    assert "2027 masih memuat" in " ".join(read_warning(date(2026, 11, 25)))
    assert "90 hari" not in " ".join(read_warning(date(2026, 11, 25)))
    assert "dalam 90 hari" in " ".join(read_warning(date(2027, 1, 2)))
    assert read_warning(date(2026, 6, 30)) == ()
    estimate = tuple(h for h, x in read_calendar().content.libur.items() if x.estimate and h.year == 2027)
    change(EnsureLibur(estimate), admin)
    assert read_warning(date(2026, 11, 25)) == ()


def test_an_empty_year_is_warned_of_from_july(admin):
    with unit_of_work() as s:
        s.execute(text("DELETE FROM libur WHERE day >= '2027-01-01'"))
    assert read_warning(date(2026, 6, 30)) == ()
    assert read_warning(date(2026, 7, 1)) == ("Tabel hari libur 2027 masih kosong.",)


def test_the_calendar_costs_a_decision_no_statement(admin, kantor, field):
    bring_to(field, "paraf_kabid", kantor)
    desk = at_desk(field)
    with counted(engine()) as n:
        decide(
            desk.tugas_id,
            Keputusan(kind=KeputusanKind.SETUJUI),
            actor=kantor[KABID_PERIZINAN],
            seen=desk.seen,
            now=WEDNESDAY,
        )
    assert n.statements == 2


def test_a_restored_calendar_of_the_same_version_is_not_mistaken_for_the_old_one(admin):
    """As after a backup is put back: the number is the same, the days are not."""
    change(FLOOD, admin)
    assert THURSDAY in calendar_in_force().libur
    with as_owner() as s:
        s.execute(update(Libur).where(Libur.day == THURSDAY).values(day=date(2026, 11, 27)))
        s.execute(update(Calendar).values(digest="dari-cadangan"))
    assert THURSDAY not in calendar_in_force().libur


def test_without_a_table_the_first_calendar_holds(db):
    assert date(2026, 12, 25) in calendar_in_force().libur
    with connection() as conn:
        assert conn.scalar(select(func.count()).select_from(Calendar)) == 0


def test_recomputing_reads_only_what_is_old(admin, field):
    """The sweep's condition is an index of its own; at rest it reads nothing."""
    clone(field, 50)
    with counted(engine()) as n:
        assert recompute_deadlines(now=datetime(2026, 11, 25, 2, tzinfo=UTC)).tallied == 0
    assert n.statements <= 2


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE perubahan_kalender SET actor = (SELECT id FROM orang WHERE name = 'Orang lain') WHERE version = 2",
        "UPDATE perubahan_kalender SET at = at - interval '3 days' WHERE version = 2",
        "UPDATE perubahan_kalender SET at = at + interval '1 second' WHERE version = 1",
    ],
)
def test_who_changed_it_and_when_is_bound_before_any_daily_head_is_made(admin, db, forged):
    person(name="Orang lain")
    change(FLOOD, admin)
    assert verify_all()[1] == []
    with behind_its_back() as conn:
        conn.execute(text(forged))
    assert any("perubahan kalender versi" in f.sentence for f in verify_all()[1])
