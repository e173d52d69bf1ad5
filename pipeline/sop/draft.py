"""From the office's table to the draft of an SOP file: its words are kept, what it does not say is marked. Pure."""

import json
import re
from collections.abc import Iterator

from pipeline.roles import Peran, Posts
from pipeline.sop.table import Table, TableRow
from pipeline.sop.values import DONE
from pipeline.sop.words import Automatic, KeputusanKind

NOT_YET = "?"
_BRACKET = re.compile(r"\(([^()]+)\)\s*$")
_OPENING = """\
# {title}
# Dibaca dari tabel SOP. Lengkapi setiap baris bertanda "ISI", tinjau yang bertanda "TINJAU", lalu jalankan:
#   alurizin sop periksa <berkas ini>
#
# Peran: {peran}
#
# Yang tidak tertulis pada tabel dan dapat ditambahkan pada sebuah [[langkah]]:
#   kembali_ke = ["kode", ...]    langkah sebelumnya yang boleh menerima berkas kembali untuk diperbaiki
#   menetapkan_arah = true        meja yang boleh menolak permohonan (paling banyak satu, sebelum naskah disusun)
#   otomatis = "verifikasi"       atau "teruskan": dikerjakan tanpa petugas bila tidak ada keraguan
#   lewati_bila = [{{ ... }}]       langkah dilewati bila isian permohonan memenuhi syarat ini
"""
_CLOSING = """\
# TINJAU: formulir, persyaratan dan naskah di bawah ini hanya contoh paling kecil.

[[bagian]]
kode = "pemohon"
judul = "Pemohon"

[[isian]]
kode = "nama"
label = "Nama"
bagian = "pemohon"
jenis = "teks"

[[syarat]]
kode = "SP"
nama = "Surat permohonan"
wajib = [{}]

[[naskah]]
kode = "sk"
nama = "Surat Keputusan"
tentang = "..."
jenis = "keputusan"
templat = "sk.docx"
pola_nomor = "503/{urut:04d}/SK/{tahun}"
berlaku = "5 Tahun"

[[naskah.baris]]
label = "Nama"
nilai = "{{ nama }}"

[[naskah]]
kode = "tanda_terima"
nama = "Tanda Terima"
jenis = "tanda_terima"
templat = "tanda_terima.docx"

[kebijakan]
otomatis = true
"""


def toml_draft(table: Table, posts: Posts) -> str:
    """A TOML document in the table's own words; what the table leaves open holds "?" and says what to fill in."""
    parts = [
        _OPENING.format(title=table.title or "SOP", peran=", ".join((Peran.PEMOHON, *posts))),
        "\n".join(_head(table)),
    ]
    code = [_code(b) for b in table.line]
    for i, line in enumerate(table.line):
        target = code[i + 1] if i + 1 < len(code) else DONE
        parts.append("\n".join(["[[langkah]]", *_step(table, line, target, posts)]))
    return "\n\n".join([*(b.rstrip("\n") for b in parts), _CLOSING])


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _code(line: TableRow) -> str:
    return f"langkah_{line.no}"


def _head(table: Table) -> Iterator[str]:
    name = re.sub(r"^SOP\s+", "", table.title, flags=re.IGNORECASE) or "Izin"
    printed = table.printed_time
    janji = _BRACKET.search(printed)
    yield f"kode = {_text(_slug(name))} # TINJAU: pendek, misalnya td_lks; dipakai dalam nama dan alamat"
    yield f"nama = {_text(name)}"
    yield "versi = 1"
    yield f"waktu_tercetak = {_text(printed or NOT_YET)} # jumlah yang tercetak, dikutip apa adanya"
    yield f"janji = {_text(janji[1] if janji else printed or NOT_YET)} # TINJAU: janji kepada masyarakat"
    yield 'prefix = "IZIN" # TINJAU: awal nomor pendaftaran'
    yield 'pemegang = "nama" # isian yang jawabannya nama pemegang izin'


def _step(table: Table, line: TableRow, target: str, posts: Posts) -> Iterator[str]:
    yield f"no = {line.no}"
    yield f"kode = {_text(_code(line))} # TINJAU: satu kata kerja, misalnya periksa; ubah juga pada ke"
    yield f"kegiatan = {_text(line.activity)}"
    yield _role(line, posts)
    yield f"kelengkapan = {_text(line.inputs or NOT_YET)}"
    yield f"waktu = {_text(line.time or NOT_YET)}"
    yield f"output = {_text(line.output or NOT_YET)}"
    yield f"keterangan = {_text(line.remarks)}"
    yield f"status = {_text(line.activity)} # TINJAU: keadaan yang dibaca pemohon selama berkas di sini"
    yield from _decision(table, line)
    yield f"ke = {_text(target)}"


def _role(line: TableRow, posts: Posts) -> str:
    if peran := line.peran(posts):
        return f"peran = {_text(peran)}"
    cause = f'tabel menandai "{" dan ".join(line.mark)}"' if line.mark else "tanda pelaksana hilang dari tabel"
    return f"peran = {_text(NOT_YET)} # ISI: {cause}"


def _decision(table: Table, line: TableRow) -> Iterator[str]:
    """What the words suggest: who sends, who approves, who signs; the row that makes the draft."""
    activity = line.activity.lower()
    keputusan, button = KeputusanKind.SETUJUI, "Setujui"
    if line.no == table.line[0].no:
        keputusan, button = KeputusanKind.KIRIM, "Kirim permohonan"
    elif line.no == table.line[-1].no:
        keputusan, button = KeputusanKind.TERIMA, "Terima SK"
    elif "tanda tangan" in activity:
        keputusan, button = KeputusanKind.TANDA_TANGANI, "Tanda tangani"
        yield "tanda_tangan = true"
    if "persetujuan" in activity or keputusan is KeputusanKind.TANDA_TANGANI:
        yield "persetujuan = true"
    if line is _drafting_row(table):
        yield f"otomatis = {_text(Automatic.SUSUN_NASKAH)} # TINJAU: di sini naskah keputusan disusun"
    yield f"keputusan = {_text(keputusan)}"
    yield f"tombol = {_text(button)} # TINJAU: tulisan pada tombolnya"


def _drafting_row(table: Table) -> TableRow | None:
    return next((b for b in table.line if "draf" in b.output.lower()), None)
