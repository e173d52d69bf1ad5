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
from ops.contoh.papers.desk_form import filled_in
from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.pictures import photo as picture
from ops.contoh.pemohon import Tag, nomor_of
from ops.contoh.petugas import Desk
from ops.contoh.scenarios import SOP, STRAIGHT
from ops.demo_people import DEMO_DOMAIN, PASSPHRASE, PASSWORD
from pipeline.roles import Peran
from pipeline.sop.words import IsianKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.e2e.screen import NARROW, log_in, window

pytestmark = pytest.mark.browser

PEMOHON = f"pemohon{DEMO_DOMAIN}"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
CUT = SLOW | {"offline": True}
#: Milliseconds a verdict may take on a busy machine.
VERDICT = 60_000


def photo(seed: int) -> FilePayload:
    """A photo of some megabytes, as phones make them."""
    side = 1200
    point = random.Random(seed).randbytes(side * side * 3)
    content = io.BytesIO()
    Image.frombytes("RGB", (side, side), point).save(content, "JPEG", quality=85)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def card(page: Page, syarat: str) -> Locator:
    return page.locator(f"#syarat-{syarat}")


def ready(box: Locator) -> None:
    expect(box.locator(".govuk-tag")).to_have_text("Siap", timeout=VERDICT)


class TestUpload:
    @pytest.fixture
    def document(self, kantor: Kantor, request: pytest.FixtureRequest) -> str:
        """The address of the documents of a new draft."""
        draft = Walk(kantor, STRAIGHT, 0, f"unggah/{request.node.name}").pemohon
        draft.begin()
        draft.fill()
        return f"{draft.path}/dokumen"

    @pytest.fixture
    def page(self, kantor: Kantor, chromium: Browser) -> Iterator[Page]:
        with window(chromium, kantor.address, width=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            yield page

    def test_a_lost_signal_is_waited_out_and_nothing_is_sent_twice(self, page: Page, document: str) -> None:
        page.goto(document)
        box, start = card(page, "AKTA"), list[Request]()
        page.on("request", lambda r: start.append(r) if "/unggah/" in r.url else None)
        signal = page.context.new_cdp_session(page)
        signal.send("Network.emulateNetworkConditions", SLOW)
        box.locator("input[type=file]").set_input_files(photo(1))
        expect(box.get_by_role("status")).to_have_text(re.compile(r"Mengunggah foto\.jpg: [2-7]\d%"))
        signal.send("Network.emulateNetworkConditions", CUT)
        expect(box.get_by_role("status")).to_have_text(re.compile("^Terputus"))
        before = len(start)
        signal.send("Network.emulateNetworkConditions", SLOW)
        ready(box)
        expect(box).to_contain_text("foto.jpg")
        after = start[before:]
        assert {r.method for r in after} == {"HEAD", "PATCH"}  # asked how far it had come, and went on
        onward = next(r for r in after if r.method == "PATCH")
        assert int(onward.headers["upload-offset"]) >= 256 * 1024

    def test_a_refused_file_says_why_on_its_card_alone(self, page: Page, document: str) -> None:
        page.goto(document)
        box = card(page, "NPWP")
        wrong: FilePayload = {"name": "surat.docx", "mimeType": "image/png", "buffer": b"PK\x03\x04 bukan gambar"}
        box.locator("input[type=file]").set_input_files(wrong)
        expect(box.get_by_role("status")).to_contain_text("Simpan dokumennya sebagai PDF")
        other = page.locator("#dokumen > li:not(#syarat-NPWP)").get_by_role("status")
        assert set(other.all_inner_texts()) == {""}
        box.locator("input[type=file]").set_input_files(photo(2))
        ready(box)

    def test_of_several_files_the_good_ones_stay_and_every_refusal_is_told(self, page: Page, document: str) -> None:
        page.goto(document)
        box = card(page, "NPWP")
        wrong: list[FilePayload] = [
            {"name": f"surat{n}.docx", "mimeType": "image/png", "buffer": b"PK\x03\x04 bukan gambar"} for n in (1, 2)
        ]
        box.locator("input[type=file]").set_input_files([wrong[0], photo(5), wrong[1]])
        ready(box)
        expect(box.locator(".berkas")).to_contain_text("foto.jpg")
        for name in ("surat1.docx", "surat2.docx"):
            expect(box.get_by_role("status")).to_contain_text(name)

    def test_what_the_examination_refuses_comes_into_the_page_and_another_file_takes_its_place(
        self, page: Page, document: str
    ) -> None:
        page.goto(document)
        box = card(page, "NPWP")
        broken: FilePayload = {"name": "rusak.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 rusak"}
        box.locator("input[type=file]").set_input_files(broken)
        expect(box.locator(".govuk-tag")).to_have_text("Ditolak", timeout=VERDICT)
        expect(box).to_contain_text("rusak.pdf: PDF ini")
        box.locator("input[type=file]").set_input_files(photo(7))
        ready(box)
        expect(box).not_to_contain_text("rusak.pdf")

    def test_where_no_signal_is_announced_a_press_goes_on(self, page: Page, document: str) -> None:
        page.goto(document)
        box = card(page, "AKTA")
        page.route("**/unggah/**", lambda route: route.abort())
        box.locator("input[type=file]").set_input_files(photo(6))
        onward = box.get_by_role("button", name="Lanjutkan sekarang")
        onward.wait_for(timeout=40_000)
        page.unroute_all()
        onward.click()
        ready(box)

    def test_without_javascript_the_form_does_the_same(self, kantor: Kantor, chromium: Browser, document: str) -> None:
        with window(chromium, kantor.address, width=NARROW, java_script_enabled=False) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(document)
            wrong: FilePayload = {"name": "kosong.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}
            for berkas, word in ((wrong, "Ditolak"), (photo(3), "Siap")):
                card(page, "NPWP").locator("input[type=file]").set_input_files(berkas)
                card(page, "NPWP").get_by_role("button", name="Unggah").click()
                expect(card(page, "NPWP").locator(".govuk-tag")).to_have_text(word, timeout=VERDICT)
                assert page.locator("#dokumen .govuk-error-message").count() == (word == "Ditolak")


class TestCopy:
    """What is typed outlives the session it was typed in."""

    @pytest.fixture
    def board(self, kantor: Kantor, request: pytest.FixtureRequest) -> str:
        """The address of a page of the form of a new, empty draft."""
        draft = Walk(kantor, STRAIGHT, 0, f"salinan/{request.node.name}").pemohon
        draft.begin()
        return f"{draft.path}/isian/pengurus"

    def test_a_session_that_ended_loses_nothing(self, kantor: Kantor, chromium: Browser, board: str) -> None:
        with window(chromium, kantor.address, width=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(board)
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
            page.goto(board)  # the server has it now: nothing is offered, nothing is kept
            expect(page.locator("#ketua_nama")).to_have_value("Siti Rahmah")
            expect(page.get_by_text("Pulihkan isian")).to_be_hidden()
            assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('isian:'))") == []

    def test_logging_out_leaves_nothing_in_the_browser(self, kantor: Kantor, chromium: Browser, board: str) -> None:
        with window(chromium, kantor.address, width=NARROW) as page:
            log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
            page.goto(board)
            page.locator("#ketua_nama").fill("Siti Rahmah")
            page.get_by_role("button", name="Keluar").click()
            page.goto("/akun/masuk")
            assert page.evaluate("Object.keys(localStorage).length") == 0


@dataclass
class Story:
    """One application, and everybody's windows."""

    walk: Walk
    kantor: Kantor
    chromium: Browser

    def fill_in(self, page: Page) -> None:
        """Type every answer, page by page, as the form asks for it."""
        content = self.walk.pemohon.content
        page.goto("/permohonan")
        page.get_by_role("button", name="Ajukan permohonan baru").click()
        page.get_by_role("button", name="Mulai mengisi").click()
        while "/isian/" in page.url:
            for isian in SOP.isian:
                if isian.code in content and page.locator(f"[name={isian.code}]").count():
                    answer(page, isian.code, isian.kind, content[isian.code])
            with page.expect_navigation():
                page.get_by_role("button", name="Simpan dan lanjut", exact=True).click()

    def upload(self, page: Page) -> None:
        pemohon = self.walk.pemohon
        for syarat in SOP.required_syarat(pemohon.content):
            box = card(page, syarat.code)
            berkas = make_berkas(syarat, self.walk.institution)
            box.locator("input[type=file]").set_input_files(
                [{"name": b.name, "mimeType": b.kind, "buffer": b.payload} for b in berkas]
            )
            ready(box)

    def send(self, page: Page) -> None:
        """Tick, send, read the receipt, print it."""
        page.get_by_role("button", name="Lanjut ke periksa dan kirim").click()
        page.get_by_label("Data dan dokumen ini benar").check()
        page.get_by_label("Saya sudah membaca pemberitahuan privasi.").check()
        page.get_by_role("button", name="Kirim permohonan").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Permohonan terkirim")
        nomor, code = page.locator(".nomor").all_inner_texts()
        self.walk.mark = Tag(nomor, code)
        assert nomor in text_of(page.pdf())
        with page.expect_download() as download:
            page.get_by_role("button", name="Unduh tanda terima (PDF)").click()
        assert nomor_of(SOP).findall(text_of(download.value.path().read_bytes()))[0] == nomor

    def officer(self, peran: Peran, *, width: int = 1280) -> "Iterator[Page]":
        """The file, opened from the queue of this role."""
        self.walk.arrive(peran)
        desk = Desk(self.kantor.person(peran, 0), self.walk.nomor)
        may = "Keputusan dapat dibuat"
        until(60, lambda: ((present := desk.find()) and desk.may_decide(present)) or None, what=may)
        with window(self.chromium, self.kantor.address, width=width) as page:
            log_in(page, "/petugas/masuk", self.kantor.person(peran, 0).email, PASSWORD)
            page.get_by_role("link", name=self.walk.nomor, exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(self.walk.institution.name)
            yield page

    def inspect(self) -> None:
        """BAP with two photos, and the recommendation."""
        pemohon = self.walk.pemohon
        for page in self.officer(DINAS_TEKNIS):
            page.get_by_role("link", name="Isi BAP dan Rekomendasi").click()
            form = SOP.forms[0]
            for code, label in list(form.photos.items())[:2]:
                page.get_by_label("Keterangan foto").select_option(code)
                file: FilePayload = {"name": "f.jpg", "mimeType": "image/jpeg", "buffer": picture(label)}
                page.locator("#foto-berkas").set_input_files(file)
                page.get_by_role("button", name="Tambah foto").click()
                expect(page.get_by_role("status").first).to_contain_text(label)
                expect(page.locator("#foto-masuk")).to_have_attribute("data-examining", "", timeout=30_000)
            isian = filled_in(form, pemohon.content, seed="a", today=self.kantor.now().date())
            for name, value in isian.items():
                choices = page.locator(f'[type=radio][name="{name}"][value="{value}"]')
                if choices.count():
                    choices.check()
                elif value:
                    page.locator(f'[name="{name}"]').fill(value)
            page.get_by_role("button", name="Simpan dan lanjut memutus").click()
            decide(page, "Kirim rekomendasi terbit")

    def approve(self, peran: Peran) -> None:
        for page in self.officer(peran):
            decide(page, "Setujui")

    def sign(self) -> None:
        for page in self.officer(KEPALA_DINAS, width=NARROW):
            page.get_by_role("button", name="Tanda tangani Surat Keputusan").click()
            page.get_by_label("Frasa sandi tanda tangan").fill(PASSPHRASE)
            page.get_by_role("button", name="Tanda tangani Surat Keputusan").click()
            expect(page.get_by_role("status").first).to_contain_text("ditandatangani dan terbit")

    def receive(self, page: Page) -> None:
        """Find the SK, check it by its QR code as a stranger would, and say it arrived."""
        page.goto("/permohonan")
        box = page.get_by_role("listitem").filter(has_text=self.walk.nomor)
        box.get_by_role("link", name="Unduh Surat Keputusan").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile("^Unduh Surat Keputusan")).click()
        pdf = download.value.path()
        with window(self.chromium, self.kantor.address, width=NARROW) as other_person:
            other_person.goto(qr_of(pdf))
            expect(other_person.get_by_role("heading", level=1)).to_have_text("BERLAKU")
            other_person.locator("#pdf").set_input_files(pdf)
            expect(other_person.locator("#hasil")).to_have_text(re.compile("^Cocok"))
        page.get_by_role("button", name="Saya sudah menerima surat ini").click()
        expect(page.get_by_role("status").first).to_contain_text("Permohonan ini selesai")


def answer(page: Page, code: str, kind: IsianKind, value: str | tuple[str, ...]) -> None:
    """Type or tick one answer."""
    if kind in {IsianKind.PILIHAN, IsianKind.BANYAK}:
        for one in [value] if isinstance(value, str) else value:
            page.locator(f'[name={code}][value="{one}"]').check()
    else:
        page.locator(f"[name={code}]").fill(str(value))


def decide(page: Page, choices: str) -> None:
    page.get_by_label(choices).check()
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_role("status").first).to_contain_text("diteruskan ke")


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf))


