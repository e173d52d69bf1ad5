"""An applicant and the office at their screens: uploads over a bad line, and one application from form to SK."""

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, expect

from ops.contoh.browser.client import until
from ops.contoh.journey import Walk
from ops.contoh.kantor import Kantor
from ops.contoh.papers.bap import bap_form
from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.pictures import foto
from ops.contoh.pemohon import NOMOR, Tag
from ops.contoh.petugas import Desk
from ops.contoh.scenarios import SOP, STRAIGHT
from ops.demo_people import DEMO_DOMAIN, PASSPHRASE, PASSWORD
from pipeline.roles import Peran
from pipeline.rules.form.bap import PHOTO_LABELS
from pipeline.sop.values import IsianKind
from tests.e2e.layar import NARROW, log_in, window

pytestmark = pytest.mark.browser

PEMOHON = f"pemohon{DEMO_DOMAIN}"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
PUTUS = SLOW | {"offline": True}


def photo(benih: int) -> FilePayload:
    """A photo of some megabytes, as phones make them."""
    side = 1200
    titik = random.Random(benih).randbytes(side * side * 3)
    isi = io.BytesIO()
    Image.frombytes("RGB", (side, side), titik).save(isi, "JPEG", quality=85)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": isi.getvalue()}


def card(page: Page, syarat: str) -> Locator:
    return page.locator(f"#syarat-{syarat}")


def ready(kartu: Locator) -> None:
    expect(kartu.locator(".govuk-tag")).to_have_text("Siap")


