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
from pipeline.services.people.accounts import change_password
from pipeline.services.people.accounts import register as make_applicant
from pipeline.services.people.recovery import read_link, request_link, use_link
from pipeline.settings import settings
from tests.factories import RABU, work_off
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.meja import make_officer, masuk
from tests.web.surat import letters, link_for, register

BARU = "sandi yang sama sekali baru"
SITI = "siti@contoh.id"


def ask_for_link(app: Flask, pengenal: str) -> TestResponse:
    tamu = Peramban(app.test_client())
    tamu.buka("/akun/lupa-sandi")
    jawaban = tamu.kirim("/akun/lupa-sandi", {"pengenal": pengenal})
    work_off()
    return jawaban


def token_for(alamat: str) -> str:
    return link_for(alamat).rpartition("/")[2]


def set_by(app: Flask, tautan: str, sandi: str = BARU) -> TestResponse:
    tamu = Peramban(app.test_client())
    tamu.buka(tautan)
    if not tamu.token:
        tamu.buka("/akun/masuk")
    return tamu.kirim(tautan, {"sandi": sandi})


def account_id_of(surel: str) -> Account:
    with unit_of_work() as s:
        return s.scalars(select(Account).where(Account.surel == surel)).one()


def acts(surel: str) -> list[tuple[str, UUID | None]]:
    with unit_of_work() as s:
        p = AccountChange
        pilih = select(p.jenis, p.oleh).join(Account, Account.person_id == p.person_id).where(Account.surel == surel)
        return [tuple(r) for r in s.execute(pilih.order_by(p.urut))]


