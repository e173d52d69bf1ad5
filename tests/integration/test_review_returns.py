"""Every desk returns to every desk it may, changed and unchanged: approvals, persons, and the applicant's way out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import make_institution
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.errors import NotAllowedYet
from pipeline.models import Approval, CorrectionRequest, Draft, Permohonan, Tugas
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.reply import answer_request
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.claim import redraft
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import sign
from pipeline.services.outbox import automatic
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import (
    SOP,
    WEDNESDAY,
    add_berkas,
    at_desk,
    bring_to,
    decide_at,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.integration.conftest import PASSPHRASE

REASON = "Jumlah pengurus pada BAP tidak sama dengan akta."
LATER = WEDNESDAY + timedelta(minutes=30)
PARAF = ("paraf_kabid", "paraf_sekretaris", "tanda_tangan")
BACK = [(t.code, target) for t in SOP.langkah for target in t.returns_to if t.code in PARAF]


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def approvals(permohonan_id):
    """The langkah whose approval of the draft in force stands."""
    with unit_of_work() as s:
        return set(
            s.scalars(
                select(Approval.langkah)
                .join(Draft, Draft.id == Approval.draft_id)
                .where(Draft.permohonan_id == permohonan_id, Draft.voided_at.is_(None), Approval.voided_at.is_(None))
            )
        )


def before(langkah):
    """The approvals that come before this one."""
    return {t.code for t in SOP.approval if SOP.position(t.code) < SOP.position(langkah)}


def send_back(permohonan_id, kantor, target, *items, reason=REASON, now=WEDNESDAY):
    desk = at_desk(permohonan_id)
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=target, requests=items, reason=reason)
    decide(desk.tugas_id, k, actor=kantor[desk.peran], seen=desk.seen, now=now)


def forward(permohonan_id, kantor, now=WEDNESDAY):
    desk = at_desk(permohonan_id)
    return decide_at(permohonan_id, kantor[desk.peran], SOP[desk.langkah].keputusan, now=now)


def change(permohonan_id, kantor, langkah):
    """Put something right at this desk, if it is one that can."""
    desk = at_desk(permohonan_id)
    if langkah == "rekomendasi":
        write_bap(permohonan_id, kantor[DINAS_TEKNIS], kunjungan=2)
    elif langkah == "susun_sk":
        redraft(
            desk.tugas_id,
            {"pertimbangan": "Tambahan.", "tembusan": ["Camat"]},
            actor=kantor[BACK_OFFICE],
            now=WEDNESDAY,
        )
    return langkah in {"rekomendasi", "susun_sk"}


@pytest.mark.parametrize(("since", "target"), BACK)
def test_unchanged_it_goes_straight_back_to_the_desk_that_asked(kantor, since, target):
    p = submitted(person())
    bring_to(p, since, kantor)
    send_back(p, kantor, target)
    assert (at_desk(p).langkah, at_desk(p).automatic) == (target, False)
    forward(p, kantor)
    work_off()
    assert at_desk(p).langkah == since
    assert approvals(p) >= before(since)


@pytest.mark.parametrize(("since", "target"), [c for c in BACK if c[1] in {"rekomendasi", "susun_sk"}])
def test_changed_it_runs_forward_and_every_desk_approves_again(kantor, since, target):
    """domain.md: "otherwise the approvals are void and the file runs forward again"."""
    p = submitted(person())
    bring_to(p, since, kantor)
    send_back(p, kantor, target)
    assert change(p, kantor, target)
    forward(p, kantor)
    work_off()
    assert approvals(p) == set()
    assert at_desk(p).langkah == "paraf_kabid"
    bring_to(p, "tanda_tangan", kantor)
    assert approvals(p) == before("tanda_tangan")
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)


@pytest.mark.parametrize("second", ["rekomendasi", "susun_sk"])
def test_a_changed_draft_after_a_nested_return_passes_every_approval(kantor, second):
    """Kepala Dinas -> Kabid -> an earlier desk, where something changes: the Sekretaris sees it before the signer."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    send_back(p, kantor, "paraf_kabid")
    send_back(p, kantor, second)
    change(p, kantor, second)
    forward(p, kantor)
    work_off()
    while at_desk(p).langkah != "tanda_tangan":
        forward(p, kantor)
        work_off()
    assert approvals(p) == before("tanda_tangan")


def test_a_person_who_asked_the_applicant_gets_the_file_back(kantor):
    """Kabid doubts, Front Office asks the applicant: the answer is for Front Office to read, not for the machine."""
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "paraf_kabid", kantor)
    send_back(p, kantor, "periksa")
    send_back(p, kantor, "ajukan", Request("isian", "alamat", "Sama dengan pada akta?"))
    with unit_of_work() as s:
        request_id = s.scalars(select(CorrectionRequest.id)).one()
    answer_request(p, request_id, "Ya, sama.", actor=pemohon, now=LATER)
    submit(p, actor=pemohon, privacy_version="1", now=LATER)
    work_off()
    assert (at_desk(p).langkah, at_desk(p).automatic) == ("periksa", False)
    with unit_of_work() as s:
        assert s.get_one(Tugas, at_desk(p).tugas_id).for_person == kantor[FRONT_OFFICE].person_id


def correct(p, pemohon, isian, now):
    """The applicant puts a field right and sends the file again; the machine does its part."""
    save_isian(p, isian, actor=pemohon, now=now)
    submit(p, actor=pemohon, privacy_version="1", now=now)
    work_off(now)


