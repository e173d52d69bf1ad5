"""The decision form: outcomes of the SOP, itemised returns, what happens when somebody was faster."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from pipeline.db import unit_of_work
from pipeline.models import CorrectionRequest, Permohonan
from pipeline.roles import Peran
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS
from tests.factories import at_desk, decide_at, work_off, write_bap
from tests.web.desk import Berkas, Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

TECHNICAL, KABID, SECRETARY = DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS
REASON = "Nama pada akta tidak sama dengan surat domisili."


def decide(kantor: Kantor, peran: Peran, file: Berkas, **content: str) -> TestResponse:
    """Open the file as this desk and post its decision form."""
    kantor[peran].open_page(file.address)
    return kantor[peran].send(f"{file.address}/keputusan", file.shown(**content))


def status(file: Berkas) -> tuple[str, str | None]:
    with unit_of_work() as s:
        p = s.get_one(Permohonan, file.permohonan_id)
        return p.status, p.langkah


class TestForward:
    def test_approval_goes_on_and_says_where_to(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        answer = decide(kantor, KABID, file, keputusan="setujui")
        assert (answer.status_code, answer.location) == (303, "/petugas/antrean?peran=kabid_perizinan")
        assert "diteruskan ke Sekretaris" in kantor[KABID].open_page(answer.location).text
        assert status(file) == ("berjalan", "paraf_sekretaris")

    def test_a_recommendation_needs_a_complete_bap(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        answer = decide(kantor, TECHNICAL, file, keputusan="kirim")
        assert answer.status_code == 422
        assert "BAP dan Rekomendasi belum lengkap" in answer.text
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        assert decide(kantor, TECHNICAL, file, keputusan="kirim").status_code == 303

    def test_a_refusal_needs_a_reason_and_a_bap_that_says_so(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        eligible = decide(kantor, TECHNICAL, file, keputusan="tolak", alasan=REASON)
        assert (eligible.status_code, "tidak dapat ditolak" in eligible.text) == (422, True)
        write_bap(file.permohonan_id, kantor.person[TECHNICAL], eligible=False, kunjungan=2)
        assert "Tulis alasannya" in decide(kantor, TECHNICAL, file, keputusan="tolak").text
        assert decide(kantor, TECHNICAL, file, keputusan="tolak", alasan=REASON).status_code == 303

    @pytest.mark.parametrize("keputusan", ["", "tolak", "tanda_tangani", "kirim", "batalkan", "x", "setujui\x00"])
    def test_an_outcome_this_desk_does_not_have_is_refused(self, kantor: Kantor, keputusan: str) -> None:
        file = kantor.carry("paraf_kabid")
        assert decide(kantor, KABID, file, keputusan=keputusan, alasan=REASON).status_code == 422
        assert status(file) == ("berjalan", "paraf_kabid")


class TestBack:
    def test_a_return_names_each_document_and_field(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        content = {
            "keputusan": "kembalikan",
            "ke": "ajukan",
            "perlu-syarat-AKTA": "1",
            "catatan-syarat-AKTA": "Halaman 2 terpotong.",
            "perlu-isian-alamat": "1",
            "catatan-isian-alamat": "Tulis RT/RW.",
        }
        assert decide(kantor, TECHNICAL, file, **content).status_code == 303
        assert status(file) == ("perbaikan", "ajukan")
        seen_by_staff = kantor[TECHNICAL].open_page(f"/petugas/permohonan/{file.permohonan_id}").text
        assert ">Perlu perbaikan<" in "".join(seen_by_staff.split("\n"))
        with unit_of_work() as s:
            p = CorrectionRequest
            assert {tuple(r) for r in s.execute(select(p.kind, p.code, p.note))} == {
                ("syarat", "AKTA", "Halaman 2 terpotong."),
                ("isian", "alamat", "Tulis RT/RW."),
            }

    def test_an_item_without_a_note_comes_back_with_everything_typed(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        content = {"keputusan": "kembalikan", "ke": "ajukan", "alasan": REASON, "perlu-syarat-AKTA": "1"}
        answer = decide(kantor, TECHNICAL, file, **content)
        assert answer.status_code == 422
        assert "<title>Galat:" in answer.text
        assert 'href="#catatan-syarat-AKTA"' in answer.text
        assert REASON in answer.text
        assert 'name="perlu-syarat-AKTA" value="1" checked' in answer.text

    @pytest.mark.attack("D11")
    def test_a_return_without_a_reason_is_refused(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_sekretaris")
        assert decide(kantor, SECRETARY, file, keputusan="kembalikan", ke="rekomendasi", alasan="x").status_code == 422

    def test_a_return_needs_a_target_of_the_sop(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        for target in ("", "ajukan", "tanda_tangan", "x"):
            answer = decide(kantor, KABID, file, keputusan="kembalikan", ke=target, alasan=REASON)
            assert (answer.status_code, "Pilih ke mana" in answer.text) == (422, True)

    def test_ticked_items_keep_a_file_from_going_on(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        answer = decide(kantor, TECHNICAL, file, **{"keputusan": "kirim", "perlu-syarat-AKTA": "1"})
        assert (answer.status_code, status(file)) == (422, ("berjalan", "rekomendasi"))

    @pytest.mark.parametrize("code", ["TIDAK_ADA", "", "a-b", "x" * 200])
    def test_an_item_the_sop_does_not_know_is_refused(self, kantor: Kantor, code: str) -> None:
        file = kantor.carry("rekomendasi")
        content = {
            "keputusan": "kembalikan",
            "ke": "ajukan",
            f"perlu-syarat-{code}": "1",
            f"catatan-syarat-{code}": "x",
        }
        assert decide(kantor, TECHNICAL, file, **content).status_code == 422

    @pytest.mark.attack("D11")
    def test_an_endless_reason_is_refused_in_words(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        content = {"keputusan": "kembalikan", "ke": "rekomendasi"}
        assert decide(kantor, KABID, file, **content, alasan="a" * 5000).status_code == 422
        assert decide(kantor, KABID, file, **content, alasan="a" * 70_000).status_code == 413


class TestOvertaking:
    def test_the_slower_one_learns_who_decided_and_keeps_the_typed_reason(self, kantor: Kantor, app: Flask) -> None:
        file = kantor.carry("paraf_kabid")
        make_officer("lambat@uji.test", KABID, name="Lambat")
        slow = login(app, "lambat@uji.test")
        address, content = file.address, file.shown(keputusan="kembalikan", ke="rekomendasi", alasan=REASON)
        slow.open_page(address)
        decide_at(file.permohonan_id, kantor.person[KABID], KeputusanKind.SETUJUI)
        answer = slow.send(f"{address}/keputusan", content)
        assert answer.status_code == 409
        assert f"Petugas {KABID.name}" in answer.text
        assert REASON in answer.text
        assert status(file) == ("berjalan", "paraf_sekretaris")

    @pytest.mark.parametrize(
        "replace", [{"versi": "99"}, {"versi": ""}, {"versi": "x"}, {"naskah_hash": "0" * 64}, {"naskah_hash": ""}]
    )
    def test_what_was_not_on_screen_is_not_approved(self, kantor: Kantor, replace: dict[str, str]) -> None:
        file = kantor.carry("paraf_kabid")
        assert decide(kantor, KABID, file, **{"keputusan": "setujui", **replace}).status_code == 409
        assert status(file) == ("berjalan", "paraf_kabid")

    @pytest.mark.attack("D03")
    def test_a_form_opened_before_the_bap_changed_is_refused(self, kantor: Kantor) -> None:
        file = kantor.carry("rekomendasi")
        write_bap(file.permohonan_id, kantor.person[TECHNICAL])
        content = file.shown(keputusan="kirim")
        kantor[TECHNICAL].open_page(file.address)
        write_bap(file.permohonan_id, kantor.person[TECHNICAL], kunjungan=2)
        assert kantor[TECHNICAL].send(f"{file.address}/keputusan", content).status_code == 409

    def test_pressing_twice_decides_once(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        address, content = file.address, file.shown(keputusan="setujui")
        kantor[KABID].open_page(address)
        assert [kantor[KABID].send(f"{address}/keputusan", content).status_code for _ in range(3)] == [303, 409, 409]

    def test_nobody_approves_twice(self, kantor: Kantor, app: Flask) -> None:
        file = kantor.carry("paraf_kabid")
        make_officer("dua@uji.test", KABID, SECRETARY)
        browser = login(app, "dua@uji.test")
        for hope in (303, 403):
            browser.open_page(file.address)
            assert browser.send(f"{file.address}/keputusan", file.shown(keputusan="setujui")).status_code == hope
            work_off()
        assert status(file) == ("berjalan", "paraf_sekretaris")


def test_without_a_token_nothing_is_decided(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    kantor[KABID].open_page(file.address)
    content = file.shown(keputusan="setujui", csrf_token="salah")
    assert kantor[KABID].web_client.post(f"{file.address}/keputusan", data=content).status_code == 400
    assert at_desk(file.permohonan_id).langkah == "paraf_kabid"