class TestForgotPassword:
    def test_the_link_sets_a_password_and_ends_every_session(self, app: Flask, pemohon: SamplePerson) -> None:
        ask_for_link(app, pemohon.surel)
        tautan = link_for(pemohon.surel)
        jawaban = set_by(app, tautan)
        assert (jawaban.status_code, jawaban.location) == (303, "/akun/masuk?sandi=baru")
        assert pemohon.peramban.buka("/permohonan").status_code == 302
        assert Peramban(app.test_client()).masuk(pemohon.surel).status_code == 422
        assert Peramban(app.test_client()).masuk(pemohon.surel, sandi=BARU).status_code == 303
        assert acts(pemohon.surel)[1:] == [("sandi_diganti", pemohon.person_id)]
        assert letters(pemohon.surel)[0].jenis == "sandi_diganti"

    def test_by_phone_in_any_spelling(self, app: Flask, db: Engine) -> None:
        make_applicant("Siti", "081234567890", "", PASSWORD, now=RABU)
        ask_for_link(app, "+62 812-3456-7890")
        assert set_by(app, link_for("6281234567890")).status_code == 303

    def test_a_known_and_an_unknown_address_get_the_same_answer(self, app: Flask, pemohon: SamplePerson) -> None:
        """A01: an officer's address too, whose link only an administrator sends."""
        make_officer("kantor@uji.test", Peran.ADMIN)
        didapat = []
        for alamat in (pemohon.surel, "kantor@uji.test", "tiada@uji.test", "bukan alamat"):
            jawaban = ask_for_link(app, alamat)
            didapat.append((jawaban.status_code, jawaban.location, jawaban.headers.get("Set-Cookie")))
        assert set(didapat) == {(303, "/akun/lupa-sandi?terkirim=ya", None)}
        with unit_of_work() as s:
            assert s.scalars(select(Notice.jenis)).all() == ["tautan"]
            assert s.scalars(select(func.count()).select_from(Outbox).where(Outbox.closed_at.is_(None))).one() == 0

    def test_asking_does_the_same_work_for_both(self, app: Flask, pemohon: SamplePerson) -> None:
        """A01, without a clock: before the letter leaves nothing differs in the tables."""
        tamu = Peramban(app.test_client())
        for alamat in (pemohon.surel, "tiada@uji.test"):
            tamu.buka("/akun/lupa-sandi")
            tamu.kirim("/akun/lupa-sandi", {"pengenal": alamat})
        with unit_of_work() as s:
            baris = s.execute(select(AccountLetter.kind, AccountLetter.account_id, AccountLetter.nama)).all()
            assert set(baris) == {("sandi", None, None)}
            assert len(baris) == 2

    def test_two_who_forgot_at_once_each_get_their_own(
        self, app: Flask, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        request_link(satu.surel, now=RABU)
        request_link(dua.surel, now=RABU)
        work_off()
        assert set_by(app, link_for(satu.surel)).status_code == 303
        assert set_by(app, link_for(dua.surel)).status_code == 303

    def test_nothing_typed_is_asked_for_in_words(self, tamu: Peramban) -> None:
        tamu.buka("/akun/lupa-sandi")
        jawaban = tamu.kirim("/akun/lupa-sandi", {"pengenal": " "})
        assert jawaban.status_code == 422
        assert "Isi nomor HP atau surel" in jawaban.text

    def test_without_a_gateway_a_phone_is_told_where_to_go(
        self, tamu: Peramban, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(account_letters, "alive", lambda _: frozenset({"surel"}))
        tamu.buka("/akun/lupa-sandi")
        jawaban = tamu.kirim("/akun/lupa-sandi", {"pengenal": "081234567890"})
        assert jawaban.status_code == 422
        assert "loket" in jawaban.text
        assert "081234567890" in jawaban.text

    def test_nobodys_mailbox_is_filled_through_us(self, app: Flask, pemohon: SamplePerson) -> None:
        kode = [ask_for_link(app, pemohon.surel).status_code for _ in range(7)]
        assert kode == [303] * 5 + [429] * 2

    def test_a_pause_of_the_login_ends_with_the_new_password(self, app: Flask, pemohon: SamplePerson) -> None:
        for _ in range(6):
            Peramban(app.test_client()).masuk(pemohon.surel, sandi="bukan sandinya")
        ask_for_link(app, pemohon.surel)
        set_by(app, link_for(pemohon.surel))
        assert Peramban(app.test_client()).masuk(pemohon.surel, sandi=BARU).status_code == 303


class TestLink:
    """A12, A13: a link works once, for half an hour, for one account, and gives itself away to nobody."""

    @pytest.fixture
    def tautan(self, app: Flask, pemohon: SamplePerson) -> str:
        ask_for_link(app, pemohon.surel)
        return link_for(pemohon.surel)

    @pytest.mark.attack("A12")
    def test_a_used_an_old_a_foreign_and_a_guessed_one_look_the_same(
        self, app: Flask, tautan: str, pemohon: SamplePerson
    ) -> None:
        assert set_by(app, tautan).status_code == 303
        mati = [
            tautan,
            "/akun/tautan/tiada",
            f"{tautan}x",
            "/akun/tautan/" + tautan.rpartition("/")[2].swapcase(),
            "/akun/tautan/" + "a" * 5000,
        ]
        halaman = [Peramban(app.test_client()).buka(t) for t in mati]
        assert {h.status_code for h in halaman} == {404}
        assert all("Tautan tidak berlaku" in h.text for h in halaman)
        kirim = [set_by(app, t) for t in mati]
        assert {k.status_code for k in kirim} == {404}
        assert Peramban(app.test_client()).masuk(pemohon.surel, sandi=BARU).status_code == 303

    def test_after_half_an_hour_it_is_too_late(self, tautan: str, pemohon: SamplePerson) -> None:
        token = token_for(pemohon.surel)
        assert read_link(token, now=RABU + timedelta(minutes=29)).pengenal == pemohon.surel
        with pytest.raises(NotFound):
            read_link(token, now=RABU + timedelta(minutes=31))
        with pytest.raises(NotFound):
            use_link(token, BARU, now=RABU + timedelta(minutes=31))

    def test_a_newer_one_ends_it(self, app: Flask, tautan: str, pemohon: SamplePerson) -> None:
        ask_for_link(app, pemohon.surel)
        assert link_for(pemohon.surel) != tautan
        assert set_by(app, tautan).status_code == 404
        assert set_by(app, link_for(pemohon.surel)).status_code == 303

    def test_a_password_change_ends_it(self, app: Flask, tautan: str, pemohon: SamplePerson) -> None:
        change_password(account_id_of(pemohon.surel).id, PASSWORD, BARU, now=RABU)
        assert set_by(app, tautan).status_code == 404

    def test_a_closed_account_ends_it(self, app: Flask, tautan: str, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(update(Account).values(aktif=False))
        assert set_by(app, tautan).status_code == 404

    @pytest.mark.attack("A12")
    def test_it_is_kept_hashed_and_nowhere_else(self, tautan: str) -> None:
        token = tautan.rpartition("/")[2]
        with unit_of_work() as s:
            for tabel in (AccountLetter, Notice, Outbox, AccountChange):
                for baris in s.execute(select(*tabel.__table__.columns)):
                    assert token not in " ".join(map(str, baris))

    def test_no_page_of_it_sends_its_address_on(self, app: Flask, tautan: str) -> None:
        for alamat in (tautan, "/akun/tautan/tiada"):
            halaman = Peramban(app.test_client()).buka(alamat)
            assert halaman.headers["Referrer-Policy"] == "no-referrer"
            assert "no-store" in halaman.headers["Cache-Control"]
            assert 'src="http' not in halaman.text

    def test_on_https_its_form_needs_the_token_and_no_referer(self, db: Engine, pemohon: SamplePerson) -> None:
        """A page that sends no Referer cannot be asked for one."""
        from web import create_app

        app = create_app()
        ask_for_link(app, pemohon.surel)
        tautan, tamu = link_for(pemohon.surel), Peramban(app.test_client())
        tamu.buka(tautan, base_url="https://localhost")
        tanpa = tamu.web_client.post(tautan, data={"sandi": BARU}, base_url="https://localhost")
        assert tanpa.status_code == 400
        assert tamu.kirim(tautan, {"sandi": BARU}, base_url="https://localhost").status_code == 303

    def test_a_refused_password_leaves_it_good(self, app: Flask, tautan: str) -> None:
        for lemah in ("pendek", "password", "12345678", " " * 8, "ahmadfauzi1"):
            jawaban = set_by(app, tautan, lemah)
            assert jawaban.status_code == 422, lemah
            assert 'href="#sandi"' in jawaban.text
            assert jawaban.headers["Referrer-Policy"] == "no-referrer"
        assert set_by(app, tautan).status_code == 303

    def test_a_thousand_guesses_are_stopped(self, app: Flask, db: Engine) -> None:
        web_client = app.test_client()
        kode = [web_client.get(f"/akun/tautan/tebakan-{n}").status_code for n in range(40)]
        assert kode == [404] * 30 + [429] * 10

    def test_of_two_who_use_it_at_once_one_sets_the_password(self, tautan: str, pemohon: SamplePerson) -> None:
        token = token_for(pemohon.surel)

        def use(n: int) -> bool:
            try:
                use_link(token, f"{BARU} {n}", now=RABU)
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

        ask_for_link(app, pemohon.surel)
        with unit_of_work() as s:
            delivery = _delivery(s, s.scalars(select(Notice)).one())
        assert f"{settings().base_url}{link_for(pemohon.surel)}" in delivery.teks
        jawaban = app.test_client().post("/akun/lupa-sandi", headers={"Host": "evil.com"}, data={"pengenal": "x"})
        assert jawaban.status_code == 400

    def test_a_code_is_no_link_and_a_link_is_no_code(self, app: Flask, tamu: Peramban) -> None:
        """E14."""
        from pipeline.rules.one_time import token_of

        halaman = register(tamu, SITI)
        letter_id = UUID(halaman.rpartition("/")[2])
        assert tamu.buka(f"/akun/tautan/{token_of(letter_id, settings().secret_key)}").status_code == 404
        assert tamu.buka(f"/akun/tautan/{letter_id}").status_code == 404


class TestPetugas:
    """F07: an administrator starts it, and never sees or sets a password."""

    @pytest.fixture
    def admin(self, app: Flask, db: Engine) -> Peramban:
        make_officer("admin@uji.test", Peran.ADMIN, nama="Admin Utama")
        return masuk(app, "admin@uji.test")

    def send(self, admin: Peramban, surel: str) -> TestResponse:
        account_id = account_id_of(surel).id
        admin.buka(f"/admin/pengguna/{account_id}")
        return admin.kirim(f"/admin/pengguna/{account_id}/tautan-sandi")

    def test_the_owner_gets_the_link_and_the_administrator_does_not_see_it(self, app: Flask, admin: Peramban) -> None:
        make_officer("kadis@uji.test", Peran.KEPALA_DINAS)
        kadis = masuk(app, "kadis@uji.test")
        jawaban = self.send(admin, "kadis@uji.test")
        assert jawaban.status_code == 303
        rincian = admin.buka(jawaban.location).text
        assert "dikirim ke kadis@uji.test" in rincian
        tautan = link_for("kadis@uji.test")
        assert tautan not in rincian + jawaban.text
        assert kadis.buka("/petugas/antrean").status_code == 200
        assert set_by(app, tautan).location == "/petugas/masuk?sandi=baru"
        assert kadis.buka("/petugas/antrean").status_code == 302
        assert Peramban(app.test_client()).masuk("kadis@uji.test", petugas=True, sandi=BARU).status_code == 303
        oleh = account_id_of("admin@uji.test").person_id
        assert acts("kadis@uji.test")[2:] == [
            ("tautan_dibuat", oleh),
            ("sandi_diganti", account_id_of("kadis@uji.test").person_id),
        ]
        assert letters("kadis@uji.test")[0].jenis == "sandi_diganti"

    def test_a_new_officer_sets_their_own_password_and_cannot_log_in_before(self, app: Flask, admin: Peramban) -> None:
        admin.buka("/admin/pengguna/baru")
        isi = {
            "nama": "Drs. H. Sugianoor", "surel": "sugianoor@uji.test", "peran": "sekretaris", "jabatan": "Sekretaris",
            "start_date": "2026-11-25",
        }  # fmt: skip
        jawaban = admin.kirim("/admin/pengguna/baru", isi)
        assert jawaban.status_code == 201
        assert "dikirim ke <strong>sugianoor@uji.test" in jawaban.text
        tautan = link_for("sugianoor@uji.test")
        assert tautan not in jawaban.text
        assert "Belum ditetapkan" in admin.buka(f"/admin/pengguna/{account_id_of('sugianoor@uji.test').id}").text
        for sandi in ("", "None", PASSWORD):
            tamu = Peramban(app.test_client())
            assert tamu.masuk("sugianoor@uji.test", petugas=True, sandi=sandi).status_code == 422
        assert set_by(app, tautan).status_code == 303
        assert Peramban(app.test_client()).masuk("sugianoor@uji.test", petugas=True, sandi=BARU).status_code == 303

    def test_no_notice_goes_to_an_address_whose_link_was_not_used(self, app: Flask, admin: Peramban) -> None:
        from pipeline.services.notices.write import addresses

        person_id = make_officer("kadis@uji.test", Peran.KEPALA_DINAS)
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.person_id == person_id).values(sandi=None))
            assert addresses(s, [person_id]) == {}
        self.send(admin, "kadis@uji.test")
        set_by(app, link_for("kadis@uji.test"))
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].surel == "kadis@uji.test"

    def test_a_link_from_the_console_proves_no_address_and_a_letter_does(self, app: Flask, admin: Peramban) -> None:
        """The address may be a slip of the pen: what is told of files would go to a stranger."""
        from pipeline.services.notices.write import addresses

        person_id = make_officer("kadis@uji.test", Peran.KEPALA_DINAS)
        with unit_of_work() as s:
            never = {"sandi": None, "email_proven": False, "phone_proven": False}  # as an administrator makes it
            s.execute(update(Account).where(Account.person_id == person_id).values(**never))
        said = CliRunner().invoke(main, ["tautan", "kadis@uji.test"]).output
        (printed,) = [word for word in said.split() if word.startswith(settings().base_url)]
        set_by(app, printed.removeprefix(settings().base_url))
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].surel is None
        page = f"/admin/pengguna/{account_id_of('kadis@uji.test').id}"
        assert "Belum dikirim ke kadis@uji.test" in admin.buka(page).text
        self.send(admin, "kadis@uji.test")
        set_by(app, link_for("kadis@uji.test"), "kata lain yang sama sekali baru")
        with unit_of_work() as s:
            assert addresses(s, [person_id])[person_id].surel == "kadis@uji.test"
        assert "Belum dikirim" not in admin.buka(page).text

    def test_who_has_left_it_too_long_gets_another(self, app: Flask, admin: Peramban) -> None:
        make_officer("kadis@uji.test", Peran.KEPALA_DINAS)
        self.send(admin, "kadis@uji.test")
        lama = link_for("kadis@uji.test")
        self.send(admin, "kadis@uji.test")
        assert set_by(app, lama).status_code == 404
        assert set_by(app, link_for("kadis@uji.test")).status_code == 303

    def test_not_for_ones_own_a_closed_or_an_applicants_account(self, admin: Peramban, pemohon: SamplePerson) -> None:
        make_officer("tutup@uji.test", Peran.SEKRETARIS)
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.surel == "tutup@uji.test").values(aktif=False))
        assert [self.send(admin, s).status_code for s in ("admin@uji.test", "tutup@uji.test", pemohon.surel)] == [
            403,
            409,
            404,
        ]

    def test_without_a_channel_the_administrator_is_told_what_to_do(
        self, admin: Peramban, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_officer("kadis@uji.test", Peran.KEPALA_DINAS)
        monkeypatch.setattr(account_letters, "alive", lambda _: frozenset())
        jawaban = self.send(admin, "kadis@uji.test")
        assert jawaban.status_code == 409
        assert "alurizin tautan kadis@uji.test" in jawaban.text
        assert len(acts("kadis@uji.test")) == 2, "made, with a password; no link"

    def test_nobody_but_an_administrator_starts_it(self, app: Flask, admin: Peramban) -> None:
        make_officer("kabid@uji.test", Peran.KABID_PERIZINAN)
        kabid = masuk(app, "kabid@uji.test")
        kabid.buka("/akun/sandi")
        assert kabid.kirim(f"/admin/pengguna/{account_id_of('admin@uji.test').id}/tautan-sandi").status_code == 403


class TestStart:
    """``alurizin mulai``: the first administrator."""

    @staticmethod
    def call(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    def start(self, surel: str = "ti@kota.test", nama: str = "Kepala TI") -> Result:
        return self.call("mulai", "--nama", nama, "--surel", surel)

    @staticmethod
    def link(result: Result) -> str:
        """The link stands alone on its line."""
        (baris,) = [b for b in result.output.splitlines() if b.startswith(settings().base_url)]
        assert " " not in baris
        return baris.removeprefix(settings().base_url)

    def test_a_new_office_gets_its_administrator_by_a_link(self, app: Flask, db: Engine) -> None:
        hasil = self.start()
        assert hasil.exit_code == 0
        assert "30 menit" in hasil.output
        assert set_by(app, self.link(hasil)).location == "/petugas/masuk?sandi=baru"
        admin = Peramban(app.test_client())
        assert admin.masuk("ti@kota.test", petugas=True, sandi=BARU).location == "/admin"
        rincian = admin.buka(f"/admin/pengguna/{account_id_of('ti@kota.test').id}").text
        assert "Operator, lewat perintah di server" in rincian
        assert [jenis for jenis, _ in acts("ti@kota.test")] == ["akun_dibuat", "tautan_dibuat", "sandi_diganti"]

    def test_the_same_address_gets_a_new_link_and_the_old_one_is_dead(self, app: Flask, db: Engine) -> None:
        lama, baru = self.link(self.start()), self.link(self.start("TI@kota.test"))
        assert lama != baru
        assert Peramban(app.test_client()).buka(lama).status_code == 404
        assert set_by(app, baru).status_code == 303

    def test_another_address_is_refused(self, db: Engine) -> None:
        self.start()
        hasil = self.start("lain@kota.test", "Orang Lain")
        assert hasil.exit_code == 1
        assert "surel lain" in hasil.output
        with unit_of_work() as s:
            assert s.scalars(select(Account.surel)).all() == ["ti@kota.test"]
            assert s.scalars(select(Penugasan.peran)).all() == [Peran.ADMIN]

    def test_once_the_password_is_set_nobody_starts_again(self, app: Flask, db: Engine) -> None:
        set_by(app, self.link(self.start()))
        for surel in ("ti@kota.test", "lain@kota.test"):
            hasil = self.start(surel)
            assert hasil.exit_code == 1
            assert "sudah punya administrator" in hasil.output
            assert "/akun/tautan/" not in hasil.output

    @pytest.mark.parametrize(
        ("surel", "nama"), [("bukan surel", "A"), ("", "A"), ("a@b.id", ""), ("a@b.id", "x" * 101)]
    )
    def test_what_cannot_be_is_told_in_a_sentence(self, db: Engine, surel: str, nama: str) -> None:
        hasil = self.start(surel, nama)
        assert hasil.exit_code == 1
        assert "Traceback" not in hasil.output
        with unit_of_work() as s:
            assert s.scalars(select(Person)).all() == []

    def test_an_applicants_address_makes_no_administrator(self, db: Engine) -> None:
        make_applicant("Siti", "", SITI, PASSWORD, now=RABU)
        assert self.start(SITI).exit_code == 1

    def test_two_who_start_at_once_make_one(self, db: Engine) -> None:
        from pipeline.errors import DefinitionError
        from pipeline.services.people.recovery import first_administrator

        def begin(n: int) -> str:
            try:
                return first_administrator("Kepala TI", f"ti{n}@kota.test", now=RABU)
            except DefinitionError:
                return ""

        with ThreadPoolExecutor(4) as pool:
            assert sum(1 for tautan in pool.map(begin, range(4)) if tautan) == 1
        with unit_of_work() as s:
            assert s.scalars(select(func.count()).select_from(Account)).one() == 1

    def test_the_servers_operator_prints_a_link_for_an_account_there_is(
        self, app: Flask, pemohon: SamplePerson
    ) -> None:
        hasil = self.call("tautan", pemohon.surel)
        assert hasil.exit_code == 0
        assert set_by(app, self.link(hasil)).status_code == 303
        assert acts(pemohon.surel)[1] == ("tautan_dibuat", None)
        tiada = self.call("tautan", "tiada@uji.test")
        assert (tiada.exit_code, "Periksa ejaannya" in tiada.output) == (1, True)

    def test_a_guess_leaves_no_counter_behind(self, db: Engine) -> None:
        with pytest.raises(NotFound):
            read_link("tiada", now=RABU)
        with db.connect() as conn:
            assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0


def test_a_link_written_into_the_table_sets_no_password(app: Flask, db: Engine) -> None:
    """A link is made from the letter's id with the key of this office; the row alone is worth nothing."""
    make_officer("kabid@uji.test", Peran.KABID_PERIZINAN)
    now = real_now()
    with unit_of_work() as s:
        letter = AccountLetter(kind=LetterKind.PASSWORD, account_id=account_id_of("kabid@uji.test").id, created_at=now)
        letter.token_hash, letter.expires_at = token_hash("abc"), now + timedelta(minutes=30)
        s.add(letter)
    for act in (lambda: read_link("abc", now=now), lambda: use_link("abc", BARU, now=now)):
        with pytest.raises(NotFound):
            act()
