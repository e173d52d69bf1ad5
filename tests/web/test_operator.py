"""The operator sees what lives, waits and is stuck, and starts it again; leaders see where the files are."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, select, update

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.models import Account, Outbox, Peristiwa, Pulse, Tugas
from pipeline.roles import Peran
from pipeline.services.records.verify.whole import verify_all
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, owing_its_step, person
from tests.owner import as_owner
from tests.web.conftest import Browser
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.test_antrean import many_files

KABID = KABID_PERIZINAN


@pytest.fixture
def operator(app: Flask, db: object) -> Browser:
    make_officer("operator@uji.test", Peran.OPERATOR)
    return login(app, "operator@uji.test")


def beat(name: str, age: timedelta, **detail: object) -> None:
    with unit_of_work() as s:
        s.merge(Pulse(name=name, at=real_now() - age, detail=detail))


def everything_lives(age: timedelta = -timedelta(minutes=1)) -> None:
    """For a minute to come, however slow this machine is."""
    for name in ("broker", "relay", "beat"):
        beat(name, age)
    beat("pekerja:peran", age, antrean=list(PERAN_QUEUES))
    beat("pekerja:layanan", age, antrean=list(SERVICE_QUEUES))


def test_a_part_that_is_silent_is_red_and_the_page_says_what_the_public_feels(operator: Browser) -> None:
    everything_lives()
    page = operator.open_page("/operator").text
    assert ("! Mati" in page, "Semua bagian berjalan" in page) == (False, True)
    beat("beat", timedelta(minutes=3))
    with as_owner() as s:
        s.execute(delete(Pulse).where(Pulse.name == "pekerja:layanan"))
    page = operator.open_page("/operator").text
    assert page.count("! Mati") == 1 + len(SERVICE_QUEUES)
    assert "tanda hidup 3 menit yang lalu" in page
    assert "tinggal “sedang diperiksa”" in page


def test_the_banner_goes_away_when_everything_is_alive(kantor: Kantor) -> None:
    said = "Sebagian sistem sedang tidak berjalan"
    everything_lives(timedelta(minutes=3))
    assert said in kantor[KABID].open_page("/petugas/antrean").text
    everything_lives(timedelta(seconds=30))  # what is started again at once disturbs nobody
    assert said not in kantor[KABID].open_page("/petugas/antrean").text
    beat("pekerja:layanan", timedelta(seconds=1), antrean=["sistem"])
    assert "Pekerja antrean dokumen, pemberitahuan" in kantor[KABID].open_page("/petugas/antrean").text


def test_two_hundred_running_files_are_read_desk_by_desk(kantor: Kantor, operator: Browser) -> None:
    many_files(engine(), 200)
    page = " ".join(re.sub(r"<[^>]+>", " ", operator.open_page("/operator").text).split())
    assert "rekomendasi 180" in page
    assert "rekomendasi 20" in page


def test_waiting_and_parked_rows_are_told_apart_and_a_parked_one_starts_over(operator: Browser) -> None:
    owing_its_step(person())
    assert "front_office" in operator.open_page("/operator").text
    with unit_of_work() as s:
        s.execute(update(Outbox).values(stuck_at=WEDNESDAY, attempts=5, error="OSError"))
        nomor = s.scalars(select(Outbox.id)).one()
    page = operator.open_page("/operator").text
    assert "OSError, 5 kali" in page
    assert operator.send(f"/operator/pesan/{nomor}/coba-lagi").status_code == 303
    with unit_of_work() as s:
        again = s.scalars(select(Peristiwa).where(Peristiwa.kind == "dilanjutkan")).one()
        who = s.scalar(select(Account.person_id).where(Account.email == "operator@uji.test"))
    assert (again.actor, again.peran) == (who, "operator"), "who pressed is on record"
    assert verify_all()[1] == []
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
