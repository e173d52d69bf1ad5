"""What pages say of documents that were erased, and while the office key is not there."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from pipeline.models import Berkas
from pipeline.sealing import keys
from pipeline.sealing.erasures import Ground, journal_path
from pipeline.sealing.keys import forget_keys
from pipeline.services.applicant.close import withdraw
from pipeline.services.records.erase import erase_all
from pipeline.settings import places
from tests.desks import DINAS_TEKNIS
from tests.factories import WEDNESDAY, at_desk, submitted, work_off
from tests.web.conftest import SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor


@pytest.fixture
def no_office_key() -> Iterator[None]:
    path = places().office_key
    kept = path.read_bytes()
    path.unlink()
    keys._own.clear()
    yield
    path.write_bytes(kept)


@pytest.fixture
def _no_journal() -> Iterator[None]:
    yield
    journal_path().unlink(missing_ok=True)


def a_document(db: Engine, permohonan_id: UUID) -> UUID:
    with db.connect() as conn:
        this = select(Berkas.id).where(Berkas.permohonan_id == permohonan_id, Berkas.syarat == "AKTA")
        return UUID(str(conn.scalar(this)))


@pytest.mark.usefixtures("_no_journal")
def test_an_erased_document_is_said_to_be_erased_wherever_it_was(pemohon: SamplePerson, db: Engine) -> None:
    p = submitted(pemohon.person_id)
    work_off(pictures=True)
    withdraw(p, actor=pemohon.person_id, now=WEDNESDAY)
    address = f"/permohonan/{p}/berkas/{a_document(db, p)}"
    assert "Terbaca jelas?" in pemohon.browser.open_page(address).text
    erase_all(p, Ground.PERMINTAAN, actor=None, now=WEDNESDAY)
    page = pemohon.browser.open_page(address)
    assert page.status_code == 200
    assert "sudah dihapus oleh kantor" in page.text
    assert "<img" not in page.text.split("<main")[1]
    for erased in (f"{address}/gambar/1", f"/permohonan/{p}/tanda-terima.pdf"):
        answer = pemohon.browser.open_page(erased)
        assert (answer.status_code, "Dokumen sudah dihapus" in answer.text) == (410, True), erased
        assert "unggah lagi" not in answer.text


def test_without_the_office_key_a_page_says_what_is_lacking_and_loses_no_word(
    kantor: Kantor, db: Engine, request: pytest.FixtureRequest
) -> None:
    file = kantor.carry("rekomendasi")
    browser, desk = kantor[DINAS_TEKNIS], at_desk(file.permohonan_id)
    browser.open_page(file.address)
    request.getfixturevalue("no_office_key")
    forget_keys(file.permohonan_id)
    answer = browser.open_page(f"/petugas/berkas/{a_document(db, file.permohonan_id)}/unduh")
    assert answer.status_code == 503
    assert "kunci kantor tidak ada" in answer.text
    answer = browser.send(
        f"{file.address}/keputusan",
        {"keputusan": "kembalikan", "ke": "periksa", "alasan": "Aktanya kabur.", "versi": str(desk.seen.version)},
    )
    assert (answer.status_code, "Aktanya kabur." in answer.text) == (503, True)
    with db.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM damaged_file").scalar() == 0