class TestUpload:
    @pytest.fixture
    def dokumen(self, kantor: Kantor, request: pytest.FixtureRequest) -> str:
        """The address of the documents of a new draft."""
        draf = Walk(kantor, STRAIGHT, 0, f"unggah/{request.node.name}").pemohon
        draf.begin()
        draf.fill()
        return f"{draf.jalur}/dokumen"

    @pytest.fixture
    def page(self, kantor: Kantor, chromium: Browser) -> Iterator[Page]:
        with window(chromium, kantor.alamat, lebar=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            yield page

    def test_a_lost_signal_is_waited_out_and_nothing_is_sent_twice(self, page: Page, dokumen: str) -> None:
        page.goto(dokumen)
        kartu, mulai = card(page, "AKTA"), list[Request]()
        page.on("request", lambda r: mulai.append(r) if "/unggah/" in r.url else None)
        sinyal = page.context.new_cdp_session(page)
        sinyal.send("Network.emulateNetworkConditions", SLOW)
        kartu.locator("input[type=file]").set_input_files(photo(1))
        expect(kartu.get_by_role("status")).to_have_text(re.compile(r"Mengunggah foto\.jpg: [2-7]\d%"))
        sinyal.send("Network.emulateNetworkConditions", PUTUS)
        expect(kartu.get_by_role("status")).to_have_text(re.compile("^Terputus"))
        sebelum = len(mulai)
        sinyal.send("Network.emulateNetworkConditions", SLOW)
        ready(kartu)
        expect(kartu).to_contain_text("foto.jpg")
        sesudah = mulai[sebelum:]
        assert {r.method for r in sesudah} == {"HEAD", "PATCH"}  # asked how far it had come, and went on
        lanjut = next(r for r in sesudah if r.method == "PATCH")
        assert int(lanjut.headers["upload-offset"]) >= 256 * 1024

    def test_a_refused_file_says_why_on_its_card_alone(self, page: Page, dokumen: str) -> None:
        page.goto(dokumen)
        kartu = card(page, "NPWP")
        salah: FilePayload = {"name": "surat.docx", "mimeType": "image/png", "buffer": b"PK\x03\x04 bukan gambar"}
        kartu.locator("input[type=file]").set_input_files(salah)
        expect(kartu.get_by_role("status")).to_contain_text("Simpan dokumennya sebagai PDF")
        lain = page.locator("#dokumen > li:not(#syarat-NPWP)").get_by_role("status")
        assert set(lain.all_inner_texts()) == {""}
        kartu.locator("input[type=file]").set_input_files(photo(2))
        ready(kartu)

    def test_of_several_files_the_good_ones_stay_and_every_refusal_is_told(self, page: Page, dokumen: str) -> None:
        page.goto(dokumen)
        kartu = card(page, "NPWP")
        salah: list[FilePayload] = [
            {"name": f"surat{n}.docx", "mimeType": "image/png", "buffer": b"PK\x03\x04 bukan gambar"} for n in (1, 2)
        ]
        kartu.locator("input[type=file]").set_input_files([salah[0], photo(5), salah[1]])
        ready(kartu)
        expect(kartu.locator(".berkas")).to_contain_text("foto.jpg")
        for nama in ("surat1.docx", "surat2.docx"):
            expect(kartu.get_by_role("status")).to_contain_text(nama)

    def test_where_no_signal_is_announced_a_press_goes_on(self, page: Page, dokumen: str) -> None:
        page.goto(dokumen)
        kartu = card(page, "AKTA")
        page.route("**/unggah/**", lambda route: route.abort())
        kartu.locator("input[type=file]").set_input_files(photo(6))
        lanjut = kartu.get_by_role("button", name="Lanjutkan sekarang")
        lanjut.wait_for(timeout=40_000)
        page.unroute_all()
        lanjut.click()
        ready(kartu)

    def test_without_javascript_the_form_does_the_same(self, kantor: Kantor, chromium: Browser, dokumen: str) -> None:
        with window(chromium, kantor.alamat, lebar=NARROW, java_script_enabled=False) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(dokumen)
            salah: FilePayload = {"name": "kosong.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}
            for berkas, kata in ((salah, "Ditolak"), (photo(3), "Siap")):
                card(page, "NPWP").locator("input[type=file]").set_input_files(berkas)
                card(page, "NPWP").get_by_role("button", name="Unggah").click()
                expect(card(page, "NPWP").locator(".govuk-tag")).to_have_text(kata)
                assert page.locator("#dokumen .govuk-error-message").count() == (kata == "Ditolak")


class TestSalinan:
    """What is typed outlives the session it was typed in."""

    @pytest.fixture
    def pengurus(self, kantor: Kantor, request: pytest.FixtureRequest) -> str:
        """The address of a page of the form of a new, empty draft."""
        draf = Walk(kantor, STRAIGHT, 0, f"salinan/{request.node.name}").pemohon
        draf.begin()
        return f"{draf.jalur}/isian/pengurus"

    def test_a_session_that_ended_loses_nothing(self, kantor: Kantor, chromium: Browser, pengurus: str) -> None:
        with window(chromium, kantor.alamat, lebar=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(pengurus)
            expect(page.get_by_text("Pulihkan isian")).to_be_hidden()
            page.locator("#ketua_nama").fill("Siti Rahmah")
            page.context.clear_cookies()
            page.get_by_role("button", name="Simpan dan lanjut", exact=True).click()
            page.get_by_label("Nomor HP atau surel").fill(PEMOHON)
            page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Masuk", exact=True).click()
            page.get_by_role("button", name="Pulihkan isian").click()
            expect(page.locator("#ketua_nama")).to_have_value("Siti Rahmah")
            page.get_by_role("button", name="Simpan dan lanjut", exact=True).click()
            page.goto(pengurus)  # the server has it now: nothing is offered, nothing is kept
            expect(page.locator("#ketua_nama")).to_have_value("Siti Rahmah")
            expect(page.get_by_text("Pulihkan isian")).to_be_hidden()
            assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('isian:'))") == []

    def test_logging_out_leaves_nothing_in_the_browser(self, kantor: Kantor, chromium: Browser, pengurus: str) -> None:
        with window(chromium, kantor.alamat, lebar=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(pengurus)
            page.locator("#ketua_nama").fill("Siti Rahmah")
            page.get_by_role("button", name="Keluar").click()
            page.goto("/akun/masuk")
            assert page.evaluate("Object.keys(localStorage).length") == 0


@dataclass
class Kisah:
    """One application, and everybody's windows."""

    walk: Walk
    kantor: Kantor
    chromium: Browser

    def fill_in(self, page: Page) -> None:
        """Type every answer, page by page, as the form asks for it."""
        isi = self.walk.pemohon.isi
        page.goto("/permohonan")
        page.get_by_role("button", name="Ajukan permohonan baru").click()
        page.get_by_role("button", name="Mulai mengisi").click()
        while "/isian/" in page.url:
            for isian in SOP.isian:
                if isian.kode in isi and page.locator(f"[name={isian.kode}]").count():
                    answer(page, isian.kode, isian.jenis, isi[isian.kode])
            with page.expect_navigation():
                page.get_by_role("button", name="Simpan dan lanjut", exact=True).click()

    def upload(self, page: Page) -> None:
        pemohon = self.walk.pemohon
        for syarat in SOP.required_syarat(pemohon.isi):
            kartu = card(page, syarat.kode)
            berkas = make_berkas(syarat, pemohon.lembaga)
            kartu.locator("input[type=file]").set_input_files(
                [{"name": b.nama, "mimeType": b.jenis, "buffer": b.payload} for b in berkas]
            )
            ready(kartu)

    def send(self, page: Page) -> None:
        """Tick, send, read the receipt, print it."""
        page.get_by_role("button", name="Lanjut ke periksa dan kirim").click()
        page.get_by_label("Data dan dokumen ini benar").check()
        page.get_by_label("Saya sudah membaca pemberitahuan privasi.").check()
        page.get_by_role("button", name="Kirim permohonan").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Permohonan terkirim")
        nomor, kode = page.locator(".nomor").all_inner_texts()
        self.walk.tanda = Tag(nomor, kode)
        assert nomor in text_of(page.pdf())
        with page.expect_download() as unduhan:
            page.get_by_role("button", name="Unduh tanda terima (PDF)").click()
        assert NOMOR.findall(text_of(unduhan.value.path().read_bytes()))[0] == nomor

    def officer(self, peran: Peran, *, lebar: int = 1280) -> "Iterator[Page]":
        """The file, opened from the queue of this role."""
        self.walk.arrive(peran)
        meja = Desk(self.kantor.person(peran, 0), self.walk.nomor)
        until(60, lambda: ((ada := meja.find()) and meja.may_decide(ada)) or None, apa="Keputusan dapat dibuat")
        with window(self.chromium, self.kantor.alamat, lebar=lebar) as page:
            log_in(page, "/petugas/masuk", self.kantor.person(peran, 0).surel, PASSWORD)
            page.get_by_role("link", name=self.walk.nomor, exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(self.walk.pemohon.lembaga.nama)
            yield page

    def inspect(self) -> None:
        """BAP with two photos, and the recommendation."""
        pemohon = self.walk.pemohon
        for page in self.officer(Peran.DINAS_TEKNIS):
            page.get_by_role("link", name="Isi BAP dan Rekomendasi").click()
            for kode, label in list(PHOTO_LABELS.items())[:2]:
                page.get_by_label("Keterangan foto").select_option(kode)
                gambar: FilePayload = {"name": "f.jpg", "mimeType": "image/jpeg", "buffer": foto(label)}
                page.locator("#foto").set_input_files(gambar)
                page.get_by_role("button", name="Tambah foto").click()
                expect(page.get_by_role("status").first).to_contain_text(label)
            isian = bap_form(SOP, pemohon.lembaga, pemohon.isi, today=self.kantor.now().date(), layak=True)
            for nama, nilai in isian.items():
                pilihan = page.locator(f'[type=radio][name="{nama}"][value="{nilai}"]')
                if pilihan.count():
                    pilihan.check()
                elif nilai:
                    page.locator(f'[name="{nama}"]').fill(nilai)
            page.get_by_role("button", name="Simpan dan lanjut memutus").click()
            decide(page, "Kirim rekomendasi terbit")

    def approve(self, peran: Peran) -> None:
        for page in self.officer(peran):
            decide(page, "Setujui")

    def sign(self) -> None:
        for page in self.officer(Peran.KEPALA_DINAS, lebar=NARROW):
            page.get_by_role("button", name="Tanda tangani SK").click()
            page.get_by_label("Frasa sandi tanda tangan").fill(PASSPHRASE)
            page.get_by_role("button", name="Tanda tangani SK").click()
            expect(page.get_by_role("status").first).to_contain_text("ditandatangani dan terbit")

    def receive(self, page: Page) -> None:
        """Find the SK, check it by its QR code as a stranger would, and say it arrived."""
        page.goto("/permohonan")
        kartu = page.get_by_role("listitem").filter(has_text=self.walk.nomor)
        kartu.get_by_role("link", name="Unduh SK").click()
        with page.expect_download() as unduhan:
            page.get_by_role("button", name=re.compile("^Unduh SK")).click()
        pdf = unduhan.value.path()
        with window(self.chromium, self.kantor.alamat, lebar=NARROW) as other_person:
            other_person.goto(qr_of(pdf))
            expect(other_person.get_by_role("heading", level=1)).to_have_text("BERLAKU")
            other_person.locator("#pdf").set_input_files(pdf)
            expect(other_person.locator("#hasil")).to_have_text(re.compile("^Cocok"))
        page.get_by_role("button", name="Saya sudah menerima SK").click()
        expect(page.get_by_role("status").first).to_contain_text("Permohonan ini selesai")


def answer(page: Page, kode: str, jenis: IsianKind, nilai: str | tuple[str, ...]) -> None:
    """Type or tick one answer."""
    if jenis in {IsianKind.PILIHAN, IsianKind.BANYAK}:
        for satu in [nilai] if isinstance(nilai, str) else nilai:
            page.locator(f'[name={kode}][value="{satu}"]').check()
    else:
        page.locator(f"[name={kode}]").fill(str(nilai))


def decide(page: Page, pilihan: str) -> None:
    page.get_by_label(pilihan).check()
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_role("status").first).to_contain_text("diteruskan ke")


def text_of(pdf: bytes) -> str:
    return "".join(halaman.get_textpage().get_text_range() for halaman in pdfium.PdfDocument(pdf))


def qr_of(pdf: Path) -> str:
    """What a phone's camera reads off the printed pages."""
    gambar = (halaman.render(scale=2).to_pil() for halaman in pdfium.PdfDocument(pdf))
    return next(kode.text for satu in gambar for kode in zxingcpp.read_barcodes(satu))


def test_from_the_form_to_the_signed_sk_by_hand(kantor: Kantor, chromium: Browser) -> None:
    kisah = Kisah(Walk(kantor, STRAIGHT, 0, "tangan"), kantor, chromium)
    kisah.walk.begin()
    with window(chromium, kantor.alamat, lebar=NARROW) as page:
        log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
        kisah.fill_in(page)
        kisah.upload(page)
        kisah.send(page)
        for stage in STRAIGHT.stage[1:3]:
            kisah.walk.take(stage)  # automatic: only told, so that a spot check is decided by its desk
        kisah.inspect()
        for peran in (Peran.KABID_PERIZINAN, Peran.SEKRETARIS):
            kisah.approve(peran)
        kisah.sign()
        kisah.receive(page)


@pytest.mark.attack("B16")
def test_after_logging_out_the_back_button_shows_nothing(kantor: Kantor, chromium: Browser) -> None:
    with window(chromium, kantor.alamat) as page:
        log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
        page.goto("/permohonan")
        page.get_by_role("button", name="Keluar").click()
        expect(page.get_by_role("link", name="Masuk", exact=True)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
