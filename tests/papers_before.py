"""Registers of decrees that an office issued on paper, as tests take them."""

from datetime import datetime

from pipeline.services.people.actor import Petugas
from pipeline.services.records.paper.register import look_at_register, take_register
from tests.factories import WEDNESDAY

HEADER = ("Nomor", "Pemegang", "Izin", "Tanggal terbit", "Berlaku sampai", "Kecamatan", "NPWP Lembaga")


def register_file(*rows: tuple[str, ...]) -> bytes:
    """A text that Excel saved: nomor, pemegang, and what else the rows have in the order of HEADER."""
    usual = ("", "", "td_lks", "5 Januari 2026", "5 Januari 2031", "Cempaka", "")
    return "\n".join("\t".join((*row, *usual[len(row) :])) for row in (HEADER, *rows)).encode()


def take(*rows: tuple[str, ...], actor: Petugas | None = None, now: datetime = WEDNESDAY) -> int:
    """Look at a register with these rows, and take it."""
    looked = look_at_register(register_file(*rows), "register.csv", actor=actor, now=now)
    return take_register(looked.sha256, looked.seen, actor=actor, now=now)


def number(sequence: int, year: int = 2026) -> str:
    return f"503/{sequence:04d}/TD-LKS/DPMPTSP/{year}"
