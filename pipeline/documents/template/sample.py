"""Invented applications of any SOP, for trying out its templates: every field answered by its kind. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from pipeline.documents.context import Handed, PaperFacts, Registration, variables
from pipeline.documents.final import SigningOfficial, decision_says, signed_final
from pipeline.documents.numbering import format_nomor
from pipeline.json import Json
from pipeline.kantor import Kantor
from pipeline.roles import Basis
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.naskah import Naskah
from pipeline.sop.values import CaseData, Isian, Sop
from pipeline.sop.words import Arah, IsianKind, NaskahKind

URL: Final = "https://izin.contoh.example/verifikasi/4fQ9sT2mXw7K"
SIGNED_ON: Final = date(2026, 12, 1)
OFFICIAL: Final = SigningOfficial(
    name="Dra. Hj. Siti Rahmah, M.AP.", nip="197103121996032004", jabatan="Kepala Badan", basis=Basis.DEFINITIF
)
_HANDED_IN: Final = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
_BY_KIND: Final[Mapping[str, str]] = {
    IsianKind.TANGGAL: "2018-03-06",
    IsianKind.ANGKA: "24",
    IsianKind.NIK: "6372014107850001",
    IsianKind.NIP: "197103121996032004",
    IsianKind.TELEPON: "6281234567890",
    IsianKind.SUREL: "contoh@kantor.example",
    IsianKind.KOORDINAT: "-3.44, 114.84",
    IsianKind.SETUJU: "ya",
}


_TEAM: Final = (
    {"nama": "Muhammad Rizali, S.ST.", "nip": "198504172010011012", "jabatan": "Pengawas Ahli Muda"},
    {"nama": "Rina Wahyuni, A.Md.", "nip": "199108222019032007", "jabatan": "Penyuluh Terampil"},
)


def sample_answers(sop: Sop, chosen: Mapping[str, str], *, only_required: bool = False) -> CaseData:
    """Answers to all that is asked in a case with these choices; what is not chosen is the first choice."""
    answers: dict[str, str | tuple[str, ...]] = {}
    for _ in sop.isian:  # a field may depend on one further down
        asked = [i for i in sop.isian_for(answers) if not only_required or i.required_for(answers)]
        new = {i.code: _answer(i, chosen.get(i.code)) for i in asked}
        if new == answers:
            break
        answers = new
    return answers


def sample_cases(sop: Sop) -> Iterator[tuple[str, CaseData]]:
    """What is special about a case ('' for the first), and its answers: each choice that anything depends on, once."""
    yield "", sample_answers(sop, {})
    yield "isian yang boleh kosong dikosongkan", sample_answers(sop, {}, only_required=True)
    for isian in sop.isian:
        if isian.code in _deciding(sop):
            for value in list(_open_choices(isian))[1:]:
                answers = sample_answers(sop, {isian.code: value})
                if isian.code in answers:
                    yield f"{isian.label}: {isian.choices[value]}", answers


def sample_facts(sop: Sop, naskah: Naskah, answers: CaseData) -> PaperFacts:
    """A case with these answers, as far as this paper is told of it."""
    berkas = [(s.code, 1) for s in sop.required_syarat(answers)]
    handed = Handed(
        tracking_code="K7QM-4T9X",
        tracking_url="https://izin.contoh.example/lacak",
        sent_at=_HANDED_IN,
        berkas=berkas,
    )
    return PaperFacts(
        content=answers,
        registration=Registration(f"{sop.prefix}-2026-483920", _HANDED_IN.date()),
        forms={f.code: sample_form(f, answers, refused=naskah.arah is Arah.TOLAK) for f in sop.forms},
        additions={"alasan": "Belum memenuhi ketentuan."} if naskah.arah is Arah.TOLAK else {},
        handed=handed if naskah.kind is NaskahKind.TANDA_TERIMA else None,
    )


def sample_final(naskah: Naskah) -> Json:
    """Number, date and signatory as after a signature with the local certificate."""
    return signed_final(
        nomor=format_nomor(naskah.nomor_pattern, 42, SIGNED_ON),
        day=SIGNED_ON,
        signatory=OFFICIAL,
        url=URL,
        provider="lokal",
        valid_until=naskah.validity.until(SIGNED_ON) if naskah.validity else None,
    )


def sample_variables(kantor: Kantor, sop: Sop, naskah: Naskah, answers: CaseData) -> Json:
    """Everything a template of this paper may print, in a case with these answers."""
    values = variables(kantor, sop, naskah, sample_facts(sop, naskah, answers))
    return values | sample_final(naskah) if naskah.kind is NaskahKind.KEPUTUSAN else values


def must_say(sop: Sop, naskah: Naskah, values: Mapping[str, object]) -> Mapping[str, str]:
    """What the paper may not go without, as it reads with these values."""
    return decision_says(str(values["pemegang"]), values) if naskah.kind is NaskahKind.KEPUTUSAN else {}


def sample_form(form: DeskForm, answers: CaseData, *, refused: bool) -> Json:
    """What a desk filled in, with every line of its checklist; of a refusal one line speaks against it."""
    isian = {f.code: _answer(f, _concluded(form, f, refused)) for f in form.isian}
    kept = {code: answer if isinstance(answer, str) else list(answer) for code, answer in isian.items()}
    in_order = next(iter(form.results), "")
    listing = [{"kode": b.code, "hasil": in_order, "catatan": ""} for b in form.items_for({**answers, **isian})]
    for one in listing[:2][-1:]:  # the second line, or the only one
        one |= {"hasil": _finding(form) if refused else in_order, "catatan": "Belum sesuai dengan permohonan."}
    return {"isian": kept, "tim": list(_TEAM[: form.team]), "daftar": listing, "foto": []}


def _concluded(form: DeskForm, isian: Isian, refused: bool) -> str | None:
    """The choice that leads this way, of the field that sets the direction."""
    if form.direction is None or isian.code != form.direction.isian:
        return None
    return next(code for code in isian.choices if (code in form.direction.refusing) is refused)


def _finding(form: DeskForm) -> str:
    return next(iter((*form.findings, *form.results)), "")


def _deciding(sop: Sop) -> set[str]:
    """The choices that the papers or the form depend on."""
    when = [i.when for i in sop.isian] + [text.when for text in sop.texts]
    for naskah in sop.naskah:
        when += [basis.when for basis in naskah.citing] + [text.when for text in (*naskah.lines, *naskah.texts)]
    return {code for conditions in when for condition in conditions for code in condition.isian}


def _open_choices(isian: Isian) -> Iterator[str]:
    return (value for value in isian.choices if value not in isian.stops)


def _answer(isian: Isian, chosen: str | None) -> str | tuple[str, ...]:
    if isian.kind is IsianKind.BANYAK:
        return (chosen,) if chosen else tuple(isian.choices)[:2]
    if isian.kind is IsianKind.PILIHAN:
        return chosen or next(_open_choices(isian), "")
    if isian.kind is IsianKind.ANGKA_TETAP:
        return "1234567890"[: isian.lengths[0]].ljust(isian.lengths[0], "1")
    return isian.example or _BY_KIND.get(isian.kind, f"{isian.label} & contoh"[: isian.max_length])
