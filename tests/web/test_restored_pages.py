"""What anybody and what the leaders read once the office has come back from a backup."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from pipeline.clock import real_now
from pipeline.services.restoration import settle
from tests.desks import KABID_PERIZINAN
from tests.owner import owner
from tests.web.conftest import Browser
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - a fixture

TOKEN = "kodeYangTerbitKemarinX"  # as a token is written, and nobody's


def come_back() -> None:
    now = real_now()
    with owner().begin() as conn:
        settle(conn, backup="uji", backup_at=now - timedelta(days=1), declared={}, now=now)


@pytest.mark.attack("E10")
def test_a_paper_that_may_have_been_issued_since_is_not_called_forged(db: Engine, guest: Browser) -> None:
    before = guest.open_page(f"/verifikasi/{TOKEN}")
    assert before.status_code == 404
    assert "TIDAK DITEMUKAN" in before.text
    come_back()
    for code in (TOKEN, "503%2F0001%2FTD-LKS%2FDPMPTSP%2F2026"):
        answer = guest.open_page(f"/verifikasi/{code}")
        assert answer.status_code == 404
        assert "BELUM TERSINKRON" in answer.text
        assert "dipulihkan dari cadangan" in answer.text
        assert "palsu" not in answer.text
    assert "TIDAK DITEMUKAN" in guest.open_page("/verifikasi/tebakan").text
    assert "TIDAK DITEMUKAN" in guest.open_page("/verifikasi/503%2F9001%2FTD-LKS%2FDPMPTSP%2F2026").text


def test_the_register_says_which_numbers_were_left_alone(kantor: Kantor) -> None:
    come_back()
    page = " ".join(kantor[KABID_PERIZINAN].open_page("/pimpinan/register-nomor").text.split())
    assert "Nomor 1 s.d. 20 tidak diberikan lagi sejak kantor dipulihkan dari cadangan" in page
    assert "Tidak tercatat" not in page
