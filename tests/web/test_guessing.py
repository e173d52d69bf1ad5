"""Who guesses at a secret is slowed down, however many guess at once; and no error tells a log what was typed."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median
from threading import Barrier
from time import perf_counter
from uuid import uuid4

import pytest
import structlog
from flask import Flask
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.documents.signing import Secret, WrongPassphrase
from pipeline.errors import InputInvalid, TooOften
from pipeline.logs import configure_logs, where
from pipeline.models import AccessAttempt, Account, Person, Sk
from pipeline.services.desk.sign import sign
from pipeline.services.people import accounts as account_service
from pipeline.services.people import rate_limit
from pipeline.services.people.accounts import authenticate
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import PASSPHRASE, Kantor, give_certificate, make_kantor, make_officer  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WRONG = "bukan-sandinya"


def try_to_log_in(identifier: str, password: str, address: str, now: datetime = NOW) -> str:
    try:
        authenticate(identifier, password, address, petugas=False, now=now)
    except (InputInvalid, TooOften) as error:
        return type(error).__name__
    return "masuk"


def at_once(count: int, one: Callable[[int], str]) -> Counter[str]:
    """Call it from as many threads, all let go together."""
    start = Barrier(count)

    def run(n: int) -> str:
        start.wait(timeout=60)
        return one(n)

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(run, range(count)))


class TestLogin:
    def test_of_sixty_wrong_passwords_at_once_five_are_looked_at(self, pemohon: SamplePerson) -> None:
        result = at_once(60, lambda n: try_to_log_in(pemohon.email, WRONG, f"10.0.0.{n}"))
        assert result == {"InputInvalid": 5, "TooOften": 55}

    def test_of_sixty_names_at_once_from_one_address_ten_are_looked_at(self, db: Engine) -> None:
        result = at_once(60, lambda n: try_to_log_in(f"orang{n}@contoh.id", WRONG, "10.0.0.1"))
        assert result == {"InputInvalid": 10, "TooOften": 50}

    def test_the_pause_grows_and_ends(self, pemohon: SamplePerson) -> None:
        for _ in range(5):
            assert try_to_log_in(pemohon.email, WRONG, "10.0.0.1") == "InputInvalid"
        now = NOW
        for minutes in (1, 2, 4, 8, 15, 15):
            assert try_to_log_in(pemohon.email, PASSWORD, "10.0.0.2", now) == "TooOften"
            now += timedelta(minutes=minutes, seconds=-1)
            assert try_to_log_in(pemohon.email, PASSWORD, "10.0.0.2", now) == "TooOften"
            now += timedelta(seconds=1)
            assert try_to_log_in(pemohon.email, WRONG, f"10.0.1.{minutes}", now) == "InputInvalid"
        assert try_to_log_in(pemohon.email, PASSWORD, "10.0.0.2", now + timedelta(minutes=15)) == "masuk"
        assert try_to_log_in(pemohon.email, WRONG, "10.0.0.2", now + timedelta(minutes=15)) == "InputInvalid"

    def test_an_unknown_name_pauses_like_a_known_one(self, pemohon: SamplePerson) -> None:
        for name in (pemohon.email, "tiada@contoh.id"):
            result = [try_to_log_in(name, WRONG, f"10.0.0.{n}") for n in range(7)]
            assert result == ["InputInvalid"] * 5 + ["TooOften"] * 2

    def test_twelve_officers_behind_one_address_log_in_at_eight(self, pemohon: SamplePerson) -> None:
        assert {try_to_log_in(pemohon.email, PASSWORD, "10.0.0.1") for _ in range(12)} == {"masuk"}

    def test_an_account_of_ones_own_does_not_clear_the_guesses_of_an_address(self, pemohon: SamplePerson) -> None:
        result = []
        for n in range(12):
            result.append(try_to_log_in(f"orang{n}@contoh.id", WRONG, "10.0.0.1"))
            try_to_log_in(pemohon.email, PASSWORD, "10.0.0.1")
        assert result.count("InputInvalid") <= 10

    def test_guesses_from_a_known_device_pause_too(self, pemohon: SamplePerson) -> None:
        pemohon.browser.send("/akun/keluar")
        answer = [pemohon.browser.login(pemohon.email, password=WRONG).status_code for _ in range(6)]
        assert answer == [422] * 5 + [429]

    @pytest.mark.attack("A03")
    def test_one_password_on_fifty_names_from_one_address_is_stopped(self, guest: Browser) -> None:
        """A03: spraying."""
        guest.open_page("/akun/masuk")
        code = [
            guest.send("/akun/masuk", {"pengenal": f"x{n}@contoh.id", "sandi": "rahasia"}).status_code
            for n in range(50)
        ]
        assert code == [422] * 10 + [429] * 40

    def test_twenty_addresses_on_one_name_are_stopped(self, pemohon: SamplePerson) -> None:
        """A03: one account from many addresses."""
        result = Counter(try_to_log_in(pemohon.email, WRONG, f"10.0.0.{n}") for n in range(20))
        assert result == {"InputInvalid": 5, "TooOften": 15}

    @pytest.mark.attack("A02")
    def test_a_name_nobody_has_takes_as_long_as_one_somebody_has(self, pemohon: SamplePerson) -> None:
        """A02: each pair is measured back to back, so that a busy machine slows both."""
        different, old = [], []
        for n in range(20):
            time = []
            for name in (pemohon.email, "tiada@contoh.id") if n % 2 else ("tiada@contoh.id", pemohon.email):
                start = perf_counter()
                try_to_log_in(name, WRONG, f"10.0.0.{n}", NOW + timedelta(hours=n))
                time.append(perf_counter() - start)
            different.append((time[0] - time[1]) * (1 if n % 2 else -1))
            old.append(min(time))
        assert abs(median(different)) < 0.5 * median(old)

    def test_a_name_nobody_has_is_hashed_too(self, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        """A02, without a clock."""
        hashed: list[str] = []
        ours = account_service._password_fits
        monkeypatch.setattr(account_service, "_password_fits", lambda s, p: hashed.append(p) or ours(s, p))
        assert try_to_log_in("tiada@contoh.id", WRONG, "10.0.0.1") == "InputInvalid"
        assert hashed == [WRONG]

    def test_what_was_no_guess_is_given_back(self, db: Engine) -> None:
        for _ in range(9):
            with pytest.raises(ZeroDivisionError), rate_limit.guess("uji", wrong=InputInvalid, now=NOW):
                raise ZeroDivisionError
        with db.connect() as conn:
            assert conn.execute(select(AccessAttempt.total, AccessAttempt.held_until)).one() == (0, None)


class TestPassphrasePassword:
    """E08: the passphrase of the signature."""

    def test_after_five_wrong_ones_even_the_right_one_waits_and_no_number_is_lost(self, kantor: Kantor) -> None:
        give_certificate(kantor)
        desk = at_desk(kantor.carry("tanda_tangan").permohonan_id)
        head = kantor.person[KEPALA_DINAS]

        def try_to_sign(phrase: str) -> str:
            try:
                sign(desk.tugas_id, Secret(phrase), actor=head, seen=desk.seen, now=WEDNESDAY)
            except (WrongPassphrase, TooOften) as error:
                return type(error).__name__
            return "terbit"

        result = [try_to_sign(f"tebakan {n}") for n in range(12)]
        assert result == ["WrongPassphrase"] * 5 + ["TooOften"] * 7
        assert try_to_sign(PASSPHRASE) == "TooOften"
        with unit_of_work() as s:
            assert s.scalars(select(Sk.sequence)).all() == [1]
            s.execute(update(AccessAttempt).values(held_until=real_now()))
        assert try_to_sign(PASSPHRASE) == "terbit"
        with unit_of_work() as s:
            assert s.scalars(select(AccessAttempt.total)).all() == []

    def test_the_page_says_how_long_to_wait(self, kantor: Kantor) -> None:
        give_certificate(kantor)
        berkas, head = kantor.carry("tanda_tangan"), kantor[KEPALA_DINAS]
        head.open_page(f"{berkas.address}/tanda-tangan")
        answer = [
            head.send(f"{berkas.address}/tanda-tangan", berkas.shown(passphrase=f"tebakan {n}")) for n in range(6)
        ]
        assert [j.status_code for j in answer] == [422] * 5 + [429]
        assert "Coba lagi dalam" in answer[-1].text
        assert 0 < int(answer[-1].headers["Retry-After"]) <= 61


@pytest.fixture
def office_logs() -> Iterator[None]:
    """The logs as a process of the office writes them."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logs()
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


