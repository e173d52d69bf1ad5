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
from pipeline.roles import Peran
from pipeline.services.desk.sign import sign
from pipeline.services.people import accounts as account_service
from pipeline.services.people import rate_limit
from pipeline.services.people.accounts import authenticate
from tests.factories import RABU, at_desk
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.meja import PASSPHRASE, Kantor, give_certificate, make_kantor, make_officer  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WRONG = "bukan-sandinya"


def try_to_log_in(pengenal: str, sandi: str, address: str, now: datetime = NOW) -> str:
    try:
        authenticate(pengenal, sandi, address, petugas=False, now=now)
    except (InputInvalid, TooOften) as error:
        return type(error).__name__
    return "masuk"


def at_once(banyak: int, one: Callable[[int], str]) -> Counter[str]:
    """Call it from as many threads, all let go together."""
    start = Barrier(banyak)

    def run(n: int) -> str:
        start.wait(timeout=60)
        return one(n)

    with ThreadPoolExecutor(banyak) as pool:
        return Counter(pool.map(run, range(banyak)))


class TestLogin:
    def test_of_sixty_wrong_passwords_at_once_five_are_looked_at(self, pemohon: SamplePerson) -> None:
        hasil = at_once(60, lambda n: try_to_log_in(pemohon.surel, WRONG, f"10.0.0.{n}"))
        assert hasil == {"InputInvalid": 5, "TooOften": 55}

    def test_of_sixty_names_at_once_from_one_address_ten_are_looked_at(self, db: Engine) -> None:
        hasil = at_once(60, lambda n: try_to_log_in(f"orang{n}@contoh.id", WRONG, "10.0.0.1"))
        assert hasil == {"InputInvalid": 10, "TooOften": 50}

    def test_the_pause_grows_and_ends(self, pemohon: SamplePerson) -> None:
        for _ in range(5):
            assert try_to_log_in(pemohon.surel, WRONG, "10.0.0.1") == "InputInvalid"
        now = NOW
        for menit in (1, 2, 4, 8, 15, 15):
            assert try_to_log_in(pemohon.surel, PASSWORD, "10.0.0.2", now) == "TooOften"
            now += timedelta(minutes=menit, seconds=-1)
            assert try_to_log_in(pemohon.surel, PASSWORD, "10.0.0.2", now) == "TooOften"
            now += timedelta(seconds=1)
            assert try_to_log_in(pemohon.surel, WRONG, f"10.0.1.{menit}", now) == "InputInvalid"
        assert try_to_log_in(pemohon.surel, PASSWORD, "10.0.0.2", now + timedelta(minutes=15)) == "masuk"
        assert try_to_log_in(pemohon.surel, WRONG, "10.0.0.2", now + timedelta(minutes=15)) == "InputInvalid"

    def test_an_unknown_name_pauses_like_a_known_one(self, pemohon: SamplePerson) -> None:
        for nama in (pemohon.surel, "tiada@contoh.id"):
            hasil = [try_to_log_in(nama, WRONG, f"10.0.0.{n}") for n in range(7)]
            assert hasil == ["InputInvalid"] * 5 + ["TooOften"] * 2

    def test_twelve_officers_behind_one_address_log_in_at_eight(self, pemohon: SamplePerson) -> None:
        assert {try_to_log_in(pemohon.surel, PASSWORD, "10.0.0.1") for _ in range(12)} == {"masuk"}

    def test_an_account_of_ones_own_does_not_clear_the_guesses_of_an_address(self, pemohon: SamplePerson) -> None:
        hasil = []
        for n in range(12):
            hasil.append(try_to_log_in(f"orang{n}@contoh.id", WRONG, "10.0.0.1"))
            try_to_log_in(pemohon.surel, PASSWORD, "10.0.0.1")
        assert hasil.count("InputInvalid") <= 10

    def test_guesses_from_a_known_device_pause_too(self, pemohon: SamplePerson) -> None:
        pemohon.peramban.kirim("/akun/keluar")
        jawaban = [pemohon.peramban.masuk(pemohon.surel, sandi=WRONG).status_code for _ in range(6)]
        assert jawaban == [422] * 5 + [429]

    @pytest.mark.attack("A03")
    def test_one_password_on_fifty_names_from_one_address_is_stopped(self, tamu: Peramban) -> None:
        """A03: spraying."""
        tamu.buka("/akun/masuk")
        kode = [
            tamu.kirim("/akun/masuk", {"pengenal": f"x{n}@contoh.id", "sandi": "rahasia"}).status_code
            for n in range(50)
        ]
        assert kode == [422] * 10 + [429] * 40

    def test_twenty_addresses_on_one_name_are_stopped(self, pemohon: SamplePerson) -> None:
        """A03: one account from many addresses."""
        hasil = Counter(try_to_log_in(pemohon.surel, WRONG, f"10.0.0.{n}") for n in range(20))
        assert hasil == {"InputInvalid": 5, "TooOften": 15}

    @pytest.mark.attack("A02")
    def test_a_name_nobody_has_takes_as_long_as_one_somebody_has(self, pemohon: SamplePerson) -> None:
        """A02: each pair is measured back to back, so that a busy machine slows both."""
        different, lama = [], []
        for n in range(20):
            waktu = []
            for nama in (pemohon.surel, "tiada@contoh.id") if n % 2 else ("tiada@contoh.id", pemohon.surel):
                mulai = perf_counter()
                try_to_log_in(nama, WRONG, f"10.0.0.{n}", NOW + timedelta(hours=n))
                waktu.append(perf_counter() - mulai)
            different.append((waktu[0] - waktu[1]) * (1 if n % 2 else -1))
            lama.append(min(waktu))
        assert abs(median(different)) < 0.5 * median(lama)

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
            assert conn.execute(select(AccessAttempt.jumlah, AccessAttempt.held_until)).one() == (0, None)


