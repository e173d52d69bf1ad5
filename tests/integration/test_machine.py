"""Any order of acts by anybody, on a real database: after each of them the office's promises hold."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from pipeline.db import connection, unit_of_work
from pipeline.documents.signing import OutcomeUnknown, Secret, ServiceUnavailable
from pipeline.errors import (
    DecidedAlready,
    InputInvalid,
    NaskahChanged,
    NotAllowedYet,
    NotFound,
    SamePerson,
    TakenAlready,
)
from pipeline.models import Approval, Draft, DraftAuthor, NomorRegister, Outbox, Permohonan, Sk, Tugas
from pipeline.queries.records.register import number_gaps
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk import sign as signing
from pipeline.services.desk.claim import claim, redraft, release
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import declare_unsigned, sign
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.file import check
from pipeline.sop.words import KeputusanKind
from tests.desks import KABID_PERIZINAN, SEKRETARIS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, office, person, submitted, work_off, write_bap
from tests.integration.test_sign import FakeSigner

REASON = "Periksa lagi jumlah pengurusnya."
OLD = (DecidedAlready, NaskahChanged, TakenAlready, NotFound, SamePerson, NotAllowedYet)
START = ("periksa", "rekomendasi", "paraf_kabid", "paraf_sekretaris", "tanda_tangan", "tanda_tangan")
WHO = st.sampled_from([0, 0, 1])
WHAT = (
    *("forward",) * 7,
    *("back",) * 4,
    *("change",) * 3,
    "take",
    "give_back",
    "an_old_form",
    "a_wrong_role",
    "withdraw",
)
LENGTH = 15
WORK = st.sampled_from([True, True, True, False])
PRESENT = {"terbit", "selesai"}


class Kantor:
    """Two persons per desk; the second of Kabid and of Sekretaris are one and the same."""

    def __init__(self) -> None:
        self.one = office()
        duplicate = person(KABID_PERIZINAN, SEKRETARIS, name="Rangkap")
        self.two = {
            p: Petugas(duplicate if p in {KABID_PERIZINAN, SEKRETARIS} else person(p, name=f"Kedua {p}"), p)
            for p in self.one
        }

    def at(self, peran: Peran, n: int) -> Petugas:
        return (self.one, self.two)[n][peran]


class File(RuleBasedStateMachine):
    """One application and everybody who may touch it."""

    kantor: Kantor

    @initialize(start=st.sampled_from(START))
    def begin(self, start: str) -> None:
        self.forms, self.edits, self.now, self.bap = [], 0, WEDNESDAY, None
        self.pemohon = person()
        self.p = submitted(self.pemohon)
        if start != "periksa":
            bring_to(self.p, start, self.kantor.one)
            self.bap = "terbit" if start != "rekomendasi" else None

    # what is there

    def row(self) -> Permohonan:
        with unit_of_work() as s:
            return s.get_one(Permohonan, self.p)

    def open(self) -> bool:
        return hasattr(self, "p") and self.row().langkah is not None

    def desk(self):
        """The open tugas; its form is kept, to be posted again later."""
        desk = at_desk(self.p)
        self.forms.append(desk)
        return desk

    def on(self, *langkah: str) -> bool:
        return self.open() and self.row().langkah in langkah

    def with_staff(self) -> bool:
        return self.open() and at_desk(self.p).peran != Peran.PEMOHON

    def tick(self):
        """The office's clock, a second later each time somebody acts."""
        self.now += timedelta(seconds=1)
        return self.now

    # what people do

    def workers(self) -> None:
        work_off(self.tick())

    @rule(n=WHO, what=st.sampled_from(WHAT), choose=st.integers(0, 5), kerja=WORK)
    def somebody(self, n: int, what: str, choose: int, kerja: bool) -> None:
        """Whoever has the file does something with it, or somebody tries what they may not."""
        if what == "an_old_form":
            self.an_old_form(n, choose)
        elif self.with_staff():
            desk = self.desk()
            actor = self.kantor.at(desk.peran, n if choose == 0 else self.holder(desk, n))
            with suppress(*OLD):
                getattr(self, what)(desk, actor, choose)
        else:
            self.applicant(choose)
        if kerja:
            self.workers()

    def holder(self, desk, n: int) -> int:
        """Who has taken the file, so that a taken one goes on most of the time."""
        with unit_of_work() as s:
            taken = s.get_one(Tugas, desk.tugas_id).taken_by
        return next((k for k in (0, 1) if self.kantor.at(desk.peran, k).person_id == taken), n)

    def applicant(self, choose: int) -> None:
        if self.on("ajukan"):
            self.correct(change=choose > 1)
        elif self.on("terima_sk"):
            accept_sk(self.p, actor=self.pemohon, now=self.tick())

    def forward(self, desk, actor: Petugas, choose: int) -> None:
        kind = SOP[desk.langkah].keputusan
        if desk.langkah == "tanda_tangan":
            return self.press_sign(desk, actor, choose)
        if (desk.langkah == "rekomendasi" and self.bap is None) or (desk.langkah == "susun_sk" and choose % 2):
            self.change(desk, actor, choose)
            desk = self.desk()
        if desk.langkah == "rekomendasi" and self.bap == "tolak":
            kind = KeputusanKind.TOLAK
        self.decide(desk, Keputusan(kind=kind, reason=REASON), actor)
        return None

    def back(self, desk, actor: Petugas, choose: int) -> None:
        purpose = SOP[desk.langkah].returns_to[choose % len(SOP[desk.langkah].returns_to)]
        items = (Request("isian", "uraian_kegiatan", "Jelaskan lagi."),) if purpose == "ajukan" and choose % 2 else ()
        self.decide(
            desk, Keputusan(kind=KeputusanKind.KEMBALIKAN, target=purpose, reason=REASON, requests=items), actor
        )

    def decide(self, desk, keputusan: Keputusan, actor: Petugas) -> None:
        decide(desk.tugas_id, keputusan, actor=actor, seen=desk.seen, now=self.tick())

    def change(self, desk, actor: Petugas, choose: int) -> None:
        """The BAP, or the additions to the draft."""
        if desk.langkah == "rekomendasi":
            eligible = choose > 0
            write_bap(self.p, actor, eligible=eligible, kunjungan=max(choose, 1), now=self.tick())
            self.bap = "terbit" if eligible else "tolak"
        elif desk.langkah == "susun_sk":
            additions = {"pertimbangan": f"Tambahan {choose}.", "tembusan": []}
            redraft(desk.tugas_id, additions, actor=actor, now=self.tick())

    def take(self, desk, actor: Petugas, _: int) -> None:
        claim(desk.tugas_id, actor=actor, now=self.tick())

    def give_back(self, desk, actor: Petugas, _: int) -> None:
        release(desk.tugas_id, actor=actor, now=self.tick())

    def press_sign(self, desk, actor: Petugas, choose: int) -> None:
        answer = (None, None, None, None, ServiceUnavailable(), OutcomeUnknown())[choose]
        signing.signing_service = lambda _: FakeSigner(answer)
        with suppress(ServiceUnavailable, OutcomeUnknown):
            sign(desk.tugas_id, Secret("x"), actor=actor, seen=desk.seen, now=self.tick())
        if answer is not None:
            with suppress(*OLD):
                declare_unsigned(desk.tugas_id, actor=actor, now=self.tick())

    def correct(self, *, change: bool) -> None:
        """What was asked for has to be changed: sent as it was, it is refused."""
        self.edits += change
        try:
            self.send_again()
        except InputInvalid:
            assert not change
            self.edits += 1
            self.send_again()

    def send_again(self) -> None:
        isian = {"uraian_kegiatan": f"Mengasuh anak, perbaikan {self.edits}."}
        save_isian(self.p, isian, actor=self.pemohon, now=self.tick())
        nomor = submit(self.p, actor=self.pemohon, privacy_version="1", now=self.tick())
        assert nomor == self.row().nomor == submit(self.p, actor=self.pemohon, privacy_version="1", now=self.tick())

    def withdraw(self, _desk, _by, choose: int) -> None:
        if choose == 0 and len(self.forms) > LENGTH:
            withdraw(self.p, actor=self.pemohon, now=self.tick())

    def an_old_form(self, n: int, choose: int) -> None:
        """A form of a tugas that is closed, or has changed, does nothing."""
        if not self.forms:
            return
        old = self.forms[-1 - choose % len(self.forms)]
        if self.open() and (current := at_desk(self.p)).tugas_id == old.tugas_id and current.seen == old.seen:
            return
        if old.peran == Peran.PEMOHON:
            return
        kind = KeputusanKind.KEMBALIKAN if choose % 2 else SOP[old.langkah].keputusan
        k = Keputusan(kind=kind, target=SOP[old.langkah].returns_to[0], reason=REASON)
        self.refused(
            lambda: decide(old.tugas_id, k, actor=self.kantor.at(old.peran, n), seen=old.seen, now=self.tick()), OLD
        )

    def a_wrong_role(self, desk, _by, choose: int) -> None:
        langkah = SOP.langkah[1 + choose]
        if langkah.peran == desk.peran:
            return
        k = Keputusan(kind=SOP[desk.langkah].keputusan, reason=REASON)
        actor = self.kantor.at(langkah.peran, 0)
        self.refused(lambda: decide(desk.tugas_id, k, actor=actor, seen=desk.seen, now=self.tick()), NotFound)
        self.refused(lambda: claim(desk.tugas_id, actor=actor, now=self.tick()), NotFound)

    def refused(self, act, how) -> None:
        before = self.row().version
        with pytest.raises(how):
            act()
        assert self.row().version == before

    # what always holds

    @invariant()
    def one_open_tugas_and_its_message(self) -> None:
        if not hasattr(self, "p"):
            return
        with unit_of_work() as s:
            tugas = s.scalars(select(Tugas).where(Tugas.permohonan_id == self.p)).all()
            message = s.scalars(
                select(Outbox.tugas_id).where(Outbox.permohonan_id == self.p, Outbox.task.like("sop.%"))
            )
            on_duty = list(message)
            langkah = s.scalar(select(Permohonan.langkah).where(Permohonan.id == self.p))
            opened = [t.langkah for t in tugas if t.closed_at is None]
            assert opened == ([langkah] if langkah else [])
            assert len(on_duty) == len(set(on_duty)) == len(tugas) - 1  # the draft came without a message
            assert {t.id for t in tugas} > set(on_duty)

    @invariant()
    def history_and_tables_agree(self) -> None:
        if hasattr(self, "p"):
            with unit_of_work() as s:
                assert list(check(s.connection(), self.p)) == []

    @invariant()
    def approvals_are_of_this_draft_by_different_persons(self) -> None:
        if not hasattr(self, "p"):
            return
        with unit_of_work() as s:
            p = s.get_one(Permohonan, self.p)
            draft = s.scalar(select(Draft).where(Draft.permohonan_id == self.p, Draft.voided_at.is_(None)))
            if draft is None:
                return
            given = s.scalars(select(Approval).where(Approval.draft_id == draft.id, Approval.voided_at.is_(None))).all()
            person = [a.person_id for a in given]
            assert len(set(person)) == len(person)
            authors = set(s.scalars(select(DraftAuthor.person_id).where(DraftAuthor.draft_id == draft.id)))
            assert authors.isdisjoint({*person, *(a.on_behalf_of for a in given)})
            if p.langkah in {t.code for t in SOP.approval}:
                assert draft.content_digest == p.content_digest
                already = {t.code for t in SOP.approval if SOP.position(t.code) < SOP.position(p.langkah)}
                assert {a.langkah for a in given} >= already, "a desk was passed over"

    @invariant()
    def a_document_exists_if_and_only_if_it_was_signed(self) -> None:
        if not hasattr(self, "p"):
            return
        with unit_of_work() as s:
            status = s.get_one(Permohonan, self.p).status
            issued = s.scalars(select(Sk.kind).where(Sk.permohonan_id == self.p, Sk.status == "terbit")).all()
        assert issued == {"ditolak": ["penolakan"]}.get(status, ["sk"] if status in PRESENT else [])

    @invariant()
    def numbers_have_no_gap(self) -> None:
        with connection() as conn:
            assert number_gaps(conn) == ()
            held = conn.scalars(select(NomorRegister.permohonan_id).where(NomorRegister.permohonan_id.is_not(None)))
            assert sorted(held) == sorted(conn.scalars(select(Sk.permohonan_id)))


@pytest.fixture
def _fast(monkeypatch):
    """The walk changes the signer; it is put back."""
    monkeypatch.setattr(signing, "signing_service", signing.signing_service)


@pytest.mark.attack("D01")
@pytest.mark.usefixtures("_fast")
def test_whatever_people_do_the_promises_hold():
    File.kantor = Kantor()
    run_state_machine_as_test(
        File,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