class TestNote:
    """What PostgreSQL says of a broken rule names the rule, never the row."""

    SECRET = "siti.aminah@contoh.id"

    def test_a_broken_rule_names_the_rule_and_not_the_row(self, db: Engine, pemohon: SamplePerson) -> None:
        line = {
            "person_id": pemohon.person_id,
            "password": "x",
            "password_changed_at": WEDNESDAY,
            "created_at": WEDNESDAY,
            "petugas": False,
        }
        with connection() as conn:
            conn.execute(insert(Account).values(id=uuid4(), email=self.SECRET, **line))
        with pytest.raises(IntegrityError) as unique, connection() as conn:
            conn.execute(insert(Account).values(id=uuid4(), email=self.SECRET, **line))
        with pytest.raises(IntegrityError) as empty, connection() as conn:
            conn.execute(text("INSERT INTO orang (id, name) VALUES (gen_random_uuid(), :n)"), {"n": self.SECRET})
        with pytest.raises(IntegrityError) as check, unit_of_work() as s:
            s.add(
                Account(
                    person_id=pemohon.person_id,
                    password=self.SECRET,
                    password_changed_at=WEDNESDAY,
                    created_at=WEDNESDAY,
                )
            )
        with pytest.raises(DataError) as figure, connection() as conn:
            conn.execute(text("SELECT CAST(:n AS integer)"), {"n": self.SECRET})
        for info, name in (
            (unique, "uq_akun_surel"),
            (empty, "created_at"),
            (check, "email_or_phone"),
            (figure, "22"),
        ):
            recorded = "".join(logging.Formatter().formatException(info._excinfo))  # type: ignore[arg-type]  # as logged
            assert self.SECRET not in recorded
            assert name in recorded
            assert self.SECRET not in where(info.value)

    def test_an_error_page_and_its_log_line_tell_nothing_that_was_typed(
        self,
        app: Flask,
        db: Engine,
        capfd: pytest.CaptureFixture[str],
        office_logs: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from web.publik import tracking

        def broken(*_: object) -> None:
            with unit_of_work() as s:
                s.add(Person(id=uuid4(), name=self.SECRET))  # without its date

        monkeypatch.setattr(tracking, "find_trace", broken)
        guest = Browser(app.test_client())
        guest.open_page("/lacak")
        answer = guest.send("/lacak", {"nomor": "LKS-2026-000001", "kode": "ABCDEFGH"})
        recorded = "".join(capfd.readouterr())
        assert answer.status_code == 500
        assert "created_at" in recorded
        assert self.SECRET not in recorded + answer.text
