"""The PDP officer's page: who opened which personal data, and who was refused. No document is opened from here."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.queries.people.access import (
    EXPORTS_AT_MOST,
    MANY_VIEWED,
    AccessEntry,
    Part,
    Sieve,
    read_access_log,
    read_export,
    read_many_views,
)
from pipeline.roles import Peran
from pipeline.rules.form.isian import parse_date
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.text import date_at, moment_in_words
from web.auth import petugas
from web.forms import Form, page_number
from web.headers import send_berkas
from web.pdp import bp
from web.pdp.words import RESULT, describe
from web.spreadsheet import to_csv

SHOW = {Part.SEMUA: "Semua", Part.DIBUKA: "Data dibuka", Part.DITOLAK: "Ditolak"}
ISIAN = ("tampil", "dari", "sampai", "orang", "nomor")
COLUMN = ("Waktu", "Orang", "Peran", "Yang dilakukan", "Permohonan", "Hasil", "Nomor kejadian", "Alamat")


@bp.get("")
@petugas(Peran.PDP)
def note() -> str:
    """One page of the record."""
    sieve, form = _sieve()
    page = page_number()
    rows, more = read_access_log(sieve, page=page)
    return render_template(
        "pdp/record.html",
        form=form,
        shown=SHOW,
        line=[(r, *_words(r)) for r in rows],
        many_views=read_many_views(now=real_now()),
        limits=(MANY_VIEWED, f"{EXPORTS_AT_MOST:,}".replace(",", ".")),
        page=page,
        more=more,
        target=_page_url,
        export=f"{url_for('pdp.download')}?{urlencode(_asked())}",
    )


@bp.get("/unduh")
@petugas(Peran.PDP)
def download() -> Response:
    """The same as a file for a spreadsheet."""
    sieve, _ = _sieve()
    rows, more = read_export(sieve)
    cut = [("Terpotong: persempit tanggalnya untuk melihat yang lebih lama.",)] if more else []
    name = f"catatan-akses-{date_at(real_now())}.csv"
    return send_berkas(to_csv([COLUMN, *map(_cells, rows), *cut]), name, "text/csv")


def _sieve() -> tuple[Sieve, Form]:
    """What the address asks for, and the form with what is wrong in it; a wrong date is left out."""
    values = dict.fromkeys(ISIAN, "") | _asked()
    errors: dict[str, str] = {}
    dates: dict[str, date | None] = dict.fromkeys(("dari", "sampai"))
    for code in dates:
        try:
            dates[code] = parse_date(values[code]) if values[code] else None
        except InvalidIsian as error:
            errors[code] = str(error)
    shown = next((t for t in Part if t == values["tampil"]), Part.SEMUA)
    since, until = dates["dari"], dates["sampai"]
    sieve = Sieve(shown=shown, since=since, until=until, person=values["orang"], nomor=values["nomor"])
    return sieve, Form({**values, "tampil": shown.value}, errors)


def _readable(text: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:100]


def _page_url(page: int) -> str:
    return f"{url_for('pdp.note')}?{urlencode({**_asked(), 'halaman': page})}"


def _asked() -> dict[str, str]:
    return {k: v for k in ISIAN if (v := _readable(request.args.get(k, "")))}


def _words(row: AccessEntry) -> tuple[str, str, str]:
    """What was done, how it ended, and the file."""
    berkas = row.nomor or ("draf" if row.permohonan_id else f"akun {row.owner}" if row.owner else "–")
    if row.owner is not None:
        return row.what, "dicatat pada riwayat akunnya", berkas
    if row.status is None:
        return f"membuka {row.what}", f"dibuka, {row.purpose}", berkas
    return describe(row.what), f"ditolak: {RESULT.get(row.status, str(row.status))}", berkas


def _cells(row: AccessEntry) -> Sequence[str]:
    what, result, berkas = _words(row)
    address = "" if row.status is None else row.what
    return (moment_in_words(row.at), row.name or "", row.peran, what, berkas, result, row.incident or "", address)
