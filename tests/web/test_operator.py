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
from tests.factories import RABU, at_desk, owing_its_step, person
from tests.web.conftest import Peramban
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor

KABID = Peran.KABID_PERIZINAN


@pytest.fixture
def operator(app: Flask, db: object) -> Peramban:
    make_officer("operator@uji.test", Peran.OPERATOR)
    return masuk(app, "operator@uji.test")


def beat(nama: str, umur: timedelta) -> None:
    with unit_of_work() as s:
        s.merge(Pulse(nama=nama, pada=real_now() - umur))


def test_parts_are_red_after_two_minutes_of_silence(operator: Peramban) -> None:
    beat("relay", timedelta(seconds=5))
    beat("beat", timedelta(minutes=3))
    halaman = operator.buka("/operator").text
    assert halaman.count("! Tidak ada tanda hidup") == 3  # beat, and two workers that never gave one
    assert "belum pernah" in halaman


def test_the_banner_goes_away_when_everything_is_alive(kantor: Kantor) -> None:
    for nama in ("relay", "beat", "pekerja:peran", "pekerja:layanan"):
        beat(nama, timedelta(seconds=1))
    assert "Sebagian sistem sedang tidak berjalan" not in kantor[KABID].buka("/petugas/antrean").text


def test_waiting_and_parked_rows_are_told_apart_and_a_parked_one_starts_over(operator: Peramban) -> None:
    owing_its_step(person())
    assert "front_office" in operator.buka("/operator").text
    with unit_of_work() as s:
        s.execute(update(Outbox).values(stuck_at=RABU, percobaan=5, galat="OSError"))
        nomor = s.scalars(select(Outbox.id)).one()
    halaman = operator.buka("/operator").text
    assert "OSError, 5 kali" in halaman
    assert operator.kirim(f"/operator/pesan/{nomor}/coba-lagi").status_code == 303
    assert "Tidak ada yang macet" in operator.buka("/operator").text
    assert operator.kirim(f"/operator/pesan/{nomor}/coba-lagi").status_code == 404


@pytest.mark.parametrize("nomor", ["0", "99", "9" * 30])
def test_a_row_that_is_not_there_does_not_exist(operator: Peramban, nomor: str) -> None:
    operator.buka("/operator")
    assert operator.kirim(f"/operator/pesan/{nomor}/coba-lagi").status_code == 404


def test_the_way_into_flower_is_a_ticket_of_a_minute(operator: Peramban, app: Flask) -> None:
    jawaban = operator.buka("/operator/flower-masuk")
    alamat, _, tiket = jawaban.location.partition("?tiket=")
    assert (jawaban.status_code, alamat) == (303, "http://localhost:8100/operator/flower/login")
    assert URLSafeTimedSerializer(str(app.secret_key), salt="flower").loads(tiket, max_age=60)["sesi"]


def test_leaders_see_where_files_are_and_who_has_the_late_ones(kantor: Kantor) -> None:
    file = kantor.bawa("rekomendasi")
    with unit_of_work() as s:
        lewat = RABU - timedelta(minutes=6)
        s.execute(update(Tugas).where(Tugas.id == at_desk(file.permohonan_id).tugas_id).values(tenggat=lewat))
    halaman = kantor[KABID].buka("/pimpinan").text
    assert re.sub(r"<[^>]+>", "", halaman).count("1 berkas sedang dikerjakan kantor, 1 di antaranya lewat waktu") == 1
    assert "! Lewat 6 menit" in halaman
    assert "Belum diambil" in halaman
    assert "Dinas Teknis, langkah 4" in kantor[KABID].buka("/pimpinan?peran=dinas_teknis&tampil=semua").text
    assert "Tidak ada berkas yang lewat waktu" in kantor[KABID].buka("/pimpinan?peran=sekretaris").text
    assert kantor[KABID].buka("/pimpinan?peran=x").status_code == 404


def test_an_empty_office_says_so(kantor: Kantor) -> None:
    assert "Tidak ada berkas di meja kantor" in kantor[KABID].buka("/pimpinan").text