@pytest.mark.parametrize("langkah", ["periksa", "terima", "susun_sk"])
def test_what_a_person_objected_to_comes_back_to_that_person_and_is_not_passed_by_the_machine(
    kantor, langkah, monkeypatch
):
    """The machine finds nothing wrong with random noise or a new address: whoever asked for it has to see it."""
    pemohon = person()
    p = submitted(pemohon)
    if langkah == "terima":
        with monkeypatch.context() as m:  # a document was damaged for a while: a Back Office officer has it at step 3
            m.setattr(automatic, "is_intact", lambda file: file.langkah.code != "terima")
            work_off()
    else:
        bring_to(p, "paraf_kabid", kantor)
        send_back(p, kantor, "susun_sk")
    if langkah == "periksa":
        send_back(p, kantor, "periksa")
    asker = kantor[at_desk(p).peran].person_id
    send_back(p, kantor, "ajukan", Request("isian", "alamat", "Tulis RT dan RW."), now=LATER)
    for n in (1, 2):
        later = LATER + timedelta(minutes=n)
        correct(p, pemohon, {"alamat": f"Jl. Baru No. {n} RT 2 RW 1"}, later)
        while at_desk(p).langkah != langkah:
            assert at_desk(p).langkah == "rekomendasi"
            write_bap(p, kantor[DINAS_TEKNIS], kunjungan=2, now=later)
            forward(p, kantor, now=later)
            work_off(later)
        assert (at_desk(p).langkah, at_desk(p).automatic) == (langkah, False)
        with unit_of_work() as s:
            assert s.get_one(Tugas, at_desk(p).tugas_id).for_person == asker
        if n == 1:
            send_back(p, kantor, "ajukan", Request("isian", "alamat", "Masih kurang."), now=later)
    forward(p, kantor, now=later)
    work_off(later)
    assert at_desk(p).langkah != langkah


def test_a_return_by_the_machine_between_does_not_make_it_forget_the_person_who_asked(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "paraf_kabid", kantor)
    send_back(p, kantor, "periksa")
    asked = Request("isian", "alamat", "Tulis RT."), Request("syarat", "DOM", "Tidak terbaca.")
    send_back(p, kantor, "ajukan", *asked, now=LATER)
    add_berkas(p, "DOM", "dom.pdf", document("ADART", "a"), actor=pemohon, now=LATER + timedelta(minutes=1))
    correct(p, pemohon, {"alamat": "Jl. Baru No. 1 RT 2"}, LATER + timedelta(minutes=2))
    assert at_desk(p).langkah == "ajukan"  # the same file stands for two documents: the machine asks again
    later = LATER + timedelta(minutes=3)
    add_berkas(p, "DOM", "dom.pdf", document("DOM", "baru"), actor=pemohon, now=later)
    correct(p, pemohon, {}, later)
    assert (at_desk(p).langkah, at_desk(p).automatic) == ("periksa", False)


def test_items_are_for_the_applicant_only(kantor):
    """A return to a colleague asks nothing of the applicant, whatever was ticked on the form before."""
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    send_back(p, kantor, "periksa", Request("syarat", "AKTA", "Catatan di antara kita."))
    with unit_of_work() as s:
        assert s.scalars(select(CorrectionRequest)).all() == []


def test_an_officer_cannot_withdraw_an_application(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    with pytest.raises(NotAllowedYet):
        decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.BATALKAN, reason="Tidak jadi saja.")
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).status == "berjalan"


def document(code, seed):
    syarat = next(t for t in SOP.syarat if t.code == code)
    return make_berkas(syarat, make_institution(seed, today=WEDNESDAY.date()))[0].payload


def test_a_correction_that_asks_for_more_can_be_completed(kantor):
    """The asked field makes another document mandatory: it must be possible to hand it in, or the file is stuck."""
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    send_back(p, kantor, "ajukan", Request("isian", "bentuk", "Bukan badan hukum."), reason="")
    save_isian(p, {"bentuk": "NONBH"}, actor=pemohon, now=LATER)
    add_berkas(p, "NOTA", "nota.pdf", document("NOTA", "x"), actor=pemohon, now=LATER)
    add_berkas(p, "NOTA", "nota2.pdf", document("NOTA", "y"), actor=pemohon, now=LATER)
    submit(p, actor=pemohon, privacy_version="1", now=LATER)
    assert at_desk(p).langkah == "periksa"


def test_a_field_that_has_become_wrong_can_be_put_right(kantor):
    """A domicile letter grows old while the file lies with the applicant: nobody else could unlock the field."""
    pemohon, old = person(), WEDNESDAY + timedelta(days=500)
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    send_back(p, kantor, "ajukan", Request("isian", "alamat", "Tulis RT dan RW."), reason="")
    save_isian(p, {"tanggal_domisili": "2028-03-01", "alamat": "Jl. Baru RT 2 RW 1"}, actor=pemohon, now=old)
    submit(p, actor=pemohon, privacy_version="1", now=old)


def test_a_request_for_a_document_this_case_has_not_is_no_trap(kantor):
    """NOTA is not asked of a legal body, so no page offers it."""
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    send_back(p, kantor, "ajukan", Request("syarat", "NOTA", "Mohon nota pendirian."), reason="")
    submit(p, actor=pemohon, privacy_version="1", now=LATER)
