"""Who opened personal data and who was refused is on record, and the PDP officer reads it."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import AccessRefused, Account, Berkas, DataAccess, Permohonan, Person
from pipeline.roles import Peran
from pipeline.services.people.access import Refusal, record_refusal
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, person, submitted
from tests.owner import as_owner
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ask, fingerprint, ids_of
from web.pdp.words import describe

KABID, FRONT_OFFICE, TECHNICAL = KABID_PERIZINAN, FRONT_OFFICE, DINAS_TEKNIS


@pytest.fixture
def pdp(app: Flask, db: Engine) -> Browser:
    make_officer("pdp@uji.test", Peran.PDP, name="Zainal Abidin")
    return login(app, "pdp@uji.test")


@dataclass(frozen=True)
class Line:
    permohonan_id: UUID | None
    actor: UUID
    peran: str
    method: str
    rule: str
    status: int


def refusals() -> list[Line]:
    d = AccessRefused
    with unit_of_work() as s:
        rows = s.execute(select(d.permohonan_id, d.actor, d.peran, d.method, d.rule, d.status).order_by(d.id))
        return [Line(*r) for r in rows]


class TestRefusal:
    def test_a_decision_on_a_colleagues_file_is_a_row_with_who_what_and_which_file(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        front_office = kantor[FRONT_OFFICE]
        front_office.open_page("/petugas/antrean")
        content = file.shown(keputusan="setujui", alasan="Kata-kata yang tidak boleh tercatat.")
        answer = front_office.send(f"{file.address}/keputusan", content)
        assert answer.status_code == 404
        who = kantor.person[FRONT_OFFICE].person_id
        rule = "/petugas/tugas/<uuid:tugas_id>/keputusan"
        assert refusals() == [Line(file.permohonan_id, who, "front_office", "POST", rule, 404)]
        with unit_of_work() as s:
            (line,) = s.scalars(select(AccessRefused))
            assert abs(line.at - real_now()) < timedelta(minutes=1)
            assert line.incident == answer.headers["X-Request-Id"]
            assert "tidak boleh" not in str(vars(line))

    def test_a_stale_decision_a_wrong_role_and_a_form_of_another_session_are_rows(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        kabid = kantor[KABID]
        kabid.open_page(file.address)
        content = file.shown(keputusan="setujui")
        assert kabid.send(f"{file.address}/keputusan", {**content, "versi": "77"}).status_code == 409
        assert kabid.open_page(f"{file.address}/tanda-tangan").status_code == 403
        assert kabid.send(f"{file.address}/keputusan", {**content, "csrf_token": "palsu"}).status_code == 400
        assert [(b.permohonan_id, b.status) for b in refusals()] == [(file.permohonan_id, s) for s in (409, 403, 400)]

    def test_an_applicant_at_anothers_application_is_a_row(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        own = submitted(one.person_id)
        with unit_of_work() as s:
            berkas = s.scalars(select(Berkas.id).where(Berkas.permohonan_id == own)).first()
        assert two.browser.open_page(f"/permohonan/{own}").status_code == 404
        assert two.browser.open_page(f"/permohonan/{own}/berkas/{berkas}").status_code == 404
        assert [(b.permohonan_id, b.actor, b.peran) for b in refusals()] == [(own, two.person_id, "pemohon")] * 2

    def test_trying_again_and_again_within_a_minute_is_one_row(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        for _ in range(5):
            kantor[FRONT_OFFICE].open_page(file.address)
        assert len(refusals()) == 1

    def test_guessing_at_ids_fills_nothing(self, kantor: Kantor) -> None:
        for _ in range(5):
            assert kantor[FRONT_OFFICE].open_page(f"/petugas/tugas/{uuid4()}").status_code == 404
        assert [b.permohonan_id for b in refusals()] == [None]

    def test_after_a_minute_it_is_another(self, db: Engine) -> None:
        refusal = Refusal(person(), "pemohon", "GET", "/permohonan/<uuid:permohonan_id>", {}, 404, "1")
        for minutes in (0, 0.5, 1.5, 2):
            record_refusal(refusal, now=WEDNESDAY + timedelta(minutes=minutes))
        assert len(refusals()) == 2

    def test_what_is_missing_for_everybody_and_slips_of_typing_are_no_refusals(
        self, guest: Browser, pemohon: SamplePerson
    ) -> None:
        guest.open_page("/permohonan")
        guest.open_page("/tidak-ada")
        pemohon.browser.open_page("/verifikasi/tidak-ada")
        pemohon.browser.open_page("/permohonan/baru")
        assert pemohon.browser.send("/permohonan/baru", {"sop": "tidak ada"}).status_code == 422
        assert refusals() == []

    def test_who_gives_a_role_to_themselves_is_on_record(self, app: Flask, db: Engine) -> None:
        person_id = make_officer("admin@uji.test", Peran.ADMIN)
        with unit_of_work() as s:
            account_id = s.scalars(select(Account.id).where(Account.person_id == person_id)).one()
        admin = login(app, "admin@uji.test")
        admin.open_page(f"/admin/pengguna/{account_id}")
        content = {"peran": "kepala_dinas", "jabatan": "Kepala Dinas", "start_date": f"{real_now():%Y-%m-%d}"}
        answer = admin.send(f"/admin/pengguna/{account_id}/peran", content)
        assert (answer.status_code, "kepada diri sendiri" in answer.text) == (403, True)
        assert len(refusals()) == 1

    def test_no_look_writes_anything_else(self, app: Flask, db: Engine, kantor: Kantor) -> None:
        """F03: GET and HEAD of every address, as three kinds of officers."""
        file = kantor.carry("paraf_kabid")
        make_officer("pdp@uji.test", Peran.PDP)
        make_officer("admin@uji.test", Peran.ADMIN)
        browsers = [kantor[KABID], login(app, "pdp@uji.test"), login(app, "admin@uji.test")]
        before = fingerprint(db)
        for browser in browsers:
            for address in addresses(app, ids_of(db, file.permohonan_id)):
                for method in {"GET", "HEAD"} & set(address.methods):
                    ask(browser, method, address.path).close()
        assert fingerprint(db) == before


@pytest.mark.parametrize("table", ["akses_data", "akses_ditolak", "perubahan_akun", "perubahan_kalender"])
def test_the_record_is_only_added_to(db: Engine, table: str) -> None:
    """F11."""
    admin, now = person(Peran.ADMIN), WEDNESDAY
    content = {
        "akses_data": {
            "permohonan_id": uuid4(),
            "actor": admin,
            "peran": "admin",
            "what": "KTP",
            "purpose": "memeriksa",
        },
        "akses_ditolak": {
            "actor": admin,
            "peran": "admin",
            "method": "GET",
            "rule": "/",
            "status": 404,
            "incident": "1",
        },
        "perubahan_akun": {
            "person_id": admin,
            "sequence": 9,
            "kind": "x",
            "data": {},
            "state": {},
            "previous_hash": "",
            "hash": "9",
        },
        "perubahan_kalender": {"version": 1, "before": {}, "after": {}, "hash": "9"},
    }[table]
    from pipeline.models import metadata

    with db.begin() as conn:
        conn.execute(insert(metadata.tables[table]).values(**content, at=now))
    for statement in (f"UPDATE {table} SET at = now()", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(DBAPIError, match="hanya boleh ditambah"), as_owner() as conn:
            conn.execute(text(statement))


class TestPage:
    def look(self, kantor: Kantor, syarat: str, seed: str) -> str:
        """The Kabid opens this document of a new file; returns its number."""
        file = kantor.carry("paraf_kabid", seed=seed)
        with unit_of_work() as s:
            mine = (Berkas.permohonan_id == file.permohonan_id, Berkas.syarat == syarat)
            berkas = s.scalars(select(Berkas.id).where(*mine)).first()
            nomor = s.get_one(Permohonan, file.permohonan_id).nomor
        assert kantor[KABID].open_page(f"/petugas/berkas/{berkas}/unduh").status_code == 200
        return nomor

    def test_three_ktps_opened_are_three_rows_with_their_purpose(self, kantor: Kantor, pdp: Browser) -> None:
        """F12."""
        numbers = [self.look(kantor, "KTP", seed) for seed in "abc"]
        page = pdp.open_page("/pdp?tampil=dibuka").text
        assert page.count("membuka berkas KTP") == 3
        assert page.count("dibuka, mengunduh") == 3
        assert f"Petugas {KABID.name}" in page
        assert all(nomor in page for nomor in numbers)
        one = pdp.open_page(f"/pdp?nomor={numbers[1]}").text
        assert (one.count("membuka berkas KTP"), numbers[0] in one) == (1, False)

    def test_a_refusal_reads_as_a_sentence(self, kantor: Kantor, pdp: Browser) -> None:
        file = kantor.carry("paraf_kabid")
        kantor[FRONT_OFFICE].open_page("/petugas/antrean")
        kantor[FRONT_OFFICE].send(f"{file.address}/keputusan", file.shown(keputusan="setujui"))
        kantor[FRONT_OFFICE].open_page(f"/petugas/tugas/{uuid4()}")
        page = pdp.open_page("/pdp").text
        assert "memutus berkas" in page
        assert "bukan miliknya, bukan di mejanya, atau tidak ada" in page
        assert f"Petugas {FRONT_OFFICE.name}" in page
        assert "memutus berkas" not in pdp.open_page("/pdp?tampil=dibuka").text

    def test_only_the_pdp_officer_reads_it_and_opens_no_document(
        self, app: Flask, kantor: Kantor, pdp: Browser
    ) -> None:
        file = kantor.carry("paraf_kabid")
        make_officer("admin@uji.test", Peran.ADMIN)
        for browser in (kantor[KABID], login(app, "admin@uji.test")):
            assert browser.open_page("/pdp").status_code == 403
            assert browser.open_page("/pdp/unduh").status_code == 403
        assert pdp.open_page(file.address).status_code == 403
        assert pdp.open_page(f"/petugas/permohonan/{file.permohonan_id}").status_code == 403
        login_again = Browser(app.test_client())
        assert login_again.login("pdp@uji.test", petugas=True).location == "/pdp"
        assert 'href="/pdp"' in login_again.open_page("/pdp").text

    def test_it_is_found_by_day_by_person_and_by_page(self, db: Engine, pdp: Browser) -> None:
        people = {name: person(name=name) for name in ("Ani 100%", "Budi_Satu")}
        with unit_of_work() as s:
            for n in range(30):
                guest = people["Ani 100%"] if n < 20 else people["Budi_Satu"]
                s.add(
                    DataAccess(
                        permohonan_id=uuid4(),
                        actor=guest,
                        peran="front_office",
                        what=f"berkas B{n:02}",
                        purpose="memeriksa",
                        at=WEDNESDAY + timedelta(days=n),
                    )
                )
        one, two = pdp.open_page("/pdp").text, pdp.open_page("/pdp?halaman=2").text
        assert (one.count("berkas B"), two.count("berkas B")) == (25, 5)
        assert "berkas B29" in one
        assert "halaman=2" in one
        for sieve, count in (
            ("orang=budi", 10),
            ("orang=%25", 20),
            ("orang=_", 10),
            ("dari=2026-11-25&sampai=2026-11-26", 2),
            ("sampai=2026-11-24", 0),
            ("dari=2026-12-24&orang=ani", 0),
            ("nomor=LKS", 0),
            ("sampai=9999-12-31", 25),
        ):
            assert pdp.open_page(f"/pdp?{sieve}").text.count("berkas B") == count, sieve

    @pytest.mark.parametrize(
        "odd", ["dari=kemarin", "sampai=2026-02-30", "orang=%00", "tampil=x", "endpoint=1&_external=1", "halaman=-1"]
    )
    def test_a_strange_filter_is_a_page(self, pdp: Browser, odd: str) -> None:
        for address in ("/pdp", "/pdp/unduh"):
            assert pdp.open_page(f"{address}?{odd}").status_code == 200

    def test_a_wrong_date_is_told_and_the_rest_is_kept(self, pdp: Browser) -> None:
        page = pdp.open_page("/pdp?dari=kemarin&orang=Rahmi").text
        assert 'href="#dari"' in page
        assert 'value="Rahmi"' in page

    @pytest.mark.attack("F04")
    @pytest.mark.parametrize(
        "name",
        ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", '"=1', ";=1", " =1", "Ani\0\x1b"],
    )  # fmt: skip
    def test_the_file_for_a_spreadsheet_holds_no_formula(self, db: Engine, pdp: Browser, name: str) -> None:
        """F04: names are what people typed."""
        who = person()
        with as_owner() as s:
            s.get_one(Person, who).name = name.replace("\0", "")
            s.add(
                DataAccess(
                    permohonan_id=uuid4(), actor=who, peran="pemohon", what="KTP", purpose="melihat", at=WEDNESDAY
                )
            )
        answer = pdp.open_page("/pdp/unduh")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="catatan-akses-')
        assert answer.mimetype == "text/csv"
        head, line = csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline=""))
        assert head[:3] == ["Waktu", "Orang", "Peran"]
        assert line[1][0] in {"'", "A"}
        assert line[3] == "membuka KTP"

    @pytest.mark.attack("F13")
    def test_an_officer_who_opens_far_too_many_is_named(self, db: Engine, pdp: Browser) -> None:
        """F13: sixty within ten minutes; as many over a day are a day's work."""
        quick, ordinary = person(name="Si Cepat"), person(name="Si Biasa")
        moment = real_now() - timedelta(hours=20)
        with unit_of_work() as s:
            for n in range(63):
                for who, distance in ((quick, timedelta(seconds=9)), (ordinary, timedelta(minutes=15))):
                    s.add(
                        DataAccess(
                            permohonan_id=uuid4(),
                            actor=who,
                            peran="front_office",
                            what="berkas KTP",
                            purpose="memeriksa",
                            at=moment + n * distance,
                        )
                    )
        page = " ".join(pdp.open_page("/pdp?orang=tidak-ada").text.split())
        assert "Perlu ditanyakan:</strong> Si Cepat membuka 63 data pribadi dalam 10 menit" in page
        assert "Si Biasa" not in page


