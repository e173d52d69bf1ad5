"""Letters made of a file: the receipt, and what desks make of their forms. The same file gives the same bytes.

A worker makes them; a page asks for the letter as the file reads now, and gets it if it is made.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.documents.context import Handed, PaperFacts, naskah_context
from pipeline.documents.derived import note, noted
from pipeline.documents.errors import NotReadyYet
from pipeline.documents.qr import qr_png
from pipeline.documents.template.render import render
from pipeline.documents.template.templates import names_used, templat
from pipeline.errors import BerkasErased, NotAllowedYet, NotFound
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.kantor.office import kantor
from pipeline.models import Permohonan
from pipeline.queries.opening import papers_of_trial
from pipeline.rules.form.desk_form import read, read_list
from pipeline.sealing.keys import read_keys
from pipeline.sealing.nik import open_nik
from pipeline.services.desk.naskah import registration
from pipeline.services.records.content import current_berkas, forms_of
from pipeline.services.records.intact import guard_letter
from pipeline.settings import settings
from pipeline.sop.naskah import Naskah
from pipeline.sop.registry import get_sop
from pipeline.sop.words import NaskahKind
from pipeline.storage import store


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as the file reads now. ``key`` is of its words and its template."""

    key: str
    permohonan_id: UUID
    _render: Callable[[], bytes]

    def ready(self) -> str:
        """The sha256 of its docx in the store. Raises NotReadyYet, BerkasErased."""
        if (sha256 := noted(self.key, self.permohonan_id)) is None:
            raise BerkasErased if store(self.permohonan_id).is_erased(self.key) else NotReadyYet
        return sha256

    def make(self) -> str:
        """Its docx in the store, made if need be; returns the sha256."""
        if (sha256 := noted(self.key, self.permohonan_id)) is None:
            sha256 = store(self.permohonan_id).put(self._render())
            note(self.key, sha256, self.permohonan_id)
        return sha256


def receipt(permohonan_id: UUID) -> Letter:
    """The tanda terima. Raises NotAllowedYet before the application was sent."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        naskah = get_sop(p.sop, p.sop_version).receipt
        if naskah is None or p.tracking_code is None or p.sent_at is None:
            raise NotAllowedYet("Tanda terima tersedia sesudah permohonan dikirim.")
        url = f"{settings().base_url}/lacak?nomor={p.nomor}"
        total = Counter(b.syarat for b in current_berkas(s, permohonan_id))
        handed = Handed(
            tracking_code=p.tracking_code, tracking_url=url, sent_at=p.sent_at, berkas=sorted(total.items())
        )
        trial = papers_of_trial(s.connection(), p.sent_at)
        return _letter(p, naskah, {}, handed, qr=lambda: qr_png(url), trial=trial)


def desk_paper(permohonan_id: UUID, code: str) -> Letter:
    """What a desk made of its form. Raises NotAllowedYet before there is one, NotFound for a paper no desk makes."""
    with unit_of_work() as s:
        p = _permohonan(s, permohonan_id)
        sop = get_sop(p.sop, p.sop_version)
        naskah = sop.paper(code)
        if naskah.kind is not NaskahKind.MEJA:
            raise NotFound
        forms, own = forms_of(s, permohonan_id), sop.form_at(naskah.langkah)
        if own is None or own.code not in forms:
            raise NotAllowedYet(f"{naskah.name} belum dibuat.")
        return _letter(p, naskah, forms, trial=papers_of_trial(s.connection(), p.sent_at))


def _permohonan(s: Session, permohonan_id: UUID) -> Permohonan:
    p = s.get(Permohonan, permohonan_id)
    if p is None:
        raise NotFound
    guard_letter(s, permohonan_id)
    return p


def _letter(
    p: Permohonan,
    naskah: Naskah,
    forms: Mapping[str, Json],
    handed: Handed | None = None,
    *,
    qr: Callable[[], bytes | None] = lambda: None,
    trial: bool,
) -> Letter:
    blank, title = templat(naskah.templat), f"{naskah.code} {p.nomor}"
    registered, content = registration(p.nomor, p.sent_at), open_nik(p.id, p.content)
    facts = PaperFacts(content=content, registration=registered, forms=forms, handed=handed, trial=trial)
    context = naskah_context(kantor(), get_sop(p.sop, p.sop_version), naskah, facts, names_used(blank))

    def make() -> bytes:
        read_keys(p.id)
        picture = {sha256: store(p.id).get(sha256) for f in read_list(context, "foto") if (sha256 := read(f, "gambar"))}
        return render(blank.payload, context, qr=qr(), title=title, picture=picture)

    return Letter(digest({"konteks": context, "templat": blank.sha256, "judul": title}), p.id, make)
