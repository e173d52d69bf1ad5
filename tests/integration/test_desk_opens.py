"""A permit that no applicant sends: a desk opens the file, fills in the form, and the office carries it to its end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.errors import DecidedAlready, NotAllowedYet, NotFound, SamePerson, TakenAlready
from pipeline.models import Approval, Notice, PeristiwaWords, Permohonan, Tugas
from pipeline.queries.applicant.overview import permohonan_of
from pipeline.queries.applicant.permohonan import Filler, my_berkas, my_permohonan
from pipeline.queries.applicant.tracking import find_trace
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.form import create_draft, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.applicant_reminders import sweep_reminders
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.desk.claim import claim
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from tests.desks import BACK_OFFICE, FRONT_OFFICE, KABID_PERIZINAN, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, person, work_off
from tests.shapes import (
    PASSPHRASE,
    forward,
    forward_to,
    handed_in,
    install,
    path,
    place,
    send_back,
    shape,
    standing,
    step,
    upload,
)

LETTER = {"pengirim": "Kelurahan Mentaos"}
THURSDAY = WEDNESDAY + timedelta(days=1)


@pytest.fixture
def sop(monkeypatch):
    return install(monkeypatch, shape("surat_masuk"))


@pytest.fixture
def opener(kantor):
    return kantor[FRONT_OFFICE].person_id


def test_it_runs_from_desk_to_desk_to_its_end(kantor, sop, opener):
    p = handed_in(sop, opener, LETTER)
    assert (place(p), standing(p)) == ("periksa_surat", ("berjalan", "terbit"))
    forward_to(p, sop, kantor, None)
    assert (place(p), standing(p)) == (None, ("selesai", "terbit"))
    assert path(p) == ["catat", "periksa_surat", "disposisi", "simpan"]
    with unit_of_work() as s:
        row = s.get_one(Permohonan, p)
        assert (row.nomor[:6], row.tracking_code, row.complete_at) == ("MASUK-", None, WEDNESDAY)
        assert s.scalar(select(func.count()).select_from(Notice)) == 0
        words = s.scalars(select(PeristiwaWords.words).where(PeristiwaWords.permohonan_id == p)).all()
        assert all(w["nama"].startswith("Petugas ") for w in words)
    assert find_trace(row.nomor, "") is None
    assert verify_all()[1] == []


def test_only_who_sits_at_the_desk_may_open_and_fill_in(kantor, sop, opener):
    for stranger in (person(), kantor[BACK_OFFICE].person_id):
        with pytest.raises(NotFound):
            create_draft(sop.code, stranger, now=WEDNESDAY)
    p, colleague = create_draft(sop.code, opener, now=WEDNESDAY), person(FRONT_OFFICE, name="Rekan")
    with pytest.raises(NotFound):
        save_isian(p, LETTER, actor=kantor[BACK_OFFICE].person_id, now=WEDNESDAY)
    save_isian(p, LETTER, actor=colleague, now=WEDNESDAY)
    claim(at_desk(p).tugas_id, actor=kantor[FRONT_OFFICE], now=WEDNESDAY)
    with pytest.raises(TakenAlready):
        save_isian(p, {"pengirim": "Lain"}, actor=colleague, now=WEDNESDAY)
    assert verify_all()[1] == []


def test_its_page_is_for_the_desk_and_not_in_anybodys_own_list(kantor, sop, opener):
    """The opener may have an account as an applicant too: nothing of the desk is seen there."""
    p, today = create_draft(sop.code, opener, now=WEDNESDAY), WEDNESDAY.date()
    assert my_permohonan(p, Filler(opener, {FRONT_OFFICE}), today=today).is_editable
    for other in (Filler(opener), Filler(opener, {BACK_OFFICE}), Filler(person())):
        with pytest.raises(NotFound):
            my_permohonan(p, other, today=today)
    assert permohonan_of(opener).total == 0


def test_its_documents_are_read_where_it_lies(sop, opener):
    """At the desk that fills it in while it is there; once it is sent on, at the next one."""
    desk, p = Filler(opener, {FRONT_OFFICE}), create_draft(sop.code, opener, now=WEDNESDAY)
    save_isian(p, LETTER, actor=opener, now=WEDNESDAY)
    scan = upload(p, "SURAT", opener)
    assert my_berkas(p, scan, desk).id == scan
    submit(p, actor=opener, now=WEDNESDAY)
    with pytest.raises(NotFound):
        my_berkas(p, scan, desk)


def test_sent_twice_it_has_one_number_and_nobody_takes_it_back(kantor, sop, opener):
    p = handed_in(sop, opener, LETTER)
    assert submit(p, actor=opener, now=WEDNESDAY) == submit(p, actor=opener, now=WEDNESDAY)
    with pytest.raises(NotAllowedYet):
        withdraw(p, actor=opener, now=WEDNESDAY)
    with pytest.raises(DecidedAlready):
        save_isian(p, {"pengirim": "Lain"}, actor=opener, now=WEDNESDAY)
    draft = create_draft(sop.code, opener, now=WEDNESDAY)
    withdraw(draft, actor=opener, now=WEDNESDAY)
    assert standing(draft)[0] == "dibatalkan"
    assert verify_all()[1] == []


def test_a_return_opens_the_form_again_with_the_time_of_its_row(kantor, sop, opener):
    p = handed_in(sop, opener, LETTER)
    send_back(p, kantor, "catat", now=THURSDAY)
    assert (place(p), standing(p)[0]) == ("catat", "perbaikan")
    with unit_of_work() as s:
        back = s.get_one(Tugas, at_desk(p).tugas_id)
        assert (back.started_at, back.tenggat) == (THURSDAY, THURSDAY + timedelta(minutes=5))
    sweep_escalations(now=THURSDAY + timedelta(minutes=20))
    save_isian(p, {"pengirim": "Kelurahan Loktabat"}, actor=opener, now=THURSDAY)
    submit(p, actor=opener, now=THURSDAY)
    work_off(THURSDAY)
    assert (place(p), standing(p)[0]) == ("periksa_surat", "berjalan")
    forward_to(p, sop, kantor, None, now=THURSDAY)
    assert verify_all()[1] == []


def test_no_applicant_is_reminded_of_it(kantor, sop, opener):
    create_draft(sop.code, opener, now=WEDNESDAY)
    assert sweep_reminders(now=WEDNESDAY + timedelta(days=8)) == 0


def test_the_opener_never_approves_what_they_wrote(monkeypatch, kantor):
    """A letter that the Kabid begins is approved by another Kabid."""
    create_certificate(settings().data / "tte", str(kantor[SEKRETARIS].person_id), "S", Secret(PASSPHRASE))
    sop = install(monkeypatch, shape("izin_papan", step("isi", peran="kabid_perizinan")))
    p = handed_in(sop, kantor[KABID_PERIZINAN].person_id, {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"})
    forward_to(p, sop, kantor, "paraf")
    with pytest.raises(SamePerson):
        forward(p, sop, kantor)
    other = Petugas(person(KABID_PERIZINAN, name="Petugas lain"), KABID_PERIZINAN)
    forward_to(p, sop, {**kantor, KABID_PERIZINAN: other}, None)
    assert standing(p) == ("selesai", "terbit")
    with unit_of_work() as s:
        assert kantor[KABID_PERIZINAN].person_id not in s.scalars(select(Approval.person_id)).all()
    assert verify_all()[1] == []


def test_a_desk_may_open_a_file_that_asks_for_nothing(monkeypatch, kantor, opener):
    nothing = {"isian": [], "bagian": [], "syarat": []}
    sop = install(monkeypatch, shape("surat_masuk", lambda d: d.update(nothing) or d.pop("pemegang")))
    p = handed_in(sop, opener, {})
    forward_to(p, sop, kantor, None)
    assert standing(p) == ("selesai", "terbit")
