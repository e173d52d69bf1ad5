"""Words have an author, whatever carries them on: who wrote part of what is approved approves none of it."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pipeline.db import unit_of_work
from pipeline.documents.signing import WrongPassphrase
from pipeline.errors import InputInvalid, NotAuthorised, SamePerson
from pipeline.models import Account, Approval, Draft, DraftAuthor, Penugasan, Permohonan, Person
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.roles import Peran
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.claim import claim, redraft, release
from pipeline.services.people.accounts import create_petugas
from pipeline.services.people.actor import Petugas
from pipeline.services.people.grants import identify
from pipeline.services.records.persons import note_person
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import (
    SOP,
    WEDNESDAY,
    at_desk,
    bring_to,
    data_of,
    decide_at,
    filled_in,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.integration.test_sign import press
from tests.owner import as_owner

KABID, BACK, TECHNICAL = KABID_PERIZINAN, BACK_OFFICE, DINAS_TEKNIS
WORDS = {"pertimbangan": "Lembaga ini membina tiga puluh anak.", "tembusan": []}
WITHOUT_WORDS = {"pertimbangan": "", "tembusan": []}


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


@pytest.fixture
def p(kantor):
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "paraf_kabid", kantor)
    return permohonan_id


def give_back(p, kantor, target):
    desk = at_desk(p)
    decide_at(
        p, kantor[desk.peran], KeputusanKind.KEMBALIKAN, target=target, reason="Perbaiki tembusannya lebih dahulu."
    )


def add_words(p, kantor, actor, word=WORDS):
    """At the Back Office, with the file on its way back to the Kabid."""
    give_back(p, kantor, "susun_sk")
    redraft(at_desk(p).tugas_id, word, actor=actor, now=WEDNESDAY)
    decide_at(p, actor, KeputusanKind.SETUJUI)


def substitute(who, main, peran):
    """Plh. of that person, this week."""
    with unit_of_work() as s:
        s.add(
            Penugasan(
                person_id=who,
                peran=peran,
                jabatan=peran.name,
                basis="plh",
                assignment_letter="800/1/2026",
                replaces=main,
                start_date=date(2026, 11, 24),
                end_date=date(2026, 11, 30),
                created_at=WEDNESDAY,
            )
        )
        note_person(s, who, "delegasi", {}, actor=None, now=WEDNESDAY)
    return Petugas(who, peran)


def approve(p, actor):
    return decide_at(p, actor, KeputusanKind.SETUJUI)


def refused(p, actor):
    with pytest.raises(SamePerson, match="ikut menulis yang disetujui"):
        approve(p, actor)
    return True


def nik_of(p, code="ketua_nik"):
    return str(data_of(p)[code])


def test_words_that_an_automatic_redraft_carries_on_keep_their_author(kantor, p):
    """The Back Office's words, a return to the Rekomendasi, the machine drafts again: she, now also Kabid, may not."""
    both = person(BACK, KABID)
    add_words(p, kantor, Petugas(both, BACK))
    give_back(p, kantor, "rekomendasi")
    write_bap(p, kantor[TECHNICAL], kunjungan=2)
    decide_at(p, kantor[TECHNICAL], KeputusanKind.KIRIM)
    work_off()
    with unit_of_work() as s:
        draft = s.scalars(select(Draft).where(Draft.voided_at.is_(None))).one()
    assert (draft.additions, draft.drafter_id) == (WORDS, None)
    assert refused(p, Petugas(both, KABID))
    approve(p, kantor[KABID])


def test_who_wrote_before_another_rewrote_still_wrote(kantor, p):
    first, second = person(BACK, KABID), person(BACK)
    add_words(p, kantor, Petugas(first, BACK))
    add_words(p, kantor, Petugas(second, BACK), {**WORDS, "tembusan": ["Camat Banjarbaru Utara"]})
    assert refused(p, Petugas(first, KABID))