def qr_of(pdf: Path) -> str:
    """What a phone's camera reads off the printed pages."""
    picture = (page.render(scale=2).to_pil() for page in pdfium.PdfDocument(pdf))
    return next(code.text for one in picture for code in zxingcpp.read_barcodes(one))


def test_from_the_form_to_the_signed_sk_by_hand(kantor: Kantor, chromium: Browser) -> None:
    story = Story(Walk(kantor, STRAIGHT, 0, "tangan"), kantor, chromium)
    story.walk.begin()
    with window(chromium, kantor.address, width=NARROW) as page:
        log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
        story.fill_in(page)
        story.upload(page)
        story.send(page)
        for stage in STRAIGHT.stage[1:3]:
            story.walk.take(stage)  # automatic: only told, so that a spot check is decided by its desk
        story.inspect()
        for peran in (KABID_PERIZINAN, SEKRETARIS):
            story.approve(peran)
        story.sign()
        story.receive(page)


@pytest.mark.attack("B16")
def test_after_logging_out_the_back_button_shows_nothing(kantor: Kantor, chromium: Browser) -> None:
    with window(chromium, kantor.address) as page:
        log_in(page, "/akun/masuk", PEMOHON, PASSWORD)
        page.goto("/permohonan")
        page.get_by_role("button", name="Keluar").click()
        expect(page.get_by_role("link", name="Masuk", exact=True)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
