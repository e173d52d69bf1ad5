"""The file page: documents and checklist, what is decided on, the decision and the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.documents.derived import known_page_count
from pipeline.json import Json
from pipeline.kantor.office import desks
from pipeline.queries.desk.content import (
    DocumentAsked,
    IsianAnswer,
    read_content,
    read_forms,
    read_paraf,
    read_received_photos,
    read_signature,
)
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.form.desk_form import answers, check_form, conclusion, read_list
from pipeline.rules.verification.facts import CheckResult
from pipeline.services.people.access import record_access
from pipeline.settings import PdfEngine
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Isian
from pipeline.sop.values import CaseData, Sop
from pipeline.sop.words import IsianKind
from web.auth import me, petugas, today
from web.forms import Form
from web.petugas import bp
from web.petugas.desk import acting_as, keputusan_choices, mask_nik, my_tugas, return_targets, time_left

#: What a document's state is called, with the colour of its tag; what is in order needs none.
DOCUMENT_WORDS = {
    "lulus": ("Lulus", ""),
    "gagal": ("Gagal", "red"),
    "petugas": ("Perlu dilihat", "yellow"),
    "": ("Belum diperiksa", "grey"),
    "kosong": ("Tidak ada", "grey"),
    "diganti": ("Diganti pemohon", "blue"),
}


@dataclass(frozen=True, slots=True)
class FormSummary:
    """The form of a desk in a few words, and how many fields still keep it from being sent."""

    form: DeskForm
    conclusion: str
    lines: tuple[tuple[Isian, str | tuple[str, ...]], ...]  # those repeated to who decides later
    photo: int
    waiting: int  # photos that are still examined
    lacking: int


@dataclass(frozen=True, slots=True)
class DataPart:
    """The answers of one page of the form."""

    title: str
    line: tuple[IsianAnswer, ...]

    @property
    def troubled(self) -> bool:
        return any(j.troubled for j in self.line)

    @property
    def has_nik(self) -> bool:
        return any(j.isian.kind is IsianKind.NIK for j in self.line)


@bp.get("/tugas/<uuid:tugas_id>")
@petugas(*desks())
def tugas(tugas_id: UUID) -> str | Response:
    """The file on my desk; once it was decided, its read-only page."""
    shows_nik = _look_at_nik(tugas_id)
    with snapshot():
        tugas = my_tugas(tugas_id)
        if not tugas.is_open:
            return redirect(url_for("petugas.permohonan", permohonan_id=tugas.permohonan.id))
        if tugas.permohonan.sop.fills(tugas.langkah):
            return redirect(url_for("pemohon.permohonan", permohonan_id=tugas.permohonan.id))
        return tugas_page(tugas, Form(), shows_nik=shows_nik)


@snapshot()
def tugas_page(tugas: DeskTugas, form: Form, *, shows_nik: bool = False) -> str:
    """The page, with the decision form as it was typed."""
    permohonan, content = tugas.permohonan, read_content(tugas.permohonan)
    return render_template(
        "petugas/approval.html" if tugas.langkah.approval else "petugas/desk.html",
        form=form,
        content=content,
        data_parts=_parts(permohonan.sop, content.isian),
        document_titles=document_words,
        view_nik=shows_nik,
        shown_value=attrgetter("value") if shows_nik else mask_nik,
        chosen=_shown_first(content.document),
        checked=sum(d.result == CheckResult.LULUS for d in content.document),
        ask_pemohon=any(permohonan.sop.fills(permohonan.sop[code]) for code in tugas.langkah.returns_to),
        **tugas_context(tugas),
    )


def tugas_context(tugas: DeskTugas) -> dict[str, object]:
    """What every page about a file on a desk shows around its own matter."""
    permohonan = tugas.permohonan
    return {
        "tugas": tugas,
        "permohonan": permohonan,
        "remaining": time_left(tugas, clock.now()),
        "riwayat": read_riwayat(permohonan.id, permohonan.sop),
        "choices": keputusan_choices(tugas),
        "targets": return_targets(tugas),
        "forms": summarize_forms(tugas),
        "form_here": permohonan.sop.form_at(tugas.langkah.code),
        "paraf": read_paraf(permohonan.id, permohonan.sop) if tugas.naskah else (),
        "naskah_pages": count_pages(tugas),
        "signature": read_signature(permohonan.id, now=clock.now()),
        "drafts_here": tugas.langkah.drafts,
        "is_mine": tugas.taker_id == me().person_id,
        "allowed": tugas.ready and tugas.taker_id in (None, me().person_id),
    }


def summarize_forms(tugas: DeskTugas) -> dict[str, FormSummary]:
    """The forms that desks have begun, and that of this desk, by their codes."""
    permohonan = tugas.permohonan
    kept, here = read_forms(permohonan.id), permohonan.sop.form_at(tugas.langkah.code)
    shown = [form for form in permohonan.sop.forms if form is here or form.code in kept]
    waiting = sum(photo.refusal is None for photo in read_received_photos(permohonan.id, tugas.tugas_id))
    return {
        form.code: _summary(form, kept.get(form.code, {}), permohonan.data, waiting if form is here else 0)
        for form in shown
    }


def _summary(form: DeskForm, content: Json, data: CaseData, waiting: int) -> FormSummary:
    given = answers(form, content)
    told = form.direction.isian if form.direction else ""
    brief = ((f, given.get(f.code, "")) for f in form.isian if f.brief and f.code != told)
    return FormSummary(
        form=form,
        conclusion=conclusion(form, content),
        lines=tuple((f, answer) for f, answer in brief if answer),
        photo=len(read_list(content, "foto")),
        waiting=waiting,
        lacking=len(check_form(form, content, data, today=today())),
    )


def count_pages(tugas: DeskTugas) -> int:
    """Pages of the draft that are drawn already; 0 while they are not. The page itself makes nobody wait for them."""
    if (naskah := tugas.naskah) is None:
        return 0
    engine, owner = PdfEngine(naskah.pdf_engine), tugas.permohonan.id
    return known_page_count(naskah.docx_sha256, "docx", engine, owner=owner) or 0


def document_words(document: DocumentAsked) -> tuple[str, str]:
    """The word and colour of a document's state."""
    if not document.berkas:
        return DOCUMENT_WORDS["kosong"]
    return DOCUMENT_WORDS["diganti" if document.replaced else document.result]


def _parts(sop: Sop, answers: Sequence[IsianAnswer]) -> list[DataPart]:
    """The pages of the form that ask something of this case."""
    of: dict[str, list[IsianAnswer]] = {}
    for answer in answers:
        of.setdefault(answer.isian.bagian, []).append(answer)
    return [DataPart(b.title, tuple(of[b.code])) for b in sop.bagian if b.code in of]


def _look_at_nik(tugas_id: UUID) -> bool:
    """Whether the full NIK was asked for; then the look is recorded before anything is read to be shown."""
    if request.args.get("lihat") != "nik":
        return False
    tugas = my_tugas(tugas_id)
    if not tugas.is_open:
        return False
    record_access(tugas.permohonan.id, "isian NIK", "memeriksa", actor=acting_as(tugas), now=clock.real_now())
    return True


def _shown_first(document: Sequence[DocumentAsked]) -> str:
    """The document shown first: the one asked for, else the first a person has to look at, else the first there is."""
    present = [d for d in document if d.berkas]
    asked = [d for d in present if d.code == request.args.get("dokumen")]
    doubtful = [d for d in present if d.result in {CheckResult.GAGAL, CheckResult.PETUGAS}]
    return next((d.code for d in (*asked, *doubtful, *present)), "")
