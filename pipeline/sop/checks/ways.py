"""The checks of what makes a way more than a line: waits, applicants asked for more, desks side by side. Pure."""

from collections.abc import Iterator, Mapping

from pipeline.roles import Peran
from pipeline.sop.checks.duties import at
from pipeline.sop.checks.form import Check, row
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import KeputusanKind


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


def _known_in_time(sop: Sop) -> Iterator[str]:
    """A way is chosen by what has been asked for before."""
    asked = {i.code: i.asked_at for i in sop.isian if i.asked_at in sop}
    for langkah in sop.langkah:
        ways = [*langkah.skip_when, *(one for branch in langkah.branches for one in branch.when)]
        for code in sorted({code for one in ways for code in one.isian if code in asked}):
            if sop.position(asked[code]) >= sop.position(langkah.code):
                yield (
                    f'{at(langkah)}: isian "{code}" baru diminta pada "{asked[code]}", sesudah jalan ini dipilih. '
                    "Pakai isian lain, atau pindahkan langkah yang memintanya ke atas."
                )


WAYS: tuple[Check, ...] = (_waits, _asks, _known_in_time, _side_by_side)
