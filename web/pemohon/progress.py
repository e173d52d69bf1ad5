"""How far an application is: which pages it has, and what each still lacks."""

from dataclasses import dataclass

from pipeline.queries.applicant.pemohon import PermohonanSaya
from pipeline.rules.form.isian import check_isi
from pipeline.sop.values import Bagian, Isian, Syarat
from web.auth import hari_ini

PALING_BANYAK_DIRINCI = 10


@dataclass(frozen=True, slots=True)
class Tahap:
    """A page in the task list."""

    judul: str
    alamat: str
    kata: str
    warna: str  # of its tag; empty: plain text, nothing to do


@dataclass(frozen=True, slots=True)
class Kekurangan:
    """Something that keeps the application from being sent, and the place to mend it."""

    bagian: str  # title of the page
    kalimat: str
    alamat: str


def shorten(gaps: list[Kekurangan]) -> list[Kekurangan]:
    """One line per page, leading to its first gap, when there are too many to read."""
    if len(gaps) <= PALING_BANYAK_DIRINCI:
        return gaps
    pages = {k.bagian: [j for j in gaps if j.bagian == k.bagian] for k in gaps}
    return [Kekurangan(b, f"{b}: {len(isi)} hal belum lengkap.", isi[0].alamat) for b, isi in pages.items()]


def open_isian(p: PermohonanSaya, bagian: str) -> tuple[Isian, ...]:
    """The fields of a page that the applicant may change now."""
    return tuple(f for f in p.sop.isian_untuk(p.data, bagian) if p.may_change("isian", f.kode))


def open_bagian(p: PermohonanSaya) -> tuple[Bagian, ...]:
    """The pages of the form that have something to change."""
    return tuple(b for b in p.sop.bagian if open_isian(p, b.kode))


def open_syarat(p: PermohonanSaya) -> tuple[Syarat, ...]:
    """The documents that may be handed in now."""
    return tuple(s for s in p.sop.syarat_untuk(p.data) if p.may_change("syarat", s.kode))


def tahap(p: PermohonanSaya) -> list[Tahap]:
    """The task list: pages of the form, documents, check and send."""
    errors = check_isi(p.sop, p.data, hari_ini=hari_ini())
    items = [_tahap_isian(p, b, errors) for b in open_bagian(p)]
    if syarat := open_syarat(p):
        items.append(_tahap_dokumen(p, syarat))
    return items


def kekurangan(p: PermohonanSaya) -> list[Kekurangan]:
    """Everything that is missing or wrong, in the order of the form."""
    errors = check_isi(p.sop, p.data, hari_ini=hari_ini())
    titles = {b.kode: b.judul for b in p.sop.bagian}
    items = [
        Kekurangan(titles[f.bagian], errors[f.kode], isian_url(p, f))
        for f in p.sop.isian_untuk(p.data)
        if f.kode in errors
    ]
    present = {b.syarat for b in p.berkas}
    items += [
        Kekurangan("Dokumen", f"{s.nama} belum diunggah.", syarat_url(p, s.kode))
        for s in p.sop.syarat_wajib(p.data)
        if s.kode not in present
    ]
    return items + [
        Kekurangan(
            "Dokumen" if d.jenis == "syarat" else "Isian",
            f"Belum diperbaiki: {request_name(p, d.jenis, d.kode)}",
            request_url(p, d.jenis, d.kode),
        )
        for d in p.belum_dijawab
    ]


def request_name(p: PermohonanSaya, jenis: str, kode: str) -> str:
    """What a request is about, in the words of the form."""
    if jenis == "syarat":
        return next((s.nama for s in p.sop.syarat if s.kode == kode), kode)
    if jenis == "isian":
        return next((f.label for f in p.sop.isian if f.kode == kode), kode)
    return "Catatan umum"


def request_url(p: PermohonanSaya, jenis: str, kode: str) -> str:
    """The page where it is put right; empty when there is none of its own."""
    if jenis == "syarat":
        return syarat_url(p, kode)
    return next((isian_url(p, f) for f in p.sop.isian if jenis == "isian" and f.kode == kode), "")


def isian_url(p: PermohonanSaya, isian: Isian) -> str:
    return f"/permohonan/{p.id}/isian/{isian.bagian}#{isian.kode}"


def syarat_url(p: PermohonanSaya, kode: str) -> str:
    return f"/permohonan/{p.id}/dokumen#syarat-{kode}"


def _tahap_isian(p: PermohonanSaya, bagian: Bagian, errors: dict[str, str]) -> Tahap:
    isian = open_isian(p, bagian.kode)
    url = f"/permohonan/{p.id}/isian/{bagian.kode}"
    if not any(f.kode in errors for f in isian):
        return Tahap(bagian.judul, url, "Lengkap", "")
    if any(p.data.get(f.kode) for f in isian):
        return Tahap(bagian.judul, url, "Belum lengkap", "yellow")
    return Tahap(bagian.judul, url, "Belum diisi", "blue")


def _tahap_dokumen(p: PermohonanSaya, syarat: tuple[Syarat, ...]) -> Tahap:
    wajib = [s.kode for s in syarat if s.wajib_untuk(p.data)]
    present = {b.syarat for b in p.berkas}
    ready = sum(kode in present for kode in wajib)
    complete = ready == len(wajib)
    words = "Lengkap" if complete else f"{ready} dari {len(wajib)} siap"
    return Tahap("Dokumen", f"/permohonan/{p.id}/dokumen", words, "" if complete else "yellow" if ready else "blue")
