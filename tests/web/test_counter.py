"""At the counter: who cannot log in shows who they are, and takes a slip home; the officer learns no password."""

import csv
import re
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from werkzeug.test import TestResponse

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised, NotFound, TooOften
from pipeline.models import Account, AccountChange, AccountLetter, DataAccess, Notice, Outbox, Permohonan, Person
from pipeline.roles import Peran
from pipeline.rules.counter import IdentityPaper, ResetReason, ShownIdentity, read_shown, veil
from pipeline.rules.form.spelling import fold
from pipeline.rules.one_time import slip_of, token_of
from pipeline.sealing.nik import index_nik
from pipeline.services.people import counter
from pipeline.services.people.accounts import register as make_applicant
from pipeline.services.people.actor import Petugas
from pipeline.services.people.counter import find_applicant, give_slip
from pipeline.services.people.identity import nik_index
from pipeline.services.people.recovery import read_link, request_reset, use_code
from pipeline.services.records.persons import note_person
from pipeline.services.records.verify.persons import check_people
from pipeline.settings import settings
from pipeline.sop.who_may import counter_desks
from tests.desks import BACK_OFFICE, DESKS, FRONT_OFFICE, KEPALA_DINAS
from tests.factories import WEDNESDAY, submitted, work_off
from tests.shapes import install, shape
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import login, make_officer
from tests.web.letter import letters

PHONE, EMAIL, NIK = "6281234567890", "siti@contoh.id", "6372014505800001"
NEW = "sandi yang sama sekali baru"
SHOWN = {"dokumen": "ktp", "akhir": "0001", "alasan": "hp"}
SEEN = ShownIdentity(IdentityPaper.KTP, "0001", ResetReason.PHONE_LOST)


@pytest.fixture
def account(db: Engine) -> UUID:
    """Somebody with two addresses."""
    return make_applicant("Siti Aminah", "081234567890", EMAIL, PASSWORD, now=WEDNESDAY)


@pytest.fixture
def officer(db: Engine) -> Petugas:
    return Petugas(make_officer("loket@uji.test", FRONT_OFFICE, name="Petugas Loket"), FRONT_OFFICE)


@pytest.fixture
def desk(app: Flask, officer: Petugas) -> Browser:
    browser = login(app, "loket@uji.test")
    browser.open_page("/petugas/loket")
    return browser


def owner_of(account_id: UUID) -> UUID:
    with unit_of_work() as s:
        return s.get_one(Account, account_id).person_id


def seek(desk: Browser, words: str) -> TestResponse:
    return desk.send("/petugas/loket/cari", {"pengenal": words})


def make_slip(desk: Browser, account_id: object, **other: str) -> TestResponse:
    return desk.send("/petugas/loket/kode", {"akun": str(account_id), **SHOWN, **other})


def code_on(answer: TestResponse) -> str:
    found = re.search(r'slip__code">([^<]+)<', answer.text)
    assert found, answer.text
    return found[1]


def history(account_id: UUID) -> list[tuple[str, UUID | None]]:
    with unit_of_work() as s:
        p = AccountChange
        mine = select(p.kind, p.actor).where(p.person_id == owner_of(account_id)).order_by(p.sequence)
        return [tuple(r) for r in s.execute(mine)]


def test_the_officer_hands_over_a_slip_and_the_owner_sets_the_password(
    app: Flask, account: UUID, officer: Petugas, desk: Browser
) -> None:
    home = Browser(app.test_client())
    assert home.login(PHONE).status_code == 303
    found = seek(desk, "0812 3456 7890")
    assert found.status_code == 200
    assert "Siti Aminah" in found.text
    assert str(account) in found.text
    slip = make_slip(desk, account)
    assert slip.status_code == 201
    assert "no-store" in slip.headers["Cache-Control"]
    assert "data:image/png;base64," in slip.text
    assert f"{settings().base_url}<wbr>/akun/kode-loket" in slip.text
    assert home.open_page("/permohonan").status_code == 200, "nothing has changed yet"
    guest = Browser(app.test_client())
    guest.open_page("/akun/kode-loket")
    answer = guest.send("/akun/kode-loket", {"kode": code_on(slip).lower()})
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Siti Aminah" in guest.open_page(answer.location).text
    assert guest.send(answer.location, {"sandi": NEW}).location == "/akun/masuk?sandi=baru"
    assert home.open_page("/permohonan").status_code == 302, "every session has ended"
    assert Browser(app.test_client()).login(PHONE).status_code == 422
    assert Browser(app.test_client()).login(PHONE, password=NEW).status_code == 303
    assert desk.open_page("/petugas/loket").status_code == 200, "the officer's own session goes on"
    assert history(account)[1:] == [
        ("akun_dicari_di_loket", officer.person_id),
        ("kode_loket_dibuat", officer.person_id),
        ("sandi_diganti", owner_of(account)),
    ]
    with unit_of_work() as s:
        assert list(check_people(s.connection())) == []


