"""The file page: documents and checklist, what is decided on, the decision and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.documents.derived import known_page_count
from pipeline.queries.desk.content import DocumentAsked, read_bap, read_content, read_paraf, read_signature
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.tugas import Naskah, Sheet
from pipeline.roles import PERAN_PETUGAS
from pipeline.rules.form.bap import CONCLUSION, check_bap, read, read_list, read_part
from pipeline.services.people.access import record_access
from pipeline.settings import PdfEngine
from pipeline.sop.values import Automatic
from web.auth import petugas, saya, today
from web.forms import Form
from web.petugas import bp
from web.petugas.meja import acting_as, keputusan_choices, mask_nik, my_sheet, return_targets, time_left

#: What a document's state is called, with the colour of its tag; what is in order needs none.
DOCUMENT_WORDS = {
    "lulus": ("Lulus", ""),
    "gagal": ("Gagal", "red"),
    "petugas": ("Perlu dilihat", "yellow"),
    "": ("Belum diperiksa", "grey"),
    "kosong": ("Tidak ada", "grey"),
    "diganti": ("Diganti pemohon", "blue"),
}


@dataclass(frozen=True, slots=True)
class BapSummary:
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
    lembar = my_sheet(tugas_id)
    if not lembar.is_open:
        return redirect(url_for("petugas.permohonan", permohonan_id=lembar.permohonan.id))
    return tugas_page(lembar, Form())


def tugas_page(lembar: Sheet, formulir: Form) -> str:
    """The page, with the decision form as it was typed."""
    isi = read_content(lembar.permohonan)
    shows_nik = _shows_nik(lembar)
    return render_template(
        "petugas/persetujuan.html" if lembar.langkah.persetujuan else "petugas/kasus.html",
        formulir=formulir,
        isi=isi,
        document_titles=document_words,
        view_nik=shows_nik,
        samar=attrgetter("nilai") if shows_nik else mask_nik,
        chosen=_shown_first(isi.dokumen),
        checked=sum(d.hasil == "lulus" for d in isi.dokumen),
        ask_pemohon=lembar.permohonan.sop.awal.kode in lembar.langkah.kembali_ke,
        **sheet_context(lembar),
    )


def sheet_context(lembar: Sheet) -> dict[str, object]:
    """What every page about a file on a desk shows around its own matter."""
    kasus = lembar.permohonan
    return {
        "lembar": lembar,
        "kasus": kasus,
        "sisa": time_left(lembar, clock.now()),
        "riwayat": read_riwayat(kasus.id, kasus.sop),
        "pilihan": keputusan_choices(lembar),
        "tujuan": return_targets(lembar),
        "bap": summarize_bap(lembar),
        "paraf": read_paraf(lembar.naskah.draft_id, kasus.sop) if lembar.naskah else (),
        "naskah_pages": count_pages(lembar.naskah),
        "tanda_tangan": read_signature(kasus.id, now=clock.now()),
        "susun": lembar.langkah.otomatis is Automatic.SUSUN_NASKAH,
        "is_mine": lembar.taker_id == saya().person_id,
        "boleh": lembar.siap and lembar.taker_id in (None, saya().person_id),
    }


def summarize_bap(lembar: Sheet) -> BapSummary | None:
    """None before Dinas Teknis wrote anything, or where it is not asked for yet."""
    kasus = lembar.permohonan
    isi = read_bap(kasus.id)
    if not isi and not lembar.langkah.menetapkan_arah:
        return None
    return BapSummary(
        kesimpulan=CONCLUSION.get(read(isi, "kesimpulan"), ""),
        tanggal=read(isi, "tanggal"),
        foto=len(read_list(isi, "foto")),
        catatan=read(isi, "catatan"),
        rekomendasi=read_part(isi, "rekomendasi"),
        kurang=len(check_bap(isi, kasus.sop, kasus.data, today=today())),
    )


def count_pages(naskah: Naskah | None) -> int:
    """Pages of the draft that are drawn already; 0 while they are not. The page itself makes nobody wait for them."""
    if naskah is None:
        return 0
    return known_page_count(naskah.docx_sha256, "docx", PdfEngine(naskah.pdf_engine)) or 0


def document_words(dokumen: DocumentAsked) -> tuple[str, str]:
    """The word and colour of a document's state."""
    if not dokumen.berkas:
        return DOCUMENT_WORDS["kosong"]
    return DOCUMENT_WORDS["diganti" if dokumen.diganti else dokumen.hasil]


def _shows_nik(lembar: Sheet) -> bool:
    """Whether the full NIK was asked for; then the look is recorded first."""
    if request.args.get("lihat") != "nik" or not lembar.is_open:
        return False
    record_access(lembar.permohonan.id, "isian NIK", "memeriksa", oleh=acting_as(lembar), now=clock.real_now())
    return True


def _shown_first(dokumen: Sequence[DocumentAsked]) -> str:
    """The document shown first: the one asked for, else the first a person has to look at, else the first there is."""
    present = [d for d in dokumen if d.berkas]
    asked = [d for d in present if d.kode == request.args.get("dokumen")]
    doubtful = [d for d in present if d.hasil in {"gagal", "petugas"}]
    return next((d.kode for d in (*asked, *doubtful, *present)), "")
