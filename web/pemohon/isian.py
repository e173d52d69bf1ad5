"""The form, one page per bagian. Empty answers are fine in a draft; wrong ones are refused where they stand."""

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.queries.applicant.permohonan import MyPermohonan
from pipeline.rules.catalogue import asked_when
from pipeline.rules.form.isian import parse_isian
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.services.applicant.form import save_isian
from pipeline.sop.values import Bagian, Isian
from pipeline.sop.words import IsianKind
from pipeline.text import local_phone
from web.auth import fills_in, me
from web.forms import Form, posted, posted_all, redraw, refuse_if, sentences_of
from web.pemohon import bp
from web.pemohon.own import own_permohonan
from web.pemohon.progress import open_bagian, open_isian

Answer = str | tuple[str, ...]


@bp.get("/permohonan/<uuid:permohonan_id>/isian/<bagian>")
@fills_in
def isian(permohonan_id: UUID, bagian: str) -> Response:
    """One page of the form."""
    p = own_permohonan(permohonan_id)
    if not p.is_editable:
        return redirect(url_for(".permohonan", permohonan_id=p.id))
    return make_response(_page(p, _bagian(p, bagian), Form(stored_answers(p))))


@bp.post("/permohonan/<uuid:permohonan_id>/isian/<bagian>")
@fills_in
def save_page(permohonan_id: UUID, bagian: str) -> Response:
    """Keep the page, and go on; a page that asks more because of an answer comes again."""
    p = own_permohonan(permohonan_id)
    section = _bagian(p, bagian)
    asked = open_isian(p, section.code)
    answers, errors = read_answers(asked)
    typed = Form({**stored_answers(p), **answers}, labels={field.code: field.label for field in asked})
    try:
        _save(p, answers, errors)
    except InputInvalid as error:
        return redraw(partial(_page, p, section), typed, error)
    return redirect(_next_url(own_permohonan(p.id), section, asked), 303)


def _save(p: MyPermohonan, answers: Mapping[str, Answer], errors: Mapping[str, str]) -> None:
    """Keep the right answers. Raises InputInvalid for the others, and for what the office finds wrong."""
    right = {k: v for k, v in answers.items() if k not in errors}
    try:
        save_isian(p.id, right, actor=me().person_id, session_id=me().session_id, now=now())
    except InputInvalid as error:
        raise InputInvalid({**errors, **sentences_of(error)}) from error
    refuse_if(errors)


def read_answers(asked: Iterable[Isian]) -> tuple[dict[str, Answer], dict[str, str]]:
    """The posted answers: cleaned where they can be, as typed where they are wrong; and what is wrong with them."""
    answers: dict[str, Answer] = {}
    errors: dict[str, str] = {}
    for field in asked:
        raw = posted_all(field.code) if field.kind is IsianKind.BANYAK else posted(field.code)
        try:
            answers[field.code] = parse_isian(field, raw)
        except InvalidIsian as error:
            answers[field.code], errors[field.code] = raw, str(error)
    return answers, errors


def stored_answers(p: MyPermohonan) -> dict[str, Answer]:
    """The answers as the form shows them again: telephone numbers the way people write them."""
    numbers = {f.code for f in p.sop.isian if f.kind is IsianKind.TELEPON}
    return {k: local_phone(v) if k in numbers and isinstance(v, str) else v for k, v in p.data.items()}


def _bagian(p: MyPermohonan, code: str) -> Bagian:
    bagian = next((b for b in p.sop.bagian if b.code == code), None)
    return bagian or abort(404)


def _page(p: MyPermohonan, bagian: Bagian, form: Form) -> str:
    order = open_bagian(p)
    nomor = order.index(bagian) + 1 if bagian in order else 0
    asked = open_isian(p, bagian.code)
    duty = {f.code: asked_when(p.sop, f.required_when) for f in asked}
    context = {"p": p, "bagian": bagian, "isian": asked, "duty": duty, "nomor": nomor, "count": len(order)}
    return render_template("pemohon/isian.html", form=form, **context)


def _next_url(p: MyPermohonan, bagian: Bagian, asked: tuple[Isian, ...]) -> str:
    """The next page; this one again when an answer brought new questions; the overview when asked for."""
    if request.form.get("lalu") == "nanti":
        return url_for(".permohonan", permohonan_id=p.id)
    if new := [f for f in open_isian(p, bagian.code) if f not in asked]:
        return url_for(".isian", permohonan_id=p.id, bagian=bagian.code, _anchor=new[0].code)
    if request.args.get("dari") == "periksa":
        return url_for(".check", permohonan_id=p.id)
    order = open_bagian(p)
    rest = order[order.index(bagian) + 1 :] if bagian in order else ()
    if rest and not p.correction:
        return url_for(".isian", permohonan_id=p.id, bagian=rest[0].code)
    return url_for(".permohonan" if p.correction else ".document", permohonan_id=p.id)
