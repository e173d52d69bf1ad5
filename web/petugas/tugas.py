"""The file page: documents and checklist, what is decided on, the decision and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.bap import KESIMPULAN, check_bap, read, read_list, read_part
from pipeline.documents.derived import page_count
from pipeline.errors import DokumenGagal
from pipeline.queries.isi_berkas import DokumenDiminta, read_bap, read_isi, read_paraf, read_tanda_tangan
from pipeline.queries.riwayat import read_riwayat
from pipeline.queries.tugas import Lembar, Naskah
from pipeline.roles import PERAN_PETUGAS
from pipeline.services.akses import record_akses
from pipeline.settings import MesinPdf
from pipeline.sop import Otomatis
from web.auth import hari_ini, petugas, saya
from web.forms import Formulir
from web.petugas import bp
from web.petugas.meja import lembar_saya, pilihan_keputusan, samarkan, sebagai, sisa_waktu, tujuan_kembali

#: What a document's state is called, with the colour of its tag; what is in order needs none.
KATA_DOKUMEN = {
    "lulus": ("Lulus", ""),
    "gagal": ("Gagal", "red"),
    "petugas": ("Perlu dilihat", "yellow"),
    "": ("Belum diperiksa", "grey"),
    "kosong": ("Tidak ada", "grey"),
    "diganti": ("Diganti pemohon", "blue"),
}


@dataclass(frozen=True, slots=True)
class RingkasanBap:
    """BAP and Rekomendasi in a few words, and how many fields still keep them from being sent."""

    kesimpulan: str
    tanggal: str
    foto: int
    catatan: str
    rekomendasi: Mapping[str, object]
    kurang: int


@bp.get("/tugas/<uuid:tugas_id>")
@petugas(*PERAN_PETUGAS)
def tugas(tugas_id: UUID) -> str | Response:
    """The file on my desk; once it was decided, its read-only page."""
    lembar = lembar_saya(tugas_id)
    if not lembar.terbuka:
        return redirect(url_for("petugas.permohonan", permohonan_id=lembar.permohonan.id))
    return halaman_tugas(lembar, Formulir())


def halaman_tugas(lembar: Lembar, formulir: Formulir) -> str:
    """The page, with the decision form as it was typed."""
    isi = read_isi(lembar.permohonan)
    lihat_nik = _lihat_nik(lembar)
    return render_template(
        "petugas/persetujuan.html" if lembar.langkah.persetujuan else "petugas/kasus.html",
        formulir=formulir,
        isi=isi,
        kata_dokumen=kata_dokumen,
        lihat_nik=lihat_nik,
        samar=attrgetter("nilai") if lihat_nik else samarkan,
        dipilih=_dipilih(isi.dokumen),
        diperiksa=sum(d.hasil == "lulus" for d in isi.dokumen),
        minta_pemohon=lembar.permohonan.sop.awal.kode in lembar.langkah.kembali_ke,
        **konteks_lembar(lembar),
    )


def konteks_lembar(lembar: Lembar) -> dict[str, object]:
    """What every page about a file on a desk shows around its own matter."""
    kasus = lembar.permohonan
    return {
        "lembar": lembar,
        "kasus": kasus,
        "sisa": sisa_waktu(lembar, clock.now()),
        "riwayat": read_riwayat(kasus.id, kasus.sop),
        "pilihan": pilihan_keputusan(lembar),
        "tujuan": tujuan_kembali(lembar),
        "bap": ringkasan_bap(lembar),
        "paraf": read_paraf(lembar.naskah.draft_id, kasus.sop) if lembar.naskah else (),
        "halaman_naskah": halaman_naskah(lembar.naskah),
        "tanda_tangan": read_tanda_tangan(kasus.id),
        "susun": lembar.langkah.otomatis is Otomatis.SUSUN_NASKAH,
        "milik_saya": lembar.pengambil_id == saya().orang_id,
        "boleh": lembar.siap and lembar.pengambil_id in (None, saya().orang_id),
    }


def ringkasan_bap(lembar: Lembar) -> RingkasanBap | None:
    """None before Dinas Teknis wrote anything, or where it is not asked for yet."""
    kasus = lembar.permohonan
    isi = read_bap(kasus.id)
    if not isi and not lembar.langkah.menetapkan_arah:
        return None
    return RingkasanBap(
        kesimpulan=KESIMPULAN.get(read(isi, "kesimpulan"), ""),
        tanggal=read(isi, "tanggal"),
        foto=len(read_list(isi, "foto")),
        catatan=read(isi, "catatan"),
        rekomendasi=read_part(isi, "rekomendasi"),
        kurang=len(check_bap(isi, kasus.sop, kasus.data, hari_ini=hari_ini())),
    )


def halaman_naskah(naskah: Naskah | None) -> int:
    """Pages of the draft; 0 while they cannot be made, so that the page works without them."""
    if naskah is None:
        return 0
    try:
        return page_count(naskah.docx_sha256, "docx", mesin=MesinPdf(naskah.mesin_pdf))
    except DokumenGagal:
        return 0


def kata_dokumen(dokumen: DokumenDiminta) -> tuple[str, str]:
    """The word and colour of a document's state."""
    if not dokumen.berkas:
        return KATA_DOKUMEN["kosong"]
    return KATA_DOKUMEN["diganti" if dokumen.diganti else dokumen.hasil]


def _lihat_nik(lembar: Lembar) -> bool:
    """Whether the full NIK was asked for; then the look is recorded first."""
    if request.args.get("lihat") != "nik" or not lembar.terbuka:
        return False
    record_akses(lembar.permohonan.id, "isian NIK", "memeriksa", oleh=sebagai(lembar), now=clock.real_now())
    return True


def _dipilih(dokumen: Sequence[DokumenDiminta]) -> str:
    """The document shown first: the one asked for, else the first a person has to look at, else the first there is."""
    ada = [d for d in dokumen if d.berkas]
    diminta = [d for d in ada if d.kode == request.args.get("dokumen")]
    ragu = [d for d in ada if d.hasil in {"gagal", "petugas"}]
    return next((d.kode for d in (*diminta, *ragu, *ada)), "")
