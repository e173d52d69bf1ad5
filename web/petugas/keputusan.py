"""The decision form: what can be decided here, what was typed, and what the office says to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import DecidedAlready, DecisionRefused, InputInvalid, NaskahChanged, NotAllowedYet, TakenAlready
from pipeline.kantor.office import desks
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.transitions import Keputusan, Request, Seen, Transition
from pipeline.services.desk.decide import decide
from pipeline.sop.values import DONE
from pipeline.sop.words import About, KeputusanKind
from pipeline.text import joined
from web.auth import petugas
from web.forms import Form, checked_text, posted, posted_fields, posted_version, redraw, sentences_of
from web.petugas import bp
from web.petugas.desk import acting_as, keputusan_choices, my_tugas
from web.petugas.tugas import tugas_page

CHANGED: tuple[type[DecisionRefused], ...] = (DecidedAlready, NaskahChanged, TakenAlready, NotAllowedYet)
REQUEST_KINDS = (About.SYARAT, About.ISIAN)
ISIAN_KEPUTUSAN = ("keputusan", "ke", "alasan")


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What was posted, as typed and as the office reads it."""

    typed: Form
    requests: tuple[Request, ...]
    seen: Seen

    def keputusan(self, tugas: DeskTugas) -> Keputusan:
        """The decision. Raises InputInvalid when it is not one this desk has, or contradicts what was ticked."""
        if errors := self._errors(tugas):
            raise InputInvalid(errors)
        kind = KeputusanKind(self.typed.text("keputusan"))
        back = kind is KeputusanKind.KEMBALIKAN
        target = self._target(tugas) if back else None
        sop = tugas.permohonan.sop
        requested = self.requests if target and sop.fills(sop[target]) else ()
        return Keputusan(kind=kind, reason=self.typed.text("alasan"), target=target, requests=requested)

    def _target(self, tugas: DeskTugas) -> str:
        only = tugas.langkah.returns_to[0] if len(tugas.langkah.returns_to) == 1 else ""
        return self.typed.text("ke") or only

    def _errors(self, tugas: DeskTugas) -> Mapping[str, str]:
        kind = self.typed.text("keputusan")
        if kind not in keputusan_choices(tugas):
            return {"keputusan": "Pilih keputusan Anda."}
        if kind == KeputusanKind.KEMBALIKAN:
            if self._target(tugas) not in tugas.langkah.returns_to:
                return {"ke": "Pilih ke mana berkas dikembalikan."}
        elif self.requests:
            code = f"perlu-{self.requests[0].kind}-{self.requests[0].code}"
            return {code: "Masih ada yang ditandai perlu diperbaiki. Hapus tandanya, atau pilih kembalikan."}
        return {}


@bp.post("/tugas/<uuid:tugas_id>/keputusan")
@petugas(*desks())
def keputusan(tugas_id: UUID) -> Response:
    """Decide, and go on to the queue."""
    tugas, form = my_tugas(tugas_id), read_form()
    try:
        actor = acting_as(tugas)
        transition = decide(tugas_id, form.keputusan(tugas), actor=actor, seen=form.seen, now=clock.now())
    except InputInvalid as error:
        return redraw(partial(tugas_page, tugas), form.typed, error, _by_field(error))
    except CHANGED as error:
        return conflict_page(tugas, str(error), form.typed.text("alasan"))
    flash(f"{tugas.permohonan.nomor} {_outcome(tugas, transition)}.")
    return redirect(url_for("petugas.antrean", peran=tugas.peran), 303)


def read_form() -> DecisionForm:
    """The posted decision form. Raises InputInvalid for text no database can hold."""
    values = posted_fields(*ISIAN_KEPUTUSAN)
    requests = []
    for name in request.form:
        word, _, rest = name.partition("-")
        kind, _, code = rest.partition("-")
        if word in {"perlu", "catatan"} and kind in REQUEST_KINDS:
            values[checked_text(name)] = posted(name)
            if word == "perlu":
                requests.append(Request(About(kind), checked_text(code), posted(f"catatan-{kind}-{code}")))
    return DecisionForm(Form(values), tuple(requests), read_seen())


def read_seen() -> Seen:
    """What was on screen; a form without it has seen nothing, and is refused by the service."""
    return Seen(posted_version(), posted("naskah_hash") or None)


def conflict_page(tugas: DeskTugas, sentence: str, text: str = "", *, what: str = "Keputusan") -> Response:
    """Somebody was faster, or the content changed: what happened, and what was typed, to copy."""
    latest = my_tugas(tugas.tugas_id)
    page = render_template("petugas/conflict.html", tugas=latest, sentence=sentence, text=text, what=what)
    return make_response(page, 409)


def _by_field(error: InputInvalid) -> Mapping[str, str]:
    """Sentences by field of this page: ``syarat.KTP`` is ``catatan-syarat-KTP``; those of a form, which has a page of
    its own, become one sentence at the decision."""
    sentences = {}
    for key, sentence in error.errors.items():
        kind, dot, code = key.partition(".")
        if dot and kind in REQUEST_KINDS:
            sentences[f"catatan-{kind}-{code}"] = sentence
        elif key in ISIAN_KEPUTUSAN or key.startswith("perlu-"):
            sentences[key] = sentence
    if others := len(error.errors) - len(sentences):
        sentences["keputusan"] = f"{error} ({others} isian)"
    return sentences or sentences_of(error)


def _outcome(tugas: DeskTugas, transition: Transition) -> str:
    if transition.target == DONE:
        return "selesai"
    if transition.rests:
        return f"sudah Anda putus; menunggu {tugas.permohonan.sop[transition.target].peran.name}"
    target = joined(tugas.permohonan.sop[code].peran.name for code in transition.opened)
    return f"{'dikembalikan' if transition.back else 'diteruskan'} ke {target}"
