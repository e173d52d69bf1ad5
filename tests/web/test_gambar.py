"""Pictures of pages: made by the worker at upload, once; a page shows what is there, or says what is the matter."""

import re
import shutil
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from pipeline.documents.derived import cache_folder
from pipeline.documents.entries import entry_path
from pipeline.models import Berkas, DataAccess, Outbox
from pipeline.roles import Peran
from pipeline.services.applicant import form as draft
from pipeline.services.applicant.form import add_berkas
from pipeline.services.desk.preview import owe_pictures_again
from pipeline.uploads import ScannerNotReady
from pipeline.uploads.sandbox import ScannerDead, Session
from tests import corpus_pdfs as pdfs
from tests.factories import RABU, filled_in, submitted, work_off
from tests.web.conftest import SamplePerson
from tests.web.meja import Kantor, make_kantor  # noqa: F401 - the fixture kantor

PICTURE = {"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    shutil.rmtree(cache_folder(), ignore_errors=True)


@pytest.fixture
def alamat(pemohon: SamplePerson) -> str:
    """Of the picture of a document just uploaded."""
    permohonan_id = filled_in(pemohon.person_id)
    berkas_id = add_berkas(permohonan_id, "AKTA", "a.pdf", pdfs.plain_pdf(2), oleh=pemohon.person_id, now=RABU)
    return f"/permohonan/{permohonan_id}/berkas/{berkas_id}/gambar"


def test_an_upload_is_drawn_by_the_worker_and_says_so_until_then(pemohon: SamplePerson, alamat: str) -> None:
    belum = pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE)
    assert (belum.status_code, belum.mimetype) == (202, "image/svg+xml")
    assert "sedang disiapkan" in _words(belum)
    assert 'width="341"' in belum.text
    assert "sandbox" in belum.headers["Content-Security-Policy"]
    halaman = pemohon.peramban.buka(f"{alamat}/1")
    assert "sedang disiapkan" in halaman.text
    assert halaman.headers["Retry-After"] == "5"
    assert halaman.headers["Refresh"] == "3", "it comes by itself"
    assert "Sedang disiapkan" in halaman.text, "and nothing is wrong"
    work_off(pictures=True)
    assert pemohon.peramban.buka(f"{alamat}/2?ukuran=besar", headers=PICTURE).mimetype == "image/webp"


def test_seventy_looks_at_a_page_that_is_slow_to_draw_keep_nobody_waiting(pemohon: SamplePerson, alamat: str) -> None:
    mulai = time.monotonic()
    for _ in range(70):
        assert pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE).status_code == 202
    assert time.monotonic() - mulai < 70  # a child would take ten seconds each


def test_a_page_that_cannot_be_drawn_says_so_in_its_place(
    pemohon: SamplePerson, alamat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def died(*_: object) -> None:
        raise ScannerDead

    monkeypatch.setattr(Session, "call", died)
    work_off(pictures=True)
    jawaban = pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE)
    assert "tidak dapat dibuat" in _words(jawaban)
    assert 'width="340"' in jawaban.text  # nothing to wait for
    assert "tidak dapat dibuat" in pemohon.peramban.buka(f"{alamat}/1").text


def _words(jawaban: TestResponse) -> str:
    return " ".join(re.sub("<[^>]+>", " ", jawaban.text).split())


def test_a_look_at_what_is_not_there_yet_is_no_look_at_personal_data(kantor: Kantor, db: Engine) -> None:
    file = kantor.bawa("rekomendasi")
    shutil.rmtree(cache_folder())
    with db.connect() as conn:
        ids = conn.scalars(select(Berkas.id).where(Berkas.permohonan_id == file.permohonan_id)).all()
    for berkas_id in ids:
        jawaban = kantor[Peran.DINAS_TEKNIS].buka(f"/petugas/berkas/{berkas_id}/gambar/1", headers=PICTURE)
        assert jawaban.status_code == 202
    with db.connect() as conn:
        assert conn.scalars(select(DataAccess.id)).all() == []


