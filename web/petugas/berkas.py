"""Documents as page images and downloads: only while the file is on a desk of mine, and every look at personal data
leaves a row."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.documents.derived import LEBAR, page_image
from pipeline.errors import NotFound
from pipeline.queries.desk.content import read_bap
from pipeline.queries.desk.tugas import Sheet, StoredBerkas, read_berkas
from pipeline.roles import PERAN_PETUGAS
from pipeline.rules.form.bap import read, read_list
from pipeline.services.desk.letters import field_report
from pipeline.services.people.access import record_access
from pipeline.settings import PdfEngine
from pipeline.storage import store
from web.auth import acting_in, current_peran, petugas
from web.headers import MIME, send_berkas
from web.petugas import bp
from web.petugas.meja import my_sheet

LETTERS = {"bap": "BAP Lapangan", "rekomendasi": "Rekomendasi"}
SMALL_WIDTH, FULL_WIDTH = LEBAR


@bp.get("/berkas/<uuid:berkas_id>/gambar/<int:n>")
@petugas(*PERAN_PETUGAS)
def gambar(berkas_id: UUID, n: int) -> Response:
    """One page of a document as an image; ``?lebar=240`` for a thumbnail."""
    berkas = read_berkas(berkas_id, current_peran())
    content = page_image(berkas.sha256, berkas.jenis, n, _width())
    _record(berkas, "memeriksa")  # of what was there to be seen
    return send_image(content)


@bp.get("/berkas/<uuid:berkas_id>/unduh")
@petugas(*PERAN_PETUGAS)
def unduh(berkas_id: UUID) -> Response:
    """The cleaned copy of a document, as an attachment."""
    berkas = _open(berkas_id, "mengunduh")
    return send_berkas(store().get(berkas.sha256), berkas.nama, MIME[berkas.jenis])


@bp.get("/berkas/<uuid:berkas_id>/asli")
@petugas(*PERAN_PETUGAS)
def download_original(berkas_id: UUID) -> Response:
    """A document as it was received, where only that proves its electronic signature: as an attachment."""
    berkas = _open(berkas_id, "mengunduh")
    if berkas.sha256_asli is None:
        raise NotFound
    return send_berkas(store().get(berkas.sha256_asli), f"asli-{berkas.nama}", MIME[berkas.jenis])


@bp.get("/tugas/<uuid:tugas_id>/foto/<sha256>")
@petugas(*PERAN_PETUGAS)
def foto(tugas_id: UUID, sha256: str) -> Response:
    """A photo of the inspection."""
    lembar = _open_sheet(tugas_id)
    for f in read_list(read_bap(lembar.permohonan.id), "foto"):
        if read(f, "sha256") == sha256:
            return send_image(page_image(sha256, read(f, "jenis"), 1, _width()))
    raise NotFound


@bp.get("/tugas/<uuid:tugas_id>/dokumen/<jenis>/gambar/<int:n>")
@petugas(*PERAN_PETUGAS)
def surat(tugas_id: UUID, jenis: str, n: int) -> Response:
    """A page of the BAP or the Rekomendasi as it will be printed."""
    lembar = _open_sheet(tugas_id)
    if jenis not in LETTERS:
        raise NotFound
    letter = field_report(lembar.permohonan.id, jenis).ready()
    return send_image(page_image(letter, "docx", n, _width()))


@bp.get("/tugas/<uuid:tugas_id>/draf/gambar/<int:n>")
@petugas(*PERAN_PETUGAS)
def draft_picture(tugas_id: UUID, n: int) -> Response:
    """A page of the draft in force."""
    naskah = _open_sheet(tugas_id).naskah
    if naskah is None:
        raise NotFound
    return send_image(page_image(naskah.docx_sha256, "docx", n, _width(), mesin=PdfEngine(naskah.pdf_engine)))


def send_image(webp: bytes) -> Response:
    """An image shown in the page."""
    return send_berkas(webp, "halaman.webp", "image/webp", inline=True)


def _open(berkas_id: UUID, tujuan: str) -> StoredBerkas:
    """The document, after the look at it was recorded where it is personal. Raises NotFound."""
    berkas = read_berkas(berkas_id, current_peran())
    _record(berkas, tujuan)
    return berkas


def _record(berkas: StoredBerkas, tujuan: str) -> None:
    if berkas.pribadi:
        oleh = acting_in(berkas.peran)
        record_access(berkas.permohonan_id, f"berkas {berkas.syarat}", tujuan, oleh=oleh, now=real_now())


def _open_sheet(tugas_id: UUID) -> Sheet:
    """A file on my desk; once it has left, its papers are no longer mine to read."""
    lembar = my_sheet(tugas_id)
    if not lembar.is_open:
        raise NotFound
    return lembar


def _width() -> int:
    return SMALL_WIDTH if request.args.get("lebar") == str(SMALL_WIDTH) else FULL_WIDTH
