"""The documents an applicant hands in, made on the spot: letters as PDF, identity cards and photos as JPEG.

Every file names its institution and its seed, so no two permohonan ever hand in the same bytes.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ops.contoh.papers.institutions import SampleInstitution
from ops.contoh.papers.pdf import LEBAR, Page, make_pdf
from ops.contoh.papers.pictures import PHOTO_SIZE, foto, ktp
from pipeline.sop.values import Syarat
from pipeline.tanggal import tanggal as date_in_words


@dataclass(frozen=True, slots=True)
class SampleBerkas:
    """A file ready to be handed in."""

    nama: str
    jenis: str  # media type
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLetter:
    """A sample letter as ``surat.toml`` describes it."""

    kop: tuple[str, ...]
    judul: str
    pembuka: str
    butir: tuple[str, ...]
    penanda: str
    halaman: int = 1
    foto: bool = False


def make_berkas(syarat: Syarat, lembaga: SampleInstitution) -> tuple[SampleBerkas, ...]:
    """The files that make up one required document."""
    if syarat.kode == "KTP":
        return tuple(
            SampleBerkas(f"ktp-{jabatan}.jpg", "image/jpeg", ktp(orang, jabatan)) for jabatan, orang in lembaga.pengurus
        )
    surat = _sample_letter(syarat.kode)
    payload = _letter(surat, _words(lembaga, syarat), f"{lembaga.benih}/{syarat.kode}")
    return (SampleBerkas(f"{syarat.kode.lower()}.pdf", "application/pdf", payload),)


def _words(lembaga: SampleInstitution, syarat: Syarat) -> dict[str, str]:
    isi = {kode: nilai for kode, nilai in lembaga.isi.items() if isinstance(nilai, str)}
    tanggal = {kode: date_in_words(date.fromisoformat(isi[kode])) for kode in ("akta_tanggal", "tanggal_domisili")}
    return (
        isi
        | tanggal
        | {
            "nama": lembaga.nama,
            "nama_besar": lembaga.nama.upper(),
            "kelurahan_besar": lembaga.kelurahan.upper(),
            "kecamatan_besar": lembaga.kecamatan.upper(),
            "ketua": lembaga.ketua.nama,
            "sekretaris": lembaga.sekretaris.nama,
            "bendahara": lembaga.bendahara.nama,
            "nik": lembaga.ketua.nik,
            "nama_syarat": syarat.nama,
            "tanggal": date_in_words(lembaga.tanggal),
        }
    )


def _letter(surat: SampleLetter, kata: dict[str, str], benih: str) -> bytes:
    rng = random.Random(benih)  # noqa: S311 - the curl of a signature
    judul = surat.judul.format_map(kata)
    halaman = [_page(surat, kata, benih, n) for n in range(surat.halaman)]
    _sign(halaman[-1], surat, kata, rng)
    if not surat.foto:
        return make_pdf(halaman, judul=judul)
    lampiran = Page()
    lampiran.line("Lampiran: foto bangunan", thick=True)
    lampiran.picture(LEBAR - 128, (LEBAR - 128) * PHOTO_SIZE[1] / PHOTO_SIZE[0])
    return make_pdf([*halaman, lampiran], judul=judul, foto=foto(f"{kata['nama']} {benih}"), photo_size=PHOTO_SIZE)


def _page(surat: SampleLetter, kata: dict[str, str], benih: str, nomor: int) -> Page:
    """Letterhead, title and the clauses; on later pages the clauses go on counting."""
    halaman = Page()
    for n, baris in enumerate(surat.kop):
        halaman.line(baris.format_map(kata), ukuran=10 if n else 14, thick=n == 0, middle=True)
    halaman.rule(1.6)
    if nomor == 0:
        halaman.line(surat.judul.format_map(kata), ukuran=13, thick=True, middle=True)
        halaman.line(f"Nomor: CONTOH/{benih}", ukuran=9, middle=True)
        halaman.y -= 12
        halaman.paragraph(surat.pembuka.format_map(kata))
    for n, butir in enumerate(surat.butir, 1 + nomor * len(surat.butir)):
        halaman.paragraph(butir.format_map(kata), prefix=f"{n}.")
    return halaman


def _sign(halaman: Page, surat: SampleLetter, kata: dict[str, str], rng: random.Random) -> None:
    right = LEBAR - 230
    halaman.y -= 14
    halaman.line(f"Banjarbaru, {kata['tanggal']}", x=right)
    halaman.line(surat.penanda, x=right)
    halaman.y -= 42
    halaman.stamp(right + 6, "CONTOH")
    halaman.stroke(right + 14, rng)
    halaman.y -= 20
    halaman.line(kata["ketua"] if surat.penanda in {"Ketua", "Yang menyatakan"} else "(tertanda)", x=right, thick=True)


def _sample_letter(kode: str) -> SampleLetter:
    semua = _all_letters()
    return semua.get(kode, semua["lain"])


@cache
def _all_letters() -> dict[str, SampleLetter]:
    return dict(_read_letters(tomllib.loads(Path(__file__).with_name("surat.toml").read_text(encoding="utf-8"))))


def _read_letters(toml: dict[str, dict[str, object]]) -> Iterator[tuple[str, SampleLetter]]:
    kop = toml.pop("kop")
    for kode, s in toml.items():
        yield (
            kode,
            SampleLetter(
                kop=_words_of(kop[str(s["kop"])]),
                judul=str(s["judul"]),
                pembuka=str(s["pembuka"]),
                butir=_words_of(s["butir"]),
                penanda=str(s["penanda"]),
                halaman=int(str(s.get("halaman", 1))),
                foto=s.get("foto") is True,
            ),
        )


def _words_of(nilai: object) -> tuple[str, ...]:
    return tuple(map(str, nilai)) if isinstance(nilai, list) else ()
