"""The checks an SOP has to pass before the office may run on it. Pure; each check yields sentences with their row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from pipeline.errors import DefinitionError
from pipeline.roles import Peran
from pipeline.sop.check_form import FORM, REFERENCES, row
from pipeline.sop.values import DONE, Langkah, Sop
from pipeline.sop.words import Automatic, KeputusanKind

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


def _at(langkah: Langkah) -> str:
    return row("langkah", langkah.no, langkah.code)


def _codes(sop: Sop) -> Iterator[str]:
    if not CODE.fullmatch(sop.code):
        yield f'kode = "{sop.code}" tidak dapat dipakai. Pakai huruf kecil, angka dan garis bawah, misalnya "td_lks".'
    if not PREFIX.fullmatch(sop.prefix):
        yield f'prefix = "{sop.prefix}" tidak dapat dipakai. Pakai 2 sampai 10 huruf besar atau angka, misalnya "LKS".'
    yield from _codes_of("langkah", sop.langkah, CODE)
    yield from _codes_of("bagian", sop.bagian, CODE)
    yield from _codes_of("isian", sop.isian, CODE)
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
        if langkah.target != DONE and langkah.target not in sop:
            yield f'{_at(langkah)}: ke = "{langkah.target}" tidak ada. Pilih salah satu: {_choices(sop, langkah)}.'
        elif langkah.target != DONE and sop.position(langkah.target) <= sop.position(langkah.code):
            yield (
                f'{_at(langkah)}: ke = "{langkah.target}" menunjuk ke belakang, sehingga berkas berputar dan '
                f"tidak pernah selesai. Pilih salah satu: {_choices(sop, langkah)}."
            )


def _choices(sop: Sop, langkah: Langkah) -> str:
    return ", ".join([*(t.code for t in sop.langkah[sop.position(langkah.code) + 1 :]), DONE])


def _returns(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        before = [t.code for t in sop.langkah[: sop.position(langkah.code)]]
        for target in langkah.returns_to:
            if target not in before:
                cause = "bukan langkah sebelumnya" if target in sop else "tidak ada"
                advice = f"Pilih dari: {', '.join(before)}" if before else "Hapus kembali_ke pada baris ini"
                yield f'{_at(langkah)}: kembali_ke "{target}" {cause}. {advice}.'
        if langkah.approval and sop.first.code in langkah.returns_to:
            yield (
                f"{_at(langkah)}: pemberi persetujuan tidak mengembalikan langsung ke pemohon. "
                f'Hapus "{sop.first.code}" dari kembali_ke.'
            )
        if langkah.automatic is Automatic.VERIFIKASI and sop.first.code not in langkah.returns_to:
            yield (
                f"{_at(langkah)}: verifikasi mengembalikan berkas yang keliru kepada pemohon. "
                f'Tambahkan "{sop.first.code}" pada kembali_ke.'
            )


def _reachable(sop: Sop) -> Iterator[str]:
    target = {t.target for t in sop.langkah}
    for langkah in sop.langkah[1:]:
        if langkah.code not in target:
            yield (
                f"{_at(langkah)}: tidak pernah dicapai, karena tidak ada langkah yang meneruskan berkas ke sini. "
                f'Tulis ke = "{langkah.code}" pada langkah sebelumnya atau hapus baris ini.'
            )


def _skips(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        needed = langkah is sop.first or langkah.sets_arah or langkah.signature
        if langkah.skip_when and (needed or langkah.drafts):
            yield (
                f"{_at(langkah)}: langkah pertama, menetapkan_arah, susun_naskah dan tanda tangan selalu dijalani. "
                "Hapus lewati_bila."
            )


def _roles(sop: Sop) -> Iterator[str]:
    if sop.first.peran != Peran.PEMOHON:
        yield f'{_at(sop.first)}: langkah pertama milik pemohon. Tulis peran = "pemohon".'
    for langkah in sop.langkah:
        if not (langkah.limit.hari or langkah.limit.minutes):
            yield f'{_at(langkah)}: waktu = "{langkah.time}" tidak memberi waktu. Tulis paling sedikit "1 Menit".'
        if langkah.peran == Peran.PEMOHON:
            yield from _applicants_own(langkah)


def _applicants_own(langkah: Langkah) -> Iterator[str]:
    if langkah.automatic is not None:
        yield f"{_at(langkah)}: langkah pemohon tidak dikerjakan otomatis. Hapus otomatis."


def _by_persons(sop: Sop) -> Iterator[str]:
    """Work that no machine may do."""
    for langkah in sop.langkah:
        if langkah.automatic is not None and (langkah.sets_arah or langkah.approval):
            yield f"{_at(langkah)}: arah dan persetujuan diputus orang, bukan sistem. Hapus otomatis."


def _decisions(sop: Sop) -> Iterator[str]:
    if sop.first.keputusan is not KeputusanKind.KIRIM:
        yield f'{_at(sop.first)}: langkah pertama dikirim pemohon. Tulis keputusan = "kirim".'
    for langkah in sop.langkah:
        if langkah.signature != (langkah.keputusan is KeputusanKind.TANDA_TANGANI):
            yield f'{_at(langkah)}: tanda_tangan = true dan keputusan = "tanda_tangani" harus ada bersama-sama.'


def _approvals(sop: Sop) -> Iterator[str]:
    mark = [t for t in sop.langkah if t.signature]
    if len(mark) != 1:
        whereabouts = f" ({', '.join(_at(t) for t in mark)})" if mark else ""
        yield f"langkah: tanda_tangan = true ada di {len(mark)} baris{whereabouts}. Harus tepat satu."
    for langkah in mark:
        if not langkah.approval:
            yield f"{_at(langkah)}: tanda tangan adalah persetujuan. Tulis persetujuan = true."
        for other in sop.langkah[sop.position(langkah.code) + 1 :]:
            if other.approval:
                yield f"{_at(other)}: persetujuan sesudah tanda tangan. Pindahkan ke atas {_at(langkah)}."
            if other.returns_to:
                yield f"{_at(other)}: surat yang sudah ditandatangani tidak kembali ke meja lain. Hapus kembali_ke."


def _receipt(sop: Sop) -> Iterator[str]:
    """The applicant sends first and receives last; they have no page for anything in between."""
    for langkah in sop.langkah[1:]:
        accept, pemohon = langkah.keputusan is KeputusanKind.TERIMA, langkah.peran == Peran.PEMOHON
        if (accept or pemohon) and not (accept and pemohon and langkah is sop.langkah[-1]):
            yield (
                f"{_at(langkah)}: pemohon hanya mengajukan pada langkah pertama dan menerima pada langkah terakhir. "
                'Pindahkan barisnya, atau betulkan peran atau keputusan ("terima" hanya milik pemohon).'
            )


def _direction(sop: Sop) -> Iterator[str]:
    decider = [t for t in sop.langkah if t.sets_arah]
    for langkah in decider[1:]:
        yield f"{_at(langkah)}: menetapkan_arah sudah ada pada {_at(decider[0])}. Hapus salah satu."
    for langkah in decider:
        if any(sop.position(t.code) <= sop.position(langkah.code) for t in sop.approval):
            yield f"{_at(langkah)}: menetapkan_arah harus sebelum semua persetujuan. Pindahkan ke atas."


def _draft(sop: Sop) -> Iterator[str]:
    drafter = [t for t in sop.langkah if t.drafts]
    if len(drafter) != 1:
        yield f'langkah: otomatis = "{Automatic.SUSUN_NASKAH}" ada di {len(drafter)} baris. Harus tepat satu.'
    for langkah in drafter:
        if any(sop.position(t.code) <= sop.position(langkah.code) for t in sop.approval):
            yield f"{_at(langkah)}: naskah disusun sesudah persetujuan pertama. Pindahkan ke atas."
        for decider in sop.langkah[sop.position(langkah.code) :]:
            if decider.sets_arah:
                yield f"{_at(decider)}: menetapkan_arah harus sebelum naskah disusun ({_at(langkah)})."


#: A group trusts what the groups before it have found right.
GROUPS = (
    (_codes,),
    (_numbers, _forward, _returns, _roles, _decisions),
    (_reachable, _skips, _approvals, _direction, _draft, _by_persons, _receipt),
    FORM,
    REFERENCES,
)
