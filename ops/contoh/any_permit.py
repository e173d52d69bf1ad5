"""One made-up case of any installed permit, carried through every desk to its last step, over HTTP alone.

What is done at a desk follows from the SOP's own file: forms are filled in, drafts drawn up, papers signed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from ops.contoh.browser.client import SampleFailed, until
from ops.contoh.kantor import Kantor
from ops.contoh.papers.any_case import make_answers, make_document
from ops.contoh.papers.desk_form import filled_in
from ops.contoh.papers.pictures import photo
from ops.contoh.pemohon import Pemohon, nomor_of
from ops.contoh.petugas import Desk, Seen
from ops.contoh.scenarios import Stage
from pipeline.roles import Peran
from pipeline.sop.naskah import Naskah
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import Arah, KeputusanKind, NaskahKind
from pipeline.text import date_at, moment_in_words

_LANGKAH = re.compile(r"Langkah (\d+)")
_CLOSED = "Selesai, tidak di meja mana pun"
_SHAPE = "{:>3}  {:<18}  {:<20}  {:<20}  {}"


@dataclass(slots=True)
class AnyCase:
    """The case on its way."""

    kantor: Kantor
    sop: Sop
    seed: str
    tell: Callable[[str], None]
    nomor: str = ""
    filler: Pemohon = field(init=False)
    _decided: set[str] = field(default_factory=set)  # addresses of the tugas that were ended here
    _told: set[str] = field(default_factory=set)  # codes of the waits that were spoken of

    def run(self) -> None:
        """Go all the way, and print a line for each step, the holder and the papers. Raises SampleFailed."""
        self.tell(f"{self.sop.code}: {self.sop.name}")
        self.tell(_SHAPE.format("no", "langkah", "meja", "antrean", "tenggat"))
        self._begin()
        while not self._closed():
            until(self.kantor.limit, self._step, what=f"{self.nomor}: langkah berikutnya")
        if self.sop.pemegang:
            self.tell(f"pemegang={self.filler.name}")
        for path in self._papers():
            self.tell(f"pdf={path}")

    def _begin(self) -> None:
        first, now = self.sop.first, self.kantor.now()
        person = self.kantor.person(first.peran, 0)
        answers = make_answers(self.sop, self.seed, date_at(now))
        make = partial(make_document, sop=self.sop, answers=answers, seed=self.seed, today=date_at(now))
        self.filler = Pemohon(person.web_client, self.sop, answers, make)
        self.filler.begin("/permohonan/baru" if self.sop.by_applicant else "/petugas/berkas-baru")
        self.filler.fill()
        self.filler.upload()
        leads_to = self.filler.send().location
        found = nomor_of(self.sop).search(person.web_client.page(leads_to).text)
        if found is None:
            raise SampleFailed(f"{self.sop.name}: sesudah dikirim tidak ada nomor pada {leads_to}.")
        self.nomor = found.group()
        self._line(first, None)

    def _step(self) -> bool | None:
        """Do whatever waits for somebody; None while the system is at work, or the file has ended."""
        if self._closed():
            return True
        for peran in dict.fromkeys(t.peran for t in self.sop.staff if not t.waits):
            desk = Desk(self.kantor.person(peran, 0), self.nomor)
            tugas = desk.find()
            if tugas and tugas.path not in self._decided and desk.may_decide(tugas):
                self._at_desk(desk, tugas)
                return True
        return self._at_applicant()

    def _at_desk(self, desk: Desk, tugas: Seen) -> None:
        found = _LANGKAH.search(desk.web_client.page(tugas.path).text)
        if found is None:
            raise SampleFailed(f"{self.nomor}: halaman {tugas.path} tidak menyebut langkahnya.")
        langkah = self.sop.langkah[int(found[1]) - 1]
        if form := self.sop.form_at(langkah.code):
            typed = filled_in(form, self.filler.content, seed=self.seed, today=date_at(self.kantor.now()))
            labels = list(form.photos)[: form.photos_at_least]
            desk.fill_in(tugas, typed, {label: photo(f"{label} {self.seed}") for label in labels})
        if langkah.drafts and langkah.automatic is None:
            desk.draft(tugas)
        if langkah.signature:
            desk.sign(tugas)
        else:
            desk.decide(tugas, Stage(langkah.code, langkah.keputusan))
        self._decided.add(tugas.path)
        self._line(langkah, tugas.tenggat)

    def _at_applicant(self) -> bool | None:
        """What the SOP asks of the applicant after the first step: more answers and documents, or to receive."""
        if not self.sop.by_applicant:
            return None
        screen = self.filler.page()
        receiving = next((t for t in self.sop.langkah if t.keputusan is KeputusanKind.TERIMA), None)
        if receiving and self.filler.web_client.get(f"{self.filler.path}/sk").screen.form_to("/terima"):
            self.filler.receive(self._path("diterima"))
            self._line(receiving, None)
            return True
        asked = next((t for t in self.sop.langkah[1:] if self.sop.fills(t) and screen_says(screen.text, t)), None)
        if asked is None:
            self._tell_wait()
            return None
        self.filler.is_asked(asked)
        self.filler.fill()
        self.filler.upload()
        self.filler.send()
        self._line(asked, None)
        return True

    def _tell_wait(self) -> None:
        """Say once of each step that only waits what ends it: the clock, which a demo may move."""
        for langkah in (t for t in self.sop.langkah if t.waits and t.code not in self._told):
            if self.filler.is_at(langkah.status):
                self._told.add(langkah.code)
                self._line(langkah, None)
                self.tell(
                    f"     menunggu {langkah.limit.quote()}; pada demo majukan jam kantor dengan alurizin jam --maju"
                )

    def _closed(self) -> bool:
        reader = self.kantor.person(self.sop.staff[0].peran, 0).web_client
        path = f"/petugas/permohonan/{self.filler.path.rpartition('/')[2]}"
        answer = reader.get(path)
        return answer.status == 200 and _CLOSED in answer.screen.text

    def _papers(self) -> Iterator[Path]:
        for naskah in self.sop.naskah:
            if naskah.kind is not NaskahKind.KEPUTUSAN or naskah.arah is Arah.TERBIT:
                path = self._path(naskah.code)
                path.write_bytes(until(self.kantor.limit, partial(self._pdf, naskah), what=f"{naskah.name} jadi"))
                yield path

    def _pdf(self, naskah: Naskah) -> bytes | None:
        own, permohonan_id = self.filler.path, self.filler.path.rpartition("/")[2]
        match naskah.kind:
            case NaskahKind.TANDA_TERIMA:
                answer = self.filler.web_client.get(f"{own}/tanda-terima.pdf")
            case NaskahKind.KEPUTUSAN:
                answer = self.filler.web_client.get(f"{own}/sk.pdf")
            case _:
                reader = self.kantor.person(self.sop[naskah.langkah].peran, 0).web_client
                answer = reader.get(f"/petugas/permohonan/{permohonan_id}/surat/{naskah.code}.pdf")
        return answer.payload if answer.status == 200 and answer.payload.startswith(b"%PDF") else None

    def _path(self, paper: str) -> Path:
        folder = self.kantor.data / "contoh"
        folder.mkdir(exist_ok=True)
        return folder / f"{self.sop.code}-{self.seed}-{paper}.pdf"

    def _line(self, langkah: Langkah, tenggat: datetime | None) -> None:
        queue = langkah.peran.antrean
        shown = moment_in_words(tenggat) if tenggat else "-"
        self.tell(_SHAPE.format(langkah.no, langkah.code, langkah.peran.name, queue, shown))


def screen_says(text: str, langkah: Langkah) -> bool:
    """Whether the applicant's page says that this step waits for them: what is to be done stands there in its words."""
    return langkah.peran == Peran.PEMOHON and (langkah.activity if langkah.asks else langkah.status) in text
