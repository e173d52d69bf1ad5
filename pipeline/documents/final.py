"""What a naskah only gets at its signature: number, date, signatory, QR, footer. Pure.

The draft carries placeholders in their places. ``final_text_differs`` is the proof that nothing else changed between
what was approved and what is signed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pipeline.documents.template.text import docx_text, docx_texts, squeeze
from pipeline.errors import DefinitionError
from pipeline.json import Json
from pipeline.roles import Basis
from pipeline.text import date_in_words

#: Each is unlike anything else in a naskah, so that it can be found again.
_DRAFT: Mapping[str, str] = MappingProxyType(
    {
        "nomor": "[nomor diberikan saat penandatanganan]",
        "tanggal": "[tanggal penandatanganan]",
        "berlaku_sampai": "[tanggal akhir masa berlaku]",
        "jabatan_penandatangan": "[jabatan penanda tangan]",
        "nama_penandatangan": "[nama penanda tangan]",
        "nip_penandatangan": "[NIP]",
        "qr": "[kode QR]",
        "url_verifikasi": "[alamat pemeriksaan keaslian]",
        "catatan_tte": "DRAF. Belum ditandatangani dan belum berlaku.",
    }
)
_NOTE = {
    "lokal": (
        "Dokumen ini ditandatangani secara elektronik dengan sertifikat uji lokal buatan aplikasi ini. Sertifikat itu "
        "tidak diterbitkan penyelenggara sertifikasi elektronik, sehingga dokumen ini hanya untuk uji coba."
    ),
    "bsre": (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh "
        "Balai Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara."
    ),
}
_PREFIX = {Basis.DEFINITIF: "", Basis.PLT: "Plt. ", Basis.PLH: "Plh. "}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOfficial:
    """Who signs and as what, as it is printed."""

    name: str
    nip: str | None
    jabatan: str  # "Kepala Badan"
    basis: Basis = Basis.DEFINITIF

    @property
    def jabatan_line(self) -> str:
        """ "KEPALA BADAN", with "Plt. " or "Plh. " before it for one who acts in another's place."""
        return f"{_PREFIX[self.basis]}{self.jabatan.upper()}"


def draft_final() -> Json:
    """The placeholders of a draft."""
    return dict(_DRAFT)


def signed_final(
    *,
    nomor: str,
    day: date,
    signatory: SigningOfficial,
    url: str,
    provider: str,
    valid_until: date | None,
) -> Json:
    """The values of the naskah to be signed; its QR is given to ``render`` as a picture.

    ``day`` is the date at the office. ``provider`` ('lokal' or 'bsre') decides the footer: a local certificate says so.
    """
    if provider not in _NOTE:
        raise DefinitionError(f"Penyedia tanda tangan {provider!r} tidak dikenal.")
    return {
        "nomor": nomor,
        "tanggal": date_in_words(day),
        "berlaku_sampai": date_in_words(valid_until) if valid_until else "",
        "jabatan_penandatangan": signatory.jabatan_line,
        "nama_penandatangan": signatory.name,
        "nip_penandatangan": f"NIP {signatory.nip}" if signatory.nip else "",
        "url_verifikasi": url,
        "catatan_tte": _NOTE[provider],
    }


def left_out(docx: bytes, must: Mapping[str, str]) -> list[str]:
    """Which of these (what it is -> how it reads) a document does not print, or has nothing to print for."""
    printed = squeeze(docx_text(docx)).casefold()
    return [what for what, text in must.items() if not squeeze(text) or squeeze(text).casefold() not in printed]


def decision_says(pemegang: str, final: Mapping[str, object]) -> Mapping[str, str]:
    """What no decision goes without: whom it is made out to, its number and its date."""
    return {"nama pemegang": pemegang, "nomor": str(final["nomor"]), "tanggal": str(final["tanggal"])}


def final_text_differs(
    draft_docx: bytes, final_docx: bytes, draft: Mapping[str, object], final: Mapping[str, object]
) -> str | None:
    """None when the two say the same but for the final fields; otherwise the sentence that says where they part."""
    before, after = docx_texts(draft_docx), docx_texts(final_docx)
    if [name for name, _ in before] != [name for name, _ in after]:
        return "Susunan naskah akhir berbeda dari draf yang disetujui."
    for (_, old), (_, new) in zip(before, after, strict=True):
        expected, present = _substitute(old, draft, final).split(), new.split()
        if expected != present:
            first = _first_difference(expected, present)
            return f"Naskah akhir berbeda dari draf yang disetujui, mulai pada “{first}”."
    return None


def _substitute(text: str, draft: Mapping[str, object], final: Mapping[str, object]) -> str:
    """All placeholders at once, so that no value is ever looked at again for another placeholder."""
    replace = {str(mark): str(final.get(name, "")) for name, mark in draft.items()}
    pattern = "|".join(re.escape(mark) for mark in sorted(replace, key=len, reverse=True))
    return re.sub(pattern, lambda m: replace[m.group()], text)


def _first_difference(a: list[str], b: list[str]) -> str:
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return " ".join(b[n : n + 8] or a[n : n + 8])
