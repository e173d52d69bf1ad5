"""The file page: what is there to check, who may see what, and what every look at personal data leaves behind."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.models import Berkas, DataAccess, Permohonan, metadata
from pipeline.services.desk.claim import claim
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, SEKRETARIS
from tests.factories import SOP, WEDNESDAY, at_desk, decide_at, draw, person, submitted, work_off
from tests.web.conftest import without_token
from tests.web.desk import Berkas as File
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, BACK_OFFICE = DINAS_TEKNIS, KABID_PERIZINAN, BACK_OFFICE


def berkas_of(file: File, *, personal: bool) -> str:
    """The address of a document of the file, without the last word."""
    code = {s.code for s in SOP.syarat if s.personal is personal}
    with unit_of_work() as s:
        choose = select(Berkas.id).where(Berkas.permohonan_id == file.permohonan_id, Berkas.syarat.in_(code))
        return f"/petugas/berkas/{s.scalars(choose.order_by(Berkas.syarat)).first()}"


def looks() -> list[tuple[str, str]]:
    """What was looked at, and for what."""
    with unit_of_work() as s:
        return [
            (r.what, r.purpose) for r in s.execute(select(DataAccess.what, DataAccess.purpose).order_by(DataAccess.id))
        ]


class TestPage:
    def test_documents_verdicts_answers_outcomes_and_history_are_on_one_page(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        page = kantor[TECHNICAL].open_page(file.address).text
        for word in ("Surat permohonan", "lulus otomatis", "Nama ketua", "Permohonan dikirim", "Terpakai"):
            assert word in page, word
        for value in ("kirim", "tolak", "kembalikan"):
            assert f'name="keputusan" type="radio" value="{value}"' in page
        for code in SOP["rekomendasi"].returns_to:
            assert f'name="ke" type="radio" value="{code}"' in page

    def test_a_desk_that_has_to_put_something_right_reads_why_above_everything_else(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        decide_at(
            file.permohonan_id,
            kantor.person[KABID],
            KeputusanKind.KEMBALIKAN,
            target="susun_sk",
            reason="Nama <ketua> keliru tulis.",
        )
        work_off()
        message = (
            kantor[BACK_OFFICE].open_page(file.address).text.partition("Dikembalikan oleh")[2].partition("</div>")[0]
        )
        assert "Kabid Perizinan" in message
        assert "Nama &lt;ketua&gt; keliru tulis." in message

    def test_only_the_desk_that_sets_the_direction_may_refuse(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        page = kantor[KABID].open_page(file.address).text
        assert 'value="setujui"' in page
        assert 'value="tolak"' not in page

    def test_numbers_of_identity_are_masked_until_asked_for_and_the_asking_is_recorded(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        browser = kantor[TECHNICAL]
        assert not re.search(r"\b\d{16}\b", browser.open_page(file.address).text)
        assert looks() == []
        assert re.search(r"\b\d{16}\b", browser.open_page(f"{file.address}?lihat=nik").text)
        assert looks() == [("isian NIK", "memeriksa")]

    def test_a_file_in_a_colleagues_hands_can_be_read_but_not_decided(self, kantor: Kantor, app: Flask) -> None:
        file = kantor.carry("rekomendasi")
        claim(at_desk(file.permohonan_id).tugas_id, actor=kantor.person[TECHNICAL], now=WEDNESDAY)
        make_officer("rekan@uji.test", TECHNICAL, name="Rekan")
        page = login(app, "rekan@uji.test").open_page(file.address).text
        assert f"Sedang dikerjakan <strong>Petugas {TECHNICAL.name}" in page
        assert "Simpan keputusan" not in page

    def test_while_the_system_works_on_it_nobody_can_decide(self, kantor: Kantor) -> None:
        file = File(submitted(person()))
        page = kantor[FRONT_OFFICE].open_page(file.address).text
        assert "sedang disiapkan sistem" in page
        assert "Simpan keputusan" not in page

    def test_what_the_applicant_typed_is_shown_as_text(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        with unit_of_work() as s:
            p = s.get_one(Permohonan, file.permohonan_id)
            p.pemegang = '<img src=x onerror="alert(1)">'
            p.content = {**p.content, "alamat": "{{7*7}}<script>"}
        page = kantor[TECHNICAL].open_page(file.address).text
        assert "<img src=x" not in page
        assert "{{7*7}}&lt;script&gt;" in page


class TestPaper:
    @pytest.mark.attack("F18")
    def test_pages_are_images_and_downloads_are_attachments(self, kantor: Kantor) -> None:
        """C02: whatever a document holds, no browser runs it in our name."""
        file = kantor.carry("rekomendasi")
        draw(file.permohonan_id)
        address = berkas_of(file, personal=False)
        picture = kantor[TECHNICAL].open_page(f"{address}/gambar/1")
        assert (picture.status_code, picture.mimetype) == (200, "image/webp")
        assert picture.headers["Cache-Control"] == "no-store, private"
        download = kantor[TECHNICAL].open_page(f"{address}/unduh")
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in download.headers["Content-Security-Policy"]
        assert looks() == []

    @pytest.mark.attack("C10", "F12")
    def test_looking_at_personal_data_leaves_one_row_a_look(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        draw(file.permohonan_id)
        address = berkas_of(file, personal=True)
        for word in ("gambar/1", "gambar/1?lebar=1200", "unduh"):
            assert kantor[TECHNICAL].open_page(f"{address}/{word}").status_code == 200
        assert [purpose for _, purpose in looks()] == ["memeriksa", "mengunduh"]
        assert all(what.startswith("berkas ") for what, _ in looks())

    @pytest.mark.parametrize("n", ["0", "99", "-1", "99999999999999999999", "1e3", "x"])
    def test_a_page_that_is_not_there_does_not_exist(self, kantor: Kantor, n: str) -> None:
        file = kantor.carry("rekomendasi")
        assert kantor[TECHNICAL].open_page(f"{berkas_of(file, personal=False)}/gambar/{n}").status_code == 404

    @pytest.mark.attack("C10")
    def test_documents_close_when_the_file_leaves_my_desk(self, kantor: Kantor) -> None:
        """C10: and nobody reads on by a link they kept."""
        file = kantor.carry("rekomendasi")
        address = berkas_of(file, personal=True)
        tugas = file.address
        decide_at(
            file.permohonan_id,
            kantor.person[TECHNICAL],
            KeputusanKind.KEMBALIKAN,
            target="ajukan",
            reason="Akta terpotong.",
        )
        work_off()
        for word in (f"{address}/gambar/1", f"{address}/unduh", f"{tugas}/draf.docx", f"{tugas}/dokumen/bap/gambar/1"):
            assert kantor[TECHNICAL].open_page(word).status_code == 404, word
        assert looks() == []


class TestReadOnly:
    def test_a_decided_file_leads_to_its_history(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        address = file.address
        decide_at(
            file.permohonan_id,
            kantor.person[TECHNICAL],
            KeputusanKind.KEMBALIKAN,
            target="ajukan",
            reason="Akta terpotong.",
        )
        answer = kantor[TECHNICAL].open_page(address)
        assert (answer.status_code, answer.location) == (302, f"/petugas/permohonan/{file.permohonan_id}")
        page = kantor[TECHNICAL].open_page(answer.location).text
        assert "Dikembalikan ke Pemohon" in page
        assert "Akta terpotong." in page
        assert "/petugas/berkas/" not in page

    def test_a_file_my_role_never_had_looks_like_one_that_does_not_exist(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        foreign = kantor[SEKRETARIS]
        for present, absent in (
            (f"/petugas/permohonan/{file.permohonan_id}", f"/petugas/permohonan/{uuid4()}"),
            (file.address, f"/petugas/tugas/{uuid4()}"),
            (f"{berkas_of(file, personal=True)}/gambar/1", f"/petugas/berkas/{uuid4()}/gambar/1"),
        ):
            own, empty = foreign.open_page(present), foreign.open_page(absent)
            assert (own.status_code, without_token(own.text)) == (404, without_token(empty.text))

    def test_looking_writes_nothing_else(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        draw(file.permohonan_id)
        before = counts()
        for word in ("", "/draf/gambar/1", "/draf.docx", "/dokumen/bap/gambar/1", "/dokumen/rekomendasi/gambar/1"):
            assert kantor[KABID].open_page(f"{file.address}{word}").status_code == 200, word
        assert counts() == before


def counts() -> dict[str, int]:
    with unit_of_work() as s:
        tables = [t for t in metadata.sorted_tables if t.name not in {"sesi", "percobaan_akses"}]
        return {t.name: s.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
