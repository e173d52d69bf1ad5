"""How far an application is: which pages it has, and what each still lacks."""

from dataclasses import dataclass

from pipeline.isian import check_isi
from pipeline.queries.pemohon import PermohonanSaya
from pipeline.sop import Bagian, Isian, Syarat
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


def ringkas(kurang: list[Kekurangan]) -> list[Kekurangan]:
    """One line per page, leading to its first gap, when there are too many to read."""
    if len(kurang) <= PALING_BANYAK_DIRINCI:
        return kurang
    halaman = {k.bagian: [j for j in kurang if j.bagian == k.bagian] for k in kurang}
    return [Kekurangan(b, f"{b}: {len(isi)} hal belum lengkap.", isi[0].alamat) for b, isi in halaman.items()]


def ubahan(p: PermohonanSaya, bagian: str) -> tuple[Isian, ...]:
    """The fields of a page that the applicant may change now."""
    return tuple(f for f in p.sop.isian_untuk(p.data, bagian) if p.terbuka("isian", f.kode))


def bagian_terbuka(p: PermohonanSaya) -> tuple[Bagian, ...]:
    """The pages of the form that have something to change."""
    return tuple(b for b in p.sop.bagian if ubahan(p, b.kode))


def syarat_terbuka(p: PermohonanSaya) -> tuple[Syarat, ...]:
    """The documents that may be handed in now."""
    return tuple(s for s in p.sop.syarat_untuk(p.data) if p.terbuka("syarat", s.kode))


def tahap(p: PermohonanSaya) -> list[Tahap]:
    """The task list: pages of the form, documents, check and send."""
    galat = check_isi(p.sop, p.data, hari_ini=hari_ini())
    daftar = [_tahap_isian(p, b, galat) for b in bagian_terbuka(p)]
    if syarat := syarat_terbuka(p):
        daftar.append(_tahap_dokumen(p, syarat))
    return daftar


def kekurangan(p: PermohonanSaya) -> list[Kekurangan]:
    """Everything that is missing or wrong, in the order of the form."""
    galat = check_isi(p.sop, p.data, hari_ini=hari_ini())
    judul = {b.kode: b.judul for b in p.sop.bagian}
    daftar = [
        Kekurangan(judul[f.bagian], galat[f.kode], alamat_isian(p, f))
        for f in p.sop.isian_untuk(p.data)
        if f.kode in galat
    ]
    ada = {b.syarat for b in p.berkas}
    daftar += [
        Kekurangan("Dokumen", f"{s.nama} belum diunggah.", alamat_syarat(p, s.kode))
        for s in p.sop.syarat_wajib(p.data)
        if s.kode not in ada
    ]
    return daftar + [
        Kekurangan("Dokumen", f"Belum diperbaiki: {nama_diminta(p, d.jenis, d.kode)}", alamat_syarat(p, d.kode))
        for d in p.diminta
        if d.jenis == "syarat" and not p.terjawab(d)
    ]


def nama_diminta(p: PermohonanSaya, jenis: str, kode: str) -> str:
    """What a request is about, in the words of the form."""
    if jenis == "syarat":
        return next((s.nama for s in p.sop.syarat if s.kode == kode), kode)
    if jenis == "isian":
        return next((f.label for f in p.sop.isian if f.kode == kode), kode)
    return "Catatan umum"


def alamat_diminta(p: PermohonanSaya, jenis: str, kode: str) -> str:
    """The page where it is put right; empty when there is none of its own."""
    if jenis == "syarat":
        return alamat_syarat(p, kode)
    return next((alamat_isian(p, f) for f in p.sop.isian if jenis == "isian" and f.kode == kode), "")


def alamat_isian(p: PermohonanSaya, isian: Isian) -> str:
    return f"/permohonan/{p.id}/isian/{isian.bagian}#{isian.kode}"


def alamat_syarat(p: PermohonanSaya, kode: str) -> str:
    return f"/permohonan/{p.id}/dokumen#syarat-{kode}"


def _tahap_isian(p: PermohonanSaya, bagian: Bagian, galat: dict[str, str]) -> Tahap:
    isian = ubahan(p, bagian.kode)
    alamat = f"/permohonan/{p.id}/isian/{bagian.kode}"
    if not any(f.kode in galat for f in isian):
        return Tahap(bagian.judul, alamat, "Lengkap", "")
    if any(p.data.get(f.kode) for f in isian):
        return Tahap(bagian.judul, alamat, "Belum lengkap", "yellow")
    return Tahap(bagian.judul, alamat, "Belum diisi", "blue")


def _tahap_dokumen(p: PermohonanSaya, syarat: tuple[Syarat, ...]) -> Tahap:
    wajib = [s.kode for s in syarat if s.wajib_untuk(p.data)]
    ada = {b.syarat for b in p.berkas}
    siap = sum(kode in ada for kode in wajib)
    lengkap = siap == len(wajib)
    kata = "Lengkap" if lengkap else f"{siap} dari {len(wajib)} siap"
    return Tahap("Dokumen", f"/permohonan/{p.id}/dokumen", kata, "" if lengkap else "yellow" if siap else "blue")
