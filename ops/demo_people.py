"""The people of the demonstration: those of the office, and those that an installed example brings along.

Their passwords are known to everybody.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.roles import Peran
from pipeline.settings import places

DEMO_DOMAIN = "@demo.test"
PASSWORD = "demo-alurizin"  # noqa: S105 - known to everybody, refused in production
PASSPHRASE = "frasa-demo-2026"  # noqa: S105 - the same
_OFFICE = Path(__file__).with_name("orang.toml")


@dataclass(frozen=True, slots=True)
class Example:
    """One person of the demonstration."""

    account: str
    name: str
    phone: str
    peran: Peran
    jabatan: str = ""
    nip: str = ""

    @property
    def email(self) -> str:
        return self.account + DEMO_DOMAIN


def people_folder() -> Path:
    """Where an example leaves its people when it is installed."""
    return places().data / "orang"


def read_people(path: Path) -> tuple[Example, ...]:
    """The people of one file, ``[[orang]]`` each."""
    rows = tomllib.loads(path.read_text("utf-8"))["orang"]
    return tuple(
        Example(r["akun"], r["nama"], r["telepon"], Peran(r["peran"]), r.get("jabatan", ""), r.get("nip", ""))
        for r in rows
    )


def everybody() -> tuple[Example, ...]:
    """All of them, the office's first."""
    files = (_OFFICE, *sorted(people_folder().glob("*.toml")))
    return tuple(person for path in files for person in read_people(path))


def printed_accounts() -> Iterator[dict[str, str]]:
    """What ``alurizin info`` shows of them."""
    from pipeline.sop.who_may import signers  # reads the office's SOPs, which most commands need not

    signing = signers()
    for contoh in everybody():
        account = {"nama": contoh.name, "peran": str(contoh.peran), "surel": contoh.email, "sandi": PASSWORD}
        yield account | ({"frasa_sandi": PASSPHRASE} if contoh.peran in signing else {})
