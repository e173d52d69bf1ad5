"""The words of a notice, and the letter or message around them. Pure: names in, text out.

Two things never get into a notice: a document, and a number long enough to be a NIK, whatever field it was typed into.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.kantor import Kantor
from pipeline.rules.notices.rules import Channel, Kind

NAME_LENGTH_AT_MOST = 100
NAMELESS = "Bapak/Ibu"
#: Sixteen digits or more, however they are spaced: a NIK, a NPWP, a NIP, a card.
_LONG_NOMOR = re.compile(r"\d(?:[\W_]*\d){15,}")
_MASKED = "[nomor disamarkan]"

BUTTON: Mapping[Kind, str] = {
    Kind.DITERIMA: "Buka tanda terima",
    Kind.PERBAIKAN: "Lihat yang perlu diperbaiki",
    Kind.TERBIT: "Unduh suratnya",
    Kind.DITOLAK: "Baca suratnya",
    Kind.SELESAI: "Lihat permohonan",
    Kind.TINDAKAN: "Lihat yang diminta",
    Kind.DIBATALKAN: "Lihat permohonan",
    Kind.DRAF: "Lanjutkan mengisi",
    Kind.BELUM_DIAMBIL: "Buka dan unduh",
    Kind.BERAKHIR: "Ajukan perpanjangan",
    Kind.KEMBALI: "Buka berkas",
    Kind.ESKALASI: "Buka berkas",
    Kind.RINGKASAN: "Buka daftarnya",
    Kind.KODE: "Beranda layanan",
    Kind.TERDAFTAR: "Buat kata sandi baru",
    Kind.TAUTAN: "Tetapkan kata sandi",
    Kind.KODE_SANDI: "Beranda layanan",
    Kind.SANDI_DIGANTI: "Buka halaman masuk",
    Kind.ALAMAT_DIGANTI: "Buka halaman masuk",
    Kind.KODE_LOKET: "Ganti kata sandi sekarang",
    Kind.KODE_MASUK: "Buka halaman kode masuk",
    Kind.LEPAS_KODE: "Buka permintaannya",
    Kind.PERAN_DIAJUKAN: "Buka ajuannya",
    Kind.PERAN_HASIL: "Buka ajuannya",
    Kind.KEPALA_HARIAN: "Buka daftar kepala harian",
    Kind.PESAN_UJI: "Buka persiapan kantor",
}

_env = Environment(
    loader=PackageLoader("pipeline.rules.notices"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
)


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a notice says: a line for the subject, and paragraphs apart by an empty line."""

    title: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a notice is sent with: whom it greets, and the full address of the page it leads to."""

    name: str
    address: str
    button: str
    kantor: Kantor


@dataclass(frozen=True, slots=True)
class ComposedNotice:
    """A notice ready to leave. ``html`` is empty for a message to a phone."""

    title: str
    text: str
    html: str


def write(kind: Kind, facts: Mapping[str, str | int]) -> NoticeWords:
    """The words of one piece of news; its first line is the subject."""
    title, _, content = _env.get_template(f"{kind}.txt").render(facts).strip().partition("\n")
    paragraph = (" ".join(p.split()) for p in re.split(r"\n\s*\n", content))
    return NoticeWords(mask(" ".join(title.split())), mask("\n\n".join(filter(None, paragraph))))


def compose(channel: Channel, naskah: NoticeWords, envelope: Envelope) -> ComposedNotice:
    """The notice as it leaves: greeted, with its link, signed by the office."""
    context = {
        "judul": naskah.title,
        "paragraf": naskah.content.split("\n\n"),
        "nama": greeting(envelope.name),
        "alamat": envelope.address,
        "tombol": envelope.button,
        "kantor": envelope.kantor,
    }
    if channel is Channel.PESAN:
        return ComposedNotice(naskah.title, _env.get_template("pesan.txt").render(context), "")
    text, html = (_env.get_template(f"surel.{kind}").render(context) for kind in ("txt", "html"))
    return ComposedNotice(naskah.title, text, html)


def greeting(name: str) -> str:
    """A name fit to greet with: one line, not too long, no long number."""
    letters = "".join(h if h.isprintable() else " " for h in name)
    return mask(" ".join(letters.split()))[:NAME_LENGTH_AT_MOST] or NAMELESS


def mask(text: str) -> str:
    """The text without any number that could be a NIK."""
    return _LONG_NOMOR.sub(_MASKED, text)
