"""What can be wrong with the form of a desk. Pure; each check yields sentences that say where and what to change."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.roles import Peran
from pipeline.sop.form.check_isian import WITH_CHOICES, of_desks_only, together, wrong_conditions, wrong_isian
from pipeline.sop.form.desk_form import DeskForm, Direction
from pipeline.sop.form.isian import Isian
from pipeline.sop.values import Sop
from pipeline.sop.words import IsianKind

_TEAM_AT_MOST = 20
_PHOTOS_AT_MOST = 20
_FIELDS_AT_MOST = 300  # a web form of more is refused (MAX_FORM_PARTS)


def check_desk_forms(sop: Sop) -> Iterator[str]:
    """Every form of the file, each by itself and beside the others."""
    at_langkah = Counter(form.langkah for form in sop.forms)
    for no, form in enumerate(sop.forms, start=1):
        at = f"formulir baris {no} ({form.code})"
        problems = [*_desk(sop, form), *_checklist(form), *_photos(form), *_pages(form), *_direction(sop, form)]
        if at_langkah[form.langkah] > 1:
            problems.append(f'langkah "{form.langkah}" punya lebih dari satu formulir. Satukan.')
        yield from (f"{at}: {sentence}" for sentence in problems)
        yield from (f"{at}, {sentence}" for sentence in _fields(sop, form))
    yield from _used_twice(sop)


def _desk(sop: Sop, form: DeskForm) -> Iterator[str]:
    staff = [t.code for t in sop.langkah if t.peran != Peran.PEMOHON and t.person and not t.signature]
    if form.langkah not in staff:
        yield f'langkah "{form.langkah}" bukan langkah yang diputus petugas. Pilih: {", ".join(staff)}.'
    if len(form.isian) + 2 * len(form.items) + 3 * (form.team + 2) > _FIELDS_AT_MOST:
        yield f"formulir ini menanyakan lebih dari {_FIELDS_AT_MOST} hal. Bagi menjadi formulir beberapa langkah."
    if form.team > _TEAM_AT_MOST:
        yield f"tim paling banyak {_TEAM_AT_MOST} orang."


def _checklist(form: DeskForm) -> Iterator[str]:
    if bool(form.items) != bool(form.results):
        yield 'butir dan hasil harus ada bersama-sama. Tulis misalnya hasil = { sesuai = "Sesuai", tidak = "Tidak" }.'
    for finding in form.findings:
        if finding not in form.results:
            yield f'temuan "{finding}" bukan hasil. Pilih dari: {", ".join(form.results)}.'
    yield from _repeated("butir", [item.code for item in form.items])


def _photos(form: DeskForm) -> Iterator[str]:
    if form.photos_at_least and not form.photos:
        yield "foto_paling_sedikit memerlukan [[formulir.foto]]. Tambahkan, atau hapus."
    if form.photos_at_least > _PHOTOS_AT_MOST:
        yield f"foto_paling_sedikit paling banyak {_PHOTOS_AT_MOST}."


def _pages(form: DeskForm) -> Iterator[str]:
    bagian = [b.code for b in form.bagian]
    yield from _repeated("bagian", bagian)
    for code in bagian:
        if all(isian.bagian != code for isian in form.isian):
            yield f'bagian "{code}" tidak memuat satu isian pun. Hapus, atau isi dengan [[formulir.isian]].'
    if not (form.isian or form.items or form.photos):
        yield "formulir ini tidak menanyakan apa pun. Isi dengan [[formulir.isian]] atau [[formulir.butir]]."


def _repeated(cluster: str, codes: Sequence[str]) -> Iterator[str]:
    yield from (f'{cluster} "{code}" ada {n} kali. Beri kode lain.' for code, n in Counter(codes).items() if n > 1)


def _direction(sop: Sop, form: DeskForm) -> Iterator[str]:
    direction = form.direction
    if direction is None:
        return
    isian = next((f for f in form.isian if f.code == direction.isian and f.kind is IsianKind.PILIHAN), None)
    if isian is None:
        chosen = ", ".join(f.code for f in form.isian if f.kind is IsianKind.PILIHAN)
        yield f'arah.isian = "{direction.isian}" bukan isian pilihan formulir ini. Pilih dari: {chosen or "-"}.'
        return
    yield from _answers(isian, direction)
    known = [f.code for f in form.isian]
    for code in (c for c in direction.reasons if c not in known):
        yield f'arah.alasan "{code}" bukan isian formulir ini. Pilih dari: {", ".join(known)}.'
    if direction.spotless and not form.findings:
        yield 'arah.tanpa_temuan memerlukan temuan. Tulis misalnya temuan = ["tidak"].'
    if form.langkah in sop and not sop[form.langkah].refuses:
        yield f'arah ada, tetapi langkah "{form.langkah}" tidak dapat menolak. Tandai langkahnya, atau hapus arah.'


def _answers(isian: Isian, direction: Direction) -> Iterator[str]:
    for key, answers in (("tolak", direction.refusing), ("tanpa_temuan", direction.spotless)):
        for answer in answers:
            if answer not in isian.choices:
                yield f'arah.{key} "{answer}" bukan pilihan {isian.code}. Pilih dari: {", ".join(isian.choices)}.'
    if not direction.refusing or set(direction.refusing) >= set(isian.choices):
        yield f"arah.tolak harus menyebut sebagian pilihan {isian.code}: {', '.join(isian.choices)}."


def _fields(sop: Sop, form: DeskForm) -> Iterator[str]:
    bagian = [b.code for b in form.bagian]
    known = {f.code: f for f in (*sop.isian, *form.isian) if f.kind in WITH_CHOICES}
    for no, isian in enumerate(form.isian, start=1):
        at = f"isian baris {no} ({isian.code})"
        if isian.bagian not in bagian:
            yield f'{at}: bagian "{isian.bagian}" tidak ada pada formulir ini. Pilih: {", ".join(bagian)}.'
        for sentence in (*wrong_isian(isian), *together(isian, form.isian), *of_desks_only(isian)):
            yield f"{at}: {sentence}"
        yield from wrong_conditions(f"{at}, bila", (*isian.when, *isian.required_when), known)
    for no, item in enumerate(form.items, start=1):
        yield from wrong_conditions(f"butir baris {no} ({item.code}), bila", item.when, known)


def _used_twice(sop: Sop) -> Iterator[str]:
    """Each code is a variable of the papers, so no two fields of the file have the same."""
    of_desks = [isian.code for form in sop.forms for isian in form.isian]
    for code, n in Counter((*{isian.code for isian in sop.isian}, *of_desks)).items():
        if n > 1:
            yield f'formulir: isian "{code}" ada {n} kali dalam berkas ini. Beri kode lain.'
