"""What lies in the mailboxes of the demo: codes and links that are read there and nowhere else."""

import re

from pipeline.queries.applicant.notices import DemoLetter, read_mailbox
from tests.web.conftest import PASSWORD, Peramban


def letters(alamat: str) -> list[DemoLetter]:
    """The letters and messages to an address, newest first."""
    surat, _ = read_mailbox(halaman=1)
    return [s for s in surat if s.tujuan == alamat]


def code_for(alamat: str) -> str:
    """The newest code sent to an address."""
    return next(found[0] for s in letters(alamat) if (found := re.search(r"\b\d{6}\b", s.isi)))


def link_for(alamat: str) -> str:
    """The newest link to set a password sent to an address."""
    return next(s.tautan for s in letters(alamat) if s.jenis == "tautan")


def register(tamu: Peramban, alamat: str, *, nama: str = "Siti Aminah", sandi: str = PASSWORD, **lain: str) -> str:
    """Fill in the form for this address; returns the page that asks for the code."""
    tamu.buka("/akun/daftar")
    kolom = "surel" if "@" in alamat else "telepon"
    jawaban = tamu.kirim("/akun/daftar", {"nama": nama, kolom: alamat, "sandi": sandi, **lain})
    assert jawaban.status_code == 303, jawaban.text
    tamu.buka(jawaban.location)
    return jawaban.location
