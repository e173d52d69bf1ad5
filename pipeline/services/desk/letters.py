"""Letters made of a file: receipt, BAP, Rekomendasi. The same file gives the same bytes.

A worker makes them; a page asks for the letter as the file reads now, and gets it if it is made.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.documents.context import bap_context, receipt_context, rekomendasi_context
from pipeline.documents.derived import note, noted
from pipeline.documents.errors import NotReadyYet
from pipeline.documents.qr import qr_png
from pipeline.documents.template.render import render
from pipeline.documents.template.templates import templat
from pipeline.errors import NotAllowedYet, NotFound
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.kantor import kantor
from pipeline.models import Permohonan
from pipeline.rules.form.bap import read_list
from pipeline.services.desk.naskah import registration
from pipeline.services.records.content import bap_of, current_berkas
from pipeline.services.records.intact import guard_letter
from pipeline.settings import settings
from pipeline.sop.registry import get_sop
from pipeline.storage import store


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as the file reads now. ``key`` is of its words and its template."""

    key: str
    _render: Callable[[], bytes]

    def ready(self) -> str:
        """The sha256 of its docx in the store. Raises NotReadyYet."""
        if (sha256 := noted(self.key)) is None:
            raise NotReadyYet
        return sha256

    def make(self) -> str:
        """Its docx in the store, made if need be; returns the sha256."""
        if (sha256 := noted(self.key)) is None:
            sha256 = store().put(self._render())
            note(self.key, sha256)
        return sha256


def receipt(permohonan_id: UUID) -> Letter:
    """The tanda terima. Raises NotAllowedYet before the application was sent."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        if p.nomor is None or p.kode_lacak is None or p.sent_at is None:
            raise NotAllowedYet("Tanda terima tersedia sesudah permohonan dikirim.")
        url = f"{settings().base_url}/lacak?nomor={p.nomor}"
        jumlah = Counter(b.syarat for b in current_berkas(s, permohonan_id))
        konteks = receipt_context(
            kantor(settings().kantor), get_sop(p.sop, p.sop_version), p.isi, nomor=p.nomor, kode_lacak=p.kode_lacak,
            sent_at=p.sent_at, berkas=sorted(jumlah.items()), url_lacak=url,
        )  # fmt: skip
        return _letter(p, "tanda_terima", konteks, qr=lambda: qr_png(url))


def field_report(permohonan_id: UUID, jenis: str) -> Letter:
    """The 'bap' or 'rekomendasi'. Raises NotAllowedYet before there is one."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        isi = bap_of(s, permohonan_id)
        if isi is None:
            raise NotAllowedYet("BAP Lapangan belum dibuat.")
        make = bap_context if jenis == "bap" else rekomendasi_context
        pendaftaran = registration(p.nomor, p.sent_at)
        konteks = make(kantor(settings().kantor), get_sop(p.sop, p.sop_version), p.isi, isi, pendaftaran=pendaftaran)
        foto = [str(f["sha256"]) for f in read_list(isi, "foto")] if jenis == "bap" else []
        return _letter(p, jenis, konteks, foto=foto)


def _permohonan(s: Session, permohonan_id: UUID) -> Permohonan:
    p = s.get(Permohonan, permohonan_id)
    if p is None:
        raise NotFound
    guard_letter(s, permohonan_id)
    return p


def _letter(
    p: Permohonan,
    jenis: str,
    konteks: Json,
    *,
    qr: Callable[[], bytes | None] = lambda: None,
    foto: Sequence[str] = (),
) -> Letter:
    blank, judul = templat(get_sop(p.sop, p.sop_version).naskah.templat[jenis]), f"{jenis} {p.nomor}"

    def make() -> bytes:
        gambar = {sha256: store().get(sha256) for sha256 in foto}
        return render(blank.payload, konteks, qr=qr(), judul=judul, gambar=gambar)

    return Letter(digest({"konteks": konteks, "templat": blank.sha256, "judul": judul}), make)
