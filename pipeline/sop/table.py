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
_SUM = "jumlah waktu"
#: The columns of words; every other titled column is a pelaksana.
_WORDS = ("kegiatan", "kelengkapan", "waktu", "output", "keterangan")
#: Columns at their narrowest; what the terminal has beyond that goes to the four columns of words.
_FIXED = {"No": 2, "Pelaksana": 10, "Waktu": 8}
_FLEXIBLE = {"Kegiatan": 26, "Kelengkapan": 17, "Output": 18, "Keterangan": 18}
_COLUMN = ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan")
_WIDTH_AT_LEAST, _WIDTH_AT_MOST = 100, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
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
        known = {p.nama.lower(): p for p in PERAN_SOP}
        return known.get(self.tanda[0].lower()) if len(self.tanda) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The whole table; ``waktu_tercetak`` is the total it prints, "" when it prints none."""

    judul: str
    baris: tuple[TableRow, ...]
    waktu_tercetak: str


def parse_table(teks: str) -> Table:
    """Read a tab-separated export: title, one or two header rows, numbered rows, the total.

    Columns after the first may stand in any order. Cells may span lines (quoted or not) and carry leftovers of HTML.
    Raises DefinitionError for anything else.
    """
    semua = _rows(teks)
    kepala = next((i for i, row in enumerate(semua) if _cell(row, 0).rstrip(".").lower() == "no"), None)
    if kepala is None or kepala + 1 >= len(semua):
        raise DefinitionError('Baris kepala tabel tidak ditemukan. Kolom pertamanya harus berjudul "No.".')
    grouped = _number(semua[kepala + 1]) is None  # a second header row, below titles that group columns
    kolom = _columns(semua[kepala], semua[kepala + 1] if grouped else ())
    baris = list(_whole_rows(semua[kepala + 1 + grouped :], len(semua[kepala])))
    langkah = tuple(_table_row(row, kolom) for row in baris if _number(row) is not None)
    _check_numbers([b.no for b in langkah])
    jumlah = next((row for row in baris if _cell(row, 0).lower().startswith(_SUM)), [])
    return Table(
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


def _columns(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Titles of the columns; the lower header row names what the upper one groups."""
    judul = [_cell(below, i) or _cell(above, i) for i in range(max(len(above), len(below)))]
    if kurang := [nama for nama in _WORDS if nama not in [j.lower() for j in judul]]:
        raise DefinitionError(f"Kolom {', '.join(kurang)} tidak ada pada kepala tabel. Tambahkan; isinya boleh kosong.")
    return judul


def _whole_rows(rows: Sequence[list[str]], lebar: int) -> Iterator[list[str]]:
    """Rows of full width: a line that starts no new row carries on in the last cell of the one before."""
    sekarang: list[str] = []
    for row in rows:
        baru = _number(row) is not None or _cell(row, 0).lower().startswith(_SUM)
        if sekarang and not baru and len(sekarang) < lebar:
            sekarang = [*sekarang[:-1], f"{sekarang[-1]} {row[0]}", *row[1:]]
            continue
        if sekarang:
            yield sekarang
        sekarang = list(row)
    if sekarang:
        yield sekarang


def _table_row(row: Sequence[str], kolom: Sequence[str]) -> TableRow:
    place = {judul.lower(): i for i, judul in enumerate(kolom)}
    executor = [i for i, judul in enumerate(kolom) if i and judul and judul.lower() not in _WORDS]
    return TableRow(
        no=_number(row) or 0,
        kegiatan=_cell(row, place["kegiatan"]),
        # An empty shape (`<div></div>`) is a mark too, so the raw cell counts.
        tanda=tuple(kolom[i] for i in executor if i < len(row) and row[i].strip()),
        kelengkapan=_cell(row, place["kelengkapan"]),
        waktu=_cell(row, place["waktu"]),
        output=_cell(row, place["output"]),
        keterangan=_cell(row, place["keterangan"]),
    )


