"""The checks of what the flags of a langkah give its desk: who refuses, drafts, approves, signs and receives. Pure."""

from collections.abc import Iterator, Mapping

from pipeline.roles import Peran
from pipeline.sop.check_form import Check, row
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


def _waits(sop: Sop) -> Iterator[str]:
    """A step that only waits has no desk and nothing to decide."""
    for langkah in sop.langkah:
        flagged = langkah.automatic or langkah.approval or langkah.refuses or langkah.sets_arah or langkah.drafts
        if langkah.waits and (flagged or langkah.signature or langkah.returns_to or langkah.asks):
            yield (
                f"{at(langkah)}: langkah yang hanya menunggu tidak memutus apa pun. Hapus kembali_ke, minta, otomatis, "
                "menyusun, menolak, menetapkan_arah, persetujuan dan tanda_tangan, atau hapus tunggu."
            )
        for code in langkah.returns_to:
            if code in sop and sop[code].waits:
                yield f'{at(langkah)}: di "{code}" tidak ada orang yang memperbaiki. Hapus dari kembali_ke.'


def _asks(sop: Sop) -> Iterator[str]:
    """What an applicant's step in the middle asks for is there, and is asked for nowhere else."""
    for langkah in sop.langkah:
        if langkah.asks is None:
            continue
        if langkah is sop.first or langkah.peran != Peran.PEMOHON or langkah.keputusan is not KeputusanKind.KIRIM:
            yield (
                f"{at(langkah)}: minta hanya pada langkah pemohon di tengah. "
                'Tulis peran = "pemohon" dan keputusan = "kirim", atau hapus minta.'
            )
        if sop.signing and sop.reached(langkah, sop.signing):
            yield f"{at(langkah)}: sesudah tanda tangan tidak diminta apa-apa. Pindahkan ke atas {at(sop.signing)}."
        if not (langkah.asks.syarat or langkah.asks.isian):
            yield f"{at(langkah)}: minta kosong. Sebut syarat atau isian yang diminta, atau hapus barisnya."
    yield from _asked_at(sop, "syarat", {s.code: s.asked_at for s in sop.syarat})
    yield from _asked_at(sop, "isian", {i.code: i.asked_at for i in sop.isian})


def _asked_at(sop: Sop, cluster: str, asked: Mapping[str, str]) -> Iterator[str]:
    """``minta`` of a langkah and ``diminta_pada`` of what it asks for name each other."""
    asking = [(t.code, t.asks.syarat if cluster == "syarat" else t.asks.isian) for t in sop.langkah if t.asks]
    wanted = {(place, code) for place, codes in asking for code in codes}
    for place, code in sorted(wanted):
        if code not in asked:
            yield f'{at(sop[place])}: minta {cluster} "{code}" tidak ada. Tulis [[{cluster}]] dengan kode itu.'
        elif asked[code] != place:
            yield f'{at(sop[place])}: {cluster} "{code}" diminta di sini. Tulis diminta_pada = "{place}" padanya.'
    for no, (code, place) in enumerate(asked.items(), start=1):
        if place and (place, code) not in wanted:
            yield (
                f'{row(cluster, no, code)}: diminta_pada = "{place}" bukan langkah yang memintanya. '
                f"Sebut {code} dalam minta langkah itu, atau hapus diminta_pada."
            )


def _side_by_side(sop: Sop) -> Iterator[str]:
    """Desks that have a file at the same time: a langkah each, between the one that opens and the one that joins."""
    for langkah in sop.langkah:
        if not langkah.beside:
            continue
        if len(set(langkah.beside)) < len(langkah.beside):
            yield f"{at(langkah)}: ke menyebut satu langkah dua kali. Tulis masing-masing sekali."
        if langkah.branches:
            yield f"{at(langkah)}: cabang tidak bersama ke yang berupa daftar. Hapus cabang, atau pilih satu ke."
        if sop.signing and sop.reached(langkah, sop.signing):
            yield f"{at(langkah)}: sesudah tanda tangan tidak ada meja bersama. Tulis satu langkah pada ke."
        joins = {sop[code].target for code in langkah.beside}
        if len(joins) > 1:
            yield (
                f"{at(langkah)}: langkah bersama {', '.join(langkah.beside)} bertemu di langkah yang sama. "
                f"Tulis ke yang sama pada semuanya; sekarang: {', '.join(sorted(joins))}."
            )
        for code in langkah.beside:
            yield from _one_beside(sop, sop[code], langkah)


def _one_beside(sop: Sop, langkah: Langkah, opening: Langkah) -> Iterator[str]:
    others = [code for code in opening.beside if code != langkah.code]
    if langkah.peran == Peran.PEMOHON or langkah.waits or langkah.automatic:
        yield f"{at(langkah)}: langkah bersama diputus orang di sebuah meja. Hapus otomatis dan tunggu, betulkan peran."
    if langkah.approval or langkah.drafts:
        yield (
            f"{at(langkah)}: naskah tidak disusun atau disetujui pada langkah bersama. Hapus persetujuan dan menyusun, "
            f"atau pindahkan ke sesudah {langkah.target}."
        )
    if langkah.beside or langkah.branches:
        yield f"{at(langkah)}: langkah bersama menuju satu langkah saja. Tulis satu kode pada ke dan hapus cabang."
    if any(code in langkah.returns_to for code in others):
        yield f"{at(langkah)}: berkas tidak dikembalikan ke meja sebelah. Hapus {', '.join(others)} dari kembali_ke."
    for other in sop.langkah:
        if langkah.code in other.targets and other is not opening:
            yield (
                f"{at(other)}: langkah bersama {langkah.code} hanya dibuka {at(opening)}. Arahkan ke ke langkah lain."
            )


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
DUTIES: tuple[Check, ...] = (_approvals, _direction, _draft, _by_persons, _receipt, _waits, _asks, _side_by_side)
