"""Form, desk's form and office -> what each paper prints. Pure: plain values in, JSON out.

Every field is a variable under its own code; what the SOP composes of them (``kalimat``, ``baris``) is written as in a
template. A context keeps only what its template uses: ``render`` refuses a document that leaves a text out, and an
approval is bound to this value. The wording itself is in the SOP and its templates, where the office edits it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.documents.desk_form import Forms, form_variables, reasons
from pipeline.documents.template.compose import compose
from pipeline.documents.trial import TRIAL_MARK, TRIAL_ON_PAPER
from pipeline.errors import DefinitionError
from pipeline.json import Json
from pipeline.kantor import Instansi, Kantor
from pipeline.rules.form.desk_form import read
from pipeline.sop.naskah import Naskah, PrintedText
from pipeline.sop.values import CaseData, Sop, case_data
from pipeline.text import date_in_words, in_words, moment_in_words

Content = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration an application got when it was handed in."""

    nomor: str
    day: date  # at the office


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What only the receipt tells: how to find the file again, and what was handed in."""

    tracking_code: str
    tracking_url: str
    sent_at: datetime
    berkas: Sequence[tuple[str, int]]  # code of the syarat, number of files


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What is known of a case when one of its papers is made."""

    content: Content
    registration: Registration
    forms: Forms = field(default_factory=dict)  # what desks filled in
    additions: Content = field(default_factory=dict)  # of the drafter: {"pertimbangan": str, "tembusan": [str]}
    handed: Handed | None = None
    trial: bool = False  # made of a trial: the paper says so, whatever its template prints


def naskah_context(kantor: Kantor, sop: Sop, naskah: Naskah, facts: PaperFacts, used: Collection[str]) -> Json:
    """What this paper says in this case; ``used``: the variables of its template."""
    said = {name: value for name, value in variables(kantor, sop, naskah, facts).items() if name in used}
    return said | ({TRIAL_MARK: TRIAL_ON_PAPER} if facts.trial else {})


def variables(kantor: Kantor, sop: Sop, naskah: Naskah, facts: PaperFacts) -> Json:
    """Everything a template of this paper may use, but for what its signature gives it.

    A field that is not asked in this case is empty, whatever was typed before an answer changed.
    """
    data = _in_force(sop, facts.content)
    values = form_variables(sop, facts.forms, data, naskah.langkah)
    values |= {i.code: i.worded(data.get(i.code, "")) for i in sop.isian}
    values |= _office(kantor, sop, naskah)
    values |= _case(sop, data, facts)
    values |= _receipt(sop, facts.handed) if facts.handed else {}
    for text in (*sop.texts, *naskah.texts):  # the first that holds in this case
        fits = text.valid_for(data) and not values.get(text.label)
        values[text.label] = compose(text.value, values) if fits else values.get(text.label, "")
    return values | _printed_by_the_sop(naskah, data, facts.additions, values)


def _in_force(sop: Sop, content: Content) -> CaseData:
    data = case_data(content)
    return {i.code: data[i.code] for i in sop.isian_for(data) if i.code in data}


def _office(kantor: Kantor, sop: Sop, naskah: Naskah) -> Json:
    instansi = _letterhead(kantor, sop, naskah)
    return {
        "pemda": kantor.government.upper(),
        "daerah": kantor.region,
        "kota": kantor.kota,
        "kantor": kantor.own.in_full,
        "dinas": instansi.agency.upper(),
        "alamat_dinas": instansi.address,
        "kontak_dinas": instansi.contact,
        **{f"instansi_{t.code}": kantor.agency_of(t.peran).in_full for t in sop.staff},
    }


def _letterhead(kantor: Kantor, sop: Sop, naskah: Naskah) -> Instansi:
    """The agency the paper names, else that of the desk that makes it."""
    if naskah.letterhead and naskah.letterhead not in kantor.instansi:
        known = ", ".join(kantor.instansi)
        raise DefinitionError(f'naskah {naskah.code}: kop = "{naskah.letterhead}" tidak dikenal. Pilih: {known}.')
    return kantor.instansi.get(naskah.letterhead) or kantor.agency_of(sop.maker(naskah))


def _case(sop: Sop, data: CaseData, facts: PaperFacts) -> Json:
    holder = data.get(sop.pemegang, "")
    return {
        "pemegang": holder if isinstance(holder, str) else "",
        "nomor_permohonan": facts.registration.nomor,
        "tanggal_permohonan": date_in_words(facts.registration.day),
        "pertimbangan": read(facts.additions, "pertimbangan"),
        "alasan": reasons(sop, facts.forms, facts.additions),
    }


def _receipt(sop: Sop, handed: Handed) -> Json:
    name = {s.code: s.name for s in sop.syarat}
    days = sop.janji.hari
    return {
        "kode_lacak": handed.tracking_code,
        "url_lacak": handed.tracking_url,
        "dikirim": moment_in_words(handed.sent_at),
        "berkas": [{"nama": name.get(code, code), "jumlah": f"{total} berkas"} for code, total in handed.berkas],
        "janji": f"{days} ({in_words(days)}) hari kerja" if days else str(sop.janji),
    }


def _printed_by_the_sop(naskah: Naskah, data: CaseData, additions: Content, values: Json) -> Json:
    """What the lines of the paper in the SOP say, once all that they may use is known."""
    added = additions.get("tembusan")
    return {
        "tentang": compose(naskah.about, values),
        "mengingat": [compose(text, values) for text in naskah.citing_for(data)],
        "tembusan": added if isinstance(added, list) and added else [compose(t, values) for t in naskah.tembusan],
        "masa_berlaku": str(naskah.validity or ""),
        "data": list(_table(naskah.lines, data, values)),
    }


def _table(lines: Sequence[PrintedText], data: CaseData, values: Json) -> Iterator[Json]:
    for line in lines:
        if line.valid_for(data) and (value := compose(line.value, values)):
            yield {"label": line.label, "nilai": value}
