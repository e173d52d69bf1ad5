"""An applicant's step in the middle, on their pages: what is asked for, nothing else, and where the file goes then."""

from io import BytesIO

import pytest

from pipeline.sop.values import Sop
from tests.corpus_pdfs import plain_pdf
from tests.factories import examine, work_off
from tests.integration.test_ways import ask
from tests.shapes import forward_to, handed_in, install, place, shape
from tests.web.conftest import SamplePerson
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor


@pytest.fixture
def sop(monkeypatch: pytest.MonkeyPatch) -> Sop:
    return install(monkeypatch, shape("izin_papan", ask))


def test_only_what_is_asked_for_is_shown_and_sent(kantor: Kantor, sop: Sop, pemohon: SamplePerson) -> None:
    p = handed_in(sop, pemohon.person_id, {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"})
    forward_to(p, sop, kantor.person, "bayar")
    me, address = pemohon.browser, f"/permohonan/{p}"
    assert "Perlu tindakan Anda" in me.open_page("/permohonan").text
    page = me.open_page(address).text
    for words in ("Perlu tindakan Anda", "Membayar retribusi", "Waktu layanan berhenti dihitung"):
        assert words in page
    assert "Draf" not in page
    form = me.open_page(f"{address}/isian/papan").text
    assert "Nomor bayar" in form
    assert "Nama usaha" not in form
    cards = me.open_page(f"{address}/dokumen").text
    assert "Bukti bayar" in cards
    assert "Sketsa papan" not in cards
    lacking = me.send(f"{address}/kirim", {"benar": "ya"})
    assert lacking.status_code == 422
    assert "Bukti bayar belum diunggah." in lacking.text
    assert me.send(f"{address}/isian/papan", {"nomor_bayar": "123"}).status_code == 303
    files = {"berkas": (BytesIO(plain_pdf()), "bukti.pdf")}
    assert me.send(f"{address}/dokumen/BUKTI", files, content_type="multipart/form-data").status_code == 303
    examine()
    check = me.open_page(f"{address}/periksa").text
    assert "Kirim bukti bayar" in check
    assert "pemberitahuan privasi." not in check
    sent = me.send(f"{address}/kirim", {"benar": "ya"})
    assert sent.location == address
    work_off()
    assert place(p) == "konsep"
    assert "Menunggu pembayaran" in me.open_page(address).text
