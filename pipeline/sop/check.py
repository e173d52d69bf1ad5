"""The checks an SOP has to pass before the office may run on it. Pure; each check yields sentences with their row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from pipeline.errors import DefinitionError
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.sop.check_form import FORM, REFERENCES, row
from pipeline.sop.values import SELESAI, Automatic, KeputusanKind, Langkah, Sop

KODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
SYARAT_CODE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}", re.ASCII)


class Coded(Protocol):
    @property
    def kode(self) -> str: ...


def check_sop(sop: Sop, berkas: str) -> None:
    """Raise DefinitionError with every contradiction found: file, row, and what to change.

    A group of checks trusts what the groups before it have found right.
    """
    for group in GROUPS:
        if masalah := [f"{berkas}, {kalimat}" for check in group for kalimat in check(sop)]:
            raise DefinitionError("\n".join(masalah))


def check_templates(sop: Sop, folder: Path) -> None:
    """Raise DefinitionError when a template the SOP names is not in ``folder``."""
    for jenis, nama in sop.naskah.templat.items():
        if not (folder / nama).is_file():
            raise DefinitionError(
                f'{sop.kode}, naskah.templat: templat "{nama}" untuk {jenis} tidak ada di {folder.name}/. '
                "Simpan berkasnya di sana atau betulkan namanya."
            )


def _at(langkah: Langkah) -> str:
    return row("langkah", langkah.no, langkah.kode)


def _codes(sop: Sop) -> Iterator[str]:
    if not KODE.fullmatch(sop.kode):
        yield f'kode = "{sop.kode}" tidak dapat dipakai. Pakai huruf kecil, angka dan garis bawah, misalnya "td_lks".'
    if not PREFIX.fullmatch(sop.prefix):
        yield f'prefix = "{sop.prefix}" tidak dapat dipakai. Pakai 2 sampai 10 huruf besar atau angka, misalnya "LKS".'
    yield from _codes_of("langkah", sop.langkah, KODE)
    yield from _codes_of("bagian", sop.bagian, KODE)
    yield from _codes_of("isian", sop.isian, KODE)
    yield from _codes_of("butir_bap", sop.butir_bap, KODE)
    yield from _codes_of("syarat", sop.syarat, SYARAT_CODE)


def _codes_of(cluster: str, baris: Sequence[Coded], bentuk: re.Pattern[str]) -> Iterator[str]:
    if not baris:
        yield f"[[{cluster}]] belum ada. Tulis paling sedikit satu."
    banyak = Counter(b.kode for b in baris)
    for no, isi in enumerate(baris, start=1):
        if banyak[isi.kode] > 1:
            yield f'{row(cluster, no, isi.kode)}: kode "{isi.kode}" dipakai {banyak[isi.kode]} kali. Beri kode lain.'
        if not bentuk.fullmatch(isi.kode) or isi.kode == SELESAI:
            huruf = "besar" if bentuk is SYARAT_CODE else "kecil"
            yield (
                f'{row(cluster, no, isi.kode)}: kode "{isi.kode}" tidak dapat dipakai. '
                f'Pakai huruf {huruf}, angka dan garis bawah, dan bukan "{SELESAI}".'
            )


def _numbers(sop: Sop) -> Iterator[str]:
    for urut, langkah in enumerate(sop.langkah, start=1):
        if langkah.no != urut:
            di = row("langkah", urut, langkah.kode)
            yield f"{di}: no = {langkah.no}, seharusnya {urut}. Urutkan baris seperti pada tabel SOP."


def _forward(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        if langkah.ke != SELESAI and langkah.ke not in sop:
            yield f'{_at(langkah)}: ke = "{langkah.ke}" tidak ada. Pilih salah satu: {_choices(sop, langkah)}.'
        elif langkah.ke != SELESAI and sop.posisi(langkah.ke) <= sop.posisi(langkah.kode):
            yield (
                f'{_at(langkah)}: ke = "{langkah.ke}" menunjuk ke belakang, sehingga berkas berputar dan tidak pernah '
                f"selesai. Pilih salah satu: {_choices(sop, langkah)}."
            )


def _choices(sop: Sop, langkah: Langkah) -> str:
    return ", ".join([*(t.kode for t in sop.langkah[sop.posisi(langkah.kode) + 1 :]), SELESAI])


def _returns(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        sebelum = [t.kode for t in sop.langkah[: sop.posisi(langkah.kode)]]
        for tujuan in langkah.kembali_ke:
            if tujuan not in sebelum:
                sebab = "bukan langkah sebelumnya" if tujuan in sop else "tidak ada"
                saran = f"Pilih dari: {', '.join(sebelum)}" if sebelum else "Hapus kembali_ke pada baris ini"
                yield f'{_at(langkah)}: kembali_ke "{tujuan}" {sebab}. {saran}.'
        if langkah.persetujuan and sop.awal.kode in langkah.kembali_ke:
            yield (
                f"{_at(langkah)}: pemberi persetujuan tidak mengembalikan langsung ke pemohon. "
                f'Hapus "{sop.awal.kode}" dari kembali_ke.'
            )
        if langkah.otomatis is Automatic.VERIFIKASI and sop.awal.kode not in langkah.kembali_ke:
            yield (
                f"{_at(langkah)}: verifikasi mengembalikan berkas yang keliru kepada pemohon. "
                f'Tambahkan "{sop.awal.kode}" pada kembali_ke.'
            )


def _reachable(sop: Sop) -> Iterator[str]:
    tujuan = {t.ke for t in sop.langkah}
    for langkah in sop.langkah[1:]:
        if langkah.kode not in tujuan:
            yield (
                f"{_at(langkah)}: tidak pernah dicapai, karena tidak ada langkah yang meneruskan berkas ke sini. "
                f'Tulis ke = "{langkah.kode}" pada langkah sebelumnya atau hapus baris ini.'
            )


def _skips(sop: Sop) -> Iterator[str]:
    for langkah in sop.langkah:
        perlu = langkah is sop.awal or langkah.menetapkan_arah or langkah.tanda_tangan
        if langkah.lewati_bila and (perlu or langkah.otomatis is Automatic.SUSUN_NASKAH):
            yield (
                f"{_at(langkah)}: langkah pertama, menetapkan_arah, susun_naskah dan tanda tangan selalu dijalani. "
                "Hapus lewati_bila."
            )


def _roles(sop: Sop) -> Iterator[str]:
    if sop.awal.peran is not Peran.PEMOHON:
        yield f'{_at(sop.awal)}: langkah pertama milik pemohon. Tulis peran = "pemohon".'
    for langkah in sop.langkah:
        if not (langkah.batas.hari or langkah.batas.menit):
            yield f'{_at(langkah)}: waktu = "{langkah.waktu}" tidak memberi waktu. Tulis paling sedikit "1 Menit".'
        if langkah.peran is Peran.PEMOHON:
            yield from _applicants_own(langkah)
        elif langkah.atasan is None:
            yield (
                f"{_at(langkah)}: langkah kantor perlu atasan yang diberi tahu bila lewat tenggat. "
                f"Isi atasan dengan salah satu: {', '.join(PERAN_PETUGAS)}."
            )


def _applicants_own(langkah: Langkah) -> Iterator[str]:
    if langkah.atasan is not None:
        yield f"{_at(langkah)}: langkah pemohon tidak dieskalasi. Hapus atasan."
    if langkah.otomatis is not None:
        yield f"{_at(langkah)}: langkah pemohon tidak dikerjakan otomatis. Hapus otomatis."


def _desks(sop: Sop) -> Iterator[str]:
    """Work that the law and our pages give to one desk, and that no machine may do."""
    for langkah in sop.langkah:
        for ada, apa, peran in (
            (langkah.menetapkan_arah, "menetapkan_arah", Peran.DINAS_TEKNIS),
            (langkah.otomatis is Automatic.SUSUN_NASKAH, "susun_naskah", Peran.BACK_OFFICE),
            (langkah.tanda_tangan, "tanda_tangan", Peran.KEPALA_DINAS),
        ):
            if ada and langkah.peran is not peran:
                yield f'{_at(langkah)}: {apa} adalah pekerjaan {peran.nama}. Tulis peran = "{peran}".'
        if langkah.otomatis is not None and (langkah.menetapkan_arah or langkah.persetujuan):
            yield f"{_at(langkah)}: arah dan persetujuan diputus orang, bukan sistem. Hapus otomatis."


def _decisions(sop: Sop) -> Iterator[str]:
    if sop.awal.keputusan is not KeputusanKind.KIRIM:
        yield f'{_at(sop.awal)}: langkah pertama dikirim pemohon. Tulis keputusan = "kirim".'
    for langkah in sop.langkah:
        if langkah.tanda_tangan != (langkah.keputusan is KeputusanKind.TANDA_TANGANI):
            yield f'{_at(langkah)}: tanda_tangan = true dan keputusan = "tanda_tangani" harus ada bersama-sama.'


def _approvals(sop: Sop) -> Iterator[str]:
    tanda = [t for t in sop.langkah if t.tanda_tangan]
    if len(tanda) != 1:
        whereabouts = f" ({', '.join(_at(t) for t in tanda)})" if tanda else ""
        yield f"langkah: tanda_tangan = true ada di {len(tanda)} baris{whereabouts}. Harus tepat satu."
    for langkah in tanda:
        if not langkah.persetujuan:
            yield f"{_at(langkah)}: tanda tangan adalah persetujuan. Tulis persetujuan = true."
        for lain in sop.langkah[sop.posisi(langkah.kode) + 1 :]:
            if lain.persetujuan:
                yield f"{_at(lain)}: persetujuan sesudah tanda tangan. Pindahkan ke atas {_at(langkah)}."
            if lain.kembali_ke:
                yield f"{_at(lain)}: surat yang sudah ditandatangani tidak kembali ke meja lain. Hapus kembali_ke."


def _receipt(sop: Sop) -> Iterator[str]:
    """The applicant sends first and receives last; they have no page for anything in between."""
    for langkah in sop.langkah[1:]:
        terima, pemohon = langkah.keputusan is KeputusanKind.TERIMA, langkah.peran is Peran.PEMOHON
        if (terima or pemohon) and not (terima and pemohon and langkah is sop.langkah[-1]):
            yield (
                f"{_at(langkah)}: pemohon hanya mengajukan pada langkah pertama dan menerima pada langkah terakhir. "
                'Pindahkan barisnya, atau betulkan peran atau keputusan ("terima" hanya milik pemohon).'
            )


def _direction(sop: Sop) -> Iterator[str]:
    decider = [t for t in sop.langkah if t.menetapkan_arah]
    for langkah in decider[1:]:
        yield f"{_at(langkah)}: menetapkan_arah sudah ada pada {_at(decider[0])}. Hapus salah satu."
    for langkah in decider:
        if any(sop.posisi(t.kode) <= sop.posisi(langkah.kode) for t in sop.persetujuan):
            yield f"{_at(langkah)}: menetapkan_arah harus sebelum semua persetujuan. Pindahkan ke atas."


def _draft(sop: Sop) -> Iterator[str]:
    penyusun = [t for t in sop.langkah if t.otomatis is Automatic.SUSUN_NASKAH]
    if len(penyusun) != 1:
        yield f'langkah: otomatis = "{Automatic.SUSUN_NASKAH}" ada di {len(penyusun)} baris. Harus tepat satu.'
    for langkah in penyusun:
        if any(sop.posisi(t.kode) <= sop.posisi(langkah.kode) for t in sop.persetujuan):
            yield f"{_at(langkah)}: naskah disusun sesudah persetujuan pertama. Pindahkan ke atas."
        for decider in sop.langkah[sop.posisi(langkah.kode) :]:
            if decider.menetapkan_arah:
                yield f"{_at(decider)}: menetapkan_arah harus sebelum naskah disusun ({_at(langkah)})."


#: A group trusts what the groups before it have found right.
GROUPS = (
    (_codes,),
    (_numbers, _forward, _returns, _roles, _decisions),
    (_reachable, _skips, _approvals, _direction, _draft, _desks, _receipt),
    FORM,
    REFERENCES,
)
