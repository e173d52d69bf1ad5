"""Resumable upload, the core of the tus 1.0 protocol: announce, ask how far, go on. Cut off is not lost."""

from base64 import b64decode
from collections.abc import Iterator
from uuid import UUID

from flask import Response, abort, request, url_for
from werkzeug.exceptions import ClientDisconnected

from pipeline.clock import now
from pipeline.errors import AlurIzinError
from pipeline.services.applicant.uploads import Progress, finish_upload, read_progress, start_upload
from pipeline.services.records.uploads import CHUNK, append_upload, give_back
from pipeline.uploads.refusals import BerkasRefused
from web.auth import fills_in, me, takes_upload
from web.forms import checked_text, read_ids
from web.pemohon import bp
from web.pemohon.own import filler


@bp.post("/permohonan/<uuid:permohonan_id>/unggah/<syarat>")
@fills_in
def begin_upload(permohonan_id: UUID, syarat: str) -> Response:
    """Announce a file; refused here when it is too large, before a byte has travelled."""
    length = _header_number("Upload-Length")
    actor, session_id = me().person_id, me().session_id
    name, seen = _filename(), read_ids(_metadata("seen").split())
    progress = start_upload(
        permohonan_id, syarat, name, length, seen=seen, actor=actor, session_id=session_id, now=now()
    )
    return _answer(201, Location=url_for(".resume_upload", upload_id=progress.id))


@bp.route("/unggah/<uuid:upload_id>", methods=["HEAD"], endpoint="how_far")
@fills_in
def how_far(upload_id: UUID) -> Response:
    """How far it has come."""
    progress = read_progress(upload_id, filler())
    return _answer(200, Upload_Offset=progress.accepted, Upload_Length=progress.length)


@bp.patch("/unggah/<uuid:upload_id>")
@fills_in
@takes_upload
def resume_upload(upload_id: UUID) -> Response:
    """Add a piece; after the last one the file waits to be examined, and its sender may go on."""
    progress = read_progress(upload_id, filler())
    start = _header_number("Upload-Offset")
    received = append_upload(progress, start, _chunks())
    if received == progress.length and not progress.received:
        _finish(progress, start)
    return _answer(204, Upload_Offset=received)


def _finish(progress: Progress, start: int) -> None:
    try:
        finish_upload(progress, actor=me().person_id, session_id=me().session_id, now=now())
    except BerkasRefused:
        raise
    except AlurIzinError:  # for another reason than the file: a sender who asks how far it came must not hear "all"
        give_back(progress, start)
        raise


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
    return _metadata("filename") or "berkas"


def _metadata(name: str) -> str:
    """A value out of ``filename <base64>, …``; empty when it is not there."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == name:
            try:
                return checked_text(b64decode(value, validate=True).decode())
            except ValueError:
                abort(400)
    return ""


def _answer(status: int, **headers: object) -> Response:
    response = Response(status=status)
    response.headers["Tus-Resumable"] = "1.0.0"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response
