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
from pipeline.roles import Peran
from pipeline.settings import settings
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, data_of, decide_at, work_off, write_bap
from tests.web.meja import Berkas, Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

TECHNICAL = Peran.DINAS_TEKNIS


def bap_of(file: Berkas) -> dict[str, object]:
    with unit_of_work() as s:
        return s.get_one(Bap, file.permohonan_id).isi


def photo(warna: str = "red") -> io.BytesIO:
    isi = io.BytesIO()
    Image.new("RGB", (320, 240), warna).save(isi, "JPEG")
    isi.seek(0)
    return isi


def form(file: Berkas) -> dict[str, str]:
    lembaga = make_institution("a", today=RABU.date())
    return bap_form(SOP, lembaga, data_of(file.permohonan_id), today=RABU.date(), layak=True)


class TestIsian:
    def test_a_new_form_begins_with_what_is_known(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        halaman = kantor[TECHNICAL].buka(f"{file.alamat}/bap").text
        assert f'value="Petugas {TECHNICAL.nama}"' in halaman
        assert 'value="2026-11-25"' in halaman

    def test_half_a_form_is_kept_and_shown_again(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        isi = {"tempat": "Jl. Panglima Batur", "tim-3-nama": "Rahmi", "simpan": "1"}
        jawaban = kantor[TECHNICAL].kirim(f"{file.alamat}/bap", isi)
        assert (jawaban.status_code, jawaban.location) == (303, f"{file.alamat}/bap")
        halaman = kantor[TECHNICAL].buka(jawaban.location).text
        assert 'value="Jl. Panglima Batur"' in halaman
        assert 'value="Rahmi"' in halaman

    def test_going_on_names_what_is_missing_and_has_kept_the_rest(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        jawaban = kantor[TECHNICAL].kirim(f"{file.alamat}/bap", {"tempat": "Jl. Panglima Batur", "lanjut": "1"})
        assert jawaban.status_code == 422
        assert "<title>Galat:" in jawaban.text
        assert 'href="#kesimpulan"' in jawaban.text
        assert bap_of(file)["tempat"] == "Jl. Panglima Batur"

    def test_a_complete_form_goes_on_to_the_decision(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        jawaban = kantor[TECHNICAL].kirim(f"{file.alamat}/bap", {**form(file), "lanjut": "1"})
        assert (jawaban.status_code, jawaban.location) == (303, f"{file.alamat}#keputusan-anda")
        assert "Lengkap" in kantor[TECHNICAL].buka(file.alamat).text

    def test_only_the_desk_that_inspects_has_the_form(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        assert kantor[Peran.KABID_PERIZINAN].buka(f"{file.alamat}/bap").status_code == 403
        assert kantor[TECHNICAL].buka(f"{file.alamat}/bap").status_code == 404


class TestKunjunganAgain:
    """A later desk sent the file back: what stands in the form is of the visit before."""

    def test_the_form_says_so_until_it_is_saved_anew(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        kabid, later = kantor.orang[Peran.KABID_PERIZINAN], RABU + timedelta(minutes=1)
        decide_at(file.permohonan_id, kabid, KeputusanKind.KEMBALIKAN, ke="rekomendasi", alasan="Ukur lagi.", now=later)
        work_off(later)
        alamat = f"{file.alamat}/bap"
        assert "dari kunjungan sebelumnya" in kantor[TECHNICAL].buka(alamat).text
        write_shift(settings().data, Shift(later + timedelta(minutes=1) - real_now()))
        jawaban = kantor[TECHNICAL].kirim(alamat, {**form(file), "catatan": "Ditinjau lagi.", "simpan": "1"})
        assert jawaban.status_code == 303
        assert "dari kunjungan sebelumnya" not in kantor[TECHNICAL].buka(alamat).text


class TestPhoto:
    def test_a_photo_carries_label_place_and_time_and_stays_when_the_form_is_saved(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        browser = kantor[TECHNICAL]
        browser.buka(f"{file.alamat}/bap")
        isi = {"label": "depan", "lat": "-3.44012", "lon": "114.840321", "akurasi": "12.4", "foto": (photo(), "a.jpg")}
        assert browser.kirim(f"{file.alamat}/bap", {**isi, "tambah": "1"}).status_code == 303
        browser.kirim(f"{file.alamat}/bap", {"tempat": "x", "simpan": "1"})
        (foto,) = bap_of(file)["foto"]  # type: ignore[misc]  # jsonb
        assert (foto["label"], foto["lat"], foto["lon"]) == ("Tampak depan dan papan nama", "-3.44012", "114.840321")
        assert str(foto["waktu"]).startswith("2026-11-25T01:0")  # the office clock runs on while the test does
        halaman = browser.buka(f"{file.alamat}/bap").text
        assert "-3.44012, 114.840321 (±12 m)" in halaman
        work_off(pictures=True)
        gambar = browser.buka(f"{file.alamat}/foto/{foto['sha256']}?lebar=240")
        assert (gambar.status_code, gambar.mimetype) == (200, "image/webp")
        assert browser.kirim(f"{file.alamat}/bap", {"tempat": "x", "hapus": foto["sha256"]}).status_code == 303
        assert bap_of(file)["foto"] == []

    @pytest.mark.parametrize(
        "lokasi", [{}, {"lat": "abc", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "999", "lon": "1"}]
    )
    def test_without_a_place_the_photo_is_kept_and_says_so(self, kantor: Kantor, lokasi: dict[str, str]) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        isi = {"label": "lain", "foto": (photo(), "a.jpg"), **lokasi}
        assert kantor[TECHNICAL].kirim(f"{file.alamat}/bap", {**isi, "tambah": "1"}).status_code == 303
        assert "Lokasi tidak terbaca" in kantor[TECHNICAL].buka(f"{file.alamat}/bap").text

    @pytest.mark.parametrize(
        ("isi", "kalimat"),
        [
            ({"label": "depan"}, "Pilih foto"),
            ({"label": "x", "foto": (b"\xff\xd8\xff", "a.jpg")}, "Pilih keterangan foto"),
            ({"label": "depan", "foto": (b"bukan foto", "a.jpg")}, "govuk-error-message"),
        ],
    )
    def test_what_is_no_photo_is_refused_on_the_same_page(
        self, kantor: Kantor, isi: dict[str, object], kalimat: str
    ) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        if isinstance(foto := isi.get("foto"), tuple):
            isi = {**isi, "foto": (io.BytesIO(foto[0]), foto[1])}
        jawaban = kantor[TECHNICAL].kirim(f"{file.alamat}/bap", {**isi, "tambah": "1"})
        assert (jawaban.status_code, kalimat in jawaban.text) == (422, True)


class TestBersama:
    """Two officers, or two buttons: what somebody typed is never lost without a word."""

    def test_who_saves_first_has_taken_it_and_the_other_keeps_what_they_typed(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        make_officer("kedua@uji.test", TECHNICAL)
        lain = masuk(kantor.app, "kedua@uji.test")
        lain.buka(f"{file.alamat}/bap")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        assert kantor[TECHNICAL].kirim(f"{file.alamat}/bap", {"tempat": "Jl. Satu", "simpan": "1"}).status_code == 303
        for tombol in ({"simpan": "1"}, {"lanjut": "1"}, {"tambah": "1", "label": "depan", "foto": (photo(), "a.jpg")}):
            jawaban = lain.kirim(f"{file.alamat}/bap", {"tempat": "Jl. Dua", "catatan": "Pagar rusak", **tombol})
            assert jawaban.status_code == 409
            assert f"sedang dikerjakan Petugas {TECHNICAL.nama}" in jawaban.text
            assert 'value="Jl. Dua"' in jawaban.text
            assert "Pagar rusak" in jawaban.text
        assert bap_of(file)["tempat"] == "Jl. Satu"
        assert "foto" not in bap_of(file) or bap_of(file)["foto"] == []

    def test_a_form_sent_after_the_file_has_gone_on_shows_what_was_typed(self, kantor: Kantor) -> None:
        file = kantor.bawa("rekomendasi")
        alamat = file.alamat
        kantor[TECHNICAL].buka(f"{alamat}/bap")
        write_bap(file.permohonan_id, kantor.orang[TECHNICAL])
        decide_at(file.permohonan_id, kantor.orang[TECHNICAL], KeputusanKind.KIRIM)
        jawaban = kantor[TECHNICAL].kirim(f"{alamat}/bap", {"tempat": "Jl. Telat", "simpan": "1"})
        assert jawaban.status_code == 409
        assert 'value="Jl. Telat"' in jawaban.text

    @pytest.mark.parametrize("tombol", ["simpan", "lanjut", "tambah", "hapus"])
    def test_whichever_button_is_pressed_text_and_photo_are_kept(self, kantor: Kantor, tombol: str) -> None:
        file = kantor.bawa("rekomendasi")
        kantor[TECHNICAL].buka(f"{file.alamat}/bap")
        isi = {"tempat": "Jl. Panglima Batur", "label": "depan", "foto": (photo(), "a.jpg"), tombol: "1"}
        kantor[TECHNICAL].kirim(f"{file.alamat}/bap", isi)
        assert bap_of(file)["tempat"] == "Jl. Panglima Batur"
        assert len(bap_of(file)["foto"]) == 1  # type: ignore[arg-type]  # jsonb
