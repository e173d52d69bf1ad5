"""The decision form: what can be decided here, what was typed, and what the office says to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import DecidedAlready, DecisionRefused, InputInvalid, NaskahChanged, NotAllowedYet, TakenAlready
from pipeline.queries.desk.tugas import Sheet
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.rules.transitions import Keputusan, Request, Seen, Transition
from pipeline.services.desk.decide import decide
from pipeline.sop.values import SELESAI, KeputusanKind
from web.auth import petugas
from web.forms import Form, checked_text, posted, posted_fields, posted_version
from web.petugas import bp
from web.petugas.meja import acting_as, keputusan_choices, my_sheet
from web.petugas.tugas import tugas_page

CHANGED: tuple[type[DecisionRefused], ...] = (DecidedAlready, NaskahChanged, TakenAlready, NotAllowedYet)
REQUEST_KINDS = ("syarat", "isian")
ISIAN_KEPUTUSAN = ("keputusan", "ke", "alasan")


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What was posted, as typed and as the office reads it."""

    formulir: Form
    permintaan: tuple[Request, ...]
    seen: Seen

    def keputusan(self, lembar: Sheet) -> Keputusan:
        """The decision. Raises InputInvalid when it is not one this desk has, or contradicts what was ticked."""
        if errors := self._errors(lembar):
            raise InputInvalid(errors)
        jenis = KeputusanKind(self.formulir.text("keputusan"))
        back = jenis is KeputusanKind.KEMBALIKAN
        ke = self._target(lembar) if back else None
        requested = self.permintaan if ke == lembar.permohonan.sop.awal.kode else ()
        return Keputusan(jenis=jenis, alasan=self.formulir.text("alasan"), ke=ke, permintaan=requested)

    def _target(self, lembar: Sheet) -> str:
        only = lembar.langkah.kembali_ke[0] if len(lembar.langkah.kembali_ke) == 1 else ""
        return self.formulir.text("ke") or only

    def _errors(self, lembar: Sheet) -> Mapping[str, str]:
        jenis = self.formulir.text("keputusan")
        if jenis not in {p.nilai for p in keputusan_choices(lembar)}:
            return {"keputusan": "Pilih keputusan Anda."}
        if jenis == KeputusanKind.KEMBALIKAN:
            if self._target(lembar) not in lembar.langkah.kembali_ke:
                return {"ke": "Pilih ke mana berkas dikembalikan."}
        elif self.permintaan:
            kode = f"perlu-{self.permintaan[0].jenis}-{self.permintaan[0].kode}"
            return {kode: "Masih ada yang ditandai perlu diperbaiki. Hapus tandanya, atau pilih kembalikan."}
        return {}


@bp.post("/tugas/<uuid:tugas_id>/keputusan")
@petugas(*PERAN_PETUGAS)
def keputusan(tugas_id: UUID) -> Response:
    """Decide, and go on to the queue."""
    lembar, form = my_sheet(tugas_id), read_form()
    try:
        oleh = acting_as(lembar)
        transition = decide(tugas_id, form.keputusan(lembar), oleh=oleh, seen=form.seen, now=clock.now())
    except InputInvalid as error:
        formulir = replace(form.formulir, errors=_by_field(error))
        return make_response(tugas_page(lembar, formulir), 422)
    except CHANGED as error:
        return conflict_page(lembar, str(error), form.formulir.text("alasan"))
    flash(f"{lembar.permohonan.nomor} {_outcome(lembar, transition)}.")
    return redirect(url_for("petugas.antrean", peran=lembar.peran), 303)


def read_form() -> DecisionForm:
    """The posted decision form. Raises InputInvalid for text no database can hold."""
    values = posted_fields(*ISIAN_KEPUTUSAN)
    permintaan = []
    for name in request.form:
        word, _, rest = name.partition("-")
        jenis, _, kode = rest.partition("-")
        if word in {"perlu", "catatan"} and jenis in REQUEST_KINDS:
            values[checked_text(name)] = posted(name)
            if word == "perlu":
                permintaan.append(Request(jenis, checked_text(kode), posted(f"catatan-{jenis}-{kode}")))
    return DecisionForm(Form(values), tuple(permintaan), read_seen())


def read_seen() -> Seen:
    """What was on screen; a form without it has seen nothing, and is refused by the service."""
    return Seen(posted_version(), posted("naskah_hash") or None)


def conflict_page(lembar: Sheet, kalimat: str, teks: str = "", *, apa: str = "Keputusan") -> Response:
    """Somebody was faster, or the content changed: what happened, and what was typed, to copy."""
    latest = my_sheet(lembar.tugas_id)
    page = render_template("petugas/konflik.html", lembar=latest, kalimat=kalimat, teks=teks, apa=apa)
    return make_response(page, 409)


def _by_field(error: InputInvalid) -> dict[str, str]:
    """Sentences by field of this page: ``syarat.KTP`` is ``catatan-syarat-KTP``; those of the BAP, which has a page of
    its own, become one sentence at the decision."""
    sentences = {}
    for key, kalimat in error.errors.items():
        jenis, dot, kode = key.partition(".")
        if dot and jenis in REQUEST_KINDS:
            sentences[f"catatan-{jenis}-{kode}"] = kalimat
        elif key in ISIAN_KEPUTUSAN or key.startswith("perlu-"):
            sentences[key] = kalimat
    if others := len(error.errors) - len(sentences):
        sentences["keputusan"] = f"{error} ({others} isian)"
    return sentences or {"keputusan": str(error)}


def _outcome(lembar: Sheet, transition: Transition) -> str:
    if transition.ke == SELESAI:
        return "selesai"
    target: Peran = lembar.permohonan.sop[transition.ke].peran
    return f"{'dikembalikan' if transition.back else 'diteruskan'} ke {target.nama}"
