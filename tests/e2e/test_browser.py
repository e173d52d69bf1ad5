"""Every page of every role in Chromium, wide and narrow: readable by all, in Indonesian, quiet, and from here alone.

``LAYAR=folder pytest tests/e2e/test_browser.py`` keeps a picture of each.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from ops.contoh.journey import Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import AT_DESK, KEMBALI, STRAIGHT, Scenario, Stage
from ops.demo_people import DEMO_DOMAIN, PASSWORD
from pipeline.roles import Peran
from tests.e2e.conftest import Running
from tests.e2e.layar import Pengamat, log_in, window
from web import create_app
from web.auth import Policy

pytestmark = pytest.mark.browser

#: Images, downloads, words for machines, ways out: nothing to look at.
NOT_PAGE = re.compile(
    r"static|\.(gambar|draft_picture|unduh|download_original|foto|surat|assignment_letter|draft_docx|sk_pdf|receipt_pdf"
    r"|sehat|siap|flower_login|bukti|one_daily_head|daily_head_key)$"
)
TAUTAN = re.compile(r"https?://\S+/akun/tautan/\S+")
#: Pages whose form is also sent as it is, to see the page with its errors: endpoint -> button.
SEND_EMPTY = {
    "akun.daftar": "Daftar",
    "publik.lacak": "Lacak",
    "pemohon.periksa": "Kirim",
    "petugas.tugas": "Simpan keputusan",
    "petugas.bap": "Simpan dan lanjut memutus",
    "petugas.tanda_tangan": "Tanda tangani SK",
    "admin.pengguna_baru": "Buat akun",
}
#: The same for everybody who may open them, so one person's look is enough.
SAME = {"akun.sandi", "petugas.cari", "pimpinan.pimpinan", "pimpinan.selesai"}


@dataclass(frozen=True)
class Lemari:
    """Files in the state a page needs, each made when it is first asked for."""

    kantor: Kantor
    isi: dict[str, Walk] = field(default_factory=dict)

    def at(self, peran: Peran) -> Walk:
        """On the desk of this role."""
        berkas = self.carry(peran.value, STRAIGHT, AT_DESK[peran])
        berkas.arrive(peran)
        return berkas

    def draft(self) -> Walk:
        """Filled in, its documents handed in, not sent."""
        berkas = self.carry("draf", STRAIGHT, ())
        berkas.pemohon.begin()
        berkas.pemohon.fill()
        berkas.pemohon.upload()
        return berkas

    def carry(self, nama: str, skenario: Scenario, stage: tuple[Stage, ...]) -> Walk:
        if nama not in self.isi:
            self.isi[nama] = berkas = Walk(self.kantor, skenario, 0, f"layar/{nama}")
            berkas.begin()
            for satu in stage:
                berkas.take(satu)
        return self.isi[nama]


@pytest.fixture(scope="module")
def lemari(kantor: Kantor) -> Lemari:
    return Lemari(kantor)


@pytest.fixture(scope="module")
def app() -> Flask:
    """Only its map of addresses is used."""
    return create_app()


@dataclass
class Jelajah:
    """Follows the links from page to page, to each kind of page once for each of these files."""

    pengamat: Pengamat
    mapped: MapAdapter
    boleh: Iterable[str]  # endpoints of this person
    berkas: Iterable[str] = ()  # ids of the applications to look at
    pernah: dict[tuple[str, ...], None] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)  # pages that look the same to everybody, seen by somebody before

    def walk(self, *awal: str) -> set[str]:
        """Look at everything that can be reached from there. Returns the endpoints seen."""
        antre = deque(awal)
        while antre:
            alamat = antre.popleft()
            if endpoint := self._new(alamat):
                self.pengamat.page.goto(alamat)
                antre.extend(self._links())
                self._look(endpoint)
        return {kunci[0] for kunci in self.pernah} | self.known

    def _look(self, endpoint: str) -> None:
        nama = f"{len(self.pernah):02}-{endpoint}"
        self.pengamat.look(nama)
        if endpoint in SAME:
            self.known.add(endpoint)
        if tombol := SEND_EMPTY.get(endpoint):
            self.pengamat.page.get_by_role("button", name=re.compile(f"^{tombol}")).click()
            expect(self.pengamat.page.locator(".govuk-error-summary")).to_be_focused()
            self.pengamat.look(f"{nama}-galat")

    def _links(self) -> list[str]:
        alamat: list[str] = self.pengamat.page.evaluate(
            "() => [...document.links].filter((a) => a.host === location.host).map((a) => a.pathname)"
        )
        return alamat

    def _new(self, alamat: str) -> str:
        """The endpoint of an address, when it is one of mine and nothing like it was seen yet."""
        try:
            endpoint, isi = self.mapped.match(urlsplit(alamat).path, method="GET")
        except HTTPException:
            return ""
        permohonan = str(isi.get("permohonan_id", ""))
        kunci = (str(endpoint), permohonan, str(isi.get("bagian", "")))
        if (
            kunci in self.pernah
            or endpoint in self.known
            or endpoint not in self.boleh
            or (permohonan and permohonan not in self.berkas)
        ):
            return ""
        self.pernah[kunci] = None
        return str(endpoint)


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Endpoints of SAMA that were looked at."""
    return set()


