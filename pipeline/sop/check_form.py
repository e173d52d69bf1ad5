"""The checks of what an SOP asks for and prints: form, documents, conditions, papers. Pure."""

import re
from collections.abc import Callable, Iterator
from string import Formatter

from pipeline.sop.values import Condition, Isian, IsianKind, Sop

WITH_CHOICES = (IsianKind.PILIHAN, IsianKind.BANYAK)
CONTENT_PATTERN = {"urut", "tahun", "bulan_romawi"}

Check = Callable[[Sop], Iterator[str]]


def row(cluster: str, no: int, kode: str) -> str:
    """How a message names a row of the file."""
    return f"{cluster} baris {no} ({kode})"


def _form(sop: Sop) -> Iterator[str]:
    bagian = [b.kode for b in sop.bagian]
    for no, isian in enumerate(sop.isian, start=1):
        di = row("isian", no, isian.kode)
        if isian.bagian not in bagian:
            yield f'{di}: bagian "{isian.bagian}" tidak ada. Pilih salah satu: {", ".join(bagian)}.'
        yield from (f"{di}: {kalimat}" for kalimat in _field(isian))
    for no, kode in enumerate(bagian, start=1):
        if all(isian.bagian != kode for isian in sop.isian):
            yield f"{row('bagian', no, kode)}: tidak memuat satu isian pun. Hapus, atau isi dengan [[isian]]."


def _field(isian: Isian) -> Iterator[str]:
    if isian.jenis in WITH_CHOICES and not isian.pilihan:
        yield 'pilihan belum diisi. Tambahkan pilihan = { KODE = "Label" }.'
    if isian.jenis not in WITH_CHOICES and isian.pilihan:
        yield f'jenis "{isian.jenis}" tidak memakai pilihan. Hapus pilihan atau ganti jenis.'
    if isian.lampau and isian.jenis is not IsianKind.TANGGAL:
        yield "lampau hanya untuk tanggal. Hapus lampau."
    for nilai in isian.henti:
        if nilai not in isian.pilihan:
            yield f'henti "{nilai}" bukan pilihan isian ini. Pilih dari: {", ".join(isian.pilihan)}.'


def _documents(sop: Sop) -> Iterator[str]:
    for no, syarat in enumerate(sop.syarat, start=1):
        if not (syarat.wajib or syarat.opsional):
            yield f"{row('syarat', no, syarat.kode)}: tidak pernah diminta. Isi wajib atau opsional, misalnya [{{}}]."


def _conditions(sop: Sop) -> Iterator[str]:
    isian = {f.kode: f for f in sop.isian if f.jenis in WITH_CHOICES}
    for tempat, condition in _all_conditions(sop):
        for kode, nilai in condition.isian.items():
            if kode not in isian:
                yield f'{tempat}: isian "{kode}" tidak ada atau bukan pilihan. Pakai salah satu: {", ".join(isian)}.'
                continue
            for salah in sorted(set(nilai) - set(isian[kode].pilihan)):
                yield f'{tempat}: {kode} tidak punya pilihan "{salah}". Pakai: {", ".join(isian[kode].pilihan)}.'


def _all_conditions(sop: Sop) -> Iterator[tuple[str, Condition]]:
    """Every condition of the file with the place it stands at."""
    for langkah in sop.langkah:
        yield from _placed(f"{row('langkah', langkah.no, langkah.kode)}, lewati_bila", langkah.lewati_bila)
    for no, isian in enumerate(sop.isian, start=1):
        yield from _placed(f"{row('isian', no, isian.kode)}, bila", (*isian.bila, *isian.wajib_bila))
    for no, syarat in enumerate(sop.syarat, start=1):
        yield from _placed(f"{row('syarat', no, syarat.kode)}, wajib/opsional", (*syarat.wajib, *syarat.opsional))
    for no, butir in enumerate(sop.butir_bap, start=1):
        yield from _placed(f"{row('butir_bap', no, butir.kode)}, bila", butir.bila)
    for no, dasar in enumerate(sop.naskah.mengingat, start=1):
        yield from _placed(f"naskah.mengingat baris {no}, bila", dasar.bila)


def _placed(tempat: str, condition: tuple[Condition, ...]) -> Iterator[tuple[str, Condition]]:
    return ((tempat, k) for k in condition)


def _papers(sop: Sop) -> Iterator[str]:
    reviewed = any(t.menetapkan_arah for t in sop.langkah)
    bernomor = ("sk", *(("penolakan",) if reviewed else ()))
    templat = (*bernomor, "tanda_terima", *(("bap", "rekomendasi") if reviewed else ()))
    for nama, perlu, mapped in (
        ("templat", templat, sop.naskah.templat),
        ("pola_nomor", bernomor, sop.naskah.pola_nomor),
    ):
        yield from (f"naskah.{nama}: {j} belum ada. Tambahkan {j} = ..." for j in perlu if j not in mapped)
    for jenis, berkas in sop.naskah.templat.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]+\.docx", berkas):
            yield f'naskah.templat: {jenis} = "{berkas}" bukan nama berkas Word. Tulis seperti "surat_penolakan.docx".'
    for jenis, pola in sop.naskah.pola_nomor.items():
        if not _valid_pattern(pola):
            contoh = '"503/{urut:04d}/SK/{tahun}"'
            yield f'naskah.pola_nomor: {jenis} = "{pola}" harus memuat {{urut}} dan {{tahun}}. Contoh: {contoh}.'
    if len(printed_numbers(sop)) < sum(map(_valid_pattern, sop.naskah.pola_nomor.values())):
        yield "naskah.pola_nomor: dua jenis surat memakai pola yang sama, jadi dua surat akan bernomor sama. Bedakan."


def printed_numbers(sop: Sop) -> dict[str, str]:
    """The same place in each series as it is printed -> the kind: two alike would be one number for two letters."""
    valid = {jenis: pola for jenis, pola in sop.naskah.pola_nomor.items() if _valid_pattern(pola)}
    return {pola.format(urut=98765, tahun=2026, bulan_romawi="XI"): jenis for jenis, pola in valid.items()}


def _valid_pattern(pola: str) -> bool:
    """Whether a number pattern can be filled in, and gives no two decrees of a kind one number."""
    try:
        pola.format(urut=1, tahun=2026, bulan_romawi="XI")
        nama = {n for _, n, _, _ in Formatter().parse(pola) if n is not None}
    except (ValueError, LookupError, AttributeError):
        return False
    return {"urut", "tahun"} <= nama <= CONTENT_PATTERN


def _policy(sop: Sop) -> Iterator[str]:
    if sop.kebijakan.sampel > 100:
        yield f"kebijakan: sampel = {sop.kebijakan.sampel} persen. Tulis 0 sampai 100."
    tanggal = [f.kode for f in sop.isian if f.jenis is IsianKind.TANGGAL]
    syarat = [s.kode for s in sop.syarat]
    for no, umur in enumerate(sop.kebijakan.umur_dokumen, start=1):
        if umur.syarat not in syarat:
            yield (
                f'kebijakan.umur_dokumen baris {no}: syarat "{umur.syarat}" tidak ada pada [[syarat]]. '
                f"Pilih: {', '.join(syarat)}."
            )
        if umur.isian not in tanggal:
            yield f'kebijakan.umur_dokumen baris {no}: isian "{umur.isian}" bukan tanggal. Pilih: {", ".join(tanggal)}.'


FORM: tuple[Check, ...] = (_form, _documents)
REFERENCES: tuple[Check, ...] = (_conditions, _papers, _policy)
