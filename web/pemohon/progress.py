"""How far an application is: which pages it has, and what each still lacks."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.queries.applicant.permohonan import MyPermohonan
from pipeline.rules.form.isian import check_content
from pipeline.rules.sentences import Sentence
from pipeline.sop.values import Bagian, Isian, Syarat
from pipeline.sop.words import About
from web.auth import today

DETAILED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Phase:
    """A page in the task list."""

    title: str
    address: str
    word: str
    color: str  # of its tag; empty: plain text, nothing to do

    def item(self) -> dict[str, object]:
        """The phase as govuk's task list takes it."""
        words: dict[str, object] = {"text": self.word}
        tag = {"tag": words | {"classes": f"govuk-tag--{self.color}"}}
        return {"title": {"text": self.title}, "href": self.address, "status": tag if self.color else words}


@dataclass(frozen=True, slots=True)
class Shortage:
    """Something that keeps the application from being sent, and the place to mend it."""

    bagian: str  # title of the page
    sentence: str
    address: str


def shorten(gaps: list[Shortage]) -> list[Shortage]:
    """One line per page, leading to its first gap, when there are too many to read."""
    if len(gaps) <= DETAILED_AT_MOST:
        return gaps
    pages = {k.bagian: [j for j in gaps if j.bagian == k.bagian] for k in gaps}
    return [Shortage(b, f"{b}: {len(content)} hal belum lengkap.", content[0].address) for b, content in pages.items()]


def open_isian(p: MyPermohonan, bagian: str) -> tuple[Isian, ...]:
    """The fields of a page that the applicant may change now."""
    return tuple(f for f in p.sop.isian_for(p.data, bagian) if p.may_change("isian", f.code))


def open_bagian(p: MyPermohonan) -> tuple[Bagian, ...]:
    """The pages of the form that have something to change."""
    return tuple(b for b in p.sop.bagian if open_isian(p, b.code))


def open_syarat(p: MyPermohonan) -> tuple[Syarat, ...]:
    """The documents that may be handed in now."""
    return tuple(s for s in p.sop.syarat_for(p.data) if p.may_change("syarat", s.code))


def stage(p: MyPermohonan) -> list[dict[str, object]]:
    """The task list: pages of the form, documents, check and send."""
    errors = check_content(p.form, p.data, today=today())
    items = [_isian_phase(p, b, errors) for b in open_bagian(p)]
    if syarat := open_syarat(p):
        items.append(_document_phase(p, syarat))
    return [phase.item() for phase in items]


def shortage(p: MyPermohonan) -> list[Shortage]:
    """Everything that is missing or wrong, in the order of the form."""
    errors = check_content(p.form, p.data, today=today())
    titles = {b.code: b.title for b in p.sop.bagian}
    items = [
        Shortage(titles[f.bagian], str(errors[f.code]), isian_url(p, f))
        for f in p.form.isian_for(p.data)
        if f.code in errors
    ]
    items += _document_shortage(p)
    return items + [
        Shortage(
            "Dokumen" if d.kind == About.SYARAT else "Isian",
            f"Belum diperbaiki: {request_name(p, d.kind, d.code)}",
            request_url(p, d.kind, d.code),
        )
        for d in p.unanswered_requests
    ]


def _document_shortage(p: MyPermohonan) -> list[Shortage]:
    """Documents that are not there, and those that are still being examined."""
    waiting = [s for s in p.sop.syarat_for(p.data) if p.waiting_for(s.code)]
    missing = [s for s in p.form.required_syarat(p.data) if s not in waiting and not p.berkas_for(s.code)]
    lines = [(s, f"{s.name} belum diunggah.") for s in missing]
    lines += [(s, f"{s.name} masih diperiksa. Tunggu sebentar, lalu muat ulang halaman ini.") for s in waiting]
    return [Shortage("Dokumen", sentence, syarat_url(p, s.code)) for s, sentence in lines]


def request_name(p: MyPermohonan, kind: str, code: str) -> str:
    """What a request is about, in the words of the form."""
    if kind == About.SYARAT:
        return next((s.name for s in p.sop.syarat if s.code == code), code)
    if kind == About.ISIAN:
        return next((f.label for f in p.sop.isian if f.code == code), code)
    return "Catatan umum"


def request_url(p: MyPermohonan, kind: str, code: str) -> str:
    """The page where it is put right; empty when there is none of its own."""
    if kind == About.SYARAT:
        return syarat_url(p, code)
    return next((isian_url(p, f) for f in p.sop.isian if kind == About.ISIAN and f.code == code), "")


def isian_url(p: MyPermohonan, isian: Isian) -> str:
    return f"/permohonan/{p.id}/isian/{isian.bagian}#{isian.code}"


def syarat_url(p: MyPermohonan, code: str) -> str:
    return f"/permohonan/{p.id}/dokumen#syarat-{code}"


def _isian_phase(p: MyPermohonan, bagian: Bagian, errors: Mapping[str, Sentence]) -> Phase:
    isian = open_isian(p, bagian.code)
    url = f"/permohonan/{p.id}/isian/{bagian.code}"
    if not any(f.code in errors for f in isian):
        return Phase(bagian.title, url, "Lengkap", "")
    if any(p.data.get(f.code) for f in isian):
        return Phase(bagian.title, url, "Belum lengkap", "yellow")
    return Phase(bagian.title, url, "Belum diisi", "blue")


def _document_phase(p: MyPermohonan, syarat: tuple[Syarat, ...]) -> Phase:
    required = [s.code for s in syarat if s.required_for(p.data)]
    present = {b.syarat for b in p.berkas}
    ready = sum(code in present for code in required)
    complete = ready == len(required)
    words = "Lengkap" if complete else f"{ready} dari {len(required)} siap"
    return Phase("Dokumen", f"/permohonan/{p.id}/dokumen", words, "" if complete else "yellow" if ready else "blue")
