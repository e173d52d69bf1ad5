"""The applicant's way: fill in, hand in, send, put right, receive."""

import io
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import Engine, select, update
from werkzeug.test import TestResponse

from pipeline.models import Berkas, CorrectionRequest, Permohonan, Upload
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.desk.decide import decide
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, data_of, filled_in, office, submitted, work_off
from tests.web.conftest import SamplePerson, without_token

KINDS = {"jenis": "BARU", "lembaga_jenis": "LKS", "bentuk": "BH", "posisi": "PUSAT", "lingkup": "KOTA"}


def foto(warna: str = "white") -> bytes:
    hasil = io.BytesIO()
    Image.new("RGB", (600, 800), warna).save(hasil, "JPEG")
    return hasil.getvalue()


def berkas(nama: str = "surat.jpg", payload: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(foto() if payload is None else payload), nama


def draf(orang: SamplePerson) -> str:
    """Begin an application through the pages; returns its address."""
    orang.peramban.buka("/permohonan/baru")
    jawaban = orang.peramban.kirim("/permohonan/baru", {"sop": "td_lks"})
    assert jawaban.status_code == 303
    alamat, _, halaman = jawaban.location.partition("/isian/")
    assert halaman == "jenis"
    orang.peramban.buka(jawaban.location)
    return alamat


def send_raw(orang: SamplePerson, alamat: str, nama: str, payload: bytes) -> TestResponse:
    """A multipart form encoded by hand: for large bodies Flask's test client leaves a temporary file open."""
    bagian = (
        ('name="csrf_token"', orang.peramban.token.encode()),
        (f'name="berkas"; filename="{nama}"', payload),
    )
    kepala = b"--x\r\nContent-Disposition: form-data; "
    badan = b"".join(kepala + judul.encode() + b"\r\n\r\n" + isi + b"\r\n" for judul, isi in bagian) + b"--x--\r\n"
    return orang.peramban.web_client.post(alamat, data=badan, content_type="multipart/form-data; boundary=x")


def kembalikan(permohonan_id: UUID, *permintaan: Request) -> None:
    """Front Office sends it back for these things."""
    kantor = office()
    work_off()
    meja = at_desk(permohonan_id)
    oleh = kantor[meja.peran]
    ask = Keputusan(
        jenis=KeputusanKind.KEMBALIKAN, ke="ajukan", alasan="Ada yang perlu diperbaiki.", permintaan=permintaan
    )
    decide(meja.tugas_id, ask, oleh=oleh, seen=meja.seen, now=RABU + timedelta(minutes=1))
    work_off()


class TestIsian:
    def test_a_page_is_saved_and_leads_to_the_next(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        jawaban = pemohon.peramban.kirim(f"{alamat}/isian/jenis", dict(KINDS))
        assert (jawaban.status_code, jawaban.location) == (303, f"{alamat}/isian/lembaga")
        assert data_of(UUID(alamat.rpartition("/")[2]))["bentuk"] == "BH"

    def test_empty_answers_are_fine_in_a_draft(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        assert pemohon.peramban.kirim(f"{alamat}/isian/lembaga", {}).status_code == 303

    def test_an_answer_that_asks_for_more_shows_the_page_again(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        assert "nomor_lama" not in pemohon.peramban.buka(f"{alamat}/isian/jenis").text
        jawaban = pemohon.peramban.kirim(f"{alamat}/isian/jenis", {**KINDS, "jenis": "PERPANJANGAN"})
        assert jawaban.location == f"{alamat}/isian/jenis#berubah"
        assert 'name="nomor_lama"' in pemohon.peramban.buka(f"{alamat}/isian/jenis").text

    def test_a_wrong_answer_is_refused_where_it_stands_and_the_right_ones_are_kept(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        isi: dict[str, object] = {"ketua_nama": "Hj. Aminah", "ketua_nik": "12"}
        jawaban = pemohon.peramban.kirim(f"{alamat}/isian/pengurus", isi)
        assert jawaban.status_code == 422
        assert 'href="#ketua_nik"' in jawaban.text
        assert 'value="12"' in jawaban.text
        assert data_of(UUID(alamat.rpartition("/")[2])) == {"ketua_nama": "Hj. Aminah"}

    def test_the_same_mistake_in_several_fields_is_told_of_each(self, pemohon: SamplePerson) -> None:
        isi: dict[str, object] = {"ketua_nik": "12a", "sekretaris_nik": "13b"}
        text = pemohon.peramban.kirim(f"{draf(pemohon)}/isian/pengurus", isi).text
        labels = {i.kode: i.label for i in SOP.isian}
        assert all(f"{labels[k]}: NIK hanya berisi angka. Tulis 16 angka." in text for k in isi)

    def test_what_is_typed_is_shown_as_text(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        jahat = '"><svg/onload=alert(1)>{{7*7}}'
        pemohon.peramban.kirim(f"{alamat}/isian/lembaga", {"nama_lembaga": jahat})
        for halaman in (f"{alamat}/isian/lembaga", alamat, f"{alamat}/periksa", "/permohonan"):
            teks = pemohon.peramban.buka(halaman).text
            assert "<svg/onload" not in teks, halaman
            assert "{{7*7}}" in teks, halaman

    @pytest.mark.attack("A18")
    def test_a_nul_byte_is_a_sentence_not_an_error(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        jawaban = pemohon.peramban.kirim(f"{alamat}/isian/lembaga", {"nama_lembaga": "a\0b"})
        assert jawaban.status_code == 422

    def test_an_unknown_page_is_missing(self, pemohon: SamplePerson) -> None:
        assert pemohon.peramban.buka(f"{draf(pemohon)}/isian/lain").status_code == 404


class TestPaper:
    def test_several_files_make_one_document(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        pemohon.peramban.kirim(f"{alamat}/isian/jenis", dict(KINDS))
        isi: dict[str, object] = {"berkas": [berkas("satu.jpg"), berkas("dua.jpg", foto("grey"))]}
        jawaban = pemohon.peramban.kirim(f"{alamat}/dokumen/AKTA", isi)
        assert jawaban.location == f"{alamat}/dokumen#syarat-AKTA"
        halaman = pemohon.peramban.buka(f"{alamat}/dokumen").text
        assert "satu.jpg" in halaman
        assert "dua.jpg" in halaman

    def test_a_refused_file_says_why_on_its_card_and_the_others_stay(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        pemohon.peramban.kirim(f"{alamat}/isian/jenis", dict(KINDS))
        isi: dict[str, object] = {"berkas": [berkas("baik.jpg"), berkas("surat.docx", b"PK\x03\x04palsu")]}
        jawaban = pemohon.peramban.kirim(f"{alamat}/dokumen/AKTA", isi)
        assert jawaban.status_code == 422
        assert "Simpan dokumennya sebagai PDF" in jawaban.text
        assert "baik.jpg" in jawaban.text

    def test_a_photo_of_a_few_megabytes_passes_without_scripts_too(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        jawaban = send_raw(pemohon, f"{alamat}/dokumen/AKTA", "foto.pdf", b"%PDF-" + bytes(3 * 2**20))
        assert jawaban.status_code == 422  # it came in whole; it just is no PDF that opens
        assert "berkas-AKTA" in jawaban.text

    def test_too_large_is_413(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        jawaban = send_raw(pemohon, f"{alamat}/dokumen/AKTA", "besar.pdf", b"%PDF-" + bytes(10 * 2**20))
        assert jawaban.status_code == 413
        assert "Berkas terlalu besar, paling besar 10 MB" in jawaban.text

    def test_a_picture_of_a_page_and_its_removal(self, pemohon: SamplePerson, db: Engine) -> None:
        alamat = draf(pemohon)
        pemohon.peramban.kirim(f"{alamat}/isian/jenis", dict(KINDS))
        pemohon.peramban.kirim(f"{alamat}/dokumen/AKTA", {"berkas": berkas()})
        with db.connect() as conn:
            berkas_id = conn.execute(select(Berkas.id)).scalar_one()
        work_off(pictures=True)
        gambar = pemohon.peramban.buka(f"{alamat}/berkas/{berkas_id}/gambar/1")
        assert (gambar.status_code, gambar.mimetype) == (200, "image/webp")
        assert gambar.headers["Content-Security-Policy"].startswith("sandbox")
        assert pemohon.peramban.buka(f"{alamat}/berkas/{berkas_id}/gambar/2").status_code == 404
        assert pemohon.peramban.buka(f"{alamat}/berkas/{berkas_id}").status_code == 200
        assert pemohon.peramban.kirim(f"{alamat}/berkas/{berkas_id}/hapus").status_code == 303
        assert pemohon.peramban.buka(f"{alamat}/berkas/{berkas_id}/gambar/1").status_code == 404


class TestUploadBersambung:
    def mulai(self, orang: SamplePerson, alamat: str, panjang: int, syarat: str = "AKTA") -> tuple[int, str]:
        kepala = {
            "Upload-Length": str(panjang),
            "Upload-Metadata": "filename YWt0YS5qcGc=",
            "X-CSRFToken": orang.peramban.token,
        }
        jawaban = orang.peramban.web_client.post(f"{alamat}/unggah/{syarat}", headers=kepala)
        return jawaban.status_code, jawaban.headers.get("Location", "")

    def lanjut(self, orang: SamplePerson, ke: str, mulai: int, isi: bytes) -> tuple[int, str]:
        kepala = {"Upload-Offset": str(mulai), "X-CSRFToken": orang.peramban.token, "Accept": "application/json"}
        jawaban = orang.peramban.web_client.patch(
            ke, data=isi, headers=kepala, content_type="application/offset+octet-stream"
        )
        return jawaban.status_code, jawaban.headers.get("Upload-Offset", jawaban.text)

    def test_cut_off_and_taken_up_again(self, pemohon: SamplePerson, db: Engine) -> None:
        alamat, isi = draf(pemohon), foto()
        status, ke = self.mulai(pemohon, alamat, len(isi))
        assert status == 201
        assert self.lanjut(pemohon, ke, 0, isi[:1000]) == (204, "1000")
        assert self.lanjut(pemohon, ke, 0, isi[:1000])[0] == 409
        assert pemohon.peramban.web_client.head(ke).headers["Upload-Offset"] == "1000"
        assert self.lanjut(pemohon, ke, 1000, isi[1000:]) == (204, str(len(isi)))
        with db.connect() as conn:
            assert conn.execute(select(Berkas.nama)).scalar_one() == "akta.jpg"
            assert conn.execute(select(Upload.id)).all() == []
        assert pemohon.peramban.web_client.head(ke).status_code == 404

    def test_too_large_is_refused_before_a_byte_travels(self, pemohon: SamplePerson) -> None:
        assert self.mulai(pemohon, draf(pemohon), 10 * 2**20 + 1)[0] == 413

    def test_a_refused_file_answers_with_its_sentence(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        _, ke = self.mulai(pemohon, alamat, 5)
        status, kalimat = self.lanjut(pemohon, ke, 0, b"halo!")
        assert status == 422
        assert "bukan PDF, JPG, PNG atau HEIC" in kalimat

    def test_more_than_was_announced_is_refused(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        _, ke = self.mulai(pemohon, alamat, 5)
        assert self.lanjut(pemohon, ke, 0, b"lebih dari lima")[0] == 413

    @pytest.mark.parametrize("nama", [b"a\0b.pdf", b"\xff\xfe", b"x" * 5000, "‮fdp.exe".encode(), b""])
    def test_an_odd_name_is_no_error_of_ours(self, pemohon: SamplePerson, nama: bytes) -> None:
        alamat = draf(pemohon)
        kepala = {
            "Tus-Resumable": "1.0.0", "Upload-Length": "10", "X-CSRFToken": pemohon.peramban.token,
            "Upload-Metadata": f"filename {b64encode(nama).decode()}",
        }  # fmt: skip
        assert pemohon.peramban.web_client.post(f"{alamat}/unggah/AKTA", headers=kepala).status_code in {201, 400, 422}

    @pytest.mark.parametrize("nama", ["é", "*", "YWt0YS5qcGc", "佛"])
    def test_a_name_that_is_no_base64_is_refused(self, pemohon: SamplePerson, nama: str) -> None:
        alamat = draf(pemohon)
        kepala = {
            "Tus-Resumable": "1.0.0", "Upload-Length": "10", "X-CSRFToken": pemohon.peramban.token,
            "Upload-Metadata": f"filename {nama}".encode().decode("latin-1"),
        }  # fmt: skip
        assert pemohon.peramban.web_client.post(f"{alamat}/unggah/AKTA", headers=kepala).status_code == 400

    def test_without_the_csrf_token_nothing_begins(self, pemohon: SamplePerson) -> None:
        jawaban = pemohon.peramban.web_client.post(f"{draf(pemohon)}/unggah/AKTA", headers={"Upload-Length": "5"})
        assert jawaban.status_code == 400

    def test_somebody_elses_is_missing(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        _, ke = self.mulai(satu, draf(satu), 5)
        assert dua.peramban.web_client.head(ke).status_code == 404
        draf(dua)
        assert self.lanjut(dua, ke, 0, b"halo!")[0] == 404


class TestSend:
    """Nothing is sent half, twice, or changed afterwards."""

    @pytest.mark.attack("B06")
    def test_what_is_missing_is_named_with_its_place(self, pemohon: SamplePerson) -> None:
        alamat = draf(pemohon)
        pemohon.peramban.kirim(f"{alamat}/isian/jenis", dict(KINDS))
        halaman = pemohon.peramban.buka(f"{alamat}/periksa").text
        assert f'href="{alamat}/isian/lembaga#nama_lembaga"' in halaman
        assert f'href="{alamat}/dokumen#syarat-AKTA"' in halaman
        jawaban = pemohon.peramban.kirim(f"{alamat}/kirim", {"benar": "ya", "privasi": "2026-11"})
        assert jawaban.status_code == 422
        assert "Belum dapat dikirim" in jawaban.text

    @pytest.mark.attack("H10")
    @pytest.mark.parametrize(
        ("centang", "kalimat"),
        [
            ({"privasi": "2026-11"}, "Centang pernyataan"),
            ({"benar": "ya"}, "pemberitahuan privasi"),
            ({"benar": "ya", "privasi": "2020-01"}, "pemberitahuan privasi"),
        ],
    )
    def test_both_ticks_are_needed(self, pemohon: SamplePerson, centang: dict[str, object], kalimat: str) -> None:
        alamat = f"/permohonan/{filled_in(pemohon.person_id)}"
        jawaban = pemohon.peramban.kirim(f"{alamat}/kirim", centang)
        assert jawaban.status_code == 422
        assert kalimat in jawaban.text

    @pytest.mark.attack("B07")
    def test_sending_twice_leads_to_the_same_receipt(self, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = filled_in(pemohon.person_id)
        alamat = f"/permohonan/{permohonan_id}"
        for _ in range(2):
            jawaban = pemohon.peramban.kirim(f"{alamat}/kirim", {"benar": "ya", "privasi": "2026-11"})
            assert (jawaban.status_code, jawaban.location) == (303, f"{alamat}/tanda-terima")
        with db.connect() as conn:
            nomor, kode = conn.execute(select(Permohonan.nomor, Permohonan.kode_lacak)).one()
        halaman = pemohon.peramban.buka(f"{alamat}/tanda-terima").text
        assert nomor in halaman
        assert kode in halaman
        assert pemohon.peramban.buka(alamat).status_code == 200
        assert nomor in pemohon.peramban.buka("/permohonan").text

    @pytest.mark.attack("B05")
    def test_after_sending_nothing_can_be_changed(self, pemohon: SamplePerson) -> None:
        alamat = f"/permohonan/{submitted(pemohon.person_id)}"
        assert pemohon.peramban.buka(f"{alamat}/isian/lembaga").location == alamat
        assert pemohon.peramban.buka(f"{alamat}/dokumen").location == alamat
        assert pemohon.peramban.kirim(f"{alamat}/isian/lembaga", {"nama_lembaga": "Lain"}).status_code == 409
        assert pemohon.peramban.kirim(f"{alamat}/dokumen/AKTA", {"berkas": berkas()}).status_code == 409

    def test_the_receipt_of_a_draft_is_missing(self, pemohon: SamplePerson) -> None:
        assert pemohon.peramban.buka(f"{draf(pemohon)}/tanda-terima").status_code == 404


class TestCorrection:
    def test_only_what_was_asked_is_open_each_with_its_reason(self, pemohon: SamplePerson) -> None:
        permohonan_id = submitted(pemohon.person_id)
        alamat = f"/permohonan/{permohonan_id}"
        ask = Request("syarat", "AKTA", "Halaman 2 terpotong."), Request("isian", "ketua_hp", "Tidak aktif.")
        kembalikan(permohonan_id, *ask)
        halaman = pemohon.peramban.buka(alamat).text
        assert "2 hal perlu diperbaiki" in halaman
        assert "Halaman 2 terpotong." in halaman
        assert f'href="{alamat}/isian/pengurus#ketua_hp"' in halaman
        assert f'href="{alamat}/dokumen#syarat-AKTA"' in halaman
        pengurus = pemohon.peramban.buka(f"{alamat}/isian/pengurus").text
        assert 'name="ketua_hp"' in pengurus
        assert 'name="ketua_nik"' not in pengurus
        dokumen = pemohon.peramban.buka(f"{alamat}/dokumen").text
        assert 'id="syarat-AKTA"' in dokumen
        assert 'id="syarat-KTP"' not in dokumen

    def test_an_answer_may_stand_in_for_a_new_file(self, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = submitted(pemohon.person_id)
        alamat = f"/permohonan/{permohonan_id}"
        kembalikan(permohonan_id, Request("syarat", "AKTA", "Halaman 2 terpotong."))
        with db.connect() as conn:
            request_id = conn.execute(select(CorrectionRequest.id)).scalar_one()
        kirim = {"benar": "ya"}
        assert pemohon.peramban.kirim(f"{alamat}/kirim", dict(kirim)).status_code == 422
        jawab = pemohon.peramban.kirim(f"{alamat}/jawab/{request_id}", {"jawaban": "Aktanya memang satu halaman."})
        assert jawab.location == alamat
        assert "Sudah diperbaiki" in pemohon.peramban.buka(alamat).text
        assert pemohon.peramban.kirim(f"{alamat}/kirim", dict(kirim)).status_code == 303

    def test_a_field_that_was_asked_about_is_changed_or_explained_before_it_is_sent(
        self, pemohon: SamplePerson
    ) -> None:
        permohonan_id = submitted(pemohon.person_id)
        alamat = f"/permohonan/{permohonan_id}"
        kembalikan(permohonan_id, Request("isian", "ketua_hp", "Tidak aktif."))
        halaman = pemohon.peramban.buka(f"{alamat}/periksa").text
        assert "Belum diperbaiki: Nomor HP ketua" in halaman
        jawaban = pemohon.peramban.kirim(f"{alamat}/kirim", {"benar": "ya"})
        assert jawaban.status_code == 422
        assert f'href="{alamat}/isian/pengurus#ketua_hp"' in jawaban.text
        assert pemohon.peramban.kirim(f"{alamat}/isian/pengurus", {"ketua_hp": "0812 3456 7777"}).status_code == 303
        assert pemohon.peramban.kirim(f"{alamat}/kirim", {"benar": "ya"}).status_code == 303


class TestRefused:
    """A refused applicant is told so in every place, and finds the letter."""

    @pytest.fixture
    def ditolak(self, pemohon: SamplePerson, db: Engine) -> UUID:
        permohonan_id = submitted(pemohon.person_id)
        with db.begin() as conn:
            conn.execute(update(Permohonan).values(status="ditolak", langkah="terima_sk", arah="tolak"))
        return permohonan_id

    def test_the_journey_speaks_of_the_letter(self, pemohon: SamplePerson, ditolak: UUID, db: Engine) -> None:
        for selesai in (False, True):
            if selesai:
                with db.begin() as conn:
                    conn.execute(update(Permohonan).values(langkah=None, closed_at=RABU))
            halaman = pemohon.peramban.buka(f"/permohonan/{ditolak}").text
            assert ("Surat penolakan diterima pemohon" if selesai else "Surat penolakan terbit") in halaman
            assert "Penyusunan surat penolakan" in halaman
            assert "SK terbit" not in halaman
            assert "SK diterima" not in halaman

    def test_the_letter_is_a_press_away_and_what_waits_for_the_applicant_comes_first(
        self, pemohon: SamplePerson, ditolak: UUID
    ) -> None:
        draf(pemohon)
        halaman = pemohon.peramban.buka("/permohonan").text
        assert f'href="/permohonan/{ditolak}/sk"><strong>Unduh surat penolakan' in halaman
        assert halaman.index("Unduh surat penolakan") < halaman.index("Lanjutkan mengisi")


class TestVoidDanSk:
    def test_withdrawing_asks_first_and_closes_it(self, pemohon: SamplePerson) -> None:
        alamat = f"/permohonan/{submitted(pemohon.person_id)}"
        assert "Batalkan permohonan ini?" in pemohon.peramban.buka(f"{alamat}/batalkan").text
        assert pemohon.peramban.kirim(f"{alamat}/batalkan", {"alasan": ""}).status_code == 303
        assert "Dibatalkan" in pemohon.peramban.buka(alamat).text
        assert pemohon.peramban.kirim(f"{alamat}/batalkan").status_code == 409
        answer = pemohon.peramban.kirim(f"{alamat}/isian/jenis", KINDS)
        assert (answer.status_code, "sudah Anda batalkan" in answer.text) == (409, True)

    def test_before_it_is_signed_the_sk_page_says_so(self, pemohon: SamplePerson) -> None:
        alamat = f"/permohonan/{submitted(pemohon.person_id)}"
        assert "SK belum terbit" in pemohon.peramban.buka(f"{alamat}/sk").text
        assert pemohon.peramban.buka(f"{alamat}/sk.pdf").status_code == 404
        assert pemohon.peramban.kirim(f"{alamat}/sk/terima").status_code == 409


PAGE = (
    "", "/isian/jenis", "/dokumen", "/periksa", "/tanda-terima", "/tanda-terima.pdf", "/batalkan", "/sk", "/sk.pdf",
    "/berkas/{berkas}", "/berkas/{berkas}/gambar/1",
)  # fmt: skip


class TestNotMilikmu:
    @pytest.mark.attack("B01")
    def test_a_foreign_file_is_as_missing_as_one_that_never_was(
        self, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        milik = submitted(satu.person_id)
        for halaman in PAGE:
            asing = dua.peramban.buka(f"/permohonan/{milik}{halaman.format(berkas=uuid4())}")
            tiada = dua.peramban.buka(f"/permohonan/{uuid4()}{halaman.format(berkas=uuid4())}")
            assert asing.status_code == tiada.status_code == 404, halaman
            assert without_token(asing.text) == without_token(tiada.text)

    @pytest.mark.attack("B02")
    def test_nor_can_it_be_changed(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        alamat = f"/permohonan/{filled_in(satu.person_id)}"
        kirim = {"benar": "ya", "privasi": "2026-11"}
        for aksi in (
            "/isian/jenis",
            "/kirim",
            "/batalkan",
            f"/berkas/{uuid4()}/hapus",
            f"/jawab/{uuid4()}",
            "/sk/terima",
        ):
            assert dua.peramban.kirim(f"{alamat}{aksi}", dict(kirim)).status_code == 404, aksi
        assert dua.peramban.kirim(f"{alamat}/dokumen/AKTA", {"berkas": berkas()}).status_code == 404

    def test_an_officer_has_no_business_here(self, make_petugas: Callable[..., SamplePerson]) -> None:
        assert make_petugas(Peran.FRONT_OFFICE).peramban.buka("/permohonan").status_code == 403

    @pytest.mark.parametrize("id_", ["0", "-1", "9999999999999999999", "١٢", "1%00", "..%2f1", "a" * 5000])
    def test_ids_that_are_none_are_missing(self, pemohon: SamplePerson, id_: str) -> None:
        assert pemohon.peramban.buka(f"/permohonan/{id_}").status_code == 404


def test_the_list_has_pages(pemohon: SamplePerson, db: Engine) -> None:
    first = filled_in(pemohon.person_id)
    with db.begin() as conn:
        baris = conn.execute(select(Permohonan.__table__).where(Permohonan.id == first)).mappings().one()
        conn.execute(Permohonan.__table__.insert(), [{**baris, "id": uuid4()} for _ in range(26)])
        conn.execute(update(Permohonan).values(changed_at=RABU))
    assert "Halaman 1 dari 2" in pemohon.peramban.buka("/permohonan").text
    assert "Halaman 2 dari 2" in pemohon.peramban.buka("/permohonan?halaman=2").text
    assert pemohon.peramban.buka("/permohonan?halaman=x").status_code == 200
