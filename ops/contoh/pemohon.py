"""What an applicant does at the browser: fill in, hand in, send, put right, receive."""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from ops.contoh.browser.client import Answer, OutcomeUncertain, SampleFailed, WebClient, until
from ops.contoh.browser.page import Element
from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import SampleInstitution
from ops.contoh.scenarios import SOP, SWAPPED
from pipeline.sop.values import CaseData, Syarat

NOMOR = re.compile(rf"\b{SOP.prefix}-\d{{4}}-\d{{6}}\b")
_CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b")


@dataclass(frozen=True, slots=True)
class Tag:
    """The receipt: the number and the secret code of public tracking."""

    nomor: str
    kode: str


class Pemohon:
    """An applicant with one application."""

    def __init__(self, web_client: WebClient, lembaga: SampleInstitution, isi: CaseData) -> None:
        self.web_client = web_client
        self.lembaga = lembaga
        self.isi = isi
        self.jalur = ""  # /permohonan/<id> once begun

    def begin(self) -> None:
        """Open a new draft; asked again after an unknown outcome, the same one."""
        jawaban = self._send("/permohonan/baru", {"sop": SOP.kode, "id": str(uuid4())})
        self.jalur = "/".join(jawaban.lokasi.split("/")[:3])

    def fill(self, *bagian: str) -> None:
        """Type the answers page by page; all pages when none is named."""
        for kode in bagian or [b.kode for b in SOP.bagian]:
            isian = SOP.isian_for(self.isi, kode)
            nilai = {i.kode: self.isi[i.kode] for i in isian if i.kode in self.isi}
            self._send(f"{self.jalur}/isian/{kode}", nilai)

    def upload(self, *, tertukar: bool = False) -> None:
        """Hand in every document asked for; ``tertukar``: one of them by mistake with the file of another."""
        for syarat in SOP.required_syarat(self.isi):
            salah = tertukar and syarat.kode == SWAPPED[0]
            self._upload(syarat, _syarat(SWAPPED[1]) if salah else syarat)

    def correct(self) -> None:
        """Hand in the right file of the document that was mixed up, and send again."""
        syarat = _syarat(SWAPPED[0])
        if syarat.nama not in self.page().teks:
            raise SampleFailed(f"{self.lembaga.nama}: perbaikan tidak meminta {syarat.nama}.")
        self._upload(syarat, syarat)
        self.submit()

    def submit(self) -> Tag:
        """Send the application (or its correction) and read the receipt."""
        form = self.web_client.page(f"{self.jalur}/periksa").form_to("/kirim")
        if form is None:
            raise SampleFailed(f"Halaman {self.jalur}/periksa tidak menawarkan tombol kirim.")
        privasi = form.first("input", name="privasi")
        persetujuan = {"privasi": privasi.atribut["value"]} if privasi else {}
        self._send(f"{self.jalur}/kirim", {**form.fields(), **persetujuan, "benar": "ya"})
        return self.receipt()

    def receipt(self) -> Tag:
        teks = self.web_client.page(f"{self.jalur}/tanda-terima").teks
        nomor, kode = NOMOR.search(teks), _CODE.search(teks)
        if not (nomor and kode):
            raise SampleFailed(f"Tanda terima {self.jalur} tidak memuat nomor dan kode lacak.")
        return Tag(nomor.group(), kode.group())

    def page(self) -> Element:
        """The application as its applicant sees it."""
        return self.web_client.page(self.jalur)

    def is_at(self, status: str) -> bool:
        """Whether this is the public state word."""
        judul = self.page().first("title")
        return judul is not None and status in judul.teks

    def sk_value(self, label: str) -> str:
        """A line of the page of the signed document."""
        nilai = self.web_client.page(f"{self.jalur}/sk").value_of(label)
        if not nilai:
            raise SampleFailed(f"{self.lembaga.nama}: halaman SK tidak memuat {label}.")
        return nilai

    def signed(self) -> bool:
        """Whether the signed document is there."""
        return self.web_client.get(f"{self.jalur}/sk.pdf").status == 200

    def receive(self, simpan: Path) -> None:
        """Download the signed document, keep it in ``simpan`` and say it was received."""
        pdf = self.web_client.get(f"{self.jalur}/sk.pdf")
        if pdf.status != 200 or b"/ByteRange" not in pdf.payload:
            raise SampleFailed(f"{self.lembaga.nama}: SK yang diunduh tidak bertanda tangan ({pdf.status}).")
        simpan.write_bytes(pdf.payload)
        self._send(f"{self.jalur}/sk/terima", {})

    def _upload(self, syarat: Syarat, holding: Syarat) -> None:
        berkas = make_berkas(holding, self.lembaga)
        kirim = [("berkas", (b.nama, b.payload, b.jenis)) for b in berkas]
        alamat = f"{self.jalur}/dokumen/{syarat.kode}"
        try:
            self._accepted(self.web_client.post(alamat, {}, berkas=kirim))
        except OutcomeUncertain:
            ada = self.web_client.page(f"{self.jalur}/dokumen").teks
            sisa = [b for b in kirim if b[1][0] not in ada]
            if sisa:
                self._accepted(self.web_client.post(alamat, {}, berkas=sisa))

    def _send(self, jalur: str, isian: CaseData) -> Answer:
        """Send a form that may safely be sent again: the server keeps the same answer."""
        return self._accepted(until(self.web_client.batas, lambda: self._try(jalur, isian), apa=f"POST {jalur}"))

    def _try(self, jalur: str, isian: CaseData) -> Answer | None:
        try:
            return self.web_client.post(jalur, isian)
        except OutcomeUncertain:
            return None

    def _accepted(self, jawaban: Answer) -> Answer:
        if jawaban.status != 303:
            raise SampleFailed(f"{self.lembaga.nama}: dijawab {jawaban.status}: {jawaban.kalimat}")
        return jawaban


def _syarat(kode: str) -> Syarat:
    return next(s for s in SOP.syarat if s.kode == kode)
