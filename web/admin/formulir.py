"""What the administrator's forms have in common: who acts, dates, roles."""

from datetime import date

from pipeline.errors import InputInvalid
from pipeline.isian import IsianSalah, parse_tanggal
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.actor import Petugas
from web.auth import saya
from web.forms import teks

#: The roles an administrator gives, as the form's choices.
PERAN_DIBERIKAN = {str(p): p.nama for p in (*PERAN_PETUGAS, Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP)}


def sebagai_admin() -> Petugas:
    """Me, as an administrator."""
    return Petugas(saya().orang_id, Peran.ADMIN)


def baca_tanggal(kode: str, galat: dict[str, str], bila_salah: date = date.max) -> date:
    """A posted date; what is wrong goes into ``galat`` and ``bila_salah`` comes back."""
    try:
        return parse_tanggal(teks(kode))
    except IsianSalah as salah:
        galat[kode] = str(salah)
        return bila_salah


def baca_peran(kode: str, galat: dict[str, str]) -> Peran:
    """A posted role; what is wrong goes into ``galat`` and no officer's role comes back."""
    if teks(kode) in PERAN_DIBERIKAN:
        return Peran(teks(kode))
    galat[kode] = "Pilih perannya."
    return Peran.PEMOHON


def tolak_bila(galat: dict[str, str]) -> None:
    """Raise InputInvalid when something was wrong."""
    if galat:
        raise InputInvalid(galat)
