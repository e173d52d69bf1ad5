"""The form of a desk: text of a web form in, jsonb and sentences out. Pure.

``parse_form`` refuses nothing, so that a half-filled form on a phone can always be saved; ``check_form`` says what is
missing once the officer wants to decide. Errors are keyed by the names of the form's fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.json import Json
from pipeline.rules.form.answers import is_nip, unprintable
from pipeline.rules.form.isian import check_answers, parse_isian
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Isian
from pipeline.sop.values import CaseData, case_data
from pipeline.sop.words import IsianKind, KeputusanKind
from pipeline.text import clean_paragraph

TEAM_MORE = 2  # rows beyond the least that the form offers; empty ones do not count
NOTE_LENGTH = 4000
LINE_LENGTH = 300
TEAM_PARTS = ("nama", "nip", "jabatan")

Typed = Mapping[str, Sequence[str]]
Content = Mapping[str, object]
Finding = Iterator[tuple[str, str]]


def team_rows(form: DeskForm) -> int:
    """How many persons the form has room for."""
    return form.team + TEAM_MORE if form.team else 0


def parse_form(form: DeskForm, typed: Typed, data: CaseData) -> Json:
    """The form as it is kept in ``desk_form.content``, without ``foto`` (pictures are added one by one).

    Field names: the codes of its fields, ``tim-<n>-nama|nip|jabatan`` (n from 1), ``butir-<kode>-hasil|catatan``.
    """
    every = {field.code: _answer(field, typed.get(field.code, ())) for field in form.isian}
    known = {**data, **case_data(every)}
    isian = {field.code: every[field.code] for field in form.isian_for(known)}
    team = ({part: _text(typed, f"tim-{n}-{part}") for part in TEAM_PARTS} for n in range(1, team_rows(form) + 1))
    listing = [
        {
            "kode": item.code,
            "hasil": _result(form, typed, item.code),
            "catatan": _text(typed, f"butir-{item.code}-catatan"),
        }
        for item in form.items_for(known)
    ]
    return {"isian": isian, "tim": [person for person in team if any(person.values())], "daftar": listing}


def check_form(form: DeskForm, content: Content, data: CaseData, *, today: date) -> dict[str, str]:
    """Form field -> sentence for everything that keeps the form from being sent; empty when it is complete."""
    known = {**data, **answers(form, content)}
    errors = {code: str(found) for code, found in check_answers(form.isian_for(known), known, today=today).items()}
    for check in (_check_team, _check_list, _check_photos, _check_spotless):
        for name, sentence in check(form, content, known):
            errors.setdefault(name, sentence)
    return errors


def check_direction(form: DeskForm, content: Content, keputusan: KeputusanKind) -> dict[str, str]:
    """Whether the answer that sets the direction carries the decision: only some lead to a refusal, the others on."""
    if form.direction is None or keputusan is KeputusanKind.KEMBALIKAN:
        return {}
    refusing = answers(form, content).get(form.direction.isian) in form.direction.refusing
    if refusing == (keputusan is KeputusanKind.TOLAK):
        return {}
    way = "permohonan tidak dapat diteruskan" if refusing else "permohonan tidak dapat ditolak"
    return {"keputusan": f"{form.title}: {conclusion(form, content) or 'belum diisi'}, jadi {way}."}


def conclusion(form: DeskForm, content: Content) -> str:
    """The answer that sets the direction, in words; '' where there is none."""
    isian = next((f for f in form.isian if form.direction and f.code == form.direction.isian), None)
    return isian.choices.get(str(answers(form, content).get(isian.code, "")), "") if isian else ""


def answers(form: DeskForm, content: Content) -> CaseData:
    """The answers as they are kept, by the code of their field; of a release before, where it kept them."""
    kept = content.get("isian")
    if isinstance(kept, Mapping):
        return case_data(kept)
    return {f.code: answer for f in form.isian if f.formerly and (answer := _formerly(f, content))}


def form_of(form: DeskForm, content: Content) -> dict[str, str | tuple[str, ...]]:
    """The opposite of ``parse_form``: field name -> value, to fill the form in again."""
    fields: dict[str, str | tuple[str, ...]] = dict(answers(form, content))
    for n, person in enumerate(read_list(content, "tim"), start=1):
        fields |= {f"tim-{n}-{part}": read(person, part) for part in TEAM_PARTS}
    for line in read_list(content, "daftar"):
        fields |= {f"butir-{read(line, 'kode')}-{part}": read(line, part) for part in ("hasil", "catatan")}
    return fields


def nips(form: DeskForm | None, content: Content) -> list[str]:
    """The NIP typed into it, as typed: of the team and of others it names."""
    named = answers(form, content) if form else {}
    typed = [str(named.get(f.code, "")) for f in form.isian if f.kind is IsianKind.NIP] if form else []
    return [*typed, *(read(person, "nip") for person in read_list(content, "tim"))]


def read(content: Content, name: str) -> str:
    """A text of the form; '' when it is not there."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def read_list(content: Content, name: str) -> tuple[Mapping[str, object], ...]:
    """A list of groups, like ``tim`` or ``foto``."""
    value = content.get(name)
    return tuple(n for n in value if isinstance(n, dict)) if isinstance(value, list) else ()


