"""Attempts to sign that end badly: none strands the file, none leaves history and tables apart, no date is untrue."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pipeline.db import unit_of_work
from pipeline.documents.signing import OutcomeUnknown, ServiceUnavailable
from pipeline.errors import AlurIzinError, NotAllowedYet
from pipeline.models import Permohonan, Tugas
from pipeline.services.desk import sign as signing
from pipeline.services.desk.sign import declare_unsigned
from pipeline.services.desk.supervise import reassign
from pipeline.services.people.actor import Petugas
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, person, set_by_sql, work_off, write_bap
from tests.integration.test_sign import FakeSigner, p, press, signer, sk  # noqa: F401 - fixtures

OLD = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def test_a_process_that_died_while_signing_at_the_provider_strands_nothing(p, kantor, signer):  # noqa: F811
    """kill -9 between intent and answer, with BSrE: the next press says it is to be checked, then it can be retried."""
    signer(KeyboardInterrupt(), None)
    with pytest.raises(KeyboardInterrupt):
        press(p, kantor)
    with pytest.raises(NotAllowedYet):
        press(p, kantor, now=WEDNESDAY + OLD)
    assert sk().status == "perlu_dicek"  # what the page offers the button for
    declare_unsigned(at_desk(p).tugas_id, actor=kantor[KEPALA_DINAS], now=WEDNESDAY + OLD)
    press(p, kantor, now=WEDNESDAY + OLD)
    assert sk().status == "terbit"


class During(FakeSigner):
    """Lets something happen while the signature is being made."""

    def __init__(self, act, *answers, name="lokal"):
        super().__init__(*answers, name=name)
        self.act = act

    def sign(self, requests, password):
        act, self.act = self.act, lambda: None
        act()
        return super().sign(requests, password)


def during(monkeypatch, act, *answers, name="lokal"):
    fake = During(act, *answers, name=name)
    monkeypatch.setattr(signing, "signing_service", lambda _: fake)
    return fake


def test_a_file_handed_to_another_signer_meanwhile_is_still_published(p, kantor, monkeypatch):  # noqa: F811
    """The signature exists: what was allowed when it was begun stays allowed."""
    other = person(KEPALA_DINAS)
    tugas_id, actor = at_desk(p).tugas_id, kantor[KEPALA_DINAS]
    during(
        monkeypatch,
        lambda: reassign(tugas_id, other, "Pembagian tugas minggu ini.", actor=actor, now=WEDNESDAY),
        None,
        name="bsre",
    )
    press(p, kantor)
    assert sk().status == "terbit"


def test_a_slow_attempt_that_was_overtaken_leaves_history_and_tables_together(p, kantor, monkeypatch):  # noqa: F811
    """The first attempt fails after a second one, begun when it seemed dead, has issued the document."""
    during(monkeypatch, lambda: press(p, kantor, now=WEDNESDAY + OLD), None, ServiceUnavailable())
    with pytest.raises(ServiceUnavailable):
        press(p, kantor)
    assert sk().status == "terbit"
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).status == "terbit"


def test_an_attempt_declared_unsigned_does_not_publish_afterwards(p, kantor, monkeypatch):  # noqa: F811
    """The file never moves on without its document."""
    actor = kantor[KEPALA_DINAS]

    def meanwhile():
        with pytest.raises(NotAllowedYet):
            press(p, kantor, now=WEDNESDAY + OLD)
        declare_unsigned(at_desk(p).tugas_id, actor=actor, now=WEDNESDAY + OLD)

    during(monkeypatch, meanwhile, None, name="bsre")
    with pytest.raises(AlurIzinError):
        press(p, kantor)
    assert (sk().status, at_desk(p).langkah) == ("gagal", "tanda_tangan")


def test_a_broken_renderer_does_not_lock_the_file(p, kantor, monkeypatch):  # noqa: F811
    """A full disk before anything was signed: certainly nothing is."""
    with monkeypatch.context() as m:
        m.setattr(signing, "render", lambda *_, **__: (_ for _ in ()).throw(OSError("No space left on device")))
        with pytest.raises(OSError, match="space"):
            press(p, kantor)
    assert sk().status == "gagal"
    press(p, kantor)
    assert sk().status == "terbit"


def test_a_retry_after_a_correction_is_dated_when_it_is_signed(p, kantor, signer):  # noqa: F811
    """A decree dated before the Rekomendasi it names would be void on its face."""
    signer(ServiceUnavailable(), None)
    with pytest.raises(ServiceUnavailable):
        press(p, kantor)
    nomor, later = sk().nomor, WEDNESDAY + timedelta(days=7)
    decide_at(
        p,
        kantor[KEPALA_DINAS],
        KeputusanKind.KEMBALIKAN,
        target="rekomendasi",
        reason="Tinjau sekali lagi.",
        now=later,
    )
    write_bap(p, kantor[DINAS_TEKNIS], kunjungan=2, now=later)
    bring_to(p, "tanda_tangan", kantor, now=later)
    press(p, kantor, now=later)
    assert (sk().nomor, sk().day) == (nomor, later.date())


def test_an_unknown_outcome_is_not_published_by_a_second_person(p, kantor, signer):  # noqa: F811
    fake = signer(OutcomeUnknown(), None)
    with pytest.raises(OutcomeUnknown):
        press(p, kantor)
    other = {**kantor, KEPALA_DINAS: Petugas(person(KEPALA_DINAS), KEPALA_DINAS)}
    with pytest.raises(NotAllowedYet):
        press(p, other, now=WEDNESDAY + OLD)
    assert fake.calls == 1


def test_signing_on_a_day_the_role_ended_meanwhile_is_still_published(p, kantor, monkeypatch):  # noqa: F811
    """The assignment is ended (to yesterday) while the provider answers: what it signed is signed."""
    from pipeline.models import Penugasan

    actor = kantor[KEPALA_DINAS]

    def end():
        mine = update(Penugasan).where(Penugasan.person_id == actor.person_id)
        set_by_sql(mine.values(end_date=WEDNESDAY.date() - timedelta(days=1)), actor.person_id)

    during(monkeypatch, end, None, name="bsre")
    press(p, kantor)
    work_off()
    with unit_of_work() as s:
        acting_as = s.scalar(select(Tugas.acting_as).where(Tugas.permohonan_id == p, Tugas.langkah == "tanda_tangan"))
    assert (sk().status, acting_as) == ("terbit", "Kepala Dinas")
