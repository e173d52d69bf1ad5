"""The operator sees what lives, waits and is stuck, and starts it again; leaders see where the files are."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Outbox, Pulse, Tugas
from pipeline.roles import Peran
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, owing_its_step, person
from tests.web.conftest import Browser
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

KABID = KABID_PERIZINAN


@pytest.fixture
def operator(app: Flask, db: object) -> Browser:
    make_officer("operator@uji.test", Peran.OPERATOR)
    return login(app, "operator@uji.test")


def beat(name: str, age: timedelta) -> None:
    with unit_of_work() as s:
        s.merge(Pulse(name=name, at=real_now() - age))


def test_parts_are_red_after_two_minutes_of_silence(operator: Browser) -> None:
    beat("relay", timedelta(seconds=5))
    beat("beat", timedelta(minutes=3))
    page = operator.open_page("/operator").text
    assert page.count("! Tidak ada tanda hidup") == 3  # beat, and two workers that never gave one
    assert "belum pernah" in page


def test_the_banner_goes_away_when_everything_is_alive(kantor: Kantor) -> None:
    for name in ("relay", "beat", "pekerja:peran", "pekerja:layanan"):
        beat(name, timedelta(seconds=1))
    assert "Sebagian sistem sedang tidak berjalan" not in kantor[KABID].open_page("/petugas/antrean").text


def test_waiting_and_parked_rows_are_told_apart_and_a_parked_one_starts_over(operator: Browser) -> None:
    owing_its_step(person())
    assert "front_office" in operator.open_page("/operator").text
    with unit_of_work() as s:
        s.execute(update(Outbox).values(stuck_at=WEDNESDAY, attempts=5, error="OSError"))
        nomor = s.scalars(select(Outbox.id)).one()
    page = operator.open_page("/operator").text
    assert "OSError, 5 kali" in page
    assert operator.send(f"/operator/pesan/{nomor}/coba-lagi").status_code == 303
    assert "Tidak ada yang macet" in operator.open_page("/operator").text
    assert operator.send(f"/operator/pesan/{nomor}/coba-lagi").status_code == 404


@pytest.mark.parametrize("nomor", ["0", "99", "9" * 30])
def test_a_row_that_is_not_there_does_not_exist(operator: Browser, nomor: str) -> None:
    operator.open_page("/operator")
    assert operator.send(f"/operator/pesan/{nomor}/coba-lagi").status_code == 404


def test_the_way_into_flower_is_a_ticket_of_a_minute(operator: Browser, app: Flask) -> None:
    answer = operator.open_page("/operator/flower-masuk")
    address, _, ticket = answer.location.partition("?tiket=")
    assert (answer.status_code, address) == (303, "http://localhost:8100/operator/flower/login")
    assert URLSafeTimedSerializer(str(app.secret_key), salt="flower").loads(ticket, max_age=60)["sesi"]


def test_leaders_see_where_files_are_and_who_has_the_late_ones(kantor: Kantor) -> None:
    file = kantor.carry("rekomendasi")
    with unit_of_work() as s:
        overdue = WEDNESDAY - timedelta(minutes=6)
        s.execute(update(Tugas).where(Tugas.id == at_desk(file.permohonan_id).tugas_id).values(tenggat=overdue))
    page = kantor[KABID].open_page("/pimpinan").text
    assert re.sub(r"<[^>]+>", "", page).count("1 berkas sedang dikerjakan kantor, 1 di antaranya lewat waktu") == 1
    assert "! Lewat 6 menit" in page
    assert "Belum diambil" in page
    assert "Dinas Teknis, langkah 4" in kantor[KABID].open_page("/pimpinan?peran=dinas_teknis&tampil=semua").text
    assert "Tidak ada berkas yang lewat waktu" in kantor[KABID].open_page("/pimpinan?peran=sekretaris").text
    assert kantor[KABID].open_page("/pimpinan?peran=x").status_code == 404


def test_an_empty_office_says_so(kantor: Kantor) -> None:
    assert "Tidak ada berkas di meja kantor" in kantor[KABID].open_page("/pimpinan").text
