"""Pictures of pages: made by the worker at upload, once; a page shows what is there, or says what is the matter."""

import re
import shutil
import time
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from pipeline.documents.derived import cache_folder
from pipeline.documents.entries import entry_path
from pipeline.models import Berkas, DataAccess, Outbox
from pipeline.services.desk.preview import owe_pictures_again
from pipeline.uploads.sandbox import ScannerDead, Session
from tests import corpus_pdfs as pdfs
from tests.desks import DINAS_TEKNIS
from tests.factories import WEDNESDAY, add_berkas, filled_in, submitted, work_off
from tests.web.conftest import SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

PICTURE = {"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    shutil.rmtree(cache_folder(), ignore_errors=True)


@pytest.fixture
def address(pemohon: SamplePerson) -> str:
    """Of the picture of a document just uploaded."""
    permohonan_id = filled_in(pemohon.person_id)
    berkas_id = add_berkas(permohonan_id, "AKTA", "a.pdf", pdfs.plain_pdf(2), actor=pemohon.person_id, now=WEDNESDAY)
    return f"/permohonan/{permohonan_id}/berkas/{berkas_id}/gambar"


def test_an_upload_is_drawn_by_the_worker_and_says_so_until_then(pemohon: SamplePerson, address: str) -> None:
    not_yet = pemohon.browser.open_page(f"{address}/1", headers=PICTURE)
    assert (not_yet.status_code, not_yet.mimetype) == (202, "image/svg+xml")
    assert "sedang disiapkan" in _words(not_yet)
    assert 'width="341"' in not_yet.text
    assert "sandbox" in not_yet.headers["Content-Security-Policy"]
    page = pemohon.browser.open_page(f"{address}/1")
    assert "sedang disiapkan" in page.text
    assert page.headers["Retry-After"] == "5"
    assert page.headers["Refresh"] == "3", "it comes by itself"
    assert "Sedang disiapkan" in page.text, "and nothing is wrong"
    work_off(pictures=True)
    assert pemohon.browser.open_page(f"{address}/2?ukuran=besar", headers=PICTURE).mimetype == "image/webp"


def test_seventy_looks_at_a_page_that_is_slow_to_draw_keep_nobody_waiting(pemohon: SamplePerson, address: str) -> None:
    start = time.monotonic()
    for _ in range(70):
        assert pemohon.browser.open_page(f"{address}/1", headers=PICTURE).status_code == 202
    assert time.monotonic() - start < 70  # a child would take ten seconds each


def test_a_page_that_cannot_be_drawn_says_so_in_its_place(
    pemohon: SamplePerson, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def died(*_: object) -> None:
        raise ScannerDead

    monkeypatch.setattr(Session, "call", died)
    work_off(pictures=True)
    answer = pemohon.browser.open_page(f"{address}/1", headers=PICTURE)
    assert "tidak dapat dibuat" in _words(answer)
    assert 'width="340"' in answer.text  # nothing to wait for
    assert "tidak dapat dibuat" in pemohon.browser.open_page(f"{address}/1").text


def _words(answer: TestResponse) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.text).split())


def test_a_look_at_what_is_not_there_yet_is_no_look_at_personal_data(kantor: Kantor, db: Engine) -> None:
    file = kantor.carry("rekomendasi")
    shutil.rmtree(cache_folder())
    with db.connect() as conn:
        ids = conn.scalars(select(Berkas.id).where(Berkas.permohonan_id == file.permohonan_id)).all()
    for berkas_id in ids:
        answer = kantor[DINAS_TEKNIS].open_page(f"/petugas/berkas/{berkas_id}/gambar/1", headers=PICTURE)
        assert answer.status_code == 202
    with db.connect() as conn:
        assert conn.scalars(select(DataAccess.id)).all() == []


def test_the_receipt_is_made_by_the_worker(pemohon: SamplePerson) -> None:
    address = f"/permohonan/{submitted(pemohon.person_id)}/tanda-terima.pdf"
    assert pemohon.browser.open_page(address).status_code == 503
    work_off(pictures=True)
    assert pemohon.browser.open_page(address).data.startswith(b"%PDF-")


def test_pictures_that_were_deleted_are_drawn_again(pemohon: SamplePerson, address: str, db: Engine) -> None:
    work_off(pictures=True)
    for _ in range(3):
        owe_pictures_again(now=WEDNESDAY)
    work_off(pictures=True)
    assert pemohon.browser.open_page(f"{address}/1", headers=PICTURE).status_code == 200
    shutil.rmtree(cache_folder())
    assert pemohon.browser.open_page(f"{address}/1", headers=PICTURE).status_code == 202
    for _ in range(3):
        owe_pictures_again(now=WEDNESDAY)
    work_off(pictures=True)
    assert pemohon.browser.open_page(f"{address}/1", headers=PICTURE).status_code == 200
    with db.connect() as conn:
        assert len([k for k in conn.scalars(select(Outbox.key)) if ":ulang:" in k]) == 2


def test_a_picture_that_somebody_else_wrote_is_shown_to_nobody_and_drawn_again(
    pemohon: SamplePerson, address: str, db: Engine
) -> None:
    owe_pictures_again(now=WEDNESDAY)
    work_off(pictures=True)
    drawn = [pemohon.browser.open_page(f"{address}/{n}", headers=PICTURE).data for n in (1, 2)]
    with db.connect() as conn:
        this = Berkas.id == UUID(address.split("/")[-2])
        sha256, owner = conn.execute(select(Berkas.sha256, Berkas.permohonan_id).where(this)).one()
    first, second = (entry_path(f"{sha256}-pdf-{n}-240.webp", owner) for n in (1, 2))
    first.write_bytes(second.read_bytes())
    assert pemohon.browser.open_page(f"{address}/1", headers=PICTURE).status_code == 202
    owe_pictures_again(now=WEDNESDAY)
    work_off(pictures=True)
    assert [pemohon.browser.open_page(f"{address}/{n}", headers=PICTURE).data for n in (1, 2)] == drawn
