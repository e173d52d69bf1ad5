"""An applicant's pages: framed, kept by a browser, filled with more than there is room for."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from pipeline.db import unit_of_work
from pipeline.errors import BerkasRefused
from pipeline.models import Berkas
from pipeline.services.applicant.form import BERKAS_AT_MOST, add_berkas
from pipeline.services.applicant.uploads import AT_MOST, start_upload
from tests.factories import RABU, filled_in, submitted
from tests.web.conftest import SamplePerson
from tests.web.test_pemohon import draf, foto
from tests.web.url_map import addresses, ids_of


def test_no_page_of_an_applicant_can_be_framed_or_is_kept_by_the_browser(
    app: Flask, db: Engine, pemohon: SamplePerson
) -> None:
    """B15, B16."""
    opened = 0
    for alamat in addresses(app, ids_of(db, submitted(pemohon.person_id))):
        if "GET" in alamat.methods and alamat.is_for("pemohon"):
            jawaban = pemohon.peramban.web_client.get(alamat.path)
            opened += jawaban.status_code == 200
            if jawaban.mimetype == "text/html":
                assert "frame-ancestors 'none'" in jawaban.headers["Content-Security-Policy"], alamat.path
            assert "no-store" in jawaban.headers["Cache-Control"], alamat.path
            jawaban.close()
    assert opened > 4


def test_after_logging_out_a_page_leads_to_the_login(pemohon: SamplePerson) -> None:
    """B16: what "back" would show is asked for anew."""
    pemohon.peramban.buka("/permohonan")
    assert pemohon.peramban.kirim("/akun/keluar").status_code == 303
    assert "/akun/masuk" in pemohon.peramban.buka("/permohonan").location


def test_an_application_has_room_for_so_many_files_and_says_so(db: Engine, pemohon: SamplePerson) -> None:
    """B18."""
    permohonan_id = filled_in(pemohon.person_id)
    with unit_of_work() as s:
        for n in range(BERKAS_AT_MOST):
            s.add(
                Berkas(
                    permohonan_id=permohonan_id, syarat="KLIEN", urut=100 + n, nama="x.jpg", jenis="jpg", ukuran=1,
                    halaman=1, sha256="x", sha256_asli=f"x{n}", uploaded_at=RABU, replaced_at=RABU,
                )
            )  # fmt: skip
    with pytest.raises(BerkasRefused, match="Terlalu banyak berkas"):
        add_berkas(permohonan_id, "SARPRAS", "satu.jpg", foto(), oleh=pemohon.person_id, now=RABU)


def test_unfinished_uploads_are_limited(db: Engine, pemohon: SamplePerson) -> None:
    """B18."""
    permohonan_id = UUID(draf(pemohon).rpartition("/")[2])
    for _ in range(AT_MOST):
        start_upload(permohonan_id, "SP", "x.pdf", 10, oleh=pemohon.person_id, now=RABU)
    with pytest.raises(BerkasRefused, match="belum selesai"):
        start_upload(permohonan_id, "SP", "x.pdf", 10, oleh=pemohon.person_id, now=RABU)
    with db.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM unggahan")) == AT_MOST
