"""What a person would notice at a screen, looked for by Chromium: axe, sideways scrolling, errors, foreign words."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

CHROMIUM = "/usr/bin/chromium"
ARGUMEN = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW, LEBAR, HEIGHT = 390, 1280, 844
NAME_SITE = " – Perizinan LKS Banjarbaru"
#: Of govuk-frontend, WTForms and Werkzeug, which speak English unless they are told.
INGGRIS = re.compile(
    r"\b(Error:|Errors?\b|Show|Hide|Choose|Day|Month|Year|This field is required|Not a valid|Not Found|Forbidden|"
    r"Bad Request|Method Not Allowed|Internal Server Error|Skip to|Submit|Continue|Previous|Next|Menu\b.{0,3}Close|"
    r"There is a problem|Warning|Success|Incomplete|Upload|Required|None|True|False|Undefined)\b"
)
TEKS = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll('[aria-label],[placeholder],[alt],[title]')].flatMap(
    (u) => ['aria-label', 'placeholder', 'alt', 'title'].map((a) => u.getAttribute(a) || ''))].join('\\n')"""
MELEBAR = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? [...document.querySelectorAll('body *')].filter((u) => u.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map((u) => u.outerHTML.slice(0, 120)).join(' | ') || 'entah apa' : ''"""
#: What a reader's own style sheet may do (WCAG 1.4.12): wider letters, so also what another machine's fonts do.
RENGGANG = """(on) => { const sheet = new CSSStyleSheet();
  if (on) sheet.replaceSync(
    '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
  document.adoptedStyleSheets = [sheet]; }"""
PELANGGARAN = """addEventListener('securitypolicyviolation',
  (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))"""
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}


def open_chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium, without what it does by itself in the background."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMEN))


@contextmanager
def window(browser: Browser, alamat: str, *, lebar: int = LEBAR, **lain: object) -> Iterator[Page]:
    """A fresh window of somebody in Banjarbaru; ``lain`` goes to Playwright."""
    konteks: BrowserContext = browser.new_context(
        base_url=alamat,
        locale="id-ID",
        timezone_id="Asia/Makassar",
        viewport={"width": lebar, "height": HEIGHT},
        **lain,  # type: ignore[arg-type]  # one of Playwright's own many options
    )
    konteks.set_default_timeout(60_000)
    try:
        yield konteks.new_page()
    finally:
        konteks.close()


def log_in(page: Page, jalur: str, surel: str, sandi: str) -> None:
    """With the form, as people do."""
    page.goto(jalur)
    page.get_by_label("Nomor HP atau surel").fill(surel)
    page.get_by_label("Kata sandi", exact=True).fill(sandi)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_role("button", name="Keluar").wait_for()


@dataclass
class Pengamat:
    """Watches one window: everything wrong that happens in it, and what a page looks like."""

    page: Page
    siapa: str
    salah: list[str] = field(default_factory=list)
    _not_open: list[str] = field(default_factory=list)  # addresses answered with an error
    _axe: Axe = field(default_factory=Axe)

    def __post_init__(self) -> None:
        self.page.add_init_script(PELANGGARAN)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda galat: self._note(f"JavaScript: {galat}"))
        self.page.on("request", self._request)

    def look(self, nama: str) -> None:
        """At the page that is open, wide and narrow."""
        for lebar in (LEBAR, NARROW):
            self.page.set_viewport_size({"width": lebar, "height": HEIGHT})
            self._measure(str(lebar))
            self.page.evaluate(RENGGANG, True)
            self._measure(f"{lebar}, huruf renggang")
            self.page.evaluate(RENGGANG, False)
            self._audit(lebar)
            self._keep(f"{self.siapa}-{nama}-{lebar}")
        self._read()

    def _measure(self, bagaimana: str) -> None:
        if apa := self.page.evaluate(MELEBAR):
            self._note(f"{bagaimana}: melebar ke samping: {apa}")

    def _read(self) -> None:
        """The words, and what the page asked for."""
        teks = str(self.page.evaluate(TEKS))
        for kata in INGGRIS.finditer(teks):
            self._note(f"bahasa Inggris: {teks[max(0, kata.start() - 20) : kata.end() + 20]!r}")
        if not self.page.title().removesuffix(NAME_SITE).removeprefix("Galat: "):
            self._note("tanpa judul")
        if (banyak := self.page.locator("h1").count()) != 1:
            self._note(f"{banyak} h1")
        self.salah += [f"{self._at}: {a} tidak terbuka" for a in self._not_open if a != self.page.url]
        self._not_open.clear()

    def _audit(self, lebar: int) -> None:
        for v in self._axe.run(self.page, options=AXE).response["violations"]:
            if v["impact"] in {"serious", "critical"}:
                self._note(f"{lebar}: axe {v['id']}: {v['nodes'][0]['html'][:160]}")

    def _keep(self, nama: str) -> None:
        """A picture for people to look at, where one is asked for."""
        if folder := os.environ.get("LAYAR"):
            self.page.screenshot(path=Path(folder) / f"{nama}.png", full_page=True)

    def _console(self, pesan: ConsoleMessage) -> None:
        if pesan.text.startswith("Failed to load resource"):
            self._not_open.append(pesan.location["url"])  # the page itself may be an error page
        elif pesan.type == "error":
            self._note(f"konsol: {pesan.text}")

    def _request(self, permintaan: Request) -> None:
        asal, kita = urlsplit(permintaan.url), urlsplit(self.page.url)
        if asal.scheme not in {"data", "blob"} and kita.netloc and asal.netloc != kita.netloc:
            self._note(f"meminta dari {permintaan.url}")

    @property
    def _at(self) -> str:
        return f"{self.siapa} {urlsplit(self.page.url).path}"

    def _note(self, apa: str) -> None:
        self.salah.append(f"{self._at} {apa}")
