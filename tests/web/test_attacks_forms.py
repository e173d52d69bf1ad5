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
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.people import rate_limit
from pipeline.settings import settings
from tests.factories import SOP, at_desk, bring_to, filled_in, submitted
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.meja import PASSPHRASE, Berkas, Kantor, give_certificate, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from tests.web.surat import code_for, register
from tests.web.test_pemohon import berkas, draf
from tests.web.url_map import addresses, ask, fingerprint, ids_of
from web.publik.verification import VERIFICATIONS_PER_MINUTE

KABID, HEADERS = Peran.KABID_PERIZINAN, Peran.KEPALA_DINAS
JAHAT = "\"><img src=x onerror=alert(1)>'{{7*7}}${7*7}<svg/onload=alert(2)>javascript:alert(3)"
FOREIGN = ["//evil.com", "/\\evil.com", "\t//evil.com", "https:evil.com", "/%09/evil.com", "javascript:alert(1)",
         "/petugas/masuk@evil.com", "////evil.com", "/petugas/antrean\r\nX: 1", "/permohonan/../../evil"]  # fmt: skip


BAGIAN = b'--x\r\nContent-Disposition: form-data; name="x"\r\n\r\n%b\r\n'
BADAN = {
    "1001 parts": BAGIAN % b"x" * 1001 + b"--x--\r\n",
    "a long text": BAGIAN % (b"x" * 600_000) + b"--x--\r\n",
    "no length": BAGIAN % bytes(13 * 2**20) + b"--x--\r\n",
    "gzip": gzip.compress(BAGIAN % bytes(10 * 2**20) + b"--x--\r\n"),
    "nothing": b"",
}


class TestWriting:
    """B10, B11: what an applicant typed is text on everybody's pages."""

    @pytest.mark.attack("B10")
    def test_nothing_typed_becomes_markup_on_anybodys_page(
        self, app: Flask, db: Engine, kantor: Kantor, pemohon: SamplePerson
    ) -> None:
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "paraf_kabid", kantor.orang)
        isi = {i.kode: [JAHAT] if i.jenis == "banyak" else JAHAT for i in SOP.isian if i.bagian != "jenis"}
        with db.begin() as conn:  # whatever was let in, by whatever version of the form
            conn.execute(text("SET LOCAL session_replication_role = replica"))
            baru = {"isi": json.dumps(isi), "nama": JAHAT, "id": permohonan_id}
            conn.execute(
                text("UPDATE permohonan SET isi = isi || cast(:isi AS jsonb), nama_lembaga = :nama WHERE id = :id"),
                baru,
            )
            conn.execute(text("UPDATE berkas SET nama = :nama"), baru)
            conn.execute(text("UPDATE orang SET nama = :nama"), baru)
            conn.execute(text("UPDATE tugas SET alasan = :nama WHERE closed_at IS NOT NULL"), baru)
        make_officer("admin@uji.test", Peran.ADMIN)
        make_officer("semua@uji.test", *PERAN_PETUGAS, Peran.OPERATOR)
        tampak = 0
        for browser in (pemohon.peramban, *(masuk(app, f"{n}@uji.test") for n in ("semua", "admin"))):
            for alamat in addresses(app, ids_of(db, permohonan_id)):
                if "GET" in alamat.methods:
                    jawaban = ask(browser, "GET", f"{alamat.path}?cari={quote(JAHAT[:30])}&lihat=nik")
                    tampak += self.check_text(jawaban, alamat.path)
        assert tampak > 10  # pages that do show it

    @staticmethod
    def check_text(jawaban: TestResponse, path: str) -> bool:
        halaman = jawaban.text if jawaban.mimetype == "text/html" else ""
        jawaban.close()
        assert "<img src=x" not in halaman, path
        assert "<svg/onload" not in halaman, path
        assert not re.search(r'(?:href|src)="\s*javascript:', halaman), path
        return "{{7*7}}" in halaman

    @pytest.mark.attack("B11")
    @pytest.mark.parametrize("huruf", ["\u202e", "\u2066", "\u200b", "\x1b", "\x07", "\ufeff"], ids=ascii)
    def test_letters_that_hide_or_turn_others_are_not_kept(self, pemohon: SamplePerson, db: Engine, huruf: str) -> None:
        alamat = draf(pemohon)
        jawaban = pemohon.peramban.kirim(f"{alamat}/isian/lembaga", {"nama_lembaga": f"Yayasan {huruf}gnisA"})
        assert jawaban.status_code in {303, 422}
        with db.connect() as conn:
            assert huruf not in str(conn.execute(select(Permohonan.isi)).scalar_one())