def pages(app: Flask, boleh: Callable[[Policy], bool]) -> dict[str, str]:
    """endpoint -> rule of every page such a person may open."""
    semua = {r.endpoint: r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    return {e: r for e, r in semua.items() if boleh(_policy(app, e)) and not NOT_PAGE.search(e)}


def _policy(app: Flask, endpoint: str) -> Policy:
    policy = app.view_functions[endpoint].__dict__["policy"]
    assert isinstance(policy, Policy)
    return policy


def _plain(halaman: dict[str, str]) -> list[str]:
    return [aturan for aturan in halaman.values() if "<" not in aturan]


def _id(berkas: Walk) -> str:
    return berkas.pemohon.jalur.rpartition("/")[2]


@pytest.mark.attack("F17")
@pytest.mark.parametrize("peran", [*AT_DESK, Peran.ADMIN, Peran.OPERATOR])
def test_pages_of_an_officer(
    app: Flask, lemari: Lemari, chromium: Browser, known: set[str], peran: Peran, kantor: Kantor
) -> None:
    halaman = pages(app, lambda p: p.nama == "akun" or (p.nama == "petugas" and (not p.peran or peran in p.peran)))
    berkas = [lemari.at(peran)] if peran in AT_DESK else []
    with window(chromium, kantor.alamat) as page:
        log_in(page, "/petugas/masuk", _email(peran), PASSWORD)
        pengamat = Pengamat(page, peran.value)
        jelajah = Jelajah(pengamat, app.url_map.bind(""), halaman, [_id(b) for b in berkas], known=known)
        awal = [f"/petugas/antrean?peran={peran}&cari={b.nomor}" for b in berkas]
        shown = jelajah.walk(*awal, *_plain(halaman), *(f"/petugas{b.pemohon.jalur}" for b in berkas))
    assert pengamat.salah == []
    assert set(halaman) - shown == set()


def _email(peran: Peran) -> str:
    return f"{peran}{'' if peran in {Peran.ADMIN, Peran.OPERATOR} else 1}{DEMO_DOMAIN}"


@pytest.mark.attack("F17")
def test_pages_of_an_applicant(app: Flask, lemari: Lemari, chromium: Browser, known: set[str], kantor: Kantor) -> None:
    halaman = pages(app, lambda p: p.nama in {"akun", "pemohon"})
    berkas = [
        lemari.draft(),
        lemari.carry("perbaikan", KEMBALI, KEMBALI.stage[:2]),
        lemari.at(Peran.DINAS_TEKNIS),
        lemari.carry("selesai", STRAIGHT, STRAIGHT.stage),
    ]
    with window(chromium, kantor.alamat) as page:
        log_in(page, "/akun/masuk", f"pemohon{DEMO_DOMAIN}", PASSWORD)
        pengamat = Pengamat(page, "pemohon")
        jelajah = Jelajah(pengamat, app.url_map.bind(""), halaman, [_id(b) for b in berkas], known=known)
        shown = jelajah.walk(*_plain(halaman), *(b.pemohon.jalur for b in berkas))
        page.goto("/petugas/antrean")
        pengamat.look("403")
    assert pengamat.salah == []
    assert set(halaman) - shown == set()


@pytest.mark.attack("F17")
def test_pages_for_everybody(
    app: Flask, lemari: Lemari, chromium: Browser, known: set[str], kantor: Kantor, berjalan: Running
) -> None:
    halaman = pages(app, lambda p: p.nama == "publik")
    selesai = lemari.carry("selesai", STRAIGHT, STRAIGHT.stage)
    with window(chromium, kantor.alamat) as page:
        pengamat = Pengamat(page, "tamu")
        jelajah = Jelajah(pengamat, app.url_map.bind(""), halaman, known=known)
        tautan = TAUTAN.findall(berjalan.cli("tautan", f"operator{DEMO_DOMAIN}").stdout)
        awal = [register(page), *tautan, selesai.pemohon.sk_value("Periksa keaslian")]
        shown = jelajah.walk(*_plain(halaman), *(urlsplit(a).path for a in awal))
        for alamat in ("/verifikasi/tiada", "/tiada", "/akun/keluar", "/akun/tautan/tiada"):
            page.goto(alamat)
            pengamat.look(alamat.strip("/").replace("/", "."))
        track(page, selesai)
        pengamat.look("jejak")
    assert pengamat.salah == []
    assert set(halaman) - shown == set()


def register(page: Page) -> str:
    """Ask for an account; returns the address of the page that waits for the code."""
    page.goto("/akun/daftar")
    page.get_by_label("Nama lengkap Anda").fill("Nur Aisyah")
    page.get_by_label("Nomor HP").fill("0812 9000 1234")
    page.get_by_label("Kata sandi baru").fill("perahu kayu sungai")
    page.get_by_role("button", name="Daftar", exact=True).click()
    page.wait_for_url("**/akun/konfirmasi/**")
    return page.url


def track(page: Page, berkas: Walk) -> None:
    """Ask where a file is, with what the receipt says."""
    assert berkas.tanda is not None
    page.goto("/lacak")
    page.get_by_label("Nomor permohonan").fill(berkas.tanda.nomor)
    page.get_by_label("Kode lacak").fill(berkas.tanda.kode)
    page.get_by_role("button", name="Lacak").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Selesai")
