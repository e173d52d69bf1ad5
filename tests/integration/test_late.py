"""Who is told of what is late: the nearest superior who is there, once per person and channel, and nobody else."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from ops.cli import main
from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.models import Account, Eskalasi, Notice, Penugasan, Peristiwa, Tugas
from pipeline.queries.desk.permohonan import read_permohonan
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import OWN_PERAN, Peran
from pipeline.services.deadlines import late_notices
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations, sweep_late
from pipeline.services.deadlines.late_notices import tell_late
from pipeline.services.desk.extend import extend
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import ROOT
from pipeline.sop.words import KeputusanKind
from tests.desks import DESKS, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, clone, decide_at, person, set_by_sql, submitted
from tests.owner import as_owner
from tests.unit import calendar_oracle


def at(text: str) -> datetime:
    return calendar_oracle.at(text).astimezone(UTC)


KABID, SECRETARY, KADIS = KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS
TUESDAY_CLOSE, WEDNESDAY_CLOSE = at("2026-12-01 16:00"), at("2026-12-02 16:00")
MONTH_FRONT = WEDNESDAY + timedelta(days=30)
REASON = "Lokasi banjir, tim belum dapat meninjau."


@pytest.fixture
def field(kantor):
    """A file with Dinas Teknis since Rabu 25 November, due Selasa 1 Desember 16.00."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def close_account(*person) -> None:
    set_by_sql(update(Account).where(Account.person_id.in_([o.person_id for o in person])).values(active=False))


def give_mail(*person) -> None:
    with unit_of_work() as s:
        for o in person:
            s.execute(update(Account).where(Account.person_id == o.person_id).values(email=f"{o.peran}@kota.test"))


def told(petugas) -> list[Notice]:
    with unit_of_work() as s:
        return list(s.scalars(select(Notice).where(Notice.person_id == petugas.person_id)))


def words(petugas) -> str:
    return "\n".join(f"{p.title}\n{p.content}" for p in told(petugas))


def raised(permohonan_id) -> list[tuple[str, str, list[str]]]:
    with unit_of_work() as s:
        rows = select(Eskalasi.level, Eskalasi.recipient, Eskalasi.empty).where(Eskalasi.permohonan_id == permohonan_id)
        return [tuple(r) for r in s.execute(rows.order_by(Eskalasi.id))]


def history(permohonan_id) -> list[str]:
    return [k.title for k in read_riwayat(permohonan_id, SOP)]


