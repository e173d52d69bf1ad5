"""What was signed in a trial says so for good; and what the end of a trial means is said before and after."""

from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.db import unit_of_work
from pipeline.models import Sk
from pipeline.queries.applicant import tracking
from pipeline.rules.opening.facts import OfficeEventKind
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY
from tests.new_office import BSRE, NewOffice
from tests.web.conftest import Browser
from tests.web.desk import PASSPHRASE, Kantor, give_certificate, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.test_opening import words
from tests.web.test_signature import sign

AFTER = WEDNESDAY.replace(hour=23)
TRIAL_OVER = OfficeEventKind.UJI_COBA_SELESAI


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kantor: Kantor) -> NewOffice:
    """An office in production that has all it needs, in a trial."""
    office = NewOffice(monkeypatch, tmp_path)
    office.all_but_people(kantor.person[KEPALA_DINAS].person_id)
    return office


def signed(kantor: Kantor) -> Sk:
    """A decree that the Kepala Dinas signed with a certificate made here."""
    give_certificate(kantor)
    assert sign(kantor, kantor.carry("tanda_tangan"), PASSPHRASE).status_code == 303
    with unit_of_work() as s:
        sk = s.scalars(select(Sk)).one()
        s.expunge(sk)
    return sk


class TestVerification:
    @pytest.mark.parametrize("later", ["in the trial", "after it", "with BSrE"])
    def test_a_decree_of_a_trial_is_never_said_to_be_in_force(
        self, ready: NewOffice, kantor: Kantor, guest: Browser, later: str
    ) -> None:
        sk = signed(kantor)
        if later != "in the trial":
            ready.declared(TRIAL_OVER, AFTER)
        if later == "with BSrE":
            ready.change(bsre=BSRE)
        for code in (sk.token, sk.nomor.replace("/", "%2F")):
            page = guest.open_page(f"/verifikasi/{code}").text
            assert "UJI COBA, tidak berlaku</h1>" in " ".join(page.split())
            assert "diterbitkan selama masa uji coba dengan sertifikat lokal" in page
            assert "verdict--trial" in page
            for wrong in ("BERLAKU", "masih berlaku", "verdict--good", "ini asli"):
                assert wrong not in page

    @pytest.mark.parametrize("status", ["dicabut", "terbit"])
    def test_nor_to_have_been_once(self, ready: NewOffice, kantor: Kantor, status: str) -> None:
        sk = signed(kantor)
        with unit_of_work() as s:
            s.get_one(Sk, sk.id).status = status
        told = tracking.find_naskah(sk.token, today=WEDNESDAY.replace(year=2040).date())
        assert told is not None
        assert told.authenticity is tracking.Authenticity.UJI_COBA

    def test_one_signed_through_bsre_is_in_force(self, ready: NewOffice, kantor: Kantor, guest: Browser) -> None:
        sk = signed(kantor)
        with unit_of_work() as s:
            s.get_one(Sk, sk.id).provider = "bsre"
        assert "BERLAKU" in guest.open_page(f"/verifikasi/{sk.token}").text

    def test_a_demo_stays_as_it_is(self, kantor: Kantor, guest: Browser) -> None:
        assert "BERLAKU" in guest.open_page(f"/verifikasi/{signed(kantor).token}").text


class TestRegister:
    ADDRESS = "/pimpinan/register-nomor"

    def test_it_marks_the_number_of_a_trial(self, ready: NewOffice, kantor: Kantor) -> None:
        signed(kantor)
        ready.declared(TRIAL_OVER, AFTER)
        assert "Terpakai Uji coba" in words(kantor[KABID_PERIZINAN], self.ADDRESS)

    def test_a_demo_stays_as_it_is(self, kantor: Kantor) -> None:
        signed(kantor)
        assert "Uji coba" not in words(kantor[KABID_PERIZINAN], self.ADDRESS)
