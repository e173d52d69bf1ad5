"""A file through the whole SOP on a real database: straight, returned, refused, withdrawn; histories replay exactly."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.errors import DecidedAlready, NaskahChanged, NotAllowedYet, NotFound, SamePerson
from pipeline.models import Approval, Draft, Outbox, Peristiwa, Permohonan, Sk, Tugas
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request, Seen
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import sign
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import (
    WEDNESDAY,
    at_desk,
    bring_to,
    decide_at,
    filled_in,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.integration.conftest import PASSPHRASE
from tests.owner import as_owner, behind_its_back

REASON = "Jumlah pengurus pada BAP tidak sama dengan akta."


def permohonan(permohonan_id):
    with unit_of_work() as s:
        return s.get_one(Permohonan, permohonan_id)


def path(permohonan_id):
    """The langkah the file has lain on, oldest first."""
    with unit_of_work() as s:
        rows = s.execute(
            select(Tugas.langkah, Tugas.kunjungan)
            .where(Tugas.permohonan_id == permohonan_id)
            .order_by(Tugas.closed_at.nulls_last(), Tugas.created_at)
        )
        return [f"{langkah}/{kunjungan}" for langkah, kunjungan in rows]


def sign_now(permohonan_id, kantor, now=WEDNESDAY):
    desk = at_desk(permohonan_id)
    return sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=now)


@pytest.fixture(autouse=True)
def _histories_replay(db):
    """Whatever a test did: every state is the fold of its history, and every chain holds."""
    yield
    checked, findings = verify_all()
    assert findings == []
    assert checked


def test_straight_through_to_a_signed_sk(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "tanda_tangan", kantor)
    sk_id = sign_now(p, kantor)
    assert permohonan(p).status == "terbit"
    work_off()
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    assert (permohonan(p).status, permohonan(p).langkah) == ("selesai", None)
    assert path(p) == [
        "ajukan/1",
        "periksa/1",
        "terima/1",
        "rekomendasi/1",
        "susun_sk/1",
        "paraf_kabid/1",
        "paraf_sekretaris/1",
        "tanda_tangan/1",
        "terima_sk/1",
    ]
    with unit_of_work() as s:
        sk = s.get_one(Sk, sk_id)
        assert (sk.status, sk.nomor) == ("terbit", "503/0001/TD-LKS/DPMPTSP/2026")


def test_refusal_ends_in_a_signed_letter(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    write_bap(p, kantor[DINAS_TEKNIS], eligible=False)
    decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.TOLAK, reason="Alamat kosong saat ditinjau.")
    bring_to(p, "tanda_tangan", kantor)
    sign_now(p, kantor)
    assert permohonan(p).status == "ditolak"
    work_off()
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    with unit_of_work() as s:
        assert s.scalars(select(Sk.kind)).all() == ["penolakan"]
    assert permohonan(p).status == "ditolak"


def test_automatic_check_returns_to_the_applicant_with_reasons(kantor):
    pemohon = person()
    p = filled_in(pemohon, swapped=True)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    work_off()
    assert permohonan(p).status == "perbaikan"
    assert path(p) == ["ajukan/1", "periksa/1", "ajukan/1"]
    assert at_desk(p).peran == Peran.PEMOHON


def test_return_without_a_change_goes_straight_back_and_keeps_the_approvals(kantor):
    p = submitted(person())
    bring_to(p, "paraf_sekretaris", kantor)
    decide_at(p, kantor[SEKRETARIS], KeputusanKind.KEMBALIKAN, target="rekomendasi", reason=REASON)
    work_off()
    decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.KIRIM)
    assert at_desk(p).langkah == "paraf_sekretaris"
    assert path(p)[-2:] == ["rekomendasi/1", "paraf_sekretaris/1"]
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(Approval).where(Approval.voided_at.is_(None))) == 1


def test_return_with_a_change_voids_the_approvals_and_runs_forward_anew(kantor):
    p = submitted(person())
    bring_to(p, "paraf_sekretaris", kantor)
    decide_at(p, kantor[SEKRETARIS], KeputusanKind.KEMBALIKAN, target="rekomendasi", reason=REASON)
    write_bap(p, kantor[DINAS_TEKNIS], kunjungan=2)
    decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.KIRIM)
    work_off()
    assert path(p)[-2:] == ["susun_sk/2", "paraf_kabid/2"]
    bring_to(p, "paraf_sekretaris", kantor)
    assert path(p)[-1] == "paraf_sekretaris/1"  # it asked, so its own visit goes on
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(Draft)) == 2


def test_returned_file_resumes_its_unused_time(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    tenggat = deadline(p)
    decide_at(
        p,
        kantor[KABID_PERIZINAN],
        KeputusanKind.KEMBALIKAN,
        target="susun_sk",
        reason=REASON,
        now=WEDNESDAY + timedelta(minutes=2),
    )
    decide_at(p, kantor[BACK_OFFICE], KeputusanKind.SETUJUI, now=WEDNESDAY + timedelta(minutes=62))
    assert deadline(p) == tenggat + timedelta(minutes=60)


def deadline(permohonan_id):
    with unit_of_work() as s:
        return s.scalars(select(Tugas.tenggat).where(Tugas.id == at_desk(permohonan_id).tugas_id)).one()


@pytest.mark.attack("D07")
def test_nobody_approves_twice_whatever_roles_they_hold(kantor):
    both = person(KABID_PERIZINAN, SEKRETARIS)
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    decide_at(p, Petugas(both, KABID_PERIZINAN), KeputusanKind.SETUJUI)
    with pytest.raises(SamePerson):
        decide_at(p, Petugas(both, SEKRETARIS), KeputusanKind.SETUJUI)


@pytest.mark.attack("D07")
def test_the_database_repeats_the_same_person_rule(kantor):
    p = submitted(person())
    bring_to(p, "paraf_sekretaris", kantor)
    with pytest.raises(DBAPIError, match="uq_persetujuan_orang"), unit_of_work() as s:
        s.execute(
            text(
                "INSERT INTO persetujuan (id, permohonan_id, draft_id, langkah, person_id, acting_as, at)"
                " SELECT gen_random_uuid(), permohonan_id, draft_id, 'lain', person_id, acting_as, at FROM persetujuan"
            )
        )


@pytest.mark.attack("D03")
def test_approval_is_bound_to_the_draft_on_screen(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    desk = at_desk(p)
    for seen in (Seen(desk.seen.version, "0" * 64), Seen(desk.seen.version, None), Seen(99, desk.seen.naskah_hash)):
        with pytest.raises(NaskahChanged):
            decide(
                desk.tugas_id,
                Keputusan(kind=KeputusanKind.SETUJUI),
                actor=kantor[KABID_PERIZINAN],
                seen=seen,
                now=WEDNESDAY,
            )


@pytest.mark.attack("D01")
def test_a_desk_of_another_role_does_not_exist(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    with pytest.raises(NotFound):
        decide_at(p, kantor[SEKRETARIS], KeputusanKind.SETUJUI)


def test_decided_already_names_who(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    desk = at_desk(p)
    decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.SETUJUI)
    with pytest.raises(DecidedAlready, match="Petugas Kabid Perizinan"):
        decide(
            desk.tugas_id,
            Keputusan(kind=KeputusanKind.SETUJUI),
            actor=kantor[KABID_PERIZINAN],
            seen=desk.seen,
            now=WEDNESDAY,
        )


def test_withdrawn_file_leaves_every_queue(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "paraf_kabid", kantor)
    withdraw(p, actor=pemohon, now=WEDNESDAY)
    assert permohonan(p).status == "dibatalkan"
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(Tugas).where(Tugas.closed_at.is_(None))) == 0


def test_signed_file_cannot_be_withdrawn(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "tanda_tangan", kantor)
    sign_now(p, kantor)
    with pytest.raises(NotAllowedYet):
        withdraw(p, actor=pemohon, now=WEDNESDAY)


def test_submitting_twice_gives_the_same_number():
    pemohon = person()
    p = filled_in(pemohon)
    nomor = {submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY) for _ in range(3)}
    assert len(nomor) == 1


def test_return_to_the_applicant_from_dinas_teknis_is_itemised(kantor):
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    desk = at_desk(p)
    items = (Request("syarat", "AKTA", "Halaman 2 terpotong."),)
    decide(
        desk.tugas_id,
        Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", requests=items),
        actor=kantor[DINAS_TEKNIS],
        seen=desk.seen,
        now=WEDNESDAY,
    )
    assert permohonan(p).status == "perbaikan"


def test_steps_run_again_change_nothing(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    before = path(p)
    with unit_of_work() as s:
        s.execute(Outbox.__table__.update().values(closed_at=None))
    work_off()
    assert path(p) == before


def test_history_refuses_change():
    submitted(person())
    for statement in ("UPDATE peristiwa SET kind = 'x'", "DELETE FROM peristiwa", "TRUNCATE peristiwa"):
        with pytest.raises(DBAPIError, match="hanya boleh ditambah"), as_owner() as s:
            s.execute(text(statement))


def test_edited_history_is_found(db):
    p = submitted(person())
    with behind_its_back() as s:
        s.execute(Peristiwa.__table__.update().where(Peristiwa.sequence == 2).values(at=WEDNESDAY - timedelta(days=1)))
    _, findings = verify_all()
    assert {f.berkas for f in findings} == {permohonan(p).nomor}
    with behind_its_back() as s:
        s.execute(Peristiwa.__table__.update().where(Peristiwa.sequence == 2).values(at=WEDNESDAY))


def test_edited_form_is_found():
    p = submitted(person())
    for name in ("Yayasan Lain", str(permohonan(p).content["nama_lembaga"])):
        with unit_of_work() as s:
            row = s.get_one(Permohonan, p)
            row.content = {**row.content, "nama_lembaga": name}
        found = [f.sentence for f in verify_all()[1]]
        assert bool(found) == (name == "Yayasan Lain")