class TestVacantSuperior:
    def test_a_lapse_climbs_past_a_closed_account_and_says_why(self, kantor, field):
        close_account(kantor[KABID])
        sweep_escalations(now=TUESDAY_CLOSE)
        assert raised(field)[1] == ("lewat", "sekretaris", ["kabid_perizinan"])
        assert told(kantor[KABID]) == []
        assert "karena Kabid Perizinan sedang kosong" in words(kantor[SECRETARY])
        assert "Batas waktu terlewati, diberitahukan ke Sekretaris karena Kabid Perizinan sedang kosong" in history(
            field
        )
        assert verify_all() == (1, [])

    def test_it_climbs_as_far_as_it_takes(self, kantor, field):
        close_account(kantor[KABID], kantor[SECRETARY])
        sweep_escalations(now=TUESDAY_CLOSE)
        assert raised(field)[1] == ("lewat", "kepala_dinas", ["kabid_perizinan", "sekretaris"])
        assert "Kabid Perizinan dan Sekretaris sedang kosong" in words(kantor[KADIS])

    def test_a_role_that_ended_yesterday_is_vacant_too(self, kantor, field):
        with unit_of_work() as s:
            s.execute(update(Penugasan).where(Penugasan.peran == KABID).values(end_date=date(2026, 11, 30)))
        sweep_escalations(now=TUESDAY_CLOSE)
        assert raised(field)[1][1] == "sekretaris"

    def test_a_substitute_counts_as_there(self, kantor, field):
        close_account(kantor[KABID])
        with unit_of_work() as s:
            s.add(
                Penugasan(
                    person_id=kantor[SECRETARY].person_id,
                    peran=KABID,
                    jabatan="Kabid Perizinan",
                    basis="plh",
                    assignment_letter="800/1",
                    replaces=kantor[KABID].person_id,
                    start_date=WEDNESDAY.date(),
                    end_date=date(2026, 12, 31),
                    created_at=WEDNESDAY,
                )
            )
        sweep_escalations(now=TUESDAY_CLOSE)
        assert raised(field)[1] == ("lewat", "kabid_perizinan", [])
        assert len(told(kantor[SECRETARY])) == 1

    def test_a_reminder_to_an_empty_desk_reaches_its_superior(self, kantor, field):
        close_account(kantor[DINAS_TEKNIS])
        assert sweep_escalations(now=at("2026-12-01 10:00")) == 1
        assert raised(field) == [("pengingat", "kabid_perizinan", ["dinas_teknis"])]
        assert "hampir lewat batas waktu" in words(kantor[KABID])

    def test_warnings_about_the_whole_file_climb_too(self, kantor, field):
        close_account(kantor[KABID])
        escalate_cases(now=TUESDAY_CLOSE)
        assert raised(field) == [("berkas_4_hari", "sekretaris", ["kabid_perizinan"])]

    def test_where_nobody_is_left_the_next_one_in_office_is_told(self, kantor, field):
        close_account(kantor[KABID], kantor[SECRETARY], kantor[KADIS])
        sweep_escalations(now=TUESDAY_CLOSE)
        empty = "Kabid Perizinan, Sekretaris dan Kepala Dinas sedang kosong"
        assert f"Batas waktu terlewati; belum ada yang dapat diberi tahu, {empty}" in history(field)
        assert told(kantor[KABID]) == []
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.person_id == kantor[KABID].person_id).values(active=True))
        sweep_escalations(now=TUESDAY_CLOSE + timedelta(minutes=1))
        sweep_escalations(now=TUESDAY_CLOSE + timedelta(minutes=2))
        assert len(told(kantor[KABID])) == 1
        assert "kosong" not in words(kantor[KABID])


class TestReading:
    @pytest.mark.parametrize("peran", [KABID, KADIS, DINAS_TEKNIS])
    def test_whoever_is_told_may_open_the_file(self, kantor, field, peran):
        sweep_escalations(now=MONTH_FRONT)
        assert read_permohonan(field, [peran]).id == field

    def test_a_desk_that_was_not_told_still_may_not(self, kantor, field):
        sweep_escalations(now=MONTH_FRONT)
        with pytest.raises(NotFound):
            read_permohonan(field, [SECRETARY])

    def test_the_notice_leads_to_a_page_its_reader_may_open(self, kantor, field):
        sweep_escalations(now=MONTH_FRONT)
        assert {p.link for p in told(kantor[KADIS])} == {f"/petugas/permohonan/{field}"}
        assert {p.link for p in told(kantor[DINAS_TEKNIS])} == {f"/petugas/tugas/{at_desk(field).tugas_id}"}


