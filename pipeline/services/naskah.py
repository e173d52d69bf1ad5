"""Drafting the SK or the surat penolakan under the file's lock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.documents.context import Pendaftaran, penolakan_context, sk_context
from pipeline.documents.final import draft_final
from pipeline.documents.pdf import available_engine
from pipeline.documents.render import render
from pipeline.documents.templates import Templat, templat
from pipeline.errors import BelumBoleh
from pipeline.hashing import digest
from pipeline.kantor import kantor
from pipeline.models import Draft
from pipeline.models.base import Json
from pipeline.services.content import bap_of
from pipeline.services.locking import File
from pipeline.services.record import pictures_owed, record
from pipeline.settings import settings
from pipeline.sop import Arah
from pipeline.storage import store
from pipeline.tanggal import tanggal_di

TANPA_TAMBAHAN: Json = {"pertimbangan": "", "tembusan": []}


def write_draft(s: Session, file: File, tambahan: Json | None, *, penyusun: UUID | None, now: datetime) -> bool:
    """Draft anew from what the file says now. Returns False, writing nothing, when the draft in force says it.

    ``tambahan`` None keeps the additions of the draft in force. Legal gate: without a Rekomendasi, no draft; it is what
    sets the direction, where the SOP has one.
    """
    if file.arah is None:
        raise BelumBoleh("Draft baru dapat disusun sesudah ada Rekomendasi Dinas Teknis.")
    berlaku = s.scalar(select(Draft).where(Draft.permohonan_id == file.permohonan_id, Draft.batal_pada.is_(None)))
    tambahan = tambahan if tambahan is not None else (berlaku.tambahan if berlaku else TANPA_TAMBAHAN)
    naskah = _compose(file, bap_of(s, file.permohonan_id) or {}, tambahan)
    if berlaku is not None and berlaku.naskah_hash == naskah.naskah_hash:
        return False
    _replace(s, file, naskah, tambahan, penyusun, now)
    return True


@dataclass(frozen=True, slots=True)
class _Naskah:
    """What a draft says, before it is rendered."""

    jenis: str
    konteks: Json
    blanko: Templat
    naskah_hash: str


def _compose(file: File, bap: Json, tambahan: Json) -> _Naskah:
    jenis, make = ("sk", sk_context) if file.arah == Arah.TERBIT else ("penolakan", penolakan_context)
    pendaftaran = registration(file.nomor, file.dikirim_pada)
    konteks = make(kantor(settings().kantor), file.sop, file.isi, bap, tambahan, pendaftaran=pendaftaran)
    blanko = templat(file.sop.naskah.templat[jenis])
    naskah_hash = digest({"konteks": konteks, "templat": blanko.sha256, "isi": file.isi_hash})
    return _Naskah(jenis, konteks, blanko, naskah_hash)


def registration(nomor: str | None, dikirim_pada: datetime | None) -> Pendaftaran:
    """Number and local date an application was handed in under. Raises BelumBoleh for a draft."""
    if nomor is None or dikirim_pada is None:
        raise BelumBoleh("Permohonan ini belum dikirim.")
    return Pendaftaran(nomor, tanggal_di(dikirim_pada))


def _replace(s: Session, file: File, naskah: _Naskah, tambahan: Json, penyusun: UUID | None, now: datetime) -> None:
    """Void the draft in force, with every approval bound to it, and put the new one in its place."""
    of_file = Draft.permohonan_id == file.permohonan_id
    dulu = s.scalar(select(func.count()).where(of_file)) or 0
    s.execute(update(Draft).where(of_file, Draft.batal_pada.is_(None)).values(batal_pada=now))
    draft_id = uuid4()
    docx = render(naskah.blanko.konten, {**naskah.konteks, **draft_final()}, judul=f"Draf {file.nomor}")
    draft = insert(Draft).values(
        id=draft_id, permohonan_id=file.permohonan_id, nomor_draft=dulu + 1, jenis=naskah.jenis, konteks=naskah.konteks,
        templat=naskah.blanko.nama, templat_sha256=store().put(naskah.blanko.konten), isi_hash=file.isi_hash,
        naskah_hash=naskah.naskah_hash, mesin_pdf=available_engine(settings().mesin_pdf),
        docx_sha256=store().put(docx), tambahan=tambahan, penyusun_id=penyusun, dibuat_pada=now,
    )  # fmt: skip
    pictures = pictures_owed(file.permohonan_id, f"pratinjau:{draft_id}", now)
    data: Json = {"draft": str(draft_id), "jenis": naskah.jenis, "naskah_hash": naskah.naskah_hash}
    record(s, file, "naskah", data, oleh=penyusun, peran=file.peran, now=now, also=(draft, pictures))
    file.draft_id, file.naskah_hash, file.penyusun_id = draft_id, naskah.naskah_hash, penyusun
