"""The checks of what the flags of a langkah give its desk: who refuses, drafts, approves, signs and receives. Pure."""

from collections.abc import Iterator

from pipeline.roles import Peran
from pipeline.sop.checks.form import Check, row
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import Automatic, KeputusanKind


def at(langkah: Langkah) -> str:
    """How a message names a langkah."""
    return row("langkah", langkah.no, langkah.code)


def _roles(sop: Sop) -> Iterator[str]:
    first = sop.first
    if first.approval or first.refuses or first.sets_arah or first.drafts or first.automatic:
        yield (
            f"{at(first)}: pada langkah pertama berkas baru diisi. Hapus otomatis, menyusun, menolak, menetapkan_arah "
            "dan persetujuan."
        )
    for langkah in sop.langkah:
        if not (langkah.limit.hari or langkah.limit.minutes):
            yield f'{at(langkah)}: waktu = "{langkah.time}" tidak memberi waktu. Tulis paling sedikit "1 Menit".'
        if langkah.peran == Peran.PEMOHON and langkah.automatic is not None:
            yield f"{at(langkah)}: langkah pemohon tidak dikerjakan otomatis. Hapus otomatis."


def _by_persons(sop: Sop) -> Iterator[str]:
    """Work that no machine may do, and what no applicant may."""
    for langkah in sop.langkah:
        decides = langkah.sets_arah or langkah.refuses or langkah.approval
        if decides and langkah.automatic is not None and langkah is not sop.first:
            yield f"{at(langkah)}: arah, penolakan dan persetujuan diputus orang, bukan sistem. Hapus otomatis."
        if (decides or langkah.drafts) and langkah.peran == Peran.PEMOHON and langkah is not sop.first:
            yield (
                f"{at(langkah)}: pemohon tidak menyusun, menyetujui atau menolak. "
                "Hapus menyusun, persetujuan, menolak dan menetapkan_arah, atau betulkan peran."
            )


def _decisions(sop: Sop) -> Iterator[str]:
    if sop.first.waits:
        yield f"{at(sop.first)}: langkah pertama mengisi berkas, tidak menunggu. Hapus tunggu."
    elif sop.first.keputusan is not KeputusanKind.KIRIM:
        yield f'{at(sop.first)}: berkas yang sudah diisi dikirim. Tulis keputusan = "kirim".'
    for langkah in sop.langkah:
        if langkah.signature != (langkah.keputusan is KeputusanKind.TANDA_TANGANI):
            yield f'{at(langkah)}: tanda_tangan = true dan keputusan = "tanda_tangani" harus ada bersama-sama.'


def _approvals(sop: Sop) -> Iterator[str]:
    signing = [t for t in sop.langkah if t.signature]
    for langkah in signing[1:]:
        yield f"{at(langkah)}: tanda_tangan sudah ada pada {at(signing[0])}. Hapus salah satu."
    if not signing:
        for langkah in sop.approval:
            yield (
                f"{at(langkah)}: persetujuan mengikat naskah yang ditandatangani, dan di sini tidak ada tanda tangan. "
                "Hapus persetujuan, atau tulis tanda_tangan = true pada baris yang menandatangani."
            )
    for langkah in signing[:1]:
        if not langkah.approval:
            yield f"{at(langkah)}: tanda tangan adalah persetujuan. Tulis persetujuan = true."
        for other in sop.langkah[sop.position(langkah.code) + 1 :]:
            yield from _after_signature(other, langkah)


def _after_signature(langkah: Langkah, signing: Langkah) -> Iterator[str]:
    if langkah.approval:
        yield f"{at(langkah)}: persetujuan sesudah tanda tangan. Pindahkan ke atas {at(signing)}."
    if langkah.returns_to:
        yield f"{at(langkah)}: surat yang sudah ditandatangani tidak kembali ke meja lain. Hapus kembali_ke."
    if langkah.refuses:
        yield f"{at(langkah)}: yang sudah ditandatangani tidak ditolak lagi. Hapus menolak."