class TestFieldForeign:
    """A14, A17, B02, B06, B13: fields a form has not, fields sent twice, ways out."""

    @pytest.mark.attack("B02", "B06")
    def test_a_field_the_form_has_not_is_ignored(self, pemohon: SamplePerson, db: Engine) -> None:
        alamat = draf(pemohon)
        asing = {"status": "selesai", "langkah": "terima_sk", "nomor": "LKS-2026-000001", "kode_lacak": "AAAAAAAA",
                 "pemohon_id": str(UUID(int=1)), "arah": "terbit", "versi": "9", "id": str(UUID(int=2)),
                 "isi": "{}", "ketua_nama": "bukan bagian ini"}  # fmt: skip
        for path in ("/isian/lembaga", "/kirim", "/batalkan/../isian/lembaga"):
            pemohon.peramban.kirim(f"{alamat}{path}", {"nama_lembaga": "Yayasan Kita", **asing})
        with db.connect() as conn:
            p = conn.execute(select(Permohonan)).one()
        assert (p.status, p.langkah, p.nomor, p.kode_lacak, p.arah) == ("draf", "ajukan", None, None, None)
        assert (p.pemohon_id, p.isi) == (pemohon.person_id, {"nama_lembaga": "Yayasan Kita"})

    @pytest.mark.attack("A17")
    @pytest.mark.parametrize(
        "asing", [{"petugas": "true"}, {"peran": "kepala_dinas"}, {"aktif": "0"}, {"person_id": str(UUID(int=3))}]
    )
    def test_registering_with_more_than_the_form_asks_makes_an_applicant(
        self, tamu: Peramban, db: Engine, asing: dict[str, str]
    ) -> None:
        halaman = register(tamu, "a@b.id", **asing)
        tamu.kirim(halaman, {"kode": code_for("a@b.id"), **asing})
        with db.connect() as conn:
            assert conn.execute(select(Account.petugas, Account.aktif)).all() == [(False, True)]
            assert UUID(int=3) not in conn.scalars(select(Person.id)).all()
            assert conn.scalar(text("SELECT count(*) FROM penugasan")) == 0

    @pytest.mark.attack("B13")
    def test_of_a_field_sent_twice_the_same_one_is_checked_and_used(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        kantor[KABID].buka(file.alamat)
        isi = MultiDict(
            [
                *file.shown(csrf_token=kantor[KABID].token).items(),
                ("keputusan", "kembalikan"),
                ("keputusan", "setujui"),
            ]
        )
        assert kantor[KABID].web_client.post(f"{file.alamat}/keputusan", data=isi).status_code == 422
        assert at_desk(file.permohonan_id).langkah == "paraf_kabid"

    @pytest.mark.attack("A14")
    @pytest.mark.parametrize("tujuan", FOREIGN, ids=ascii)
    def test_an_officers_login_leads_nowhere_else(
        self, app: Flask, kantor: Kantor, tamu: Peramban, tujuan: str
    ) -> None:
        tamu.buka("/petugas/masuk")
        isi: dict[str, object] = {"pengenal": f"{KABID}@uji.test", "sandi": PASSWORD}
        jawaban = tamu.kirim("/petugas/masuk", isi, query_string={"next": tujuan})
        assert (jawaban.status_code, jawaban.location) == (303, "/petugas/antrean")
        assert "X" not in jawaban.headers


class TestYangSeen:
    """D04, D05: a decision counts for what was on screen, and once."""

    @pytest.mark.attack("D04")
    @pytest.mark.parametrize("langkah", ["paraf_kabid", "tanda_tangan"])
    @pytest.mark.parametrize("ubah", ["versi left out", "naskah_hash left out", "both of another file"])
    def test_what_was_not_said_to_be_seen_is_not_decided(
        self, kantor: Kantor, db: Engine, langkah: str, ubah: str
    ) -> None:
        give_certificate(kantor)
        file, lain = kantor.bawa(langkah), kantor.bawa("paraf_kabid", benih="b")
        peran, aksi = (KABID, "keputusan") if langkah == "paraf_kabid" else (HEADERS, "tanda-tangan")
        isi = file.shown(keputusan="setujui", passphrase=PASSPHRASE)
        if ubah == "both of another file":
            isi |= lain.shown()
        else:
            del isi[ubah.split()[0]]
        kantor[peran].buka(file.alamat)
        sebelum = fingerprint(db)
        assert kantor[peran].kirim(f"{file.alamat}/{aksi}", dict(isi)).status_code in {409, 422}
        assert fingerprint(db) == sebelum

    @pytest.mark.attack("D05")
    def test_eight_clicks_at_once_decide_once(self, app: Flask, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        kantor[KABID].buka(file.alamat)
        isi = file.shown(keputusan="setujui", csrf_token=kantor[KABID].token)
        kue = kantor[KABID].web_client.get_cookie("sesi")
        assert kue is not None
        alamat, bersama = f"{file.alamat}/keputusan", Barrier(8)

        def klik(_: int) -> int:
            web_client = app.test_client()
            web_client.set_cookie("sesi", kue.value)
            bersama.wait()
            return web_client.post(alamat, data=isi).status_code

        with ThreadPoolExecutor(8) as banyak:
            assert sorted(banyak.map(klik, range(8))) == [303] + [409] * 7
        assert at_desk(file.permohonan_id).langkah == "paraf_sekretaris"


class TestBerkas:
    """C03, C07: names of files, and bodies that are not what they say."""

    @pytest.mark.attack("C03")
    @pytest.mark.parametrize(
        "nama",
        ["../../etc/passwd.jpg", "..\\..\\x.jpg", 'a"; filename="b.html', "x\r\nSet-Cookie: a=1.jpg",
         "a" * 300 + ".jpg", "KTP.jpg\0.html", "日本.jpg", "", ".htaccess", "\u202egpj.exe", "CON.jpg", "<b>x</b>.jpg"],
        ids=ascii,
    )  # fmt: skip
    def test_a_name_is_cleaned_for_the_page_and_for_the_header(
        self, pemohon: SamplePerson, db: Engine, kantor: Kantor, nama: str
    ) -> None:
        alamat = draf(pemohon)
        jawaban = pemohon.peramban.kirim(f"{alamat}/dokumen/SP", {"berkas": berkas(nama)})
        assert jawaban.status_code in {303, 422}
        with db.connect() as conn:
            for ada in conn.scalars(text("SELECT nama FROM berkas")):
                assert re.fullmatch(r"[^/\\\x00-\x1f\u202e\"]{1,150}\.jpg", ada), ada
        assert "<b>x" not in pemohon.peramban.buka(f"{alamat}/dokumen").text

    @pytest.mark.attack("C03")
    def test_even_a_name_that_slipped_in_makes_a_whole_header(self, kantor: Kantor, db: Engine) -> None:
        file = kantor.bawa("paraf_kabid")
        ids = ids_of(db, file.permohonan_id)
        for nama in (
            'a"; filename="b.html',
            "x\r\nSet-Cookie: a=1",
            "日本.jpg",
            "Surat – “final” 😀.jpg",
            "é\ud7ff.pdf",
        ):
            with db.begin() as conn:
                conn.execute(text("SET LOCAL session_replication_role = replica"))
                conn.execute(text("UPDATE berkas SET nama = :nama"), {"nama": nama})
            jawaban = kantor[KABID].buka(f"/petugas/berkas/{ids['berkas_id']}/unduh")
            assert jawaban.status_code == 200
            assert "Set-Cookie" not in jawaban.headers
            assert jawaban.headers["Content-Disposition"].startswith("attachment")

    @pytest.mark.attack("C06", "C07")
    @pytest.mark.parametrize("apa", ["1001 parts", "a long text", "no length", "gzip", "nothing"])
    def test_a_body_out_of_measure_is_refused(self, pemohon: SamplePerson, apa: str) -> None:
        alamat = f"{draf(pemohon)}/dokumen/SP"
        badan, kepala = BADAN[apa], {"Content-Encoding": "gzip"} if apa == "gzip" else {}
        raw = {"wsgi.input": io.BytesIO(badan), "wsgi.input_terminated": True} if apa == "no length" else {}
        kepala |= {"X-CSRFToken": pemohon.peramban.token}
        jawaban = pemohon.peramban.web_client.post(
            alamat, data=None if raw else badan, headers=kepala, environ_overrides=raw,
            content_type="multipart/form-data; boundary=x",
        )  # fmt: skip
        assert jawaban.status_code == (422 if apa in {"gzip", "nothing"} else 413)


class TestCodeQr:
    """E10-E15: the code on the paper, and nothing like it."""

    @pytest.fixture
    def token(self, kantor: Kantor, pemohon: SamplePerson, db: Engine) -> str:
        """Of an SK that was signed and published."""
        give_certificate(kantor)
        file = Berkas(submitted(pemohon.person_id))
        bring_to(file.permohonan_id, "tanda_tangan", kantor.orang)
        kantor[HEADERS].buka(f"{file.alamat}/tanda-tangan")
        assert (
            kantor[HEADERS].kirim(f"{file.alamat}/tanda-tangan", file.shown(passphrase=PASSPHRASE)).status_code == 303
        )
        with db.connect() as conn:
            return str(conn.execute(select(Sk.token)).scalar_one())

    @pytest.mark.attack("E13")
    def test_the_page_says_what_is_on_the_paper_and_nothing_of_anybody(
        self, tamu: Peramban, token: str, db: Engine
    ) -> None:
        jawaban = tamu.buka(f"/verifikasi/{token}")
        assert "BERLAKU" in jawaban.text
        assert "Set-Cookie" not in jawaban.headers
        assert "noindex" in jawaban.headers["X-Robots-Tag"]
        with db.connect() as conn:
            isi = conn.execute(select(Permohonan.isi)).scalar_one()
            rahasia = [*conn.scalars(select(Account.surel)), *conn.scalars(select(Person.nama))]
        rahasia += [str(v) for k, v in isi.items() if k.endswith(("_nik", "_hp", "_nama")) or k in PERSONAL]
        assert [r for r in rahasia if len(r) > 3 and r in jawaban.text] == []

    @pytest.mark.attack("E10", "E14")
    def test_a_code_that_is_only_like_it_is_not_found(self, tamu: Peramban, token: str, db: Engine) -> None:
        with db.connect() as conn:
            nomor, kode = conn.execute(select(Permohonan.nomor, Permohonan.kode_lacak)).one()
        assert len(token) >= 22  # 128 bits
        tamu.buka("/lacak")
        similar = [
            token.swapcase(),
            token[:-1],
            f"{token}x",
            f"{token}%20",
            f"{token}%00",
            token[::-1],
            f"_{token[1:]}",
            kode,
            nomor,
            tamu.token,
        ]
        assert {tamu.buka(f"/verifikasi/{quote(m, safe='%')}").status_code for m in similar} == {404}
        for palsu in (token, tamu.token, token[:8]):
            assert tamu.kirim("/lacak", {"nomor": nomor, "kode": palsu}).status_code == 422

    @pytest.mark.attack("E11", "E15")
    def test_a_qr_code_copied_onto_an_edited_pdf_gives_itself_away(
        self, tamu: Peramban, token: str, pemohon: SamplePerson, db: Engine
    ) -> None:
        """The page holds the published file's hash and says whose address is ours; so does the paper."""
        with db.connect() as conn:
            permohonan_id = conn.execute(select(Permohonan.id)).scalar_one()
        pdf = pemohon.peramban.buka(f"/permohonan/{permohonan_id}/sk.pdf").data
        halaman = tamu.buka(f"/verifikasi/{token}").text
        sidik = re.search(r'id="cocokkan" data-sidik="([0-9a-f]{64})"', halaman)
        assert sidik is not None
        assert sidik[1] == sha256(pdf).hexdigest()
        assert sidik[1] != sha256(pdf.replace(b"/Page", b"/PAge", 1)).hexdigest()
        alamat = f"{settings().base_url}/verifikasi"
        assert f"diawali <strong>{alamat}</strong>" in halaman
        assert f"{alamat}/{token}" in "".join(pdf_text(pdf).split())

    @pytest.mark.attack("E10")
    def test_guessing_is_stopped(self, tamu: Peramban) -> None:
        tried(VERIFICATIONS_PER_MINUTE - 2, "127.0.0.1")
        assert [tamu.buka(f"/verifikasi/tebakan{n}").status_code for n in range(3)] == [404, 404, 429]

    @pytest.mark.attack("E12")
    @pytest.mark.parametrize("langkah", ["periksa", "rekomendasi", "tanda_tangan"])
    def test_before_it_is_signed_there_is_no_code_at_all(self, kantor: Kantor, db: Engine, langkah: str) -> None:
        kantor.bawa(langkah) if langkah != "periksa" else filled_in(kantor.orang[KABID].person_id)
        with db.connect() as conn:
            assert conn.scalars(select(Sk.token)).all() == []


def tried(times: int, address: str) -> None:
    """So many guesses came from there, however long this machine takes for them."""
    for _ in range(times):
        rate_limit.add_try(rate_limit.counter("verifikasi", address), window=timedelta(hours=1), now=real_now())


PERSONAL = {"alamat", "telepon_lembaga", "surel_lembaga", "koordinat", "rekening", "npwp"}
