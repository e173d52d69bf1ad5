"""The queue of a role: what lies there, in which order, whose it is, and what the words say."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text, update

from pipeline.db import unit_of_work
from pipeline.models import Permohonan, Tugas
from pipeline.queries.desk.antrean import Choice, Show, read_antrean
from pipeline.queries.paging import PER_PAGE
from pipeline.roles import Peran
from pipeline.rules.form.institution import institution_columns
from pipeline.services.desk.claim import claim
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, decide_at, person, submitted, work_off
from tests.web.meja import Kantor, make_kantor, make_officer, masuk, surel  # noqa: F401 - the fixture kantor

TECHNICAL = Peran.DINAS_TEKNIS


class TestContent:
    def test_an_empty_queue_says_so(self, kantor: Kantor) -> None:
        assert "Tidak ada berkas yang menunggu" in kantor[Peran.FRONT_OFFICE].buka("/petugas/antrean").text

    def test_a_file_is_seen_before_its_task_has_run(self, kantor: Kantor) -> None:
        submitted(person())
        halaman = kantor[Peran.FRONT_OFFICE].buka("/petugas/antrean").text
        assert "Sedang disiapkan" in halaman
        assert ">Ambil" not in halaman

    def test_time_left_is_told_in_office_time_and_unfolds(self, kantor: Kantor) -> None:
        kantor.bawa("rekomendasi")
        halaman = kantor[TECHNICAL].buka("/petugas/antrean").text
        assert "Sisa 4 hari" in halaman
        assert "1 Desember 2026 16.00 WITA" in halaman

    def test_a_late_file_is_marked_by_a_word_and_a_sign(self, kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
        kantor.bawa("paraf_kabid")
        monkeypatch.setattr("pipeline.clock.now", lambda: RABU + timedelta(minutes=11))
        halaman = kantor[Peran.KABID_PERIZINAN].buka("/petugas/antrean").text
        assert "! Lewat 6 menit" in halaman
        assert "1 lewat waktu" in halaman

    def test_a_parked_file_is_red_and_says_what_to_do(self, kantor: Kantor) -> None:
        berkas = kantor.bawa("rekomendasi")
        with unit_of_work() as s:
            s.execute(update(Tugas).where(Tugas.id == at_desk(berkas.permohonan_id).tugas_id).values(stuck_at=RABU))
        halaman = kantor[TECHNICAL].buka("/petugas/antrean").text
        assert "! Macet" in halaman
        assert "beri tahu operator" in halaman

    def test_silent_machinery_shows_a_banner(self, kantor: Kantor) -> None:
        assert "Sebagian sistem sedang tidak berjalan" in kantor[TECHNICAL].buka("/petugas/antrean").text


class TestOrder:
    def test_returned_files_come_first_then_the_most_urgent(self, kantor: Kantor) -> None:
        lama, baru, kembali = (kantor.bawa("rekomendasi", benih=b).permohonan_id for b in "abc")
        with unit_of_work() as s:
            s.execute(update(Tugas).where(Tugas.permohonan_id == baru).values(tenggat=RABU + timedelta(hours=9)))
            s.execute(update(Tugas).where(Tugas.permohonan_id == lama).values(tenggat=RABU - timedelta(hours=1)))
            s.execute(update(Tugas).where(Tugas.id == at_desk(kembali).tugas_id).values(didahulukan=True))
        isi = read_antrean(Choice(peran=TECHNICAL, person_id=kantor.orang[TECHNICAL].person_id), now=RABU)
        assert [b.permohonan_id for b in isi.baris] == [kembali, lama, baru]

    def test_tabs_count_what_they_list(self, kantor: Kantor) -> None:
        satu, dua = (kantor.bawa("rekomendasi", benih=b).permohonan_id for b in "ab")
        claim(at_desk(satu).tugas_id, oleh=kantor.orang[TECHNICAL], now=RABU)
        with unit_of_work() as s:
            s.execute(update(Tugas).where(Tugas.id == at_desk(dua).tugas_id).values(tenggat=RABU, didahulukan=True))
        now = RABU + timedelta(seconds=1)
        isi = {
            t: read_antrean(Choice(peran=TECHNICAL, person_id=kantor.orang[TECHNICAL].person_id, tampil=t), now=now)
            for t in Show
        }
        assert {t: len(i.baris) for t, i in isi.items()} == dict(isi[Show.SEMUA].hitungan)
        assert dict(isi[Show.SEMUA].hitungan) == {"semua": 2, "saya": 1, "lewat": 1, "kembali": 1}

    def test_only_one_page_is_loaded_and_by_the_partial_index(self, kantor: Kantor, db: Engine) -> None:
        many_files(db, 1200)
        pilihan = Choice(peran=TECHNICAL, person_id=kantor.orang[TECHNICAL].person_id, halaman=2)
        seen: list[tuple[str, object]] = []
        listener = lambda c, cur, sql, args, ctx, many: seen.append((sql, args))  # noqa: E731 - SQLAlchemy's signature
        event.listen(db, "before_cursor_execute", listener)
        try:
            isi = read_antrean(pilihan, now=RABU)
        finally:
            event.remove(db, "before_cursor_execute", listener)
        assert (len(isi.baris), isi.halaman, isi.page_count) == (PER_PAGE, 2, 5)
        sql, args = next(s for s in seen if "nama_lembaga" in s[0])
        with db.connect() as conn:
            conn.execute(text("ANALYZE tugas"))
            rencana = "\n".join(r[0] for r in conn.exec_driver_sql(f"EXPLAIN {sql}", args))
        assert "ix_tugas_antrean" in rencana


def many_files(db: Engine, jumlah: int) -> None:
    """Open files straight into the tables, one in ten on the desk of Dinas Teknis."""
    submitted(person())
    with db.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(
            text(
                "INSERT INTO permohonan SELECT (p).* FROM (SELECT jsonb_populate_record(p, jsonb_build_object("
                "'id', gen_random_uuid(), 'nomor', 'UJI-2026-' || lpad(n::text, 5, '0'))) AS p"
                " FROM permohonan p, generate_series(1, :n) n) x"
            ),
            {"n": jumlah},
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
        kantor.bawa("rekomendasi", benih="a")
        b = kantor.bawa("rekomendasi", benih="b").permohonan_id
        named = institution_columns(SOP, {"nama_lembaga": "Panti 100% Amanah_Jaya"})
        with unit_of_work() as s:
            s.execute(update(Permohonan).where(Permohonan.id == b).values(named))
        buka = kantor[TECHNICAL].buka
        assert "Amanah_Jaya" in buka("/petugas/antrean?cari=AMANAH_").text
        assert "1 berkas cocok" in buka("/petugas/antrean?cari=100%25").text

    @pytest.mark.attack("B08")
    @pytest.mark.parametrize("teks", ["%", "_", "\\", "x" * 2000, "\x00", "'; DROP TABLE tugas; --", "%ff%fe"])
    def test_wildcards_are_letters_and_odd_text_finds_nothing(self, kantor: Kantor, teks: str) -> None:
        """B08."""
        kantor.bawa("rekomendasi")
        jawaban = kantor[TECHNICAL].buka("/petugas/antrean", query_string={"cari": teks})
        assert jawaban.status_code == 200
        assert teks == "\x00" or "Tidak ada berkas yang cocok" in jawaban.text

    @pytest.mark.parametrize(
        "tanya", ["halaman=-1", "halaman=99999999999", "halaman=١", "tampil=x", "peran=x", "halaman="]
    )
    def test_an_odd_address_shows_the_first_page(self, kantor: Kantor, tanya: str) -> None:
        assert kantor[TECHNICAL].buka(f"/petugas/antrean?{tanya}").status_code == 200

    def test_everything_my_role_has_had_is_found_wherever_it_is_now(self, kantor: Kantor) -> None:
        kantor.bawa("paraf_kabid")
        assert "Persetujuan Kabid" in kantor[TECHNICAL].buka("/petugas/cari?cari=LKS-2026").text
        asing = kantor[Peran.KEPALA_DINAS].buka("/petugas/cari?cari=LKS-2026").text
        assert "Tidak ada berkas yang pernah ditangani" in asing


class TestTake:
    def test_taking_a_file_opens_it_and_others_see_whose_it_is(self, kantor: Kantor, app: Flask) -> None:
        berkas = kantor.bawa("rekomendasi")
        saya = kantor[TECHNICAL]
        saya.buka("/petugas/antrean")
        jawaban = saya.kirim(f"{berkas.alamat}/ambil")
        assert (jawaban.status_code, jawaban.location) == (303, berkas.alamat)
        assert "Lanjutkan" in saya.buka("/petugas/antrean").text
        make_officer("rekan@uji.test", TECHNICAL, nama="Rekan")
        rekan = masuk(app, "rekan@uji.test")
        assert f"Petugas {TECHNICAL.nama}" in rekan.buka("/petugas/antrean").text
        assert rekan.kirim(f"{berkas.alamat}/ambil").status_code == 409

    def test_giving_it_back_puts_it_in_the_queue_again(self, kantor: Kantor) -> None:
        berkas = kantor.bawa("rekomendasi")
        saya = kantor[TECHNICAL]
        saya.buka("/petugas/antrean")
        saya.kirim(f"{berkas.alamat}/ambil")
        assert saya.kirim(f"{berkas.alamat}/lepas").status_code == 303
        assert "Belum diambil" in saya.buka("/petugas/antrean").text

    def test_a_decided_file_leaves_the_queue(self, kantor: Kantor) -> None:
        berkas = kantor.bawa("paraf_kabid")
        decide_at(berkas.permohonan_id, kantor.orang[Peran.KABID_PERIZINAN], KeputusanKind.SETUJUI)
        work_off()
        assert "Tidak ada berkas yang menunggu" in kantor[Peran.KABID_PERIZINAN].buka("/petugas/antrean").text


def test_somebody_with_two_desks_sees_both_counts(kantor: Kantor, app: Flask) -> None:
    make_officer("dua@uji.test", TECHNICAL, Peran.SEKRETARIS)
    kantor.bawa("rekomendasi")
    halaman = masuk(app, "dua@uji.test").buka("/petugas/antrean?peran=sekretaris").text
    assert "Dinas Teknis (1)" in halaman
    assert "Sekretaris (0)" in halaman


def test_a_desk_that_is_not_mine_is_refused(kantor: Kantor) -> None:
    assert kantor[TECHNICAL].buka("/petugas/antrean?peran=kepala_dinas").status_code == 403
    assert surel(TECHNICAL) not in kantor[TECHNICAL].buka("/petugas/antrean?peran=kepala_dinas").text
