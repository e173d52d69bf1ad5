"""The file page: what is there to check, who may see what, and what every look at personal data leaves behind."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.models import Berkas, DataAccess, Permohonan, metadata
from pipeline.roles import Peran
from pipeline.services.desk.claim import claim
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, decide_at, draw, person, submitted, work_off
from tests.web.conftest import without_token
from tests.web.meja import Berkas as File
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, BO = Peran.DINAS_TEKNIS, Peran.KABID_PERIZINAN, Peran.BACK_OFFICE


def berkas_of(file: File, *, pribadi: bool) -> str:
    """The address of a document of the file, without the last word."""
    kode = {s.kode for s in SOP.syarat if s.pribadi is pribadi}
    with unit_of_work() as s:
        pilih = select(Berkas.id).where(Berkas.permohonan_id == file.permohonan_id, Berkas.syarat.in_(kode))
        return f"/petugas/berkas/{s.scalars(pilih.order_by(Berkas.syarat)).first()}"


def looks() -> list[tuple[str, str]]:
    """What was looked at, and for what."""
    with unit_of_work() as s:
        return [(r.apa, r.tujuan) for r in s.execute(select(DataAccess.apa, DataAccess.tujuan).order_by(DataAccess.id))]


class TestPage:
    def test_documents_verdicts_answers_outcomes_and_history_are_on_one_page(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        halaman = kantor[TECHNICAL].buka(file.alamat).text
        for kata in ("Surat permohonan", "lulus otomatis", "Nama ketua", "Permohonan dikirim", "Terpakai"):
            assert kata in halaman, kata
        for nilai in ("kirim", "tolak", "kembalikan"):
            assert f'name="keputusan" type="radio" value="{nilai}"' in halaman
        for kode in SOP["rekomendasi"].kembali_ke:
            assert f'name="ke" type="radio" value="{kode}"' in halaman

    def test_a_desk_that_has_to_put_something_right_reads_why_above_everything_else(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        decide_at(
            file.permohonan_id,
            kantor.orang[KABID],
            KeputusanKind.KEMBALIKAN,
            ke="susun_sk",
            alasan="Nama <ketua> keliru tulis.",
        )
        work_off()
        pesan = kantor[BO].buka(file.alamat).text.partition("Dikembalikan oleh")[2].partition("</div>")[0]
        assert "Kabid Perizinan" in pesan
        assert "Nama &lt;ketua&gt; keliru tulis." in pesan

    def test_only_the_desk_that_sets_the_direction_may_refuse(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        halaman = kantor[KABID].buka(file.alamat).text
        assert 'value="setujui"' in halaman
        assert 'value="tolak"' not in halaman

    def test_numbers_of_identity_are_masked_until_asked_for_and_the_asking_is_recorded(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        browser = kantor[TECHNICAL]
        assert not re.search(r"\b\d{16}\b", browser.buka(file.alamat).text)
        assert looks() == []
        assert re.search(r"\b\d{16}\b", browser.buka(f"{file.alamat}?lihat=nik").text)
        assert looks() == [("isian NIK", "memeriksa")]

    def test_a_file_in_a_colleagues_hands_can_be_read_but_not_decided(self, kantor: Kantor, app: Flask) -> None:
        file = kantor.bawa("rekomendasi")
        claim(at_desk(file.permohonan_id).tugas_id, oleh=kantor.orang[TECHNICAL], now=RABU)
        make_officer("rekan@uji.test", TECHNICAL, nama="Rekan")
        halaman = masuk(app, "rekan@uji.test").buka(file.alamat).text
        assert f"Sedang dikerjakan <strong>Petugas {TECHNICAL.nama}" in halaman
        assert "Simpan keputusan" not in halaman

    def test_while_the_system_works_on_it_nobody_can_decide(self, kantor: Kantor) -> None:
        file = File(submitted(person()))
        halaman = kantor[Peran.FRONT_OFFICE].buka(file.alamat).text
        assert "sedang disiapkan sistem" in halaman
        assert "Simpan keputusan" not in halaman

    def test_what_the_applicant_typed_is_shown_as_text(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        with unit_of_work() as s:
            p = s.get_one(Permohonan, file.permohonan_id)
            p.nama_lembaga = '<img src=x onerror="alert(1)">'
            p.isi = {**p.isi, "alamat": "{{7*7}}<script>"}
        halaman = kantor[TECHNICAL].buka(file.alamat).text
        assert "<img src=x" not in halaman
        assert "{{7*7}}&lt;script&gt;" in halaman


class TestPaper:
    @pytest.mark.attack("F18")
    def test_pages_are_images_and_downloads_are_attachments(self, kantor: Kantor) -> None:
        """C02: whatever a document holds, no browser runs it in our name."""
        file = kantor.bawa("rekomendasi")
        draw(file.permohonan_id)
        alamat = berkas_of(file, pribadi=False)
        gambar = kantor[TECHNICAL].buka(f"{alamat}/gambar/1")
        assert (gambar.status_code, gambar.mimetype) == (200, "image/webp")
        assert gambar.headers["Cache-Control"] == "no-store, private"
        unduh = kantor[TECHNICAL].buka(f"{alamat}/unduh")
        assert unduh.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in unduh.headers["Content-Security-Policy"]
        assert looks() == []

    @pytest.mark.attack("C10", "F12")
    def test_looking_at_personal_data_leaves_one_row_a_look(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        draw(file.permohonan_id)
        alamat = berkas_of(file, pribadi=True)
        for kata in ("gambar/1", "gambar/1?lebar=1200", "unduh"):
            assert kantor[TECHNICAL].buka(f"{alamat}/{kata}").status_code == 200
        assert [tujuan for _, tujuan in looks()] == ["memeriksa", "mengunduh"]
        assert all(apa.startswith("berkas ") for apa, _ in looks())

    @pytest.mark.parametrize("n", ["0", "99", "-1", "99999999999999999999", "1e3", "x"])
    def test_a_page_that_is_not_there_does_not_exist(self, kantor: Kantor, n: str) -> None:
        file = kantor.bawa("rekomendasi")
        assert kantor[TECHNICAL].buka(f"{berkas_of(file, pribadi=False)}/gambar/{n}").status_code == 404

    @pytest.mark.attack("C10")
    def test_documents_close_when_the_file_leaves_my_desk(self, kantor: Kantor) -> None:
        """C10: and nobody reads on by a link they kept."""
        file = kantor.bawa("rekomendasi")
        alamat = berkas_of(file, pribadi=True)
        tugas = file.alamat
        decide_at(
            file.permohonan_id, kantor.orang[TECHNICAL], KeputusanKind.KEMBALIKAN, ke="ajukan", alasan="Akta terpotong."
        )
        work_off()
        for kata in (f"{alamat}/gambar/1", f"{alamat}/unduh", f"{tugas}/draf.docx", f"{tugas}/dokumen/bap/gambar/1"):
            assert kantor[TECHNICAL].buka(kata).status_code == 404, kata
        assert looks() == []


class TestBacaSaja:
    def test_a_decided_file_leads_to_its_history(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        alamat = file.alamat
        decide_at(
            file.permohonan_id, kantor.orang[TECHNICAL], KeputusanKind.KEMBALIKAN, ke="ajukan", alasan="Akta terpotong."
        )
        jawaban = kantor[TECHNICAL].buka(alamat)
        assert (jawaban.status_code, jawaban.location) == (302, f"/petugas/permohonan/{file.permohonan_id}")
        halaman = kantor[TECHNICAL].buka(jawaban.location).text
        assert "Dikembalikan ke Pemohon" in halaman
        assert "Akta terpotong." in halaman
        assert "/petugas/berkas/" not in halaman

    def test_a_file_my_role_never_had_looks_like_one_that_does_not_exist(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        asing = kantor[Peran.SEKRETARIS]
        for ada, tiada in (
            (f"/petugas/permohonan/{file.permohonan_id}", f"/petugas/permohonan/{uuid4()}"),
            (file.alamat, f"/petugas/tugas/{uuid4()}"),
            (f"{berkas_of(file, pribadi=True)}/gambar/1", f"/petugas/berkas/{uuid4()}/gambar/1"),
        ):
            milik, kosong = asing.buka(ada), asing.buka(tiada)
            assert (milik.status_code, without_token(milik.text)) == (404, without_token(kosong.text))

    def test_looking_writes_nothing_else(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        draw(file.permohonan_id)
        before = counts()
        for kata in ("", "/draf/gambar/1", "/draf.docx", "/dokumen/bap/gambar/1", "/dokumen/rekomendasi/gambar/1"):
            assert kantor[KABID].buka(f"{file.alamat}{kata}").status_code == 200, kata
        assert counts() == before


def counts() -> dict[str, int]:
    with unit_of_work() as s:
        tables = [t for t in metadata.sorted_tables if t.name not in {"sesi", "percobaan_akses"}]
        return {t.name: s.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
