"""What a check says, and how one asks the running office."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.exc import SQLAlchemyError

from ops import instance
from pipeline.errors import AlurIzinError
from pipeline.settings import settings


@dataclass(frozen=True, slots=True)
class Result:
    """One line. ``remedy`` is empty when all is well, or when nobody looked."""

    subject: str
    state: str
    remedy: str = ""
    checked: bool = True

    @property
    def mark(self) -> str:
        return "kurang" if self.remedy else "ok" if self.checked else "belum"


Check: TypeAlias = Callable[[Mapping[str, str]], Iterator[Result]]


def of_office(subject: str, read: Callable[[], Iterator[Result]]) -> Iterator[Result]:
    """What the office's database says, as far as it can be reached from here."""
    try:
        instance.attach()
    except AlurIzinError:
        yield Result(subject, "belum diperiksa, AlurIzin tidak berjalan di sini", checked=False)
        return
    try:
        settings()
    except AlurIzinError:
        yield Result(subject, "belum diperiksa, pengaturannya ditolak", checked=False)
        return
    try:
        yield from read()
    except SQLAlchemyError as error:
        yield Result(subject, f"belum diperiksa, basis data tidak terjangkau ({type(error).__name__})", checked=False)