def test_words_that_were_taken_out_have_no_author_any_more(kantor, p):
    first = person(BACK, KABID)
    add_words(p, kantor, Petugas(first, BACK))
    add_words(p, kantor, kantor[BACK], WITHOUT_WORDS)
    approve(p, Petugas(first, KABID))


@pytest.mark.parametrize("replacement", ["sebagai penulis", "atas nama penulis"])
def test_a_substitute_and_the_one_they_stand_in_for_count_as_one(kantor, p, replacement):
    author, other = person(BACK, KABID), person()
    if replacement == "sebagai penulis":  # the words are written in the author's place: both wrote them
        add_words(p, kantor, substitute(other, author, BACK))
        assert refused(p, Petugas(author, KABID))
    else:
        add_words(p, kantor, Petugas(author, BACK))
        assert refused(p, substitute(other, author, KABID))


@pytest.mark.parametrize("what", ["menyimpan BAP", "mengirim Rekomendasi"])
def test_who_wrote_the_bap_or_sent_the_rekomendasi_does_not_approve_the_decree(kantor, what):
    inspector = person(TECHNICAL, KABID)
    saves, sends = (inspector, None) if what == "menyimpan BAP" else (None, inspector)
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    actor = Petugas(saves, TECHNICAL) if saves else kantor[TECHNICAL]
    write_bap(p, actor)
    release(at_desk(p).tugas_id, actor=actor, now=WEDNESDAY)
    decide_at(p, Petugas(sends, TECHNICAL) if sends else kantor[TECHNICAL], KeputusanKind.KIRIM)
    bring_to(p, "paraf_kabid", kantor)
    assert refused(p, Petugas(inspector, KABID))
    approve(p, kantor[KABID])


@pytest.mark.parametrize("noted", ["before the draft", "after the draft"])
@pytest.mark.parametrize("replaces", [False, True], ids=["for oneself", "for another"])
def test_a_member_of_the_inspection_team_is_known_by_nip(kantor, noted, replaces):
    """The BAP names them; they need not have typed it."""
    member = person(KABID)
    p = submitted(person())
    if noted == "after the draft":
        bring_to(p, "paraf_kabid", kantor)
    with unit_of_work() as s:
        s.get_one(Person, member).nip = "19790512 200501 1 003"  # of the sample BAP, written there without spaces
        note_person(s, member, "identitas_dicatat", {}, actor=None, now=WEDNESDAY)
    bring_to(p, "paraf_kabid", kantor)
    assert refused(p, substitute(person(), member, KABID) if replaces else Petugas(member, KABID))
    approve(p, kantor[KABID])


@pytest.mark.attack("D08")
@pytest.mark.parametrize("code", ["ketua_nik", "sekretaris_nik", "bendahara_nik"])
def test_an_officer_who_is_the_applicant_under_another_account_is_known_by_nik(kantor, code):
    p = submitted(person())
    officer = person(TECHNICAL, KABID, nik=nik_of(p, code))
    bring_to(p, "rekomendasi", kantor)
    with pytest.raises(NotAuthorised, match="permohonan Anda sendiri"):
        claim(at_desk(p).tugas_id, actor=Petugas(officer, TECHNICAL), now=WEDNESDAY)
    bring_to(p, "paraf_kabid", kantor)
    with pytest.raises(NotAuthorised, match="permohonan Anda sendiri"):
        approve(p, Petugas(officer, KABID))


def test_nobody_approves_in_the_place_of_the_applicant(kantor):
    p = submitted(person())
    officer = person(KABID, nik=nik_of(p))
    bring_to(p, "paraf_kabid", kantor)
    assert refused(p, substitute(person(), officer, KABID))


def test_a_nik_noted_after_the_draft_was_made_counts_at_once(kantor, p):
    officer = person(KABID)
    with unit_of_work() as s:
        from pipeline.services.people.identity import nik_index

        s.get_one(Person, officer).nik_index = nik_index(nik_of(p))
        note_person(s, officer, "identitas_dicatat", {}, actor=None, now=WEDNESDAY)
    with pytest.raises(NotAuthorised, match="permohonan Anda sendiri"):
        approve(p, Petugas(officer, KABID))


