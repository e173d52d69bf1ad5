"""The form, one page per bagian. Empty answers are fine in a draft; wrong ones are refused where they stand."""

from collections.abc import Iterable
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.isian import IsianSalah, parse_isian
from pipeline.queries.pemohon import PermohonanSaya, permohonan_saya
from pipeline.services.draft import save_isian
from pipeline.sop import Bagian, Isian, JenisIsian
from web.auth import pemohon, saya
from web.forms import Formulir, banyak, teks
from web.pemohon import bp
from web.pemohon.kemajuan import bagian_terbuka, ubahan
from web.tampilan import nomor_telepon

Nilai = str | tuple[str, ...]


@bp.get("/permohonan/<uuid:permohonan_id>/isian/<bagian>")
@pemohon
def isian(permohonan_id: UUID, bagian: str) -> Response:
    """One page of the form."""
    p = permohonan_saya(permohonan_id, saya().orang_id)
    if not p.bisa_diisi:
        return redirect(url_for(".permohonan", permohonan_id=p.id))
    return _halaman(p, _bagian(p, bagian), Formulir(tersimpan(p)))


@bp.post("/permohonan/<uuid:permohonan_id>/isian/<bagian>")
@pemohon
def simpan_isian(permohonan_id: UUID, bagian: str) -> Response:
    """Keep the page, and go on; a page that asks more because of an answer comes again."""
    p = permohonan_saya(permohonan_id, saya().orang_id)
    halaman = _bagian(p, bagian)
    ditanya = ubahan(p, halaman.kode)
    nilai, galat = baca(ditanya)
    try:
        save_isian(p.id, {k: v for k, v in nilai.items() if k not in galat}, oleh=saya().orang_id, now=now())
    except InputInvalid as ditolak:
        galat |= ditolak.errors or {"": str(ditolak)}
    if galat:
        return _halaman(p, halaman, Formulir({**tersimpan(p), **nilai}, galat), 422)
    return redirect(_berikutnya(permohonan_saya(p.id, saya().orang_id), halaman, ditanya), 303)


def baca(ditanya: Iterable[Isian]) -> tuple[dict[str, Nilai], dict[str, str]]:
    """The posted answers: cleaned where they can be, as typed where they are wrong; and what is wrong with them."""
    nilai: dict[str, Nilai] = {}
    galat: dict[str, str] = {}
    for satu in ditanya:
        mentah = banyak(satu.kode) if satu.jenis is JenisIsian.BANYAK else teks(satu.kode)
        try:
            nilai[satu.kode] = parse_isian(satu, mentah)
        except IsianSalah as salah:
            nilai[satu.kode], galat[satu.kode] = mentah, str(salah)
    return nilai, galat


def tersimpan(p: PermohonanSaya) -> dict[str, Nilai]:
    """The answers as the form shows them again: telephone numbers the way people write them."""
    nomor = {f.kode for f in p.sop.isian if f.jenis is JenisIsian.TELEPON}
    return {k: nomor_telepon(v) if k in nomor and isinstance(v, str) else v for k, v in p.data.items()}


def _bagian(p: PermohonanSaya, kode: str) -> Bagian:
    bagian = next((b for b in p.sop.bagian if b.kode == kode), None)
    return bagian or abort(404)


def _halaman(p: PermohonanSaya, bagian: Bagian, formulir: Formulir, status: int = 200) -> Response:
    urutan = bagian_terbuka(p)
    nomor = urutan.index(bagian) + 1 if bagian in urutan else 0
    konteks = {"p": p, "bagian": bagian, "isian": ubahan(p, bagian.kode), "nomor": nomor, "banyak": len(urutan)}
    return make_response(render_template("pemohon/isian.html", formulir=formulir, **konteks), status)


def _berikutnya(p: PermohonanSaya, bagian: Bagian, ditanya: tuple[Isian, ...]) -> str:
    """The next page; this one again when an answer brought new questions; the overview when asked for."""
    if request.form.get("lalu") == "nanti":
        return url_for(".permohonan", permohonan_id=p.id)
    if baru := [f for f in ubahan(p, bagian.kode) if f not in ditanya]:
        return url_for(".isian", permohonan_id=p.id, bagian=bagian.kode, _anchor=baru[0].kode)
    if request.args.get("dari") == "periksa":
        return url_for(".periksa", permohonan_id=p.id)
    urutan = bagian_terbuka(p)
    sesudah = urutan[urutan.index(bagian) + 1 :] if bagian in urutan else ()
    if sesudah and not p.perbaikan:
        return url_for(".isian", permohonan_id=p.id, bagian=sesudah[0].kode)
    return url_for(".permohonan" if p.perbaikan else ".dokumen", permohonan_id=p.id)
