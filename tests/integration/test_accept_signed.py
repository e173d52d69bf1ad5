"""The provider signed, and its answer was lost: the signer brings the document, and it is issued if it is that one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import OutcomeUnknown
from pipeline.documents.signing.local import LocalSigner
from pipeline.errors import InputInvalid, NotAllowedYet, SessionEnded
from pipeline.models import Permohonan, Sk
from pipeline.services.desk import accept_signed as accepting
from pipeline.services.desk import sign as signing
from pipeline.services.desk.accept_signed import accept_signed
from pipeline.services.desk.sign import declare_unsigned
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted
from tests.integration.test_sign import press
from tests.stored import stored, stored_path

HEADERS = KEPALA_DINAS
JANUARY = WEDNESDAY + timedelta(days=45)


class Lost(LocalSigner):
    """A provider that signs, and whose answer does not arrive."""

    name = "bsre"
    made: bytes = b""

    def sign(self, requests, password):
        Lost.made = super().sign(requests, password).pdf
        raise OutcomeUnknown


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


@pytest.fixture
def p(kantor, monkeypatch):
    """A file whose attempt was lost; the signed document is ``Lost.made``."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "tanda_tangan", kantor)
    for module in (signing, accepting):
        monkeypatch.setattr(module, "signing_service", lambda _: Lost(settings().data / "tte"))
    with pytest.raises(OutcomeUnknown):
        press(permohonan_id, kantor)
    return permohonan_id


def bring(p, kantor, pdf, now=WEDNESDAY):
    accept_signed(at_desk(p).tugas_id, pdf, actor=kantor[HEADERS], now=now)


def test_the_signed_document_is_issued_under_the_number_and_date_it_carries(p, kantor):
    """Also when the answer is found in another year: it was signed then."""
    bring(p, kantor, Lost.made, now=JANUARY)
    with unit_of_work() as s:
        sk = s.scalars(select(Sk)).one()
        assert (sk.status, sk.sequence, sk.day, sk.issued_at) == ("terbit", 1, WEDNESDAY.date(), JANUARY)
        assert s.get_one(Permohonan, p).status == "terbit"
    assert stored(sk.pdf_sha256) == Lost.made


def test_another_document_is_not_issued(p, kantor):
    """None at all, no PDF, unsigned, with a tail, altered, or that of another file."""
    ours = Lost.made
    with unit_of_work() as s:
        sent = stored(s.scalars(select(Sk.sent_sha256)).one())
    other = submitted(person(), seed="b")
    bring_to(other, "tanda_tangan", kantor)
    with pytest.raises(OutcomeUnknown):
        press(other, kantor)
    for wrong in (b"", b"%PDF-1.7 bukan ini", sent, ours + b"\n%tambahan", ours.replace(b"TTE", b"XXX"), Lost.made):
        with pytest.raises(InputInvalid) as refused:
            bring(p, kantor, wrong)
        assert "Unduh lagi dari layanan" in refused.value.errors["pdf"]
    assert at_desk(p).langkah == "tanda_tangan"
    bring(p, kantor, ours)


def test_what_was_declared_unsigned_is_not_issued_afterwards(p, kantor):
    declare_unsigned(at_desk(p).tugas_id, actor=kantor[HEADERS], now=WEDNESDAY)
    with pytest.raises(NotAllowedYet, match="Tidak ada tanda tangan yang perlu dicek"):
        bring(p, kantor, Lost.made)


def test_an_attempt_that_never_left_has_no_signed_document(kantor, monkeypatch):
    """Its process died on the way to the provider."""
    p = submitted(person(), seed="b")
    bring_to(p, "tanda_tangan", kantor)
    for module in (signing, accepting):
        monkeypatch.setattr(module, "signing_service", lambda _: Lost(settings().data / "tte"))

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(signing, "_note_sent", die)
    monkeypatch.setattr(signing, "_set_aside", die)
    with pytest.raises(SystemExit):
        press(p, kantor)
    with pytest.raises(NotAllowedYet, match="Catat sebagai belum ditandatangani"):
        bring(p, kantor, b"%PDF-1.7", now=WEDNESDAY + timedelta(minutes=5))


def test_who_is_no_longer_logged_in_brings_no_document(p, kantor):
    gone = replace(kantor[HEADERS], session_id="0" * 64)
    with pytest.raises(SessionEnded):
        accept_signed(at_desk(p).tugas_id, Lost.made, actor=gone, now=WEDNESDAY)


@pytest.mark.parametrize("harm", [Path.unlink, lambda f: f.write_bytes(b"lain")], ids=["gone", "altered"])
def test_what_was_sent_to_the_provider_is_watched_over(p, kantor, harm):
    with unit_of_work() as s:
        sent, nomor = s.scalars(select(Sk.sent_sha256)).one(), s.get_one(Permohonan, p).nomor
    path = stored_path(sent)
    kept = path.read_bytes()
    harm(path)
    try:
        assert any(f.berkas == nomor and sent in f.sentence for f in verify_all()[1])
    finally:
        path.write_bytes(kept)