def test_the_owner_is_told_in_every_way_and_can_end_the_slip_by_another_password(
    app: Flask, account: UUID, desk: Browser
) -> None:
    slip = make_slip(desk, account)
    work_off()
    for address in (PHONE, EMAIL):
        (message,) = [m for m in letters(address) if m.kind == "kode_loket"]
        assert "KTP" in message.content
        assert "HP hilang" in message.content
        assert code_on(slip).replace(" ", "") not in message.content.replace(" ", "")
        assert "0001" not in message.content
    owner = Browser(app.test_client())
    owner.login(EMAIL)
    assert "Loket membuat kode" in owner.open_page("/pemberitahuan").text
    owner.open_page("/akun/sandi")
    assert owner.send("/akun/sandi", {"sandi_lama": PASSWORD, "sandi": NEW}).status_code == 303
    assert Browser(app.test_client()).open_page(f"/akun/tautan/{code_on(slip).replace(' ', '')}").status_code == 404


def test_the_pdp_officer_reads_both_acts_with_what_was_shown_and_whose_account(
    app: Flask, account: UUID, desk: Browser
) -> None:
    seek(desk, EMAIL)
    make_slip(desk, account)
    make_officer("pdp@uji.test", Peran.PDP, name="Zainal Abidin")
    pdp = login(app, "pdp@uji.test")
    page = " ".join(pdp.open_page("/pdp").text.split())
    for words in (
        "Akun dicari di loket dengan surel",
        "Ditunjukkan KTP berakhir 0001; alasan: HP hilang, rusak, atau berganti nomor",
        "akun Siti Aminah",
        "Petugas Loket",
        "front office",
    ):
        assert words in page, words
    assert "Akun dicari" in pdp.open_page("/pdp?tampil=dibuka&orang=loket").text
    for sieve in ("tampil=ditolak", "orang=orang+lain", "sampai=2020-01-01", "nomor=LKS"):
        assert "Akun dicari" not in pdp.open_page(f"/pdp?{sieve}").text, sieve
    rows = list(csv.reader(StringIO(pdp.open_page("/pdp/unduh").text)))
    assert [row[4] for row in rows if "loket" in row[3]] == ["akun Siti Aminah"] * 2


class TestSearch:
    """Exactly, or not at all; and of no officer."""

    @pytest.mark.parametrize("words", ["+62 812-3456-7890", "081234567890", "SITI@Contoh.ID", " siti@contoh.id "])
    def test_a_phone_or_an_address_in_any_spelling(self, account: UUID, officer: Petugas, words: str) -> None:
        found = find_applicant(words, actor=officer, now=WEDNESDAY)
        assert (found.account_id, found.name) == (account, "Siti Aminah")
        assert (found.phone, found.email) == ("…890", "s…@contoh.id")

    @pytest.mark.parametrize(
        "words", ["0812345678", "siti@contoh", "Siti Aminah", "%", "_", "siti%", NIK, "loket@uji.test", "x" * 5000, "'"]
    )
    def test_a_part_a_name_a_wildcard_or_an_officers_address_finds_nobody(
        self, account: UUID, officer: Petugas, words: str
    ) -> None:
        with pytest.raises(InputInvalid) as error:
            find_applicant(words, actor=officer, now=WEDNESDAY)
        assert "Tidak ada akun pemohon" in error.value.errors["pengenal"]
        assert len(history(account)) == 1

    def test_nothing_typed_and_a_closed_account_are_sentences(self, account: UUID, desk: Browser) -> None:
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.id == account).values(active=False))
        for words in ("", "  ", PHONE):
            answer = seek(desk, words)
            assert answer.status_code == 422
            assert 'href="#pengenal"' in answer.text
        assert PHONE in answer.text
        assert make_slip(desk, account).status_code == 404

    def test_a_nik_that_is_noted_with_the_person(self, account: UUID, officer: Petugas) -> None:
        with unit_of_work() as s:
            s.get_one(Person, owner_of(account)).nik_index = nik_index(NIK)
            note_person(s, owner_of(account), "identitas_dicatat", {"what": "nik"}, actor=None, now=WEDNESDAY)
        assert find_applicant("6372 0145 0580 0001", actor=officer, now=WEDNESDAY).account_id == account
        with unit_of_work() as s:
            assert NIK not in str(s.scalars(select(AccountChange.data)).all())

    @pytest.mark.parametrize(("holder", "is_found"), [("Siti  Aminah", True), ("Yayasan Siti Aminah", False)])
    def test_a_nik_that_a_permit_is_known_by_if_its_holder_applied_in_their_own_name(
        self, account: UUID, officer: Petugas, monkeypatch: pytest.MonkeyPatch, holder: str, is_found: bool
    ) -> None:
        monkeypatch.setattr(counter, "nik_fields", lambda: frozenset({"nik_bidan"}))
        permohonan_id = submitted(owner_of(account))
        with unit_of_work() as s:
            file = s.get_one(Permohonan, permohonan_id)
            file.marks, file.search_name = index_nik([f"nik_bidan:{NIK}"]), fold(holder)
        if is_found:
            assert find_applicant(NIK, actor=officer, now=WEDNESDAY).account_id == account
        else:
            with pytest.raises(InputInvalid):
                find_applicant(NIK, actor=officer, now=WEDNESDAY)

    def test_so_many_a_day_and_no_more(
        self, account: UUID, officer: Petugas, monkeypatch: pytest.MonkeyPatch, desk: Browser
    ) -> None:
        monkeypatch.setattr(counter, "SEARCHES_PER_DAY", 2)
        assert [seek(desk, words).status_code for words in (PHONE, "tiada@uji.test", PHONE)] == [200, 422, 429]
        other = Petugas(make_officer("loket2@uji.test", FRONT_OFFICE), FRONT_OFFICE)
        assert find_applicant(PHONE, actor=other, now=WEDNESDAY).account_id == account


