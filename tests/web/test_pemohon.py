"""The applicant's way: fill in, hand in, send, put right, receive."""

import io
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import Engine, select, update

from pipeline.models import Berkas, CorrectionRequest, Permohonan, Upload
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.form import DRAFTS_AT_MOST, create_draft
from pipeline.services.desk.decide import decide
from pipeline.sop.words import KeputusanKind
from tests.desks import FRONT_OFFICE
from tests.factories import SOP, WEDNESDAY, at_desk, data_of, examine, filled_in, office, submitted, work_off
from tests.web.conftest import SamplePerson, without_token

KINDS = {"jenis": "BARU", "lembaga_jenis": "LKS", "bentuk": "BH", "posisi": "PUSAT", "lingkup": "KOTA"}


def photo(color: str = "white") -> bytes:
    result = io.BytesIO()
    Image.new("RGB", (600, 800), color).save(result, "JPEG")
    return result.getvalue()


def berkas(name: str = "surat.jpg", payload: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo() if payload is None else payload), name


def draft(person: SamplePerson) -> str:
    """Begin an application through the pages; returns its address."""
    person.browser.open_page("/permohonan/baru")
    answer = person.browser.send("/permohonan/baru", {"sop": "td_lks"})
    assert answer.status_code == 303
    address, _, page = answer.location.partition("/isian/")
    assert page == "jenis"
    person.browser.open_page(answer.location)
    return address


def send_back(permohonan_id: UUID, *requests: Request) -> None:
    """Front Office sends it back for these things."""
    kantor = office()
    work_off()
    desk = at_desk(permohonan_id)
    actor = kantor[desk.peran]
    ask = Keputusan(
        kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason="Ada yang perlu diperbaiki.", requests=requests
    )
    decide(desk.tugas_id, ask, actor=actor, seen=desk.seen, now=WEDNESDAY + timedelta(minutes=1))
    work_off()


