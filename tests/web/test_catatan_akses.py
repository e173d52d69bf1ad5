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
from tests.factories import RABU, at_desk, person, submitted
from tests.web.conftest import Peramban, SamplePerson
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ask, fingerprint, ids_of
from web.pdp.words import describe

KABID, FO, TECHNICAL = Peran.KABID_PERIZINAN, Peran.FRONT_OFFICE, Peran.DINAS_TEKNIS


@pytest.fixture
def pdp(app: Flask, db: Engine) -> Peramban:
    make_officer("pdp@uji.test", Peran.PDP, nama="Zainal Abidin")
    return masuk(app, "pdp@uji.test")


@dataclass(frozen=True)
class Line:
    permohonan_id: UUID | None
    oleh: UUID
    peran: str
    cara: str
    aturan: str
    status: int


def refusals() -> list[Line]:
    d = AccessRefused
    with unit_of_work() as s:
        rows = s.execute(select(d.permohonan_id, d.oleh, d.peran, d.cara, d.aturan, d.status).order_by(d.id))
        return [Line(*r) for r in rows]


class TestRefusal:
    def test_a_decision_on_a_colleagues_file_is_a_row_with_who_what_and_which_file(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        fo = kantor[FO]
        fo.buka("/petugas/antrean")
        isi = file.shown(keputusan="setujui", alasan="Kata-kata yang tidak boleh tercatat.")
        jawaban = fo.kirim(f"{file.alamat}/keputusan", isi)
        assert jawaban.status_code == 404
        siapa = kantor.orang[FO].person_id
        aturan = "/petugas/tugas/<uuid:tugas_id>/keputusan"
        assert refusals() == [Line(file.permohonan_id, siapa, "front_office", "POST", aturan, 404)]
        with unit_of_work() as s:
            (baris,) = s.scalars(select(AccessRefused))
            assert abs(baris.pada - real_now()) < timedelta(minutes=1)
            assert baris.kejadian == jawaban.headers["X-Request-Id"]
            assert "tidak boleh" not in str(vars(baris))

    def test_a_stale_decision_a_wrong_role_and_a_form_of_another_session_are_rows(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        kabid = kantor[KABID]
        kabid.buka(file.alamat)
        isi = file.shown(keputusan="setujui")
        assert kabid.kirim(f"{file.alamat}/keputusan", {**isi, "versi": "77"}).status_code == 409
        assert kabid.buka(f"{file.alamat}/tanda-tangan").status_code == 403
        assert kabid.kirim(f"{file.alamat}/keputusan", {**isi, "csrf_token": "palsu"}).status_code == 400
        assert [(b.permohonan_id, b.status) for b in refusals()] == [(file.permohonan_id, s) for s in (409, 403, 400)]

    def test_an_applicant_at_anothers_application_is_a_row(self, make_pemohon: Callable[..., SamplePerson]) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        milik = submitted(satu.person_id)
        with unit_of_work() as s:
            berkas = s.scalars(select(Berkas.id).where(Berkas.permohonan_id == milik)).first()
        assert dua.peramban.buka(f"/permohonan/{milik}").status_code == 404
        assert dua.peramban.buka(f"/permohonan/{milik}/berkas/{berkas}").status_code == 404
        assert [(b.permohonan_id, b.oleh, b.peran) for b in refusals()] == [(milik, dua.person_id, "pemohon")] * 2

    def test_trying_again_and_again_within_a_minute_is_one_row(self, kantor: Kantor) -> None:
        file = kantor.bawa("paraf_kabid")
        for _ in range(5):
            kantor[FO].buka(file.alamat)
        assert len(refusals()) == 1

    def test_guessing_at_ids_fills_nothing(self, kantor: Kantor) -> None:
        for _ in range(5):
            assert kantor[FO].buka(f"/petugas/tugas/{uuid4()}").status_code == 404
        assert [b.permohonan_id for b in refusals()] == [None]

    def test_after_a_minute_it_is_another(self, db: Engine) -> None:
        penolakan = Refusal(person(), "pemohon", "GET", "/permohonan/<uuid:permohonan_id>", {}, 404, "1")
        for menit in (0, 0.5, 1.5, 2):
            record_refusal(penolakan, now=RABU + timedelta(minutes=menit))
        assert len(refusals()) == 2

    def test_what_is_missing_for_everybody_and_slips_of_typing_are_no_refusals(
        self, tamu: Peramban, pemohon: SamplePerson
    ) -> None:
        tamu.buka("/permohonan")
        tamu.buka("/tidak-ada")
        pemohon.peramban.buka("/verifikasi/tidak-ada")
        pemohon.peramban.buka("/permohonan/baru")
        assert pemohon.peramban.kirim("/permohonan/baru", {"sop": "tidak ada"}).status_code == 422
        assert refusals() == []

    def test_who_gives_a_role_to_themselves_is_on_record(self, app: Flask, db: Engine) -> None:
        person_id = make_officer("admin@uji.test", Peran.ADMIN)
        with unit_of_work() as s:
            account_id = s.scalars(select(Account.id).where(Account.person_id == person_id)).one()
        admin = masuk(app, "admin@uji.test")
        admin.buka(f"/admin/pengguna/{account_id}")
        isi = {"peran": "kepala_dinas", "jabatan": "Kepala Dinas", "start_date": f"{real_now():%Y-%m-%d}"}
        jawaban = admin.kirim(f"/admin/pengguna/{account_id}/peran", isi)
        assert (jawaban.status_code, "kepada diri sendiri" in jawaban.text) == (403, True)
        assert len(refusals()) == 1

    def test_no_look_writes_anything_else(self, app: Flask, db: Engine, kantor: Kantor) -> None:
        """F03: GET and HEAD of every address, as three kinds of officers."""
        file = kantor.bawa("paraf_kabid")
        make_officer("pdp@uji.test", Peran.PDP)
        make_officer("admin@uji.test", Peran.ADMIN)
        browsers = [kantor[KABID], masuk(app, "pdp@uji.test"), masuk(app, "admin@uji.test")]
        sebelum = fingerprint(db)
        for browser in browsers:
            for alamat in addresses(app, ids_of(db, file.permohonan_id)):
                for method in {"GET", "HEAD"} & set(alamat.methods):
                    ask(browser, method, alamat.path).close()
        assert fingerprint(db) == sebelum


@pytest.mark.parametrize("tabel", ["akses_data", "akses_ditolak", "perubahan_akun", "perubahan_kalender"])
def test_the_record_is_only_added_to(db: Engine, tabel: str) -> None:
    """F11."""
    admin, now = person(Peran.ADMIN), RABU
    isi = {
        "akses_data": {"permohonan_id": uuid4(), "oleh": admin, "peran": "admin", "apa": "KTP", "tujuan": "memeriksa"},
        "akses_ditolak": {
            "oleh": admin, "peran": "admin", "cara": "GET", "aturan": "/", "status": 404, "kejadian": "1"
        },
        "perubahan_akun": {
            "person_id": admin, "urut": 9, "jenis": "x", "data": {}, "state": {}, "sebelum": "", "hash": "9"
        },
        "perubahan_kalender": {"versi": 1, "sebelum": {}, "sesudah": {}, "hash": "9"},
    }[tabel]  # fmt: skip
    from pipeline.models import metadata

    with db.begin() as conn:
        conn.execute(insert(metadata.tables[tabel]).values(**isi, pada=now))
    for statement in (f"UPDATE {tabel} SET pada = now()", f"DELETE FROM {tabel}", f"TRUNCATE {tabel}"):
        with pytest.raises(DBAPIError, match="hanya boleh ditambah"), db.begin() as conn:
            conn.execute(text(statement))


class TestPage:
    def look(self, kantor: Kantor, syarat: str, benih: str) -> str:
        """The Kabid opens this document of a new file; returns its number."""
        file = kantor.bawa("paraf_kabid", benih=benih)
        with unit_of_work() as s:
            mine = (Berkas.permohonan_id == file.permohonan_id, Berkas.syarat == syarat)
            berkas = s.scalars(select(Berkas.id).where(*mine)).first()
            nomor = s.get_one(Permohonan, file.permohonan_id).nomor
        assert kantor[KABID].buka(f"/petugas/berkas/{berkas}/unduh").status_code == 200
        return nomor

    def test_three_ktps_opened_are_three_rows_with_their_purpose(self, kantor: Kantor, pdp: Peramban) -> None:
        """F12."""
        numbers = [self.look(kantor, "KTP", benih) for benih in "abc"]
        halaman = pdp.buka("/pdp?tampil=dibuka").text
        assert halaman.count("membuka berkas KTP") == 3
        assert halaman.count("dibuka, mengunduh") == 3
        assert f"Petugas {KABID.nama}" in halaman
        assert all(nomor in halaman for nomor in numbers)
        satu = pdp.buka(f"/pdp?nomor={numbers[1]}").text
        assert (satu.count("membuka berkas KTP"), numbers[0] in satu) == (1, False)

    def test_a_refusal_reads_as_a_sentence(self, kantor: Kantor, pdp: Peramban) -> None:
        file = kantor.bawa("paraf_kabid")
        kantor[FO].buka("/petugas/antrean")
        kantor[FO].kirim(f"{file.alamat}/keputusan", file.shown(keputusan="setujui"))
        kantor[FO].buka(f"/petugas/tugas/{uuid4()}")
        halaman = pdp.buka("/pdp").text
        assert "memutus berkas" in halaman
        assert "bukan miliknya, bukan di mejanya, atau tidak ada" in halaman
        assert f"Petugas {FO.nama}" in halaman
        assert "memutus berkas" not in pdp.buka("/pdp?tampil=dibuka").text

    def test_only_the_pdp_officer_reads_it_and_opens_no_document(
        self, app: Flask, kantor: Kantor, pdp: Peramban
    ) -> None:
        file = kantor.bawa("paraf_kabid")
        make_officer("admin@uji.test", Peran.ADMIN)
        for browser in (kantor[KABID], masuk(app, "admin@uji.test")):
            assert browser.buka("/pdp").status_code == 403
            assert browser.buka("/pdp/unduh").status_code == 403
        assert pdp.buka(file.alamat).status_code == 403
        assert pdp.buka(f"/petugas/permohonan/{file.permohonan_id}").status_code == 403
        login_again = Peramban(app.test_client())
        assert login_again.masuk("pdp@uji.test", petugas=True).location == "/pdp"
        assert 'href="/pdp"' in login_again.buka("/pdp").text

    def test_it_is_found_by_day_by_person_and_by_page(self, db: Engine, pdp: Peramban) -> None:
        orang = {nama: person(nama=nama) for nama in ("Ani 100%", "Budi_Satu")}
        with unit_of_work() as s:
            for n in range(30):
                tamu = orang["Ani 100%"] if n < 20 else orang["Budi_Satu"]
                s.add(
                    DataAccess(
                        permohonan_id=uuid4(), oleh=tamu, peran="front_office", apa=f"berkas B{n:02}",
                        tujuan="memeriksa", pada=RABU + timedelta(days=n),
                    )
                )  # fmt: skip
        satu, dua = pdp.buka("/pdp").text, pdp.buka("/pdp?halaman=2").text
        assert (satu.count("berkas B"), dua.count("berkas B")) == (25, 5)
        assert "berkas B29" in satu
        assert "halaman=2" in satu
        for sieve, banyak in (
            ("orang=budi", 10), ("orang=%25", 20), ("orang=_", 10), ("dari=2026-11-25&sampai=2026-11-26", 2),
            ("sampai=2026-11-24", 0), ("dari=2026-12-24&orang=ani", 0), ("nomor=LKS", 0), ("sampai=9999-12-31", 25),
        ):  # fmt: skip
            assert pdp.buka(f"/pdp?{sieve}").text.count("berkas B") == banyak, sieve

    @pytest.mark.parametrize(
        "aneh", ["dari=kemarin", "sampai=2026-02-30", "orang=%00", "tampil=x", "endpoint=1&_external=1", "halaman=-1"]
    )
    def test_a_strange_filter_is_a_page(self, pdp: Peramban, aneh: str) -> None:
        for alamat in ("/pdp", "/pdp/unduh"):
            assert pdp.buka(f"{alamat}?{aneh}").status_code == 200

    def test_a_wrong_date_is_told_and_the_rest_is_kept(self, pdp: Peramban) -> None:
        halaman = pdp.buka("/pdp?dari=kemarin&orang=Rahmi").text
        assert 'href="#dari"' in halaman
        assert 'value="Rahmi"' in halaman

    @pytest.mark.attack("F04")
    @pytest.mark.parametrize(
        "nama",
        ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", '"=1', ";=1", " =1", "Ani\0\x1b"],
    )  # fmt: skip
    def test_the_file_for_a_spreadsheet_holds_no_formula(self, db: Engine, pdp: Peramban, nama: str) -> None:
        """F04: names are what people typed."""
        siapa = person()
        with unit_of_work() as s:
            s.get_one(Person, siapa).nama = nama.replace("\0", "")
            s.add(
                DataAccess(permohonan_id=uuid4(), oleh=siapa, peran="pemohon", apa="KTP", tujuan="melihat", pada=RABU)
            )
        jawaban = pdp.buka("/pdp/unduh")
        assert jawaban.headers["Content-Disposition"].startswith('attachment; filename="catatan-akses-')
        assert jawaban.mimetype == "text/csv"
        kepala, baris = csv.reader(StringIO(jawaban.data.decode("utf-8-sig"), newline=""))
        assert kepala[:3] == ["Waktu", "Orang", "Peran"]
        assert baris[1][0] in {"'", "A"}
        assert baris[3] == "membuka KTP"

    @pytest.mark.attack("F13")
    def test_an_officer_who_opens_far_too_many_is_named(self, db: Engine, pdp: Peramban) -> None:
        """F13: sixty within ten minutes; as many over a day are a day's work."""
        cepat, biasa = person(nama="Si Cepat"), person(nama="Si Biasa")
        saat = real_now() - timedelta(hours=20)
        with unit_of_work() as s:
            for n in range(63):
                for siapa, distance in ((cepat, timedelta(seconds=9)), (biasa, timedelta(minutes=15))):
                    s.add(
                        DataAccess(
                            permohonan_id=uuid4(), oleh=siapa, peran="front_office", apa="berkas KTP",
                            tujuan="memeriksa", pada=saat + n * distance,
                        )
                    )  # fmt: skip
        halaman = " ".join(pdp.buka("/pdp?orang=tidak-ada").text.split())
        assert "Perlu ditanyakan:</strong> Si Cepat membuka 63 data pribadi dalam 10 menit" in halaman
        assert "Si Biasa" not in halaman


def test_an_empty_record_is_told_apart_from_a_search_that_found_nothing(db: Engine, pdp: Peramban) -> None:
    assert "Belum ada yang membuka data pribadi" in pdp.buka("/pdp").text
    assert "Tidak ada catatan yang cocok" in pdp.buka("/pdp?orang=tidak-ada").text


def test_a_page_costs_one_statement_for_its_list(db: Engine, pdp: Peramban) -> None:
    from pipeline.queries.people.access import Sieve, read_note
    from tests.integration.test_cost import counted

    with counted(db) as n:
        read_note(Sieve(orang="a", nomor="b"), halaman=1)
    assert n.statements == 1


def test_a_session_that_ended_meanwhile_is_on_record_too(kantor: Kantor) -> None:
    from tests.web.test_held_requests import Act, account_of, close

    file = kantor.bawa("paraf_kabid")
    kantor[KABID].buka(file.alamat)
    act = Act(kantor[KABID], f"{file.alamat}/keputusan", {**file.shown(), "keputusan": "setujui"})
    assert act.send(lambda: close(account_of(act.who))).status_code == 401
    assert [(b.permohonan_id, b.oleh, b.peran, b.status) for b in refusals()] == [
        (file.permohonan_id, kantor.orang[KABID].person_id, "kabid_perizinan", 401)
    ]
    assert at_desk(file.permohonan_id).langkah == "paraf_kabid"


def test_every_refusal_is_told_without_an_address(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].__dict__["policy"].nama != "publik":
            for cara in rule.methods or ():
                assert not set("<>/_") & set(describe(f"{cara} {rule.rule}")), rule.rule