def test_the_signer_is_no_author_either(kantor):
    """The Kepala Dinas wrote the BAP in an earlier post."""
    p = submitted(person())
    head = kantor[KEPALA_DINAS].person_id
    with unit_of_work() as s:
        s.add(
            Penugasan(
                person_id=head, peran=TECHNICAL, jabatan="Pengawas", start_date=date(2026, 1, 1), created_at=WEDNESDAY
            )
        )
        note_person(s, head, "peran_diberikan", {}, actor=None, now=WEDNESDAY)
    bring_to(p, "rekomendasi", kantor)
    write_bap(p, Petugas(head, TECHNICAL))
    decide_at(p, Petugas(head, TECHNICAL), KeputusanKind.KIRIM)
    bring_to(p, "tanda_tangan", kantor)
    with pytest.raises(SamePerson):
        press(p, kantor)


@pytest.mark.attack("D07")
def test_the_database_refuses_the_approval_of_every_author(kantor, p):
    """Raw SQL as the application's own role: by themselves, on their behalf, or by forgetting who wrote."""
    author = person(BACK)
    add_words(p, kantor, Petugas(author, BACK))
    with unit_of_work() as s:
        draft_id = s.scalars(select(Draft.id).where(Draft.voided_at.is_(None))).one()
        authors = set(s.scalars(select(DraftAuthor.person_id).where(DraftAuthor.draft_id == draft_id)))
        pemohon = s.get_one(Permohonan, p).pemohon_id
    assert {author, pemohon, kantor[TECHNICAL].person_id} <= authors
    other = kantor[SEKRETARIS].person_id
    for who, on_behalf_of in [(a, None) for a in authors] + [(other, a) for a in authors]:
        row = Approval(
            permohonan_id=p,
            draft_id=draft_id,
            langkah="paraf_kabid",
            person_id=who,
            on_behalf_of=on_behalf_of,
            acting_as="Kabid",
            at=WEDNESDAY,
        )
        with pytest.raises(DBAPIError, match="penulis naskah tidak menyetujuinya"), unit_of_work() as s:
            s.add(row)
    for sql in ("DELETE FROM draft_author", "UPDATE draft_author SET person_id = :other", "TRUNCATE draft_author"):
        with pytest.raises(DBAPIError, match="hanya boleh ditambah"), as_owner() as s:
            s.execute(text(sql), {"other": other} if ":other" in sql else {})


def test_the_history_names_who_redrafted(kantor, p):
    add_words(p, kantor, kantor[BACK])
    drafted = [k.actor for k in read_riwayat(p, SOP) if k.title == "Draf disusun"]
    assert drafted == ["Sistem", "Petugas Back Office, Back Office"]


def test_a_failed_attempt_of_a_substitute_is_told_under_their_title(kantor):
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    plh = substitute(person(name="Gusti Rahman"), kantor[KEPALA_DINAS].person_id, KEPALA_DINAS)
    from pipeline.documents.signing import Secret
    from pipeline.documents.signing.local import create_certificate
    from pipeline.services.desk.sign import sign
    from pipeline.settings import settings

    create_certificate(settings().data / "tte", str(plh.person_id), "Gusti Rahman", Secret("frasa"))
    desk = at_desk(p)
    with pytest.raises(WrongPassphrase):
        sign(desk.tugas_id, Secret("salah"), actor=plh, seen=desk.seen, now=WEDNESDAY)
    [failed] = [k for k in read_riwayat(p, SOP) if k.title.startswith("Tanda tangan tidak berhasil")]
    assert failed.actor == "Gusti Rahman, Plh. Kepala Dinas menggantikan Petugas Kepala Dinas"


