"""Every address of the map, tried by whoever has no business there, and with what no browser would send."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, delete
from werkzeug.test import TestResponse

from ops.contoh.browser.page import parse_html
from pipeline.db import unit_of_work
from pipeline.models import AccessAttempt
from pipeline.roles import Peran
from tests.desks import BACK_OFFICE, DESKS, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import bring_to, draw, filled_in, submitted
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, answer, ask, fingerprint, ids_of

ID_ODD = ["0", "-1", "1e9", "9999999999999999999", "١٢", "1%00", "..%2f1", "%ff", "a" * 5000, "'; DROP TABLE sk; --"]
BODY_ODD = {
    "bytes": (b"\xff\xfe=\xff&nomor=%ff&alasan=%00", "application/x-www-form-urlencoded"),
    "utf-16": ("nomor=ä".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "torn multipart": (b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x"),
    "surrogate": (rb'{"nomor": "\ud800"}', "application/json"),
    "json as text": (b'{"keputusan": "setujui"}', "text/plain"),
}  # fmt: skip
LOOKING = {"GET", "HEAD"}
VALUE_ODD = [
    "", "\0", "x" * 5000, "-1", "99999999999999999999", "1e309", "NaN", "٣", "0000-00-00", "9999-12-31", "2026-02-30",
    "\u202e\u200b\ufeff", "'\"><script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "../../etc/passwd", "\r\nX-Jahat: 1",
]  # fmt: skip


def forms_on(page: TestResponse, address: str) -> list[tuple[str, list[str]]]:
    """The forms of a page that send something: where to, and the names of their fields."""
    if page.mimetype != "text/html":
        page.close()
        return []
    return [
        (f.attribute.get("action") or address, [n for u in f if (n := u.attribute.get("name")) and n != "csrf_token"])
        for f in parse_html(page.text).all("form")
        if f.attribute.get("method") == "post" and f.attribute.get("action") != "/akun/keluar"
    ]


def forget_tries() -> None:
    """So that the next value is looked at, not only counted."""
    with unit_of_work() as s:
        s.execute(delete(AccessAttempt))


@pytest.fixture
def berkas(kantor: Kantor, make_pemohon: Callable[..., SamplePerson]) -> UUID:
    """Of the applicant a@uji.test, with the Kabid."""
    permohonan_id = submitted(make_pemohon("a@uji.test").person_id)
    bring_to(permohonan_id, "paraf_kabid", kantor.person)
    return permohonan_id


@pytest.fixture
def person(app: Flask, db: Engine) -> Callable[[Peran | None], Browser]:
    """Somebody of each role at a browser, with a page with a form open; None: nobody."""

    def who(peran: Peran | None) -> Browser:
        if peran is None:
            browser = Browser(app.test_client())
            browser.open_page("/akun/masuk")
            return browser
        make_officer(f"lain-{peran}@uji.test", peran, name="Orang Lain")
        browser = login(app, f"lain-{peran}@uji.test")
        browser.open_page("/akun/sandi")
        return browser

    return who


@pytest.mark.attack("B01")
class TestPersonOther:
    """B01: what belongs to one applicant, for everybody else."""

    @pytest.mark.parametrize("sent", [False, True], ids=["draft", "sent"])
    def test_another_applicant_finds_nothing_and_changes_nothing(
        self, app: Flask, db: Engine, make_pemohon: Callable[..., SamplePerson], sent: bool
    ) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test").browser
        own = (submitted if sent else filled_in)(one.person_id)
        if not sent:
            one.browser.open_page("/permohonan/baru")
            assert ask(one.browser, "POST", f"/permohonan/{own}/unggah/AKTA").status_code == 201
        two.open_page("/permohonan/baru")
        before = fingerprint(db)
        content = ids_of(db, own)
        absent = content | {k: uuid4() for k, v in content.items() if isinstance(v, UUID)}
        for own_person, empty in zip(addresses(app, content), addresses(app, absent), strict=True):
            if own_person.is_for("pemohon", "account") and own_person.rule.arguments:
                for method in (*own_person.methods, "DELETE", "PUT"):
                    got = answer(ask(two, method, own_person.path))
                    assert got[0] in {404, 405}, (method, own_person.path)
                    assert got == answer(ask(two, method, empty.path)), (method, own_person.path)
        assert fingerprint(db) == before

    @pytest.mark.parametrize("peran", [None, *DESKS, Peran.ADMIN, Peran.OPERATOR])
    def test_nobody_else_enters_an_applicants_room(
        self, app: Flask, db: Engine, berkas: UUID, person: Callable[[Peran | None], Browser], peran: Peran | None
    ) -> None:
        browser, content = person(peran), ids_of(db, berkas)
        before = fingerprint(db)
        for address in addresses(app, content):
            if address.is_for("pemohon"):
                for method in address.methods:
                    assert ask(browser, method, address.path).status_code == (403 if peran else 302), (
                        method,
                        address.path,
                    )
        assert fingerprint(db) == before

    @pytest.mark.parametrize("peran", DESKS)
    def test_officers_read_what_their_desk_has_and_the_history_of_what_it_had(
        self, app: Flask, db: Engine, berkas: UUID, person: Callable[[Peran | None], Browser], peran: Peran
    ) -> None:
        draw(berkas)
        browser = person(peran)
        opened = set()
        for address in addresses(app, ids_of(db, berkas)):
            if address.rule.endpoint.startswith("petugas.") and address.rule.arguments and "GET" in address.methods:
                answer = ask(browser, "GET", address.path)
                assert answer.status_code in {200, 403, 404, 409}, address.path  # 409: no daily head yet
                opened |= {address.rule.endpoint} if answer.status_code == 200 else set()
                answer.close()
        assert opened == OPEN.get(peran, {"petugas.permohonan"})


#: The file lies with the Kabid: the desks before had it, Sekretaris is the superior, the Kepala Dinas not yet anything.
OPEN = {
    KABID_PERIZINAN: {
        f"petugas.{e}"
        for e in ("permohonan", "tugas", "picture", "download", "letter", "draft_picture", "draft_docx")
    },
    KEPALA_DINAS: set[str](),
}  # fmt: skip


class TestShapeOdd:
    """B12, B14: ids and bodies no browser sends, at every address, by somebody who may use it."""

    value_odd = VALUE_ODD

    @pytest.fixture
    def every(self, app: Flask, kantor: Kantor, pemohon: SamplePerson) -> dict[str, Browser]:
        """One browser that is let in, per kind of room."""
        make_officer("semua@uji.test", *DESKS, Peran.OPERATOR)
        make_officer("admin@uji.test", Peran.ADMIN)
        petugas, admin = login(app, "semua@uji.test"), login(app, "admin@uji.test")
        for browser, page in ((petugas, "/akun/sandi"), (admin, "/akun/sandi"), (pemohon.browser, "/akun/sandi")):
            browser.open_page(page)
        return {"petugas": petugas, "admin": admin, "pemohon": pemohon.browser}

    @staticmethod
    def who(every: dict[str, Browser], endpoint: str) -> Browser:
        room = "petugas" if endpoint.startswith(("petugas.", "pimpinan.", "operator.")) else endpoint.partition(".")[0]
        return every.get(room, every["pemohon"])

    @pytest.mark.attack("B12")
    @pytest.mark.parametrize("odd", ID_ODD, ids=range(len(ID_ODD)))
    def test_an_id_that_is_none_is_missing(self, app: Flask, db: Engine, every: dict[str, Browser], odd: str) -> None:
        for rule in app.url_map.iter_rules():
            for arguments in rule.arguments:
                path = "/".join(
                    odd if f"{arguments}>" in part else str(UUID(int=1)) if "<" in part else part
                    for part in rule.rule.split("/")
                )
                for method in (rule.methods or set()) - {"OPTIONS"}:
                    answer = ask(self.who(every, rule.endpoint), method, path)
                    assert answer.status_code in {400, 404, 405, 414}, (method, path[:80], answer.status_code)

    @pytest.mark.attack("B14")
    @pytest.mark.parametrize("odd", BODY_ODD)
    def test_a_body_that_cannot_be_read_is_refused_in_words(
        self, app: Flask, db: Engine, every: dict[str, Browser], pemohon: SamplePerson, odd: str
    ) -> None:
        body, kind = BODY_ODD[odd]
        content = ids_of(db, filled_in(pemohon.person_id))
        for address in addresses(app, content):
            if address.rule.endpoint == "account.out":
                continue  # it needs nothing, and would end the session of the next one
            browser = self.who(every, address.rule.endpoint)
            for method in set(address.methods) - LOOKING:
                answer = ask(browser, method, address.path, data=body, content_type=kind)
                assert answer.status_code < 500, (method, address.path, answer.text[:300])

    @pytest.mark.attack("B14")
    @pytest.mark.parametrize(
        "query", ["%ff%fe=%ff", "peran=%00", "halaman=-1", "halaman=%d9%a1", "cari=%ed%a0%80", "cari=%"]
    )
    def test_a_query_that_cannot_be_read_is_no_error_of_ours(
        self, app: Flask, db: Engine, every: dict[str, Browser], pemohon: SamplePerson, query: str
    ) -> None:
        permohonan_id = filled_in(pemohon.person_id)
        draw(permohonan_id)
        for address in addresses(app, ids_of(db, permohonan_id)):
            if "GET" in address.methods:
                answer = ask(self.who(every, address.rule.endpoint), "GET", f"{address.path}?{query}")
                assert answer.status_code < 500 or address.path == "/siap", (address.path, answer.text[:300])
                answer.close()

    def test_no_value_in_any_field_of_any_form_is_an_error_of_ours(
        self, app: Flask, db: Engine, kantor: Kantor, every: dict[str, Browser], pemohon: SamplePerson
    ) -> None:
        sent = 0
        berkas = [filled_in(pemohon.person_id, seed="draf")]
        for langkah in ("rekomendasi", "paraf_kabid", "tanda_tangan"):
            berkas.append(submitted(pemohon.person_id, seed=langkah))
            bring_to(berkas[-1], langkah, kantor.person)
        pages = [(n, a) for n, p in enumerate(berkas) for a in addresses(app, ids_of(db, p)) if "GET" in a.methods]
        for n, address in pages:
            if n and not address.rule.arguments:
                continue  # the same page whatever file there is
            browser = self.who(every, address.rule.endpoint)
            page = browser.open_page(address.path)
            for action, field in forms_on(page, address.path):
                for value in self.value_odd:
                    answer = browser.send(action, dict.fromkeys(field, value))
                    assert answer.status_code < 500, (action, field, value[:30], answer.text[:300])
                    if answer.status_code == 429:
                        forget_tries()
                sent += 1
        assert sent > 25

    @pytest.mark.parametrize("origin", ["http://[x", "//[", "http://a]b/", "x" * 9000, "javascript:alert(1)"])
    def test_a_referer_that_cannot_be_read_is_no_error_of_ours(
        self, app: Flask, db: Engine, guest: Browser, origin: str
    ) -> None:
        for address in addresses(app, {}):
            for method in set(address.methods) - LOOKING:
                answer = guest.web_client.open(address.path, method=method, headers={"Referer": origin})
                assert answer.status_code < 500, (method, address.path)


@pytest.mark.attack("F02")
class TestWithoutPermit:
    """F02: a form sent by another site, or with somebody else's token, does nothing."""

    @pytest.mark.parametrize("way", ["no token", "token of another session", "cross-site"])
    def test_no_form_is_taken_without_the_token_of_its_own_session(
        self, app: Flask, db: Engine, berkas: UUID, kantor: Kantor, guest: Browser, way: str
    ) -> None:
        guest.open_page("/akun/masuk")
        other = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        head = {"no token": {}, "token of another session": {"X-CSRFToken": guest.token}, "cross-site": other}[way]
        make_officer("semua@uji.test", *DESKS, Peran.OPERATOR, Peran.ADMIN)
        petugas = login(app, "semua@uji.test")
        petugas.open_page("/akun/sandi")
        if way == "cross-site":
            head |= {"X-CSRFToken": petugas.token}
        before = fingerprint(db)
        for address in addresses(app, ids_of(db, berkas)):
            if set(address.methods) - LOOKING and address.rule.endpoint != "publik.csp_report":
                for method in set(address.methods) - LOOKING:
                    answer = petugas.web_client.open(
                        address.path, method=method, headers=head, data={"keputusan": "setujui"}
                    )
                    led_away = (
                        {302} if address.is_for("entering") else set()
                    )  # in already: tests/web/test_second_step.py
                    assert answer.status_code in {400, 403} | led_away, (method, address.path)
        assert fingerprint(db) == before


