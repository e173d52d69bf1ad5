"""Resumable upload, the core of the tus 1.0 protocol: announce, ask how far, go on. Cut off is not lost."""

from base64 import b64decode
from collections.abc import Iterator
from uuid import UUID

from flask import Response, abort, request, url_for
from werkzeug.exceptions import ClientDisconnected

from pipeline.clock import now
from pipeline.errors import AlurIzinError
from pipeline.services.applicant.form import add_berkas
from pipeline.services.applicant.uploads import (
    Progress,
    append_upload,
    drop_upload,
    give_back,
    read_progress,
    start_upload,
    take_upload,
)
from pipeline.uploads.refusals import BerkasRefused
from web.auth import me, pemohon, takes_upload
from web.forms import checked_text
from web.pemohon import bp

CHUNK = 64 * 1024


@bp.post("/permohonan/<uuid:permohonan_id>/unggah/<syarat>")
@pemohon
def begin_upload(permohonan_id: UUID, syarat: str) -> Response:
    """Announce a file; refused here when it is too large, before a byte has travelled."""
    length = _header_number("Upload-Length")
    actor, session_id = me().person_id, me().session_id
    upload_id = start_upload(permohonan_id, syarat, _filename(), length, actor=actor, session_id=session_id, now=now())
    return _answer(201, Location=url_for(".resume_upload", upload_id=upload_id))


@bp.route("/unggah/<uuid:upload_id>", methods=["HEAD"], endpoint="how_far")
@pemohon
def how_far(upload_id: UUID) -> Response:
    """How far it has come."""
    progress = read_progress(upload_id, actor=me().person_id)
    return _answer(200, Upload_Offset=progress.accepted, Upload_Length=progress.length)


@bp.patch("/unggah/<uuid:upload_id>")
@pemohon
@takes_upload
def resume_upload(upload_id: UUID) -> Response:
    """Add a piece; after the last one the file is checked and becomes a document of the application."""
    progress = read_progress(upload_id, actor=me().person_id)
    start = _header_number("Upload-Offset")
    received = append_upload(progress, start, _chunks())
    if received < progress.length:
        return _answer(204, Upload_Offset=received)
    _make_berkas(progress, start)
    return _answer(204, Upload_Offset=received)


def _make_berkas(progress: Progress, start: int) -> None:
    content, actor, session_id = take_upload(progress), me().person_id, me().session_id
    try:
        add_berkas(
            progress.permohonan_id,
            progress.syarat,
            progress.name,
            content,
            actor=actor,
            session_id=session_id,
            now=now(),
        )
    except BerkasRefused:
        drop_upload(progress.id)
        raise
    except AlurIzinError:  # for another reason than the file: a sender who asks how far it came must not hear "all"
        give_back(progress, start)
        raise
    drop_upload(progress.id)


def _chunks() -> Iterator[bytes]:
    """The body as it comes; a phone that loses its signal ends it early, and what came is kept."""
    try:
        while chunk := request.stream.read(CHUNK):
            yield chunk
    except ClientDisconnected:
        return


def _header_number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        abort(400)
    return int(text)


def _filename() -> str:
    """The file's name out of ``filename <base64>, …``."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return checked_text(b64decode(value, validate=True).decode())
            except ValueError:
                abort(400)
    return "berkas"


def _answer(status: int, **headers: object) -> Response:
    response = Response(status=status)
    response.headers["Tus-Resumable"] = "1.0.0"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response