class TestSlip:
    @pytest.mark.attack("A12")
    def test_it_works_once_for_half_an_hour_and_a_newer_one_ends_it(self, account: UUID, officer: Petugas) -> None:
        first = give_slip(account, SEEN, actor=officer, now=WEDNESDAY)
        second = give_slip(account, SEEN, actor=officer, now=WEDNESDAY)
        assert second.until == WEDNESDAY + timedelta(minutes=30)
        with pytest.raises(NotFound):
            read_link(first.code, now=WEDNESDAY)
        assert read_link(second.code, now=WEDNESDAY + timedelta(minutes=29)).name == "Siti Aminah"
        with pytest.raises(NotFound):
            read_link(second.code, now=WEDNESDAY + timedelta(minutes=30))
        request_reset(EMAIL, now=WEDNESDAY)
        work_off()
        with pytest.raises(NotFound):
            read_link(second.code, now=WEDNESDAY)

    @pytest.mark.attack("A12", "E14")
    def test_it_lies_in_no_table_and_is_no_other_secret(self, account: UUID, officer: Petugas) -> None:
        code = give_slip(account, SEEN, actor=officer, now=WEDNESDAY).code
        with unit_of_work() as s:
            for table in (AccountLetter, Notice, Outbox, AccountChange, DataAccess):
                for line in s.execute(select(*table.__table__.columns)):
                    assert code not in " ".join(map(str, line))
            letter_id = s.scalars(select(AccountLetter.id).where(AccountLetter.kind == "sandi")).one()
        assert code == slip_of(letter_id, settings().secret_key)
        with pytest.raises(NotFound):
            read_link(token_of(letter_id, settings().secret_key), now=WEDNESDAY)
        with pytest.raises(InputInvalid):
            use_code(letter_id, code, now=WEDNESDAY)

    @pytest.mark.attack("A12")
    def test_guessing_at_it_is_stopped(self, app: Flask, db: Engine) -> None:
        guest = Browser(app.test_client())
        guest.open_page("/akun/kode-loket")
        targets = [guest.send("/akun/kode-loket", {"kode": f"ABCD-EFGH-{n:04}"}).location for n in range(2222, 2256)]
        assert [guest.open_page(t).status_code for t in targets] == [404] * 30 + [429] * 4

    @pytest.mark.parametrize("typed", ["", "   ", "---", "0 1 0"])
    def test_nothing_that_could_be_one_is_a_sentence(self, guest: Browser, typed: str) -> None:
        guest.open_page("/akun/kode-loket")
        answer = guest.send("/akun/kode-loket", {"kode": typed})
        assert answer.status_code == 422
        assert 'href="#kode"' in answer.text

    @pytest.mark.attack("A13")
    def test_its_addresses_are_the_offices_own(self, account: UUID, desk: Browser) -> None:
        desk.open_page("/petugas/loket")
        foreign = desk.send("/petugas/loket/kode", {"akun": str(account), **SHOWN}, headers={"Host": "evil.com"})
        assert foreign.status_code == 400
        answer = make_slip(desk, account)
        assert f">{settings().base_url}<wbr>/akun/kode-loket<" in answer.text

    def test_so_many_a_day_and_no_more(self, account: UUID, officer: Petugas, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(counter, "SLIPS_PER_DAY", 1)
        give_slip(account, SEEN, actor=officer, now=WEDNESDAY)
        with pytest.raises(TooOften):
            give_slip(account, SEEN, actor=officer, now=WEDNESDAY)
        assert [kind for kind, _ in history(account)].count("kode_loket_dibuat") == 1

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("dokumen", ""),
            ("dokumen", "kk"),
            ("alasan", ""),
            ("alasan", "karena ingin"),
            *(("akhir", t) for t in ("", "1", "123", "12345", NIK, "abcd", "٠٠٠١", "-001", " 01 ")),
        ],
    )
    def test_what_was_not_noted_makes_none_and_a_whole_number_is_not_shown_again(
        self, account: UUID, desk: Browser, field: str, typed: str
    ) -> None:
        answer = make_slip(desk, account, **{field: typed})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert "Siti Aminah" in answer.text
        assert NIK not in answer.text
        assert len(history(account)) == 1

    def test_of_the_paper_its_last_digits_are_kept_and_no_word_of_the_officers(
        self, account: UUID, officer: Petugas
    ) -> None:
        give_slip(account, read_shown("sim", "4321", "lupa"), actor=officer, now=WEDNESDAY)
        with unit_of_work() as s:
            kept = s.scalars(select(AccountChange.data).where(AccountChange.kind == "kode_loket_dibuat")).one()
        assert kept == {
            "akun": str(account),
            "peran": "front_office",
            "dokumen": "sim",
            "akhir": "4321",
            "alasan": "lupa",
        }


