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
from web.petugas.keputusan import CHANGED, conflict_page
from web.petugas.meja import acting_as, my_sheet
from web.petugas.tugas import sheet_context

CONSIDERATION_LENGTH_AT_MOST = 2000
TEMBUSAN_AT_MOST, TEMBUSAN_LENGTH_AT_MOST = 15, 200


@bp.get("/tugas/<uuid:tugas_id>/draf")
@petugas(Peran.BACK_OFFICE)
def draf(tugas_id: UUID) -> str:
    """The draft with what it was made from."""
    lembar = _sheet(tugas_id)
    if not lembar.is_open:
        raise NotFound
    return _page(lembar, Form(_initial(lembar)))


@bp.post("/tugas/<uuid:tugas_id>/draf")
@petugas(Peran.BACK_OFFICE)
def redraft(tugas_id: UUID) -> Response:
    """Draft anew with the additions."""
    lembar, formulir = _sheet(tugas_id), Form(posted_fields("pertimbangan", "tembusan"))
    try:
        desk.redraft(tugas_id, _read_addition(formulir), oleh=acting_as(lembar), now=clock.now())
    except InputInvalid as error:
        return make_response(_page(lembar, Form(formulir.values, error.errors)), 422)
    except DocumentFailed as error:
        return make_response(_page(lembar, Form(formulir.values, {"pertimbangan": str(error)})), 422)
    except CHANGED as error:
        return conflict_page(lembar, str(error), "\n".join(map(formulir.text, formulir.values)).strip(), apa="Tambahan")
    flash("Draf disusun ulang.")
    return redirect(url_for("petugas.draf", tugas_id=tugas_id), 303)


@bp.get("/tugas/<uuid:tugas_id>/draf.docx")
@petugas(*PERAN_PETUGAS)
def draft_docx(tugas_id: UUID) -> Response:
    """The draft as Word has it."""
    lembar = my_sheet(tugas_id)
    if lembar.naskah is None or not lembar.is_open:
        raise NotFound
    return send_berkas(store().get(lembar.naskah.docx_sha256), f"draf-{lembar.permohonan.nomor}.docx", MIME["docx"])


def _sheet(tugas_id: UUID) -> Sheet:
    lembar = my_sheet(tugas_id)
    if lembar.peran is not Peran.BACK_OFFICE or lembar.permohonan.arah is None:
        raise NotFound
    return lembar


def _page(lembar: Sheet, formulir: Form) -> str:
    isi = read_content(lembar.permohonan)
    return render_template("petugas/draf.html", formulir=formulir, isi=isi, **sheet_context(lembar))


def _initial(lembar: Sheet) -> dict[str, str]:
    tambahan = lembar.naskah.tambahan if lembar.naskah else {}
    tembusan = tambahan.get("tembusan")
    return {
        "pertimbangan": str(tambahan.get("pertimbangan", "")),
        "tembusan": "\n".join(map(str, tembusan)) if isinstance(tembusan, list) else "",
    }


def _read_addition(formulir: Form) -> dict[str, object]:
    """The additions as the draft keeps them. Raises InputInvalid for what is too long."""
    pertimbangan = formulir.text("pertimbangan").replace("\r\n", "\n")
    tembusan = [line for b in formulir.text("tembusan").splitlines() if (line := b.strip())]
    errors = {}
    if len(pertimbangan) > CONSIDERATION_LENGTH_AT_MOST:
        errors["pertimbangan"] = f"Pertimbangan paling panjang {CONSIDERATION_LENGTH_AT_MOST} huruf."
    if len(tembusan) > TEMBUSAN_AT_MOST or any(len(t) > TEMBUSAN_LENGTH_AT_MOST for t in tembusan):
        errors["tembusan"] = (
            f"Tembusan paling banyak {TEMBUSAN_AT_MOST} baris, masing-masing {TEMBUSAN_LENGTH_AT_MOST} huruf."
        )
    for kode, teks in (("pertimbangan", pertimbangan), ("tembusan", "\n".join(tembusan))):
        if problem := unprintable(teks):
            errors[kode] = problem
    if errors:
        raise InputInvalid(errors)
    return {"pertimbangan": pertimbangan, "tembusan": tembusan}
