"""What a form can be made to carry: scripts, reversed letters, fields it has not, odd file names, tokens of others."""

import gzip
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from pipeline.clock import real_now
from pipeline.documents.pdf.engine import pdf_text
from pipeline.models import Account, Permohonan, Person, Sk
from pipeline.roles import Peran
from pipeline.sealing.nik import open_nik
from pipeline.services.people import rate_limit
from pipeline.settings import settings
from tests.desks import DESKS, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import SOP, at_desk, bring_to, filled_in, submitted
from tests.owner import behind_its_back
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import PASSPHRASE, Berkas, Kantor, give_certificate, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.letter import code_for, register
from tests.web.test_pemohon import berkas, draft
from tests.web.url_map import addresses, ask, fingerprint, ids_of
from web.publik.verification import VERIFICATIONS_PER_MINUTE

KABID, HEADERS = KABID_PERIZINAN, KEPALA_DINAS
WICKED = "\"><img src=x onerror=alert(1)>'{{7*7}}${7*7}<svg/onload=alert(2)>javascript:alert(3)"
FOREIGN = [
    "//evil.com",
    "/\\evil.com",
    "\t//evil.com",
    "https:evil.com",
    "/%09/evil.com",
    "javascript:alert(1)",
    "/petugas/masuk@evil.com",
    "////evil.com",
    "/petugas/antrean\r\nX: 1",
    "/permohonan/../../evil",
]


PART = b'--x\r\nContent-Disposition: form-data; name="x"\r\n\r\n%b\r\n'
BODY = {
    "1001 parts": PART % b"x" * 1001 + b"--x--\r\n",
    "a long text": PART % (b"x" * 600_000) + b"--x--\r\n",
    "no length": PART % bytes(13 * 2**20) + b"--x--\r\n",
    "gzip": gzip.compress(PART % bytes(10 * 2**20) + b"--x--\r\n"),
    "nothing": b"",
}


class TestWriting:
    """B10, B11: what an applicant typed is text on everybody's pages."""

    @pytest.mark.attack("B10")
    def test_nothing_typed_becomes_markup_on_anybodys_page(
        self, app: Flask, db: Engine, kantor: Kantor, pemohon: SamplePerson
    ) -> None:
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "paraf_kabid", kantor.person)
        content = {i.code: [WICKED] if i.kind == "banyak" else WICKED for i in SOP.isian if i.bagian != "jenis"}
        with behind_its_back() as conn:  # whatever was let in, by whatever version of the form
            new = {"content": json.dumps(content), "name": WICKED, "id": permohonan_id}
            conn.execute(
                text(
                    "UPDATE permohonan SET content = content || cast(:content AS jsonb), pemegang = :name"
                    " WHERE id = :id"
                ),
                new,
            )
            conn.execute(text("UPDATE berkas SET name = :name"), new)
            conn.execute(text("UPDATE orang SET name = :name"), new)
            conn.execute(text("UPDATE tugas SET reason = :name WHERE closed_at IS NOT NULL"), new)
        make_officer("admin@uji.test", Peran.ADMIN)
        make_officer("semua@uji.test", *DESKS, Peran.OPERATOR)
        visible = 0
        for browser in (pemohon.browser, *(login(app, f"{n}@uji.test") for n in ("semua", "admin"))):
            for address in addresses(app, ids_of(db, permohonan_id)):
                if "GET" in address.methods:
                    answer = ask(browser, "GET", f"{address.path}?cari={quote(WICKED[:30])}&lihat=nik")
                    visible += self.check_text(answer, address.path)
        assert visible > 10  # pages that do show it

    @staticmethod
    def check_text(answer: TestResponse, path: str) -> bool:
        page = answer.text if answer.mimetype == "text/html" else ""
        answer.close()
        assert "<img src=x" not in page, path
        assert "<svg/onload" not in page, path
        assert not re.search(r'(?:href|src)="\s*javascript:', page), path
        return "{{7*7}}" in page

    @pytest.mark.attack("B11")
    @pytest.mark.parametrize("letters", ["\u202e", "\u2066", "\u200b", "\x1b", "\x07", "\ufeff"], ids=ascii)
    def test_letters_that_hide_or_turn_others_are_not_kept(
        self, pemohon: SamplePerson, db: Engine, letters: str
    ) -> None:
        address = draft(pemohon)
        answer = pemohon.browser.send(f"{address}/isian/lembaga", {"nama_lembaga": f"Yayasan {letters}gnisA"})
        assert answer.status_code in {303, 422}
        with db.connect() as conn:
            assert letters not in str(conn.execute(select(Permohonan.content)).scalar_one())


