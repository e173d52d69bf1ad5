"""The langkah that drafts, in a person's hands: the data the letter uses, the letter, additions, drafting anew."""

from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.errors import DocumentFailed, InputInvalid, NotFound
from pipeline.kantor.office import desks
from pipeline.queries.desk.content import read_content
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.form.answers import unprintable
from pipeline.services.desk import claim as desk
from pipeline.sop.who_may import drafters
from pipeline.storage import store
from web.auth import petugas, sends_file
from web.forms import Form, posted_fields, redraw
from web.headers import MIME, send_berkas
from web.petugas import bp
from web.petugas.desk import acting_as, my_tugas
from web.petugas.keputusan import CHANGED, conflict_page
from web.petugas.tugas import tugas_context

CONSIDERATION_LENGTH_AT_MOST = 2000
TEMBUSAN_AT_MOST, TEMBUSAN_LENGTH_AT_MOST = 15, 200


@bp.get("/tugas/<uuid:tugas_id>/draf")
@petugas(*drafters())
@snapshot()
def draft(tugas_id: UUID) -> str:
    """The draft with what it was made from."""
    tugas = my_tugas(tugas_id)
    if not (tugas.is_open and tugas.langkah.drafts) or tugas.permohonan.arah is None:
        raise NotFound
    return _page(tugas, Form(_initial(tugas)))


@bp.post("/tugas/<uuid:tugas_id>/draf")
@petugas(*drafters())
def redraft(tugas_id: UUID) -> Response:
    """Draft anew with the additions."""
    # whatever desk it is: the service refuses, and the words are given back
    tugas, form = my_tugas(tugas_id), Form(posted_fields("pertimbangan", "tembusan"))
    try:
        desk.redraft(tugas_id, _read_addition(form), actor=acting_as(tugas), now=clock.now())
    except InputInvalid as error:
        return redraw(partial(_page, tugas), form, error)
    except DocumentFailed as error:
        return redraw(partial(_page, tugas), form, InputInvalid({"pertimbangan": str(error)}))
    except CHANGED as error:
        return conflict_page(tugas, str(error), "\n".join(map(form.text, form.values)).strip(), what="Tambahan")
    flash("Draf disusun ulang.")
    return redirect(url_for("petugas.draft", tugas_id=tugas_id), 303)


@bp.get("/tugas/<uuid:tugas_id>/draf.docx")
@petugas(*desks())
@sends_file
def draft_docx(tugas_id: UUID) -> Response:
    """The draft as Word has it."""
    tugas = my_tugas(tugas_id)
    if tugas.naskah is None or not tugas.is_open:
        raise NotFound
    content = store(tugas.permohonan.id).get(tugas.naskah.docx_sha256)
    return send_berkas(content, f"draf-{tugas.permohonan.nomor}.docx", MIME["docx"])


@snapshot()
def _page(tugas: DeskTugas, form: Form) -> str:
    content = read_content(tugas.permohonan)
    return render_template("petugas/draft.html", form=form, content=content, **tugas_context(tugas))


def _initial(tugas: DeskTugas) -> dict[str, str]:
    additions = tugas.naskah.additions if tugas.naskah else {}
    tembusan = additions.get("tembusan")
    return {
        "pertimbangan": str(additions.get("pertimbangan", "")),
        "tembusan": "\n".join(map(str, tembusan)) if isinstance(tembusan, list) else "",
    }


def _read_addition(form: Form) -> dict[str, object]:
    """The additions as the draft keeps them. Raises InputInvalid for what is too long."""
    consideration = form.text("pertimbangan").replace("\r\n", "\n")
    tembusan = [line for b in form.text("tembusan").splitlines() if (line := b.strip())]
    errors = {}
    if len(consideration) > CONSIDERATION_LENGTH_AT_MOST:
        errors["pertimbangan"] = f"Pertimbangan paling panjang {CONSIDERATION_LENGTH_AT_MOST} huruf."
    if len(tembusan) > TEMBUSAN_AT_MOST or any(len(t) > TEMBUSAN_LENGTH_AT_MOST for t in tembusan):
        errors["tembusan"] = (
            f"Tembusan paling banyak {TEMBUSAN_AT_MOST} baris, masing-masing {TEMBUSAN_LENGTH_AT_MOST} huruf."
        )
    for code, text in (("pertimbangan", consideration), ("tembusan", "\n".join(tembusan))):
        if problem := unprintable(text):
            errors[code] = problem
    if errors:
        raise InputInvalid(errors)
    return {"pertimbangan": consideration, "tembusan": tembusan}
