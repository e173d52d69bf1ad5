"""From the office's table to the draft of an SOP file: its words are kept, what it does not say is marked. Pure."""

import json
import re
from collections.abc import Iterator

from pipeline.roles import PERAN_SOP
from pipeline.sop.table import Table, TableRow
from pipeline.sop.values import SELESAI, Automatic, KeputusanKind

BELUM = "?"
_BRACKET = re.compile(r"\(([^()]+)\)\s*$")
_OPENING = """\
# {judul}
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
kode = "lembaga"
judul = "Pemohon"

[[isian]]
kode = "nama_lembaga"
label = "Nama lembaga"
bagian = "lembaga"
jenis = "teks"

[[syarat]]
kode = "SP"
nama = "Surat permohonan"
wajib = [{}]

[[butir_bap]]
kode = "alamat"
uraian = "Alamat sesuai permohonan"

[naskah]
tentang = "..."
berlaku_tahun = 5
pola_nomor = { sk = "503/{urut:04d}/SK/{tahun}", penolakan = "503/{urut:04d}/TOLAK/{tahun}" }

[naskah.templat]
sk = "sk_tanda_daftar_lks.docx"
penolakan = "surat_penolakan.docx"
tanda_terima = "tanda_terima.docx"
bap = "bap_lapangan.docx"
rekomendasi = "rekomendasi.docx"

[kebijakan]
otomatis = true
"""


def toml_draft(tabel: Table) -> str:
    """A TOML document in the table's own words; what the table leaves open holds "?" and says what to fill in."""
    bagian = [_OPENING.format(judul=tabel.judul or "SOP", peran=", ".join(PERAN_SOP)), "\n".join(_head(tabel))]
    kode = [_code(b) for b in tabel.baris]
    for i, baris in enumerate(tabel.baris):
        ke = kode[i + 1] if i + 1 < len(kode) else SELESAI
        bagian.append("\n".join(["[[langkah]]", *_step(tabel, baris, ke)]))
    return "\n\n".join([*(b.rstrip("\n") for b in bagian), _CLOSING])


def _text(nilai: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(nilai, ensure_ascii=False)


def _slug(teks: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", teks.lower()).strip("_")


def _code(baris: TableRow) -> str:
    return f"langkah_{baris.no}"


def _head(tabel: Table) -> Iterator[str]:
    nama = re.sub(r"^SOP\s+", "", tabel.judul, flags=re.IGNORECASE) or "Izin"
    tercetak = tabel.waktu_tercetak
    janji = _BRACKET.search(tercetak)
    yield f"kode = {_text(_slug(nama))} # TINJAU: pendek, misalnya td_lks; dipakai dalam nama dan alamat"
    yield f"nama = {_text(nama)}"
    yield "versi = 1"
    yield f"waktu_tercetak = {_text(tercetak or BELUM)} # jumlah yang tercetak, dikutip apa adanya"
    yield f"janji = {_text(janji[1] if janji else tercetak or BELUM)} # TINJAU: janji kepada masyarakat"
    yield 'prefix = "IZIN" # TINJAU: awal nomor pendaftaran'


def _step(tabel: Table, baris: TableRow, ke: str) -> Iterator[str]:
    yield f"no = {baris.no}"
    yield f"kode = {_text(_code(baris))} # TINJAU: satu kata kerja, misalnya periksa; ubah juga pada ke"
    yield f"kegiatan = {_text(baris.kegiatan)}"
    yield _role(baris)
    yield f"kelengkapan = {_text(baris.kelengkapan or BELUM)}"
    yield f"waktu = {_text(baris.waktu or BELUM)}"
    yield f"output = {_text(baris.output or BELUM)}"
    yield f"keterangan = {_text(baris.keterangan)}"
    yield f"status = {_text(baris.kegiatan)} # TINJAU: keadaan yang dibaca pemohon selama berkas di sini"
    yield from _decision(tabel, baris)
    yield f"ke = {_text(ke)}"
    if baris.no not in (tabel.baris[0].no, tabel.baris[-1].no):
        yield f"atasan = {_text(BELUM)} # ISI: peran yang diberi tahu bila lewat tenggat"


def _role(baris: TableRow) -> str:
    if baris.peran:
        return f"peran = {_text(baris.peran)}"
    sebab = f'tabel menandai "{" dan ".join(baris.tanda)}"' if baris.tanda else "tanda pelaksana hilang dari tabel"
    return f"peran = {_text(BELUM)} # ISI: {sebab}"


def _decision(tabel: Table, baris: TableRow) -> Iterator[str]:
    """What the words suggest: who sends, who approves, who signs; the row that makes the draft."""
    kegiatan = baris.kegiatan.lower()
    keputusan, tombol = KeputusanKind.SETUJUI, "Setujui"
    if baris.no == tabel.baris[0].no:
        keputusan, tombol = KeputusanKind.KIRIM, "Kirim permohonan"
    elif baris.no == tabel.baris[-1].no:
        keputusan, tombol = KeputusanKind.TERIMA, "Terima SK"
    elif "tanda tangan" in kegiatan:
        keputusan, tombol = KeputusanKind.TANDA_TANGANI, "Tanda tangani"
        yield "tanda_tangan = true"
    if "persetujuan" in kegiatan or keputusan is KeputusanKind.TANDA_TANGANI:
        yield "persetujuan = true"
    if baris is _drafting_row(tabel):
        yield f"otomatis = {_text(Automatic.SUSUN_NASKAH)} # TINJAU: di sini naskah keputusan disusun"
    yield f"keputusan = {_text(keputusan)}"
    yield f"tombol = {_text(tombol)} # TINJAU: tulisan pada tombolnya"


def _drafting_row(tabel: Table) -> TableRow | None:
    return next((b for b in tabel.baris if "draf" in b.output.lower()), None)
