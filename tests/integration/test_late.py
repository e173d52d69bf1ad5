"""Who is told of what is late: the nearest superior who is there, once per person and channel, and nobody else."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.models import Account, Eskalasi, Notice, Penugasan, Peristiwa, Tugas
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.tugas import read_permohonan
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.deadlines import late_notices
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations, sweep_late
from pipeline.services.deadlines.late_notices import tell_late
from pipeline.services.desk.extend import extend
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, bring_to, clone, decide_at, person, set_by_sql, submitted
from tests.unit import calendar_oracle


def at(teks: str) -> datetime:
    return calendar_oracle.at(teks).astimezone(UTC)


KABID, SEKRETARIS, KADIS = Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS
SELASA_CLOSE, RABU_CLOSE = at("2026-12-01 16:00"), at("2026-12-02 16:00")
MONTH_FRONT = RABU + timedelta(days=30)
REASON = "Lokasi banjir, tim belum dapat meninjau."


@pytest.fixture
def lapangan(kantor):
    """A file with Dinas Teknis since Rabu 25 November, due Selasa 1 Desember 16.00."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def close_account(*orang) -> None:
    set_by_sql(update(Account).where(Account.person_id.in_([o.person_id for o in orang])).values(aktif=False))


def give_mail(*orang) -> None:
    with unit_of_work() as s:
        for o in orang:
            s.execute(update(Account).where(Account.person_id == o.person_id).values(surel=f"{o.peran}@kota.test"))


def told(petugas) -> list[Notice]:
    with unit_of_work() as s:
        return list(s.scalars(select(Notice).where(Notice.person_id == petugas.person_id)))


def words(petugas) -> str:
    return "\n".join(f"{p.judul}\n{p.isi}" for p in told(petugas))


def raised(permohonan_id) -> list[tuple[str, str, list[str]]]:
    with unit_of_work() as s:
        rows = select(Eskalasi.tingkat, Eskalasi.kepada, Eskalasi.kosong).where(Eskalasi.permohonan_id == permohonan_id)
        return [tuple(r) for r in s.execute(rows.order_by(Eskalasi.id))]


def history(permohonan_id) -> list[str]:
    return [k.judul for k in read_riwayat(permohonan_id, SOP)]


class TestVacantSuperior:
    def test_a_lapse_climbs_past_a_closed_account_and_says_why(self, kantor, lapangan):
        close_account(kantor[KABID])
        sweep_escalations(now=SELASA_CLOSE)
        assert raised(lapangan)[1] == ("lewat", "sekretaris", ["kabid_perizinan"])
        assert told(kantor[KABID]) == []
        assert "karena Kabid Perizinan sedang kosong" in words(kantor[SEKRETARIS])
        assert "Batas waktu terlewati, diberitahukan ke Sekretaris karena Kabid Perizinan sedang kosong" in history(
            lapangan
        )
        assert verify_all() == (1, [])

    def test_it_climbs_as_far_as_it_takes(self, kantor, lapangan):
        close_account(kantor[KABID], kantor[SEKRETARIS])
        sweep_escalations(now=SELASA_CLOSE)
        assert raised(lapangan)[1] == ("lewat", "kepala_dinas", ["kabid_perizinan", "sekretaris"])
        assert "Kabid Perizinan dan Sekretaris sedang kosong" in words(kantor[KADIS])

    def test_a_role_that_ended_yesterday_is_vacant_too(self, kantor, lapangan):
        with unit_of_work() as s:
            s.execute(update(Penugasan).where(Penugasan.peran == KABID).values(end_date=date(2026, 11, 30)))
        sweep_escalations(now=SELASA_CLOSE)
        assert raised(lapangan)[1][1] == "sekretaris"

    def test_a_substitute_counts_as_there(self, kantor, lapangan):
        close_account(kantor[KABID])
        with unit_of_work() as s:
            s.add(
                Penugasan(
                    person_id=kantor[SEKRETARIS].person_id, peran=KABID, jabatan="Kabid Perizinan", dasar="plh",
                    assignment_letter="800/1", menggantikan=kantor[KABID].person_id, start_date=RABU.date(),
                    end_date=date(2026, 12, 31), created_at=RABU,
                )
            )  # fmt: skip
        sweep_escalations(now=SELASA_CLOSE)
        assert raised(lapangan)[1] == ("lewat", "kabid_perizinan", [])
        assert len(told(kantor[SEKRETARIS])) == 1

    def test_a_reminder_to_an_empty_desk_reaches_its_superior(self, kantor, lapangan):
        close_account(kantor[Peran.DINAS_TEKNIS])
        assert sweep_escalations(now=at("2026-12-01 10:00")) == 1
        assert raised(lapangan) == [("pengingat", "kabid_perizinan", ["dinas_teknis"])]
        assert "hampir lewat batas waktu" in words(kantor[KABID])

    def test_warnings_about_the_whole_file_climb_too(self, kantor, lapangan):
        close_account(kantor[KABID])
        escalate_cases(now=SELASA_CLOSE)
        assert raised(lapangan) == [("berkas_4_hari", "sekretaris", ["kabid_perizinan"])]

    def test_where_nobody_is_left_the_next_one_in_office_is_told(self, kantor, lapangan):
        close_account(kantor[KABID], kantor[SEKRETARIS], kantor[KADIS])
        sweep_escalations(now=SELASA_CLOSE)
        kosong = "Kabid Perizinan, Sekretaris dan Kepala Dinas sedang kosong"
        assert f"Batas waktu terlewati; belum ada yang dapat diberi tahu, {kosong}" in history(lapangan)
        assert told(kantor[KABID]) == []
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.person_id == kantor[KABID].person_id).values(aktif=True))
        sweep_escalations(now=SELASA_CLOSE + timedelta(minutes=1))
        sweep_escalations(now=SELASA_CLOSE + timedelta(minutes=2))
        assert len(told(kantor[KABID])) == 1
        assert "kosong" not in words(kantor[KABID])


