"""A page of the form is kept while it is typed, goes on elsewhere, and writes over nobody's words."""

import re
from uuid import UUID

import pytest

from tests.factories import data_of, submitted
from tests.web.conftest import Browser, SamplePerson
from tests.web.test_pemohon import draft


def carried(browser: Browser, page: str) -> str:
    """What the form of a page carries as it is drawn."""
    found = re.search(r'name="tampil" value="([^"]*)" data-seen', browser.open_page(page).text)
    assert found is not None
    return found.group(1)


class TestKeptWhileTyping:
    def test_what_is_right_is_there_on_another_device_and_what_is_half_typed_is_no_error(
        self, pemohon: SamplePerson
    ) -> None:
        address = draft(pemohon)
        page = f"{address}/isian/pengurus"
        typed = {"tampil": carried(pemohon.browser, page), "ketua_nama": "Hj. Aminah", "ketua_nik": "637"}
        answer = pemohon.browser.send(f"{page}/ketikan", typed)
        assert answer.status_code == 200
        assert re.fullmatch(r"Tersimpan pukul \d\d\.\d\d\.", answer.json["said"])
        assert data_of(UUID(address.rpartition("/")[2])) == {"ketua_nama": "Hj. Aminah"}
        assert answer.json["seen"] == carried(pemohon.browser, page)
        assert 'value="Hj. Aminah"' in pemohon.browser.open_page(page).text

    def test_going_on_in_the_same_window_is_no_clash(self, pemohon: SamplePerson) -> None:
        page = f"{draft(pemohon)}/isian/pengurus"
        seen = carried(pemohon.browser, page)
        for name in ("Hj. A", "Hj. Aminah", "Hj. Aminah Zahra"):
            seen = pemohon.browser.send(f"{page}/ketikan", {"tampil": seen, "ketua_nama": name}).json["seen"]
        assert pemohon.browser.send(page, {"tampil": seen, "ketua_nama": "Aminah"}).status_code == 303
        assert 'value="Aminah"' in pemohon.browser.open_page(page).text

    @pytest.mark.attack("B05")
    def test_after_sending_nothing_is_kept(self, pemohon: SamplePerson) -> None:
        address = f"/permohonan/{submitted(pemohon.person_id)}"
        pemohon.browser.open_page(address)
        assert pemohon.browser.send(f"{address}/isian/pengurus/ketikan", {"ketua_nama": "Lain"}).status_code == 409


class TestTwoWindows:
    def test_each_keeps_what_was_typed_in_it_alone(self, pemohon: SamplePerson) -> None:
        page = f"{draft(pemohon)}/isian/pengurus"
        seen = carried(pemohon.browser, page)
        pemohon.browser.send(page, {"tampil": seen, "ketua_nama": "Hj. Aminah"})
        pemohon.browser.send(page, {"tampil": seen, "ketua_nama": "", "sekretaris_nama": "Budi"})
        text = pemohon.browser.open_page(page).text
        assert all(f'value="{name}"' in text for name in ("Hj. Aminah", "Budi"))

    def test_where_both_typed_something_else_it_is_asked_and_both_are_shown(self, pemohon: SamplePerson) -> None:
        address = draft(pemohon)
        page = f"{address}/isian/pengurus"
        seen = carried(pemohon.browser, page)
        pemohon.browser.send(page, {"tampil": seen, "ketua_nama": "Hj. Aminah"})
        other = {"tampil": seen, "ketua_nama": "Siti <Rahmah>", "ketua_hp": ""}
        assert pemohon.browser.send(f"{page}/ketikan", other).status_code == 409
        asked = pemohon.browser.send(page, other)
        assert asked.status_code == 422
        assert "diubah di tempat lain menjadi “Hj. Aminah”" in asked.text
        assert 'value="Siti &lt;Rahmah&gt;"' in asked.text
        assert data_of(UUID(address.rpartition("/")[2])) == {"ketua_nama": "Hj. Aminah"}
        again = re.search(r'name="tampil" value="([^"]*)" data-seen', asked.text)
        assert again is not None
        assert pemohon.browser.send(page, {**other, "tampil": again.group(1)}).status_code == 303
        assert data_of(UUID(address.rpartition("/")[2])) == {"ketua_nama": "Siti <Rahmah>"}

    def test_anything_may_stand_in_what_a_page_carries(self, pemohon: SamplePerson) -> None:
        page = f"{draft(pemohon)}/isian/pengurus"
        for seen in ("", ":", "ketua_nama", "ketua_nama:", "x" * 5000, "\0", "a:b:c"):
            answer = pemohon.browser.send(page, {"tampil": seen, "ketua_nama": f"Nama {len(seen)}"})
            assert answer.status_code in {303, 422}, seen


def test_when_an_answer_is_a_duty_stands_beside_it(pemohon: SamplePerson) -> None:
    text = pemohon.browser.open_page(f"{draft(pemohon)}/isian/legalitas").text
    assert "Wajib bila" in text
    assert "selain itu boleh kosong" in text
