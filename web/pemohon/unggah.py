"""Resumable upload, the core of the tus 1.0 protocol: announce, ask how far, go on. Cut off is not lost."""

from base64 import b64decode
from binascii import Error as BukanBase64
from collections.abc import Iterator
from uuid import UUID

from flask import Response, abort, request, url_for
from werkzeug.exceptions import ClientDisconnected

from pipeline.clock import now
from pipeline.errors import BerkasDitolak
from pipeline.services.draft import add_berkas
from pipeline.services.unggah import (
    Bagian,
    append_unggahan,
    bagian_unggahan,
    drop_unggahan,
    start_unggahan,
    take_unggahan,
)
from web.auth import pemohon, saya, unggah
from web.pemohon import bp

POTONGAN = 64 * 1024


@bp.post("/permohonan/<uuid:permohonan_id>/unggah/<syarat>")
@pemohon
def mulai_unggah(permohonan_id: UUID, syarat: str) -> Response:
    """Announce a file; refused here when it is too large, before a byte has travelled."""
    panjang = _bilangan("Upload-Length")
    unggahan_id = start_unggahan(permohonan_id, syarat, _nama(), panjang, oleh=saya().orang_id, now=now())
    return _jawab(201, Location=url_for(".lanjut_unggah", unggahan_id=unggahan_id))


@bp.route("/unggah/<uuid:unggahan_id>", methods=["HEAD"], endpoint="sampai_mana")
@pemohon
def sampai_mana(unggahan_id: UUID) -> Response:
    """How far it has come."""
    bagian = bagian_unggahan(unggahan_id, oleh=saya().orang_id)
    return _jawab(200, Upload_Offset=bagian.diterima, Upload_Length=bagian.panjang)


@bp.patch("/unggah/<uuid:unggahan_id>")
@pemohon
@unggah
def lanjut_unggah(unggahan_id: UUID) -> Response:
    """Add a piece; after the last one the file is checked and becomes a document of the application."""
    bagian = bagian_unggahan(unggahan_id, oleh=saya().orang_id)
    diterima = append_unggahan(bagian, _bilangan("Upload-Offset"), _potongan())
    if diterima < bagian.panjang:
        return _jawab(204, Upload_Offset=diterima)
    _jadikan_berkas(bagian)
    return _jawab(204, Upload_Offset=diterima)


def _jadikan_berkas(bagian: Bagian) -> None:
    konten = take_unggahan(bagian)
    try:
        add_berkas(bagian.permohonan_id, bagian.syarat, bagian.nama, konten, oleh=saya().orang_id, now=now())
    except BerkasDitolak:
        drop_unggahan(bagian.id)
        raise
    drop_unggahan(bagian.id)


def _potongan() -> Iterator[bytes]:
    """The body as it comes; a phone that loses its signal ends it early, and what came is kept."""
    try:
        while isi := request.stream.read(POTONGAN):
            yield isi
    except ClientDisconnected:
        return


def _bilangan(nama: str) -> int:
    teks = request.headers.get(nama, "")
    if not (teks.isascii() and teks.isdigit() and len(teks) < 12):
        abort(400)
    return int(teks)


def _nama() -> str:
    """The file's name out of ``filename <base64>, …``."""
    for pasangan in request.headers.get("Upload-Metadata", "").split(","):
        kunci, _, nilai = pasangan.strip().partition(" ")
        if kunci == "filename":
            try:
                return b64decode(nilai, validate=True).decode()
            except (BukanBase64, UnicodeDecodeError):
                abort(400)
    return "berkas"


def _jawab(status: int, **kepala: object) -> Response:
    response = Response(status=status)
    response.headers["Tus-Resumable"] = "1.0.0"
    for nama, nilai in kepala.items():
        response.headers[nama.replace("_", "-")] = str(nilai)
    return response