class TestLooking:
    """F03, A16, C12: looking changes nothing, gives away nothing, and leaves only cookies of ours."""

    @pytest.mark.attack("A16", "F03")
    def test_looking_at_every_page_changes_nothing(
        self, app: Flask, db: Engine, kantor: Kantor, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        pemohon = make_pemohon("a@uji.test")
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "paraf_kabid", kantor.person)
        make_officer("admin@uji.test", Peran.ADMIN)
        make_officer("operator@uji.test", Peran.OPERATOR)
        person = [pemohon.browser, kantor[KABID_PERIZINAN], kantor[BACK_OFFICE]]
        person += [login(app, f"{name}@uji.test") for name in ("admin", "operator")]
        before = fingerprint(db)
        for browser in person:
            for address in addresses(app, ids_of(db, permohonan_id)):
                for method in LOOKING & set(address.methods):
                    answer = ask(browser, method, address.path)
                    answer.close()
                    self.check_cookies(answer.headers.getlist("Set-Cookie"))
        assert fingerprint(db) == before

    @staticmethod
    def check_cookies(cookie: list[str]) -> None:
        for one in cookie:
            part = {b.strip() for b in one.split(";")}
            assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= part
            assert not any(b.startswith("Domain") for b in part)
            assert len(one) < 200

    @pytest.mark.attack("C12", "F14")
    @pytest.mark.parametrize(
        "address",
        [
            "/.env", "/.git/config", "/static/", "/static/../web/auth.py", "/static/..%2f..%2fpyproject.toml",
            "/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "/berkas/", "/data/berkas/", "/uploads/ktp.jpg",
            "/instance.json", "/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/metrics", "/server-status",
        ],
    )  # fmt: skip
    def test_nothing_lies_about(self, guest: Browser, address: str) -> None:
        answer = guest.web_client.get(address, headers={"X-Accel-Redirect": "/data/", "X-Original-URL": "/admin"})
        assert answer.status_code == 404 or (address.startswith("/?") and "Traceback" not in answer.text)
        assert "Werkzeug" not in answer.headers.get("Server", "") + answer.text
