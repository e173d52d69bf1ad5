"""Which post of the office a column's title means: its name, or another name for it that offices use."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.roles import Peran, Posts
from pipeline.sop.office_table.words import WORDS, plain_words

_SHORT: Mapping[str, str] = WORDS["jabatan"]["singkatan"]


def _long(title: str) -> str:
    """The title with every abbreviation written out: "Ka. Seksi" and "Kasi" are both "kepala seksi"."""
    words = " ".join(_SHORT.get(word, word) for word in plain_words(title).split()).split()
    return " ".join(word for i, word in enumerate(words) if i == 0 or word != words[i - 1])


_SAME: Mapping[str, str] = {_long(name): group[0] for group in WORDS["jabatan"]["sama"] for name in group}


def _known_as(title: str) -> str:
    return _SAME.get(_long(title), _long(title))


def post_of(title: str, posts: Posts) -> Peran | None:
    """The post that the title names, or the applicant; None when it names none of the office, or two."""
    found = {peran for peran, name in _names(posts) if _known_as(name) == _known_as(title)}
    return found.pop() if len(found) == 1 else None


def similar_posts(title: str, posts: Posts) -> tuple[str, ...]:
    """The names of posts that share their first words with the title, to offer beside the question."""
    return tuple(
        dict.fromkeys(peran.name for peran, name in _names(posts) if _alike(_known_as(title), _known_as(name)))
    )


def _names(posts: Posts) -> Iterator[tuple[Peran, str]]:
    """Each post under its name, its title on paper, and what else the office calls it."""
    yield Peran.PEMOHON, Peran.PEMOHON.name
    for peran, post in posts.items():
        yield from ((peran, name) for name in (post.name, post.title, *post.other_names))


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and (one.startswith(f"{other} ") or other.startswith(f"{one} "))


def unknown_titles(titles: Iterable[str], posts: Posts) -> tuple[str, ...]:
    """The titles that name no post, each once."""
    return tuple(dict.fromkeys(title for title in titles if post_of(title, posts) is None))
