"""The number on a decree. Pure."""

import re
from datetime import date, datetime
from string import Formatter

from pipeline.errors import DefinitionError
from pipeline.tanggal import ROMAN, date_at

_SPEC = {"urut": re.compile(r"(?:0[1-9]d?|d)?"), "tahun": re.compile(""), "bulan_romawi": re.compile("")}


def format_nomor(pola: str, urut: int, tanggal: date) -> str:
    """Fill a pattern such as ``503/{urut:04d}/TD-LKS/DPMPTSP/{tahun}``; a moment counts as its date in WITA.

    Fields: ``urut`` (with an optional width), ``tahun``, ``bulan_romawi``. Raises DefinitionError for anything else.
    """
    check_pattern(pola)
    hari = date_at(tanggal) if isinstance(tanggal, datetime) else tanggal
    return pola.format(urut=urut, tahun=hari.year, bulan_romawi=ROMAN[hari.month - 1])


def check_pattern(pola: str) -> None:
    """Raise DefinitionError when a number pattern is not one, or would give two decrees of a year one number."""
    try:
        field = [
            (nama, spec or "", conversion) for _, nama, spec, conversion in Formatter().parse(pola) if nama is not None
        ]
    except ValueError as error:
        raise DefinitionError(f"Pola nomor {pola!r} keliru: kurung kurawalnya tidak berpasangan.") from error
    for nama, spec, conversion in field:
        if nama not in _SPEC or conversion or not _SPEC[nama].fullmatch(spec):
            raise DefinitionError(
                f"Pola nomor {pola!r} keliru pada bidang {nama!r}. "
                "Yang dikenal: {urut:04d}, {tahun}, {bulan_romawi}."
            )
    if {"urut", "tahun"} - {nama for nama, _, _ in field}:
        raise DefinitionError(f"Pola nomor {pola!r} harus memuat {{urut}} dan {{tahun}} supaya tidak ada nomor kembar.")
