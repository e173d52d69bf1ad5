"""The checks of the papers an SOP makes. Pure; what a template prints is looked at in ``documents/template``."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from pipeline.errors import DefinitionError
from pipeline.roles import Peran
from pipeline.sop.naskah import RESERVED, Naskah
from pipeline.sop.number_pattern import check_pattern
from pipeline.sop.values import Condition, Sop
from pipeline.sop.words import Arah, NaskahKind

#: What a number pattern may hold, and a place in a series that is longer than any pattern pads it to.
CONTENT_PATTERN: Mapping[str, object] = {"urut": 98765, "tahun": 2026, "bulan_romawi": "XI"}
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FILE = re.compile(r"[a-z0-9_]+\.docx", re.ASCII)


def papers(sop: Sop) -> Iterator[str]:
    """Each paper by itself."""
    count = Counter(n.code for n in sop.naskah)
    for at, naskah in _placed(sop):
        if not _CODE.fullmatch(naskah.code) or count[naskah.code] > 1:
            yield f'{at}: kode "{naskah.code}" tidak dapat dipakai. Pakai huruf kecil, dan kode lain untuk tiap naskah.'
        if not _FILE.fullmatch(naskah.templat):
            yield f'{at}: templat = "{naskah.templat}" bukan nama berkas Word. Tulis seperti "surat_penolakan.docx".'
        yield from (f"{at}: {sentence}" for sentence in _BY_KIND[naskah.kind](sop, naskah))


def needed_papers(sop: Sop) -> Iterator[str]:
    """What the steps of the SOP need, and nothing that no step makes."""
    decision = [n for n in sop.naskah if n.kind is NaskahKind.KEPUTUSAN]
    needed = []
    if any(t.signature for t in sop.langkah):
        needed.append(Arah.TERBIT)
        needed += [Arah.TOLAK] if any(t.refuses for t in sop.langkah) else []
    for arah in Arah:
        of_arah = [n.code for n in decision if n.arah is arah]
        if arah in needed and not of_arah:
            yield f'naskah: keputusan dengan arah = "{arah}" belum ada. Tambahkan [[naskah]] jenis = "keputusan".'
        if arah not in needed and of_arah:
            yield f'naskah ({of_arah[0]}): tidak ada langkah yang membuat keputusan "{arah}". Hapus naskah ini.'
        if len(of_arah) > 1:
            yield f'naskah: keputusan dengan arah = "{arah}" ada {len(of_arah)}: {", ".join(of_arah)}. Harus satu.'
    receipts = [n.code for n in sop.naskah if n.kind is NaskahKind.TANDA_TERIMA]
    if len(receipts) > 1 or (not receipts and sop.first.peran == Peran.PEMOHON):
        yield f'naskah: jenis = "tanda_terima" ada {len(receipts)}. Pemohon menerima tepat satu.'
    if len(printed_numbers(sop)) < sum(_valid_pattern(n.nomor_pattern) for n in decision):
        yield "naskah: dua keputusan memakai pola_nomor yang sama, jadi dua surat akan bernomor sama. Bedakan."


def made_of_forms(sop: Sop) -> Iterator[str]:
    """A desk makes its papers of its form."""
    for at, naskah in _placed(sop):
        if naskah.kind is NaskahKind.MEJA and sop.form_at(naskah.langkah) is None:
            yield f'{at}: langkah "{naskah.langkah}" tidak berformulir. Tambahkan [[formulir]] untuk langkah itu.'


def names(sop: Sop) -> Iterator[str]:
    """What a template finds under a name is one thing."""
    fields = [("isian", sop.isian), *((f"formulir {form.code}, isian", form.isian) for form in sop.forms)]
    field = {i.code for _, several in fields for i in several}
    for place, several in fields:
        for no, isian in enumerate(several, start=1):
            if isian.code in RESERVED:
                yield f"{place} baris {no} ({isian.code}): kode ini sudah dipakai naskah sendiri. Beri kode lain."
    for at, texts in (("kalimat", sop.texts), *((f"{at}, kalimat", n.texts) for at, n in _placed(sop))):
        for no, text in enumerate(texts, start=1):
            if not _CODE.fullmatch(text.label) or text.label in RESERVED | field:
                yield f'{at} baris {no}: kode "{text.label}" keliru, atau sudah dipakai isian. Beri kode lain.'


def conditions(sop: Sop) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    """Where it stands -> the conditions of each line of each paper."""
    yield from ((f"kalimat baris {no}, bila", text.when) for no, text in enumerate(sop.texts, start=1))
    for at, naskah in _placed(sop):
        yield from ((f"{at}, mengingat baris {no}, bila", one.when) for no, one in enumerate(naskah.citing, start=1))
        for cluster, texts in (("baris", naskah.lines), ("kalimat", naskah.texts)):
            yield from ((f"{at}, {cluster} baris {no}, bila", one.when) for no, one in enumerate(texts, start=1))


def printed_numbers(sop: Sop) -> dict[str, str]:
    """The same place in each series as it is printed -> its paper: two alike would be one number for two letters."""
    valid = {n.code: n.nomor_pattern for n in sop.naskah if _valid_pattern(n.nomor_pattern)}
    return {pattern.format(**CONTENT_PATTERN): code for code, pattern in valid.items()}


def _placed(sop: Sop) -> list[tuple[str, Naskah]]:
    return [(f"naskah baris {no} ({naskah.code})", naskah) for no, naskah in enumerate(sop.naskah, start=1)]


def _decision(_sop: Sop, naskah: Naskah) -> Iterator[str]:
    if not _valid_pattern(naskah.nomor_pattern):
        contoh = '"503/{urut:04d}/SK/{tahun}"'
        yield f'pola_nomor = "{naskah.nomor_pattern}" harus memuat {{urut}} dan {{tahun}}. Contoh: {contoh}.'
    if naskah.langkah:
        yield "keputusan disusun pada langkah penyusunan. Hapus langkah."
    if naskah.arah is Arah.TOLAK and naskah.validity:
        yield "surat penolakan tidak punya masa berlaku. Hapus berlaku."


def _receipt(_sop: Sop, naskah: Naskah) -> Iterator[str]:
    if naskah.langkah or naskah.arah:
        yield "tanda terima dibuat ketika permohonan dikirim. Hapus langkah dan arah."
    yield from _unsigned(naskah)


def _of_desk(sop: Sop, naskah: Naskah) -> Iterator[str]:
    desks = [t.code for t in sop.staff]
    if naskah.langkah not in desks:
        yield f'langkah = "{naskah.langkah}" bukan meja kantor. Pilih salah satu: {", ".join(desks)}.'
    if naskah.arah:
        yield "arah hanya untuk keputusan. Hapus arah."
    yield from _unsigned(naskah)


def _unsigned(naskah: Naskah) -> Iterator[str]:
    if naskah.nomor_pattern or naskah.validity:
        yield "pola_nomor dan berlaku hanya untuk keputusan. Hapus."


_BY_KIND = {NaskahKind.KEPUTUSAN: _decision, NaskahKind.TANDA_TERIMA: _receipt, NaskahKind.MEJA: _of_desk}


def _valid_pattern(pattern: str) -> bool:
    """Whether a number pattern can be filled in, and gives no two decrees of a paper one number."""
    try:
        check_pattern(pattern)
    except DefinitionError:
        return False
    return True
