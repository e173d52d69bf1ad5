"""Documents as page images and downloads: only while the file is on a desk of mine, and every look at personal data
leaves a row."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.documents.derived import WIDTH, page_image
from pipeline.errors import NotFound
from pipeline.kantor.office import desks
from pipeline.queries.desk.berkas import StoredBerkas, read_berkas
from pipeline.queries.desk.content import read_forms
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.form.desk_form import read, read_list
from pipeline.services.desk.letters import desk_paper
from pipeline.services.people.access import record_access
from pipeline.settings import PdfEngine
from pipeline.storage import store
from web.auth import acting_in, current_peran, petugas, sends_file
from web.headers import MIME, send_berkas
from web.petugas import bp
from web.petugas.desk import my_tugas

SMALL_WIDTH, FULL_WIDTH = WIDTH


@bp.get("/berkas/<uuid:berkas_id>/gambar/<int:n>")
@petugas(*desks())
@sends_file
def picture(berkas_id: UUID, n: int) -> Response:
    """One page of a document as an image; ``?lebar=240`` for a thumbnail."""
    berkas = read_berkas(berkas_id, current_peran())
    content = page_image(berkas.sha256, berkas.kind, n, _width(), owner=berkas.permohonan_id)
    _record(berkas, "memeriksa")  # of what was there to be seen
    return send_image(content)


@bp.get("/berkas/<uuid:berkas_id>/unduh")
@petugas(*desks())
@sends_file
def download(berkas_id: UUID) -> Response:
    """The cleaned copy of a document, as an attachment."""
    berkas = _open(berkas_id, "mengunduh")
    return send_berkas(store(berkas.permohonan_id).get(berkas.sha256), berkas.name, MIME[berkas.kind])


@bp.get("/berkas/<uuid:berkas_id>/asli")
@petugas(*desks())
@sends_file
def download_original(berkas_id: UUID) -> Response:
    """A document as it was received, where only that proves its electronic signature: as an attachment."""
    berkas = _open(berkas_id, "mengunduh")
    if berkas.original_sha256 is None:
        raise NotFound
    content = store(berkas.permohonan_id).get(berkas.original_sha256)
    return send_berkas(content, f"asli-{berkas.name}", MIME[berkas.kind])


@bp.get("/tugas/<uuid:tugas_id>/foto/<sha256>")
@petugas(*desks())
@sends_file
def photo(tugas_id: UUID, sha256: str) -> Response:
    """A photo that a desk added to its form."""
    tugas = _open_tugas(tugas_id)
    forms = read_forms(tugas.permohonan.id).values()
    for f in (photo for content in forms for photo in read_list(content, "foto")):
        if read(f, "sha256") == sha256:
            return send_image(page_image(sha256, read(f, "jenis"), 1, _width(), owner=tugas.permohonan.id))
    raise NotFound


@bp.get("/tugas/<uuid:tugas_id>/dokumen/<kind>/gambar/<int:n>")
@petugas(*desks())
@sends_file
def letter(tugas_id: UUID, kind: str, n: int) -> Response:
    """A page of a paper that a desk made, as it will be printed."""
    tugas = _open_tugas(tugas_id)
    letter = desk_paper(tugas.permohonan.id, kind).ready()
    return send_image(page_image(letter, "docx", n, _width(), owner=tugas.permohonan.id))


@bp.get("/tugas/<uuid:tugas_id>/draf/gambar/<int:n>")
@petugas(*desks())
@sends_file
def draft_picture(tugas_id: UUID, n: int) -> Response:
    """A page of the draft in force."""
    tugas = _open_tugas(tugas_id)
    if (naskah := tugas.naskah) is None:
        raise NotFound
    engine, owner = PdfEngine(naskah.pdf_engine), tugas.permohonan.id
    return send_image(page_image(naskah.docx_sha256, "docx", n, _width(), engine=engine, owner=owner))


def send_image(webp: bytes) -> Response:
    """An image shown in the page."""
    return send_berkas(webp, "halaman.webp", "image/webp", inline=True)


def _open(berkas_id: UUID, purpose: str) -> StoredBerkas:
    """The document, after the look at it was recorded where it is personal. Raises NotFound."""
    berkas = read_berkas(berkas_id, current_peran())
    _record(berkas, purpose)
    return berkas


def _record(berkas: StoredBerkas, purpose: str) -> None:
    if berkas.personal:
        actor = acting_in(berkas.peran)
        record_access(berkas.permohonan_id, f"berkas {berkas.syarat}", purpose, actor=actor, now=real_now())


def _open_tugas(tugas_id: UUID) -> DeskTugas:
    """A file on my desk; once it has left, its papers are no longer mine to read."""
    tugas = my_tugas(tugas_id)
    if not tugas.is_open:
        raise NotFound
    return tugas


def _width() -> int:
    return SMALL_WIDTH if request.args.get("lebar") == str(SMALL_WIDTH) else FULL_WIDTH
