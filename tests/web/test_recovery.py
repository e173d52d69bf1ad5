"""A password nobody knows any more: its owner alone sets a new one, once, by a link; and the first administrator."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from ops.cli import main
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.models import (
    AccessAttempt,
    Account,
    AccountChange,
    AccountLetter,
    LetterKind,
    Notice,
    Outbox,
    Penugasan,
    Person,
)
from pipeline.roles import Peran
from pipeline.rules.one_time import token_hash
from pipeline.services.people import account_letters
from pipeline.services.people.accounts import register as make_applicant
from pipeline.services.people.passwords import change_password
from pipeline.services.people.recovery import read_link, request_reset, use_link
from pipeline.settings import settings
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, work_off
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import login, make_officer
from tests.web.letter import letters, link_for, register

NEW = "sandi yang sama sekali baru"
NEWCOMER = "siti@contoh.id"


def ask_for_link(app: Flask, identifier: str) -> TestResponse:
    guest = Browser(app.test_client())
    guest.open_page("/akun/lupa-sandi")
    answer = guest.send("/akun/lupa-sandi", {"pengenal": identifier})
    work_off()
    return answer


def token_for(address: str) -> str:
    return link_for(address).rpartition("/")[2]


def set_by(app: Flask, link: str, password: str = NEW) -> TestResponse:
    guest = Browser(app.test_client())
    guest.open_page(link)
    if not guest.token:
        guest.open_page("/akun/masuk")
    return guest.send(link, {"sandi": password})


def account_id_of(email: str) -> Account:
    with unit_of_work() as s:
        return s.scalars(select(Account).where(Account.email == email)).one()


def acts(email: str) -> list[tuple[str, UUID | None]]:
    with unit_of_work() as s:
        p = AccountChange
        choose = select(p.kind, p.actor).join(Account, Account.person_id == p.person_id).where(Account.email == email)
        return [tuple(r) for r in s.execute(choose.order_by(p.sequence))]


class TestForgotPassword:
    def test_the_link_sets_a_password_and_ends_every_session(self, app: Flask, pemohon: SamplePerson) -> None:
        ask_for_link(app, pemohon.email)
        link = link_for(pemohon.email)
        answer = set_by(app, link)
        assert (answer.status_code, answer.location) == (303, "/akun/masuk?sandi=baru")
        assert pemohon.browser.open_page("/permohonan").status_code == 302
        assert Browser(app.test_client()).login(pemohon.email).status_code == 422
        assert Browser(app.test_client()).login(pemohon.email, password=NEW).status_code == 303
        assert acts(pemohon.email)[1:] == [("sandi_diganti", pemohon.person_id)]
        assert letters(pemohon.email)[0].kind == "sandi_diganti"

    @pytest.mark.attack("A01")
    def test_a_known_and_an_unknown_address_get_the_same_answer(self, app: Flask, pemohon: SamplePerson) -> None:
        """A01: an officer's address too, whose link only an administrator sends."""
        make_officer("kantor@uji.test", Peran.ADMIN)
        got = []
        for address in (pemohon.email, "kantor@uji.test", "tiada@uji.test", "bukan@alamat"):
            answer = ask_for_link(app, address)
            got.append((answer.status_code, answer.location, answer.headers.get("Set-Cookie")))
        assert set(got) == {(303, "/akun/lupa-sandi?terkirim=ya", None)}
        with unit_of_work() as s:
            assert s.scalars(select(Notice.kind)).all() == ["tautan"]
            assert s.scalars(select(func.count()).select_from(Outbox).where(Outbox.closed_at.is_(None))).one() == 0

    def test_asking_does_the_same_work_for_both(self, app: Flask, pemohon: SamplePerson) -> None:
        """A01, without a clock: before the letter leaves nothing differs in the tables."""
        guest = Browser(app.test_client())
        for address in (pemohon.email, "tiada@uji.test"):
            guest.open_page("/akun/lupa-sandi")
            guest.send("/akun/lupa-sandi", {"pengenal": address})
        with unit_of_work() as s:
            line = s.execute(select(AccountLetter.kind, AccountLetter.account_id, AccountLetter.name)).all()
            assert set(line) == {("sandi", None, None)}
            assert len(line) == 2

    def test_two_who_forgot_at_once_each_get_their_own(
        self, app: Flask, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        request_reset(one.email, now=WEDNESDAY)
        request_reset(two.email, now=WEDNESDAY)
        work_off()
        assert set_by(app, link_for(one.email)).status_code == 303
        assert set_by(app, link_for(two.email)).status_code == 303

    def test_nothing_typed_is_asked_for_in_words(self, guest: Browser) -> None:
        guest.open_page("/akun/lupa-sandi")
        answer = guest.send("/akun/lupa-sandi", {"pengenal": " "})
        assert answer.status_code == 422
        assert "Isi nomor HP atau surel" in answer.text

    def test_without_a_gateway_a_phone_is_told_where_to_go(
        self, guest: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(account_letters, "alive", lambda _: frozenset({"surel"}))
        guest.open_page("/akun/lupa-sandi")
        answer = guest.send("/akun/lupa-sandi", {"pengenal": "081234567890"})
        assert answer.status_code == 422
        assert "loket" in answer.text
        assert "081234567890" in answer.text

    def test_nobodys_mailbox_is_filled_through_us(self, app: Flask, pemohon: SamplePerson) -> None:
        code = [ask_for_link(app, pemohon.email).status_code for _ in range(7)]
        assert code == [303] * 5 + [429] * 2

    def test_a_pause_of_the_login_ends_with_the_new_password(self, app: Flask, pemohon: SamplePerson) -> None:
        for _ in range(6):
            Browser(app.test_client()).login(pemohon.email, password="bukan sandinya")
        ask_for_link(app, pemohon.email)
        set_by(app, link_for(pemohon.email))
        assert Browser(app.test_client()).login(pemohon.email, password=NEW).status_code == 303


class TestLink:
    """A12, A13: a link works once, for half an hour, for one account, and gives itself away to nobody."""

    @pytest.fixture
    def link(self, app: Flask, pemohon: SamplePerson) -> str:
        ask_for_link(app, pemohon.email)
        return link_for(pemohon.email)

    @pytest.mark.attack("A12")
    def test_a_used_an_old_a_foreign_and_a_guessed_one_look_the_same(
        self, app: Flask, link: str, pemohon: SamplePerson
    ) -> None:
        assert set_by(app, link).status_code == 303
        dead = [
            link,
            "/akun/tautan/tiada",
            f"{link}x",
            "/akun/tautan/" + link.rpartition("/")[2].swapcase(),
            "/akun/tautan/" + "a" * 5000,
        ]
        page = [Browser(app.test_client()).open_page(t) for t in dead]
        assert {h.status_code for h in page} == {404}
        assert all("Tautan tidak berlaku" in h.text for h in page)
        send = [set_by(app, t) for t in dead]
        assert {k.status_code for k in send} == {404}
        assert Browser(app.test_client()).login(pemohon.email, password=NEW).status_code == 303

    def test_after_half_an_hour_it_is_too_late(self, link: str, pemohon: SamplePerson) -> None:
        token = token_for(pemohon.email)
        assert read_link(token, now=WEDNESDAY + timedelta(minutes=29)).identifier == pemohon.email
        with pytest.raises(NotFound):
            read_link(token, now=WEDNESDAY + timedelta(minutes=31))
        with pytest.raises(NotFound):
            use_link(token, NEW, now=WEDNESDAY + timedelta(minutes=31))

    def test_a_newer_one_ends_it(self, app: Flask, link: str, pemohon: SamplePerson) -> None:
        ask_for_link(app, pemohon.email)
        assert link_for(pemohon.email) != link
        assert set_by(app, link).status_code == 404
        assert set_by(app, link_for(pemohon.email)).status_code == 303

    def test_a_password_change_ends_it(self, app: Flask, link: str, pemohon: SamplePerson) -> None:
        change_password(account_id_of(pemohon.email).id, PASSWORD, NEW, now=WEDNESDAY)
        assert set_by(app, link).status_code == 404

    def test_a_closed_account_ends_it(self, app: Flask, link: str, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(update(Account).values(active=False))
        assert set_by(app, link).status_code == 404

    @pytest.mark.attack("A12")
    def test_it_is_kept_hashed_and_nowhere_else(self, link: str) -> None:
        token = link.rpartition("/")[2]
        with unit_of_work() as s:
            for table in (AccountLetter, Notice, Outbox, AccountChange):
                for line in s.execute(select(*table.__table__.columns)):
                    assert token not in " ".join(map(str, line))

    def test_no_page_of_it_sends_its_address_on(self, app: Flask, link: str) -> None:
        for address in (link, "/akun/tautan/tiada"):
            page = Browser(app.test_client()).open_page(address)
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert "no-store" in page.headers["Cache-Control"]
            assert 'src="http' not in page.text

    def test_on_https_its_form_needs_the_token_and_no_referer(self, db: Engine, pemohon: SamplePerson) -> None:
        """A page that sends no Referer cannot be asked for one."""
        from web import create_app

        app = create_app()
        ask_for_link(app, pemohon.email)
        link, guest = link_for(pemohon.email), Browser(app.test_client())
        guest.open_page(link, base_url="https://localhost")
        without = guest.web_client.post(link, data={"sandi": NEW}, base_url="https://localhost")
        assert without.status_code == 400
        assert guest.send(link, {"sandi": NEW}, base_url="https://localhost").status_code == 303

    def test_a_refused_password_leaves_it_good(self, app: Flask, link: str) -> None:
        for weak in ("pendek", "password", "12345678", " " * 8, "ahmadfauzi1"):
            answer = set_by(app, link, weak)
            assert answer.status_code == 422, weak
            assert 'href="#sandi"' in answer.text
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert set_by(app, link).status_code == 303

    def test_a_thousand_guesses_are_stopped(self, app: Flask, db: Engine) -> None:
        web_client = app.test_client()
        code = [web_client.get(f"/akun/tautan/tebakan-{n}").status_code for n in range(40)]
        assert code == [404] * 30 + [429] * 10

    def test_of_two_who_use_it_at_once_one_sets_the_password(self, link: str, pemohon: SamplePerson) -> None:
        token = token_for(pemohon.email)

        def use(n: int) -> bool:
            try:
                use_link(token, f"{NEW} {n}", now=WEDNESDAY)
            except NotFound:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, range(4))) == [False, False, False, True]

    def test_a_foreign_host_is_refused_and_in_the_letter_stands_base_url(
        self, app: Flask, pemohon: SamplePerson
    ) -> None:
        """A13."""
        from pipeline.services.notices.send import _delivery

        ask_for_link(app, pemohon.email)
        with unit_of_work() as s:
            delivery = _delivery(s, s.scalars(select(Notice)).one())
        assert f"{settings().base_url}{link_for(pemohon.email)}" in delivery.text
        answer = app.test_client().post("/akun/lupa-sandi", headers={"Host": "evil.com"}, data={"pengenal": "x"})
        assert answer.status_code == 400

    def test_a_code_is_no_link_and_a_link_is_no_code(self, app: Flask, guest: Browser) -> None:
        """E14."""
        from pipeline.rules.one_time import token_of

        page = register(guest, NEWCOMER)
        letter_id = UUID(page.rpartition("/")[2])
        assert guest.open_page(f"/akun/tautan/{token_of(letter_id, settings().secret_key)}").status_code == 404
        assert guest.open_page(f"/akun/tautan/{letter_id}").status_code == 404


class TestPetugas:
    """F07: an administrator starts it, and never sees or sets a password."""

    @pytest.fixture
    def admin(self, app: Flask, db: Engine) -> Browser:
        make_officer("admin@uji.test", Peran.ADMIN, name="Admin Utama")
        return login(app, "admin@uji.test")

    def send(self, admin: Browser, email: str) -> TestResponse:
        account_id = account_id_of(email).id
        admin.open_page(f"/admin/pengguna/{account_id}")
        return admin.send(f"/admin/pengguna/{account_id}/tautan-sandi")

    def test_the_owner_gets_the_link_and_the_administrator_does_not_see_it(self, app: Flask, admin: Browser) -> None:
        make_officer("kadis@uji.test", KEPALA_DINAS)
        kadis = login(app, "kadis@uji.test")
        answer = self.send(admin, "kadis@uji.test")
        assert answer.status_code == 303
        details = admin.open_page(answer.location).text
        assert "dikirim ke kadis@uji.test" in details
        link = link_for("kadis@uji.test")
        assert link not in details + answer.text
        assert kadis.open_page("/petugas/antrean").status_code == 200
        assert set_by(app, link).location == "/petugas/masuk?sandi=baru"
        assert kadis.open_page("/petugas/antrean").status_code == 302
        assert Browser(app.test_client()).login("kadis@uji.test", petugas=True, password=NEW).status_code == 303
        actor = account_id_of("admin@uji.test").person_id
        assert acts("kadis@uji.test")[2:] == [
            ("tautan_dibuat", actor),
            ("sandi_diganti", account_id_of("kadis@uji.test").person_id),
        ]
        assert letters("kadis@uji.test")[0].kind == "sandi_diganti"

    def test_a_new_officer_sets_their_own_password_and_cannot_log_in_before(self, app: Flask, admin: Browser) -> None:
        admin.open_page("/admin/pengguna/baru")
        content = {
            "nama": "Drs. H. Sugianoor",
            "surel": "sugianoor@uji.test",
            "peran": "sekretaris",
            "jabatan": "Sekretaris",
            "start_date": "2026-11-25",
        }
        answer = admin.send("/admin/pengguna/baru", content)
        assert answer.status_code == 201
        assert "dikirim ke <strong>sugianoor@uji.test" in answer.text
        link = link_for("sugianoor@uji.test")
        assert link not in answer.text
        assert "Belum ditetapkan" in admin.open_page(f"/admin/pengguna/{account_id_of('sugianoor@uji.test').id}").text
        for password in ("", "None", PASSWORD):
            guest = Browser(app.test_client())
            assert guest.login("sugianoor@uji.test", petugas=True, password=password).status_code == 422
        assert set_by(app, link).status_code == 303
        assert Browser(app.test_client()).login("sugianoor@uji.test", petugas=True, password=NEW).status_code == 303

    def test_no_notice_goes_to_an_address_whose_link_was_not_used(self, app: Flask, admin: Browser) -> None:
        from pipeline.services.notices.write import addresses

        person_id = make_officer("kadis@uji.test", KEPALA_DINAS)
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.person_id == person_id).values(password=None))
            assert addresses(s, [person_id]) == {}
        self.send(admin, "kadis@uji.test")
        set_by(app, link_for("kadis@uji.test"))
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].email == "kadis@uji.test"

    def test_a_link_from_the_console_proves_no_address_and_a_letter_does(self, app: Flask, admin: Browser) -> None:
        """The address may be a slip of the pen: what is told of files would go to a stranger."""
        from pipeline.services.notices.write import addresses

        person_id = make_officer("kadis@uji.test", KEPALA_DINAS)
        with unit_of_work() as s:
            never = {"password": None, "email_proven": False, "phone_proven": False}  # as an administrator makes it
            s.execute(update(Account).where(Account.person_id == person_id).values(**never))
        said = CliRunner().invoke(main, ["tautan", "kadis@uji.test"]).output
        (printed,) = [word for word in said.split() if word.startswith(settings().base_url)]
        set_by(app, printed.removeprefix(settings().base_url))
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].email is None
        page = f"/admin/pengguna/{account_id_of('kadis@uji.test').id}"
        assert "Belum dikirim ke kadis@uji.test" in admin.open_page(page).text
        self.send(admin, "kadis@uji.test")
        set_by(app, link_for("kadis@uji.test"), "kata lain yang sama sekali baru")
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].email == "kadis@uji.test"
        assert "Belum dikirim" not in admin.open_page(page).text

    def test_who_has_left_it_too_long_gets_another(self, app: Flask, admin: Browser) -> None:
        make_officer("kadis@uji.test", KEPALA_DINAS)
        self.send(admin, "kadis@uji.test")
        old = link_for("kadis@uji.test")
        self.send(admin, "kadis@uji.test")
        assert set_by(app, old).status_code == 404
        assert set_by(app, link_for("kadis@uji.test")).status_code == 303

    def test_not_for_ones_own_a_closed_or_an_applicants_account(self, admin: Browser, pemohon: SamplePerson) -> None:
        make_officer("tutup@uji.test", SEKRETARIS)
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.email == "tutup@uji.test").values(active=False))
        assert [self.send(admin, s).status_code for s in ("admin@uji.test", "tutup@uji.test", pemohon.email)] == [
            403,
            409,
            404,
        ]

    def test_without_a_channel_the_administrator_is_told_what_to_do(
        self, admin: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_officer("kadis@uji.test", KEPALA_DINAS)
        monkeypatch.setattr(account_letters, "alive", lambda _: frozenset())
        answer = self.send(admin, "kadis@uji.test")
        assert answer.status_code == 409
        assert "alurizin tautan kadis@uji.test" in answer.text
        assert len(acts("kadis@uji.test")) == 2, "made, with a password; no link"

    def test_nobody_but_an_administrator_starts_it(self, app: Flask, admin: Browser) -> None:
        make_officer("kabid@uji.test", KABID_PERIZINAN)
        kabid = login(app, "kabid@uji.test")
        kabid.open_page("/akun/sandi")
        assert kabid.send(f"/admin/pengguna/{account_id_of('admin@uji.test').id}/tautan-sandi").status_code == 403


class TestStart:
    """``alurizin mulai``: the first administrator."""

    @staticmethod
    def call(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    def start(self, email: str = "ti@kota.test", name: str = "Kepala TI") -> Result:
        return self.call("mulai", "--nama", name, "--surel", email)

    @staticmethod
    def link(result: Result) -> str:
        """The link stands alone on its line."""
        (line,) = [b for b in result.output.splitlines() if b.startswith(settings().base_url)]
        assert " " not in line
        return line.removeprefix(settings().base_url)

    def test_a_new_office_gets_its_administrator_by_a_link(self, app: Flask, db: Engine) -> None:
        result = self.start()
        assert result.exit_code == 0
        assert "30 menit" in result.output
        assert set_by(app, self.link(result)).location == "/petugas/masuk?sandi=baru"
        admin = Browser(app.test_client())
        assert admin.login("ti@kota.test", petugas=True, password=NEW).location == "/admin"
        details = admin.open_page(f"/admin/pengguna/{account_id_of('ti@kota.test').id}").text
        assert "Operator, lewat perintah di server" in details
        assert [kind for kind, _ in acts("ti@kota.test")] == ["akun_dibuat", "tautan_dibuat", "sandi_diganti"]

    def test_the_same_address_gets_a_new_link_and_the_old_one_is_dead(self, app: Flask, db: Engine) -> None:
        old, new = self.link(self.start()), self.link(self.start("TI@kota.test"))
        assert old != new
        assert Browser(app.test_client()).open_page(old).status_code == 404
        assert set_by(app, new).status_code == 303

    def test_another_address_is_refused(self, db: Engine) -> None:
        self.start()
        result = self.start("lain@kota.test", "Orang Lain")
        assert result.exit_code == 1
        assert "surel lain" in result.output
        with unit_of_work() as s:
            assert s.scalars(select(Account.email)).all() == ["ti@kota.test"]
            assert s.scalars(select(Penugasan.peran)).all() == [Peran.ADMIN]

    def test_once_the_password_is_set_nobody_starts_again(self, app: Flask, db: Engine) -> None:
        set_by(app, self.link(self.start()))
        for email in ("ti@kota.test", "lain@kota.test"):
            result = self.start(email)
            assert result.exit_code == 1
            assert "sudah punya administrator" in result.output
            assert "/akun/tautan/" not in result.output

    @pytest.mark.parametrize(
        ("email", "name"), [("bukan surel", "A"), ("", "A"), ("a@b.id", ""), ("a@b.id", "x" * 101)]
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, db: Engine, email: str, name: str) -> None:
        result = self.start(email, name)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
        with unit_of_work() as s:
            assert s.scalars(select(Person)).all() == []

    def test_an_applicants_address_makes_no_administrator(self, db: Engine) -> None:
        make_applicant("Siti", "", NEWCOMER, PASSWORD, now=WEDNESDAY)
        assert self.start(NEWCOMER).exit_code == 1

    def test_two_who_start_at_once_make_one(self, db: Engine) -> None:
        from pipeline.errors import DefinitionError
        from pipeline.services.people.recovery import first_administrator

        def begin(n: int) -> str:
            try:
                return first_administrator("Kepala TI", f"ti{n}@kota.test", now=WEDNESDAY)
            except DefinitionError:
                return ""

        with ThreadPoolExecutor(4) as pool:
            assert sum(1 for link in pool.map(begin, range(4)) if link) == 1
        with unit_of_work() as s:
            assert s.scalars(select(func.count()).select_from(Account)).one() == 1

    def test_the_servers_operator_prints_a_link_for_an_account_there_is(
        self, app: Flask, pemohon: SamplePerson
    ) -> None:
        result = self.call("tautan", pemohon.email)
        assert result.exit_code == 0
        assert set_by(app, self.link(result)).status_code == 303
        assert acts(pemohon.email)[1] == ("tautan_dibuat", None)
        absent = self.call("tautan", "tiada@uji.test")
        assert (absent.exit_code, "Periksa ejaannya" in absent.output) == (1, True)

    def test_a_guess_leaves_no_counter_behind(self, db: Engine) -> None:
        with pytest.raises(NotFound):
            read_link("tiada", now=WEDNESDAY)
        with db.connect() as conn:
            assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0


def test_a_link_written_into_the_table_sets_no_password(app: Flask, db: Engine) -> None:
    """A link is made from the letter's id with the key of this office; the row alone is worth nothing."""
    make_officer("kabid@uji.test", KABID_PERIZINAN)
    now = real_now()
    with unit_of_work() as s:
        letter = AccountLetter(kind=LetterKind.PASSWORD, account_id=account_id_of("kabid@uji.test").id, created_at=now)
        letter.token_hash, letter.expires_at = token_hash("abc"), now + timedelta(minutes=30)
        s.add(letter)
    for act in (lambda: read_link("abc", now=now), lambda: use_link("abc", NEW, now=now)):
        with pytest.raises(NotFound):
            act()
