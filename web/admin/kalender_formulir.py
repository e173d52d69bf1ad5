"""A change of the calendar as its forms send it: the same fields to look at the effect and to save."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from pipeline.calendar import Musim
from pipeline.calendar_edit import (
    SEKALI_TAMBAH,
    HapusLibur,
    HapusMusim,
    PastikanLibur,
    Perubahan,
    PindahLibur,
    SimpanMusim,
    TambahLibur,
    UbahJam,
    jam_teks,
    parse_jam,
)
from pipeline.calendar_hours import Jam
from pipeline.errors import InputInvalid
from pipeline.tanggal import BULAN
from web.forms import bersih

Isian = MultiDict[str, str]
_BARIS = re.compile(r"(\d{1,2})[-/. ]\s*([a-z]+|\d{1,2})[-/. ]\s*(\d{4})[\s,:]+(\S.*)", re.ASCII | re.IGNORECASE)
_BULAN = {nama.lower(): n for n, nama in enumerate(BULAN, 1)}


def parse_perubahan(isian: Isian) -> Perubahan:
    """What the form asks for. Raises InputInvalid with the sentences by field."""
    jenis = isian.get("jenis", "")
    if jenis not in _BACA:
        raise InputInvalid({}, "Perubahan ini tidak dikenal. Buka lagi halaman kalender.")
    return _BACA[jenis](isian)


def jam_ke_isian(jam: Jam) -> dict[str, str]:
    """Hours as the fields ``jam-0`` to ``jam-6`` show them."""
    return {f"jam-{hari}": jam_teks(jam.get(hari, ())) for hari in range(7)}


def _tambah(isian: Isian) -> Perubahan:
    mulai, nama = _tanggal(isian, "tanggal"), _teks(isian, "nama")
    sampai = _tanggal(isian, "sampai") if isian.get("sampai") else mulai
    if not 0 <= (sampai - mulai).days < SEKALI_TAMBAH:
        raise InputInvalid(
            {"sampai": f"Tanggal akhir tidak boleh sebelum tanggal mulai, paling banyak {SEKALI_TAMBAH} hari."}
        )
    return TambahLibur(tuple((mulai + timedelta(days=n), nama) for n in range((sampai - mulai).days + 1)))


def _daftar(isian: Isian) -> Perubahan:
    baris = [b.strip() for b in _teks(isian, "daftar").splitlines() if b.strip()]
    try:
        return TambahLibur(tuple(_satu_baris(b) for b in baris))
    except InputInvalid as e:
        raise InputInvalid({"daftar": str(e)}) from e


def _satu_baris(baris: str) -> tuple[date, str]:
    keliru = f"Baris “{baris[:60]}” belum terbaca. Tulis seperti 24-12-2027 Cuti bersama Natal."
    cocok = _BARIS.fullmatch(baris)
    if not cocok:
        raise InputInvalid({}, keliru)
    hari, bulan, tahun, nama = cocok.groups()
    try:
        return date(int(tahun), _BULAN.get(bulan.lower()) or int(bulan), int(hari)), nama
    except ValueError:
        raise InputInvalid({}, keliru) from None


def _pastikan(isian: Isian) -> Perubahan:
    return PastikanLibur(tuple(_baca(t, "tanggal") for t in isian.getlist("tanggal")))


def _musim(isian: Isian) -> Perubahan:
    musim = Musim(
        _tanggal(isian, "tanggal_mulai"), _tanggal(isian, "tanggal_sampai"), _jam(isian), _teks(isian, "nama")
    )
    return SimpanMusim(musim, _tanggal(isian, "lama") if isian.get("lama") else None)


def _jam(isian: Isian) -> Jam:
    return parse_jam({hari: _teks(isian, f"jam-{hari}") for hari in range(7)})


def _teks(isian: Isian, kode: str) -> str:
    return bersih(isian.get(kode, "")).strip()


def _tanggal(isian: Isian, kode: str) -> date:
    return _baca(_teks(isian, kode), kode)


def _baca(teks: str, kode: str) -> date:
    try:
        return date.fromisoformat(teks)
    except ValueError:
        raise InputInvalid({kode: "Pilih tanggalnya: hari, bulan, dan tahun."}) from None


_BACA: Mapping[str, Callable[[Isian], Perubahan]] = {
    "tambah": _tambah,
    "daftar": _daftar,
    "hapus": lambda isian: HapusLibur(_tanggal(isian, "tanggal")),
    "pindah": lambda isian: PindahLibur(_tanggal(isian, "dari"), _tanggal(isian, "ke")),
    "pastikan": _pastikan,
    "jam": lambda isian: UbahJam(_jam(isian)),
    "musim": _musim,
    "hapus-musim": lambda isian: HapusMusim(_tanggal(isian, "lama")),
}
