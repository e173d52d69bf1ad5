"""The queue of a role: what lies there, in which order, whose it is, and what the words say."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text, update

from pipeline.db import unit_of_work
from pipeline.models import Permohonan, Tugas
from pipeline.queries.desk.antrean import Choice, Tab, read_antrean
from pipeline.queries.paging import PER_PAGE
from pipeline.rules.form.holder import holder_columns
from pipeline.services.desk.claim import claim
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import SOP, WEDNESDAY, at_desk, decide_at, person, submitted, work_off
from tests.owner import as_owner, behind_its_back, owner
from tests.web.desk import Kantor, email, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL = DINAS_TEKNIS


class TestContent:
    def test_an_empty_queue_says_so(self, kantor: Kantor) -> None:
        assert "Tidak ada berkas yang menunggu" in kantor[FRONT_OFFICE].open_page("/petugas/antrean").text

    def test_a_file_is_seen_before_its_task_has_run(self, kantor: Kantor) -> None:
        submitted(person())
        page = kantor[FRONT_OFFICE].open_page("/petugas/antrean").text
        assert "Sedang disiapkan" in page
        assert ">Ambil" not in page

    def test_time_left_is_told_in_office_time_and_unfolds(self, kantor: Kantor) -> None:
        kantor.carry("rekomendasi")
        page = kantor[TECHNICAL].open_page("/petugas/antrean").text
        assert "Sisa 4 hari" in page
        assert "1 Desember 2026 16.00 WITA" in page

    def test_a_late_file_is_marked_by_a_word_and_a_sign(self, kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
        kantor.carry("paraf_kabid")
        monkeypatch.setattr("pipeline.clock.now", lambda: WEDNESDAY + timedelta(minutes=11))
        page = kantor[KABID_PERIZINAN].open_page("/petugas/antrean").text
        assert "! Lewat 6 menit" in page
        assert "1 lewat waktu" in page

    def test_a_parked_file_is_red_and_says_what_to_do(self, kantor: Kantor) -> None:
        berkas = kantor.carry("rekomendasi")
        with unit_of_work() as s:
            s.execute(
                update(Tugas).where(Tugas.id == at_desk(berkas.permohonan_id).tugas_id).values(stuck_at=WEDNESDAY)
            )
        page = kantor[TECHNICAL].open_page("/petugas/antrean").text
        assert "! Macet" in page
        assert "beri tahu operator" in page

    def test_silent_machinery_shows_a_banner(self, kantor: Kantor) -> None:
        assert "Sebagian sistem sedang tidak berjalan" in kantor[TECHNICAL].open_page("/petugas/antrean").text


class TestOrder:
    def test_returned_files_come_first_then_the_most_urgent(self, kantor: Kantor) -> None:
        old, new, back = (kantor.carry("rekomendasi", seed=b).permohonan_id for b in "abc")
        with as_owner() as s:
            s.execute(update(Tugas).where(Tugas.permohonan_id == new).values(tenggat=WEDNESDAY + timedelta(hours=9)))
            s.execute(update(Tugas).where(Tugas.permohonan_id == old).values(tenggat=WEDNESDAY - timedelta(hours=1)))
            s.execute(update(Tugas).where(Tugas.id == at_desk(back).tugas_id).values(expedited=True))
        content = read_antrean(Choice(peran=TECHNICAL, person_id=kantor.person[TECHNICAL].person_id), now=WEDNESDAY)
        assert [b.permohonan_id for b in content.line] == [back, old, new]

    def test_tabs_count_what_they_list(self, kantor: Kantor) -> None:
        one, two = (kantor.carry("rekomendasi", seed=b).permohonan_id for b in "ab")
        claim(at_desk(one).tugas_id, actor=kantor.person[TECHNICAL], now=WEDNESDAY)
        with as_owner() as s:
            s.execute(update(Tugas).where(Tugas.id == at_desk(two).tugas_id).values(tenggat=WEDNESDAY, expedited=True))
        now = WEDNESDAY + timedelta(seconds=1)
        content = {
            t: read_antrean(Choice(peran=TECHNICAL, person_id=kantor.person[TECHNICAL].person_id, tab=t), now=now)
            for t in Tab
        }
        assert {t: len(i.line) for t, i in content.items()} == dict(content[Tab.SEMUA].tally)
        assert dict(content[Tab.SEMUA].tally) == {"semua": 2, "saya": 1, "lewat": 1, "kembali": 1}

    def test_only_one_page_is_loaded_and_by_the_partial_index(self, kantor: Kantor, db: Engine) -> None:
        many_files(db, 1200)
        choices = Choice(peran=TECHNICAL, person_id=kantor.person[TECHNICAL].person_id, page=2)
        seen: list[tuple[str, object]] = []
        listener = lambda c, cur, sql, args, ctx, many: seen.append((sql, args))  # noqa: E731 - SQLAlchemy's signature
        event.listen(db, "before_cursor_execute", listener)
        try:
            content = read_antrean(choices, now=WEDNESDAY)
        finally:
            event.remove(db, "before_cursor_execute", listener)
        assert (len(content.line), content.page, content.page_count) == (PER_PAGE, 2, 5)
        sql, args = next(s for s in seen if "pemegang" in s[0])
        with owner().connect() as conn:
            conn.execute(text("ANALYZE tugas"))
            plan = "\n".join(r[0] for r in conn.exec_driver_sql(f"EXPLAIN {sql}", args))
        assert "ix_tugas_antrean" in plan


def many_files(db: Engine, total: int) -> None:
    """Open files straight into the tables, one in ten on the desk of Dinas Teknis."""
    submitted(person())
    with behind_its_back() as conn:
        conn.execute(
            text(
                "INSERT INTO permohonan SELECT (p).* FROM (SELECT jsonb_populate_record(p, jsonb_build_object("
                "'id', gen_random_uuid(), 'nomor', 'UJI-2026-' || lpad(n::text, 5, '0'))) AS p"
                " FROM permohonan p, generate_series(1, :n) n) x"
            ),
            {"n": total},
        )
        conn.execute(
            text(
                "INSERT INTO tugas SELECT (t).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object("
                "'id', gen_random_uuid(), 'permohonan_id', p.id, 'langkah', 'rekomendasi',"
                "'peran', CASE WHEN right(p.nomor, 1) = '0' THEN 'dinas_teknis' ELSE 'kabid_perizinan' END,"
                "'closed_at', NULL, 'keputusan', NULL)) AS t FROM tugas t, permohonan p"
                " WHERE t.langkah = 'periksa' AND p.nomor LIKE 'UJI%') x"
            )
        )


class TestSearch:
    def test_by_number_and_by_institution(self, kantor: Kantor) -> None:
        kantor.carry("rekomendasi", seed="a")
        b = kantor.carry("rekomendasi", seed="b").permohonan_id
        named = holder_columns(SOP, {"nama_lembaga": "Panti 100% Amanah_Jaya"})
        with unit_of_work() as s:
            s.execute(update(Permohonan).where(Permohonan.id == b).values(named))
        open_page = kantor[TECHNICAL].open_page
        assert "Amanah_Jaya" in open_page("/petugas/antrean?cari=AMANAH_").text
        assert "1 berkas cocok" in open_page("/petugas/antrean?cari=100%25").text

    @pytest.mark.attack("B08")
    @pytest.mark.parametrize("text", ["%", "_", "\\", "x" * 2000, "\x00", "'; DROP TABLE tugas; --", "%ff%fe"])
    def test_wildcards_are_letters_and_odd_text_finds_nothing(self, kantor: Kantor, text: str) -> None:
        """B08."""
        kantor.carry("rekomendasi")
        answer = kantor[TECHNICAL].open_page("/petugas/antrean", query_string={"cari": text})
        assert answer.status_code == 200
        assert text == "\x00" or "Tidak ada berkas yang cocok" in answer.text

    @pytest.mark.parametrize(
        "query", ["halaman=-1", "halaman=99999999999", "halaman=١", "tampil=x", "peran=x", "halaman="]
    )
    def test_an_odd_address_shows_the_first_page(self, kantor: Kantor, query: str) -> None:
        assert kantor[TECHNICAL].open_page(f"/petugas/antrean?{query}").status_code == 200

    def test_everything_my_role_has_had_is_found_wherever_it_is_now(self, kantor: Kantor) -> None:
        kantor.carry("paraf_kabid")
        assert "Persetujuan Kabid" in kantor[TECHNICAL].open_page("/petugas/cari?cari=LKS-2026").text
        foreign = kantor[KEPALA_DINAS].open_page("/petugas/cari?cari=LKS-2026").text
        assert "Tidak ada berkas yang pernah ditangani" in foreign


class TestTake:
    def test_taking_a_file_opens_it_and_others_see_whose_it_is(self, kantor: Kantor, app: Flask) -> None:
        berkas = kantor.carry("rekomendasi")
        me = kantor[TECHNICAL]
        me.open_page("/petugas/antrean")
        answer = me.send(f"{berkas.address}/ambil")
        assert (answer.status_code, answer.location) == (303, berkas.address)
        assert "Lanjutkan" in me.open_page("/petugas/antrean").text
        make_officer("rekan@uji.test", TECHNICAL, name="Rekan")
        colleague = login(app, "rekan@uji.test")
        assert f"Petugas {TECHNICAL.name}" in colleague.open_page("/petugas/antrean").text
        assert colleague.send(f"{berkas.address}/ambil").status_code == 409

    def test_giving_it_back_puts_it_in_the_queue_again(self, kantor: Kantor) -> None:
        berkas = kantor.carry("rekomendasi")
        me = kantor[TECHNICAL]
        me.open_page("/petugas/antrean")
        me.send(f"{berkas.address}/ambil")
        assert me.send(f"{berkas.address}/lepas").status_code == 303
        assert "Belum diambil" in me.open_page("/petugas/antrean").text

    def test_a_decided_file_leaves_the_queue(self, kantor: Kantor) -> None:
        berkas = kantor.carry("paraf_kabid")
        decide_at(berkas.permohonan_id, kantor.person[KABID_PERIZINAN], KeputusanKind.SETUJUI)
        work_off()
        assert "Tidak ada berkas yang menunggu" in kantor[KABID_PERIZINAN].open_page("/petugas/antrean").text


def test_somebody_with_two_desks_sees_both_counts(kantor: Kantor, app: Flask) -> None:
    make_officer("dua@uji.test", TECHNICAL, SEKRETARIS)
    kantor.carry("rekomendasi")
    page = login(app, "dua@uji.test").open_page("/petugas/antrean?peran=sekretaris").text
    assert "Dinas Teknis (1)" in page
    assert "Sekretaris (0)" in page


def test_a_desk_that_is_not_mine_is_refused(kantor: Kantor) -> None:
    assert kantor[TECHNICAL].open_page("/petugas/antrean?peran=kepala_dinas").status_code == 403
    assert email(TECHNICAL) not in kantor[TECHNICAL].open_page("/petugas/antrean?peran=kepala_dinas").text
