"""The form of a desk on a phone: saved half-filled, sent complete, photos with a place or without."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import FilledForm
from pipeline.rules.form.desk_form import answers
from pipeline.settings import settings
from pipeline.sop.values import CaseData
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN
from tests.factories import SOP, WEDNESDAY, decide_at, examine, typed_form, work_off, write_bap
from tests.web.desk import Berkas, Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL = DINAS_TEKNIS


def bap_of(file: Berkas) -> dict[str, object]:
    with unit_of_work() as s:
        return s.get_one(FilledForm, (file.permohonan_id, "bap")).content


def photo(color: str = "red") -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(content, "JPEG")
    content.seek(0)
    return content


def answers_of(file: Berkas) -> CaseData:
    return answers(SOP.forms[0], bap_of(file))


def form(file: Berkas) -> dict[str, str]:
    return typed_form(file.permohonan_id)


class TestIsian:
    def test_a_new_form_begins_with_what_is_known(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        page = kantor[TECHNICAL].open_page(f"{file.address}/formulir").text
        assert f'value="Petugas {TECHNICAL.name}"' in page
        assert 'value="2026-11-25"' in page

    def test_half_a_form_is_kept_and_shown_again(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        content = {"bap_tempat": "Jl. Panglima Batur", "tim-3-nama": "Rahmi", "form-simpan": "1"}
        answer = kantor[TECHNICAL].send(f"{file.address}/formulir", content)
        assert (answer.status_code, answer.location) == (303, f"{file.address}/formulir")
        page = kantor[TECHNICAL].open_page(answer.location).text
        assert 'value="Jl. Panglima Batur"' in page
        assert 'value="Rahmi"' in page

    def test_going_on_names_what_is_missing_and_has_kept_the_rest(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        answer = kantor[TECHNICAL].send(
            f"{file.address}/formulir", {"bap_tempat": "Jl. Panglima Batur", "form-lanjut": "1"}
        )
        assert answer.status_code == 422
        assert "<title>Galat:" in answer.text
        assert 'href="#kesimpulan"' in answer.text
        assert answers_of(file)["bap_tempat"] == "Jl. Panglima Batur"

    def test_a_complete_form_goes_on_to_the_decision(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        answer = kantor[TECHNICAL].send(f"{file.address}/formulir", {**form(file), "form-lanjut": "1"})
        assert (answer.status_code, answer.location) == (303, f"{file.address}#keputusan-anda")
        assert "Lengkap" in kantor[TECHNICAL].open_page(file.address).text

    def test_only_the_desk_that_inspects_has_the_form(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        assert kantor[KABID_PERIZINAN].open_page(f"{file.address}/formulir").status_code == 403
        assert kantor[TECHNICAL].open_page(f"{file.address}/formulir").status_code == 404


class TestKunjunganAgain:
    """A later desk sent the file back: what stands in the form is of the visit before."""

    def test_the_form_says_so_until_it_is_saved_anew(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        kabid, later = kantor.person[KABID_PERIZINAN], WEDNESDAY + timedelta(minutes=1)
        decide_at(
            file.permohonan_id, kabid, KeputusanKind.KEMBALIKAN, target="rekomendasi", reason="Ukur lagi.", now=later
        )
        work_off(later)
        address = f"{file.address}/formulir"
        assert "dari kunjungan sebelumnya" in kantor[TECHNICAL].open_page(address).text
        write_shift(settings().data, Shift(later + timedelta(minutes=1) - real_now()))
        answer = kantor[TECHNICAL].send(address, {**form(file), "bap_catatan": "Ditinjau lagi.", "form-simpan": "1"})
        assert answer.status_code == 303
        assert "dari kunjungan sebelumnya" not in kantor[TECHNICAL].open_page(address).text


class TestPhoto:
    def test_a_photo_carries_label_place_and_time_and_stays_when_the_form_is_saved(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        browser = kantor[TECHNICAL]
        browser.open_page(f"{file.address}/formulir")
        content = {
            "foto-label": "depan",
            "foto-lat": "-3.44012",
            "foto-lon": "114.840321",
            "foto-akurasi": "12.4",
            "foto-berkas": (photo(), "a.jpg"),
        }
        assert browser.send(f"{file.address}/formulir", {**content, "foto-tambah": "1"}).status_code == 303
        examine()
        browser.send(f"{file.address}/formulir", {"bap_tempat": "x", "form-simpan": "1"})
        (picture,) = bap_of(file)["foto"]  # type: ignore[misc]  # jsonb
        assert (picture["label"], picture["lat"], picture["lon"]) == (
            "Tampak depan dan papan nama",
            "-3.44012",
            "114.840321",
        )
        assert str(picture["waktu"]).startswith("2026-11-25T01:0")  # the office clock runs on while the test does
        page = browser.open_page(f"{file.address}/formulir").text
        assert "-3.44012, 114.840321 (±12 m)" in page
        work_off(pictures=True)
        shown = browser.open_page(f"{file.address}/foto/{picture['sha256']}?lebar=240")
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert (
            browser.send(f"{file.address}/formulir", {"bap_tempat": "x", "foto-hapus": picture["sha256"]}).status_code
            == 303
        )
        assert bap_of(file)["foto"] == []

    @pytest.mark.parametrize(
        "location",
        [
            {},
            {"foto-lat": "abc", "foto-lon": "1"},
            {"foto-lat": "nan", "foto-lon": "1"},
            {"foto-lat": "999", "foto-lon": "1"},
        ],
    )
    def test_without_a_place_the_photo_is_kept_and_says_so(self, kantor: Kantor, location: dict[str, str]) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        content = {"foto-label": "lain", "foto-berkas": (photo(), "a.jpg"), **location}
        assert kantor[TECHNICAL].send(f"{file.address}/formulir", {**content, "foto-tambah": "1"}).status_code == 303
        examine()
        assert "Lokasi tidak terbaca" in kantor[TECHNICAL].open_page(f"{file.address}/formulir").text

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"foto-label": "depan"}, "Pilih foto"),
            ({"foto-label": "x", "foto-berkas": (b"\xff\xd8\xff", "a.jpg")}, "Pilih keterangan foto"),
            ({"foto-label": "depan", "foto-berkas": (b"bukan foto", "a.jpg")}, "govuk-error-message"),
        ],
    )
    def test_what_is_no_photo_is_refused_on_the_same_page(
        self, kantor: Kantor, content: dict[str, object], sentence: str
    ) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        if isinstance(picture := content.get("foto-berkas"), tuple):
            content = {**content, "foto-berkas": (io.BytesIO(picture[0]), picture[1])}
        answer = kantor[TECHNICAL].send(f"{file.address}/formulir", {**content, "foto-tambah": "1"})
        assert (answer.status_code, sentence in answer.text) == (422, True)


class TestShared:
    """Two officers, or two buttons: what somebody typed is never lost without a word."""

    def test_who_saves_first_has_taken_it_and_the_other_keeps_what_they_typed(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        make_officer("kedua@uji.test", TECHNICAL)
        other = login(kantor.app, "kedua@uji.test")
        other.open_page(f"{file.address}/formulir")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        assert (
            kantor[TECHNICAL]
            .send(f"{file.address}/formulir", {"bap_tempat": "Jl. Satu", "form-simpan": "1"})
            .status_code
            == 303
        )
        for button in (
            {"form-simpan": "1"},
            {"form-lanjut": "1"},
            {"foto-tambah": "1", "foto-label": "depan", "foto-berkas": (photo(), "a.jpg")},
        ):
            answer = other.send(
                f"{file.address}/formulir", {"bap_tempat": "Jl. Dua", "bap_catatan": "Pagar rusak", **button}
            )
            assert answer.status_code == 409
            assert f"sedang dikerjakan Petugas {TECHNICAL.name}" in answer.text
            assert 'value="Jl. Dua"' in answer.text
            assert "Pagar rusak" in answer.text
        assert answers_of(file)["bap_tempat"] == "Jl. Satu"
        assert "foto" not in bap_of(file) or bap_of(file)["foto"] == []

    def test_a_form_sent_after_the_file_has_gone_on_shows_what_was_typed(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        address = file.address
        kantor[TECHNICAL].open_page(f"{address}/formulir")
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        decide_at(file.permohonan_id, kantor.person[TECHNICAL], KeputusanKind.KIRIM)
        answer = kantor[TECHNICAL].send(f"{address}/formulir", {"bap_tempat": "Jl. Telat", "form-simpan": "1"})
        assert answer.status_code == 409
        assert 'value="Jl. Telat"' in answer.text

    @pytest.mark.parametrize("button", ["form-simpan", "form-lanjut", "foto-tambah", "foto-hapus"])
    def test_whichever_button_is_pressed_text_and_photo_are_kept(self, kantor: Kantor, button: str) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/formulir")
        content = {
            "bap_tempat": "Jl. Panglima Batur",
            "foto-label": "depan",
            "foto-berkas": (photo(), "a.jpg"),
            button: "1",
        }
        kantor[TECHNICAL].send(f"{file.address}/formulir", content)
        examine()
        assert answers_of(file)["bap_tempat"] == "Jl. Panglima Batur"
        assert len(bap_of(file)["foto"]) == 1  # type: ignore[arg-type]  # jsonb
