"""The papers of a permit as data: what each is made of, who makes it and when, its numbers and how long it holds."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.errors import DefinitionError
from pipeline.sop.conditions import CaseData, Condition, any_fits
from pipeline.sop.words import Arah, NaskahKind
from pipeline.text import in_words

#: The names a paper gives by itself; no isian, no field of a desk's form and no kalimat is called so.
RESERVED: Final = frozenset(
    "pemda daerah kota kantor dinas alamat_dinas kontak_dinas tentang pemegang nomor_permohonan tanggal_permohonan"
    " mengingat tembusan data pertimbangan alasan masa_berlaku nomor tanggal berlaku_sampai jabatan_penandatangan"
    " nama_penandatangan nip_penandatangan qr url_verifikasi catatan_tte kode_lacak url_lacak dikirim berkas janji"
    " tim daftar foto hari_ini petugas loop true false none not and or if else for in is".split()
)
_VALIDITY = re.compile(r"([1-9][0-9]{0,3}) (Tahun|Bulan|Hari)")
#: A hundred years, in each unit.
_LONGEST = {"Tahun": 100, "Bulan": 1200, "Hari": 36500}


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a paper holds, counted from its date."""

    count: int
    unit: str  # Tahun, Bulan or Hari, of the calendar

    @classmethod
    def parse(cls, text: str) -> "Validity":
        """From "5 Tahun". Raises DefinitionError."""
        found = _VALIDITY.fullmatch(text)
        if found is None:
            raise DefinitionError(
                f'berlaku = "{text}" tidak terbaca. Tulis seperti "5 Tahun", "6 Bulan" atau "30 Hari"'
            )
        count = int(found[1])
        if not 0 < count <= _LONGEST[found[2]]:
            raise DefinitionError(
                f'berlaku = "{text}" tidak terbaca. Tulis paling lama seratus tahun; tanpa batas waktu: hapus barisnya'
            )
        return cls(count, found[2])

    def until(self, day: date) -> date:
        """The last day: the same day so many years or months on, or the last of a shorter month."""
        if self.unit == "Hari":
            return day + timedelta(days=self.count)
        months = day.month - 1 + self.count * (12 if self.unit == "Tahun" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))

    def __str__(self) -> str:
        """ "5 (lima) tahun"."""
        return f"{self.count} ({in_words(self.count)}) {self.unit.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A line of the "Mengingat" list of a decree."""

    text: str
    when: tuple[Condition, ...] = ()

    def valid_for(self, data: CaseData) -> bool:
        return not self.when or any_fits(self.when, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedText:
    """A text made of fields: a line of the table of data under its label, or a variable of the template under its code.

    ``value`` is written as in a template: "Nomor {{ akta_nomor }}, tanggal {{ akta_tanggal | tanggal }}".
    """

    label: str
    value: str
    when: tuple[Condition, ...] = ()

    def valid_for(self, data: CaseData) -> bool:
        return not self.when or any_fits(self.when, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naskah:
    """One paper of a permit."""

    code: str
    name: str  # on screens
    about: str  # what stands after "TENTANG"
    kind: NaskahKind
    templat: str  # file name of its Word template
    arah: Arah | None = None  # of a decision: which way it is for
    langkah: str = ""  # of a desk's paper: whose form it is made of
    nomor_pattern: str = ""  # of a decision: "503/{urut:04d}/…/{tahun}"
    validity: Validity | None = None  # None: it has no end
    letterhead: str = ""  # code of an agency; '' = that of the desk that makes it
    tembusan: tuple[str, ...] = ()
    citing: tuple[LegalBasis, ...] = ()
    lines: tuple[PrintedText, ...] = ()  # the table of data
    texts: tuple[PrintedText, ...] = ()  # variables of its own

    def citing_for(self, data: CaseData) -> tuple[str, ...]:
        """The legal basis that holds for this case, in printed order."""
        return tuple(basis.text for basis in self.citing if basis.valid_for(data))
