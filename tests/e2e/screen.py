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
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW, WIDTH, HEIGHT = 390, 1280, 844
NAME_SITE = " – Perizinan Kota Banjarbaru"
#: Of govuk-frontend, WTForms and Werkzeug, which speak English unless they are told.
ENGLISH = re.compile(
    r"\b(Error:|Errors?\b|Show|Hide|Choose|Day|Month|Year|This field is required|Not a valid|Not Found|Forbidden|"
    r"Bad Request|Method Not Allowed|Internal Server Error|Skip to|Submit|Continue|Previous|Next|Menu\b.{0,3}Close|"
    r"There is a problem|Warning|Success|Incomplete|Upload|Required|None|True|False|Undefined)\b"
)
TEXT = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll('[aria-label],[placeholder],[alt],[title]')].flatMap(
    (u) => ['aria-label', 'placeholder', 'alt', 'title'].map((a) => u.getAttribute(a) || ''))].join('\\n')"""
WIDENING = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? [...document.querySelectorAll('body *')].filter((u) => u.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map((u) => u.outerHTML.slice(0, 120)).join(' | ') || 'entah apa' : ''"""
#: What a reader's own style sheet may do (WCAG 1.4.12): wider letters, so also what another machine's fonts do.
SPARSE = """(on) => { const sheet = new CSSStyleSheet();
  if (on) sheet.replaceSync(
    '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
  document.adoptedStyleSheets = [sheet]; }"""
VIOLATION = """addEventListener('securitypolicyviolation',
  (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))"""
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}


def open_chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium, without what it does by itself in the background."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))


@contextmanager
def window(browser: Browser, address: str, *, width: int = WIDTH, **other: object) -> Iterator[Page]:
    """A fresh window of somebody in Banjarbaru; ``other`` goes to Playwright."""
    context: BrowserContext = browser.new_context(
        base_url=address,
        locale="id-ID",
        timezone_id="Asia/Makassar",
        viewport={"width": width, "height": HEIGHT},
        **other,  # type: ignore[arg-type]  # one of Playwright's own many options
    )
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def log_in(page: Page, path: str, email: str, password: str) -> None:
    """With the form, as people do."""
    page.goto(path)
    page.get_by_label("Nomor HP atau surel").fill(email)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_role("button", name="Keluar").wait_for()


@dataclass
class Watcher:
    """Watches one window: everything wrong that happens in it, and what a page looks like."""

    page: Page
    who: str
    wrong: list[str] = field(default_factory=list)
    _not_open: list[str] = field(default_factory=list)  # addresses answered with an error
    _axe: Axe = field(default_factory=Axe)

    def __post_init__(self) -> None:
        self.page.add_init_script(VIOLATION)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._note(f"JavaScript: {error}"))
        self.page.on("request", self._request)

    def look(self, name: str) -> None:
        """At the page that is open, wide and narrow."""
        for width in (WIDTH, NARROW):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self._measure(str(width))
            self.page.evaluate(SPARSE, True)
            self._measure(f"{width}, huruf renggang")
            self.page.evaluate(SPARSE, False)
            self._audit(width)
            self._keep(f"{self.who}-{name}-{width}")
        self._read()

    def _measure(self, how: str) -> None:
        if what := self.page.evaluate(WIDENING):
            self._note(f"{how}: melebar ke samping: {what}")

    def _read(self) -> None:
        """The words, and what the page asked for."""
        text = str(self.page.evaluate(TEXT))
        for word in ENGLISH.finditer(text):
            self._note(f"bahasa Inggris: {text[max(0, word.start() - 20) : word.end() + 20]!r}")
        if not self.page.title().removesuffix(NAME_SITE).removeprefix("Galat: "):
            self._note("tanpa judul")
        if (count := self.page.locator("h1").count()) != 1:
            self._note(f"{count} h1")
        self.wrong += [f"{self._at}: {a} tidak terbuka" for a in self._not_open if a != self.page.url]
        self._not_open.clear()

    def _audit(self, width: int) -> None:
        for v in self._axe.run(self.page, options=AXE).response["violations"]:
            if v["impact"] in {"serious", "critical"}:
                self._note(f"{width}: axe {v['id']}: {v['nodes'][0]['html'][:160]}")

    def _keep(self, name: str) -> None:
        """A picture for people to look at, where one is asked for."""
        if folder := os.environ.get("LAYAR"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Failed to load resource"):
            self._not_open.append(message.location["url"])  # the page itself may be an error page
        elif message.type == "error":
            self._note(f"konsol: {message.text}")

    def _request(self, requests: Request) -> None:
        origin, ours = urlsplit(requests.url), urlsplit(self.page.url)
        if origin.scheme not in {"data", "blob"} and ours.netloc and origin.netloc != ours.netloc:
            self._note(f"meminta dari {requests.url}")

    @property
    def _at(self) -> str:
        return f"{self.who} {urlsplit(self.page.url).path}"

    def _note(self, what: str) -> None:
        self.wrong.append(f"{self._at} {what}")
