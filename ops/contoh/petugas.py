"""What an officer does at the browser: find the file in the queue, open it, decide what was seen there, sign."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ops.contoh.browser.client import Answer, OutcomeUncertain, SampleFailed, until
from ops.contoh.browser.page import Element
from ops.contoh.browser.times import read_times
from ops.contoh.kantor import Person
from ops.contoh.scenarios import Stage

REPEATS_AT_MOST = 5  # a page that changed under the officer's eyes is read again so often
_TUGAS = re.compile(r"/petugas/tugas/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as it stands in a queue."""

    path: str  # /petugas/tugas/<id>
    tenggat: datetime | None


class Desk:
    """One officer at one desk, about one file."""

    def __init__(self, person: Person, nomor: str) -> None:
        self.person = person
        self.web_client = person.web_client
        self.nomor = nomor

    def find(self) -> Seen | None:
        """The file in this desk's queue; None while it is not there."""
        screen = self.web_client.page("/petugas/antrean", peran=self.person.peran.antrean, cari=self.nomor)
        for element in screen:
            if element.tag in {"tr", "li", "article"} and self.nomor in element.text and (tugas := _address(element)):
                return Seen(tugas, _due(element))
        return None

    def may_decide(self, tugas: Seen) -> bool:
        """Whether the file page offers a decision now: not while the system still works on it."""
        answer = self.web_client.get(tugas.path)
        return answer.status == 200 and answer.screen.form_to("/keputusan") is not None

    def decide(self, tugas: Seen, stage: Stage, *, reason: str = "", needed: Mapping[str, str] | None = None) -> None:
        """Read the file page, and decide what was read there."""
        isian = {"keputusan": stage.keputusan.value, "ke": stage.target, "alasan": reason, **(needed or {})}
        self._act(tugas, "/keputusan", lambda: self.web_client.page(tugas.path), isian)

    def sign(self, tugas: Seen) -> None:
        """Sign with the frasa sandi."""
        path = f"{tugas.path}/tanda-tangan"
        self._act(tugas, "/tanda-tangan", lambda: self._signing_page(path), {"passphrase": self.person.passphrase})

    def fill_in(self, tugas: Seen, isian: Mapping[str, str | tuple[str, ...]], photo: Mapping[str, bytes]) -> None:
        """Fill in the form of this desk, add the photos, and press on: the page says what is missing, if anything."""
        place = {"foto-lat": "-3.4421", "foto-lon": "114.8436", "foto-akurasi": "12"}
        for label, payload in photo.items():
            self._post(
                f"{tugas.path}/formulir",
                {**isian, "foto-label": label, **place, "foto-tambah": "1"},
                berkas=[("foto-berkas", (f"{label}.jpg", payload, "image/jpeg"))],
            )
        if photo:
            until(self.web_client.limit, lambda: self._verdicts(tugas), what=f"{self.nomor}: foto selesai diperiksa")
        self._post(f"{tugas.path}/formulir", {**isian, "form-lanjut": "1"})

    def _verdicts(self, tugas: Seen) -> bool | None:
        """Whether every photo was examined. Raises SampleFailed for a refusal."""
        photos = self.web_client.page(f"{tugas.path}/formulir").first("div", id="foto-masuk")
        if photos is None or photos.attribute.get("data-examining"):
            return None
        if refused := photos.first("p", **{"class": "govuk-error-message"}):
            raise SampleFailed(f"{self.nomor}: {refused.text}")
        return True

    def draft(self, tugas: Seen) -> None:
        """Draw up the decision paper, with nothing added by hand."""
        self._post(f"{tugas.path}/draf", {"pertimbangan": "", "tembusan": ""})

    def _post(
        self,
        path: str,
        isian: Mapping[str, str | tuple[str, ...]],
        berkas: list[tuple[str, tuple[str, bytes, str]]] | None = None,
    ) -> None:
        """Send what may be sent twice: the same form writes nothing new, a photo twice is a photo too many at worst."""

        def once() -> Answer | None:
            try:
                return self.web_client.post(path, isian, berkas=berkas or ())
            except OutcomeUncertain:
                return None

        self._must_go_on(until(self.web_client.limit, once, what=f"POST {path}"))

    def _signing_page(self, path: str) -> Element:
        """The page to sign on; an attempt that died on the way is first said to have made no signature."""
        screen = self.web_client.page(path)
        if screen.form_to("/belum") is None:
            return screen
        self._post(f"{path}/belum", {})
        return self.web_client.page(path)

    def _act(self, tugas: Seen, suffix: str, read: Callable[[], Element], isian: Mapping[str, str]) -> None:
        """Send a decision that counts once; whether an unanswered one was made is seen in the queue."""
        doubt, remaining = "", REPEATS_AT_MOST

        def once() -> bool | None:
            nonlocal doubt, remaining
            if doubt and self._gone(tugas):
                return True
            form = read().form_to(f"{tugas.path}{suffix}")
            if form is None:
                return None  # still being prepared
            try:
                answer = self.web_client.post(f"{tugas.path}{suffix}", {**form.fields(), **isian})
            except OutcomeUncertain as error:
                doubt = str(error)
                return None
            if answer.status == 409 and remaining:
                doubt, remaining = answer.sentence, remaining - 1
                return None
            self._must_go_on(answer)
            return True

        try:
            until(self.web_client.limit, once, what=f"{self.nomor}: keputusan {self.person.email}")
        except SampleFailed as error:
            raise SampleFailed(f"{error} {doubt}".strip()) from error

    def _gone(self, tugas: Seen) -> bool:
        """Whether the tugas has left this desk."""
        place = self.find()
        return place is None or place.path != tugas.path

    def _must_go_on(self, answer: Answer) -> None:
        if answer.status != 303:
            raise SampleFailed(f"{self.nomor}: {self.person.email} dijawab {answer.status}: {answer.sentence}")


def _address(element: Element) -> str | None:
    address = (a.attribute.get("href", "") + a.attribute.get("action", "") for a in element if a.tag in {"a", "form"})
    fits = (_TUGAS.match(a) for a in address)
    return next((c.group() for c in fits if c), None)


def _due(element: Element) -> datetime | None:
    tenggat = element.first("details", **{"class": "tenggat"})
    return next(iter(read_times(tenggat.text)), None) if tenggat else None
