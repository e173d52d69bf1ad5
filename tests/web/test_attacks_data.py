"""An applicant's pages: framed, kept by a browser, filled with more than there is room for."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from pipeline.db import unit_of_work
from pipeline.models import Berkas
from pipeline.services.applicant.berkas import BERKAS_AT_MOST
from pipeline.services.applicant.uploads import AT_MOST, start_upload
from pipeline.uploads.refusals import BerkasRefused
from tests.factories import WEDNESDAY, add_berkas, filled_in, submitted
from tests.web.conftest import SamplePerson
from tests.web.test_pemohon import draft, photo
from tests.web.url_map import addresses, ids_of


def test_no_page_of_an_applicant_can_be_framed_or_is_kept_by_the_browser(
    app: Flask, db: Engine, pemohon: SamplePerson
) -> None:
    """B15, B16."""
    opened = 0
    for address in addresses(app, ids_of(db, submitted(pemohon.person_id))):
        if "GET" in address.methods and address.is_for("pemohon"):
            answer = pemohon.browser.web_client.get(address.path)
            opened += answer.status_code == 200
            if answer.mimetype == "text/html":
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], address.path
            assert "no-store" in answer.headers["Cache-Control"], address.path
            answer.close()
    assert opened > 4


def test_after_logging_out_a_page_leads_to_the_login(pemohon: SamplePerson) -> None:
    """B16: what "back" would show is asked for anew."""
    pemohon.browser.open_page("/permohonan")
    assert pemohon.browser.send("/akun/keluar").status_code == 303
    assert "/akun/masuk" in pemohon.browser.open_page("/permohonan").location


def test_an_application_has_room_for_so_many_files_and_says_so(db: Engine, pemohon: SamplePerson) -> None:
    """B18."""
    permohonan_id = filled_in(pemohon.person_id)
    with unit_of_work() as s:
        for n in range(BERKAS_AT_MOST):
            s.add(
                Berkas(
                    permohonan_id=permohonan_id,
                    syarat="KLIEN",
                    sequence=100 + n,
                    name="x.jpg",
                    kind="jpg",
                    size=1,
                    page_count=1,
                    sha256="x",
                    original_sha256=f"x{n}",
                    uploaded_at=WEDNESDAY,
                    replaced_at=WEDNESDAY,
                )
            )
    with pytest.raises(BerkasRefused, match="Terlalu banyak berkas"):
        add_berkas(permohonan_id, "SARPRAS", "satu.jpg", photo(), actor=pemohon.person_id, now=WEDNESDAY)


def test_unfinished_uploads_are_limited(db: Engine, pemohon: SamplePerson) -> None:
    """B18."""
    permohonan_id = UUID(draft(pemohon).rpartition("/")[2])
    for _ in range(AT_MOST):
        start_upload(permohonan_id, "SP", "x.pdf", 10, actor=pemohon.person_id, now=WEDNESDAY)
    with pytest.raises(BerkasRefused, match="belum selesai"):
        start_upload(permohonan_id, "SP", "x.pdf", 10, actor=pemohon.person_id, now=WEDNESDAY)
    with db.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM unggahan")) == AT_MOST
