"""The checks an SOP has to pass before the office may run on it. Pure; each check yields sentences with their row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from pipeline.errors import DefinitionError
from pipeline.sop.checks.duties import DUTIES, EACH, at
from pipeline.sop.checks.form import FORM, REFERENCES, row
from pipeline.sop.checks.ways import WAYS
from pipeline.sop.values import DONE, Langkah, Sop
from pipeline.sop.words import Automatic

CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
SYARAT_CODE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}", re.ASCII)


class Coded(Protocol):
    @property
    def code(self) -> str: ...


def check_sop(sop: Sop, berkas: str) -> None:
    """Raise DefinitionError with every contradiction found: file, row, and what to change.

    A group of checks trusts what the groups before it have found right.
    """
    for group in GROUPS:
        if problem := [f"{berkas}, {sentence}" for check in group for sentence in check(sop)]:
            raise DefinitionError("\n".join(problem))


def _codes(sop: Sop) -> Iterator[str]:
    if not CODE.fullmatch(sop.code):
        yield f'kode = "{sop.code}" tidak dapat dipakai. Pakai huruf kecil, angka dan garis bawah, misalnya "td_lks".'
    if not PREFIX.fullmatch(sop.prefix):
        yield f'prefix = "{sop.prefix}" tidak dapat dipakai. Pakai 2 sampai 10 huruf besar atau angka, misalnya "IZIN".'
    yield from _codes_of("langkah", sop.langkah, CODE)
    if sop.by_applicant or sop.isian or sop.bagian:  # a desk may open a file that asks for nothing
        yield from _codes_of("bagian", sop.bagian, CODE)
        yield from _codes_of("isian", sop.isian, CODE)
    if sop.syarat:
        yield from _codes_of("syarat", sop.syarat, SYARAT_CODE)
    if sop.forms:
        yield from _codes_of("formulir", sop.forms, CODE)
        fields = [isian for form in sop.forms for isian in form.isian]
        yield from (f'formulir, isian "{f.code}": pakai huruf kecil.' for f in fields if not CODE.fullmatch(f.code))


def _codes_of(cluster: str, line: Sequence[Coded], shape: re.Pattern[str]) -> Iterator[str]:
    if not line:
        yield f"[[{cluster}]] belum ada. Tulis paling sedikit satu."
    count = Counter(b.code for b in line)
    for no, content in enumerate(line, start=1):
        if count[content.code] > 1:
            place = row(cluster, no, content.code)
            yield f'{place}: kode "{content.code}" dipakai {count[content.code]} kali. Beri kode lain.'
        if not shape.fullmatch(content.code) or content.code == DONE:
            letters = "besar" if shape is SYARAT_CODE else "kecil"
            yield (
                f'{row(cluster, no, content.code)}: kode "{content.code}" tidak dapat dipakai. '
                f'Pakai huruf {letters}, angka dan garis bawah, dan bukan "{DONE}".'
            )


def _numbers(sop: Sop) -> Iterator[str]:
    for sequence, langkah in enumerate(sop.langkah, start=1):
        if langkah.no != sequence:
            at = row("langkah", sequence, langkah.code)
            yield f"{at}: no = {langkah.no}, seharusnya {sequence}. Urutkan baris seperti pada tabel SOP."


def _forward(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        if langkah.target == "":
            yield f"{at(langkah)}: ke kosong. Pilih salah satu: {_choices(sop, langkah)}."
        for target in langkah.targets:
            if target != DONE and target not in sop:
                yield f'{at(langkah)}: ke = "{target}" tidak ada. Pilih salah satu: {_choices(sop, langkah)}.'
            elif target != DONE and sop.position(target) <= sop.position(langkah.code):
                yield (
                    f'{at(langkah)}: ke = "{target}" menunjuk ke belakang, sehingga berkas berputar dan '
                    f"tidak pernah selesai. Pilih salah satu: {_choices(sop, langkah)}."
                )
        if any(not b.when for b in langkah.branches):
            yield f"{at(langkah)}: ada cabang tanpa bila, jadi tidak pernah dilalui. Isi bila, atau pakai ke."


def _choices(sop: Sop, langkah: Langkah) -> str:
    return ", ".join([*(t.code for t in sop.langkah[sop.position(langkah.code) + 1 :]), DONE])


def _returns(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        before = [t.code for t in sop.langkah[: sop.position(langkah.code)]]
        for target in langkah.returns_to:
            if target not in before:
                cause = "bukan langkah sebelumnya" if target in sop else "tidak ada"
                advice = f"Pilih dari: {', '.join(before)}" if before else "Hapus kembali_ke pada baris ini"
                yield f'{at(langkah)}: kembali_ke "{target}" {cause}. {advice}.'
        if langkah.approval and sop.first.code in langkah.returns_to:
            yield (
                f"{at(langkah)}: pemberi persetujuan tidak mengembalikan langsung ke pemohon. "
                f'Hapus "{sop.first.code}" dari kembali_ke.'
            )
        if langkah.automatic is Automatic.VERIFIKASI and sop.first.code not in langkah.returns_to:
            yield (
                f"{at(langkah)}: verifikasi mengembalikan berkas yang keliru kepada pemohon. "
                f'Tambahkan "{sop.first.code}" pada kembali_ke.'
            )


def _reachable(sop: Sop) -> Iterator[str]:
    target = {code for t in sop.langkah for code in t.targets}
    for langkah in sop.langkah[1:]:
        if langkah.code not in target:
            yield (
                f"{at(langkah)}: tidak pernah dicapai, karena tidak ada langkah yang meneruskan berkas ke sini. "
                f'Tulis ke = "{langkah.code}" pada langkah sebelumnya atau hapus baris ini.'
            )


def _passed_by_all(sop: Sop) -> Iterator[str]:
    """No branch leads past a langkah that every file needs."""
    for langkah in (sop.gate, sop.drafting, sop.signing):
        passed = next((t for t in sop.langkah if langkah and langkah.code in t.beside), langkah)
        if langkah and passed and any(DONE in t.targets for t in _without(sop, passed)):
            yield (
                f"{at(langkah)}: ada cabang yang melewati langkah ini, padahal menetapkan_arah, penyusunan naskah dan "
                "tanda tangan selalu dijalani. Arahkan setiap cabang ke langkah ini atau sebelumnya."
            )


def _without(sop: Sop, avoided: Langkah) -> Iterator[Langkah]:
    """Every langkah that a file can reach without passing that one."""
    seen, waiting = {avoided.code, DONE}, [sop.first.code]
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            yield sop[code]
            waiting += sop[code].targets


def _skips(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        needed = langkah is sop.first or langkah.sets_arah or langkah.signature
        if langkah.skip_when and (needed or langkah.drafts):
            yield (
                f"{at(langkah)}: langkah pertama, menetapkan_arah, susun_naskah dan tanda tangan selalu dijalani. "
                "Hapus lewati_bila."
            )


#: A group trusts what the groups before it have found right.
GROUPS = (
    (_codes,),
    (_numbers, _forward, _returns, *EACH),
    (_reachable, _skips, _passed_by_all, *DUTIES, *WAYS),
    FORM,
    REFERENCES,
)
