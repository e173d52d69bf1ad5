"""The PDP officer's page: who opened which personal data, and who was refused. No document is opened from here."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.queries.people.access import (
    BANYAK_DILIHAT,
    EKSPOR_PALING_BANYAK,
    CatatanAkses,
    Saringan,
    Tampil,
    read_banyak_melihat,
    read_catatan,
    read_ekspor,
)
from pipeline.roles import Peran
from pipeline.rules.form.isian import IsianSalah, parse_tanggal
from pipeline.tanggal import tanggal_di, waktu
from web.auth import petugas
from web.forms import Formulir, page_number
from web.headers import send_berkas
from web.pdp.words import HASIL, describe
from web.spreadsheet import to_csv

bp = Blueprint("pdp", __name__, url_prefix="/pdp")

TAMPIL = {Tampil.SEMUA: "Semua", Tampil.DIBUKA: "Data dibuka", Tampil.DITOLAK: "Ditolak"}
ISIAN = ("tampil", "dari", "sampai", "orang", "nomor")
KOLOM = ("Waktu", "Orang", "Peran", "Yang dilakukan", "Permohonan", "Hasil", "Nomor kejadian", "Alamat")


@bp.get("")
@petugas(Peran.PDP)
def catatan() -> str:
    """One page of the record."""
    saringan, formulir = _saringan()
    halaman = page_number()
    rows, more = read_catatan(saringan, halaman=halaman)
    return render_template(
        "pdp/catatan.html",
        formulir=formulir,
        tampil=TAMPIL,
        baris=[(r, *_words(r)) for r in rows],
        banyak_melihat=read_banyak_melihat(now=real_now()),
        batas=(BANYAK_DILIHAT, f"{EKSPOR_PALING_BANYAK:,}".replace(",", ".")),
        halaman=halaman,
        lagi=more,
        ke=_page_url,
        ekspor=f"{url_for('pdp.unduh')}?{urlencode(_asked())}",
    )


@bp.get("/unduh")
@petugas(Peran.PDP)
def unduh() -> Response:
    """The same as a file for a spreadsheet."""
    saringan, _ = _saringan()
    rows, more = read_ekspor(saringan)
    cut = [("Terpotong: persempit tanggalnya untuk melihat yang lebih lama.",)] if more else []
    name = f"catatan-akses-{tanggal_di(real_now())}.csv"
    return send_berkas(to_csv([KOLOM, *map(_cells, rows), *cut]), name, "text/csv")


def _saringan() -> tuple[Saringan, Formulir]:
    """What the address asks for, and the form with what is wrong in it; a wrong date is left out."""
    values = dict.fromkeys(ISIAN, "") | _asked()
    errors: dict[str, str] = {}
    dates = {}
    for kode in ("dari", "sampai"):
        try:
            dates[kode] = parse_tanggal(values[kode]) if values[kode] else None
        except IsianSalah as error:
            dates[kode], errors[kode] = None, str(error)
    tampil = next((t for t in Tampil if t == values["tampil"]), Tampil.SEMUA)
    saringan = Saringan(tampil=tampil, orang=values["orang"], nomor=values["nomor"], **dates)
    return saringan, Formulir({**values, "tampil": tampil.value}, errors)


def _readable(text: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:100]


def _page_url(halaman: int) -> str:
    return f"{url_for('pdp.catatan')}?{urlencode({**_asked(), 'halaman': halaman})}"


def _asked() -> dict[str, str]:
    return {k: v for k in ISIAN if (v := _readable(request.args.get(k, "")))}


def _words(row: CatatanAkses) -> tuple[str, str, str]:
    """What was done, how it ended, and the file."""
    berkas = row.nomor or ("draf" if row.permohonan_id else "–")
    if row.status is None:
        return f"membuka {row.apa}", f"dibuka, {row.tujuan}", berkas
    return describe(row.apa), f"ditolak: {HASIL.get(row.status, str(row.status))}", berkas


def _cells(row: CatatanAkses) -> Sequence[str]:
    apa, hasil, berkas = _words(row)
    alamat = "" if row.status is None else row.apa
    return (waktu(row.pada), row.nama or "", row.peran, apa, berkas, hasil, row.kejadian or "", alamat)
