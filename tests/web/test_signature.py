"""The Kepala Dinas signs on one screen; a failure of any kind issues nothing and says what to do."""

import logging
from threading import BoundedSemaphore

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.documents.signing import OutcomeUnknown, ServiceUnavailable
from pipeline.models import AccessRefused, Permohonan, Sk, WebSession
from pipeline.services.desk import sign as signing
from pipeline.services.desk.sign import AT_ONCE
from pipeline.sop.words import KeputusanKind
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import decide_at
from tests.web.desk import PASSPHRASE, Berkas, Kantor, give_certificate, make_kantor  # noqa: F401 - the fixture kantor

HEADERS = KEPALA_DINAS


@pytest.fixture
def file(kantor: Kantor) -> Berkas:
    give_certificate(kantor)
    return kantor.carry("tanda_tangan")


def sign(kantor: Kantor, file: Berkas, phrase: str, **content: str):  # type: ignore[no-untyped-def]  # a TestResponse
    kantor[HEADERS].open_page(f"{file.address}/tanda-tangan")
    return kantor[HEADERS].send(f"{file.address}/tanda-tangan", file.shown(passphrase=phrase, **content))


def outcome(file: Berkas) -> tuple[str, str | None]:
    """Status of the application and of its SK."""
    with unit_of_work() as s:
        sk = s.scalar(select(Sk.status).where(Sk.permohonan_id == file.permohonan_id))
        return s.get_one(Permohonan, file.permohonan_id).status, sk


def test_everything_needed_is_on_one_screen(kantor: Kantor, file: Berkas) -> None:
    page = kantor[HEADERS].open_page(f"{file.address}/tanda-tangan").text
    for word in (
        "LAYAK",
        "Terbit",
        f"Petugas {KABID_PERIZINAN.name}",
        f"Petugas {SEKRETARIS.name}",
        "/draf/gambar/1",
    ):
        assert word in page, word
    assert 'type="password"' in page


def test_signing_issues_and_says_so(kantor: Kantor, file: Berkas) -> None:
    answer = sign(kantor, file, PASSPHRASE)
    assert (answer.status_code, answer.location) == (303, "/petugas/antrean?peran=kepala_dinas")
    assert outcome(file) == ("terbit", "terbit")
    assert "ditandatangani dan terbit" in kantor[HEADERS].open_page(answer.location).text


@pytest.mark.parametrize("phrase", ["bukan-ini", "", " "])
def test_a_wrong_phrase_stays_and_is_shown_nowhere(
    kantor: Kantor, file: Berkas, phrase: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = sign(kantor, file, phrase)
    assert answer.status_code == 422
    assert 'href="#passphrase"' in answer.text
    assert outcome(file)[0] == "berjalan"
    if phrase.strip():
        with unit_of_work() as s:
            sessions = str(s.scalars(select(WebSession.data)).all())
            d = AccessRefused
            refused = [tuple(r) for r in s.execute(select(d.actor, d.permohonan_id, d.status))]
        assert phrase not in answer.text + caplog.text + capsys.readouterr().out + sessions
        assert refused == [(kantor.person[HEADERS].person_id, file.permohonan_id, 422)], (
            "a try at a signature is on record"
        )
    assert sign(kantor, file, PASSPHRASE).status_code == 303


def test_a_service_that_is_down_issues_nothing_and_may_be_tried_again(
    kantor: Kantor, file: Berkas, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as m:
        m.setattr("pipeline.documents.signing.local.LocalSigner.sign", _raises(ServiceUnavailable))
        answer = sign(kantor, file, PASSPHRASE)
    assert (answer.status_code, "Belum ditandatangani" in answer.text) == (503, True)
    assert outcome(file) == ("berjalan", "gagal")
    assert sign(kantor, file, PASSPHRASE).status_code == 303


def test_while_too_many_others_sign_nothing_is_begun_and_it_says_so(
    kantor: Kantor, file: Berkas, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = BoundedSemaphore(1)
    with monkeypatch.context() as crowded, full:
        crowded.setattr(signing, "_turns", full)
        answer = sign(kantor, file, PASSPHRASE)
        assert answer.status_code == 503
        assert "Beberapa surat lain sedang ditandatangani" in answer.text
        assert outcome(file) == ("berjalan", None), "no number was drawn"
    assert sign(kantor, file, PASSPHRASE).status_code == 303


def test_every_signature_gives_its_place_back(kantor: Kantor, file: Berkas) -> None:
    for _ in range(AT_ONCE + 1):
        assert sign(kantor, file, "bukan-ini").status_code in {422, 429}
    held = [signing._turns.acquire(blocking=False) for _ in range(AT_ONCE)]
    for _ in held:
        signing._turns.release()
    assert all(held)


def test_the_page_says_what_happens_after_the_press(kantor: Kantor, file: Berkas) -> None:
    page = kantor[HEADERS].open_page(f"{file.address}/tanda-tangan").text
    assert "cukup tekan sekali" in " ".join(page.split())
    assert 'data-waiting="Surat sedang dibuat' in page


def test_an_unknown_outcome_is_to_be_checked_and_never_repeated_by_itself(
    kantor: Kantor, file: Berkas, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as m:
        m.setattr("pipeline.documents.signing.local.LocalSigner.sign", _raises(OutcomeUnknown))
        answer = sign(kantor, file, PASSPHRASE)
    assert (answer.status_code, "Perlu dicek" in answer.text) == (503, True)
    assert sign(kantor, file, PASSPHRASE).status_code == 409
    assert outcome(file) == ("berjalan", "perlu_dicek")
    assert kantor[HEADERS].send(f"{file.address}/tanda-tangan/belum").status_code == 303
    assert sign(kantor, file, PASSPHRASE).status_code == 303


@pytest.mark.parametrize("replace", [{"versi": "99"}, {"naskah_hash": "0" * 64}, {"versi": "", "naskah_hash": ""}])
def test_what_was_not_on_screen_is_not_signed(kantor: Kantor, file: Berkas, replace: dict[str, str]) -> None:
    assert sign(kantor, file, PASSPHRASE, **replace).status_code == 409
    assert outcome(file) == ("berjalan", None)


def test_instead_of_signing_it_can_be_returned(kantor: Kantor, file: Berkas) -> None:
    decide_at(
        file.permohonan_id,
        kantor.person[HEADERS],
        KeputusanKind.KEMBALIKAN,
        target="susun_sk",
        reason="Perbaiki tembusan.",
    )
    assert outcome(file) == ("berjalan", None)


def test_nobody_else_has_the_page(kantor: Kantor, file: Berkas) -> None:
    assert kantor[SEKRETARIS].open_page(f"{file.address}/tanda-tangan").status_code == 403


def _raises(error: type[Exception]):  # type: ignore[no-untyped-def]  # a stand-in for a method
    def sign(*_: object) -> None:
        raise error

    return sign
