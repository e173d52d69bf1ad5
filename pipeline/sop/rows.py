"""Reads the tables of an SOP file key by key: right types, no unknown key, the row named when something is off."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from pipeline.errors import DefinitionError
from pipeline.sop.conditions import Condition

E = TypeVar("E", bound=StrEnum)
C = TypeVar("C", bound=str)
T = TypeVar("T", covariant=True)


#: What stands where an answer is still missing.
UNANSWERED = frozenset({"?", "...", "…"})


@dataclass(frozen=True, slots=True)
class Every(Generic[T]):
    """What was read of the rows of one kind, and the sentences about those that are wrong."""

    value: tuple[T, ...]
    problems: tuple[str, ...]


def every(rows: Iterable["TableLine"], read: Callable[["TableLine"], T]) -> Every[T]:
    """Read all of them, also those behind one that is wrong."""
    value, problems = [], []
    for one in rows:
        try:
            value.append(read(one))
        except DefinitionError as error:
            problems.append(str(error))
    return Every(tuple(value), tuple(problems))


def complete(kinds: Iterable[Every[object]]) -> None:
    """Raise DefinitionError with a line for each row that is wrong."""
    if problems := [sentence for kind in kinds for sentence in kind.problems]:
        raise DefinitionError("\n".join(problems))


class TableLine:
    """One table of the file while it is read. ``place`` names it: 'td_lks.toml, langkah baris 4'."""

    def __init__(self, place: str, content: object) -> None:
        self.place = place
        if not isinstance(content, dict):
            raise self.wrong(f"harus berupa tabel [..], bukan {content!r}")
        self._content: dict[str, object] = dict(content)
        self._known: list[str] = []

    def wrong(self, sentence: str) -> DefinitionError:
        return DefinitionError(f"{self.place}: {sentence}.")

    def _take(self, key: str) -> object:
        self._known.append(key)
        return self._content.pop(key, None)

    def text(self, key: str, default: str | None = None) -> str:
        """Text; missing or empty gives the default, without one it must be filled in."""
        value = self._take(key)
        if value is None or value == "":
            if default is not None:
                return default
            raise self.wrong(f'"{key}" belum diisi. Tambahkan {key} = "..."')
        if not isinstance(value, str):
            raise self.wrong(f'"{key}" harus berupa teks dalam tanda kutip, bukan {value!r}')
        self._answered(key, value)
        return value

    def _answered(self, key: str, value: str) -> None:
        """What the import could not know is marked; nobody runs on a mark."""
        if value.strip() in UNANSWERED:
            raise self.wrong(f'"{key}" masih "{value}". Ganti dengan isinya')

    def number(self, key: str, default: int | None = None, *, smallest: int = 0, largest: int = 100_000) -> int:
        value = self._take(key)
        value = default if value is None else value
        if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
            raise self.wrong(f'"{key}" harus bilangan bulat mulai {smallest}, bukan {value!r}')
        if value > largest:
            raise self.wrong(f'"{key}" terlalu besar. Tulis paling banyak {largest}')
        return value

    def yes(self, key: str, *, default: bool = False) -> bool:
        value = self._take(key)
        value = default if value is None else value
        if not isinstance(value, bool):
            raise self.wrong(f'"{key}" harus true atau false, bukan {value!r}')
        return value

    def listing(self, key: str) -> tuple[str, ...]:
        """A list of texts; missing = empty."""
        value = self._take(key)
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(n, str) for n in value):
            raise self.wrong(f'"{key}" harus daftar teks seperti ["a", "b"], bukan {value!r}')
        for one in value:
            self._answered(key, one)
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers from 1; missing = empty."""
        value = self._take(key)
        value = [] if value is None else value
        if not isinstance(value, list) or not all(type(n) is int and n > 0 for n in value):
            raise self.wrong(f'"{key}" harus daftar bilangan bulat mulai 1 seperti [15, 16], bukan {value!r}')
        return tuple(value)

    def one_or_several(self, key: str) -> tuple[str, ...]:
        """A text that must be filled in, or a list of them."""
        return self.listing(key) if isinstance(self._content.get(key), list) else (self.text(key),)

    def word(self, key: str, allowed: Iterable[E]) -> E:
        """One of the words of an enum."""
        return self._one_of(key, self.text(key), allowed)

    def words_if_any(self, key: str, allowed: Iterable[E]) -> E | None:
        value = self.text(key, "")
        return self._one_of(key, value, allowed) if value else None

    def _one_of(self, key: str, value: str, allowed: Iterable[C]) -> C:
        word = {str(k): k for k in allowed}
        if value not in word:
            raise self.wrong(f'{key} = "{value}" tidak dikenal. Pilih salah satu: {", ".join(word)}')
        return word[value]

    def code(self, key: str, allowed: Iterable[C]) -> C:
        """One of the codes the office knows, such as those of its posts."""
        return self._one_of(key, self.text(key), allowed)

    def mapped(self, key: str) -> Mapping[str, str]:
        """A table of texts; missing = empty."""
        value = self._take(key)
        value = {} if value is None else value
        if not isinstance(value, dict) or not all(isinstance(n, str) for n in value.values()):
            raise self.wrong(f'"{key}" harus tabel teks seperti {{ A = "Label A" }}, bukan {value!r}')
        for one in value.values():
            self._answered(key, one)
        return MappingProxyType(dict(value))

    def condition(self, key: str) -> tuple[Condition, ...]:
        """Conditions, any of which suffices: ``[{ jenis = "BARU", bentuk = "BH" }]``; ``[{}]`` holds always."""
        value = self._take(key)
        value = [] if value is None else value
        if not isinstance(value, list):
            raise self.wrong(f'"{key}" harus daftar syarat seperti [{{ jenis = "BARU" }}], bukan {value!r}')
        return tuple(self._one_condition(key, n) for n in value)

    def _one_condition(self, key: str, value: object) -> Condition:
        isian: dict[str, tuple[str, ...]] = {}
        for name, allowed in value.items() if isinstance(value, dict) else [("", None)]:
            choices = [allowed] if isinstance(allowed, str) else allowed
            if not isinstance(choices, list) or not all(isinstance(p, str) for p in choices):
                raise self.wrong(f'"{key}" harus daftar syarat seperti [{{ jenis = "BARU" }}], bukan {value!r}')
            isian[name] = tuple(choices)
        return Condition(MappingProxyType(isian))

    def has(self, key: str) -> bool:
        """Whether the key is there at all."""
        self._known.append(key)
        return key in self._content

    def line(self, key: str) -> tuple["TableLine", ...]:
        """The ``[[kunci]]`` tables, each named by its own number."""
        value = self._take(key)
        value = [] if value is None else value
        if not isinstance(value, list):
            raise self.wrong(f'"{key}" harus ditulis sebagai [[{key}]]')
        return tuple(TableLine(f"{self.place}, {key} baris {no}{_code(n)}", n) for no, n in enumerate(value, start=1))

    def table(self, key: str) -> "TableLine":
        """The ``[kunci]`` table; missing = empty."""
        return self.table_if_any(key) or TableLine(f"{self.place}, [{key}]", {})

    def table_if_any(self, key: str) -> "TableLine | None":
        value = self._take(key)
        return None if value is None else TableLine(f"{self.place}, [{key}]", value)

    def close(self) -> None:
        """Refuse whatever nobody asked for: a mistyped key would otherwise be silently ignored."""
        for key in self._content:
            similar = get_close_matches(key, self._known)
            advice = f'Maksudnya "{similar[0]}"?' if similar else f"Yang dikenal: {', '.join(self._known)}"
            raise self.wrong(f'kunci "{key}" tidak dikenal. {advice}')


def _code(content: object) -> str:
    code = content.get("kode") if isinstance(content, dict) else None
    return f" ({code})" if isinstance(code, str) else ""
