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
from pipeline.models import Permohonan
from pipeline.office import kantor
from pipeline.rules.form.bap import read_list
from pipeline.services.desk.naskah import registration
from pipeline.services.records.content import bap_of, current_berkas
from pipeline.services.records.intact import guard_letter
from pipeline.settings import settings
from pipeline.sop.registry import get_sop
from pipeline.sop.words import NaskahKind
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
        if p.nomor is None or p.tracking_code is None or p.sent_at is None:
            raise NotAllowedYet("Tanda terima tersedia sesudah permohonan dikirim.")
        url = f"{settings().base_url}/lacak?nomor={p.nomor}"
        total = Counter(b.syarat for b in current_berkas(s, permohonan_id))
        context = receipt_context(
            kantor(),
            get_sop(p.sop, p.sop_version),
            p.content,
            nomor=p.nomor,
            tracking_code=p.tracking_code,
            sent_at=p.sent_at,
            berkas=sorted(total.items()),
            tracking_url=url,
        )
        return _letter(p, NaskahKind.TANDA_TERIMA, context, qr=lambda: qr_png(url))


def field_report(permohonan_id: UUID, kind: str) -> Letter:
    """The 'bap' or 'rekomendasi'. Raises NotAllowedYet before there is one."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        content = bap_of(s, permohonan_id)
        if content is None:
            raise NotAllowedYet("BAP Lapangan belum dibuat.")
        make = bap_context if kind == NaskahKind.BAP else rekomendasi_context
        registered = registration(p.nomor, p.sent_at)
        context = make(kantor(), get_sop(p.sop, p.sop_version), p.content, content, registration=registered)
        photo = [str(f["sha256"]) for f in read_list(content, "foto")] if kind == NaskahKind.BAP else []
        return _letter(p, kind, context, photo=photo)


def _permohonan(s: Session, permohonan_id: UUID) -> Permohonan:
    p = s.get(Permohonan, permohonan_id)
    if p is None:
        raise NotFound
    guard_letter(s, permohonan_id)
    return p


def _letter(
    p: Permohonan,
    kind: str,
    context: Json,
    *,
    qr: Callable[[], bytes | None] = lambda: None,
    photo: Sequence[str] = (),
) -> Letter:
    blank, title = templat(get_sop(p.sop, p.sop_version).naskah.templat[kind]), f"{kind} {p.nomor}"

    def make() -> bytes:
        picture = {sha256: store().get(sha256) for sha256 in photo}
        return render(blank.payload, context, qr=qr(), title=title, picture=picture)

    return Letter(digest({"konteks": context, "templat": blank.sha256, "judul": title}), make)