class TestFieldForeign:
    """A14, A17, B02, B06, B13: fields a form has not, fields sent twice, ways out."""

    @pytest.mark.attack("B02", "B06")
    def test_a_field_the_form_has_not_is_ignored(self, pemohon: SamplePerson, db: Engine) -> None:
        address = draft(pemohon)
        foreign = {
            "status": "selesai",
            "langkah": "terima_sk",
            "nomor": "LKS-2026-000001",
            "kode_lacak": "AAAAAAAA",
            "pemohon_id": str(UUID(int=1)),
            "arah": "terbit",
            "versi": "9",
            "id": str(UUID(int=2)),
            "isi": "{}",
            "ketua_nama": "bukan bagian ini",
        }
        for path in ("/isian/lembaga", "/kirim", "/batalkan/../isian/lembaga"):
            pemohon.browser.send(f"{address}{path}", {"nama_lembaga": "Yayasan Kita", **foreign})
        with db.connect() as conn:
            p = conn.execute(select(Permohonan)).one()
        assert (p.status, p.langkah, p.nomor, p.tracking_code, p.arah) == ("draf", "ajukan", None, None, None)
        assert (p.pemohon_id, p.content) == (pemohon.person_id, {"nama_lembaga": "Yayasan Kita"})

    @pytest.mark.attack("A17")
    @pytest.mark.parametrize(
        "foreign", [{"petugas": "true"}, {"peran": "kepala_dinas"}, {"aktif": "0"}, {"person_id": str(UUID(int=3))}]
    )
    def test_registering_with_more_than_the_form_asks_makes_an_applicant(
        self, guest: Browser, db: Engine, foreign: dict[str, str]
    ) -> None:
        page = register(guest, "a@b.id", **foreign)
        guest.send(page, {"kode": code_for("a@b.id"), **foreign})
        with db.connect() as conn:
            assert conn.execute(select(Account.petugas, Account.active)).all() == [(False, True)]
            assert UUID(int=3) not in conn.scalars(select(Person.id)).all()
            assert conn.scalar(text("SELECT count(*) FROM penugasan")) == 0

    @pytest.mark.attack("B13")
    def test_of_a_field_sent_twice_the_same_one_is_checked_and_used(self, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        kantor[KABID].open_page(file.address)
        content = MultiDict(
            [
                *file.shown(csrf_token=kantor[KABID].token).items(),
                ("keputusan", "kembalikan"),
                ("keputusan", "setujui"),
            ]
        )
        assert kantor[KABID].web_client.post(f"{file.address}/keputusan", data=content).status_code == 422
        assert at_desk(file.permohonan_id).langkah == "paraf_kabid"

    @pytest.mark.attack("A14")
    @pytest.mark.parametrize("purpose", FOREIGN, ids=ascii)
    def test_an_officers_login_leads_nowhere_else(
        self, app: Flask, kantor: Kantor, guest: Browser, purpose: str
    ) -> None:
        guest.open_page("/petugas/masuk")
        content: dict[str, object] = {"pengenal": f"{KABID}@uji.test", "sandi": PASSWORD}
        answer = guest.send("/petugas/masuk", content, query_string={"next": purpose})
        assert (answer.status_code, answer.location) == (303, "/petugas/antrean")
        assert "X" not in answer.headers


class TestThatSeen:
    """D04, D05: a decision counts for what was on screen, and once."""

    @pytest.mark.attack("D04")
    @pytest.mark.parametrize("langkah", ["paraf_kabid", "tanda_tangan"])
    @pytest.mark.parametrize("change", ["versi left out", "naskah_hash left out", "both of another file"])
    def test_what_was_not_said_to_be_seen_is_not_decided(
        self, kantor: Kantor, db: Engine, langkah: str, change: str
    ) -> None:
        give_certificate(kantor)
        file, other = kantor.carry(langkah), kantor.carry("paraf_kabid", seed="b")
        peran, action = (KABID, "keputusan") if langkah == "paraf_kabid" else (HEADERS, "tanda-tangan")
        content = file.shown(keputusan="setujui", passphrase=PASSPHRASE)
        if change == "both of another file":
            content |= other.shown()
        else:
            del content[change.split()[0]]
        kantor[peran].open_page(file.address)
        before = fingerprint(db)
        assert kantor[peran].send(f"{file.address}/{action}", dict(content)).status_code in {409, 422}
        assert fingerprint(db) == before

    @pytest.mark.attack("D05")
    def test_eight_clicks_at_once_decide_once(self, app: Flask, kantor: Kantor) -> None:
        file = kantor.carry("paraf_kabid")
        kantor[KABID].open_page(file.address)
        content = file.shown(keputusan="setujui", csrf_token=kantor[KABID].token)
        cookie = kantor[KABID].web_client.get_cookie("sesi")
        assert cookie is not None
        address, shared = f"{file.address}/keputusan", Barrier(8)

        def click(_: int) -> int:
            web_client = app.test_client()
            web_client.set_cookie("sesi", cookie.value)
            shared.wait()
            return web_client.post(address, data=content).status_code

        with ThreadPoolExecutor(8) as count:
            assert sorted(count.map(click, range(8))) == [303] + [409] * 7
        assert at_desk(file.permohonan_id).langkah == "paraf_sekretaris"


class TestBerkas:
    """C03, C07: names of files, and bodies that are not what they say."""

    @pytest.mark.attack("C03")
    @pytest.mark.parametrize(
        "name",
        ["../../etc/passwd.jpg", "..\\..\\x.jpg", 'a"; filename="b.html', "x\r\nSet-Cookie: a=1.jpg",
         "a" * 300 + ".jpg", "KTP.jpg\0.html", "日本.jpg", "", ".htaccess", "\u202egpj.exe", "CON.jpg", "<b>x</b>.jpg"],
        ids=ascii,
    )  # fmt: skip
    def test_a_name_is_cleaned_for_the_page_and_for_the_header(
        self, pemohon: SamplePerson, db: Engine, kantor: Kantor, name: str
    ) -> None:
        address = draft(pemohon)
        answer = pemohon.browser.send(f"{address}/dokumen/SP", {"berkas": berkas(name)})
        assert answer.status_code in {303, 422}
        with db.connect() as conn:
            for present in conn.scalars(text("SELECT name FROM berkas")):
                assert re.fullmatch(r"[^/\\\x00-\x1f\u202e\"]{1,150}\.jpg", present), present
        assert "<b>x" not in pemohon.browser.open_page(f"{address}/dokumen").text

    @pytest.mark.attack("C03")
    def test_even_a_name_that_slipped_in_makes_a_whole_header(self, kantor: Kantor, db: Engine) -> None:
        file = kantor.carry("paraf_kabid")
        ids = ids_of(db, file.permohonan_id)
        for name in (
            'a"; filename="b.html',
            "x\r\nSet-Cookie: a=1",
            "日本.jpg",
            "Surat – “final” 😀.jpg",
            "é\ud7ff.pdf",
        ):
            with behind_its_back() as conn:
                conn.execute(text("UPDATE berkas SET name = :name"), {"name": name})
            answer = kantor[KABID].open_page(f"/petugas/berkas/{ids['berkas_id']}/unduh")
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Content-Disposition"].startswith("attachment")

    @pytest.mark.attack("C06", "C07")
    @pytest.mark.parametrize("what", ["1001 parts", "a long text", "no length", "gzip", "nothing"])
    def test_a_body_out_of_measure_is_refused(self, pemohon: SamplePerson, what: str) -> None:
        address = f"{draft(pemohon)}/dokumen/SP"
        body, head = BODY[what], {"Content-Encoding": "gzip"} if what == "gzip" else {}
        raw = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True} if what == "no length" else {}
        head |= {"X-CSRFToken": pemohon.browser.token}
        answer = pemohon.browser.web_client.post(
            address,
            data=None if raw else body,
            headers=head,
            environ_overrides=raw,
            content_type="multipart/form-data; boundary=x",
        )
        assert answer.status_code == (422 if what in {"gzip", "nothing"} else 413)


