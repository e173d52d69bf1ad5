"""What a worker makes of a file before anybody asks for it: its pictures, its PDFs, and a look at what it hands in."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import String, cast, func, insert, literal, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.disk import make_folder
from pipeline.documents.derived import cache_folder, examined, make_images, make_pdf
from pipeline.documents.pdf.engine import available_engine
from pipeline.errors import BerkasErased, NotAllowedYet, NotFound
from pipeline.json import Json
from pipeline.models import Berkas, Draft, Outbox, Permohonan
from pipeline.rules.form.desk_form import read, read_list
from pipeline.sealing.keys import read_keys
from pipeline.services.desk.letters import desk_paper, receipt
from pipeline.services.records.content import forms_of
from pipeline.services.records.record import PICTURES, UPLOADED
from pipeline.settings import PdfEngine, settings
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Sop

ROUND_SECONDS: Final = 40.0  # of work on one file before others get their turn; its task may run for 90

Work = Callable[[], object]


def make_pictures(outbox_id: int, _now: datetime) -> None:
    """Make what a file lacks. No transaction is open meanwhile; what does not fit into a round is owed again."""
    with unit_of_work() as s:
        row = s.execute(
            select(Outbox.permohonan_id, Outbox.key, Permohonan.sop, Permohonan.sop_version)
            .join(Permohonan, Permohonan.id == Outbox.permohonan_id)
            .where(Outbox.id == outbox_id, Outbox.closed_at.is_(None))
        ).first()
        if row is None:
            return
        forms = forms_of(s, row.permohonan_id)
        papers = list(_papers(s, row.permohonan_id, forms))
    read_keys(row.permohonan_id)
    codes = _begun(get_sop(row.sop, row.sop_version), forms)
    letters = iter(()) if row.key.startswith(UPLOADED) else _letters(row.permohonan_id, codes)
    finished = _carry_out(chain(letters, papers))  # who has just sent it waits for the receipt
    done = {"closed_at": real_now()} if finished else {"delivered_at": None, "attempts": 0}
    with unit_of_work() as s:
        s.execute(update(Outbox).where(Outbox.id == outbox_id).values(done))


def owe_pictures_again(*, now: datetime) -> None:
    """After the cache was deleted (or a backup restored): every open file owes its pictures once more."""
    stamp = cache_folder() / "lengkap"
    if stamp.exists():
        return
    key = func.concat(f"{PICTURES}:ulang:{uuid4()}:", cast(Permohonan.id, String))
    task, antrean = literal(PICTURES), literal("dokumen")
    rows = select(task, antrean, key, Permohonan.id, literal(now)).where(Permohonan.closed_at.is_(None))
    with unit_of_work() as s:
        s.execute(insert(Outbox).from_select(["task", "antrean", "key", "permohonan_id", "created_at"], rows))
        s.execute(select(func.pg_notify("outbox", "")))
    make_folder(stamp.parent)
    stamp.touch()


def _carry_out(works: Iterator[Work]) -> bool:
    """Whether all of them could be looked after in this round."""
    end = time.monotonic() + ROUND_SECONDS
    for work in works:
        if time.monotonic() > end:
            return False
        with suppress(NotFound, BerkasErased):
            work()
    return True


def _begun(sop: Sop, forms: Mapping[str, Json]) -> list[str]:
    """The papers of desks that have filled in what they are made of."""
    filled = {form.langkah for form in sop.forms if form.code in forms}
    return [naskah.code for naskah in sop.desk_papers if naskah.langkah in filled]


def _papers(s: Session, permohonan_id: UUID, forms: Mapping[str, Json]) -> Iterator[Work]:
    """What was handed in, the photos of desks, and the draft in force."""
    berkas = select(Berkas.sha256, Berkas.kind).where(Berkas.permohonan_id == permohonan_id)
    for b in s.execute(berkas.order_by(Berkas.uploaded_at.desc())):
        yield partial(make_images, b.sha256, b.kind, owner=permohonan_id)
        yield partial(examined, b.sha256, b.kind, owner=permohonan_id)
    for photo in (p for content in forms.values() for p in read_list(content, "foto")):
        yield partial(make_images, read(photo, "sha256"), read(photo, "jenis"), owner=permohonan_id)
    draft = select(Draft.docx_sha256, Draft.pdf_engine).where(
        Draft.permohonan_id == permohonan_id, Draft.voided_at.is_(None)
    )
    for d in s.execute(draft):
        yield partial(make_images, d.docx_sha256, "docx", PdfEngine(d.pdf_engine), owner=permohonan_id)


def _letters(permohonan_id: UUID, codes: Sequence[str]) -> Iterator[Work]:
    """The letters made of the file so far; of the receipt the PDF alone is asked for."""
    with suppress(NotAllowedYet):
        make_pdf(receipt(permohonan_id).make(), available_engine(settings().pdf_engine), permohonan_id)
    for code in codes:
        with suppress(NotAllowedYet):
            yield partial(make_images, desk_paper(permohonan_id, code).make(), "docx", owner=permohonan_id)
