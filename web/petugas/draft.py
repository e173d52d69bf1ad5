"""Back Office step 5 in a person's hands: the data the letter uses, the letter, additions, drafting anew."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import DocumentFailed, InputInvalid, NotFound
from pipeline.queries.desk.content import read_content
from pipeline.queries.desk.tugas import Sheet
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.rules.form.answers import unprintable
from pipeline.services.desk import claim as desk
from pipeline.storage import store
from web.auth import petugas
from web.forms import Form, posted_fields
from web.headers import MIME, send_berkas
from web.petugas import bp
from web.petugas.desk import acting_as, my_sheet
from web.petugas.keputusan import CHANGED, conflict_page
from web.petugas.tugas import sheet_context

CONSIDERATION_LENGTH_AT_MOST = 2000
TEMBUSAN_AT_MOST, TEMBUSAN_LENGTH_AT_MOST = 15, 200


@bp.get("/tugas/<uuid:tugas_id>/draf")
@petugas(Peran.BACK_OFFICE)
def draft(tugas_id: UUID) -> str:
    """The draft with what it was made from."""
    sheet = _sheet(tugas_id)
    if not sheet.is_open:
        raise NotFound
    return _page(sheet, Form(_initial(sheet)))


@bp.post("/tugas/<uuid:tugas_id>/draf")
@petugas(Peran.BACK_OFFICE)
def redraft(tugas_id: UUID) -> Response:
    """Draft anew with the additions."""
    sheet, form = _sheet(tugas_id), Form(posted_fields("pertimbangan", "tembusan"))
    try:
        desk.redraft(tugas_id, _read_addition(form), actor=acting_as(sheet), now=clock.now())
    except InputInvalid as error:
        return make_response(_page(sheet, Form(form.values, error.errors)), 422)
    except DocumentFailed as error:
        return make_response(_page(sheet, Form(form.values, {"pertimbangan": str(error)})), 422)
    except CHANGED as error:
        return conflict_page(sheet, str(error), "\n".join(map(form.text, form.values)).strip(), what="Tambahan")
    flash("Draf disusun ulang.")
    return redirect(url_for("petugas.draft", tugas_id=tugas_id), 303)


@bp.get("/tugas/<uuid:tugas_id>/draf.docx")
@petugas(*PERAN_PETUGAS)
def draft_docx(tugas_id: UUID) -> Response:
    """The draft as Word has it."""
    sheet = my_sheet(tugas_id)
    if sheet.naskah is None or not sheet.is_open:
        raise NotFound
    return send_berkas(store().get(sheet.naskah.docx_sha256), f"draf-{sheet.permohonan.nomor}.docx", MIME["docx"])


def _sheet(tugas_id: UUID) -> Sheet:
    sheet = my_sheet(tugas_id)
    if sheet.peran is not Peran.BACK_OFFICE or sheet.permohonan.arah is None:
        raise NotFound
    return sheet


def _page(sheet: Sheet, form: Form) -> str:
    content = read_content(sheet.permohonan)
    return render_template("petugas/draft.html", form=form, content=content, **sheet_context(sheet))


def _initial(sheet: Sheet) -> dict[str, str]:
    additions = sheet.naskah.additions if sheet.naskah else {}
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
