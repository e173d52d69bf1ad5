"""The office of this instance, its desks and its leaders: ``kantor.toml`` as the settings name it, read once."""

from functools import cache

from pipeline.kantor import DEFAULT, Kantor, read_kantor
from pipeline.roles import Peran, name_posts
from pipeline.settings import settings


@cache
def kantor() -> Kantor:
    """The office: the file the settings name, or the one that ships with the code. Raises DefinitionError."""
    office = read_kantor(settings().kantor or DEFAULT)
    name_posts(office.posts.values())
    return office


def desks() -> tuple[Peran, ...]:
    """The posts, each with a queue and a page, in the order of the office's file."""
    return tuple(kantor().posts)


def leaders() -> tuple[Peran, ...]:
    """The posts that stand above another one: they see the office's files on the leaders' page."""
    superiors = {post.superior for post in kantor().posts.values()}
    return tuple(peran for peran in kantor().posts if peran in superiors)
