"""What can be wrong with one field of a form. Pure; each check yields sentences that say what to change."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.sop.conditions import Condition
from pipeline.sop.form.isian import Isian
from pipeline.sop.words import Identity, IsianKind, Renewal

WITH_CHOICES = (IsianKind.PILIHAN, IsianKind.BANYAK)
_DIGITS_AT_MOST = 40
_NUMBERS = (IsianKind.TEKS, IsianKind.ANGKA_TETAP, IsianKind.NIK)
#: What a flag is for: its kinds of field.
_IDENTIFIES: Mapping[Identity, Sequence[IsianKind]] = {Identity.NAMA: (IsianKind.TEKS,), Identity.NOMOR: _NUMBERS}
_RENEWS: Mapping[Renewal, IsianKind] = {Renewal.NOMOR: IsianKind.TEKS, Renewal.SAMPAI: IsianKind.TANGGAL}


def wrong_isian(isian: Isian) -> Iterator[str]:
    """What is wrong with the field by itself."""
    yield from _choices(isian)
    if isian.past and isian.kind is not IsianKind.TANGGAL:
        yield "lampau hanya untuk tanggal. Hapus lampau."
    if (isian.kind is IsianKind.ANGKA_TETAP) != bool(isian.lengths):
        yield 'panjang dan jenis = "angka_tetap" harus ada bersama-sama. Tulis misalnya panjang = [16].'
    if any(length > _DIGITS_AT_MOST for length in isian.lengths):
        yield f"panjang paling banyak {_DIGITS_AT_MOST} angka."
    yield from _shapes(isian)
    if isian.identity and isian.kind not in _IDENTIFIES[isian.identity]:
        kinds = ", ".join(_IDENTIFIES[isian.identity])
        yield f'pengenal = "{isian.identity}" tidak untuk jenis "{isian.kind}". Pakai jenis {kinds}, atau hapus.'
    if isian.unlike and isian.kind not in _NUMBERS:
        yield f"beda_orang hanya untuk jenis {', '.join(_NUMBERS)}. Hapus beda_orang."
    if isian.renewal and isian.kind is not _RENEWS[isian.renewal]:
        yield f'perpanjangan = "{isian.renewal}" hanya untuk jenis {_RENEWS[isian.renewal]}. Ganti jenisnya.'


def together(isian: Isian, every: Sequence[Isian]) -> Iterator[str]:
    """What is wrong with the field beside the others."""
    kind = {f.code: f.kind for f in every}
    if isian.identity_with and isian.identity is not Identity.NOMOR:
        yield 'pengenal_dengan hanya melengkapi pengenal = "nomor". Tambahkan, atau hapus pengenal_dengan.'
    for code in isian.identity_with:
        if kind.get(code) not in (IsianKind.TEKS, IsianKind.TANGGAL):
            yield f'pengenal_dengan "{code}" tidak ada, atau bukan teks atau tanggal. Betulkan kodenya.'
    if isian.not_before and {isian.kind, kind.get(isian.not_before)} != {IsianKind.TANGGAL}:
        yield f'tidak_sebelum "{isian.not_before}" harus isian tanggal pada formulir yang sama. Betulkan kodenya.'
    if isian.unlike and not any(f.unlike == isian.unlike and f is not isian for f in every):
        yield f'beda_orang = "{isian.unlike}" hanya ada pada isian ini. Tulis pada isian lain juga, atau hapus.'
    if isian.renewal and any(f.renewal is isian.renewal and f is not isian for f in every):
        yield f'perpanjangan = "{isian.renewal}" ada pada lebih dari satu isian. Sisakan satu.'
    if isian.renewal is Renewal.SAMPAI and not any(f.renewal is Renewal.NOMOR for f in every):
        yield 'perpanjangan = "sampai" memerlukan isian dengan perpanjangan = "nomor". Tambahkan, atau hapus.'


def of_applicants_only(isian: Isian) -> Iterator[str]:
    """What only a field of a desk's form may have."""
    for key, value in (("isi_awal", isian.initial), ("ringkas", isian.brief), ("dulu", isian.formerly)):
        if value:
            yield f"{key} hanya untuk isian formulir meja. Hapus {key}."


def of_desks_only(isian: Isian) -> Iterator[str]:
    """What only a field of the applicant's form may have."""
    flags = (("pengenal", isian.identity), ("beda_orang", isian.unlike), ("perpanjangan", isian.renewal))
    for key, value in (*flags, ("henti", isian.stops)):
        if value:
            yield f"{key} hanya untuk isian pemohon. Hapus {key}."


def wrong_conditions(place: str, conditions: Sequence[Condition], known: Mapping[str, Isian]) -> Iterator[str]:
    """Clauses that name no choice there is. ``known``: the fields with choices that may be named here."""
    for code, value in (clause for condition in conditions for clause in condition.isian.items()):
        if code not in known:
            yield f'{place}: isian "{code}" tidak ada atau bukan pilihan. Pakai salah satu: {", ".join(known)}.'
            continue
        for wrong in sorted(set(value) - set(known[code].choices)):
            yield f'{place}: {code} tidak punya pilihan "{wrong}". Pakai: {", ".join(known[code].choices)}.'


def _choices(isian: Isian) -> Iterator[str]:
    if isian.kind in WITH_CHOICES and not isian.choices:
        yield 'pilihan belum diisi. Tambahkan pilihan = { KODE = "Label" }.'
    if isian.kind not in WITH_CHOICES and isian.choices:
        yield f'jenis "{isian.kind}" tidak memakai pilihan. Hapus pilihan atau ganti jenis.'
    for value in isian.stops:
        if value not in isian.choices:
            yield f'henti "{value}" bukan pilihan isian ini. Pilih dari: {", ".join(isian.choices)}.'


def _shapes(isian: Isian) -> Iterator[str]:
    for key, shape in (("pola", isian.shape), ("pola_lazim", isian.usual)):
        if shape is None:
            continue
        if isian.kind is not IsianKind.TEKS:
            yield f"{key} hanya untuk teks. Hapus {key}."
        try:
            re.compile(shape.pattern).sub(shape.standard, "")
        except (re.error, IndexError) as error:
            yield f"{key} atau {key}_baku bukan pola yang sah ({error}). Betulkan polanya."
            continue
        if shape.read(isian.example) is None:
            yield f'contoh = "{isian.example}" tidak cocok dengan {key}. Tulis sebuah jawaban yang cocok.'
