"""What was signed in a trial says so for good; and what the end of a trial means is said before and after."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from pipeline.db import unit_of_work
from pipeline.errors import NotAllowedYet
from pipeline.models import Account, Sk
from pipeline.queries.applicant import tracking
from pipeline.roles import Peran
from pipeline.rules.opening.checklist import NO_SIGNER, NOT_OPEN
from pipeline.rules.opening.facts import OfficeEventKind
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY, set_by_sql, submitted
from tests.new_office import BSRE, NewOffice
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import (  # noqa: F401 - the fixture kantor
    PASSPHRASE,
    Kantor,
    give_certificate,
    login,
    make_kantor,
    make_officer,
)
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
        assert told.authenticity is tracking.Authenticity.TRIAL

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


class TestEnd:
    CLOSES = "Sesudah diakhiri tidak ada yang menandatangani, jadi kantor tidak menerima permohonan"

    def test_the_administrator_reads_what_it_means_before_and_after(
        self, app: Flask, ready: NewOffice, pemohon: SamplePerson
    ) -> None:
        make_officer("ti@uji.test", Peran.ADMIN)
        browser = login(app, "ti@uji.test")
        submitted(pemohon.person_id)
        assert self.CLOSES in words(browser, "/admin/mulai")
        browser.send("/admin/mulai/uji-coba/akhiri")
        page = words(browser, "/admin/mulai")
        assert self.CLOSES not in page
        assert "Kantor tidak menerima permohonan: tidak ada yang menandatangani. Belum ada: Tanda tangan" in page
        assert "Kantor belum dibuka" not in page

    def test_applicants_of_an_office_that_was_open_read_that_nobody_signs(
        self, ready: NewOffice, pemohon: SamplePerson
    ) -> None:
        submitted(pemohon.person_id)
        ready.declared(TRIAL_OVER, AFTER)
        page = words(pemohon.browser, "/permohonan")
        assert NO_SIGNER in page
        assert NOT_OPEN not in page
        with pytest.raises(NotAllowedYet, match="penanda tangan elektronik belum ada"):
            submitted(pemohon.person_id, seed="b")

    def test_of_one_that_never_was_that_it_is_not_open(self, ready: NewOffice, pemohon: SamplePerson) -> None:
        ready.declared(TRIAL_OVER, AFTER)
        assert NOT_OPEN in words(pemohon.browser, "/permohonan")


def test_who_has_an_account_and_no_password_is_named_as_waiting(app: Flask, ready: NewOffice, kantor: Kantor) -> None:
    make_officer("ti@uji.test", Peran.ADMIN)
    browser = login(app, "ti@uji.test")
    head = Account.person_id == kantor.person[KEPALA_DINAS].person_id
    set_by_sql(update(Account).where(head).values(password=None))
    page = words(browser, "/admin/mulai")
    assert "Meja Kepala Dinas menunggu kata sandi: Petugas Kepala Dinas." in page
    assert "Buat akun untuk setiap orang" not in page
    set_by_sql(update(Account).where(head).values(active=False))
    page = words(browser, "/admin/mulai")
    assert "menunggu kata sandi" not in page
    assert "Buat akun untuk setiap orang" in page