class TestNotices:
    def test_five_levels_of_one_file_are_one_notice_per_person_and_channel(self, kantor, field):
        give_mail(*kantor.values())
        assert sweep_late(now=MONTH_FRONT) == 5
        for peran in (DINAS_TEKNIS, KABID, KADIS):
            assert sorted(p.channel for p in told(kantor[peran])) == ["lonceng", "surel"]
        assert sweep_late(now=MONTH_FRONT) == 0
        assert len(told(kantor[KADIS])) == 2

    def test_a_person_with_all_the_roles_is_told_once(self, db):
        one = person(*DESKS, Peran.OPERATOR, Peran.PDP, name="Serba Bisa")
        kantor = {p: Petugas(one, p) for p in (*OWN_PERAN, *DESKS)}
        p = submitted(person())
        bring_to(p, "rekomendasi", kantor)
        assert sweep_late(now=MONTH_FRONT) == 5
        assert [n.channel for n in told(kantor[KABID])] == ["lonceng"]

    def test_found_late_after_an_outage_nobody_reads_hampir_lewat(self, kantor, field):
        sweep_escalations(now=MONTH_FRONT)
        every = [words(kantor[p]) for p in (DINAS_TEKNIS, KABID, KADIS)]
        assert not [w for w in every if "hampir lewat" in w]
        assert all("lewat dua kali batas waktu" in w for w in every)

    def test_forty_five_late_files_are_one_mail_and_one_bell_for_their_superior(self, kantor, field):
        give_mail(*kantor.values())
        clone(field, 44)
        assert sweep_late(now=MONTH_FRONT) == 45 * 5
        assert sorted(p.channel for p in told(kantor[KABID])) == ["lonceng", "surel"]
        (letter,) = {(p.title, p.content) for p in told(kantor[KABID])}
        assert letter[0] == "45 berkas perlu perhatian, 45 di antaranya sudah lewat waktu"
        assert letter[1].count("lewat dua kali batas waktu") == late_notices.DETAILED
        assert "Dan 30 berkas lain" in letter[1]
        with unit_of_work() as s:
            every = Counter(s.scalars(select(Notice.channel)))
        assert every["surel"] <= 3
        assert every["lonceng"] <= 5  # two for the applicant, who was told of the arrival

    def test_an_extended_limit_is_quoted_as_extended(self, kantor, field):
        extend(at_desk(field).tugas_id, 2, REASON, actor=kantor[KABID], now=WEDNESDAY)
        sweep_escalations(now=at("2026-12-03 16:00"))
        assert "batas waktu 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja" in words(kantor[KABID])
        clone(field, 1)
        sweep_escalations(now=MONTH_FRONT)
        assert "(batas 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja)" in words(kantor[KADIS])

    def test_after_an_extension_the_next_lapse_is_told_again(self, kantor, field):
        sweep_escalations(now=TUESDAY_CLOSE)
        extend(at_desk(field).tugas_id, 1, REASON, actor=kantor[KABID], now=TUESDAY_CLOSE)
        sweep_escalations(now=WEDNESDAY_CLOSE)
        assert [p.title.split(" ", 2)[2] for p in told(kantor[KABID])] == ["lewat batas waktu"] * 2

    def test_what_was_decided_before_it_could_be_told_is_news_to_nobody(self, kantor, field, monkeypatch):
        monkeypatch.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
        assert sweep_escalations(now=TUESDAY_CLOSE) == 2
        bring_to(field, "paraf_kabid", kantor, now=TUESDAY_CLOSE)
        assert tell_late(now=TUESDAY_CLOSE) == 0
        assert told(kantor[KABID]) == []

    def test_a_sweep_that_died_before_telling_is_made_good_by_the_next(self, kantor, field, monkeypatch):
        with monkeypatch.context() as m:
            m.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
            sweep_escalations(now=TUESDAY_CLOSE)
        assert told(kantor[KABID]) == []
        sweep_escalations(now=TUESDAY_CLOSE)
        assert len(told(kantor[KABID])) == 1

    def test_one_unreadable_file_keeps_the_others_news_from_nobody(self, kantor, field, monkeypatch):
        (damaged, tugas), *_ = clone(field, 1)
        monkeypatch.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
        sweep_escalations(now=at("2026-12-01 10:00"))
        with as_owner() as s:
            s.execute(update(Tugas).where(Tugas.id == tugas).values(langkah="tidak_ada"))
        assert tell_late(now=TUESDAY_CLOSE) == 1
        with unit_of_work() as s:
            waiting = s.scalars(select(Eskalasi.permohonan_id).where(Eskalasi.told_at.is_(None))).all()
        assert waiting == [damaged]


def test_the_history_does_not_say_that_a_late_file_moved(kantor, field):
    bring_to(field, "paraf_kabid", kantor)
    sweep_escalations(now=WEDNESDAY + timedelta(minutes=6))
    assert at_desk(field).peran == KABID
    assert "Batas waktu terlewati, diberitahukan ke Sekretaris" in history(field)
    assert not [j for j in history(field) if "terlewati" in j and "diteruskan" in j]


def test_the_history_line_comes_from_the_peristiwa_and_not_from_the_table(kantor, field):
    sweep_escalations(now=TUESDAY_CLOSE)
    before = history(field)
    with as_owner() as s:
        s.execute(update(Eskalasi).values(recipient="kepala_dinas", level="dua_kali").where(Eskalasi.level == "lewat"))
    assert history(field) == before
    with unit_of_work() as s:
        data = s.scalars(select(Peristiwa.data).where(Peristiwa.kind == "eskalasi").order_by(Peristiwa.sequence)).all()
    assert data[1] == {
        "langkah": "rekomendasi",
        "kunjungan": 1,
        "tenggat_number": 0,
        "level": "lewat",
        "recipient": "kabid_perizinan",
        "empty": [],
        "tugas": str(at_desk(field).tugas_id),
    }