def _check_team(form: DeskForm, content: Content, _data: CaseData) -> Finding:
    team = read_list(content, "tim")
    if len(team) < form.team:
        yield f"tim-{len(team) + 1}-nama", f"Tim paling sedikit {form.team} orang; baru {len(team)} yang diisi."
    for n, person in enumerate(team, start=1):
        for part, wanted in (("nama", True), ("nip", False), ("jabatan", True)):
            yield from _short(f"tim-{n}-{part}", read(person, part), LINE_LENGTH)
            if wanted and not read(person, part):
                yield f"tim-{n}-{part}", f"Tulis {part} petugas ke-{n}."
        if read(person, "nip") and not is_nip(read(person, "nip")):
            yield f"tim-{n}-nip", f"NIP petugas ke-{n} harus 18 angka. Kosongkan bila bukan pegawai negeri."


def _check_list(form: DeskForm, content: Content, data: CaseData) -> Finding:
    filled = {read(line, "kode"): line for line in read_list(content, "daftar")}
    in_order = next(iter(form.results), "")
    for item in form.items_for(data):
        line = filled.get(item.code, {})
        result, note = read(line, "hasil"), read(line, "catatan")
        if result not in form.results:
            yield f"butir-{item.code}-hasil", f"Pilih hasil pemeriksaan: {item.description}."
        elif result != in_order and not note:
            yield f"butir-{item.code}-catatan", f"Tulis catatannya: {item.description}."
        yield from _short(f"butir-{item.code}-catatan", note, NOTE_LENGTH)


def _check_photos(form: DeskForm, content: Content, _data: CaseData) -> Finding:
    present = len(read_list(content, "foto"))
    if present < form.photos_at_least:
        yield "foto-berkas", f"Paling sedikit {form.photos_at_least} foto; baru {present} yang ditambahkan."


def _check_spotless(form: DeskForm, content: Content, data: CaseData) -> Finding:
    """An answer that says all is in order fits no finding."""
    direction = form.direction
    found = any(read(line, "hasil") in form.findings for line in read_list(content, "daftar"))
    if direction and found and data.get(direction.isian) in direction.spotless:
        isian = next(f for f in form.isian if f.code == direction.isian)
        others = [words for code, words in isian.choices.items() if code not in direction.spotless]
        finding = form.results[form.findings[0]].lower()
        yield isian.code, f"Ada butir yang {finding}, jadi pilih {' atau '.join(others)}."


def _short(name: str, text: str, limit: int) -> Finding:
    """Lengths, and what no paper can print, are checked on sending: until then nothing typed is cut off."""
    if len(text) > limit:
        yield name, f"Terlalu panjang: {len(text)} huruf, paling banyak {limit}."
    if sentence := unprintable(text):
        yield name, sentence


def _answer(isian: Isian, typed: Sequence[str]) -> str | list[str]:
    """In its one way of writing where it is right, else as typed: it is refused when the form is sent."""
    clean = [clean_paragraph(text) for text in typed]
    raw = clean if isian.kind is IsianKind.BANYAK else next(iter(clean), "")
    try:
        answer = parse_isian(isian, raw)
    except InvalidIsian:
        answer = "" if isian.kind in (IsianKind.PILIHAN, IsianKind.BANYAK) else str(raw)
    return answer if isinstance(answer, str) else list(answer)


def _formerly(isian: Isian, content: Content) -> str:
    part: object = content
    for name in isian.formerly:
        part = part.get(name) if isinstance(part, Mapping) else None
    return part if isinstance(part, str) else ""


def _result(form: DeskForm, typed: Typed, code: str) -> str:
    value = _text(typed, f"butir-{code}-hasil")
    return value if value in form.results else ""


def _text(typed: Typed, name: str) -> str:
    return clean_paragraph(next(iter(typed.get(name, ())), ""))