class TestIsian:
    def test_a_page_is_saved_and_leads_to_the_next(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        answer = pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        assert (answer.status_code, answer.location) == (303, f"{address}/isian/lembaga")
        assert data_of(UUID(address.rpartition("/")[2]))["bentuk"] == "BH"

    def test_empty_answers_are_fine_in_a_draft(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        assert pemohon.browser.send(f"{address}/isian/lembaga", {}).status_code == 303

    def test_an_answer_that_asks_for_more_shows_the_page_again(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        assert "nomor_lama" not in pemohon.browser.open_page(f"{address}/isian/jenis").text
        answer = pemohon.browser.send(f"{address}/isian/jenis", {**KINDS, "jenis": "PERPANJANGAN"})
        assert answer.location == f"{address}/isian/jenis#berubah"
        assert 'name="nomor_lama"' in pemohon.browser.open_page(f"{address}/isian/jenis").text

    def test_a_wrong_answer_is_refused_where_it_stands_and_the_right_ones_are_kept(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        content: dict[str, object] = {"ketua_nama": "Hj. Aminah", "ketua_nik": "12"}
        answer = pemohon.browser.send(f"{address}/isian/pengurus", content)
        assert answer.status_code == 422
        assert 'href="#ketua_nik"' in answer.text
        assert 'value="12"' in answer.text
        assert data_of(UUID(address.rpartition("/")[2])) == {"ketua_nama": "Hj. Aminah"}

    def test_the_same_mistake_in_several_fields_is_told_of_each(self, pemohon: SamplePerson) -> None:
        content: dict[str, object] = {"ketua_nik": "12a", "sekretaris_nik": "13b"}
        text = pemohon.browser.send(f"{draft(pemohon)}/isian/pengurus", content).text
        labels = {i.code: i.label for i in SOP.isian}
        assert all(f"{labels[k]}: NIK hanya berisi angka. Tulis 16 angka." in text for k in content)

    def test_what_is_typed_is_shown_as_text(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        wicked = '"><svg/onload=alert(1)>{{7*7}}'
        pemohon.browser.send(f"{address}/isian/lembaga", {"nama_lembaga": wicked})
        for page in (f"{address}/isian/lembaga", address, f"{address}/periksa", "/permohonan"):
            text = pemohon.browser.open_page(page).text
            assert "<svg/onload" not in text, page
            assert "{{7*7}}" in text, page

    @pytest.mark.attack("A18")
    def test_a_nul_byte_is_a_sentence_not_an_error(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        answer = pemohon.browser.send(f"{address}/isian/lembaga", {"nama_lembaga": "a\0b"})
        assert answer.status_code == 422

    def test_in_which_case_an_answer_is_a_duty_stands_beside_it(self, pemohon: SamplePerson) -> None:
        text = pemohon.browser.open_page(f"{draft(pemohon)}/isian/legalitas").text
        assert "Wajib bila “Ya, berbadan hukum”" in text
        assert "selain itu boleh kosong" in text

    def test_an_unknown_page_is_missing(self, pemohon: SamplePerson) -> None:
        assert pemohon.browser.open_page(f"{draft(pemohon)}/isian/lain").status_code == 404


class TestPaper:
    def test_several_files_make_one_document(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        content: dict[str, object] = {"berkas": [berkas("satu.jpg"), berkas("dua.jpg", photo("grey"))]}
        answer = pemohon.browser.send(f"{address}/dokumen/AKTA", content)
        assert answer.location == f"{address}/dokumen#syarat-AKTA"
        page = pemohon.browser.open_page(f"{address}/dokumen").text
        assert "satu.jpg" in page
        assert "dua.jpg" in page

    def test_a_refused_file_says_why_on_its_card_and_the_others_stay(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        content: dict[str, object] = {"berkas": [berkas("baik.jpg"), berkas("surat.docx", b"PK\x03\x04palsu")]}
        answer = pemohon.browser.send(f"{address}/dokumen/AKTA", content)
        assert answer.status_code == 422
        assert "Simpan dokumennya sebagai PDF" in answer.text
        assert "baik.jpg" in answer.text

    def test_a_photo_of_a_few_megabytes_passes_without_scripts_too(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        answer = pemohon.browser.send_large(
            f"{address}/dokumen/AKTA", "berkas", "foto.pdf", b"%PDF-" + bytes(3 * 2**20)
        )
        assert answer.status_code == 303
        examine()
        page = pemohon.browser.open_page(f"{address}/dokumen").text
        assert "foto.pdf: PDF ini" in page  # it came in whole; it just is no PDF that opens

    def test_too_large_is_413(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        answer = pemohon.browser.send_large(
            f"{address}/dokumen/AKTA", "berkas", "besar.pdf", b"%PDF-" + bytes(10 * 2**20)
        )
        assert answer.status_code == 413
        assert "Berkas terlalu besar, paling besar 10 MB" in answer.text

    def test_a_picture_of_a_page_and_its_removal(self, pemohon: SamplePerson, db: Engine) -> None:
        address = draft(pemohon)
        pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        pemohon.browser.send(f"{address}/dokumen/AKTA", {"berkas": berkas()})
        examine()
        with db.connect() as conn:
            berkas_id = conn.execute(select(Berkas.id)).scalar_one()
        work_off(pictures=True)
        picture = pemohon.browser.open_page(f"{address}/berkas/{berkas_id}/gambar/1")
        assert (picture.status_code, picture.mimetype) == (200, "image/webp")
        assert picture.headers["Content-Security-Policy"].startswith("sandbox")
        assert pemohon.browser.open_page(f"{address}/berkas/{berkas_id}/gambar/2").status_code == 404
        assert pemohon.browser.open_page(f"{address}/berkas/{berkas_id}").status_code == 200
        assert pemohon.browser.send(f"{address}/berkas/{berkas_id}/hapus").status_code == 303
        assert pemohon.browser.open_page(f"{address}/berkas/{berkas_id}/gambar/1").status_code == 404


class TestUploadResumed:
    def start(self, person: SamplePerson, address: str, length: int, syarat: str = "AKTA") -> tuple[int, str]:
        head = {
            "Upload-Length": str(length),
            "Upload-Metadata": "filename YWt0YS5qcGc=",
            "X-CSRFToken": person.browser.token,
        }
        answer = person.browser.web_client.post(f"{address}/unggah/{syarat}", headers=head)
        return answer.status_code, answer.headers.get("Location", "")

    def onward(self, person: SamplePerson, target: str, start: int, content: bytes) -> tuple[int, str]:
        head = {"Upload-Offset": str(start), "X-CSRFToken": person.browser.token, "Accept": "application/json"}
        answer = person.browser.web_client.patch(
            target, data=content, headers=head, content_type="application/offset+octet-stream"
        )
        return answer.status_code, answer.headers.get("Upload-Offset", answer.text)

    def test_cut_off_and_taken_up_again(self, pemohon: SamplePerson, db: Engine) -> None:
        address, content = draft(pemohon), photo()
        status, target = self.start(pemohon, address, len(content))
        assert status == 201
        assert self.onward(pemohon, target, 0, content[:1000]) == (204, "1000")
        assert self.onward(pemohon, target, 0, content[:1000])[0] == 409
        assert pemohon.browser.web_client.head(target).headers["Upload-Offset"] == "1000"
        assert self.onward(pemohon, target, 1000, content[1000:]) == (204, str(len(content)))
        answer = pemohon.browser.web_client.head(target)
        assert answer.headers["Upload-Offset"] == str(len(content)), "who did not hear the answer asks, and hears it"
        assert self.onward(pemohon, target, len(content), b"") == (204, str(len(content)))
        examine()
        with db.connect() as conn:
            assert conn.execute(select(Berkas.name)).scalar_one() == "akta.jpg"
            assert conn.execute(select(Upload.id)).all() == []
        assert pemohon.browser.web_client.head(target).status_code == 404

    def test_too_large_is_refused_before_a_byte_travels(self, pemohon: SamplePerson) -> None:
        assert self.start(pemohon, draft(pemohon), 10 * 2**20 + 1)[0] == 413

    def test_a_refused_file_answers_with_its_sentence(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        _, target = self.start(pemohon, address, 5)
        status, sentence = self.onward(pemohon, target, 0, b"halo!")
        assert status == 422
        assert "bukan PDF, JPG, PNG atau HEIC" in sentence

    def test_more_than_was_announced_is_refused(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        _, target = self.start(pemohon, address, 5)
        assert self.onward(pemohon, target, 0, b"lebih dari lima")[0] == 413

    @pytest.mark.parametrize("name", [b"a\0b.pdf", b"\xff\xfe", b"x" * 5000, "‮fdp.exe".encode(), b""])
    def test_an_odd_name_is_no_error_of_ours(self, pemohon: SamplePerson, name: bytes) -> None:
        address = draft(pemohon)
        head = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            "X-CSRFToken": pemohon.browser.token,
            "Upload-Metadata": f"filename {b64encode(name).decode()}",
        }
        assert pemohon.browser.web_client.post(f"{address}/unggah/AKTA", headers=head).status_code in {201, 400, 422}

    @pytest.mark.parametrize("name", ["é", "*", "YWt0YS5qcGc", "佛"])
    def test_a_name_that_is_no_base64_is_refused(self, pemohon: SamplePerson, name: str) -> None:
        address = draft(pemohon)
        head = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            "X-CSRFToken": pemohon.browser.token,
            "Upload-Metadata": f"filename {name}".encode().decode("latin-1"),
        }
        assert pemohon.browser.web_client.post(f"{address}/unggah/AKTA", headers=head).status_code == 400

    def test_without_the_csrf_token_nothing_begins(self, pemohon: SamplePerson) -> None:
        answer = pemohon.browser.web_client.post(f"{draft(pemohon)}/unggah/AKTA", headers={"Upload-Length": "5"})
        assert answer.status_code == 400

    def test_somebody_elses_is_missing(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        _, target = self.start(one, draft(one), 5)
        assert two.browser.web_client.head(target).status_code == 404
        draft(two)
        assert self.onward(two, target, 0, b"halo!")[0] == 404


class TestSend:
    """Nothing is sent half, twice, or changed afterwards."""

    @pytest.mark.attack("B06")
    def test_what_is_missing_is_named_with_its_place(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
        page = pemohon.browser.open_page(f"{address}/periksa").text
        assert f'href="{address}/isian/lembaga#nama_lembaga"' in page
        assert f'href="{address}/dokumen#syarat-AKTA"' in page
        answer = pemohon.browser.send(f"{address}/kirim", {"benar": "ya", "privasi": "2026-11"})
        assert answer.status_code == 422
        assert "Belum dapat dikirim" in answer.text

    @pytest.mark.attack("H10")
    @pytest.mark.parametrize(
        ("tick", "sentence"),
        [
            ({"privasi": "2026-11"}, "Centang pernyataan"),
            ({"benar": "ya"}, "pemberitahuan privasi"),
            ({"benar": "ya", "privasi": "2020-01"}, "pemberitahuan privasi"),
        ],
    )
    def test_both_ticks_are_needed(self, pemohon: SamplePerson, tick: dict[str, object], sentence: str) -> None:
        address = f"/permohonan/{filled_in(pemohon.person_id)}"
        answer = pemohon.browser.send(f"{address}/kirim", tick)
        assert answer.status_code == 422
        assert sentence in answer.text

    @pytest.mark.attack("B07")
    def test_sending_twice_leads_to_the_same_receipt(self, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = filled_in(pemohon.person_id)
        address = f"/permohonan/{permohonan_id}"
        for _ in range(2):
            answer = pemohon.browser.send(f"{address}/kirim", {"benar": "ya", "privasi": "2026-11"})
            assert (answer.status_code, answer.location) == (303, f"{address}/tanda-terima")
        with db.connect() as conn:
            nomor, code = conn.execute(select(Permohonan.nomor, Permohonan.tracking_code)).one()
        page = pemohon.browser.open_page(f"{address}/tanda-terima").text
        assert nomor in page
        assert code in page
        assert pemohon.browser.open_page(address).status_code == 200
        assert nomor in pemohon.browser.open_page("/permohonan").text

    @pytest.mark.attack("B05")
    def test_after_sending_nothing_can_be_changed(self, pemohon: SamplePerson) -> None:
        address = f"/permohonan/{submitted(pemohon.person_id)}"
        assert pemohon.browser.open_page(f"{address}/isian/lembaga").location == address
        assert pemohon.browser.open_page(f"{address}/dokumen").location == address
        assert pemohon.browser.send(f"{address}/isian/lembaga", {"nama_lembaga": "Lain"}).status_code == 409
        assert pemohon.browser.send(f"{address}/dokumen/AKTA", {"berkas": berkas()}).status_code == 409

    def test_the_receipt_of_a_draft_is_missing(self, pemohon: SamplePerson) -> None:
        assert pemohon.browser.open_page(f"{draft(pemohon)}/tanda-terima").status_code == 404


class TestCorrection:
    def test_only_what_was_asked_is_open_each_with_its_reason(self, pemohon: SamplePerson) -> None:
        permohonan_id = submitted(pemohon.person_id)
        address = f"/permohonan/{permohonan_id}"
        ask = Request("syarat", "AKTA", "Halaman 2 terpotong."), Request("isian", "ketua_hp", "Tidak aktif.")
        send_back(permohonan_id, *ask)
        page = pemohon.browser.open_page(address).text
        assert "2 hal perlu diperbaiki" in page
        assert "Halaman 2 terpotong." in page
        assert f'href="{address}/isian/pengurus#ketua_hp"' in page
        assert f'href="{address}/dokumen#syarat-AKTA"' in page
        board = pemohon.browser.open_page(f"{address}/isian/pengurus").text
        assert 'name="ketua_hp"' in board
        assert 'name="ketua_nik"' not in board
        document = pemohon.browser.open_page(f"{address}/dokumen").text
        assert 'id="syarat-AKTA"' in document
        assert 'id="syarat-KTP"' not in document

    def test_an_answer_may_stand_in_for_a_new_file(self, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = submitted(pemohon.person_id)
        address = f"/permohonan/{permohonan_id}"
        send_back(permohonan_id, Request("syarat", "AKTA", "Halaman 2 terpotong."))
        with db.connect() as conn:
            request_id = conn.execute(select(CorrectionRequest.id)).scalar_one()
        send = {"benar": "ya"}
        assert pemohon.browser.send(f"{address}/kirim", dict(send)).status_code == 422
        reply = pemohon.browser.send(f"{address}/jawab/{request_id}", {"jawaban": "Aktanya memang satu halaman."})
        assert reply.location == address
        assert "Sudah diperbaiki" in pemohon.browser.open_page(address).text
        assert pemohon.browser.send(f"{address}/kirim", dict(send)).status_code == 303

    def test_a_field_that_was_asked_about_is_changed_or_explained_before_it_is_sent(
        self, pemohon: SamplePerson
    ) -> None:
        permohonan_id = submitted(pemohon.person_id)
        address = f"/permohonan/{permohonan_id}"
        send_back(permohonan_id, Request("isian", "ketua_hp", "Tidak aktif."))
        page = pemohon.browser.open_page(f"{address}/periksa").text
        assert "Belum diperbaiki: Nomor HP ketua" in page
        answer = pemohon.browser.send(f"{address}/kirim", {"benar": "ya"})
        assert answer.status_code == 422
        assert f'href="{address}/isian/pengurus#ketua_hp"' in answer.text
        assert pemohon.browser.send(f"{address}/isian/pengurus", {"ketua_hp": "0812 3456 7777"}).status_code == 303
        assert pemohon.browser.send(f"{address}/kirim", {"benar": "ya"}).status_code == 303


class TestRefused:
    """A refused applicant is told so in every place, and finds the letter."""

    @pytest.fixture
    def refused(self, pemohon: SamplePerson, db: Engine) -> UUID:
        permohonan_id = submitted(pemohon.person_id)
        with db.begin() as conn:
            conn.execute(update(Permohonan).values(status="ditolak", langkah="terima_sk", arah="tolak"))
        return permohonan_id

    def test_the_journey_speaks_of_the_letter(self, pemohon: SamplePerson, refused: UUID, db: Engine) -> None:
        for done in (False, True):
            if done:
                with db.begin() as conn:
                    conn.execute(update(Permohonan).values(langkah=None, closed_at=WEDNESDAY))
            page = pemohon.browser.open_page(f"/permohonan/{refused}").text
            assert ("Surat penolakan diterima pemohon" if done else "Surat penolakan terbit") in page
            assert "Penyusunan surat penolakan" in page
            assert "SK terbit" not in page
            assert "SK diterima" not in page

    def test_the_letter_is_a_press_away_and_what_waits_for_the_applicant_comes_first(
        self, pemohon: SamplePerson, refused: UUID
    ) -> None:
        draft(pemohon)
        page = pemohon.browser.open_page("/permohonan").text
        assert f'href="/permohonan/{refused}/sk"><strong>Unduh Surat Penolakan' in page
        assert page.index("Unduh Surat Penolakan") < page.index("Lanjutkan mengisi")


class TestVoidAndSk:
    def test_withdrawing_asks_first_and_closes_it(self, pemohon: SamplePerson) -> None:
        address = f"/permohonan/{submitted(pemohon.person_id)}"
        assert "Batalkan permohonan ini?" in pemohon.browser.open_page(f"{address}/batalkan").text
        assert pemohon.browser.send(f"{address}/batalkan", {"alasan": ""}).status_code == 303
        assert "Dibatalkan" in pemohon.browser.open_page(address).text
        assert pemohon.browser.send(f"{address}/batalkan").status_code == 409
        answer = pemohon.browser.send(f"{address}/isian/jenis", KINDS)
        assert (answer.status_code, "sudah dibatalkan" in answer.text) == (409, True)

    def test_before_it_is_signed_the_sk_page_says_so(self, pemohon: SamplePerson) -> None:
        address = f"/permohonan/{submitted(pemohon.person_id)}"
        assert "Suratnya belum terbit" in pemohon.browser.open_page(f"{address}/sk").text
        assert pemohon.browser.open_page(f"{address}/sk.pdf").status_code == 404
        assert pemohon.browser.send(f"{address}/sk/terima").status_code == 409


PAGE = (
    "", "/isian/jenis", "/dokumen", "/periksa", "/tanda-terima", "/tanda-terima.pdf", "/batalkan", "/sk", "/sk.pdf",
    "/berkas/{berkas}", "/berkas/{berkas}/gambar/1",
)  # fmt: skip


class TestNotYours:
    @pytest.mark.attack("B01")
    def test_a_foreign_file_is_as_missing_as_one_that_never_was(
        self, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        own = submitted(one.person_id)
        for page in PAGE:
            foreign = two.browser.open_page(f"/permohonan/{own}{page.format(berkas=uuid4())}")
            absent = two.browser.open_page(f"/permohonan/{uuid4()}{page.format(berkas=uuid4())}")
            assert foreign.status_code == absent.status_code == 404, page
            assert without_token(foreign.text) == without_token(absent.text)

    @pytest.mark.attack("B02")
    def test_nor_can_it_be_changed(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        address = f"/permohonan/{filled_in(one.person_id)}"
        send = {"benar": "ya", "privasi": "2026-11"}
        for action in (
            "/isian/jenis",
            "/kirim",
            "/batalkan",
            f"/berkas/{uuid4()}/hapus",
            f"/jawab/{uuid4()}",
            "/sk/terima",
        ):
            assert two.browser.send(f"{address}{action}", dict(send)).status_code == 404, action
        assert two.browser.send(f"{address}/dokumen/AKTA", {"berkas": berkas()}).status_code == 404

    def test_an_officer_has_no_business_here(self, make_petugas: Callable[..., SamplePerson]) -> None:
        assert make_petugas(FRONT_OFFICE).browser.open_page("/permohonan").status_code == 403

    @pytest.mark.parametrize("id_", ["0", "-1", "9999999999999999999", "١٢", "1%00", "..%2f1", "a" * 5000])
    def test_ids_that_are_none_are_missing(self, pemohon: SamplePerson, id_: str) -> None:
        assert pemohon.browser.open_page(f"/permohonan/{id_}").status_code == 404


def test_the_list_has_pages(pemohon: SamplePerson, db: Engine) -> None:
    first = filled_in(pemohon.person_id)
    with db.begin() as conn:
        line = conn.execute(select(Permohonan.__table__).where(Permohonan.id == first)).mappings().one()
        conn.execute(Permohonan.__table__.insert(), [{**line, "id": uuid4()} for _ in range(26)])
        conn.execute(update(Permohonan).values(changed_at=WEDNESDAY))
    assert "Halaman 1 dari 2" in pemohon.browser.open_page("/permohonan").text
    assert "Halaman 2 dari 2" in pemohon.browser.open_page("/permohonan?halaman=2").text
    assert pemohon.browser.open_page("/permohonan?halaman=x").status_code == 200


def test_a_refusal_that_names_no_field_stands_above_the_form(pemohon: SamplePerson, db: Engine) -> None:
    for _ in range(DRAFTS_AT_MOST):
        create_draft(SOP.code, pemohon.person_id, form_id=None, session_id=None, now=WEDNESDAY)
    pemohon.browser.open_page("/permohonan/baru")
    answer = pemohon.browser.send("/permohonan/baru", {"sop": SOP.code, "id": str(uuid4())})
    sentence = f"Anda sudah punya {DRAFTS_AT_MOST} draf. Lanjutkan atau batalkan salah satunya dahulu."
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 1
    assert 'href="#"' not in answer.text
    assert f'value="{SOP.code}" checked' in " ".join(answer.text.split())
