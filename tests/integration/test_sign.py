"""Numbers and signatures: a failed one keeps its number, an unknown one is not repeated by itself, none is missing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import (
    OutcomeUnknown,
    Secret,
    ServiceUnavailable,
    TteRequest,
    TteResult,
    WrongPassphrase,
    signing_service,
)
from pipeline.errors import NotAllowedYet
from pipeline.models import Draft, Permohonan, Sk
from pipeline.services.applicant.close import withdraw
from pipeline.services.desk import sign as signing
from pipeline.services.desk.sign import declare_unsigned, sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.owner import as_owner


class FakeSigner:
    """A signer whose next answers are given; ``local`` decides whether a lost attempt may be repeated."""

    def __init__(self, *answers, name="bsre"):
        self.answers, self.name, self.calls = list(answers), name, 0

    def sign(self, requests: TteRequest, password: Secret) -> TteResult:
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        if self.name == "lokal":  # whose letters ``verify`` looks at
            return signing_service(settings()).sign(requests, Secret(PASSPHRASE))
        return TteResult(pdf=requests.pdf + b"\n%signed", provider=self.name, certificate_digest="ab")


@pytest.fixture
def signer(monkeypatch):
    def use(*answers, name="bsre"):
        fake = FakeSigner(*answers, name=name)
        monkeypatch.setattr(signing, "signing_service", lambda _: fake)
        return fake

    return use


@pytest.fixture
def p(kantor):
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "tanda_tangan", kantor)
    return permohonan_id


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def press(permohonan_id, kantor, phrase=PASSPHRASE, now=WEDNESDAY):
    desk = at_desk(permohonan_id)
    return sign(desk.tugas_id, Secret(phrase), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=now)


def sk():
    with unit_of_work() as s:
        return s.scalars(select(Sk)).one()


@pytest.mark.attack("E08")
def test_wrong_passphrase_issues_nothing_and_keeps_the_number(p, kantor):
    with pytest.raises(WrongPassphrase):
        press(p, kantor, "salah-salah")
    first = sk()
    assert (first.status, first.pdf_sha256) == ("gagal", None)
    assert at_desk(p).langkah == "tanda_tangan"
    press(p, kantor)
    assert (sk().status, sk().nomor) == ("terbit", first.nomor)


def test_service_down_is_safe_to_retry(p, kantor, signer):
    fake = signer(ServiceUnavailable(), None)
    with pytest.raises(ServiceUnavailable):
        press(p, kantor)
    press(p, kantor)
    assert (fake.calls, sk().status) == (2, "terbit")


@pytest.mark.attack("E08")
def test_unknown_outcome_is_never_repeated_by_itself(p, kantor, signer):
    fake = signer(OutcomeUnknown(), None)
    with pytest.raises(OutcomeUnknown):
        press(p, kantor)
    assert sk().status == "perlu_dicek"
    with pytest.raises(NotAllowedYet):
        press(p, kantor)
    assert fake.calls == 1
    declare_unsigned(at_desk(p).tugas_id, actor=kantor[KEPALA_DINAS], now=WEDNESDAY)
    press(p, kantor)
    assert sk().status == "terbit"


@pytest.mark.attack("D15")
def test_while_it_is_being_signed_nothing_else_happens(p, kantor, signer):
    """A process that died between intent and answer: withdrawal, return and another press wait."""
    signer(KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        press(p, kantor)
    assert sk().status == "niat"
    with unit_of_work() as s:
        pemohon = s.get_one(Permohonan, p).pemohon_id
    with pytest.raises(NotAllowedYet):
        withdraw(p, actor=pemohon, now=WEDNESDAY)
    with pytest.raises(NotAllowedYet):
        decide_at(
            p,
            kantor[KEPALA_DINAS],
            KeputusanKind.KEMBALIKAN,
            target="paraf_kabid",
            reason="Periksa lagi naskahnya.",
        )
    with pytest.raises(NotAllowedYet):
        press(p, kantor)


def test_a_dead_local_attempt_may_be_repeated_after_a_while(p, kantor, signer):
    signer(KeyboardInterrupt(), name="lokal")
    with pytest.raises(KeyboardInterrupt):
        press(p, kantor)
    signer(None, name="lokal")
    press(p, kantor, now=WEDNESDAY + timedelta(minutes=5))
    assert sk().status == "terbit"


def test_two_presses_at_once_make_one_document(p, kantor):
    outcome, gate = [], threading.Barrier(2)
    desk = at_desk(p)

    def go():
        gate.wait()
        try:
            sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)
            outcome.append("terbit")
        except NotAllowedYet:
            outcome.append("ditolak")

    threads = [threading.Thread(target=go) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcome) == ["ditolak", "terbit"]
    assert sk().sequence == 1


@pytest.mark.attack("E07")
def test_a_draft_that_changed_after_the_approvals_is_not_signed(p, kantor):
    with as_owner() as s:
        s.scalars(select(Draft)).one().content_digest = "0" * 64
    with pytest.raises(NotAllowedYet, match="tidak cocok dengan riwayatnya"):
        press(p, kantor)
    with as_owner() as s:
        assert s.scalars(select(Sk)).all() == []
        s.scalars(select(Draft)).one().content_digest = s.get_one(Permohonan, p).content_digest


@pytest.mark.attack("E07")
def test_signed_bytes_are_kept_and_begin_with_what_was_sent(p, kantor):
    from pipeline.storage import store

    press(p, kantor)
    pdf = store(sk().permohonan_id).get(sk().pdf_sha256)
    assert pdf.startswith(b"%PDF-")
    assert b"/ByteRange" in pdf
    assert len(pdf) == sk().pdf_size


@pytest.mark.attack("D14")
@pytest.mark.parametrize(
    ("now", "year"),
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2026),  # 23.59 WITA
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 2027),  # 00.00 WITA
    ],
)
def test_the_number_belongs_to_the_year_of_the_office(p, kantor, now, year):
    press(p, kantor, now=now)
    assert (sk().year, sk().nomor[-4:]) == (year, str(year))
