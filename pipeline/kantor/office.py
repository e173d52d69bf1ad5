"""The office of this instance, as the settings name its files: ``kantor.toml``, read once, and where its SOPs lie."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.kantor import DEFAULT, ZONES, Kantor, read_kantor
from pipeline.roles import Peran, name_posts
from pipeline.settings import places
from pipeline.text import set_office_zone

#: The SOPs that ship with the code.
SHIPPED = Path(__file__).parents[1] / "sop"


def kantor_file() -> Path:
    """The office's own; the one that ships with the code where none was named and none lies in the data folder."""
    own = places().kantor
    return own if own.is_file() or own != places().data / "kantor.toml" else DEFAULT


@cache
def kantor() -> Kantor:
    """What its file says. Raises DefinitionError."""
    office = read_kantor(kantor_file())
    name_posts(office.posts.values())
    set_office_zone(ZONES[office.zone])
    return office


def desks() -> tuple[Peran, ...]:
    """The posts, each with a queue and a page, in the order of the office's file."""
    return tuple(kantor().posts)


def leaders() -> tuple[Peran, ...]:
    """The posts that stand above another one: they see the office's files on the leaders' page."""
    superiors = {post.superior for post in kantor().posts.values()}
    return tuple(peran for peran in kantor().posts if peran in superiors)


def sop_folders(office: Kantor) -> Sequence[Path]:
    """The SOPs that ship with the code, unless the office wants none of them, and its own."""
    return (*((SHIPPED,) if office.shipped_sops else ()), places().sop)


def kept_sops() -> Path:
    """The versions that applications follow, as they were when the first one began."""
    return places().data / "sop-dipakai"
