"""What an applicant does at the browser: fill in, hand in, send, put right, receive."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from ops.contoh.browser.client import Answer, OutcomeUncertain, SampleFailed, WebClient, until
from ops.contoh.browser.page import Element
from ops.contoh.papers.documents import SampleBerkas
from pipeline.sop.values import CaseData, Langkah, Sop, Syarat
from pipeline.sop.way import form

_CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b")


def nomor_of(sop: Sop) -> re.Pattern[str]:
    """What a registration number of this permit looks like."""
    return re.compile(rf"\b{sop.prefix}-\d{{4}}-\d{{6}}\b")


@dataclass(frozen=True, slots=True)
class Tag:
    """The receipt: the number and the secret code of public tracking."""

    nomor: str
    code: str


#: The files that make up a document.
MakeBerkas = Callable[[Syarat], Sequence[SampleBerkas]]


class Pemohon:
    """An applicant with one application, or an officer who opens a file at a desk."""

    def __init__(self, web_client: WebClient, sop: Sop, content: CaseData, make: MakeBerkas) -> None:
        self.web_client = web_client
        self.sop = sop
        self.content = content
        self._make = make
        self._asked = form(sop, sop.first)
        self.name = str(content.get(sop.pemegang, "")) or sop.name
        self.path = ""  # /permohonan/<id> once begun

    def begin(self, address: str = "/permohonan/baru") -> None:
        """Open a new draft; asked again after an unknown outcome, the same one."""
        answer = self._send(address, {"sop": self.sop.code, "id": str(uuid4())})
        self.path = "/".join(answer.location.split("/")[:3])

    def is_asked(self, langkah: Langkah) -> None:
        """From now on what this langkah asks for is filled in and handed in; at first that of the first one."""
        self._asked = form(self.sop, langkah)

    def fill(self, *bagian: str) -> None:
        """Type the answers page by page; all pages with something on them when none is named."""
        for code in bagian or [b.code for b in self.sop.bagian]:
            if isian := self._asked.isian_for(self.content, code):
                value = {i.code: self.content[i.code] for i in isian if i.code in self.content}
                self._send(f"{self.path}/isian/{code}", value)

    def upload(self, *, swapped: tuple[str, str] | None = None) -> None:
        """Hand in every document asked for; ``swapped``: the first by mistake with the file of the second."""
        for syarat in self._asked.required_syarat(self.content):
            wrong = swapped is not None and syarat.code == swapped[0]
            self._upload(syarat, self._syarat(swapped[1]) if swapped and wrong else syarat)
        self._wait_for_verdicts()

    def correct(self, code: str) -> None:
        """Hand in the right file of the document that was mixed up, and send again."""
        syarat = self._syarat(code)
        if syarat.name not in self.page().text:
            raise SampleFailed(f"{self.name}: perbaikan tidak meminta {syarat.name}.")
        self._upload(syarat, syarat)
        self._wait_for_verdicts()
        self.submit()

    def submit(self) -> Tag:
        """Send the application (or its correction) and read the receipt."""
        self.send()
        return self.receipt()

    def send(self) -> Answer:
        """Send what was filled in; where the answer leads to."""
        review = self.web_client.page(f"{self.path}/periksa").form_to("/kirim")
        if review is None:
            raise SampleFailed(f"Halaman {self.path}/periksa tidak menawarkan tombol kirim.")
        privacy = review.first("input", name="privasi")
        approval = {"privasi": privacy.attribute["value"]} if privacy else {}
        return self._send(f"{self.path}/kirim", {**review.fields(), **approval, "benar": "ya"})

    def receipt(self) -> Tag:
        text = self.web_client.page(f"{self.path}/tanda-terima").text
        nomor, code = nomor_of(self.sop).search(text), _CODE.search(text)
        if not (nomor and code):
            raise SampleFailed(f"Tanda terima {self.path} tidak memuat nomor dan kode lacak.")
        return Tag(nomor.group(), code.group())

    def page(self) -> Element:
        """The application as its applicant sees it."""
        return self.web_client.page(self.path)

    def is_at(self, status: str) -> bool:
        """Whether this is the public state word."""
        title = self.page().first("title")
        return title is not None and status in title.text

    def sk_value(self, label: str) -> str:
        """A line of the page of the signed document."""
        value = self.web_client.page(f"{self.path}/sk").value_of(label)
        if not value:
            raise SampleFailed(f"{self.name}: halaman SK tidak memuat {label}.")
        return value

    def signed(self) -> bool:
        """Whether the signed document is there."""
        return self.web_client.get(f"{self.path}/sk.pdf").status == 200

    def receive(self, save: Path) -> None:
        """Download the signed document, keep it in ``save`` and say it was received."""
        pdf = self.web_client.get(f"{self.path}/sk.pdf")
        if pdf.status != 200 or b"/ByteRange" not in pdf.payload:
            raise SampleFailed(f"{self.name}: SK yang diunduh tidak bertanda tangan ({pdf.status}).")
        save.write_bytes(pdf.payload)
        self._send(f"{self.path}/sk/terima", {})

    def _syarat(self, code: str) -> Syarat:
        return next(s for s in self.sop.syarat if s.code == code)

    def _upload(self, syarat: Syarat, holding: Syarat) -> None:
        send = [("berkas", (b.name, b.payload, b.kind)) for b in self._make(holding)]
        address = f"{self.path}/dokumen/{syarat.code}"

        def once() -> bool | None:
            """What is not there yet; None while nobody can know whether it came."""
            try:
                return bool(self._accepted(self.web_client.post(address, {}, berkas=send)))
            except OutcomeUncertain:
                present = self.web_client.page(f"{self.path}/dokumen").text
                send[:] = [b for b in send if b[1][0] not in present]
                return None if send else True

        until(self.web_client.limit, once, what=f"{self.name}: {syarat.code} terunggah")

    def _wait_for_verdicts(self) -> None:
        """What came in is examined; whoever sends earlier is told to wait. Raises SampleFailed for a refusal."""
        until(self.web_client.limit, self._verdicts, what=f"{self.name}: berkas selesai diperiksa")

    def _verdicts(self) -> bool | None:
        cards = self.web_client.page(f"{self.path}/dokumen").all("li")
        if any(card.attribute.get("data-examining") for card in cards):
            return None
        if refused := [p.text for card in cards for p in card.all("p", **{"class": "govuk-error-message"})]:
            raise SampleFailed(f"{self.name}: {refused[0]}")
        return True

    def _send(self, path: str, isian: CaseData) -> Answer:
        """Send a form that may safely be sent again: the server keeps the same answer."""
        return self._accepted(until(self.web_client.limit, lambda: self._try(path, isian), what=f"POST {path}"))

    def _try(self, path: str, isian: CaseData) -> Answer | None:
        try:
            return self.web_client.post(path, isian)
        except OutcomeUncertain:
            return None

    def _accepted(self, answer: Answer) -> Answer:
        if answer.status != 303:
            raise SampleFailed(f"{self.name}: dijawab {answer.status}: {answer.sentence}")
        return answer