def test_the_history_quotes_a_limit_with_its_extension(kantor, field):
    extend(at_desk(field).tugas_id, 2, REASON, actor=kantor[KABID], now=WEDNESDAY)
    bring_to(field, "paraf_kabid", kantor)
    limit = [k.limit for k in read_riwayat(field, SOP) if k.title == "Rekomendasi: terbit"]
    assert limit == ["4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"]


class TestVacancies:
    def test_a_full_office_has_none(self, kantor):
        assert read_vacancies(WEDNESDAY.date()) == ()

    def test_a_desk_without_anybody_is_named_with_what_lies_there(self, kantor, field):
        close_account(kantor[DINAS_TEKNIS])
        (empty,) = read_vacancies(WEDNESDAY.date())
        assert empty.sentence == (
            "Tidak ada petugas yang dapat bekerja di meja Dinas Teknis hari ini; 1 berkas ada di sana."
        )

    def test_whoever_checks_a_permit_is_told_of_its_empty_desks(self, kantor):
        written = str(ROOT / "pipeline" / "sop" / "td_lks.toml")
        full = CliRunner().invoke(main, ["sop", "periksa", written]).output
        close_account(kantor[DINAS_TEKNIS])
        said = CliRunner().invoke(main, ["sop", "periksa", written])
        assert said.exit_code == 0
        assert "Perhatian: Tidak ada petugas yang dapat bekerja di meja Dinas Teknis" in said.output
        assert "Tidak ada petugas" not in full

    def test_a_substitute_who_ends_tomorrow_is_named_before(self, kantor):
        with unit_of_work() as s:
            s.execute(update(Penugasan).where(Penugasan.peran == SECRETARY).values(end_date=date(2026, 11, 26)))
        (empty,) = read_vacancies(WEDNESDAY.date())
        assert empty.sentence == "Tidak ada petugas yang dapat bekerja di meja Sekretaris mulai Jumat 27 November 2026."

    def test_a_weekend_between_two_holders_is_no_gap(self, kantor):
        substitute = person(SECRETARY)
        with as_owner() as s:
            n = Penugasan
            s.execute(update(n).where(n.person_id == kantor[SECRETARY].person_id).values(end_date=date(2026, 11, 27)))
            s.execute(update(n).where(n.person_id == substitute).values(start_date=date(2026, 11, 30)))
        assert read_vacancies(WEDNESDAY.date()) == ()

    def test_on_a_closed_day_it_is_empty_already(self, kantor):
        close_account(kantor[SECRETARY])
        (empty,) = read_vacancies(date(2026, 11, 28))
        assert empty.sentence == "Tidak ada petugas yang dapat bekerja di meja Sekretaris hari ini."

    def test_who_has_not_set_a_password_yet_cannot_work(self, kantor):
        with unit_of_work() as s:
            kabid = update(Account).where(Account.person_id == kantor[KABID].person_id)
            s.execute(kabid.values(password=None))
        (empty,) = read_vacancies(WEDNESDAY.date())
        assert empty.peran == KABID

    def test_an_empty_office_names_every_desk(self, db):
        assert [v.peran for v in read_vacancies(WEDNESDAY.date())] == list(DESKS)


def test_a_returned_file_does_not_tell_its_old_visit_again(kantor, field):
    sweep_escalations(now=TUESDAY_CLOSE)
    leave = TUESDAY_CLOSE + timedelta(hours=17)
    decide_at(
        field,
        kantor[DINAS_TEKNIS],
        KeputusanKind.KEMBALIKAN,
        target="periksa",
        reason="Alamat belum sesuai akta.",
        now=leave,
    )
    bring_to(field, "rekomendasi", kantor, now=leave)
    before = len(told(kantor[KABID]))
    sweep_escalations(now=leave + timedelta(hours=1))
    assert len(told(kantor[KABID])) == before
