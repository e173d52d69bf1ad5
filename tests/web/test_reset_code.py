"""An applicant with nothing but a phone forgot the password: a code goes there, and leads to a new one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotFound, TooOften
from pipeline.models import Account, AccountChange, AccountLetter, Notice, Outbox
from pipeline.queries.applicant.notices import read_undelivered
from pipeline.queries.people.account_log import read_account_log
from pipeline.rules.notices.rules import NoticeStatus
from pipeline.rules.one_time import code_of, password_code_of, token_of
from pipeline.services.people import account_letters
from pipeline.services.people.accounts import register as make_applicant
from pipeline.services.people.passwords import change_password
from pipeline.services.people.recovery import CODE_TRIES, read_link, request_reset, use_code
from pipeline.services.people.registration import confirm
from pipeline.settings import settings
from tests.desks import SEKRETARIS
from tests.factories import WEDNESDAY, work_off
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import make_officer
from tests.web.letter import letters, password_code_for
from web.account.link import CODES_PER_HOUR

PHONE, STRANGER = "6281234567890", "6281299990000"
NEW = "sandi yang sama sekali baru"
RANDOM = re.compile(r'name="csrf_token" value="[^"]+"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|sesi=[^;]+')


@pytest.fixture
def account(db: Engine) -> UUID:
    """The account of somebody without an e-mail address."""
    return make_applicant("Siti", "081234567890", "", PASSWORD, now=WEDNESDAY)


def ask(guest: Browser, identifier: str) -> TestResponse:
    guest.open_page("/akun/lupa-sandi")
    answer = guest.send("/akun/lupa-sandi", {"pengenal": identifier})
    work_off()
    return answer


def asked(guest: Browser, identifier: str = PHONE) -> str:
    """The page that waits for the code."""
    page = ask(guest, identifier).location
    assert page.startswith("/akun/lupa-sandi/")
    guest.open_page(page)
    return page


def letter_of(page: str) -> UUID:
    return UUID(page.rpartition("/")[2])


def wrong_for(phone: str) -> str:
    """A code that was not sent."""
    return f"{(int(password_code_for(phone)) + 1) % 10**8:08}"


def seen(answer: TestResponse) -> tuple[object, ...]:
    """All that can be told apart from outside, without what differs each time."""
    head = sorted((k, RANDOM.sub("", v)) for k, v in answer.headers if k not in {"Content-Length", "X-Request-Id"})
    return answer.status_code, head, RANDOM.sub("", answer.text)


def test_the_code_leads_to_a_new_password_ends_every_session_and_is_on_record(
    app: Flask, account: UUID, guest: Browser
) -> None:
    phone = Browser(app.test_client())
    assert phone.login(PHONE).status_code == 303
    page = asked(guest, "+62 812-3456-7890")
    (message,) = letters(PHONE)
    assert (message.channel, message.kind) == ("pesan", "kode_sandi")
    assert "10 menit" in message.content
    assert "/akun/tautan/" not in message.content + message.link
    answer = guest.send(page, {"kode": password_code_for(PHONE)})
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Siti" in guest.open_page(answer.location).text
    assert guest.send(answer.location, {"sandi": NEW}).location == "/akun/masuk?sandi=baru"
    assert phone.open_page("/permohonan").status_code == 302
    assert Browser(app.test_client()).login(PHONE).status_code == 422
    assert Browser(app.test_client()).login(PHONE, password=NEW).status_code == 303
    with unit_of_work() as s:
        owner = s.get_one(Account, account).person_id
        told = s.execute(select(AccountChange.kind, AccountChange.actor).order_by(AccountChange.sequence)).all()
    assert told[1:] == [("kode_sandi_dipakai", owner), ("sandi_diganti", owner)]
    assert "Kode pada HP pemiliknya diketik" in read_account_log(owner)[1].sentence
    assert letters(PHONE)[0].kind == "sandi_diganti"


@pytest.mark.attack("A01")
def test_a_phone_with_an_account_one_without_an_officers_and_a_closed_one_look_the_same(
    app: Flask, account: UUID, db: Engine
) -> None:
    make_officer("sekretaris@uji.test", SEKRETARIS)
    closed = make_applicant("Ani", "081377770000", "", PASSWORD, now=WEDNESDAY)
    with unit_of_work() as s:
        s.execute(update(Account).where(Account.petugas).values(phone="6281355550000"))
        s.execute(update(Account).where(Account.id == closed).values(active=False))
    every = list[list[tuple[object, ...]]]()
    for number in (PHONE, "6281355550000", "6281377770000", STRANGER, "bukan nomor"):
        guest = Browser(app.test_client())
        answers = [ask(guest, number)]
        page = answers[0].location
        answers += [guest.open_page(page), *(guest.send(page, {"kode": "123"}) for _ in range(CODE_TRIES + 1))]
        every.append([seen(a) for a in answers])
    assert [one == every[0] for one in every] == [True] * 5
    assert [a[0] for a in every[0]] == [303, 200, *[422] * CODE_TRIES, 429]
    with unit_of_work() as s:
        assert s.scalars(select(Notice.kind)).all() == ["kode_sandi"]
        assert s.scalars(select(func.count()).select_from(Outbox).where(Outbox.closed_at.is_(None))).one() == 0


def test_a_page_for_no_letter_at_all_is_the_same_page(guest: Browser, account: UUID) -> None:
    page, made_up = asked(guest), f"/akun/lupa-sandi/{uuid4()}"
    assert seen(guest.open_page(page)) == seen(guest.open_page(made_up))
    assert seen(guest.send(page, {"kode": wrong_for(PHONE)})) == seen(guest.send(made_up, {"kode": "12345678"}))


@pytest.mark.attack("A12")
class TestCode:
    """It works once, for its letter, for ten minutes, and cannot be guessed."""

    @pytest.fixture
    def letter_id(self, account: UUID) -> UUID:
        letter_id = request_reset(PHONE, now=WEDNESDAY)
        assert letter_id is not None
        work_off()
        return letter_id

    def refused(self, letter_id: UUID, code: str, minutes: int = 0) -> None:
        with pytest.raises(InputInvalid) as error:
            use_code(letter_id, code, now=WEDNESDAY + timedelta(minutes=minutes))
        assert set(error.value.errors) == {"kode"}

    def test_a_second_time_it_is_as_wrong_as_any(self, letter_id: UUID) -> None:
        code = password_code_for(PHONE)
        assert read_link(use_code(letter_id, code, now=WEDNESDAY), now=WEDNESDAY).identifier == PHONE
        self.refused(letter_id, code)

    def test_of_many_at_once_one_goes_on(self, letter_id: UUID) -> None:
        code = password_code_for(PHONE)

        def use(_: int) -> bool:
            try:
                use_code(letter_id, code, now=WEDNESDAY)
            except InputInvalid:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, range(4))) == [False, False, False, True]

    def test_after_ten_minutes_it_is_too_late(self, letter_id: UUID) -> None:
        self.refused(letter_id, password_code_for(PHONE), minutes=10)
        assert use_code(letter_id, password_code_for(PHONE), now=WEDNESDAY + timedelta(minutes=9))

    def test_after_five_tries_the_right_one_is_refused_too(self, letter_id: UUID) -> None:
        for _ in range(CODE_TRIES):
            self.refused(letter_id, wrong_for(PHONE))
        with pytest.raises(TooOften, match="Minta kode baru"):
            use_code(letter_id, password_code_for(PHONE), now=WEDNESDAY)

    def test_a_newer_one_a_password_change_and_a_closed_account_end_it(self, letter_id: UUID, account: UUID) -> None:
        first = password_code_for(PHONE)
        newer = request_reset(PHONE, now=WEDNESDAY)
        work_off()
        self.refused(letter_id, first)
        assert newer is not None
        change_password(account, PASSWORD, NEW, now=WEDNESDAY)
        self.refused(newer, password_code_of(newer, settings().secret_key))
        last = request_reset(PHONE, now=WEDNESDAY)
        work_off()
        assert last is not None
        with unit_of_work() as s:
            s.execute(update(Account).values(active=False))
        self.refused(last, password_code_of(last, settings().secret_key))

    def test_it_is_of_its_letter_alone(self, letter_id: UUID, db: Engine) -> None:
        make_applicant("Ani", "081377770000", "", PASSWORD, now=WEDNESDAY)
        other = request_reset("081377770000", now=WEDNESDAY)
        work_off()
        assert other is not None
        self.refused(other, password_code_for(PHONE))

    def test_a_refused_password_does_not_use_it_up(self, app: Flask, letter_id: UUID) -> None:
        token, guest = use_code(letter_id, password_code_for(PHONE), now=WEDNESDAY), Browser(app.test_client())
        guest.open_page(f"/akun/tautan/{token}")
        assert guest.send(f"/akun/tautan/{token}", {"sandi": "12345678"}).status_code == 422
        assert guest.send(f"/akun/tautan/{token}", {"sandi": NEW}).status_code == 303

    def test_it_lies_in_no_table_no_message_and_no_list(self, letter_id: UUID) -> None:
        code = password_code_for(PHONE)
        with unit_of_work() as s:
            for table in (AccountLetter, Notice, Outbox, AccountChange):
                for line in s.execute(select(*table.__table__.columns)):
                    assert code not in " ".join(map(str, line))
            assert s.scalars(select(Notice.person_id)).all() == [None], "on nobody's bell"
            s.execute(update(Notice).values(status=NoticeStatus.GAGAL, error="Gerbang pesan tidak menjawab."))
        (undelivered,), _ = read_undelivered(page=1)
        assert code not in str(undelivered)
        assert PHONE not in str(undelivered)


@pytest.mark.attack("E14")
def test_a_code_is_no_link_a_link_is_no_code_and_neither_confirms_an_address(account: UUID, guest: Browser) -> None:
    letter_id, key = letter_of(asked(guest)), settings().secret_key
    for token in (token_of(letter_id, key), password_code_for(PHONE)):
        assert guest.open_page(f"/akun/tautan/{token}").status_code == 404
    with pytest.raises(InputInvalid):
        use_code(letter_id, code_of(letter_id, key), now=WEDNESDAY)
    with pytest.raises(NotFound):
        confirm(letter_id, code_of(letter_id, key), account, now=WEDNESDAY)
    asked_by_mail = make_applicant("Budi", "", "budi@uji.test", PASSWORD, now=WEDNESDAY)
    assert request_reset("budi@uji.test", now=WEDNESDAY) is None
    work_off()
    with unit_of_work() as s:
        link = s.scalars(select(AccountLetter.id).where(AccountLetter.account_id == asked_by_mail)).one()
    with pytest.raises(InputInvalid):
        use_code(link, password_code_of(link, key), now=WEDNESDAY)


def test_a_phone_gets_five_an_hour(app: Flask, account: UUID) -> None:
    code = [ask(Browser(app.test_client()), PHONE).status_code for _ in range(7)]
    assert code == [303] * 5 + [429] * 2


def test_one_network_address_tries_only_so_many_codes_whatever_they_are_for(guest: Browser, account: UUID) -> None:
    guest.open_page("/akun/lupa-sandi")
    code = [guest.send(f"/akun/lupa-sandi/{uuid4()}", {"kode": "1"}).status_code for _ in range(CODES_PER_HOUR + 2)]
    assert code == [422] * CODES_PER_HOUR + [429] * 2


def test_nothing_is_typed_twice_after_a_wrong_code_and_the_sentence_stands_beside_the_field(
    guest: Browser, account: UUID
) -> None:
    answer = guest.send(asked(guest), {"kode": wrong_for(PHONE)})
    assert answer.status_code == 422
    assert 'href="#kode"' in answer.text
    assert "minta kode baru" in answer.text
    assert wrong_for(PHONE) not in answer.text


CHANNELS = {
    "surel": ("Kantor ini belum dapat mengirim pesan ke nomor HP.", "Surel"),
    "pesan": ("Kantor ini belum dapat mengirim surel.", "Nomor HP"),
}


@pytest.mark.parametrize("alive", CHANNELS)
def test_the_page_says_what_this_office_cannot_send_and_where_to_go(
    guest: Browser, monkeypatch: pytest.MonkeyPatch, alive: str
) -> None:
    monkeypatch.setattr(account_letters, "alive", lambda _: frozenset({alive}))
    page = " ".join(guest.open_page("/akun/lupa-sandi").text.split())
    sentence, label = CHANNELS[alive]
    assert sentence in page
    assert f'for="pengenal"> {label} </label>' in page
    unreachable = PHONE if alive == "surel" else "siti@contoh.id"
    answer = guest.send("/akun/lupa-sandi", {"pengenal": unreachable})
    assert answer.status_code == 422
    assert "Datang ke loket dengan kartu identitas Anda" in answer.text
    assert unreachable in answer.text


def test_an_office_that_can_send_nothing_shows_no_form_that_leads_nowhere(
    guest: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_letters, "alive", lambda _: frozenset())
    page = guest.open_page("/akun/lupa-sandi").text
    assert 'name="pengenal"' not in page
    assert "Datang ke loket dengan kartu identitas Anda" in " ".join(page.split())
