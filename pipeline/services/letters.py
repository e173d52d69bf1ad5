"""Letters made of a file when they are asked for: receipt, BAP, Rekomendasi. The same file gives the same bytes."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.bap import read_list
from pipeline.db import unit_of_work
from pipeline.documents.context import bap_context, rekomendasi_context, tanda_terima_context
from pipeline.documents.qr import qr_png
from pipeline.documents.render import render
from pipeline.documents.templates import templat
from pipeline.errors import BelumBoleh, TidakDitemukan
from pipeline.kantor import kantor
from pipeline.models import Permohonan
from pipeline.models.base import Json
from pipeline.services.content import bap_of, current_berkas
from pipeline.services.intact import guard_letter
from pipeline.services.naskah import registration
from pipeline.settings import settings
from pipeline.sops import get_sop
from pipeline.storage import store

_NONE: Mapping[str, bytes] = {}


def receipt(permohonan_id: UUID) -> str:
    """The tanda terima as docx; returns its sha256 in the store. Raises BelumBoleh before the application was sent."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        if p.nomor is None or p.kode_lacak is None or p.dikirim_pada is None:
            raise BelumBoleh("Tanda terima tersedia sesudah permohonan dikirim.")
        url = f"{settings().base_url}/lacak?nomor={p.nomor}"
        jumlah = Counter(b.syarat for b in current_berkas(s, permohonan_id))
        konteks = tanda_terima_context(
            kantor(settings().kantor), get_sop(p.sop, p.sop_versi), p.isi, nomor=p.nomor, kode_lacak=p.kode_lacak,
            dikirim_pada=p.dikirim_pada, berkas=sorted(jumlah.items()), url_lacak=url,
        )  # fmt: skip
        return _make(p, "tanda_terima", konteks, qr=qr_png(url))


def field_report(permohonan_id: UUID, jenis: str) -> str:
    """The 'bap' or 'rekomendasi' as docx; returns its sha256 in the store. Raises BelumBoleh before there is one."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        isi = bap_of(s, permohonan_id)
        if isi is None:
            raise BelumBoleh("BAP Lapangan belum dibuat.")
        make = bap_context if jenis == "bap" else rekomendasi_context
        pendaftaran = registration(p.nomor, p.dikirim_pada)
        konteks = make(kantor(settings().kantor), get_sop(p.sop, p.sop_versi), p.isi, isi, pendaftaran=pendaftaran)
        foto = [str(f["sha256"]) for f in read_list(isi, "foto")] if jenis == "bap" else []
        return _make(p, jenis, konteks, gambar={sha256: store().get(sha256) for sha256 in foto})


def _permohonan(s: Session, permohonan_id: UUID) -> Permohonan:
    p = s.get(Permohonan, permohonan_id)
    if p is None:
        raise TidakDitemukan
    guard_letter(s, permohonan_id)
    return p


def _make(
    p: Permohonan, jenis: str, konteks: Json, *, qr: bytes | None = None, gambar: Mapping[str, bytes] = _NONE
) -> str:
    blanko = templat(get_sop(p.sop, p.sop_versi).naskah.templat[jenis])
    return store().put(render(blanko.konten, konteks, qr=qr, judul=f"{jenis} {p.nomor}", gambar=gambar))
