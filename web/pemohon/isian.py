"""The form, one page per bagian. Empty answers are fine in a draft; wrong ones are refused where they stand."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from uuid import UUID

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.queries.applicant.permohonan import MyPermohonan
from pipeline.rules.catalogue import asked_when
from pipeline.rules.form.isian import parse_isian
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.rules.form.typed import Answer, compare, seen_on_page
from pipeline.services.applicant.form import save_isian
from pipeline.sop.values import Bagian, Isian
from pipeline.sop.words import IsianKind
from pipeline.text import clock_in_words, date_in_words, local_phone
from web.auth import fills_in, me
from web.forms import Form, posted, posted_all, redraw, refuse_if, sentences_of
from web.pemohon import bp
from web.pemohon.own import own_permohonan
from web.pemohon.progress import open_bagian, open_isian
from web.status import status_of

SEEN = "tampil"  # the field that carries what a page was drawn with
CHANGED_ELSEWHERE = "Sebagian isian ini diubah di tempat lain. Tekan Simpan untuk melihatnya."
ELSEWHERE = (
    "Sesudah halaman ini dibuka, isian ini diubah di tempat lain menjadi “{}”. Simpan lagi bila yang ini yang benar."
)


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
        clashes = _save(p, answers, errors)
        refuse_if(
            {**{f.code: ELSEWHERE.format(_in_words(f, clashes[f.code])) for f in asked if f.code in clashes}, **errors}
        )
    except InputInvalid as error:
        return redraw(partial(_page, own_permohonan(p.id), section), typed, error)
    return redirect(_next_url(own_permohonan(p.id), section, asked), 303)


@bp.post("/permohonan/<uuid:permohonan_id>/isian/<bagian>/ketikan")
@fills_in
def keep_typed(permohonan_id: UUID, bagian: str) -> Response:
    """Keep what is right by now of a page being filled in. Says when, and what the page is to carry from here on."""
    p = own_permohonan(permohonan_id)
    asked = open_isian(p, _bagian(p, bagian).code)
    answers, errors = read_answers(asked)
    try:
        clashes = _save(p, answers, errors)
    except InputInvalid as error:
        return make_response(jsonify(said=" ".join(sentences_of(error).values())), status_of(error))
    if clashes:
        return make_response(jsonify(said=CHANGED_ELSEWHERE), 409)
    carried = seen_on_page([f.code for f in asked], own_permohonan(p.id).data)
    return make_response(jsonify(said=f"Tersimpan pukul {clock_in_words(now())}.", seen=carried))


def _save(p: MyPermohonan, answers: Mapping[str, Answer], errors: Mapping[str, str]) -> Mapping[str, Answer]:
    """Keep the right answers that were typed on this page. Returns those that another one changed meanwhile.

    Raises InputInvalid for what the office finds wrong.
    """
    typed = compare(posted(SEEN), p.data, {k: v for k, v in answers.items() if k not in errors})
    try:
        save_isian(p.id, typed.new, actor=me().person_id, session_id=me().session_id, now=now())
    except InputInvalid as error:
        raise InputInvalid({**errors, **sentences_of(error)}) from error
    return typed.clashes


def _in_words(field: Isian, answer: Answer) -> str:
    """An answer as its applicant reads it."""
    if isinstance(answer, tuple) or field.kind is IsianKind.PILIHAN:
        chosen = (answer,) if isinstance(answer, str) else answer
        return ", ".join(field.choices.get(one, one) for one in chosen) or "kosong"
    if field.kind is IsianKind.TELEPON:
        return local_phone(answer) or "kosong"
    if field.kind is IsianKind.TANGGAL and answer:
        return date_in_words(date.fromisoformat(answer))
    return answer or "kosong"


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
    context = {"p": p, "bagian": bagian, "isian": asked, "nomor": nomor, "count": len(order)}
    duty = {f.code: asked_when(p.sop, f.required_when) for f in asked}
    seen = seen_on_page([f.code for f in asked], p.data)
    return render_template("pemohon/isian.html", form=form, duty=duty, seen=seen, **context)


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