class TestCodeQr:
    """E10-E15: the code on the paper, and nothing like it."""

    @pytest.fixture
    def token(self, kantor: Kantor, pemohon: SamplePerson, db: Engine) -> str:
        """Of an SK that was signed and published."""
        give_certificate(kantor)
        file = Berkas(submitted(pemohon.person_id))
        bring_to(file.permohonan_id, "tanda_tangan", kantor.person)
        kantor[HEADERS].open_page(f"{file.address}/tanda-tangan")
        assert (
            kantor[HEADERS].send(f"{file.address}/tanda-tangan", file.shown(passphrase=PASSPHRASE)).status_code == 303
        )
        with db.connect() as conn:
            return str(conn.execute(select(Sk.token)).scalar_one())

    @pytest.mark.attack("E13")
    def test_the_page_says_what_is_on_the_paper_and_nothing_of_anybody(
        self, guest: Browser, token: str, db: Engine
    ) -> None:
        answer = guest.open_page(f"/verifikasi/{token}")
        assert "BERLAKU" in answer.text
        assert "Set-Cookie" not in answer.headers
        assert "noindex" in answer.headers["X-Robots-Tag"]
        with db.connect() as conn:
            kept = conn.execute(select(Permohonan.id, Permohonan.content)).one()
            content = open_nik(*kept)
            secret = [*conn.scalars(select(Account.email)), *conn.scalars(select(Person.name))]
        secret += [str(v) for k, v in content.items() if k.endswith(("_nik", "_hp", "_nama")) or k in PERSONAL]
        assert [r for r in secret if len(r) > 3 and r in answer.text] == []

    @pytest.mark.attack("E10", "E14")
    def test_a_code_that_is_only_like_it_is_not_found(self, guest: Browser, token: str, db: Engine) -> None:
        with db.connect() as conn:
            nomor, code = conn.execute(select(Permohonan.nomor, Permohonan.tracking_code)).one()
        assert len(token) >= 22  # 128 bits
        guest.open_page("/lacak")
        similar = [
            token.swapcase(),
            token[:-1],
            f"{token}x",
            f"{token}%20",
            f"{token}%00",
            token[::-1],
            f"{'-' if token[0] == '_' else '_'}{token[1:]}",
            code,
            nomor,
            guest.token,
        ]
        assert {guest.open_page(f"/verifikasi/{quote(m, safe='%')}").status_code for m in similar} == {404}
        for fake in (token, guest.token, token[:8]):
            assert guest.send("/lacak", {"nomor": nomor, "kode": fake}).status_code == 422

    @pytest.mark.attack("E11", "E15")
    def test_a_qr_code_copied_onto_an_edited_pdf_gives_itself_away(
        self, guest: Browser, token: str, pemohon: SamplePerson, db: Engine
    ) -> None:
        """The page holds the published file's hash and says whose address is ours; so does the paper."""
        with db.connect() as conn:
            permohonan_id = conn.execute(select(Permohonan.id)).scalar_one()
        pdf = pemohon.browser.open_page(f"/permohonan/{permohonan_id}/sk.pdf").data
        page = guest.open_page(f"/verifikasi/{token}").text
        digest = re.search(r'id="cocokkan" data-digest="([0-9a-f]{64})"', page)
        assert digest is not None
        assert digest[1] == sha256(pdf).hexdigest()
        assert digest[1] != sha256(pdf.replace(b"/Page", b"/PAge", 1)).hexdigest()
        address = f"{settings().base_url}/verifikasi"
        assert f"diawali <strong>{address}</strong>" in page
        printed = "".join(pdf_text(pdf).split()).replace("-", "")  # one at the end of a line is read as no letter
        assert f"{address}/{token}".replace("-", "") in printed

    @pytest.mark.attack("E10")
    def test_guessing_is_stopped(self, guest: Browser) -> None:
        tried(VERIFICATIONS_PER_MINUTE - 2, "127.0.0.1")
        assert [guest.open_page(f"/verifikasi/tebakan{n}").status_code for n in range(3)] == [404, 404, 429]

    @pytest.mark.attack("E12")
    @pytest.mark.parametrize("langkah", ["periksa", "rekomendasi", "tanda_tangan"])
    def test_before_it_is_signed_there_is_no_code_at_all(self, kantor: Kantor, db: Engine, langkah: str) -> None:
        kantor.carry(langkah) if langkah != "periksa" else filled_in(kantor.person[KABID].person_id)
        with db.connect() as conn:
            assert conn.scalars(select(Sk.token)).all() == []


def tried(times: int, address: str) -> None:
    """So many guesses came from there, however long this machine takes for them."""
    for _ in range(times):
        rate_limit.add_try(rate_limit.counter("verifikasi", address), window=timedelta(hours=1), now=real_now())


PERSONAL = {"alamat", "telepon_lembaga", "surel_lembaga", "koordinat", "rekening", "npwp"}
