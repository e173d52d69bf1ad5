"""From the TOML of an SOP to its checked value."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.roles import PERAN_PETUGAS, PERAN_SOP
from pipeline.sop.check import check_sop
from pipeline.sop.check_form import printed_numbers
from pipeline.sop.policy import DAYS_TO_TAKE, DocumentAge, Policy
from pipeline.sop.rows import Line
from pipeline.sop.values import (
    FORWARD,
    Automatic,
    Bagian,
    BapItem,
    Isian,
    IsianKind,
    Langkah,
    LegalBasis,
    Naskah,
    Sop,
    Syarat,
)


def load_sop(path: Path) -> Sop:
    """Read and check one SOP file. Raises DefinitionError naming file, row and what to change."""
    try:
        isi = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as galat:
        raise DefinitionError(f"{path.name}: bukan TOML yang sah ({galat}).") from galat
    except OSError as galat:
        raise DefinitionError(f"{path}: tidak dapat dibaca ({galat.strerror}).") from galat
    return build_sop(isi, path.name)


def load_folder(folder: Path) -> Mapping[tuple[str, int], Sop]:
    """Every SOP in a folder by (kode, versi), oldest first. Raises DefinitionError, also for one given twice, and for
    two permits that would print the same numbers."""
    semua: dict[tuple[str, int], Sop] = {}
    for path in sorted(folder.glob("*.toml")):
        sop = load_sop(path)
        if (sop.kode, sop.versi) in semua:
            raise DefinitionError(f'{path.name}: "{sop.kode}" versi {sop.versi} sudah ada. Naikkan versi di sini.')
        semua[sop.kode, sop.versi] = sop
        for other in semua.values():
            if other.kode != sop.kode and (same := set(printed_numbers(other)) & set(printed_numbers(sop))):
                jenis = printed_numbers(sop)[same.pop()]
                raise DefinitionError(f"{path.name}: naskah.pola_nomor {jenis} sama dengan pola {other.kode}. Bedakan.")
    return MappingProxyType({kunci: semua[kunci] for kunci in sorted(semua)})


def build_sop(isi: Mapping[str, object], berkas: str) -> Sop:
    """The checked SOP in a parsed TOML document; ``berkas`` is the name used in messages."""
    akar = Line(berkas, isi)
    sop = Sop(
        kode=akar.teks("kode"),
        nama=akar.teks("nama"),
        versi=akar.number("versi", smallest=1),
        waktu_tercetak=akar.teks("waktu_tercetak"),
        janji=_limit(akar, akar.teks("janji")),
        prefix=akar.teks("prefix"),
        langkah=tuple(_langkah(b) for b in akar.baris("langkah")),
        bagian=tuple(_bagian(b) for b in akar.baris("bagian")),
        isian=tuple(_isian(b) for b in akar.baris("isian")),
        syarat=tuple(_syarat(b) for b in akar.baris("syarat")),
        butir_bap=tuple(_bap_item(b) for b in akar.baris("butir_bap")),
        naskah=_naskah(akar.tabel("naskah")),
        kebijakan=_policy(akar.tabel("kebijakan")),
    )
    akar.tutup()
    check_sop(sop, berkas)
    return sop


def _limit(baris: Line, teks: str) -> Limit:
    try:
        return Limit.parse(teks)
    except DefinitionError as galat:
        raise baris.salah(str(galat).rstrip(".")) from galat


def _langkah(baris: Line) -> Langkah:
    waktu = baris.teks("waktu")
    langkah = Langkah(
        no=baris.number("no", smallest=1),
        kode=baris.teks("kode"),
        kegiatan=baris.teks("kegiatan"),
        peran=baris.kata("peran", PERAN_SOP),
        kelengkapan=baris.teks("kelengkapan"),
        waktu=waktu,
        batas=_limit(baris, waktu),
        output=baris.teks("output"),
        keterangan=baris.teks("keterangan", ""),
        status=baris.teks("status"),
        status_perbaikan=baris.teks("status_perbaikan", "") or None,
        status_tolak=baris.teks("status_tolak", "") or None,
        keputusan=baris.kata("keputusan", FORWARD),
        tombol=baris.teks("tombol"),
        ke=baris.teks("ke"),
        kembali_ke=baris.daftar("kembali_ke"),
        otomatis=baris.words_if_any("otomatis", Automatic),
        atasan=baris.words_if_any("atasan", PERAN_PETUGAS),
        menetapkan_arah=baris.ya("menetapkan_arah"),
        persetujuan=baris.ya("persetujuan"),
        tanda_tangan=baris.ya("tanda_tangan"),
        lewati_bila=baris.condition("lewati_bila"),
    )
    baris.tutup()
    return langkah


def _bagian(baris: Line) -> Bagian:
    bagian = Bagian(kode=baris.teks("kode"), judul=baris.teks("judul"), penjelasan=baris.teks("penjelasan", ""))
    baris.tutup()
    return bagian


def _isian(baris: Line) -> Isian:
    isian = Isian(
        kode=baris.teks("kode"),
        label=baris.teks("label"),
        bagian=baris.teks("bagian"),
        jenis=baris.kata("jenis", IsianKind),
        petunjuk=baris.teks("petunjuk", ""),
        pilihan=baris.mapped("pilihan"),
        wajib=baris.ya("wajib", baku=True),
        wajib_bila=baris.condition("wajib_bila"),
        bila=baris.condition("bila"),
        paling_panjang=baris.number("paling_panjang", 200, smallest=1),
        pribadi=baris.ya("pribadi"),
        lampau=baris.ya("lampau"),
        henti=baris.mapped("henti"),
    )
    baris.tutup()
    return isian


def _syarat(baris: Line) -> Syarat:
    syarat = Syarat(
        kode=baris.teks("kode"),
        nama=baris.teks("nama"),
        keterangan=baris.teks("keterangan", ""),
        wajib=baris.condition("wajib"),
        opsional=baris.condition("opsional"),
        pribadi=baris.ya("pribadi"),
        paling_banyak=baris.number("paling_banyak", 5, smallest=1),
    )
    baris.tutup()
    return syarat


def _bap_item(baris: Line) -> BapItem:
    butir = BapItem(kode=baris.teks("kode"), uraian=baris.teks("uraian"), bila=baris.condition("bila"))
    baris.tutup()
    return butir


def _legal_basis(baris: Line) -> LegalBasis:
    dasar = LegalBasis(teks=baris.teks("teks"), bila=baris.condition("bila"))
    baris.tutup()
    return dasar


def _naskah(baris: Line) -> Naskah:
    naskah = Naskah(
        tentang=baris.teks("tentang"),
        mengingat=tuple(_legal_basis(b) for b in baris.baris("mengingat")),
        tembusan=baris.daftar("tembusan"),
        berlaku_tahun=baris.number("berlaku_tahun", smallest=1),
        pola_nomor=baris.mapped("pola_nomor"),
        templat=baris.mapped("templat"),
    )
    baris.tutup()
    return naskah


def _document_age(baris: Line) -> DocumentAge:
    umur = DocumentAge(syarat=baris.teks("syarat"), isian=baris.teks("isian"), tahun=baris.number("tahun", smallest=1))
    baris.tutup()
    return umur


def _policy(baris: Line) -> Policy:
    kebijakan = Policy(
        otomatis=baris.ya("otomatis", baku=True),
        sampel=baris.number("sampel", 0),
        arsip_hari=baris.number("arsip_hari", 90, smallest=DAYS_TO_TAKE[-1] + 1),
        umur_dokumen=tuple(_document_age(b) for b in baris.baris("umur_dokumen")),
    )
    baris.tutup()
    return kebijakan