class TestOneHuman:
    """A second account of the same person is refused, saying whose the first is."""

    @pytest.mark.parametrize("nip", ["19850110 201001 1 001", "198501102010011001", "19850110.201001-1.001"])
    def test_a_nip_in_any_spelling_is_one_person(self, nip):
        make(nip="19850110 201001 1 001", email="satu@uji.test")
        with pytest.raises(InputInvalid) as refusal:
            make(nip=nip, email="dua@uji.test")
        assert "Rina, akun satu@uji.test" in refusal.value.errors["nip"]

    def test_a_number_that_was_noted_is_not_written_over(self):
        """Who could change it would be a second person under the old one, and approve what they wrote."""
        admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
        make(nip="19850110 201001 1 001", email="satu@uji.test")
        with unit_of_work() as s:
            account_id = s.scalars(select(Account.id).where(Account.email == "satu@uji.test")).one()
        identify(account_id, "19850110 201001 1 001", "6372014505800001", actor=admin, now=WEDNESDAY)
        for nip, nik in (("19900101 201501 1 009", ""), ("", "6372014505800002")):
            with pytest.raises(InputInvalid) as refusal:
                identify(account_id, nip, nik, actor=admin, now=WEDNESDAY)
            assert "tidak dapat diganti" in refusal.value.errors["nip" if nip else "nik"]
        with pytest.raises(InputInvalid):
            make(nip="19850110 201001 1 001", email="dua@uji.test")

    @pytest.mark.parametrize("nik", ["6372014505800001", "63.7201 450580 0001"])
    def test_a_nik_is_one_person_whatever_the_nip(self, nik):
        make(nip="19850110 201001 1 001", nik="6372014505800001", email="satu@uji.test")
        with pytest.raises(InputInvalid) as refusal:
            make(nip="", nik=nik, email="dua@uji.test", name="Nama Lain")
        assert "Rina, akun satu@uji.test" in refusal.value.errors["nik"]

    def test_the_nik_itself_is_not_in_the_database(self, db):
        make(nik="6372014505800001", email="satu@uji.test")
        with db.connect() as conn:
            row = str(conn.execute(text("SELECT t::text FROM orang t")).scalar_one())
        assert "6372014505800001" not in row

    def test_two_administrators_at_once_make_one(self):
        gate, refusals = threading.Barrier(2), []

        def go(n):
            gate.wait()
            try:
                make(nip="19850110 201001 1 001", email=f"{n}@uji.test")
            except InputInvalid as e:
                refusals.append(e.errors["nip"])

        threads = [threading.Thread(target=go, args=(n,)) for n in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(refusals) == 1
        with unit_of_work() as s:
            assert len(s.scalars(select(Account.id)).all()) == 1

    def test_the_database_knows_a_nip_in_another_spelling(self, db):
        make(nip="19850110 201001 1 001", email="satu@uji.test")
        with pytest.raises(DBAPIError, match="uq_orang_nip"), unit_of_work() as s:
            s.add(Person(name="Rina", nip="198501102010011001", created_at=WEDNESDAY))


def make(*, nip="", nik="", email, name="Rina"):
    penugasan = [(KABID, "Kabid", WEDNESDAY.date() - timedelta(days=1))]
    return create_petugas(name, nip, email, "", "sandi-uji-panjang", nik=nik, penugasan=penugasan, now=WEDNESDAY)


@pytest.mark.attack("D08")
def test_who_files_for_others_under_a_private_account_is_known_by_their_own_nik(kantor):
    """They name three other people; that they fill it in themselves, their NIK says."""
    pemohon, nik = person(), "6372014505800001"
    p = filled_in(pemohon)
    save_isian(p, {"pemohon_nik": nik}, actor=pemohon, now=WEDNESDAY)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    officer = person(KABID, nik=nik)
    bring_to(p, "paraf_kabid", kantor)
    with pytest.raises(NotAuthorised, match="permohonan Anda sendiri"):
        approve(p, Petugas(officer, KABID))
