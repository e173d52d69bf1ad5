"""A page as a small tree: enough of HTML to find a form, its fields, a link or a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass(slots=True)
class Element:
    """An element with its attributes and, in order, what lies inside it."""

    tag: str
    attribute: dict[str, str] = field(default_factory=dict)
    content: list["Element | str"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Element"]:
        """This element and everything below it, in document order."""
        yield self
        for child in self.content:
            if isinstance(child, Element):
                yield from child

    def all(self, tag: str, **attribute: str) -> list["Element"]:
        """The elements of that tag having these attribute values."""
        return [u for u in self if u.tag == tag and all(u.attribute.get(k) == v for k, v in attribute.items())]

    def first(self, tag: str, **attribute: str) -> "Element | None":
        return next(iter(self.all(tag, **attribute)), None)

    @property
    def text(self) -> str:
        """All words inside, single-spaced."""
        return " ".join(" ".join(child if isinstance(child, str) else child.text for child in self.content).split())

    def fields(self) -> dict[str, str]:
        """Names and values of the hidden fields inside: what a form sends along without being asked."""
        hidden = (u.attribute for u in self.all("input", type="hidden"))
        return {a["name"]: a.get("value", "") for a in hidden if "name" in a}

    def links(self, prefix: str) -> list[str]:
        """Addresses below ``prefix`` that the page links to, without query, in order and once each."""
        address = (u.attribute.get("href", "").partition("?")[0] for u in self.all("a"))
        return list(dict.fromkeys(a for a in address if a.startswith(prefix)))

    def value_of(self, label: str) -> str | None:
        """What a summary list says under ``label``."""
        for line in self.all("div"):
            key, value = line.first("dt"), line.first("dd")
            if key and value and key.text == label:
                return value.text
        return None

    def form_to(self, suffix: str) -> "Element | None":
        """The form whose action ends that way."""
        forms = (f for f in self.all("form") if f.attribute.get("action", "").partition("?")[0].endswith(suffix))
        return next(forms, None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs})
        self._open[-1].content.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for n in range(len(self._open) - 1, 0, -1):
            if self._open[n].tag == tag:
                del self._open[n:]
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._open[-1].content.append(data)


def parse_html(html: str) -> Element:
    """The page's tree; its root has no tag."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root