class TestPassphrasePassword:
    """E08: the passphrase of the signature."""

    def test_after_five_wrong_ones_even_the_right_one_waits_and_no_number_is_lost(self, kantor: Kantor) -> None:
        give_certificate(kantor)
        meja = at_desk(kantor.bawa("tanda_tangan").permohonan_id)
        kepala = kantor.orang[Peran.KEPALA_DINAS]

        def try_to_sign(frasa: str) -> str:
            try:
                sign(meja.tugas_id, Secret(frasa), oleh=kepala, seen=meja.seen, now=RABU)
            except (WrongPassphrase, TooOften) as error:
                return type(error).__name__
            return "terbit"

        hasil = [try_to_sign(f"tebakan {n}") for n in range(12)]
        assert hasil == ["WrongPassphrase"] * 5 + ["TooOften"] * 7
        assert try_to_sign(PASSPHRASE) == "TooOften"
        with unit_of_work() as s:
            assert s.scalars(select(Sk.urut)).all() == [1]
            s.execute(update(AccessAttempt).values(held_until=real_now()))
        assert try_to_sign(PASSPHRASE) == "terbit"
        with unit_of_work() as s:
            assert s.scalars(select(AccessAttempt.jumlah)).all() == []

    def test_the_page_says_how_long_to_wait(self, kantor: Kantor) -> None:
        give_certificate(kantor)
        berkas, kepala = kantor.bawa("tanda_tangan"), kantor[Peran.KEPALA_DINAS]
        kepala.buka(f"{berkas.alamat}/tanda-tangan")
        jawaban = [
            kepala.kirim(f"{berkas.alamat}/tanda-tangan", berkas.shown(passphrase=f"tebakan {n}")) for n in range(6)
        ]
        assert [j.status_code for j in jawaban] == [422] * 5 + [429]
        assert "Coba lagi dalam" in jawaban[-1].text
        assert 0 < int(jawaban[-1].headers["Retry-After"]) <= 61


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
        baris = {
            "person_id": pemohon.person_id, "sandi": "x", "password_changed_at": RABU, "created_at": RABU,
            "petugas": False,
        }  # fmt: skip
        with connection() as conn:
            conn.execute(insert(Account).values(id=uuid4(), surel=self.SECRET, **baris))
        with pytest.raises(IntegrityError) as unik, connection() as conn:
            conn.execute(insert(Account).values(id=uuid4(), surel=self.SECRET, **baris))
        with pytest.raises(IntegrityError) as kosong, connection() as conn:
            conn.execute(text("INSERT INTO orang (id, nama) VALUES (gen_random_uuid(), :n)"), {"n": self.SECRET})
        with pytest.raises(IntegrityError) as cek, unit_of_work() as s:
            s.add(Account(person_id=pemohon.person_id, sandi=self.SECRET, password_changed_at=RABU, created_at=RABU))
        with pytest.raises(DataError) as angka, connection() as conn:
            conn.execute(text("SELECT CAST(:n AS integer)"), {"n": self.SECRET})
        for info, nama in (
            (unik, "uq_akun_surel"),
            (kosong, "created_at"),
            (cek, "surel_atau_telepon"),
            (angka, "22"),
        ):
            recorded = "".join(logging.Formatter().formatException(info._excinfo))  # type: ignore[arg-type]  # as logged
            assert self.SECRET not in recorded
            assert nama in recorded
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
                s.add(Person(id=uuid4(), nama=self.SECRET))  # without its date

        monkeypatch.setattr(tracking, "find_trace", broken)
        tamu = Peramban(app.test_client())
        tamu.buka("/lacak")
        jawaban = tamu.kirim("/lacak", {"nomor": "LKS-2026-000001", "kode": "ABCDEFGH"})
        recorded = "".join(capfd.readouterr())
        assert jawaban.status_code == 500
        assert "created_at" in recorded
        assert self.SECRET not in recorded + jawaban.text
