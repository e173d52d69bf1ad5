"""Who a file goes by: the software's own roles, and the office's posts as ``kantor.toml`` names them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Peran(str):
    """The code of a role: the name operators read in Flower and staff in the URL. A post of the office is one too."""

    __slots__ = ()

    PEMOHON: ClassVar["Peran"]
    ADMIN: ClassVar["Peran"]
    OPERATOR: ClassVar["Peran"]
    PDP: ClassVar["Peran"]
    ARSIP: ClassVar["Peran"]
    SYSTEM: ClassVar["Peran"]

    @property
    def name(self) -> str:
        """The role as it is written on screens and letters."""
        return _NAMES.get(self, self.replace("_", " ").title())

    @property
    def antrean(self) -> str:
        """The Celery queue this desk reads."""
        return str(self)


Peran.PEMOHON = Peran("pemohon")
Peran.ADMIN = Peran("admin")
Peran.OPERATOR = Peran("operator")
Peran.PDP = Peran("pdp")
Peran.ARSIP = Peran("arsip")
Peran.SYSTEM = Peran("sistem")  # nobody's: files that wait for a time to pass lie there

#: The roles the software itself needs; no post may have their codes.
OWN_PERAN = (Peran.PEMOHON, Peran.ADMIN, Peran.OPERATOR, Peran.PDP, Peran.ARSIP)

_NAMES: dict[str, str] = {
    Peran.SYSTEM: "Masa tunggu",
    Peran.PDP: "Petugas Pelindungan Data",
    Peran.ADMIN: "Administrator",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jabatan:
    """A post of the office: a desk with a queue of its own."""

    peran: Peran
    name: str
    title: str  # as on paper
    instansi: str  # code of the agency it belongs to
    superior: Peran | None = None  # whom a lapse is told; None: nobody stands above it
    other_names: tuple[str, ...] = ()  # as the SOP tables of the office call it


#: The office's posts by their code, in the order of its file.
Posts = Mapping[Peran, Jabatan]


def ladder(posts: Posts, peran: Peran) -> tuple[Peran, ...]:
    """The post, the one above it, and so on to the top. A post the office does not know stands alone."""
    chain = [peran]
    while (post := posts.get(chain[-1])) and post.superior and post.superior not in chain:
        chain.append(post.superior)
    return tuple(chain)


def name_posts(posts: Iterable[Jabatan]) -> None:
    """Let ``Peran.name`` say what the office calls its posts; done once, by whoever reads its file."""
    _NAMES.update({post.peran: post.name for post in posts})


class Basis(StrEnum):
    """On what ground somebody holds a role."""

    DEFINITIF = "definitif"
    PLT = "plt"
    PLH = "plh"


def full_title(jabatan: str, basis: str) -> str:
    """A title as it is written: "Kepala Badan", "Plh. Kepala Badan". ``basis``: a Basis as it is stored."""
    return jabatan if basis == Basis.DEFINITIF else f"{basis.capitalize()}. {jabatan}"
