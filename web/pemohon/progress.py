"""How far an application is: which pages it has, and what each still lacks."""

from dataclasses import dataclass

from pipeline.queries.applicant.pemohon import MyPermohonan
from pipeline.rules.form.isian import check_content
from pipeline.sop.values import Bagian, Isian, Syarat
from web.auth import today

DETAILED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Phase:
    """A page in the task list."""

    judul: str
    alamat: str
    kata: str
    warna: str  # of its tag; empty: plain text, nothing to do


@dataclass(frozen=True, slots=True)
class Shortage:
    """Something that keeps the application from being sent, and the place to mend it."""

    bagian: str  # title of the page
    kalimat: str
    alamat: str


def shorten(gaps: list[Shortage]) -> list[Shortage]:
    """One line per page, leading to its first gap, when there are too many to read."""
    if len(gaps) <= DETAILED_AT_MOST:
        return gaps
    pages = {k.bagian: [j for j in gaps if j.bagian == k.bagian] for k in gaps}
    return [Shortage(b, f"{b}: {len(isi)} hal belum lengkap.", isi[0].alamat) for b, isi in pages.items()]


def open_isian(p: MyPermohonan, bagian: str) -> tuple[Isian, ...]:
    """The fields of a page that the applicant may change now."""
    return tuple(f for f in p.sop.isian_for(p.data, bagian) if p.may_change("isian", f.kode))


def open_bagian(p: MyPermohonan) -> tuple[Bagian, ...]:
    """The pages of the form that have something to change."""
    return tuple(b for b in p.sop.bagian if open_isian(p, b.kode))


def open_syarat(p: MyPermohonan) -> tuple[Syarat, ...]:
    """The documents that may be handed in now."""
    return tuple(s for s in p.sop.syarat_for(p.data) if p.may_change("syarat", s.kode))


def tahap(p: MyPermohonan) -> list[Phase]:
    """The task list: pages of the form, documents, check and send."""
    errors = check_content(p.sop, p.data, today=today())
    items = [_isian_phase(p, b, errors) for b in open_bagian(p)]
    if syarat := open_syarat(p):
        items.append(_document_phase(p, syarat))
    return items


def shortage(p: MyPermohonan) -> list[Shortage]:
    """Everything that is missing or wrong, in the order of the form."""
    errors = check_content(p.sop, p.data, today=today())
    titles = {b.kode: b.judul for b in p.sop.bagian}
    items = [
        Shortage(titles[f.bagian], errors[f.kode], isian_url(p, f)) for f in p.sop.isian_for(p.data) if f.kode in errors
    ]
    present = {b.syarat for b in p.berkas}
    items += [
        Shortage("Dokumen", f"{s.nama} belum diunggah.", syarat_url(p, s.kode))
        for s in p.sop.required_syarat(p.data)
        if s.kode not in present
    ]
    return items + [
        Shortage(
            "Dokumen" if d.jenis == "syarat" else "Isian",
            f"Belum diperbaiki: {request_name(p, d.jenis, d.kode)}",
            request_url(p, d.jenis, d.kode),
        )
        for d in p.is_unanswered
    ]


def request_name(p: MyPermohonan, jenis: str, kode: str) -> str:
    """What a request is about, in the words of the form."""
    if jenis == "syarat":
        return next((s.nama for s in p.sop.syarat if s.kode == kode), kode)
    if jenis == "isian":
        return next((f.label for f in p.sop.isian if f.kode == kode), kode)
    return "Catatan umum"


def request_url(p: MyPermohonan, jenis: str, kode: str) -> str:
    """The page where it is put right; empty when there is none of its own."""
    if jenis == "syarat":
        return syarat_url(p, kode)
    return next((isian_url(p, f) for f in p.sop.isian if jenis == "isian" and f.kode == kode), "")


def isian_url(p: MyPermohonan, isian: Isian) -> str:
    return f"/permohonan/{p.id}/isian/{isian.bagian}#{isian.kode}"


def syarat_url(p: MyPermohonan, kode: str) -> str:
    return f"/permohonan/{p.id}/dokumen#syarat-{kode}"


def _isian_phase(p: MyPermohonan, bagian: Bagian, errors: dict[str, str]) -> Phase:
    isian = open_isian(p, bagian.kode)
    url = f"/permohonan/{p.id}/isian/{bagian.kode}"
    if not any(f.kode in errors for f in isian):
        return Phase(bagian.judul, url, "Lengkap", "")
    if any(p.data.get(f.kode) for f in isian):
        return Phase(bagian.judul, url, "Belum lengkap", "yellow")
    return Phase(bagian.judul, url, "Belum diisi", "blue")


def _document_phase(p: MyPermohonan, syarat: tuple[Syarat, ...]) -> Phase:
    wajib = [s.kode for s in syarat if s.required_for(p.data)]
    present = {b.syarat for b in p.berkas}
    ready = sum(kode in present for kode in wajib)
    complete = ready == len(wajib)
    words = "Lengkap" if complete else f"{ready} dari {len(wajib)} siap"
    return Phase("Dokumen", f"/permohonan/{p.id}/dokumen", words, "" if complete else "yellow" if ready else "blue")
