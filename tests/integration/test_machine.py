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
from pipeline.sop.values import KeputusanKind
from tests.factories import RABU, SOP, at_desk, bring_to, office, person, submitted, work_off, write_bap
from tests.integration.test_sign import FakeSigner

REASON = "Periksa lagi jumlah pengurusnya."
LAMA = (DecidedAlready, NaskahChanged, TakenAlready, NotFound, SamePerson, NotAllowedYet)
START = ("periksa", "rekomendasi", "paraf_kabid", "paraf_sekretaris", "tanda_tangan", "tanda_tangan")
SIAPA = st.sampled_from([0, 0, 1])
WHAT = (
    *("forward",) * 7, *("back",) * 4, *("change",) * 3, "take", "give_back", "an_old_form", "a_wrong_role", "withdraw",
)  # fmt: skip
LENGTH = 15
WORK = st.sampled_from([True, True, True, False])
ADA = {"terbit", "selesai"}


class Kantor:
    """Two persons per desk; the second of Kabid and of Sekretaris are one and the same."""

    def __init__(self) -> None:
        self.satu = office()
        rangkap = person(Peran.KABID_PERIZINAN, Peran.SEKRETARIS, nama="Rangkap")
        self.dua = {
            p: Petugas(rangkap if p in {Peran.KABID_PERIZINAN, Peran.SEKRETARIS} else person(p, nama=f"Kedua {p}"), p)
            for p in self.satu
        }

    def at(self, peran: Peran, n: int) -> Petugas:
        return (self.satu, self.dua)[n][peran]


