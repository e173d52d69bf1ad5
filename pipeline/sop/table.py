"""The office's own table of an SOP: read from its tab-separated export, and printed as it hangs on the wall. Pure."""

import csv
import html
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.roles import PERAN_SOP, Peran
from pipeline.sop.values import Langkah, Sop
from pipeline.text import clean_line

_TAG = re.compile(r"<[^<>]*>")
_JUMLAH = "jumlah waktu"
#: The columns of words; every other titled column is a pelaksana.
_KATA = ("kegiatan", "kelengkapan", "waktu", "output", "keterangan")
#: Columns at their narrowest; what the terminal has beyond that goes to the four columns of words.
_TETAP = {"No": 2, "Pelaksana": 10, "Waktu": 8}
_LENTUR = {"Kegiatan": 26, "Kelengkapan": 17, "Output": 18, "Keterangan": 18}
_KOLOM = ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan")
_PALING_SEMPIT, _PALING_LEBAR = 100, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class BarisTabel:
    """One row as the export shows it. ``tanda`` are the titles of the pelaksana columns that carry a mark."""

    no: int
    kegiatan: str
    tanda: tuple[str, ...]
    kelengkapan: str
    waktu: str
    output: str
    keterangan: str

    @property
    def peran(self) -> Peran | None:
        """The marked role; None when the mark was lost, stands twice, or names no role we know."""
        dikenal = {p.nama.lower(): p for p in PERAN_SOP}
        return dikenal.get(self.tanda[0].lower()) if len(self.tanda) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabel:
    """The whole table; ``waktu_tercetak`` is the total it prints, "" when it prints none."""

    judul: str
    baris: tuple[BarisTabel, ...]
    waktu_tercetak: str


def parse_table(teks: str) -> Tabel:
    """Read a tab-separated export: title, one or two header rows, numbered rows, the total.

    Columns after the first may stand in any order. Cells may span lines (quoted or not) and carry leftovers of HTML.
    Raises DefinitionError for anything else.
    """
    semua = _rows(teks)
    kepala = next((i for i, row in enumerate(semua) if _cell(row, 0).rstrip(".").lower() == "no"), None)
    if kepala is None or kepala + 1 >= len(semua):
        raise DefinitionError('Baris kepala tabel tidak ditemukan. Kolom pertamanya harus berjudul "No.".')
    berkelompok = _number(semua[kepala + 1]) is None  # a second header row, below titles that group columns
    kolom = _columns(semua[kepala], semua[kepala + 1] if berkelompok else ())
    baris = list(_whole_rows(semua[kepala + 1 + berkelompok :], len(semua[kepala])))
    langkah = tuple(_table_row(row, kolom) for row in baris if _number(row) is not None)
    _check_numbers([b.no for b in langkah])
    jumlah = next((row for row in baris if _cell(row, 0).lower().startswith(_JUMLAH)), [])
    return Tabel(
        judul=" ".join(_cell(row, 0) for row in semua[:kepala]).strip(),
        baris=langkah,
        waktu_tercetak=next((bersih for sel in jumlah[1:] if (bersih := clean_cell(sel))), ""),
    )


def _rows(teks: str) -> list[list[str]]:
    """The lines that say anything. A quote that is never closed is a character, not the rest of the table."""
    for bentuk in ({"strict": True}, {"quoting": csv.QUOTE_NONE}):
        try:
            rows = list(csv.reader(StringIO(teks), delimiter="\t", **bentuk))
        except csv.Error as error:
            galat = error
        else:
            return [row for row in rows if any(sel.strip() for sel in row)]
    raise DefinitionError(f"Tabel tidak terbaca ({galat}). Simpan ulang sebagai teks dengan pemisah tab.") from galat


def _number(row: Sequence[str]) -> int | None:
    """The number a step's row begins with, as in "7" or "7."; None for any other row."""
    awal = _cell(row, 0).rstrip(".")
    return int(awal) if awal.isdecimal() else None


def _check_numbers(nomor: Sequence[int]) -> None:
    if not nomor:
        raise DefinitionError("Tabel tidak memuat satu langkah pun. Setiap langkah dimulai dengan nomornya.")
    for seharusnya, no in enumerate(nomor, start=1):
        if no != seharusnya:
            raise DefinitionError(
                f"Langkah {seharusnya} tidak ditemukan; di tempatnya ada nomor {no}. "
                "Nomori setiap langkah berurutan dari 1, dengan angka biasa pada kolom pertama."
            )


def clean_cell(sel: str) -> str:
    """The words of a cell: no tags, no entities, one line."""
    return clean_line(_TAG.sub(" ", html.unescape(_TAG.sub(" ", sel))))


def _cell(row: Sequence[str], i: int) -> str:
    return clean_cell(row[i]) if i < len(row) else ""


def _columns(atas: Sequence[str], bawah: Sequence[str]) -> list[str]:
    """Titles of the columns; the lower header row names what the upper one groups."""
    judul = [_cell(bawah, i) or _cell(atas, i) for i in range(max(len(atas), len(bawah)))]
    if kurang := [nama for nama in _KATA if nama not in [j.lower() for j in judul]]:
        raise DefinitionError(f"Kolom {', '.join(kurang)} tidak ada pada kepala tabel. Tambahkan; isinya boleh kosong.")
    return judul