class TestReading:
    @pytest.mark.parametrize("peran", [KABID, KADIS, Peran.DINAS_TEKNIS])
    def test_whoever_is_told_may_open_the_file(self, kantor, lapangan, peran):
        sweep_escalations(now=MONTH_FRONT)
        assert read_permohonan(lapangan, [peran]).id == lapangan

    def test_a_desk_that_was_not_told_still_may_not(self, kantor, lapangan):
        sweep_escalations(now=MONTH_FRONT)
        with pytest.raises(NotFound):
            read_permohonan(lapangan, [SEKRETARIS])

    def test_the_notice_leads_to_a_page_its_reader_may_open(self, kantor, lapangan):
        sweep_escalations(now=MONTH_FRONT)
        assert {p.tautan for p in told(kantor[KADIS])} == {f"/petugas/permohonan/{lapangan}"}
        assert {p.tautan for p in told(kantor[Peran.DINAS_TEKNIS])} == {f"/petugas/tugas/{at_desk(lapangan).tugas_id}"}


class TestNotices:
    def test_five_levels_of_one_file_are_one_notice_per_person_and_channel(self, kantor, lapangan):
        give_mail(*kantor.values())
        assert sweep_late(now=MONTH_FRONT) == 5
        for peran in (Peran.DINAS_TEKNIS, KABID, KADIS):
            assert sorted(p.saluran for p in told(kantor[peran])) == ["lonceng", "surel"]
        assert sweep_late(now=MONTH_FRONT) == 0
        assert len(told(kantor[KADIS])) == 2

    def test_a_person_with_all_the_roles_is_told_once(self, db):
        satu = person(*(p for p in Peran if p not in (Peran.PEMOHON, Peran.ADMIN)), nama="Serba Bisa")
        kantor = {p: Petugas(satu, p) for p in Peran}
        p = submitted(person())
        bring_to(p, "rekomendasi", kantor)
        assert sweep_late(now=MONTH_FRONT) == 5
        assert [n.saluran for n in told(kantor[KABID])] == ["lonceng"]

    def test_found_late_after_an_outage_nobody_reads_hampir_lewat(self, kantor, lapangan):
        sweep_escalations(now=MONTH_FRONT)
        semua = [words(kantor[p]) for p in (Peran.DINAS_TEKNIS, KABID, KADIS)]
        assert not [w for w in semua if "hampir lewat" in w]
        assert all("lewat dua kali batas waktu" in w for w in semua)

    def test_forty_five_late_files_are_one_mail_and_one_bell_for_their_superior(self, kantor, lapangan):
        give_mail(*kantor.values())
        clone(lapangan, 44)
        assert sweep_late(now=MONTH_FRONT) == 45 * 5
        assert sorted(p.saluran for p in told(kantor[KABID])) == ["lonceng", "surel"]
        (surat,) = {(p.judul, p.isi) for p in told(kantor[KABID])}
        assert surat[0] == "45 berkas perlu perhatian, 45 di antaranya sudah lewat waktu"
        assert surat[1].count("lewat dua kali batas waktu") == late_notices.DETAILED
        assert "Dan 30 berkas lain" in surat[1]
        with unit_of_work() as s:
            semua = Counter(s.scalars(select(Notice.saluran)))
        assert semua["surel"] <= 3
        assert semua["lonceng"] <= 5  # two for the applicant, who was told of the arrival

    def test_an_extended_limit_is_quoted_as_extended(self, kantor, lapangan):
        extend(at_desk(lapangan).tugas_id, 2, REASON, oleh=kantor[KABID], now=RABU)
        sweep_escalations(now=at("2026-12-03 16:00"))
        assert "batas waktu 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja" in words(kantor[KABID])
        clone(lapangan, 1)
        sweep_escalations(now=MONTH_FRONT)
        assert "(batas 4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja)" in words(kantor[KADIS])

    def test_after_an_extension_the_next_lapse_is_told_again(self, kantor, lapangan):
        sweep_escalations(now=SELASA_CLOSE)
        extend(at_desk(lapangan).tugas_id, 1, REASON, oleh=kantor[KABID], now=SELASA_CLOSE)
        sweep_escalations(now=RABU_CLOSE)
        assert [p.judul.split(" ", 2)[2] for p in told(kantor[KABID])] == ["lewat batas waktu"] * 2

    def test_what_was_decided_before_it_could_be_told_is_news_to_nobody(self, kantor, lapangan, monkeypatch):
        monkeypatch.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
        assert sweep_escalations(now=SELASA_CLOSE) == 2
        bring_to(lapangan, "paraf_kabid", kantor, now=SELASA_CLOSE)
        assert tell_late(now=SELASA_CLOSE) == 0
        assert told(kantor[KABID]) == []

    def test_a_sweep_that_died_before_telling_is_made_good_by_the_next(self, kantor, lapangan, monkeypatch):
        with monkeypatch.context() as m:
            m.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
            sweep_escalations(now=SELASA_CLOSE)
        assert told(kantor[KABID]) == []
        sweep_escalations(now=SELASA_CLOSE)
        assert len(told(kantor[KABID])) == 1

    def test_one_unreadable_file_keeps_the_others_news_from_nobody(self, kantor, lapangan, monkeypatch):
        (rusak, tugas), *_ = clone(lapangan, 1)
        monkeypatch.setattr("pipeline.services.deadlines.escalate.tell_late", lambda now: 0)
        sweep_escalations(now=at("2026-12-01 10:00"))
        with unit_of_work() as s:
            s.execute(update(Tugas).where(Tugas.id == tugas).values(langkah="tidak_ada"))
        assert tell_late(now=SELASA_CLOSE) == 1
        with unit_of_work() as s:
            menunggu = s.scalars(select(Eskalasi.permohonan_id).where(Eskalasi.told_at.is_(None))).all()
        assert menunggu == [rusak]


