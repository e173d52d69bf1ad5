"""Every page of every role in Chromium, wide and narrow: readable by all, in Indonesian, quiet, and from here alone.

``LAYAR=folder pytest tests/e2e/test_browser.py`` keeps a picture of each.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from ops.contoh.journey import Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import AT_DESK, BACK, STRAIGHT, Scenario, Stage
from ops.demo_people import DEMO_DOMAIN, PASSWORD
from pipeline.clock import real_now
from pipeline.roles import Peran
from tests.desks import DINAS_TEKNIS
from tests.e2e.conftest import Running
from tests.e2e.screen import Watcher, log_in, window
from web import create_app
from web.auth import AccessPolicy

pytestmark = pytest.mark.browser

#: Images, downloads, words for machines, ways out: nothing to look at.
NOT_PAGE = re.compile(
    r"static|\.(picture|draft_picture|download|download_original|photo|letter|assignment_letter|draft_docx|sk_pdf|receipt_pdf"
    r"|healthy|ready|metrics|flower_login|proof|paper|one_daily_head|daily_head_key)$"
)
LINK = re.compile(r"https?://\S+/akun/tautan/\S+")
#: Pages whose form is also sent as it is, to see the page with its errors: endpoint -> button.
SEND_EMPTY = {
    "account.listing": "Daftar",
    "publik.track": "Lacak",
    "pemohon.check": "Kirim",
    "petugas.tugas": "Simpan keputusan",
    "petugas.desk_form": "Simpan dan lanjut memutus",
    "petugas.signature": "Tanda tangani Surat Keputusan",
    "admin.new_user": "Buat akun",
}
#: The same for everybody who may open them, so one person's look is enough.
SAME = {
    "account.password",
    "account.own_code",
    "account.show_setup",
    "petugas.search",
    "pimpinan.pimpinan",
    "pimpinan.done",
}
#: Only while a second person is asked: tests/web/test_own_code.py, test_second_person.py.
SELDOM = {"account.ask_agree", "account.show_role"}


@dataclass(frozen=True)
class Cupboard:
    """Files in the state a page needs, each made when it is first asked for."""

    kantor: Kantor
    content: dict[str, Walk] = field(default_factory=dict)

    def at(self, peran: Peran) -> Walk:
        """On the desk of this role."""
        berkas = self.carry(peran, STRAIGHT, AT_DESK[peran])
        berkas.arrive(peran)
        return berkas

    def draft(self) -> Walk:
        """Filled in, its documents handed in, not sent."""
        berkas = self.carry("draf", STRAIGHT, ())
        berkas.pemohon.begin()
        berkas.pemohon.fill()
        berkas.pemohon.upload()
        return berkas

    def carry(self, name: str, scenario: Scenario, stage: tuple[Stage, ...]) -> Walk:
        if name not in self.content:
            self.content[name] = berkas = Walk(self.kantor, scenario, 0, f"layar/{name}")
            berkas.begin()
            for one in stage:
                berkas.take(one)
        return self.content[name]


@pytest.fixture(scope="module")
def cupboard(kantor: Kantor) -> Cupboard:
    return Cupboard(kantor)


@pytest.fixture(scope="module")
def app() -> Flask:
    """Only its map of addresses is used."""
    return create_app()


@dataclass
class Explorer:
    """Follows the links from page to page, to each kind of page once for each of these files."""

    watcher: Watcher
    mapped: MapAdapter
    allowed: Iterable[str]  # endpoints of this person
    berkas: Iterable[str] = ()  # ids of the applications to look at
    ever: dict[tuple[str, ...], None] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)  # pages that look the same to everybody, seen by somebody before

    def walk(self, *first: str) -> set[str]:
        """Look at everything that can be reached from there. Returns the endpoints seen."""
        antre = deque(first)
        while antre:
            address = antre.popleft()
            if endpoint := self._new(address):
                self.watcher.page.goto(address)
                antre.extend(self._links())
                self._look(endpoint)
        return {key[0] for key in self.ever} | self.known

    def _look(self, endpoint: str) -> None:
        name = f"{len(self.ever):02}-{endpoint}"
        self.watcher.look(name)
        if endpoint in SAME:
            self.known.add(endpoint)
        if button := SEND_EMPTY.get(endpoint):
            self.watcher.page.get_by_role("button", name=re.compile(f"^{button}")).click()
            expect(self.watcher.page.locator(".govuk-error-summary")).to_be_focused()
            self.watcher.look(f"{name}-galat")

    def _links(self) -> list[str]:
        address: list[str] = self.watcher.page.evaluate(
            "() => [...document.links].filter((a) => a.host === location.host).map((a) => a.pathname)"
        )
        return address

    def _new(self, address: str) -> str:
        """The endpoint of an address, when it is one of mine and nothing like it was seen yet."""
        try:
            endpoint, content = self.mapped.match(urlsplit(address).path, method="GET")
        except HTTPException:
            return ""
        permohonan = str(content.get("permohonan_id", ""))
        key = (str(endpoint), permohonan, str(content.get("bagian", "")))
        if (
            key in self.ever
            or endpoint in self.known
            or endpoint not in self.allowed
            or (permohonan and permohonan not in self.berkas)
        ):
            return ""
        self.ever[key] = None
        return str(endpoint)


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Endpoints of SAMA that were looked at."""
    return set()


