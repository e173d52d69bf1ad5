"""BAP and Rekomendasi on a phone: saved half-filled, sent complete, photos with a place or without."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from ops.contoh.papers.bap import bap_form
from ops.contoh.papers.institutions import make_institution
from pipeline.clock import Shift, real_now, write_shift
from pipeline.db import unit_of_work
from pipeline.models import Bap
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN
from tests.factories import SOP, WEDNESDAY, data_of, decide_at, work_off, write_bap
from tests.web.desk import Berkas, Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL = DINAS_TEKNIS


def bap_of(file: Berkas) -> dict[str, object]:
    with unit_of_work() as s:
        return s.get_one(Bap, file.permohonan_id).content


def photo(color: str = "red") -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(content, "JPEG")
    content.seek(0)
    return content


def form(file: Berkas) -> dict[str, str]:
    institution = make_institution("a", today=WEDNESDAY.date())
    return bap_form(SOP, institution, data_of(file.permohonan_id), today=WEDNESDAY.date(), eligible=True)


class TestIsian:
    def test_a_new_form_begins_with_what_is_known(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        page = kantor[TECHNICAL].open_page(f"{file.address}/bap").text
        assert f'value="Petugas {TECHNICAL.name}"' in page
        assert 'value="2026-11-25"' in page

    def test_half_a_form_is_kept_and_shown_again(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        content = {"tempat": "Jl. Panglima Batur", "tim-3-nama": "Rahmi", "simpan": "1"}
        answer = kantor[TECHNICAL].send(f"{file.address}/bap", content)
        assert (answer.status_code, answer.location) == (303, f"{file.address}/bap")
        page = kantor[TECHNICAL].open_page(answer.location).text
        assert 'value="Jl. Panglima Batur"' in page
        assert 'value="Rahmi"' in page

    def test_going_on_names_what_is_missing_and_has_kept_the_rest(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        answer = kantor[TECHNICAL].send(f"{file.address}/bap", {"tempat": "Jl. Panglima Batur", "lanjut": "1"})
        assert answer.status_code == 422
        assert "<title>Galat:" in answer.text
        assert 'href="#kesimpulan"' in answer.text
        assert bap_of(file)["tempat"] == "Jl. Panglima Batur"

    def test_a_complete_form_goes_on_to_the_decision(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        answer = kantor[TECHNICAL].send(f"{file.address}/bap", {**form(file), "lanjut": "1"})
        assert (answer.status_code, answer.location) == (303, f"{file.address}#keputusan-anda")
        assert "Lengkap" in kantor[TECHNICAL].open_page(file.address).text

    def test_only_the_desk_that_inspects_has_the_form(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        assert kantor[KABID_PERIZINAN].open_page(f"{file.address}/bap").status_code == 403
        assert kantor[TECHNICAL].open_page(f"{file.address}/bap").status_code == 404


class TestKunjunganAgain:
    """A later desk sent the file back: what stands in the form is of the visit before."""

    def test_the_form_says_so_until_it_is_saved_anew(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        kabid, later = kantor.person[KABID_PERIZINAN], WEDNESDAY + timedelta(minutes=1)
        decide_at(
            file.permohonan_id, kabid, KeputusanKind.KEMBALIKAN, target="rekomendasi", reason="Ukur lagi.", now=later
        )
        work_off(later)
        address = f"{file.address}/bap"
        assert "dari kunjungan sebelumnya" in kantor[TECHNICAL].open_page(address).text
        write_shift(settings().data, Shift(later + timedelta(minutes=1) - real_now()))
        answer = kantor[TECHNICAL].send(address, {**form(file), "catatan": "Ditinjau lagi.", "simpan": "1"})
        assert answer.status_code == 303
        assert "dari kunjungan sebelumnya" not in kantor[TECHNICAL].open_page(address).text


class TestPhoto:
    def test_a_photo_carries_label_place_and_time_and_stays_when_the_form_is_saved(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        browser = kantor[TECHNICAL]
        browser.open_page(f"{file.address}/bap")
        content = {
            "label": "depan",
            "lat": "-3.44012",
            "lon": "114.840321",
            "akurasi": "12.4",
            "foto": (photo(), "a.jpg"),
        }
        assert browser.send(f"{file.address}/bap", {**content, "tambah": "1"}).status_code == 303
        browser.send(f"{file.address}/bap", {"tempat": "x", "simpan": "1"})
        (picture,) = bap_of(file)["foto"]  # type: ignore[misc]  # jsonb
        assert (picture["label"], picture["lat"], picture["lon"]) == (
            "Tampak depan dan papan nama",
            "-3.44012",
            "114.840321",
        )
        assert str(picture["waktu"]).startswith("2026-11-25T01:0")  # the office clock runs on while the test does
        page = browser.open_page(f"{file.address}/bap").text
        assert "-3.44012, 114.840321 (±12 m)" in page
        work_off(pictures=True)
        shown = browser.open_page(f"{file.address}/foto/{picture['sha256']}?lebar=240")
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert browser.send(f"{file.address}/bap", {"tempat": "x", "hapus": picture["sha256"]}).status_code == 303
        assert bap_of(file)["foto"] == []

    @pytest.mark.parametrize(
        "location", [{}, {"lat": "abc", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "999", "lon": "1"}]
    )
    def test_without_a_place_the_photo_is_kept_and_says_so(self, kantor: Kantor, location: dict[str, str]) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        content = {"label": "lain", "foto": (photo(), "a.jpg"), **location}
        assert kantor[TECHNICAL].send(f"{file.address}/bap", {**content, "tambah": "1"}).status_code == 303
        assert "Lokasi tidak terbaca" in kantor[TECHNICAL].open_page(f"{file.address}/bap").text

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"label": "depan"}, "Pilih foto"),
            ({"label": "x", "foto": (b"\xff\xd8\xff", "a.jpg")}, "Pilih keterangan foto"),
            ({"label": "depan", "foto": (b"bukan foto", "a.jpg")}, "govuk-error-message"),
        ],
    )
    def test_what_is_no_photo_is_refused_on_the_same_page(
        self, kantor: Kantor, content: dict[str, object], sentence: str
    ) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        if isinstance(picture := content.get("foto"), tuple):
            content = {**content, "foto": (io.BytesIO(picture[0]), picture[1])}
        answer = kantor[TECHNICAL].send(f"{file.address}/bap", {**content, "tambah": "1"})
        assert (answer.status_code, sentence in answer.text) == (422, True)


class TestShared:
    """Two officers, or two buttons: what somebody typed is never lost without a word."""

    def test_who_saves_first_has_taken_it_and_the_other_keeps_what_they_typed(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        make_officer("kedua@uji.test", TECHNICAL)
        other = login(kantor.app, "kedua@uji.test")
        other.open_page(f"{file.address}/bap")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        assert kantor[TECHNICAL].send(f"{file.address}/bap", {"tempat": "Jl. Satu", "simpan": "1"}).status_code == 303
        for button in ({"simpan": "1"}, {"lanjut": "1"}, {"tambah": "1", "label": "depan", "foto": (photo(), "a.jpg")}):
            answer = other.send(f"{file.address}/bap", {"tempat": "Jl. Dua", "catatan": "Pagar rusak", **button})
            assert answer.status_code == 409
            assert f"sedang dikerjakan Petugas {TECHNICAL.name}" in answer.text
            assert 'value="Jl. Dua"' in answer.text
            assert "Pagar rusak" in answer.text
        assert bap_of(file)["tempat"] == "Jl. Satu"
        assert "foto" not in bap_of(file) or bap_of(file)["foto"] == []

    def test_a_form_sent_after_the_file_has_gone_on_shows_what_was_typed(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        address = file.address
        kantor[TECHNICAL].open_page(f"{address}/bap")
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        decide_at(file.permohonan_id, kantor.person[TECHNICAL], KeputusanKind.KIRIM)
        answer = kantor[TECHNICAL].send(f"{address}/bap", {"tempat": "Jl. Telat", "simpan": "1"})
        assert answer.status_code == 409
        assert 'value="Jl. Telat"' in answer.text

    @pytest.mark.parametrize("button", ["simpan", "lanjut", "tambah", "hapus"])
    def test_whichever_button_is_pressed_text_and_photo_are_kept(self, kantor: Kantor, button: str) -> None:
        file = kantor.carry("rekomendasi")
        kantor[TECHNICAL].open_page(f"{file.address}/bap")
        content = {"tempat": "Jl. Panglima Batur", "label": "depan", "foto": (photo(), "a.jpg"), button: "1"}
        kantor[TECHNICAL].send(f"{file.address}/bap", content)
        assert bap_of(file)["tempat"] == "Jl. Panglima Batur"
        assert len(bap_of(file)["foto"]) == 1  # type: ignore[arg-type]  # jsonb