def test_the_history_does_not_say_that_a_late_file_moved(kantor, lapangan):
    bring_to(lapangan, "paraf_kabid", kantor)
    sweep_escalations(now=RABU + timedelta(minutes=6))
    assert at_desk(lapangan).peran is KABID
    assert "Batas waktu terlewati, diberitahukan ke Sekretaris" in history(lapangan)
    assert not [j for j in history(lapangan) if "terlewati" in j and "diteruskan" in j]


def test_the_history_line_comes_from_the_peristiwa_and_not_from_the_table(kantor, lapangan):
    sweep_escalations(now=SELASA_CLOSE)
    before = history(lapangan)
    with unit_of_work() as s:
        s.execute(update(Eskalasi).values(kepada="kepala_dinas", tingkat="dua_kali").where(Eskalasi.tingkat == "lewat"))
    assert history(lapangan) == before
    with unit_of_work() as s:
        data = s.scalars(select(Peristiwa.data).where(Peristiwa.jenis == "eskalasi").order_by(Peristiwa.urut)).all()
    assert data[1] == {
        "langkah": "rekomendasi", "kunjungan": 1, "tenggat_number": 0, "tingkat": "lewat", "kepada": "kabid_perizinan",
        "kosong": [], "tugas": str(at_desk(lapangan).tugas_id),
    }  # fmt: skip