def table_text(sop: Sop, lebar: int = _WIDTH_AT_LEAST) -> str:
    """The SOP as the office's table, at least 100 columns wide; every row begins with its number."""
    ukuran = _widths(min(max(lebar, _WIDTH_AT_LEAST), _WIDTH_AT_MOST))
    garis = "-" * (sum(ukuran.values()) + 2 * (len(_COLUMN) - 2) + 1)
    isi = [line for langkah in sop.langkah for line in _wrapped(_words(langkah), ukuran)]
    return "\n".join([*_wrapped(_COLUMN, ukuran), garis, *isi, garis])


def _widths(lebar: int) -> dict[str, int]:
    sisa = lebar - sum(_FIXED.values()) - 2 * (len(_COLUMN) - 2) - 1
    flexible = {nama: sisa * share // sum(_FLEXIBLE.values()) for nama, share in _FLEXIBLE.items()}
    return _FIXED | flexible


def _words(t: Langkah) -> tuple[str, ...]:
    return str(t.no), t.kegiatan, t.peran.nama, t.kelengkapan, t.waktu, t.output, t.keterangan or "-"


def _wrapped(sel: Sequence[str], ukuran: dict[str, int]) -> Iterator[str]:
    """One row of cells as terminal lines."""
    lane = [textwrap.wrap(isi, ukuran[nama]) for isi, nama in zip(sel, _COLUMN, strict=True)]
    for i in range(max(len(baris) for baris in lane)):
        cut = ((baris[i] if i < len(baris) else "", nama) for baris, nama in zip(lane, _COLUMN, strict=True))
        nomor, *kata = (kata.ljust(ukuran[nama]) for kata, nama in cut)
        yield f"{nomor} {'  '.join(kata)}".rstrip()


def time_sentence(sop: Sop) -> str:
    """The sum of the steps beside the printed total: "4 hari …; tercetak 4 hari …: selisih 5 menit"."""
    jumlah = sop.total_time
    try:
        tercetak = Limit.parse(sop.waktu_tercetak)
    except DefinitionError:
        return f'{jumlah}; tercetak "{sop.waktu_tercetak}", yang tidak terbaca sebagai waktu'
    hari, menit = jumlah.hari - tercetak.hari, jumlah.menit - tercetak.menit
    if not (hari or menit):
        return f"{jumlah}; tercetak sama"
    searah = hari * menit >= 0
    difference = str(Limit(abs(hari), abs(menit))) if searah else f"{hari:+d} hari dan {menit:+d} menit"
    return f"{jumlah}; tercetak {tercetak}: selisih {difference}"


def remarks(sop: Sop) -> tuple[str, ...]:
    """What the office should look at in its table; none of it stops the SOP from running."""
    catatan = []
    own = [str(t.no) for t in sop.persetujuan if _names_own_approval(t)]
    if own:
        catatan.append(
            f"Langkah {_listed(own)}: kelengkapannya menyebut persetujuan langkah itu sendiri, "
            "padahal persetujuan baru ada sesudahnya. Maksudnya barangkali persetujuan langkah sebelumnya."
        )
    if (sop.total_time.hari, sop.total_time.menit) > (sop.janji.hari, sop.janji.menit):
        catatan.append(f"Jumlah waktu langkah ({sop.total_time}) melebihi janji kepada masyarakat ({sop.janji}).")
    return tuple(catatan)


def _listed(kata: Sequence[str]) -> str:
    return " dan ".join(bagian for bagian in (", ".join(kata[:-1]), kata[-1]) if bagian)


def _names_own_approval(langkah: Langkah) -> bool:
    """Whether the input is the very approval this step gives, as in "Draft SK yang telah disetujui Kabid"."""
    kelengkapan = langkah.kelengkapan.lower()
    return "setuju" in kelengkapan and langkah.peran.nama.split()[0].lower() in kelengkapan
