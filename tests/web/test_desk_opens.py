"""A file that a desk opens: the button in its queue, the form an applicant would see, and what is said where it is."""

import re
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Permohonan
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.sop.values import Sop
from tests.corpus_pdfs import plain_pdf
from tests.desks import BACK_OFFICE, FRONT_OFFICE
from tests.factories import at_desk, examine, work_off
from tests.shapes import install, place, send_back, shape
from tests.web.conftest import SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Sop:
    sop = install(monkeypatch, shape("surat_masuk"))
    monkeypatch.setattr("web.petugas.antrean.SOPS", {sop.code: sop})
    return sop


def opened(kantor: Kantor) -> str:
    """The address of a file that the Front Office has just begun."""
    desk = kantor[FRONT_OFFICE]
    page = desk.open_page("/petugas/antrean").text
    assert "Berkas baru: Surat Masuk" in page
    form_id = re.search(r'name="id" value="([^"]+)"', page)
    assert form_id
    once, twice = (desk.send("/petugas/berkas-baru", {"sop": "surat_masuk", "id": form_id[1]}) for _ in "ab")
    assert once.status_code == 303
    assert once.location == twice.location
    return once.location


def test_a_desk_opens_fills_in_and_sends(kantor: Kantor, letters: Sop) -> None:
    desk, address = kantor[FRONT_OFFICE], opened(kantor)
    assert "Draf" in desk.open_page(address).text
    assert desk.send(f"{address}/isian/surat", {"pengirim": "Kelurahan Mentaos"}).status_code == 303
    files = {"berkas": (BytesIO(plain_pdf()), "surat.pdf")}
    sent = desk.send(f"{address}/dokumen/SURAT", files, content_type="multipart/form-data")
    assert sent.status_code == 303
    examine()
    assert "surat.pdf" in desk.open_page(f"{address}/dokumen").text
    check = desk.open_page(f"{address}/periksa").text
    assert "Kelurahan Mentaos" in check
    assert "pemberitahuan privasi." not in check
    sent = desk.send(f"{address}/kirim", {"benar": "ya"})
    assert sent.location.startswith("/petugas/permohonan/")
    with unit_of_work() as s:
        row = s.scalars(select(Permohonan)).one()
        assert (row.langkah, row.tracking_code, row.privacy_version) == ("periksa_surat", None, None)
        p = row.id
    work_off()
    assert row.nomor in kantor[BACK_OFFICE].open_page("/petugas/antrean").text
    assert desk.open_page(address).location.startswith("/petugas/permohonan/")
    send_back(p, kantor.person, "catat")
    queue = desk.open_page("/petugas/antrean").text
    assert row.nomor in queue
    back = desk.open_page(address).text
    assert "Perlu perbaikan" in back
    assert "Alasan yang cukup panjang." in back
    assert place(p) == "catat"


def test_the_queue_leads_to_the_form_and_nobody_else_gets_there(
    kantor: Kantor, letters: Sop, pemohon: SamplePerson
) -> None:
    address = opened(kantor)
    desk = kantor[FRONT_OFFICE]
    link = re.search(r'href="(/petugas/tugas/[^"]+)">Draf</a>', desk.open_page("/petugas/antrean").text)
    assert link
    assert desk.open_page(link[1]).location == address
    assert kantor[BACK_OFFICE].open_page(address).status_code == 403
    assert pemohon.browser.open_page(address).status_code == 404
    assert kantor[BACK_OFFICE].open_page("/petugas/antrean").text.count("Berkas baru") == 0
    assert kantor[BACK_OFFICE].send("/petugas/berkas-baru", {"sop": "surat_masuk"}).status_code == 404
    assert "Surat Masuk" not in pemohon.browser.open_page("/permohonan/baru").text
    assert pemohon.browser.send("/permohonan/baru", {"sop": "surat_masuk"}).status_code == 422


def test_a_document_that_a_colleague_sent_is_kept_though_the_file_is_in_their_hands(
    kantor: Kantor, letters: Sop
) -> None:
    """The worker asks whether the form is open, not once more who sent it."""
    address = opened(kantor)
    make_officer("rekan@uji.test", FRONT_OFFICE)
    colleague, p = login(kantor.app, "rekan@uji.test"), UUID(address.rpartition("/")[2])
    colleague.open_page("/petugas/antrean")
    assert colleague.send(f"/petugas/tugas/{at_desk(p).tugas_id}/ambil").status_code == 303
    files = {"berkas": (BytesIO(plain_pdf()), "surat.pdf")}
    sent = colleague.send(f"{address}/dokumen/SURAT", files, content_type="multipart/form-data")
    assert sent.status_code == 303
    examine()
    assert "surat.pdf" in colleague.open_page(f"{address}/dokumen").text
    refused = kantor[FRONT_OFFICE].send(f"{address}/isian/surat", {"pengirim": "Lain"})
    assert refused.status_code == 409
    assert "sedang dikerjakan" in refused.text


def test_a_draft_is_thrown_away_by_its_desk(kantor: Kantor, letters: Sop) -> None:
    desk, address = kantor[FRONT_OFFICE], opened(kantor)
    assert "Batalkan berkas ini?" in desk.open_page(f"{address}/batalkan").text
    assert desk.send(f"{address}/batalkan").location.startswith("/petugas/antrean")
    queue = desk.open_page("/petugas/antrean").text
    assert "Berkas sudah dibatalkan." in queue
    assert "Tidak ada berkas yang menunggu" in queue


def test_no_page_of_it_speaks_of_an_application(kantor: Kantor, letters: Sop) -> None:
    """Nobody has applied: its pages and its history call it a file."""
    desk, address = kantor[FRONT_OFFICE], opened(kantor)
    for page in ("", "/isian/surat", "/dokumen", "/periksa", "/batalkan"):
        words = re.search(r"<main.*</main>", desk.open_page(address + page).text, re.DOTALL)
        assert words
        assert not re.search(r">[^<]*\b(permohonan|pemohon)\b", words[0], re.IGNORECASE), page
    p = UUID(address.rpartition("/")[2])
    desk.send(f"{address}/batalkan")
    assert "Berkas dibatalkan" in {line.title for line in read_riwayat(p, letters)}
