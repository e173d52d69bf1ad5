"""What pages show of the past is what the chain says; what is damaged is said in words; the heads are for everybody."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, select, text

from ops.cli import main
from pipeline.db import unit_of_work
from pipeline.models import Berkas, Permohonan
from pipeline.queries.desk.riwayat import MISMATCH
from pipeline.roles import Peran
from pipeline.services.records.heads import make_daily_head
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN
from tests.factories import WEDNESDAY, decide_at, work_off
from tests.owner import behind_its_back
from tests.stored import stored_path
from tests.web.conftest import Browser
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

REASON = "Luas tanah pada BAP tidak sama dengan sertipikat."
FRONT, KABID, TECHNICAL = FRONT_OFFICE, KABID_PERIZINAN, DINAS_TEKNIS


def behind_our_back(db: Engine, sql: str) -> None:
    with behind_its_back() as conn:
        conn.execute(text(sql))


@pytest.fixture
def returned(kantor: Kantor):
    """A file that Kabid sent back to Dinas Teknis, with a reason."""
    berkas = kantor.carry("paraf_kabid")
    decide_at(berkas.permohonan_id, kantor.person[KABID], KeputusanKind.KEMBALIKAN, target="rekomendasi", reason=REASON)
    work_off()
    return berkas


def history(kantor: Kantor, berkas) -> str:
    return kantor[TECHNICAL].open_page(f"/petugas/permohonan/{berkas.permohonan_id}").text


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE tugas SET reason = 'karangan belaka' WHERE reason IS NOT NULL",
        "UPDATE tugas SET actor = (SELECT id FROM orang WHERE name = 'Petugas Sekretaris') WHERE actor IS NOT NULL",
        "UPDATE tugas SET acting_as = 'Wali Kota' WHERE acting_as IS NOT NULL",
        "UPDATE tugas SET created_at = created_at - interval '3 days' WHERE closed_at IS NOT NULL",
        "UPDATE orang SET name = 'Orang Lain'",
        "DELETE FROM tugas WHERE closed_at IS NOT NULL",
    ],
)
def test_a_forged_table_changes_no_line_of_the_history(kantor, returned, db, forged):
    before = history(kantor, returned).split("<h2", 1)[1].split(">Riwayat</h2>")[1]
    behind_our_back(db, forged)
    assert history(kantor, returned).split("<h2", 1)[1].split(">Riwayat</h2>")[1] == before
    assert REASON in before
    assert "Petugas Kabid Perizinan, Kabid Perizinan" in before


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE peristiwa_words SET words = words || '{\"alasan\": \"karangan belaka\"}' WHERE words ? 'alasan'",
        "UPDATE peristiwa_words SET words = words || '{\"nama\": \"Orang Karangan\"}' WHERE words ? 'alasan'",
        "DELETE FROM peristiwa_words WHERE words ? 'alasan'",
        "UPDATE peristiwa SET at = at - interval '9 days' WHERE data->>'keputusan' = 'kembalikan'",
        "UPDATE peristiwa SET data = data || '{\"ke\": \"periksa\"}' WHERE data->>'keputusan' = 'kembalikan'",
    ],
)
def test_a_forged_line_says_that_it_does_not_fit_its_chain(kantor, returned, db, forged):
    behind_our_back(db, forged)
    page = history(kantor, returned).split(">Riwayat</h2>")[1]
    assert page.count(MISMATCH) == 1
    assert "arangan" not in page
    assert REASON not in page
    assert "16 November" not in page


def test_the_journey_of_an_applicant_is_that_of_the_chain(kantor, returned, db):
    with unit_of_work() as s:
        p = s.get_one(Permohonan, returned.permohonan_id)
        track = {"nomor": p.nomor, "kode": p.tracking_code}
    guest = Browser(kantor.app.test_client())
    guest.open_page("/lacak")
    before = guest.send("/lacak", track).text
    assert track["nomor"] in before
    behind_our_back(db, "UPDATE tugas SET closed_at = closed_at - interval '2 days' WHERE peran <> 'pemohon'")
    after = guest.send("/lacak", track).text
    assert [z for z in after.splitlines() if "WITA" in z] == [z for z in before.splitlines() if "WITA" in z]


def test_a_damaged_document_is_said_in_words_and_stands_on_the_operators_page(kantor, app: Flask):
    berkas = kantor.carry("rekomendasi")
    with unit_of_work() as s:
        doc = s.scalars(select(Berkas).where(Berkas.syarat == "AKTA")).first()
        nomor = s.get_one(Permohonan, berkas.permohonan_id).nomor
    path = stored_path(doc.sha256)
    original = path.read_bytes()
    make_officer("operator@uji.test", Peran.OPERATOR)
    operator = login(app, "operator@uji.test")
    assert "Dokumen yang rusak atau hilang" not in operator.open_page("/operator").text
    try:
        path.write_bytes(b"%PDF-1.4 karangan")
        answer = kantor[TECHNICAL].open_page(f"/petugas/berkas/{doc.id}/unduh")
        assert answer.status_code == 410
        assert "rusak di penyimpanan" in answer.text
        page = operator.open_page("/operator").text
        assert "Dokumen yang rusak atau hilang" in page
        assert nomor in page
        assert doc.sha256 in page
    finally:
        path.write_bytes(original)


def test_what_was_typed_is_not_lost_when_a_damaged_document_stops_the_decision(kantor):
    berkas = kantor.carry("paraf_kabid")
    with unit_of_work() as s:
        sha256 = s.scalar(text("SELECT docx_sha256 FROM draft"))
    path = stored_path(sha256)
    original = path.read_bytes()
    browser = kantor[KABID]
    browser.open_page(berkas.address)
    try:
        path.unlink()
        form = berkas.shown(keputusan="setujui", alasan="Sudah saya baca.")
        answer = browser.send(f"{berkas.address}/keputusan", form)
        assert answer.status_code == 409
        assert "Naskah hilang di penyimpanan kantor" in answer.text
        assert "Sudah saya baca." in answer.text
    finally:
        path.write_bytes(original)


def test_the_heads_are_on_a_public_page_with_their_key_and_a_file_has_its_proof(kantor, guest, tmp_path: Path):
    berkas = kantor.carry("paraf_kabid")
    assert "Kepala pertama dibuat" in guest.open_page("/kepala-harian").text
    proof = f"/petugas/permohonan/{berkas.permohonan_id}/bukti"
    refused = kantor[KABID].open_page(proof)
    assert refused.status_code == 409
    assert "sesudah tengah malam" in refused.text
    assert "Keadaannya sudah berubah" not in refused.text
    assert make_daily_head(now=WEDNESDAY) == 1
    page = guest.open_page("/kepala-harian").text
    head = json.loads(guest.open_page("/kepala-harian/1.json").data)
    assert head["statement"]["root"] in page
    assert "leaves" not in head
    assert guest.open_page("/kepala-harian/2.json").status_code == 404
    files = {
        "bukti": kantor[KABID].open_page(proof).data,
        "kunci": guest.open_page("/kepala-harian/kunci.pem").data,
        "kepala": json.dumps(head).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words = ["bukti", *(w for name in ("kepala", "kunci") for w in (f"--{name}", str(tmp_path / name)))]
    said = CliRunner().invoke(main, [*words, "--periksa", str(tmp_path / "bukti")])
    assert said.exit_code == 0, said.output
    with unit_of_work() as s:
        assert f"Sah: riwayat {s.get_one(Permohonan, berkas.permohonan_id).nomor} " in said.output
    (tmp_path / "bukti").write_bytes(files["bukti"].replace(b'"place": ', b'"place": 1'))
    said = CliRunner().invoke(main, [*words, "--periksa", str(tmp_path / "bukti")])
    assert said.exit_code == 1
    assert "Bukti tidak sah" in said.output
    (tmp_path / "bukti").write_bytes(b"# bukan JSON")
    said = CliRunner().invoke(main, [*words, "--periksa", str(tmp_path / "bukti")])
    assert said.output == "Error: Bukti tidak sah: isinya bukan JSON.\n"
