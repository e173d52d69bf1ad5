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

    jalur: str  # /petugas/tugas/<id>
    tenggat: datetime | None


class Desk:
    """One officer at one desk, about one file."""

    def __init__(self, orang: Person, nomor: str) -> None:
        self.orang = orang
        self.web_client = orang.web_client
        self.nomor = nomor

    def find(self) -> Seen | None:
        """The file in this desk's queue; None while it is not there."""
        screen = self.web_client.page("/petugas/antrean", peran=self.orang.peran.antrean, cari=self.nomor)
        for element in screen:
            if element.tag in {"tr", "li", "article"} and self.nomor in element.teks and (tugas := _address(element)):
                return Seen(tugas, _due(element))
        return None

    def may_decide(self, tugas: Seen) -> bool:
        """Whether the file page offers a decision now: not while the system still works on it."""
        jawaban = self.web_client.get(tugas.jalur)
        return jawaban.status == 200 and jawaban.screen.form_to("/keputusan") is not None

    def decide(self, tugas: Seen, stage: Stage, *, alasan: str = "", perlu: Mapping[str, str] | None = None) -> None:
        """Read the file page, and decide what was read there."""
        isian = {"keputusan": stage.keputusan.value, "ke": stage.ke, "alasan": alasan, **(perlu or {})}
        self._act(tugas, "/keputusan", lambda: self.web_client.page(tugas.jalur), isian)

    def sign(self, tugas: Seen) -> None:
        """Sign with the frasa sandi."""
        jalur = f"{tugas.jalur}/tanda-tangan"
        self._act(tugas, "/tanda-tangan", lambda: self._signing_page(jalur), {"passphrase": self.orang.passphrase})

    def save_bap(self, tugas: Seen, isian: Mapping[str, str], foto: Mapping[str, bytes]) -> None:
        """Fill in the BAP, add the photos, and press on: the page says what is missing, if anything."""
        for label, payload in foto.items():
            self._post(
                f"{tugas.jalur}/bap",
                {**isian, "label": label, "lat": "-3.4421", "lon": "114.8436", "akurasi": "12", "tambah": "1"},
                berkas=[("foto", (f"{label}.jpg", payload, "image/jpeg"))],
            )
        self._post(f"{tugas.jalur}/bap", {**isian, "lanjut": "1"})

    def _post(
        self, jalur: str, isian: Mapping[str, str], berkas: list[tuple[str, tuple[str, bytes, str]]] | None = None
    ) -> None:
        """Send what may be sent twice: the same BAP writes nothing new, a photo twice is a photo too many at worst."""

        def once() -> Answer | None:
            try:
                return self.web_client.post(jalur, isian, berkas=berkas or ())
            except OutcomeUncertain:
                return None

        self._must_go_on(until(self.web_client.batas, once, apa=f"POST {jalur}"))

    def _signing_page(self, jalur: str) -> Element:
        """The page to sign on; an attempt that died on the way is first said to have made no signature."""
        screen = self.web_client.page(jalur)
        if screen.form_to("/belum") is None:
            return screen
        self._post(f"{jalur}/belum", {})
        return self.web_client.page(jalur)

    def _act(self, tugas: Seen, akhiran: str, read: Callable[[], Element], isian: Mapping[str, str]) -> None:
        """Send a decision that counts once; whether an unanswered one was made is seen in the queue."""
        ragu, sisa = "", REPEATS_AT_MOST

        def once() -> bool | None:
            nonlocal ragu, sisa
            if ragu and self._gone(tugas):
                return True
            form = read().form_to(f"{tugas.jalur}{akhiran}")
            if form is None:
                return None  # still being prepared
            try:
                jawaban = self.web_client.post(f"{tugas.jalur}{akhiran}", {**form.fields(), **isian})
            except OutcomeUncertain as galat:
                ragu = str(galat)
                return None
            if jawaban.status == 409 and sisa:
                ragu, sisa = jawaban.kalimat, sisa - 1
                return None
            self._must_go_on(jawaban)
            return True

        try:
            until(self.web_client.batas, once, apa=f"{self.nomor}: keputusan {self.orang.surel}")
        except SampleFailed as galat:
            raise SampleFailed(f"{galat} {ragu}".strip()) from galat

    def _gone(self, tugas: Seen) -> bool:
        """Whether the tugas has left this desk."""
        place = self.find()
        return place is None or place.jalur != tugas.jalur

    def _must_go_on(self, jawaban: Answer) -> None:
        if jawaban.status != 303:
            raise SampleFailed(f"{self.nomor}: {self.orang.surel} dijawab {jawaban.status}: {jawaban.kalimat}")


def _address(element: Element) -> str | None:
    alamat = (a.atribut.get("href", "") + a.atribut.get("action", "") for a in element if a.tag in {"a", "form"})
    cocok = (_TUGAS.match(a) for a in alamat)
    return next((c.group() for c in cocok if c), None)


def _due(element: Element) -> datetime | None:
    tenggat = element.first("details", **{"class": "tenggat"})
    return next(iter(read_times(tenggat.teks)), None) if tenggat else None
