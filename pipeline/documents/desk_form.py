"""The forms of the desks as variables of the papers: each field under its own code. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from pipeline.documents.template.compose import compose
from pipeline.json import Json
from pipeline.rules.form.desk_form import TEAM_PARTS, answers, read, read_list
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.values import CaseData, Sop
from pipeline.text import moment_in_words

Content = Mapping[str, object]
#: The forms of a file as they are kept, by their codes.
Forms = Mapping[str, Content]


def form_variables(sop: Sop, forms: Forms, data: CaseData, langkah: str = "") -> Json:
    """The fields of all forms, empty where they are not filled in or not asked in this case.

    Team, checklist and photos are of the form of this langkah, else of the first. A ``gambar`` under ``foto`` is the
    sha256 of the picture.
    """
    values: Json = {}
    for form in sop.forms:
        given = answers(form, forms.get(form.code, {}))
        asked = form.isian_for({**data, **given})
        values |= {f.code: f.worded(given.get(f.code, "")) if f in asked else "" for f in form.isian}
    own = sop.form_at(langkah) or next(iter(sop.forms), None)
    return values | (_lists(own, forms.get(own.code, {})) if own else {"tim": [], "daftar": [], "foto": []})


def first_values(sop: Sop, form: DeskForm, data: CaseData, *, today: date, officer: str) -> dict[str, str]:
    """What a new form begins with: what the office knows already, composed as the SOP says. By field name.

    ``hari_ini`` is today, ``petugas`` who fills it in. The first of the team is that officer.
    """
    known: Json = {f.code: f.worded(data.get(f.code, "")) for f in sop.isian}
    known |= {"hari_ini": today.isoformat(), "petugas": officer}
    values = {f.code: compose(f.initial, known) for f in form.isian if f.initial}
    return values | ({"tim-1-nama": officer} if form.team else {})


def reasons(sop: Sop, forms: Forms, additions: Content) -> list[str]:
    """Every reason that desks, whoever refused and the drafter gave for a refusal, each once: found, and written of."""
    given = [reason for form in sop.forms for reason in _reasons(form, forms.get(form.code, {}))]
    return list(dict.fromkeys(filter(None, (*given, read(additions, "alasan"), read(additions, "pertimbangan")))))


def _reasons(form: DeskForm, content: Content) -> Iterator[str]:
    for line in _checklist(form, (b for b in read_list(content, "daftar") if read(b, "hasil") in form.findings)):
        yield f"{line['uraian']}: {line['catatan'] or line['hasil']}"
    given = answers(form, content)
    for code in form.direction.reasons if form.direction else ():
        yield next(f.worded(given.get(code, "")) for f in form.isian if f.code == code)


def _lists(form: DeskForm, content: Content) -> Json:
    return {
        "tim": [{part: read(person, part) for part in TEAM_PARTS} for person in read_list(content, "tim")],
        "daftar": _checklist(form, read_list(content, "daftar")),
        "foto": [{"gambar": read(f, "sha256"), "keterangan": _caption(form, f)} for f in read_list(content, "foto")],
    }


def _checklist(form: DeskForm, lines: Iterable[Content]) -> list[dict[str, str]]:
    description = {item.code: item.description for item in form.items}
    return [
        {
            "uraian": description.get(read(line, "kode"), read(line, "kode")),
            "hasil": form.results.get(read(line, "hasil"), ""),
            "catatan": read(line, "catatan"),
        }
        for line in lines
    ]


def _caption(form: DeskForm, photo: Content) -> str:
    label, moment = read(photo, "label"), read(photo, "waktu")
    latitude, longitude = photo.get("lat"), photo.get("lon")
    place = f"lintang {latitude}, bujur {longitude}" if latitude and longitude else "lokasi tidak terbaca"
    return ", ".join(filter(None, (form.photos.get(label, label), _moment(moment), place)))


def _moment(iso: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return moment_in_words(moment) if moment.tzinfo else iso
