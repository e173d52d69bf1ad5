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
from pipeline.roles import PERAN_PETUGAS, Peran
from tests.factories import bring_to, draw, filled_in, submitted
from tests.web.conftest import Peramban, SamplePerson
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, answer, ask, fingerprint, ids_of

ID_ANEH = ["0", "-1", "1e9", "9999999999999999999", "١٢", "1%00", "..%2f1", "%ff", "a" * 5000, "'; DROP TABLE sk; --"]
BADAN_ANEH = {
    "bytes": (b"\xff\xfe=\xff&nomor=%ff&alasan=%00", "application/x-www-form-urlencoded"),
    "utf-16": ("nomor=ä".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "torn multipart": (b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x"),
    "surrogate": (rb'{"nomor": "\ud800"}', "application/json"),
    "json as text": (b'{"keputusan": "setujui"}', "text/plain"),
}  # fmt: skip
LOOKING = {"GET", "HEAD"}
VALUE_ANEH = [
    "", "\0", "x" * 5000, "-1", "99999999999999999999", "1e309", "NaN", "٣", "0000-00-00", "9999-12-31", "2026-02-30",
    "\u202e\u200b\ufeff", "'\"><script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "../../etc/passwd", "\r\nX-Jahat: 1",
]  # fmt: skip


def forms_on(halaman: TestResponse, alamat: str) -> list[tuple[str, list[str]]]:
    """The forms of a page that send something: where to, and the names of their fields."""
    if halaman.mimetype != "text/html":
        halaman.close()
        return []
    return [
        (f.atribut.get("action") or alamat, [n for u in f if (n := u.atribut.get("name")) and n != "csrf_token"])
        for f in parse_html(halaman.text).all("form")
        if f.atribut.get("method") == "post" and f.atribut.get("action") != "/akun/keluar"
    ]


def forget_tries() -> None:
    """So that the next value is looked at, not only counted."""
    with unit_of_work() as s:
        s.execute(delete(AccessAttempt))


@pytest.fixture
def berkas(kantor: Kantor, make_pemohon: Callable[..., SamplePerson]) -> UUID:
    """Of the applicant a@uji.test, with the Kabid."""
    permohonan_id = submitted(make_pemohon("a@uji.test").person_id)
    bring_to(permohonan_id, "paraf_kabid", kantor.orang)
    return permohonan_id


@pytest.fixture
def orang(app: Flask, db: Engine) -> Callable[[Peran | None], Peramban]:
    """Somebody of each role at a browser, with a page with a form open; None: nobody."""

    def siapa(peran: Peran | None) -> Peramban:
        if peran is None:
            browser = Peramban(app.test_client())
            browser.buka("/akun/masuk")
            return browser
        make_officer(f"lain-{peran}@uji.test", peran, nama="Orang Lain")
        browser = masuk(app, f"lain-{peran}@uji.test")
        browser.buka("/akun/sandi")
        return browser

    return siapa


@pytest.mark.attack("B01")
class TestPersonOther:
    """B01: what belongs to one applicant, for everybody else."""

    @pytest.mark.parametrize("dikirim", [False, True], ids=["draft", "sent"])
    def test_another_applicant_finds_nothing_and_changes_nothing(
        self, app: Flask, db: Engine, make_pemohon: Callable[..., SamplePerson], dikirim: bool
    ) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test").peramban
        milik = (submitted if dikirim else filled_in)(satu.person_id)
        if not dikirim:
            satu.peramban.buka("/permohonan/baru")
            assert ask(satu.peramban, "POST", f"/permohonan/{milik}/unggah/AKTA").status_code == 201
        dua.buka("/permohonan/baru")
        sebelum = fingerprint(db)
        isi = ids_of(db, milik)
        tiada = isi | {k: uuid4() for k, v in isi.items() if isinstance(v, UUID)}
        for own_person, kosong in zip(addresses(app, isi), addresses(app, tiada), strict=True):
            if own_person.is_for("pemohon", "akun") and own_person.rule.arguments:
                for method in (*own_person.methods, "DELETE", "PUT"):
                    didapat = answer(ask(dua, method, own_person.path))
                    assert didapat[0] in {404, 405}, (method, own_person.path)
                    assert didapat == answer(ask(dua, method, kosong.path)), (method, own_person.path)
        assert fingerprint(db) == sebelum

    @pytest.mark.parametrize("peran", [None, *PERAN_PETUGAS, Peran.ADMIN, Peran.OPERATOR])
    def test_nobody_else_enters_an_applicants_room(
        self, app: Flask, db: Engine, berkas: UUID, orang: Callable[[Peran | None], Peramban], peran: Peran | None
    ) -> None:
        browser, isi = orang(peran), ids_of(db, berkas)
        sebelum = fingerprint(db)
        for alamat in addresses(app, isi):
            if alamat.is_for("pemohon"):
                for method in alamat.methods:
                    assert ask(browser, method, alamat.path).status_code == (403 if peran else 302), (
                        method,
                        alamat.path,
                    )
        assert fingerprint(db) == sebelum

    @pytest.mark.parametrize("peran", PERAN_PETUGAS)
    def test_officers_read_what_their_desk_has_and_the_history_of_what_it_had(
        self, app: Flask, db: Engine, berkas: UUID, orang: Callable[[Peran | None], Peramban], peran: Peran
    ) -> None:
        draw(berkas)
        browser = orang(peran)
        terbuka = set()
        for alamat in addresses(app, ids_of(db, berkas)):
            if alamat.rule.endpoint.startswith("petugas.") and alamat.rule.arguments and "GET" in alamat.methods:
                jawaban = ask(browser, "GET", alamat.path)
                assert jawaban.status_code in {200, 403, 404, 409}, alamat.path  # 409: no daily head yet
                terbuka |= {alamat.rule.endpoint} if jawaban.status_code == 200 else set()
                jawaban.close()
        assert terbuka == OPEN.get(peran, {"petugas.permohonan"})


#: The file lies with the Kabid: the desks before had it, Sekretaris is the superior, the Kepala Dinas not yet anything.
OPEN = {
    Peran.KABID_PERIZINAN: {
        f"petugas.{e}"
        for e in ("permohonan", "tugas", "gambar", "unduh", "surat", "draft_picture", "draft_docx")
    },
    Peran.KEPALA_DINAS: set[str](),
}  # fmt: skip


class TestBentukAneh:
    """B12, B14: ids and bodies no browser sends, at every address, by somebody who may use it."""

    value_aneh = VALUE_ANEH

    @pytest.fixture
    def semua(self, app: Flask, kantor: Kantor, pemohon: SamplePerson) -> dict[str, Peramban]:
        """One browser that is let in, per kind of room."""
        make_officer("semua@uji.test", *PERAN_PETUGAS, Peran.OPERATOR)
        make_officer("admin@uji.test", Peran.ADMIN)
        petugas, admin = masuk(app, "semua@uji.test"), masuk(app, "admin@uji.test")
        for browser, halaman in ((petugas, "/akun/sandi"), (admin, "/akun/sandi"), (pemohon.peramban, "/akun/sandi")):
            browser.buka(halaman)
        return {"petugas": petugas, "admin": admin, "pemohon": pemohon.peramban}

    @staticmethod
    def who(semua: dict[str, Peramban], endpoint: str) -> Peramban:
        room = "petugas" if endpoint.startswith(("petugas.", "pimpinan.", "operator.")) else endpoint.partition(".")[0]
        return semua.get(room, semua["pemohon"])

    @pytest.mark.attack("B12")
    @pytest.mark.parametrize("aneh", ID_ANEH, ids=range(len(ID_ANEH)))
    def test_an_id_that_is_none_is_missing(self, app: Flask, db: Engine, semua: dict[str, Peramban], aneh: str) -> None:
        for rule in app.url_map.iter_rules():
            for argumen in rule.arguments:
                path = "/".join(
                    aneh if f"{argumen}>" in bagian else str(UUID(int=1)) if "<" in bagian else bagian
                    for bagian in rule.rule.split("/")
                )
                for method in (rule.methods or set()) - {"OPTIONS"}:
                    jawaban = ask(self.who(semua, rule.endpoint), method, path)
                    assert jawaban.status_code in {400, 404, 405, 414}, (method, path[:80], jawaban.status_code)

    @pytest.mark.attack("B14")
    @pytest.mark.parametrize("aneh", BADAN_ANEH)
    def test_a_body_that_cannot_be_read_is_refused_in_words(
        self, app: Flask, db: Engine, semua: dict[str, Peramban], pemohon: SamplePerson, aneh: str
    ) -> None:
        badan, jenis = BADAN_ANEH[aneh]
        isi = ids_of(db, filled_in(pemohon.person_id))
        for alamat in addresses(app, isi):
            if alamat.rule.endpoint == "akun.keluar":
                continue  # it needs nothing, and would end the session of the next one
            browser = self.who(semua, alamat.rule.endpoint)
            for method in set(alamat.methods) - LOOKING:
                jawaban = ask(browser, method, alamat.path, data=badan, content_type=jenis)
                assert jawaban.status_code < 500, (method, alamat.path, jawaban.text[:300])

    @pytest.mark.attack("B14")
    @pytest.mark.parametrize(
        "tanya", ["%ff%fe=%ff", "peran=%00", "halaman=-1", "halaman=%d9%a1", "cari=%ed%a0%80", "cari=%"]
    )
    def test_a_query_that_cannot_be_read_is_no_error_of_ours(
        self, app: Flask, db: Engine, semua: dict[str, Peramban], pemohon: SamplePerson, tanya: str
    ) -> None:
        permohonan_id = filled_in(pemohon.person_id)
        draw(permohonan_id)
        for alamat in addresses(app, ids_of(db, permohonan_id)):
            if "GET" in alamat.methods:
                jawaban = ask(self.who(semua, alamat.rule.endpoint), "GET", f"{alamat.path}?{tanya}")
                assert jawaban.status_code < 500 or alamat.path == "/siap", (alamat.path, jawaban.text[:300])
                jawaban.close()

    def test_no_value_in_any_field_of_any_form_is_an_error_of_ours(
        self, app: Flask, db: Engine, kantor: Kantor, semua: dict[str, Peramban], pemohon: SamplePerson
    ) -> None:
        terkirim = 0
        berkas = [filled_in(pemohon.person_id, benih="draf")]
        for langkah in ("rekomendasi", "paraf_kabid", "tanda_tangan"):
            berkas.append(submitted(pemohon.person_id, benih=langkah))
            bring_to(berkas[-1], langkah, kantor.orang)
        pages = [(n, a) for n, p in enumerate(berkas) for a in addresses(app, ids_of(db, p)) if "GET" in a.methods]
        for n, alamat in pages:
            if n and not alamat.rule.arguments:
                continue  # the same page whatever file there is
            browser = self.who(semua, alamat.rule.endpoint)
            halaman = browser.buka(alamat.path)
            for aksi, field in forms_on(halaman, alamat.path):
                for nilai in self.value_aneh:
                    jawaban = browser.kirim(aksi, dict.fromkeys(field, nilai))
                    assert jawaban.status_code < 500, (aksi, field, nilai[:30], jawaban.text[:300])
                    if jawaban.status_code == 429:
                        forget_tries()
                terkirim += 1
        assert terkirim > 25

    @pytest.mark.parametrize("asal", ["http://[x", "//[", "http://a]b/", "x" * 9000, "javascript:alert(1)"])
    def test_a_referer_that_cannot_be_read_is_no_error_of_ours(
        self, app: Flask, db: Engine, tamu: Peramban, asal: str
    ) -> None:
        for alamat in addresses(app, {}):
            for method in set(alamat.methods) - LOOKING:
                jawaban = tamu.web_client.open(alamat.path, method=method, headers={"Referer": asal})
                assert jawaban.status_code < 500, (method, alamat.path)


@pytest.mark.attack("F02")
class TestWithoutPermit:
    """F02: a form sent by another site, or with somebody else's token, does nothing."""

    @pytest.mark.parametrize("cara", ["no token", "token of another session", "cross-site"])
    def test_no_form_is_taken_without_the_token_of_its_own_session(
        self, app: Flask, db: Engine, berkas: UUID, kantor: Kantor, tamu: Peramban, cara: str
    ) -> None:
        tamu.buka("/akun/masuk")
        lain = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        kepala = {"no token": {}, "token of another session": {"X-CSRFToken": tamu.token}, "cross-site": lain}[cara]
        make_officer("semua@uji.test", *PERAN_PETUGAS, Peran.OPERATOR, Peran.ADMIN)
        petugas = masuk(app, "semua@uji.test")
        petugas.buka("/akun/sandi")
        if cara == "cross-site":
            kepala |= {"X-CSRFToken": petugas.token}
        sebelum = fingerprint(db)
        for alamat in addresses(app, ids_of(db, berkas)):
            if set(alamat.methods) - LOOKING and alamat.rule.endpoint != "publik.csp_report":
                for method in set(alamat.methods) - LOOKING:
                    jawaban = petugas.web_client.open(
                        alamat.path, method=method, headers=kepala, data={"keputusan": "setujui"}
                    )
                    assert jawaban.status_code in {400, 403}, (method, alamat.path)
        assert fingerprint(db) == sebelum


class TestLooking:
    """F03, A16, C12: looking changes nothing, gives away nothing, and leaves only cookies of ours."""

    @pytest.mark.attack("A16", "F03")
    def test_looking_at_every_page_changes_nothing(
        self, app: Flask, db: Engine, kantor: Kantor, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        pemohon = make_pemohon("a@uji.test")
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "paraf_kabid", kantor.orang)
        make_officer("admin@uji.test", Peran.ADMIN)
        make_officer("operator@uji.test", Peran.OPERATOR)
        orang = [pemohon.peramban, kantor[Peran.KABID_PERIZINAN], kantor[Peran.BACK_OFFICE]]
        orang += [masuk(app, f"{nama}@uji.test") for nama in ("admin", "operator")]
        sebelum = fingerprint(db)
        for browser in orang:
            for alamat in addresses(app, ids_of(db, permohonan_id)):
                for method in LOOKING & set(alamat.methods):
                    jawaban = ask(browser, method, alamat.path)
                    jawaban.close()
                    self.check_cookies(jawaban.headers.getlist("Set-Cookie"))
        assert fingerprint(db) == sebelum

    @staticmethod
    def check_cookies(kue: list[str]) -> None:
        for satu in kue:
            bagian = {b.strip() for b in satu.split(";")}
            assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= bagian
            assert not any(b.startswith("Domain") for b in bagian)
            assert len(satu) < 200

    @pytest.mark.attack("C12", "F14")
    @pytest.mark.parametrize(
        "alamat",
        [
            "/.env", "/.git/config", "/static/", "/static/../web/auth.py", "/static/..%2f..%2fpyproject.toml",
            "/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "/berkas/", "/data/berkas/", "/uploads/ktp.jpg",
            "/instance.json", "/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/metrics", "/server-status",
        ],
    )  # fmt: skip
    def test_nothing_lies_about(self, tamu: Peramban, alamat: str) -> None:
        jawaban = tamu.web_client.get(alamat, headers={"X-Accel-Redirect": "/data/", "X-Original-URL": "/admin"})
        assert jawaban.status_code == 404 or (alamat.startswith("/?") and "Traceback" not in jawaban.text)
        assert "Werkzeug" not in jawaban.headers.get("Server", "") + jawaban.text
