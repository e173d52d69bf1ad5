"""Reading a form: values as they were typed, and sentences for what is wrong. Which fields there are, the SOP says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from flask import request

from pipeline.errors import InputInvalid


@dataclass(frozen=True, slots=True)
class Formulir:
    """What a template needs to draw a form again: the values by field name, and the sentences by field name."""

    nilai: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    galat: Mapping[str, str] = field(default_factory=dict)

    def teks(self, kode: str) -> str:
        """The value of a field as text; empty when it is not there."""
        nilai = self.nilai.get(kode, "")
        return nilai if isinstance(nilai, str) else ", ".join(nilai)

    def dipilih(self, kode: str) -> tuple[str, ...]:
        """The chosen values of a field."""
        nilai = self.nilai.get(kode, ())
        return (nilai,) if isinstance(nilai, str) else tuple(nilai)

    def ringkasan(self) -> list[dict[str, str]]:
        """The lines of the error summary, each a link to its field."""
        return [{"text": kalimat, "href": f"#{quote(kode)}"} for kode, kalimat in self.galat.items()]


def teks(kode: str) -> str:
    """One posted value, without spaces around it; the first when it was posted twice."""
    return bersih(request.form.get(kode, "")).strip()


def apa_adanya(kode: str) -> str:
    """One posted value exactly as typed: passwords."""
    return request.form.get(kode, "")


def banyak(kode: str) -> tuple[str, ...]:
    """All posted values of a multiple choice."""
    return tuple(bersih(n).strip() for n in request.form.getlist(kode) if n.strip())


def isi_formulir(*kode: str) -> dict[str, str | tuple[str, ...]]:
    """The posted values of these fields, to show again."""
    return {k: teks(k) for k in kode}


def bersih(nilai: str) -> str:
    """Refuse what no database and no letter can hold.

    Raises InputInvalid for a NUL or half a surrogate pair.
    """
    if "\0" in nilai or any("\ud800" <= huruf <= "\udfff" for huruf in nilai):
        raise InputInvalid({}, "Ada isian dengan tanda yang tidak dapat dibaca. Ketik ulang isian itu.")
    return nilai


def galat_untuk(galat: Mapping[str, str], awalan: Iterable[str]) -> dict[str, str]:
    """Errors keyed ``isian.<kode>`` as errors keyed by field name."""
    depan = tuple(awalan)
    return {kode.partition(".")[2] if kode.startswith(depan) else kode: kalimat for kode, kalimat in galat.items()}
