"""The pattern of the numbers on a paper, such as ``503/{urut:04d}/SK/{tahun}``. Pure."""

import re
from string import Formatter

from pipeline.errors import DefinitionError

_SPEC = {"urut": re.compile(r"(?:0[1-9]d?|d)?"), "tahun": re.compile(""), "bulan_romawi": re.compile("")}


def check_pattern(pattern: str) -> None:
    """Raise DefinitionError when a number pattern is not one, or would give two decrees of a year one number."""
    try:
        field = [
            (name, spec or "", conversion)
            for _, name, spec, conversion in Formatter().parse(pattern)
            if name is not None
        ]
    except ValueError as error:
        raise DefinitionError(f"Pola nomor {pattern!r} keliru: kurung kurawalnya tidak berpasangan.") from error
    for name, spec, conversion in field:
        if name not in _SPEC or conversion or not _SPEC[name].fullmatch(spec):
            raise DefinitionError(
                f"Pola nomor {pattern!r} keliru pada bidang {name!r}. "
                "Yang dikenal: {urut:04d}, {tahun}, {bulan_romawi}."
            )
    if {"urut", "tahun"} - {name for name, _, _ in field}:
        raise DefinitionError(
            f"Pola nomor {pattern!r} harus memuat {{urut}} dan {{tahun}} supaya tidak ada nomor kembar."
        )