class File(RuleBasedStateMachine):
    """One application and everybody who may touch it."""

    kantor: Kantor

    @initialize(mulai=st.sampled_from(START))
    def begin(self, mulai: str) -> None:
        self.forms, self.edits, self.now, self.bap = [], 0, RABU, None
        self.pemohon = person()
        self.p = submitted(self.pemohon)
        if mulai != "periksa":
            bring_to(self.p, mulai, self.kantor.satu)
            self.bap = "terbit" if mulai != "rekomendasi" else None

    # what is there

    def row(self) -> Permohonan:
        with unit_of_work() as s:
            return s.get_one(Permohonan, self.p)

    def open(self) -> bool:
        return hasattr(self, "p") and self.row().langkah is not None

    def meja(self):
        """The open tugas; its form is kept, to be posted again later."""
        meja = at_desk(self.p)
        self.forms.append(meja)
        return meja

    def on(self, *langkah: str) -> bool:
        return self.open() and self.row().langkah in langkah

    def with_staff(self) -> bool:
        return self.open() and at_desk(self.p).peran is not Peran.PEMOHON

    def tick(self):
        """The office's clock, a second later each time somebody acts."""
        self.now += timedelta(seconds=1)
        return self.now

    # what people do

    def workers(self) -> None:
        work_off(self.tick())

    @rule(n=SIAPA, apa=st.sampled_from(WHAT), pilih=st.integers(0, 5), kerja=WORK)
    def somebody(self, n: int, apa: str, pilih: int, kerja: bool) -> None:
        """Whoever has the file does something with it, or somebody tries what they may not."""
        if apa == "an_old_form":
            self.an_old_form(n, pilih)
        elif self.with_staff():
            meja = self.meja()
            oleh = self.kantor.at(meja.peran, n if pilih == 0 else self.holder(meja, n))
            with suppress(*LAMA):
                getattr(self, apa)(meja, oleh, pilih)
        else:
            self.applicant(pilih)
        if kerja:
            self.workers()

    def holder(self, meja, n: int) -> int:
        """Who has taken the file, so that a taken one goes on most of the time."""
        with unit_of_work() as s:
            diambil = s.get_one(Tugas, meja.tugas_id).taken_by
        return next((k for k in (0, 1) if self.kantor.at(meja.peran, k).person_id == diambil), n)

    def applicant(self, pilih: int) -> None:
        if self.on("ajukan"):
            self.correct(ubah=pilih > 1)
        elif self.on("terima_sk"):
            accept_sk(self.p, oleh=self.pemohon, now=self.tick())

    def forward(self, meja, oleh: Petugas, pilih: int) -> None:
        jenis = SOP[meja.langkah].keputusan
        if meja.langkah == "tanda_tangan":
            return self.press_sign(meja, oleh, pilih)
        if (meja.langkah == "rekomendasi" and self.bap is None) or (meja.langkah == "susun_sk" and pilih % 2):
            self.change(meja, oleh, pilih)
            meja = self.meja()
        if meja.langkah == "rekomendasi" and self.bap == "tolak":
            jenis = KeputusanKind.TOLAK
        self.decide(meja, Keputusan(jenis=jenis, alasan=REASON), oleh)
        return None

    def back(self, meja, oleh: Petugas, pilih: int) -> None:
        tujuan = SOP[meja.langkah].kembali_ke[pilih % len(SOP[meja.langkah].kembali_ke)]
        items = (Request("isian", "uraian_kegiatan", "Jelaskan lagi."),) if tujuan == "ajukan" and pilih % 2 else ()
        self.decide(meja, Keputusan(jenis=KeputusanKind.KEMBALIKAN, ke=tujuan, alasan=REASON, permintaan=items), oleh)

    def decide(self, meja, keputusan: Keputusan, oleh: Petugas) -> None:
        decide(meja.tugas_id, keputusan, oleh=oleh, seen=meja.seen, now=self.tick())

    def change(self, meja, oleh: Petugas, pilih: int) -> None:
        """The BAP, or the additions to the draft."""
        if meja.langkah == "rekomendasi":
            layak = pilih > 0
            write_bap(self.p, oleh, layak=layak, kunjungan=max(pilih, 1), now=self.tick())
            self.bap = "terbit" if layak else "tolak"
        elif meja.langkah == "susun_sk":
            tambahan = {"pertimbangan": f"Tambahan {pilih}.", "tembusan": []}
            redraft(meja.tugas_id, tambahan, oleh=oleh, now=self.tick())

    def take(self, meja, oleh: Petugas, _: int) -> None:
        claim(meja.tugas_id, oleh=oleh, now=self.tick())

    def give_back(self, meja, oleh: Petugas, _: int) -> None:
        release(meja.tugas_id, oleh=oleh, now=self.tick())

    def press_sign(self, meja, oleh: Petugas, pilih: int) -> None:
        jawaban = (None, None, None, None, ServiceUnavailable(), OutcomeUnknown())[pilih]
        signing.penandatangan = lambda _: FakeSigner(jawaban)
        with suppress(ServiceUnavailable, OutcomeUnknown):
            sign(meja.tugas_id, Secret("x"), oleh=oleh, seen=meja.seen, now=self.tick())
        if jawaban is not None:
            with suppress(*LAMA):
                declare_unsigned(meja.tugas_id, oleh=oleh, now=self.tick())

    def correct(self, *, ubah: bool) -> None:
        """What was asked for has to be changed: sent as it was, it is refused."""
        self.edits += ubah
        try:
            self.send_again()
        except InputInvalid:
            assert not ubah
            self.edits += 1
            self.send_again()

    def send_again(self) -> None:
        isian = {"uraian_kegiatan": f"Mengasuh anak, perbaikan {self.edits}."}
        save_isian(self.p, isian, oleh=self.pemohon, now=self.tick())
        nomor = submit(self.p, oleh=self.pemohon, privacy_version="1", now=self.tick())
        assert nomor == self.row().nomor == submit(self.p, oleh=self.pemohon, privacy_version="1", now=self.tick())

    def withdraw(self, _desk, _by, pilih: int) -> None:
        if pilih == 0 and len(self.forms) > LENGTH:
            withdraw(self.p, oleh=self.pemohon, now=self.tick())

    def an_old_form(self, n: int, pilih: int) -> None:
        """A form of a tugas that is closed, or has changed, does nothing."""
        if not self.forms:
            return
        lama = self.forms[-1 - pilih % len(self.forms)]
        if self.open() and (kini := at_desk(self.p)).tugas_id == lama.tugas_id and kini.seen == lama.seen:
            return
        if lama.peran is Peran.PEMOHON:
            return
        jenis = KeputusanKind.KEMBALIKAN if pilih % 2 else SOP[lama.langkah].keputusan
        k = Keputusan(jenis=jenis, ke=SOP[lama.langkah].kembali_ke[0], alasan=REASON)
        self.refused(
            lambda: decide(lama.tugas_id, k, oleh=self.kantor.at(lama.peran, n), seen=lama.seen, now=self.tick()), LAMA
        )

    def a_wrong_role(self, meja, _by, pilih: int) -> None:
        langkah = SOP.langkah[1 + pilih]
        if langkah.peran is meja.peran:
            return
        k = Keputusan(jenis=SOP[meja.langkah].keputusan, alasan=REASON)
        oleh = self.kantor.at(langkah.peran, 0)
        self.refused(lambda: decide(meja.tugas_id, k, oleh=oleh, seen=meja.seen, now=self.tick()), NotFound)
        self.refused(lambda: claim(meja.tugas_id, oleh=oleh, now=self.tick()), NotFound)

    def refused(self, act, how) -> None:
        before = self.row().versi
        with pytest.raises(how):
            act()
        assert self.row().versi == before

    # what always holds

    @invariant()
    def one_open_tugas_and_its_message(self) -> None:
        if not hasattr(self, "p"):
            return
        with unit_of_work() as s:
            tugas = s.scalars(select(Tugas).where(Tugas.permohonan_id == self.p)).all()
            pesan = s.scalars(select(Outbox.tugas_id).where(Outbox.permohonan_id == self.p, Outbox.task.like("sop.%")))
            bertugas = list(pesan)
            langkah = s.scalar(select(Permohonan.langkah).where(Permohonan.id == self.p))
            terbuka = [t.langkah for t in tugas if t.closed_at is None]
            assert terbuka == ([langkah] if langkah else [])
            assert len(bertugas) == len(set(bertugas)) == len(tugas) - 1  # the draft came without a message
            assert {t.id for t in tugas} > set(bertugas)

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
            orang = [a.person_id for a in given]
            assert len(set(orang)) == len(orang)
            authors = set(s.scalars(select(DraftAuthor.person_id).where(DraftAuthor.draft_id == draft.id)))
            assert authors.isdisjoint({*orang, *(a.on_behalf_of for a in given)})
            if p.langkah in {t.kode for t in SOP.persetujuan}:
                assert draft.content_digest == p.content_digest
                sudah = {t.kode for t in SOP.persetujuan if SOP.posisi(t.kode) < SOP.posisi(p.langkah)}
                assert {a.langkah for a in given} >= sudah, "a desk was passed over"

    @invariant()
    def a_document_exists_if_and_only_if_it_was_signed(self) -> None:
        if not hasattr(self, "p"):
            return
        with unit_of_work() as s:
            status = s.get_one(Permohonan, self.p).status
            issued = s.scalars(select(Sk.jenis).where(Sk.permohonan_id == self.p, Sk.status == "terbit")).all()
        assert issued == {"ditolak": ["penolakan"]}.get(status, ["sk"] if status in ADA else [])

    @invariant()
    def numbers_have_no_gap(self) -> None:
        with connection() as conn:
            assert number_gaps(conn) == ()
            held = conn.scalars(select(NomorRegister.permohonan_id).where(NomorRegister.permohonan_id.is_not(None)))
            assert sorted(held) == sorted(conn.scalars(select(Sk.permohonan_id)))


@pytest.fixture
def _fast(monkeypatch):
    """The walk changes the signer; it is put back."""
    monkeypatch.setattr(signing, "penandatangan", signing.penandatangan)


@pytest.mark.attack("D01")
@pytest.mark.usefixtures("_fast")
def test_whatever_people_do_the_promises_hold():
    File.kantor = Kantor()
    run_state_machine_as_test(
        File,
        settings=settings(
            max_examples=16, stateful_step_count=30, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