def _receipt(sop: Sop) -> Iterator[str]:
    """The applicant sends first; later they only give what a step asks for, and receive what is signed."""
    receiving = [t for t in sop.langkah if t.keputusan is KeputusanKind.TERIMA]
    for langkah in receiving:
        if langkah.peran != Peran.PEMOHON:
            yield f'{at(langkah)}: keputusan "terima" hanya milik pemohon. Tulis "setujui", atau betulkan peran.'
        elif not sop.reached(langkah, sop.signing) or langkah is sop.signing:
            yield f"{at(langkah)}: pemohon menerima surat bertanda tangan. Pindahkan ke bawah baris tanda_tangan."
    for langkah in receiving[1:]:
        yield f"{at(langkah)}: pemohon sudah menerima pada {at(receiving[0])}. Hapus salah satu."
    for langkah in sop.langkah[1:]:
        if langkah.peran == Peran.PEMOHON and not sop.by_applicant:
            yield f"{at(langkah)}: berkas ini dibuka meja sendiri, jadi tidak ada pemohon. Betulkan peran."
        elif langkah.peran == Peran.PEMOHON and langkah not in receiving and langkah.asks is None:
            yield (
                f"{at(langkah)}: pemohon mengajukan pada langkah pertama dan menerima surat sesudah tanda tangan. "
                'Betulkan peran, tulis minta = { ... } bila pemohon melengkapi sesuatu, atau keputusan = "terima" '
                "sesudah tanda tangan."
            )


def _direction(sop: Sop) -> Iterator[str]:
    decider = [t for t in sop.langkah if t.sets_arah]
    for langkah in decider[1:]:
        yield f"{at(langkah)}: menetapkan_arah sudah ada pada {at(decider[0])}. Hapus salah satu."
    for langkah in decider:
        if sop.drafting is None:
            yield f"{at(langkah)}: tidak ada naskah yang didahului arah ini. Hapus menetapkan_arah."
        elif sop.reached(langkah, sop.drafting):
            yield f"{at(langkah)}: menetapkan_arah harus sebelum naskah disusun. Pindahkan ke atas {at(sop.drafting)}."
    for langkah in sop.langkah:
        if langkah.refuses and sop.drafting is None:
            yield (
                f"{at(langkah)}: penolakan diberitahukan dengan surat, dan tidak ada baris yang menyusunnya. "
                'Tulis otomatis = "susun_naskah" atau menyusun = true pada satu baris, atau hapus menolak.'
            )
        elif langkah.refuses and langkah.drafts:
            yield f"{at(langkah)}: meja penyusun tidak menolak. Pindahkan menolak ke langkah sebelum atau sesudahnya."


def _draft(sop: Sop) -> Iterator[str]:
    drafter = [t for t in sop.langkah if t.drafts]
    for langkah in drafter:
        if langkah.automatic not in (None, Automatic.SUSUN_NASKAH):
            yield f'{at(langkah)}: menyusun = true tidak bersama otomatis = "{langkah.automatic}". Hapus salah satu.'
    for langkah in drafter[1:]:
        yield f"{at(langkah)}: naskah sudah disusun pada {at(drafter[0])}. Hapus salah satu."
    if sop.signing and not drafter:
        yield (
            f"{at(sop.signing)}: tidak ada baris yang menyusun naskah yang ditandatangani. "
            'Tulis otomatis = "susun_naskah", atau menyusun = true bila disusun orang, pada satu baris sebelumnya.'
        )
    for langkah in drafter[:1]:
        if sop.signing is None:
            yield f"{at(langkah)}: naskah disusun, tetapi tidak ada yang menandatangani. Tambahkan tanda_tangan = true."
        if any(sop.position(t.code) <= sop.position(langkah.code) for t in sop.approval):
            yield f"{at(langkah)}: naskah disusun sesudah persetujuan pertama. Pindahkan ke atas."


#: Those that trust nothing, and those that trust that decisions and roles are right.
EACH: tuple[Check, ...] = (_roles, _decisions)
DUTIES: tuple[Check, ...] = (_approvals, _direction, _draft, _by_persons, _receipt)
