"""What lies in the mailboxes of the demo: codes and links that are read there and nowhere else."""

import re

from pipeline.queries.applicant.notices import DemoLetter, read_mailbox
from tests.web.conftest import PASSWORD, Browser


def letters(address: str) -> list[DemoLetter]:
    """The letters and messages to an address, newest first."""
    letter, _ = read_mailbox(page=1)
    return [s for s in letter if s.recipient == address]


def code_for(address: str) -> str:
    """The newest code sent to an address."""
    return next(found[0] for s in letters(address) if (found := re.search(r"\b\d{6}\b", s.content)))


def password_code_for(phone: str) -> str:
    """The newest code for a new password sent to a phone."""
    return next(found[0] for s in letters(phone) if (found := re.search(r"\b\d{8}\b", s.content)))


def link_for(address: str) -> str:
    """The newest link to set a password sent to an address."""
    return next(s.link for s in letters(address) if s.kind == "tautan")


def register(guest: Browser, address: str, *, name: str = "Siti Aminah", password: str = PASSWORD, **other: str) -> str:
    """Fill in the form for this address; returns the page that asks for the code."""
    guest.open_page("/akun/daftar")
    column = "surel" if "@" in address else "telepon"
    answer = guest.send("/akun/daftar", {"nama": name, column: address, "sandi": password, **other})
    assert answer.status_code == 303, answer.text
    guest.open_page(answer.location)
    return answer.location
