"""The words of a notice, and the letter or message around them. Pure: names in, text out.

Two things never get into a notice: a document, and a number long enough to be a NIK, whatever field it was typed into.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.kantor import Kantor
from pipeline.rules.notices.rules import Jenis, Saluran

NAMA_PALING_PANJANG = 100
TANPA_NAMA = "Bapak/Ibu"
#: Sixteen digits or more, however they are spaced: a NIK, a NPWP, a NIP, a card.
_NOMOR_PANJANG = re.compile(r"\d(?:[\W_]*\d){15,}")
_DISAMARKAN = "[nomor disamarkan]"

TOMBOL: Mapping[Jenis, str] = {
    Jenis.DITERIMA: "Buka tanda terima",
    Jenis.PERBAIKAN: "Lihat yang perlu diperbaiki",
    Jenis.TERBIT: "Unduh SK",
    Jenis.DITOLAK: "Baca surat keputusan",
    Jenis.DIBATALKAN: "Lihat permohonan",
    Jenis.DRAF: "Lanjutkan mengisi",
    Jenis.BELUM_DIAMBIL: "Buka dan unduh",
    Jenis.BERAKHIR: "Ajukan perpanjangan",
    Jenis.KEMBALI: "Buka berkas",
    Jenis.ESKALASI: "Buka berkas",
    Jenis.RINGKASAN: "Buka daftarnya",
    Jenis.KODE: "Beranda layanan",
    Jenis.TERDAFTAR: "Buat kata sandi baru",
    Jenis.TAUTAN: "Tetapkan kata sandi",
    Jenis.SANDI_DIGANTI: "Buka halaman masuk",
    Jenis.ALAMAT_DIGANTI: "Buka halaman masuk",
    Jenis.KEPALA_HARIAN: "Buka daftar kepala harian",
}

_env = Environment(
    loader=PackageLoader("pipeline.rules.notices"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Naskah:
    """What a notice says: a line for the subject, and paragraphs apart by an empty line."""

    judul: str
    isi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplop:
    """What a notice is sent with: whom it greets, and the full address of the page it leads to."""

    nama: str
    alamat: str
    tombol: str
    kantor: Kantor


@dataclass(frozen=True, slots=True)
class Surat:
    """A notice ready to leave. ``html`` is empty for a message to a phone."""

    judul: str
    teks: str
    html: str


def write(jenis: Jenis, fakta: Mapping[str, str | int]) -> Naskah:
    """The words of one piece of news; its first line is the subject."""
    judul, _, isi = _env.get_template(f"{jenis}.txt").render(fakta).strip().partition("\n")
    paragraf = (" ".join(p.split()) for p in re.split(r"\n\s*\n", isi))
    return Naskah(mask(" ".join(judul.split())), mask("\n\n".join(filter(None, paragraf))))


def compose(saluran: Saluran, naskah: Naskah, amplop: Amplop) -> Surat:
    """The notice as it leaves: greeted, with its link, signed by the office."""
    konteks = {
        "judul": naskah.judul,
        "paragraf": naskah.isi.split("\n\n"),
        "nama": greeting(amplop.nama),
        "alamat": amplop.alamat,
        "tombol": amplop.tombol,
        "kantor": amplop.kantor,
    }
    if saluran is Saluran.PESAN:
        return Surat(naskah.judul, _env.get_template("pesan.txt").render(konteks), "")
    teks, html = (_env.get_template(f"surel.{jenis}").render(konteks) for jenis in ("txt", "html"))
    return Surat(naskah.judul, teks, html)


def greeting(nama: str) -> str:
    """A name fit to greet with: one line, not too long, no long number."""
    huruf = "".join(h if h.isprintable() else " " for h in nama)
    return mask(" ".join(huruf.split()))[:NAMA_PALING_PANJANG] or TANPA_NAMA


def mask(teks: str) -> str:
    """The text without any number that could be a NIK."""
    return _NOMOR_PANJANG.sub(_DISAMARKAN, teks)
