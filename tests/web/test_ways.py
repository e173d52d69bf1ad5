"""Ways through an SOP as people see them: two desks at once, a time that only passes, an applicant asked for more."""

from uuid import UUID

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Tugas
from pipeline.services.applicant.form import save_isian
from pipeline.sop.values import Sop
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, person, work_off
from tests.integration.test_ways import WAIT, ask
from tests.shapes import forward_to, handed_in, install, place, shape, upload
from tests.web.conftest import SamplePerson
from tests.web.desk import Berkas, Kantor, make_kantor  # noqa: F401 - the fixture kantor

SMALL = {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"}


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Sop:
    return install(monkeypatch, shape("izin_bangun"))


def desk_of(p: UUID, langkah: str) -> str:
    """The address of the file on that desk."""
    with unit_of_work() as s:
        found = select(Tugas.id).where(Tugas.permohonan_id == p, Tugas.langkah == langkah, Tugas.closed_at.is_(None))
        return f"/petugas/tugas/{s.scalars(found).one()}"


def test_two_desks_have_it_and_each_reads_of_the_other(kantor: Kantor, together: Sop) -> None:
    p = handed_in(together, person(), SMALL)
    front, file = kantor[FRONT_OFFICE], Berkas(p)
    front.open_page(file.address)
    sent = front.send(f"{file.address}/keputusan", file.shown(keputusan="setujui"))
    told = front.open_page(sent.location).text
    assert f"diteruskan ke {DINAS_TEKNIS.name} dan {SEKRETARIS.name}." in told
    work_off()
    for peran, other, langkah in ((DINAS_TEKNIS, SEKRETARIS, "dinas_a"), (SEKRETARIS, DINAS_TEKNIS, "dinas_b")):
        assert "Warung Sari" in kantor[peran].open_page("/petugas/antrean").text
        page = kantor[peran].open_page(desk_of(p, langkah)).text
        assert f"diputus bersama <strong>{other.name}</strong>" in page
    waiting = kantor[DINAS_TEKNIS]
    address = desk_of(p, "dinas_a")
    decided = waiting.send(f"{address}/keputusan", {"versi": "1", "naskah_hash": "", "keputusan": "kirim"})
    assert f"sudah Anda putus; menunggu {SEKRETARIS.name}" in waiting.open_page(decided.location).text
    work_off()
    assert place(p) == "dinas_b"
    assert "Warung Sari" not in waiting.open_page("/petugas/antrean").text


def test_what_is_asked_in_the_middle_is_handed_in_there_and_then_time_passes(
    kantor: Kantor, pemohon: SamplePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    sop, browser = install(monkeypatch, shape("izin_papan", WAIT, ask)), pemohon.browser
    p = handed_in(sop, pemohon.person_id, SMALL)
    forward_to(p, sop, kantor.person, "bayar")
    page = browser.open_page(f"/permohonan/{p}").text
    assert "Membayar retribusi" in page
    assert "Waktu layanan berhenti dihitung" in page
    assert "Bukti bayar" in browser.open_page(f"/permohonan/{p}/dokumen").text
    assert "Sketsa" not in browser.open_page(f"/permohonan/{p}/dokumen").text
    refused = browser.send(f"/permohonan/{p}/kirim", {"benar": "ya"})
    assert refused.status_code == 422
    save_isian(p, {"nomor_bayar": "77"}, actor=pemohon.person_id, now=WEDNESDAY)
    upload(p, "BUKTI", pemohon.person_id)
    assert browser.send(f"/permohonan/{p}/kirim", {"benar": "ya"}).status_code == 303
    work_off()
    assert at_desk(p).langkah == "sanggah"
    assert "Masa sanggah" in browser.open_page(f"/permohonan/{p}").text