def test_the_receipt_is_made_by_the_worker(pemohon: SamplePerson) -> None:
    alamat = f"/permohonan/{submitted(pemohon.person_id)}/tanda-terima.pdf"
    assert pemohon.peramban.buka(alamat).status_code == 503
    work_off(pictures=True)
    assert pemohon.peramban.buka(alamat).data.startswith(b"%PDF-")


def test_pictures_that_were_deleted_are_drawn_again(pemohon: SamplePerson, alamat: str, db: Engine) -> None:
    work_off(pictures=True)
    for _ in range(3):
        owe_pictures_again(now=RABU)
    work_off(pictures=True)
    assert pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE).status_code == 200
    shutil.rmtree(cache_folder())
    assert pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE).status_code == 202
    for _ in range(3):
        owe_pictures_again(now=RABU)
    work_off(pictures=True)
    assert pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE).status_code == 200
    with db.connect() as conn:
        assert len([k for k in conn.scalars(select(Outbox.kunci)) if ":ulang:" in k]) == 2


def test_a_picture_that_somebody_else_wrote_is_shown_to_nobody_and_drawn_again(
    pemohon: SamplePerson, alamat: str, db: Engine
) -> None:
    owe_pictures_again(now=RABU)
    work_off(pictures=True)
    drawn = [pemohon.peramban.buka(f"{alamat}/{n}", headers=PICTURE).data for n in (1, 2)]
    with db.connect() as conn:
        sha256 = conn.scalar(select(Berkas.sha256).where(Berkas.id == UUID(alamat.split("/")[-2])))
    first, second = (entry_path(f"{sha256}-pdf-{n}-240.webp") for n in (1, 2))
    first.write_bytes(second.read_bytes())
    assert pemohon.peramban.buka(f"{alamat}/1", headers=PICTURE).status_code == 202
    owe_pictures_again(now=RABU)
    work_off(pictures=True)
    assert [pemohon.peramban.buka(f"{alamat}/{n}", headers=PICTURE).data for n in (1, 2)] == drawn


def test_an_upload_that_meets_a_busy_checker_is_sent_again_and_not_lost(
    pemohon: SamplePerson, monkeypatch: pytest.MonkeyPatch, unggah: Callable[[bytes], tuple[str, dict[str, str]]]
) -> None:
    """A sender asks how far it came before it tries again: "all of it" would end the upload without a document."""

    def busy(_nama: str, _payload: bytes) -> None:
        raise ScannerNotReady

    payload = pdfs.plain_pdf()
    alamat, kepala = unggah(payload)
    web_client = pemohon.peramban.web_client
    with monkeypatch.context() as sibuk:
        sibuk.setattr(draft, "accept", busy)
        jawaban = web_client.patch(alamat, data=payload, headers={**kepala, "Upload-Offset": "0"})
        assert (jawaban.status_code, "sedang sibuk" in jawaban.text) == (503, True)
    assert web_client.head(alamat).headers["Upload-Offset"] == "0"
    assert web_client.patch(alamat, data=payload, headers={**kepala, "Upload-Offset": "0"}).status_code == 204


@pytest.fixture
def unggah(pemohon: SamplePerson) -> Callable[[bytes], tuple[str, dict[str, str]]]:
    def buka(payload: bytes) -> tuple[str, dict[str, str]]:
        permohonan_id = filled_in(pemohon.person_id)
        pemohon.peramban.buka("/permohonan/baru")
        kepala = {"X-CSRFToken": pemohon.peramban.token, "Accept": "application/json"}
        panjang = {"Upload-Length": str(len(payload))}
        jawaban = pemohon.peramban.web_client.post(f"/permohonan/{permohonan_id}/unggah/SP", headers=kepala | panjang)
        return jawaban.headers["Location"], kepala

    return buka