@pytest.mark.attack("F07")
class TestWho:
    """Applicants' accounts alone, by the desk they come to; and nobody helps themselves."""

    def test_no_officers_account_whatever_its_id(self, desk: Browser, db: Engine) -> None:
        make_officer("kadis@uji.test", KEPALA_DINAS)
        with unit_of_work() as s:
            staff = s.scalars(select(Account.id).where(Account.email == "kadis@uji.test")).one()
        assert [make_slip(desk, who).status_code for who in (staff, uuid4(), "bukan id", "")] == [404] * 4
        with unit_of_work() as s:
            assert s.scalars(select(AccountLetter.id)).all() == []

    def test_not_ones_own(self, officer: Petugas) -> None:
        with unit_of_work() as s:
            own = Account(id=uuid4(), person_id=officer.person_id, phone=PHONE, petugas=False)
            own.password_changed_at = own.created_at = WEDNESDAY
            s.add(own)
            note_person(s, officer.person_id, "akun_dibuat", {"peran": "pemohon"}, actor=None, now=WEDNESDAY)
        with pytest.raises(NotAuthorised):
            give_slip(own.id, SEEN, actor=officer, now=WEDNESDAY)

    @pytest.mark.parametrize("peran", [*(p for p in DESKS if p != FRONT_OFFICE), Peran.ADMIN, Peran.PDP])
    def test_no_other_desk(self, app: Flask, account: UUID, peran: Peran) -> None:
        who = Petugas(make_officer("lain@uji.test", peran), peran)
        browser = login(app, "lain@uji.test")
        assert browser.open_page("/petugas/loket").status_code == 403
        assert "/petugas/loket" not in browser.open_page("/akun").text
        browser.open_page("/akun/sandi")
        assert [seek(browser, PHONE).status_code, make_slip(browser, account).status_code] == [403, 403]
        for act in (
            lambda: find_applicant(PHONE, actor=who, now=WEDNESDAY),
            lambda: give_slip(account, SEEN, actor=who, now=WEDNESDAY),
        ):
            with pytest.raises(NotAuthorised):
                act()

    def test_a_role_that_is_only_claimed_finds_nobody(self, account: UUID) -> None:
        who = Petugas(make_officer("lain@uji.test", BACK_OFFICE), FRONT_OFFICE)
        with pytest.raises(NotAuthorised):
            find_applicant(PHONE, actor=who, now=WEDNESDAY)

    def test_which_desk_it_is_the_permits_tell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert counter_desks() == {FRONT_OFFICE}
        install(monkeypatch, shape("surat_masuk"))  # begins at a desk: nobody comes with it
        assert counter_desks() == {FRONT_OFFICE}


@pytest.mark.parametrize(
    ("address", "shown"), [(PHONE, "…890"), (EMAIL, "s…@contoh.id"), ("", ""), ("@", "…@"), ("12", "…12")]
)
def test_an_address_is_veiled(address: str, shown: str) -> None:
    assert veil(address) == shown