def _whole_rows(rows: Sequence[list[str]], lebar: int) -> Iterator[list[str]]:
    """Rows of full width: a line that starts no new row carries on in the last cell of the one before."""
    sekarang: list[str] = []
    for row in rows:
        baru = _number(row) is not None or _cell(row, 0).lower().startswith(_JUMLAH)
        if sekarang and not baru and len(sekarang) < lebar:
            sekarang = [*sekarang[:-1], f"{sekarang[-1]} {row[0]}", *row[1:]]
            continue
        if sekarang:
            yield sekarang
        sekarang = list(row)
    if sekarang:
        yield sekarang


def _table_row(row: Sequence[str], kolom: Sequence[str]) -> BarisTabel:
    letak = {judul.lower(): i for i, judul in enumerate(kolom)}
    pelaksana = [i for i, judul in enumerate(kolom) if i and judul and judul.lower() not in _KATA]
    return BarisTabel(
        no=_number(row) or 0,
        kegiatan=_cell(row, letak["kegiatan"]),
        # An empty shape (`<div></div>`) is a mark too, so the raw cell counts.
        tanda=tuple(kolom[i] for i in pelaksana if i < len(row) and row[i].strip()),
        kelengkapan=_cell(row, letak["kelengkapan"]),
        waktu=_cell(row, letak["waktu"]),
        output=_cell(row, letak["output"]),
        keterangan=_cell(row, letak["keterangan"]),
    )


def table_text(sop: Sop, lebar: int = _PALING_SEMPIT) -> str:
    """The SOP as the office's table, at least 100 columns wide; every row begins with its number."""
    ukuran = _widths(min(max(lebar, _PALING_SEMPIT), _PALING_LEBAR))
    garis = "-" * (sum(ukuran.values()) + 2 * (len(_KOLOM) - 2) + 1)
    isi = [line for langkah in sop.langkah for line in _wrapped(_words(langkah), ukuran)]
    return "\n".join([*_wrapped(_KOLOM, ukuran), garis, *isi, garis])


def _widths(lebar: int) -> dict[str, int]:
    sisa = lebar - sum(_TETAP.values()) - 2 * (len(_KOLOM) - 2) - 1
    lentur = {nama: sisa * porsi // sum(_LENTUR.values()) for nama, porsi in _LENTUR.items()}
    return _TETAP | lentur


def _words(t: Langkah) -> tuple[str, ...]:
    return str(t.no), t.kegiatan, t.peran.nama, t.kelengkapan, t.waktu, t.output, t.keterangan or "-"


def _wrapped(sel: Sequence[str], ukuran: dict[str, int]) -> Iterator[str]:
    """One row of cells as terminal lines."""
    lajur = [textwrap.wrap(isi, ukuran[nama]) for isi, nama in zip(sel, _KOLOM, strict=True)]
    for i in range(max(len(baris) for baris in lajur)):
        potong = ((baris[i] if i < len(baris) else "", nama) for baris, nama in zip(lajur, _KOLOM, strict=True))
        nomor, *kata = (kata.ljust(ukuran[nama]) for kata, nama in potong)
        yield f"{nomor} {'  '.join(kata)}".rstrip()


def time_sentence(sop: Sop) -> str:
    """The sum of the steps beside the printed total: "4 hari …; tercetak 4 hari …: selisih 5 menit"."""
    jumlah = sop.jumlah_waktu
    try:
        tercetak = Limit.parse(sop.waktu_tercetak)
    except DefinitionError:
        return f'{jumlah}; tercetak "{sop.waktu_tercetak}", yang tidak terbaca sebagai waktu'
    hari, menit = jumlah.hari - tercetak.hari, jumlah.menit - tercetak.menit
    if not (hari or menit):
        return f"{jumlah}; tercetak sama"
    searah = hari * menit >= 0
    selisih = str(Limit(abs(hari), abs(menit))) if searah else f"{hari:+d} hari dan {menit:+d} menit"
    return f"{jumlah}; tercetak {tercetak}: selisih {selisih}"


def remarks(sop: Sop) -> tuple[str, ...]:
    """What the office should look at in its table; none of it stops the SOP from running."""
    catatan = []
    sendiri = [str(t.no) for t in sop.persetujuan if _names_own_approval(t)]
    if sendiri:
        catatan.append(
            f"Langkah {_listed(sendiri)}: kelengkapannya menyebut persetujuan langkah itu sendiri, "
            "padahal persetujuan baru ada sesudahnya. Maksudnya barangkali persetujuan langkah sebelumnya."
        )
    if (sop.jumlah_waktu.hari, sop.jumlah_waktu.menit) > (sop.janji.hari, sop.janji.menit):
        catatan.append(f"Jumlah waktu langkah ({sop.jumlah_waktu}) melebihi janji kepada masyarakat ({sop.janji}).")
    return tuple(catatan)


def _listed(kata: Sequence[str]) -> str:
    return " dan ".join(bagian for bagian in (", ".join(kata[:-1]), kata[-1]) if bagian)


def _names_own_approval(langkah: Langkah) -> bool:
    """Whether the input is the very approval this step gives, as in "Draft SK yang telah disetujui Kabid"."""
    kelengkapan = langkah.kelengkapan.lower()
    return "setuju" in kelengkapan and langkah.peran.nama.split()[0].lower() in kelengkapan