def pages(app: Flask, allowed: Callable[[AccessPolicy], bool]) -> dict[str, str]:
    """endpoint -> rule of every page such a person may open."""
    every = {r.endpoint: r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    return {e: r for e, r in every.items() if allowed(_policy(app, e)) and e not in SELDOM and not NOT_PAGE.search(e)}


def _policy(app: Flask, endpoint: str) -> AccessPolicy:
    policy = app.view_functions[endpoint].__dict__["policy"]
    assert isinstance(policy, AccessPolicy)
    return policy


def _plain(name: dict[str, str]) -> list[str]:
    return [rule for rule in name.values() if "<" not in rule]


def _id(berkas: Walk) -> str:
    return berkas.pemohon.path.rpartition("/")[2]


@pytest.mark.attack("F17")
@pytest.mark.parametrize("peran", [*AT_DESK, Peran.ADMIN, Peran.OPERATOR])
def test_pages_of_an_officer(
    app: Flask, cupboard: Cupboard, chromium: Browser, known: set[str], peran: Peran, kantor: Kantor
) -> None:
    name = pages(app, lambda p: p.name == "account" or (p.name == "petugas" and (not p.peran or peran in p.peran)))
    berkas = [cupboard.at(peran)] if peran in AT_DESK else []
    with window(chromium, kantor.address) as page:
        log_in(page, "/petugas/masuk", _email(peran), PASSWORD)
        watcher = Watcher(page, peran)
        explorer = Explorer(watcher, app.url_map.bind(""), name, [_id(b) for b in berkas], known=known)
        first = [f"/petugas/antrean?peran={peran}&cari={b.nomor}" for b in berkas]
        shown = explorer.walk(*first, *_plain(name), *(f"/petugas{b.pemohon.path}" for b in berkas))
    assert watcher.wrong == []
    assert set(name) - shown == set()


def _email(peran: Peran) -> str:
    return f"{peran}{'' if peran in {Peran.ADMIN, Peran.OPERATOR} else 1}{DEMO_DOMAIN}"


@pytest.mark.attack("F17")
def test_pages_of_an_applicant(
    app: Flask, cupboard: Cupboard, chromium: Browser, known: set[str], kantor: Kantor
) -> None:
    name = pages(app, lambda p: p.name in {"account", "pemohon"})
    berkas = [
        cupboard.draft(),
        cupboard.carry("perbaikan", BACK, BACK.stage[:2]),
        cupboard.at(DINAS_TEKNIS),
        cupboard.carry("selesai", STRAIGHT, STRAIGHT.stage),
    ]
    with window(chromium, kantor.address) as page:
        log_in(page, "/akun/masuk", f"pemohon{DEMO_DOMAIN}", PASSWORD)
        watcher = Watcher(page, "pemohon")
        explorer = Explorer(watcher, app.url_map.bind(""), name, [_id(b) for b in berkas], known=known)
        shown = explorer.walk(*_plain(name), *(b.pemohon.path for b in berkas))
        page.goto("/petugas/antrean")
        watcher.look("403")
    assert watcher.wrong == []
    assert set(name) - shown == set()


@pytest.mark.attack("F17")
def test_pages_of_a_code_beside_the_password(chromium: Browser, kantor: Kantor) -> None:
    """By the PDP officer, who has no file and takes part in no other test."""
    identifier, own = f"pdp{DEMO_DOMAIN}", "/petugas/kode-masuk"
    with window(chromium, kantor.address) as page:
        log_in(page, "/petugas/masuk", identifier, PASSWORD)
        watcher = Watcher(page, "kode")
        page.goto(f"{own}/pasang")
        phone = pyotp.parse_uri(page.locator("a[href^=otpauth]").get_attribute("href") or "")
        assert isinstance(phone, pyotp.TOTP)
        send(page, "Pasang", {"Kode dari aplikasi": phone.at(real_now(), counter_offset=-1)}, PASSWORD)
        watcher.look("pemulihan")
        for address in (own, f"{own}/pasang", f"{own}/pemulihan", f"{own}/matikan"):
            page.goto(address)
            watcher.look(address.rpartition("/")[2])
        page.get_by_role("button", name="Keluar").click()
        page.goto("/petugas/masuk")
        send(page, "Masuk", {"Nomor HP atau surel": identifier}, PASSWORD)
        watcher.look("kode")
        send(page, "Masuk", {"Kode": "1"})
        watcher.look("kode-galat")
        send(page, "Masuk", {"Kode": phone.now()})
        page.get_by_role("button", name="Keluar").wait_for()
        page.goto(f"{own}/matikan")
        send(page, "Matikan", {"Kode": phone.at(real_now(), counter_offset=1)}, PASSWORD)
        expect(page.get_by_role("status")).to_contain_text("Kode masuk dimatikan")
    assert watcher.wrong == []


def send(page: Page, button: str, typed: dict[str, str], password: str = "") -> None:
    """Fill in the form of a page, and send it."""
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    if password:
        page.locator("#sandi").fill(password)
    page.locator("main").get_by_role("button", name=button, exact=True).click()


@pytest.mark.attack("F17")
def test_pages_for_everybody(
    app: Flask, cupboard: Cupboard, chromium: Browser, known: set[str], kantor: Kantor, running: Running
) -> None:
    name = pages(app, lambda p: p.name == "publik")
    done = cupboard.carry("selesai", STRAIGHT, STRAIGHT.stage)
    with window(chromium, kantor.address) as page:
        watcher = Watcher(page, "tamu")
        explorer = Explorer(watcher, app.url_map.bind(""), name, known=known)
        link = LINK.findall(running.cli("tautan", f"operator{DEMO_DOMAIN}").stdout)
        code = f"/akun/lupa-sandi/{UUID(int=0)}"  # looks the same whether a code was sent or not
        first = [register(page), *link, code, done.pemohon.sk_value("Periksa keaslian")]
        shown = explorer.walk(*_plain(name), *(urlsplit(a).path for a in first))
        for address in ("/verifikasi/tiada", "/tiada", "/akun/keluar", "/akun/tautan/tiada"):
            page.goto(address)
            watcher.look(address.strip("/").replace("/", "."))
        track(page, done)
        watcher.look("jejak")
    assert watcher.wrong == []
    assert set(name) - shown == set()


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
    assert berkas.mark is not None
    page.goto("/lacak")
    page.get_by_label("Nomor permohonan").fill(berkas.mark.nomor)
    page.get_by_label("Kode lacak").fill(berkas.mark.code)
    page.get_by_role("button", name="Lacak").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Selesai")