def test_the_history_quotes_a_limit_with_its_extension(kantor, lapangan):
    extend(at_desk(lapangan).tugas_id, 2, REASON, oleh=kantor[KABID], now=RABU)
    bring_to(lapangan, "paraf_kabid", kantor)
    batas = [k.batas for k in read_riwayat(lapangan, SOP) if k.judul == "Rekomendasi: terbit"]
    assert batas == ["4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"]


class TestVacancies:
    def test_a_full_office_has_none(self, kantor):
        assert read_vacancies(RABU.date()) == ()

    def test_a_desk_without_anybody_is_named_with_what_lies_there(self, kantor, lapangan):
        close_account(kantor[Peran.DINAS_TEKNIS])
        (kosong,) = read_vacancies(RABU.date())
        assert kosong.kalimat == (
            "Tidak ada petugas yang dapat bekerja di meja Dinas Teknis hari ini; 1 berkas ada di sana."
        )

    def test_a_substitute_who_ends_tomorrow_is_named_before(self, kantor):
        with unit_of_work() as s:
            s.execute(update(Penugasan).where(Penugasan.peran == SEKRETARIS).values(end_date=date(2026, 11, 26)))
        (kosong,) = read_vacancies(RABU.date())
        assert kosong.kalimat == "Tidak ada petugas yang dapat bekerja di meja Sekretaris mulai Jumat 27 November 2026."

    def test_a_weekend_between_two_holders_is_no_gap(self, kantor):
        pengganti = person(SEKRETARIS)
        with unit_of_work() as s:
            n = Penugasan
            s.execute(update(n).where(n.person_id == kantor[SEKRETARIS].person_id).values(end_date=date(2026, 11, 27)))
            s.execute(update(n).where(n.person_id == pengganti).values(start_date=date(2026, 11, 30)))
        assert read_vacancies(RABU.date()) == ()

    def test_on_a_closed_day_it_is_empty_already(self, kantor):
        close_account(kantor[SEKRETARIS])
        (kosong,) = read_vacancies(date(2026, 11, 28))
        assert kosong.kalimat == "Tidak ada petugas yang dapat bekerja di meja Sekretaris hari ini."

    def test_who_has_not_set_a_password_yet_cannot_work(self, kantor):
        with unit_of_work() as s:
            kabid = update(Account).where(Account.person_id == kantor[KABID].person_id)
            s.execute(kabid.values(sandi=None))
        (kosong,) = read_vacancies(RABU.date())
        assert kosong.peran is KABID

    def test_an_empty_office_names_every_desk(self, db):
        assert [v.peran for v in read_vacancies(RABU.date())] == list(PERAN_PETUGAS)


def test_a_returned_file_does_not_tell_its_old_visit_again(kantor, lapangan):
    sweep_escalations(now=SELASA_CLOSE)
    leave = SELASA_CLOSE + timedelta(hours=17)
    decide_at(
        lapangan, kantor[Peran.DINAS_TEKNIS], KeputusanKind.KEMBALIKAN, ke="periksa",
        alasan="Alamat belum sesuai akta.", now=leave,
    )  # fmt: skip
    bring_to(lapangan, "rekomendasi", kantor, now=leave)
    before = len(told(kantor[KABID]))
    sweep_escalations(now=leave + timedelta(hours=1))
    assert len(told(kantor[KABID])) == before
