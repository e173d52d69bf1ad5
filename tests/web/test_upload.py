"""What an applicant sees of a file from the press of the button to the verdict."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update

from pipeline.clock import real_now
from pipeline.models import Berkas, Outbox, Upload
from pipeline.rules.transitions import Request
from pipeline.services.outbox import examine as worker
from pipeline.services.records.uploads import EXAMINE, sweep_upload
from pipeline.settings import settings
from pipeline.uploads import ScannerNotReady, accept
from tests import corpus_pdfs as pdfs
from tests.factories import SOP, bytes_received, examine, filled_in, set_by_sql, submitted
from tests.web.conftest import SamplePerson
from tests.web.test_pemohon import KINDS, berkas, draft, photo, send_back

SEND: dict[str, object] = {"benar": "ya", "privasi": "2026-11"}


@pytest.fixture(autouse=True)
def nothing_came_before() -> None:
    """The database is emptied before each test; what came in for it goes too."""
    shutil.rmtree(settings().data / "unggahan", ignore_errors=True)


@pytest.fixture
def address(pemohon: SamplePerson) -> str:
    """Of a draft whose documents are asked for."""
    address = draft(pemohon)
    pemohon.browser.send(f"{address}/isian/jenis", dict(KINDS))
    return address


def card(person: SamplePerson, address: str, syarat: str = "AKTA") -> str:
    page = person.browser.open_page(f"{address}/dokumen").text
    return page.partition(f'id="syarat-{syarat}"')[2].partition('id="syarat-')[0]


def upload(person: SamplePerson, address: str, *files: tuple[object, str], syarat: str = "AKTA") -> int:
    return person.browser.send(f"{address}/dokumen/{syarat}", {"berkas": list(files)}).status_code


def broken() -> tuple[object, str]:
    return berkas("rusak.pdf", b"%PDF-1.4 tidak ada apa-apa di sini")


def test_a_file_is_answered_at_once_and_looked_at_by_the_worker(
    pemohon: SamplePerson, address: str, db: Engine
) -> None:
    assert upload(pemohon, address, berkas("akta.jpg")) == 303
    waiting = card(pemohon, address)
    assert "Sedang diperiksa" in waiting
    assert "akta.jpg" in waiting
    assert "<img" not in waiting, "nobody is shown what was not examined"
    page = pemohon.browser.open_page(f"{address}/dokumen").text
    assert f'<noscript><meta http-equiv="refresh" content="3; url={address}/dokumen?ulang=1#syarat-AKTA">' in page
    examine()
    ready = card(pemohon, address)
    assert "Siap" in ready
    assert "Sedang diperiksa" not in ready
    assert "http-equiv" not in pemohon.browser.open_page(f"{address}/dokumen").text
    assert len(bytes_received()) == 0
    with db.connect() as conn:
        assert conn.scalars(select(Upload.id)).all() == []


def test_what_is_not_examined_is_served_to_nobody(pemohon: SamplePerson, address: str, db: Engine) -> None:
    upload(pemohon, address, berkas("akta.jpg"))
    with db.connect() as conn:
        upload_id = conn.scalar(select(Upload.id))
    for page in (f"{address}/berkas/{upload_id}", f"{address}/berkas/{upload_id}/gambar/1"):
        assert pemohon.browser.open_page(page).status_code == 404
    assert pemohon.browser.web_client.get(f"/unggah/{upload_id}").status_code == 405


def test_a_refusal_stays_on_its_card_until_another_file_is_chosen_there(pemohon: SamplePerson, address: str) -> None:
    upload(pemohon, address, broken())
    examine()
    for _ in range(2):
        refused = card(pemohon, address)
        assert "Ditolak" in refused
        assert "rusak.pdf: PDF ini" in refused
    assert 'href="#syarat-AKTA"' in pemohon.browser.open_page(f"{address}/dokumen").text
    seen = refused.partition('name="seen" value="')[2].partition('"')[0]
    other: dict[str, object] = {"berkas": [berkas("baik.jpg")], "seen": seen}
    assert pemohon.browser.send(f"{address}/dokumen/AKTA", other).status_code == 303
    examine()
    ready = card(pemohon, address)
    assert "Siap" in ready
    assert "rusak.pdf" not in ready
    assert len(bytes_received()) == 0


def test_of_several_files_no_verdict_is_lost(pemohon: SamplePerson, address: str) -> None:
    """The first may be refused while the second still travels: whoever chose both has not read of it."""
    upload(pemohon, address, broken())
    examine()
    upload(pemohon, address, berkas("baik.jpg"))
    examine()
    both = card(pemohon, address)
    assert "baik.jpg" in both
    assert "rusak.pdf: PDF ini" in both
    assert "Ditolak" in both


def test_a_refusal_can_be_put_away_and_a_waiting_file_taken_back(
    pemohon: SamplePerson, address: str, db: Engine
) -> None:
    upload(pemohon, address, broken())
    examine()
    upload(pemohon, address, berkas("salah.jpg"))
    with db.connect() as conn:
        ids = conn.scalars(select(Upload.id)).all()
    assert len(ids) == 2
    for upload_id in ids:
        answer = pemohon.browser.send(f"{address}/unggah/{upload_id}/hapus")
        assert answer.location == f"{address}/dokumen#syarat-AKTA"
        assert pemohon.browser.send(f"{address}/unggah/{upload_id}/hapus").status_code == 404
    examine()
    assert "Belum diunggah" in card(pemohon, address)
    assert len(bytes_received()) == 0


def test_a_refused_file_leaves_the_accepted_one_where_it_is(pemohon: SamplePerson) -> None:
    permohonan_id = submitted(pemohon.person_id)
    address = f"/permohonan/{permohonan_id}"
    send_back(permohonan_id, Request("syarat", "AKTA", "Halaman 2 terpotong."))
    before = card(pemohon, address).count("<img")
    pemohon.browser.open_page(f"{address}/dokumen")
    upload(pemohon, address, broken())
    assert card(pemohon, address).count("<img") == before > 0
    examine()
    refused = card(pemohon, address)
    assert refused.count("<img") == before
    assert "rusak.pdf: PDF ini" in refused
    upload(pemohon, address, berkas("baru.jpg"))
    examine()
    assert card(pemohon, address).count("<img") == 1, "an accepted one takes its place"


def test_nothing_is_sent_before_all_is_examined_and_nothing_is_lost(pemohon: SamplePerson, db: Engine) -> None:
    permohonan_id = filled_in(pemohon.person_id)
    address = f"/permohonan/{permohonan_id}"
    pemohon.browser.open_page(f"{address}/dokumen")
    syarat = next(s for s in SOP.syarat if s.code == "KLIEN")
    upload(pemohon, address, berkas("klien.jpg"), syarat=syarat.code)
    sentence = f"{syarat.name} masih diperiksa."
    page = pemohon.browser.open_page(f"{address}/periksa").text
    assert sentence in page
    answer = pemohon.browser.send(f"{address}/kirim", dict(SEND))
    assert answer.status_code == 422
    assert sentence in answer.text
    examine()
    assert sentence not in pemohon.browser.open_page(f"{address}/periksa").text
    assert pemohon.browser.send(f"{address}/kirim", dict(SEND)).status_code == 303
    with db.connect() as conn:
        names = conn.scalars(select(Berkas.name).where(Berkas.syarat == syarat.code)).all()
    assert "klien.jpg" in names


def test_a_refusal_keeps_nothing_from_being_sent(pemohon: SamplePerson) -> None:
    address = f"/permohonan/{filled_in(pemohon.person_id)}"
    pemohon.browser.open_page(f"{address}/dokumen")
    upload(pemohon, address, broken(), syarat="KLIEN")
    examine()
    assert pemohon.browser.send(f"{address}/kirim", dict(SEND)).status_code == 303


def test_what_takes_long_is_said_so_and_finishes_later(
    pemohon: SamplePerson, address: str, monkeypatch: pytest.MonkeyPatch, db: Engine
) -> None:
    def busy(*_: object) -> None:
        raise ScannerNotReady

    upload(pemohon, address, berkas("akta.jpg"))
    assert "lebih lama daripada biasanya" not in card(pemohon, address)
    with monkeypatch.context() as engaged:
        engaged.setattr(worker, "accept", busy)
        examine()  # until it is parked
    with db.connect() as conn:
        assert conn.scalar(select(Outbox.stuck_at).where(Outbox.task == EXAMINE)) is not None
    set_by_sql(update(Upload).values(received_at=real_now() - timedelta(minutes=2)))
    late = card(pemohon, address)
    assert "lebih lama daripada biasanya" in late
    assert "tidak perlu diunggah ulang" in " ".join(late.split())
    assert 'content="15; url=' in pemohon.browser.open_page(f"{address}/dokumen").text


def test_a_full_document_says_so_at_once(pemohon: SamplePerson, address: str) -> None:
    most = next(s.at_most for s in SOP.syarat if s.code == "AKTA")
    files = [berkas(f"{n}.jpg", photo("grey")) for n in range(most + 1)]
    answer = pemohon.browser.send(f"{address}/dokumen/AKTA", {"berkas": files})
    assert answer.status_code == 422
    assert f"sudah berisi {most} berkas" in answer.text
    examine()
    assert card(pemohon, address).count("<img") == most


@pytest.mark.attack("C01")
@pytest.mark.parametrize(
    ("name", "payload", "sentence"),
    [
        ("kosong.pdf", b"", "kosong"),
        ("halaman.pdf", b"<html>", "bukan PDF"),
        ("surat.docx", b"PK\x03\x04", "Simpan dokumennya sebagai PDF"),
        ("program.exe", b"\xff\xd8\xff", "tidak sesuai dengan isinya"),
    ],
)
def test_what_the_first_bytes_betray_is_refused_at_once(
    pemohon: SamplePerson, address: str, db: Engine, name: str, payload: bytes, sentence: str
) -> None:
    answer = pemohon.browser.send(f"{address}/dokumen/AKTA", {"berkas": [berkas(name, payload)]})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(bytes_received()) == 0
    with db.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_request_that_opens_a_file_is_seen(app: Flask, opened_in_requests: list[str]) -> None:
    """By every test of pages: this one says that they would."""
    with app.test_request_context("/permohonan"):
        assert accept("akta.pdf", pdfs.plain_pdf()).page_count == 1
    assert opened_in_requests == ["/permohonan"]
    opened_in_requests.clear()


@pytest.mark.attack("B02")
def test_somebody_elses_waiting_file_is_missing(make_pemohon: Callable[..., SamplePerson], db: Engine) -> None:
    one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
    address = draft(one)
    upload(one, address, berkas())
    own = draft(two)
    with db.connect() as conn:
        upload_id = conn.scalar(select(Upload.id))
    for foreign in (address, own):
        assert two.browser.send(f"{foreign}/unggah/{upload_id}/hapus").status_code == 404
    with db.connect() as conn:
        assert conn.scalar(select(Upload.id)) == upload_id


def test_bytes_that_nobody_waits_for_are_swept_away(pemohon: SamplePerson, address: str) -> None:
    upload(pemohon, address, berkas("akta.jpg"))
    stray = settings().data / "unggahan" / str(UUID(int=7))
    stray.touch()
    today = real_now().date()
    assert sweep_upload(today=today - timedelta(days=400)) == 1
    assert not stray.exists()
    assert sweep_upload(today=today + timedelta(days=400)) == 1
    assert len(bytes_received()) == 0
    examine()
    assert "Belum diunggah" in card(pemohon, address)
