"""An SOP of another shape runs to its signed document by its data alone: nothing is wired to the first one."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import func, select

from ops.contoh.papers.desk_form import filled_in
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.template import templates
from pipeline.errors import InputInvalid
from pipeline.kantor.office import kantor
from pipeline.models import Approval, Draft, FilledForm, Outbox, Permohonan, Sk, Tugas
from pipeline.queries.applicant.tracking import find_naskah
from pipeline.roles import Peran
from pipeline.rules.form.desk_form import answers, parse_form
from pipeline.services.applicant.close import accept_sk
from pipeline.services.applicant.form import create_draft, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.fill import save_form
from pipeline.services.desk.letters import receipt
from pipeline.services.desk.sign import sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import places
from pipeline.sop import registry as sops
from pipeline.sop.load import load_sop
from pipeline.sop.words import KeputusanKind
from pipeline.uploads import Accepted
from tests.desks import SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, data_of, decide_at, keep_berkas, person, work_off
from tests.integration.conftest import PASSPHRASE
from tests.papers import write_templates
from tests.unit.docx_maker import make_docx

OTHER = load_sop(Path(__file__).parents[1] / "data" / "izin_penelitian.toml", kantor().posts)
_CONTENT = {"nama_lembaga": "Universitas Lambung Mangkurat", "tanggal_pengantar": "2026-11-02"}
CONTENT = {
    "PUSTAKA": {**_CONTENT, "metode": "PUSTAKA"},
    "LAPANGAN": {**_CONTENT, "metode": "LAPANGAN", "lokasi": ("KANTOR",)},
}


@pytest.fixture(autouse=True)
def _installed(monkeypatch, tmp_path):
    write_templates(OTHER, tmp_path)
    monkeypatch.setattr(templates, "places", lambda: replace(places(), templat=tmp_path))
    monkeypatch.setattr(sops, "_EVERY", {**sops._EVERY, (OTHER.code, OTHER.version): OTHER})
    monkeypatch.setattr(sops, "SOPS", MappingProxyType({**sops.SOPS, OTHER.code: OTHER}))


def handed_in(pemohon, method):
    p = create_draft(OTHER.code, pemohon, now=WEDNESDAY)
    save_isian(p, CONTENT[method], actor=pemohon, now=WEDNESDAY)
    sha256 = hashlib.sha256(b"proposal").hexdigest()
    for code in ("PROPOSAL", "PENGANTAR"):
        one = Accepted(
            name="a.pdf", kind="pdf", payload=b"proposal", page_count=1, original_sha256=sha256, original=None
        )
        keep_berkas(p, code, one, actor=pemohon, now=WEDNESDAY)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    work_off()
    return p


def path(p):
    with unit_of_work() as s:
        rows = select(Tugas.langkah).where(Tugas.permohonan_id == p)
        return s.scalars(rows.order_by(Tugas.closed_at.nulls_last(), Tugas.created_at)).all()


def forward(p, kantor, now=WEDNESDAY):
    desk = at_desk(p)
    if form := OTHER.form_at(desk.langkah):
        typed = filled_in(form, data_of(p), seed="a", today=now.date())
        content = parse_form(form, {name: [str(value)] for name, value in typed.items()}, data_of(p))
        save_form(desk.tugas_id, content, actor=kantor[desk.peran], now=now)
    if desk.langkah == "teken":
        sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[desk.peran], seen=desk.seen, now=now)
    else:
        decide_at(p, kantor[desk.peran], OTHER[desk.langkah].keputusan, now=now)
    work_off()


@pytest.mark.parametrize(
    ("method", "langkah"),
    [
        ("PUSTAKA", ["daftar", "konsep", "periksa_konsep", "teken", "ambil"]),
        ("LAPANGAN", ["daftar", "telaah", "konsep", "periksa_konsep", "teken", "ambil"]),
    ],
)
def test_it_runs_to_the_signed_document(kantor, method, langkah):
    pemohon = person()
    p = handed_in(pemohon, method)
    while at_desk(p).peran != Peran.PEMOHON:
        forward(p, kantor)
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    assert receipt(p).make()
    assert path(p) == langkah
    with unit_of_work() as s:
        row = s.get_one(Permohonan, p)
        assert (row.status, row.arah, row.complete_at, row.tenggat is not None) == (
            "selesai",
            "terbit",
            WEDNESDAY,
            True,
        )
        assert s.scalar(select(func.count()).where(Approval.permohonan_id == p)) == 2
        sk = s.scalars(select(Sk)).one()
        assert (sk.nomor, sk.kind, sk.valid_until_date) == ("070/001/XI/2026", "surat_keterangan", date(2027, 5, 25))
        token = sk.token
    told = find_naskah(token, today=WEDNESDAY.date())
    assert told is not None
    assert (told.authenticity, told.title, told.izin) == (
        "BERLAKU",
        "Surat Keterangan Penelitian",
        "Surat Keterangan Penelitian",
    )
    assert told.pemegang == "Universitas Lambung Mangkurat"
    assert verify_all()[1] == []


def test_the_public_promise_runs_from_the_first_desk_that_passed_it_on(kantor):
    """A library study skips the review: nothing is left to wait for before the clock starts."""
    p, q = handed_in(person(), "PUSTAKA"), handed_in(person(), "LAPANGAN")
    later = WEDNESDAY + timedelta(hours=1)
    with unit_of_work() as s:
        assert [s.get_one(Permohonan, x).complete_at for x in (p, q)] == [WEDNESDAY, None]
    forward(q, kantor, later)
    with unit_of_work() as s:
        assert s.get_one(Permohonan, q).complete_at == later


def test_a_return_to_a_step_this_case_skipped_comes_back_to_who_asked(kantor):
    p = handed_in(person(), "PUSTAKA")
    while at_desk(p).langkah != "periksa_konsep":
        forward(p, kantor)
    decide_at(p, kantor[SEKRETARIS], KeputusanKind.KEMBALIKAN, target="telaah", reason="Telaah dahulu metodenya.")
    assert at_desk(p).langkah == "telaah"
    forward(p, kantor)
    assert at_desk(p).langkah == "konsep"  # what the review says is new: the paper is drafted of it
    forward(p, kantor)
    assert at_desk(p).langkah == "periksa_konsep"
    assert verify_all()[1] == []


def test_a_template_that_names_nobody_makes_no_draft(kantor, tmp_path):
    blank = make_docx(["NOMOR {{ nomor }}", "pada tanggal {{ tanggal }}", "{{ metode }}"])
    (tmp_path / OTHER.paper("surat_keterangan").templat).write_bytes(blank)
    p = handed_in(person(), "PUSTAKA")
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).langkah == "konsep"
        assert s.scalar(select(func.count()).select_from(Draft)) == 0
        assert set(s.scalars(select(Outbox.error).where(Outbox.error.is_not(None)))) == {"TemplatInvalid"}


def test_a_desk_that_neither_inspects_nor_recommends_has_a_form_of_its_own(kantor):
    p = handed_in(person(), "LAPANGAN")
    with pytest.raises(InputInvalid, match="Lembar telaah belum lengkap") as refused:
        decide_at(p, kantor[OTHER["telaah"].peran], KeputusanKind.KIRIM)
    assert set(refused.value.errors) == {"formulir.telaah_catatan", "formulir.telaah_risiko"}
    forward(p, kantor)
    assert at_desk(p).langkah == "konsep"
    with unit_of_work() as s:
        kept = s.get_one(FilledForm, (p, "telaah"))
        assert answers(OTHER.forms[0], kept.content)["telaah_risiko"] == "RENDAH"
        assert kept.sent_at == WEDNESDAY
    assert verify_all()[1] == []
