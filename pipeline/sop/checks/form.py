"""The checks of what an SOP asks for and prints: form, documents, conditions, papers. Pure."""

from collections.abc import Callable, Iterator

from pipeline.sop.checks import naskah as check_naskah
from pipeline.sop.form.check_desk_form import check_desk_forms
from pipeline.sop.form.check_isian import WITH_CHOICES, of_applicants_only, together, wrong_conditions, wrong_isian
from pipeline.sop.values import Condition, Sop
from pipeline.sop.words import IsianKind

Check = Callable[[Sop], Iterator[str]]


def row(cluster: str, no: int, code: str) -> str:
    """How a message names a row of the file."""
    return f"{cluster} baris {no} ({code})"


def _form(sop: Sop) -> Iterator[str]:
    bagian = [b.code for b in sop.bagian]
    for no, isian in enumerate(sop.isian, start=1):
        at = row("isian", no, isian.code)
        if isian.bagian not in bagian:
            yield f'{at}: bagian "{isian.bagian}" tidak ada. Pilih salah satu: {", ".join(bagian)}.'
        yield from (
            f"{at}: {sentence}"
            for sentence in (*wrong_isian(isian), *together(isian, sop.isian), *of_applicants_only(isian))
        )
    for no, code in enumerate(bagian, start=1):
        if all(isian.bagian != code for isian in sop.isian):
            yield f"{row('bagian', no, code)}: tidak memuat satu isian pun. Hapus, atau isi dengan [[isian]]."


def _pemegang(sop: Sop) -> Iterator[str]:
    """Somebody is named on every paper, on every list and on the page that tells whether a paper is genuine."""
    always = [f.code for f in sop.isian if f.kind is IsianKind.TEKS and f.required and not f.when]
    if (sop.pemegang or sop.isian) and sop.pemegang not in always:
        given = f'pemegang = "{sop.pemegang}" bukan' if sop.pemegang else "pemegang belum diisi. Tulis kode"
        yield f"{given} isian teks yang wajib dan selalu ditanyakan. Pilih salah satu: {', '.join(always)}."


def _documents(sop: Sop) -> Iterator[str]:
    for no, syarat in enumerate(sop.syarat, start=1):
        if not (syarat.required or syarat.optional):
            yield f"{row('syarat', no, syarat.code)}: tidak pernah diminta. Isi wajib atau opsional, misalnya [{{}}]."


def _conditions(sop: Sop) -> Iterator[str]:
    known = {f.code: f for f in sop.isian if f.kind in WITH_CHOICES}
    for place, conditions in _all_conditions(sop):
        yield from wrong_conditions(place, conditions, known)


def _all_conditions(sop: Sop) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    """Every condition of the file with the place it stands at."""
    for langkah in sop.langkah:
        place = row("langkah", langkah.no, langkah.code)
        yield f"{place}, lewati_bila", langkah.skip_when
        for branch in langkah.branches:
            yield f"{place}, cabang ke {branch.target}", branch.when
    for no, isian in enumerate(sop.isian, start=1):
        yield f"{row('isian', no, isian.code)}, bila", (*isian.when, *isian.required_when)
    for no, syarat in enumerate(sop.syarat, start=1):
        yield f"{row('syarat', no, syarat.code)}, wajib/opsional", (*syarat.required, *syarat.optional)
    yield from check_naskah.conditions(sop)


def _policy(sop: Sop) -> Iterator[str]:
    if sop.policy.sample > 100:
        yield f"kebijakan: sampel = {sop.policy.sample} persen. Tulis 0 sampai 100."
    day = [f.code for f in sop.isian if f.kind is IsianKind.TANGGAL]
    syarat = [s.code for s in sop.syarat]
    for no, age in enumerate(sop.policy.document_ages, start=1):
        if age.syarat not in syarat:
            yield (
                f'kebijakan.umur_dokumen baris {no}: syarat "{age.syarat}" tidak ada pada [[syarat]]. '
                f"Pilih: {', '.join(syarat)}."
            )
        if age.isian not in day:
            yield f'kebijakan.umur_dokumen baris {no}: isian "{age.isian}" bukan tanggal. Pilih: {", ".join(day)}.'


FORM: tuple[Check, ...] = (_form, _pemegang, _documents, check_naskah.papers)
REFERENCES: tuple[Check, ...] = (
    _conditions,
    check_desk_forms,
    check_naskah.needed_papers,
    check_naskah.made_of_forms,
    check_naskah.names,
    _policy,
)
