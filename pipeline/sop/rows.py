"""Reads the tables of an SOP file key by key: right types, no unknown key, the row named when something is off."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from pipeline.errors import DefinitionError
from pipeline.sop.values import Condition

E = TypeVar("E", bound=StrEnum)


class Line:
    """One table of the file while it is read. ``tempat`` names it: 'td_lks.toml, langkah baris 4'."""

    def __init__(self, tempat: str, isi: object) -> None:
        self.tempat = tempat
        if not isinstance(isi, dict):
            raise self.salah(f"harus berupa tabel [..], bukan {isi!r}")
        self._isi: dict[str, object] = dict(isi)
        self._known: list[str] = []

    def salah(self, kalimat: str) -> DefinitionError:
        return DefinitionError(f"{self.tempat}: {kalimat}.")

    def _take(self, kunci: str) -> object:
        self._known.append(kunci)
        return self._isi.pop(kunci, None)

    def teks(self, kunci: str, baku: str | None = None) -> str:
        """Text; missing or empty gives the default, without one it must be filled in."""
        nilai = self._take(kunci)
        if nilai is None or nilai == "":
            if baku is not None:
                return baku
            raise self.salah(f'"{kunci}" belum diisi. Tambahkan {kunci} = "..."')
        if not isinstance(nilai, str):
            raise self.salah(f'"{kunci}" harus berupa teks dalam tanda kutip, bukan {nilai!r}')
        return nilai

    def number(self, kunci: str, baku: int | None = None, *, smallest: int = 0) -> int:
        nilai = self._take(kunci)
        nilai = baku if nilai is None else nilai
        if not isinstance(nilai, int) or isinstance(nilai, bool) or nilai < smallest:
            raise self.salah(f'"{kunci}" harus bilangan bulat mulai {smallest}, bukan {nilai!r}')
        return nilai

    def ya(self, kunci: str, *, baku: bool = False) -> bool:
        nilai = self._take(kunci)
        nilai = baku if nilai is None else nilai
        if not isinstance(nilai, bool):
            raise self.salah(f'"{kunci}" harus true atau false, bukan {nilai!r}')
        return nilai

    def daftar(self, kunci: str) -> tuple[str, ...]:
        """A list of texts; missing = empty."""
        nilai = self._take(kunci)
        nilai = [] if nilai is None else nilai
        if not isinstance(nilai, list) or not all(isinstance(n, str) for n in nilai):
            raise self.salah(f'"{kunci}" harus daftar teks seperti ["a", "b"], bukan {nilai!r}')
        return tuple(nilai)

    def kata(self, kunci: str, boleh: Iterable[E]) -> E:
        """One of the words of an enum."""
        return self._one_of(kunci, self.teks(kunci), boleh)

    def words_if_any(self, kunci: str, boleh: Iterable[E]) -> E | None:
        nilai = self.teks(kunci, "")
        return self._one_of(kunci, nilai, boleh) if nilai else None

    def _one_of(self, kunci: str, nilai: str, boleh: Iterable[E]) -> E:
        kata = {str(k): k for k in boleh}
        if nilai not in kata:
            raise self.salah(f'{kunci} = "{nilai}" tidak dikenal. Pilih salah satu: {", ".join(kata)}')
        return kata[nilai]

    def mapped(self, kunci: str) -> Mapping[str, str]:
        """A table of texts; missing = empty."""
        nilai = self._take(kunci)
        nilai = {} if nilai is None else nilai
        if not isinstance(nilai, dict) or not all(isinstance(n, str) for n in nilai.values()):
            raise self.salah(f'"{kunci}" harus tabel teks seperti {{ A = "Label A" }}, bukan {nilai!r}')
        return MappingProxyType(dict(nilai))

    def condition(self, kunci: str) -> tuple[Condition, ...]:
        """Conditions, any of which suffices: ``[{ jenis = "BARU", bentuk = "BH" }]``; ``[{}]`` holds always."""
        nilai = self._take(kunci)
        nilai = [] if nilai is None else nilai
        if not isinstance(nilai, list):
            raise self.salah(f'"{kunci}" harus daftar syarat seperti [{{ jenis = "BARU" }}], bukan {nilai!r}')
        return tuple(self._one_condition(kunci, n) for n in nilai)

    def _one_condition(self, kunci: str, nilai: object) -> Condition:
        isian: dict[str, tuple[str, ...]] = {}
        for nama, boleh in nilai.items() if isinstance(nilai, dict) else [("", None)]:
            pilihan = [boleh] if isinstance(boleh, str) else boleh
            if not isinstance(pilihan, list) or not all(isinstance(p, str) for p in pilihan):
                raise self.salah(f'"{kunci}" harus daftar syarat seperti [{{ jenis = "BARU" }}], bukan {nilai!r}')
            isian[nama] = tuple(pilihan)
        return Condition(MappingProxyType(isian))

    def baris(self, kunci: str) -> tuple["Line", ...]:
        """The ``[[kunci]]`` tables, each named by its own number."""
        nilai = self._take(kunci)
        nilai = [] if nilai is None else nilai
        if not isinstance(nilai, list):
            raise self.salah(f'"{kunci}" harus ditulis sebagai [[{kunci}]]')
        return tuple(Line(f"{self.tempat}, {kunci} baris {no}{_code(n)}", n) for no, n in enumerate(nilai, start=1))

    def tabel(self, kunci: str) -> "Line":
        """The ``[kunci]`` table."""
        nilai = self._take(kunci)
        return Line(f"{self.tempat}, [{kunci}]", {} if nilai is None else nilai)

    def tutup(self) -> None:
        """Refuse whatever nobody asked for: a mistyped key would otherwise be silently ignored."""
        for kunci in self._isi:
            similar = get_close_matches(kunci, self._known, n=1)
            saran = f'Maksudnya "{similar[0]}"?' if similar else f"Yang dikenal: {', '.join(self._known)}"
            raise self.salah(f'kunci "{kunci}" tidak dikenal. {saran}')


def _code(isi: object) -> str:
    kode = isi.get("kode") if isinstance(isi, dict) else None
    return f" ({kode})" if isinstance(kode, str) else ""
