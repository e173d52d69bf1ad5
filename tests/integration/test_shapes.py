"""Who may refuse, who drafts, who signs and what comes after follow from the SOP: each shape walks to its end."""

from datetime import timedelta

import pytest
from docx import Document
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.errors import NotAllowedYet
from pipeline.models import Approval, Draft, Eskalasi, Notice, Sk, Tugas
from pipeline.queries.applicant.sk import sk_of
from pipeline.queries.desk.times import raised_on
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, decide_at, person
from tests.shapes import (
    PASSPHRASE,
    forward,
    forward_to,
    handed_in,
    install,
    papers,
    path,
    place,
    refuse,
    send_back,
    shape,
    standing,
    step,
    without,
)

CONTENT = {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"}
STRAIGHT = ["isi", "teliti", "petunjuk", "konsep", "paraf", "teken", "nomori", "arsip"]


@pytest.fixture
def kantor(kantor):
    """The Sekretaris can sign too."""
    signer = str(kantor[SEKRETARIS].person_id)
    create_certificate(settings().data / "tte", signer, "Petugas Sekretaris", Secret(PASSPHRASE))
    return kantor


@pytest.fixture
def begun(monkeypatch, kantor):
    """A file of ``izin_papan`` with these changes, handed in."""

    def begin(*changes):
        sop = install(monkeypatch, shape("izin_papan", *changes))
        return sop, handed_in(sop, person(), CONTENT)

    return begin


def kinds(p):
    with unit_of_work() as s:
        return s.scalars(select(Draft.kind).where(Draft.permohonan_id == p).order_by(Draft.nomor_draft)).all()


def told(p):
    with unit_of_work() as s:
        rows = select(Notice.kind).where(Notice.permohonan_id == p, Notice.channel == "lonceng")
        return s.scalars(rows.order_by(Notice.created_at)).all()


def paper(p, tmp_path):
    """What the draft in force prints."""
    with unit_of_work() as s:
        sha256 = s.scalars(select(Draft.docx_sha256).where(Draft.permohonan_id == p, Draft.voided_at.is_(None))).one()
    (tmp_path / "a.docx").write_bytes(store(p).get(sha256))
    return "\n".join(paragraph.text for paragraph in Document(str(tmp_path / "a.docx")).paragraphs)


def test_the_office_works_on_after_the_signature_and_ends_it(kantor, begun):
    """Signed by the Sekretaris; numbered and filed afterwards; the applicant has it from the signature on."""
    sop, p = begun()
    forward_to(p, sop, kantor, "nomori")
    assert standing(p) == ("terbit", "terbit")
    assert told(p) == ["diterima", "terbit"]
    with unit_of_work() as s:
        document, signing = sk_of(s.connection(), p)
        assert (document.title, document.nomor, signing) == ("Izin Papan Nama", "510/001/2026", False)
    forward(p, sop, kantor)
    assert (place(p), standing(p)) == ("arsip", ("terbit", "terbit"))
    forward(p, sop, kantor)
    assert (place(p), standing(p)) == (None, ("selesai", "terbit"))
    assert path(p) == STRAIGHT
    assert told(p) == ["diterima", "terbit"]
    assert verify_all()[1] == []


def test_after_the_signature_clocks_run_on_and_the_desk_is_late_like_any_other(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "nomori")
    desk = at_desk(p)
    with unit_of_work() as s:
        assert s.get_one(Tugas, desk.tugas_id).tenggat == WEDNESDAY + timedelta(minutes=15)
    sweep_escalations(now=WEDNESDAY + timedelta(hours=1))
    with unit_of_work() as s:
        levels = s.scalars(select(Eskalasi.level).where(Eskalasi.tugas_id == desk.tugas_id).order_by(Eskalasi.id)).all()
        assert levels == ["pengingat", "lewat", "dua_kali"]
    assert [t.level for t in raised_on(p)] == levels
    assert verify_all()[1] == []


def test_what_is_signed_goes_back_nowhere_and_cannot_be_withdrawn(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "nomori")
    with pytest.raises(NotAllowedYet):
        send_back(p, kantor, "konsep")
    with pytest.raises(NotAllowedYet):
        refuse(p, kantor)
    with unit_of_work() as s:
        pemohon = s.scalars(select(Tugas.actor).where(Tugas.permohonan_id == p, Tugas.langkah == "isi")).one()
    with pytest.raises(NotAllowedYet):
        withdraw(p, actor=pemohon, now=WEDNESDAY)


@pytest.mark.parametrize("desk", ["teliti", "petunjuk"])
def test_any_flagged_desk_before_the_draft_may_refuse(kantor, begun, desk, tmp_path):
    """What is refused goes straight to where the letter is drafted, with the reason of the desk that refused."""
    sop, p = begun()
    forward_to(p, sop, kantor, desk)
    refuse(p, kantor, reason="Papan menutup rambu lalu lintas.")
    assert (place(p), standing(p)) == ("konsep", ("berjalan", "tolak"))
    forward(p, sop, kantor)
    assert kinds(p) == ["penolakan"]
    assert "Papan menutup rambu lalu lintas." in paper(p, tmp_path)
    forward_to(p, sop, kantor, None)
    assert standing(p) == ("ditolak", "tolak")
    assert told(p) == ["diterima", "ditolak"]
    with unit_of_work() as s:
        assert s.scalars(select(Sk.kind)).all() == ["penolakan"]
    assert verify_all()[1] == []


def test_a_refusal_after_the_draft_has_it_drafted_anew_and_approved_anew(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "paraf")
    refuse(p, kantor)
    assert (place(p), standing(p)) == ("konsep", ("berjalan", "tolak"))
    with pytest.raises(NotAllowedYet, match="Susun naskah dahulu"):
        decide_at(p, kantor[BACK_OFFICE], KeputusanKind.SETUJUI)
    forward_to(p, sop, kantor, "teken")
    assert kinds(p) == ["izin", "penolakan"]
    with unit_of_work() as s:
        assert s.scalars(select(Approval.person_id)).all() == [kantor[KABID_PERIZINAN].person_id]
    forward_to(p, sop, kantor, None)
    assert standing(p) == ("ditolak", "tolak")
    assert path(p) == [*STRAIGHT[:5], "konsep", "paraf", "teken", "nomori", "arsip"]
    assert verify_all()[1] == []


def test_who_refused_after_the_draft_takes_it_back_by_sending_it_back(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "paraf")
    refuse(p, kantor)
    forward_to(p, sop, kantor, "paraf")
    with pytest.raises(NotAllowedYet):
        refuse(p, kantor)
    send_back(p, kantor, "konsep")
    assert standing(p) == ("berjalan", "terbit")
    with pytest.raises(NotAllowedYet, match="Susun naskah dahulu"):
        decide_at(p, kantor[BACK_OFFICE], KeputusanKind.SETUJUI)
    forward_to(p, sop, kantor, None)
    assert (kinds(p), standing(p)) == (["izin", "penolakan", "izin"], ("selesai", "terbit"))
    assert verify_all()[1] == []


def test_a_refusal_before_the_draft_is_taken_back_by_sending_it_on(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "petunjuk")
    refuse(p, kantor)
    forward_to(p, sop, kantor, "paraf")
    send_back(p, kantor, "petunjuk")
    forward(p, sop, kantor)
    assert (place(p), standing(p)) == ("konsep", ("berjalan", "terbit"))
    forward_to(p, sop, kantor, None)
    assert (kinds(p), standing(p)) == (["penolakan", "izin"], ("selesai", "terbit"))
    assert verify_all()[1] == []


def test_the_refusal_of_one_desk_stands_whatever_another_sends_on(kantor, begun):
    """Refused by the second desk; sent back to the first, which may refuse too and does not."""
    sop, p = begun(step("paraf", kembali_ke=["teliti", "petunjuk", "konsep"]))
    forward_to(p, sop, kantor, "petunjuk")
    refuse(p, kantor)
    forward_to(p, sop, kantor, "paraf")
    send_back(p, kantor, "teliti")
    forward(p, sop, kantor)
    assert (place(p), standing(p)) == ("paraf", ("berjalan", "tolak"))


SHAPES = {
    "nobody refuses": (
        [
            step("teliti", menolak=None),
            step("petunjuk", menolak=None),
            step("paraf", menolak=None),
            papers("izin", "tanda_terima"),
        ],
        STRAIGHT,
    ),
    "drafted before the recommendation": (
        [step("petunjuk", menolak=None), lambda d: _swapped(d, "petunjuk", "konsep")],
        ["isi", "teliti", "konsep", "petunjuk", "paraf", "teken", "nomori", "arsip"],
    ),
    "one signature and no approval": ([without("paraf")], [c for c in STRAIGHT if c != "paraf"]),
    "ends with the signature": ([without("nomori", "arsip")], STRAIGHT[:6]),
    "drafted by itself": ([step("konsep", menyusun=None, otomatis="susun_naskah")], STRAIGHT),
    "nothing is signed": (
        [
            step("teliti", menolak=None),
            step("petunjuk", menolak=None),
            without("konsep", "paraf", "teken"),
            papers("tanda_terima"),
        ],
        ["isi", "teliti", "petunjuk", "nomori", "arsip"],
    ),
}


def _swapped(d, one, other):
    rows = {row["kode"]: row for row in d["langkah"]}
    place = {one: d["langkah"].index(rows[one]), other: d["langkah"].index(rows[other])}
    d["langkah"][place[one]], d["langkah"][place[other]] = rows[other], rows[one]
    for no, row in enumerate(d["langkah"]):
        row["no"] = no + 1
        row["ke"] = d["langkah"][no + 1]["kode"] if no + 1 < len(d["langkah"]) else "selesai"
        row["kembali_ke"] = []


@pytest.mark.parametrize(("changes", "langkah"), SHAPES.values(), ids=SHAPES)
def test_every_shape_runs_to_its_end(kantor, begun, changes, langkah):
    sop, p = begun(*changes)
    forward_to(p, sop, kantor, None)
    assert (place(p), standing(p)) == (None, ("selesai", "terbit"))
    assert path(p) == langkah
    assert told(p) == ["diterima", "terbit" if sop.signing else "selesai"]
    assert verify_all()[1] == []


def test_five_approvals_are_given_by_five_persons(kantor, begun):
    def more(d):
        paraf = next(row for row in d["langkah"] if row["kode"] == "paraf")
        peran = ["dinas_teknis", "front_office", "kepala_dinas"]
        new = [{**paraf, "kode": f"paraf_{n}", "peran": p, "kembali_ke": []} for n, p in enumerate(peran)]
        d["langkah"][5:5] = new
        for no, row in enumerate(d["langkah"]):
            row["no"] = no + 1
            row["ke"] = d["langkah"][no + 1]["kode"] if no + 1 < len(d["langkah"]) else "selesai"

    sop, p = begun(more)
    forward_to(p, sop, kantor, None)
    with unit_of_work() as s:
        assert len(set(s.scalars(select(Approval.person_id)))) == 5
    assert standing(p) == ("selesai", "terbit")


def test_the_applicant_receives_and_the_office_files_it_afterwards(kantor, begun):
    sop, p = begun(step("nomori", peran="pemohon", keputusan="terima"))
    with unit_of_work() as s:
        pemohon = s.scalars(select(Tugas.actor).where(Tugas.permohonan_id == p, Tugas.langkah == "isi")).one()
    forward_to(p, sop, kantor, None)
    assert (place(p), standing(p)) == ("nomori", ("terbit", "terbit"))
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    assert (place(p), standing(p)) == ("arsip", ("terbit", "terbit"))
    forward(p, sop, kantor)
    assert standing(p) == ("selesai", "terbit")
    assert verify_all()[1] == []


def test_a_person_drafts_where_the_sop_says_so(kantor, begun):
    sop, p = begun()
    forward_to(p, sop, kantor, "konsep")
    desk = at_desk(p)
    assert not desk.automatic
    with pytest.raises(NotAllowedYet, match="Susun naskah dahulu"):
        decide_at(p, kantor[BACK_OFFICE], KeputusanKind.SETUJUI)
    forward(p, sop, kantor)
    assert place(p) == "paraf"
