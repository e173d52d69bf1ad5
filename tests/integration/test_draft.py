"""The applicant's form and documents: what may be changed when, and that nothing is lost."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import make_institution
from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid, NotFound
from pipeline.models import Berkas, Peristiwa, Permohonan
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.berkas import remove_berkas
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.form import DRAFTS_AT_MOST, create_draft, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from pipeline.uploads.refusals import BerkasRefused
from tests.desks import DINAS_TEKNIS
from tests.factories import SOP, WEDNESDAY, add_berkas, at_desk, bring_to, filled_in, person, submitted


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def content(permohonan_id):
    with unit_of_work() as s:
        return s.get_one(Permohonan, permohonan_id).content


def count(model):
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(model))


def pdf(syarat, seed="x"):
    return make_berkas(next(t for t in SOP.syarat if t.code == syarat), make_institution(seed, today=WEDNESDAY.date()))[
        0
    ].payload


def send_back(permohonan_id, kantor, *items, reason=""):
    bring_to(permohonan_id, "rekomendasi", kantor)
    desk = at_desk(permohonan_id)
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", requests=items, reason=reason)
    decide(desk.tugas_id, k, actor=kantor[DINAS_TEKNIS], seen=desk.seen, now=WEDNESDAY)


def test_saving_the_same_again_writes_nothing():
    pemohon = person()
    p = create_draft("td_lks", pemohon, now=WEDNESDAY)
    save_isian(p, {"nama_lembaga": "Panti Asih"}, actor=pemohon, now=WEDNESDAY)
    before = count(Peristiwa)
    save_isian(p, {"nama_lembaga": "Panti Asih", "alamat": ""}, actor=pemohon, now=WEDNESDAY)
    assert count(Peristiwa) == before
    save_isian(p, {"nama_lembaga": ""}, actor=pemohon, now=WEDNESDAY)
    assert content(p) == {}


def test_another_applicant_finds_nothing():
    pemohon, other = person(), person()
    p = filled_in(pemohon)
    for act in (
        lambda: save_isian(p, {"alamat": "x"}, actor=other, now=WEDNESDAY),
        lambda: add_berkas(p, "SP", "sp.pdf", pdf("SP"), actor=other, now=WEDNESDAY),
        lambda: submit(p, actor=other, privacy_version="1", now=WEDNESDAY),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_document_is_cleaned_and_kept_by_its_content():
    pemohon = person()
    p = create_draft("td_lks", pemohon, now=WEDNESDAY)
    berkas_id = add_berkas(p, "SP", "../surat permohonan.pdf", pdf("SP"), actor=pemohon, now=WEDNESDAY)
    with unit_of_work() as s:
        b = s.get_one(Berkas, berkas_id)
        assert (b.kind, "/" in b.name, b.page_count > 0) == ("pdf", False, True)
        assert store(p).get(b.sha256).startswith(b"%PDF-")


@pytest.mark.attack("C01")
def test_a_refused_file_leaves_no_trace():
    pemohon = person()
    p = create_draft("td_lks", pemohon, now=WEDNESDAY)
    before = count(Peristiwa)
    with pytest.raises(BerkasRefused):
        add_berkas(p, "SP", "sp.pdf", b"<html>bukan pdf</html>", actor=pemohon, now=WEDNESDAY)
    assert (count(Berkas), count(Peristiwa)) == (0, before)


@pytest.mark.attack("B18")
def test_a_document_holds_so_many_files_and_no_more():
    pemohon = person()
    p = create_draft("td_lks", pemohon, now=WEDNESDAY)
    most = next(t.at_most for t in SOP.syarat if t.code == "SP")
    ids = [add_berkas(p, "SP", f"{n}.pdf", pdf("SP", str(n)), actor=pemohon, now=WEDNESDAY) for n in range(most)]
    with pytest.raises(BerkasRefused):
        add_berkas(p, "SP", "lebih.pdf", pdf("SP", "lebih"), actor=pemohon, now=WEDNESDAY)
    remove_berkas(p, ids[0], actor=pemohon, now=WEDNESDAY)
    add_berkas(p, "SP", "lebih.pdf", pdf("SP", "lebih"), actor=pemohon, now=WEDNESDAY)


def test_sending_names_everything_that_is_missing():
    pemohon = person()
    p = create_draft("td_lks", pemohon, now=WEDNESDAY)
    save_isian(p, {"jenis": "BARU", "lembaga_jenis": "LKS", "bentuk": "NONBH"}, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(InputInvalid) as e:
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    assert {"isian.nama_lembaga", "syarat.SP", "syarat.NOTA"} <= set(e.value.errors)
    assert "syarat.AKTA" not in e.value.errors
    with pytest.raises(InputInvalid):
        submit(p, actor=pemohon, privacy_version="", now=WEDNESDAY)


def test_a_sent_application_is_closed_to_its_applicant():
    pemohon = person()
    p = submitted(pemohon)
    with pytest.raises(DecidedAlready):
        save_isian(p, {"alamat": "Jl. Lain 1"}, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(DecidedAlready):
        add_berkas(p, "SP", "sp.pdf", pdf("SP"), actor=pemohon, now=WEDNESDAY)


def test_only_what_was_asked_is_open_and_must_be_answered(kantor):
    pemohon = person()
    p = submitted(pemohon)
    send_back(p, kantor, Request("syarat", "AKTA", "Halaman 2 terpotong."), Request("isian", "alamat", "Tulis RT."))
    with pytest.raises(InputInvalid):
        save_isian(p, {"nama_lembaga": "Nama Lain"}, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(BerkasRefused):
        add_berkas(p, "KTP", "ktp.pdf", pdf("SP"), actor=pemohon, now=WEDNESDAY)
    with pytest.raises(InputInvalid) as e:
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    assert sorted(e.value.errors) == ["isian.alamat", "syarat.AKTA"]
    later = WEDNESDAY.replace(minute=30)
    save_isian(p, {"alamat": "Jl. Panglima Batur RT 2"}, actor=pemohon, now=later)
    add_berkas(p, "AKTA", "akta.pdf", pdf("AKTA", "baru"), actor=pemohon, now=later)
    with unit_of_work() as s:
        deed = s.scalars(select(Berkas).where(Berkas.syarat == "AKTA", Berkas.replaced_at.is_(None))).all()
    assert [b.uploaded_at for b in deed] == [later]  # the refused one gave way, and is still there
    submit(p, actor=pemohon, privacy_version="1", now=later)
    assert at_desk(p).langkah == "periksa"


@pytest.mark.attack("B18")
def test_drafts_are_limited():
    pemohon = person()
    for n in range(DRAFTS_AT_MOST):
        save_isian(
            create_draft("td_lks", pemohon, now=WEDNESDAY), {"kelurahan": f"K {n}"}, actor=pemohon, now=WEDNESDAY
        )
    with pytest.raises(InputInvalid):
        create_draft("td_lks", pemohon, now=WEDNESDAY)


def test_a_second_press_on_baru_goes_on_with_the_empty_draft_of_the_first():
    pemohon, form = person(), uuid4()
    one = create_draft("td_lks", pemohon, form_id=form, now=WEDNESDAY)
    assert create_draft("td_lks", pemohon, form_id=form, now=WEDNESDAY) == one
    assert create_draft("td_lks", person(), form_id=form, now=WEDNESDAY) != one


def test_two_tabs_begin_two_applications():
    """Who hands in for two institutions side by side does not fill both into one form."""
    pemohon = person()
    assert len({create_draft("td_lks", pemohon, form_id=uuid4(), now=WEDNESDAY) for _ in range(2)}) == 2


@pytest.mark.parametrize("work_on", [
    lambda p, actor: save_isian(p, {"kelurahan": "Mentaos"}, actor=actor, now=WEDNESDAY),
    lambda p, actor: withdraw(p, actor=actor, now=WEDNESDAY),
], ids=["filled in", "withdrawn"])  # fmt: skip
def test_an_old_page_gone_back_to_begins_another_application(work_on):
    pemohon, form = person(), uuid4()
    one = create_draft("td_lks", pemohon, form_id=form, now=WEDNESDAY)
    work_on(one, pemohon)
    assert create_draft("td_lks", pemohon, form_id=form, now=WEDNESDAY) != one