def test_an_empty_record_is_told_apart_from_a_search_that_found_nothing(db: Engine, pdp: Browser) -> None:
    assert "Belum ada yang membuka data pribadi" in pdp.open_page("/pdp").text
    assert "Tidak ada catatan yang cocok" in pdp.open_page("/pdp?orang=tidak-ada").text


def test_a_page_costs_one_statement_for_its_list(db: Engine, pdp: Browser) -> None:
    from pipeline.queries.people.access import Sieve, read_access_log
    from tests.integration.test_cost import counted

    with counted(db) as n:
        read_access_log(Sieve(person="a", nomor="b"), page=1)
    assert n.statements == 1


def test_a_session_that_ended_meanwhile_is_on_record_too(kantor: Kantor) -> None:
    from tests.web.test_held_requests import Act, account_of, close

    file = kantor.carry("paraf_kabid")
    kantor[KABID].open_page(file.address)
    act = Act(kantor[KABID], f"{file.address}/keputusan", {**file.shown(), "keputusan": "setujui"})
    assert act.send(lambda: close(account_of(act.who))).status_code == 401
    assert [(b.permohonan_id, b.actor, b.peran, b.status) for b in refusals()] == [
        (file.permohonan_id, kantor.person[KABID].person_id, "kabid_perizinan", 401)
    ]
    assert at_desk(file.permohonan_id).langkah == "paraf_kabid"


def test_every_refusal_is_told_without_an_address(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].__dict__["policy"].name != "publik":
            for method in rule.methods or ():
                assert not set("<>/_") & set(describe(f"{method} {rule.rule}")), rule.rule
