"""The numbers that Word counts itself: a cell of an automatic list holds no text, yet shows "3."."""

from collections import defaultdict

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

_FORMATS = {"decimal", "decimalZero", "lowerLetter", "upperLetter"}


class Counter:
    """Counts the paragraphs of each list, in the document's order."""

    def __init__(self, document: WordDocument) -> None:
        self._count: defaultdict[tuple[str, str], int] = defaultdict(int)
        styles = document.styles.element
        self._styles = {style.get(qn("w:styleId")): style for style in styles.findall(qn("w:style"))}
        self._levels = _levels(document)

    def number(self, paragraph: etree._Element) -> str:
        """What this paragraph shows before its words; "" when it is in no numbered list."""
        found = _list_of(paragraph) or self._of_style(_value(paragraph, "w:pPr/w:pStyle"))
        if not found or found[0] == "0":
            return ""
        kind, start = self._levels.get(found, ("decimal", 1))
        self._count[found] += 1
        count = start + self._count[found] - 1
        if kind not in _FORMATS:
            return ""
        return str(count) if kind.startswith("decimal") else chr(ord("a") + (count - 1) % 26)

    def _of_style(self, name: str) -> tuple[str, str] | None:
        for _ in range(8):  # a style stands on another
            style = self._styles.get(name)
            if style is None:
                return None
            if found := _list_of(style):
                return found
            name = _value(style, "w:basedOn")
        return None


def _value(parent: etree._Element, path: str) -> str:
    found = parent.find("/".join(qn(name) for name in path.split("/")))
    return "" if found is None else found.get(qn("w:val"), "")


def _list_of(paragraph: etree._Element) -> tuple[str, str] | None:
    number = _value(paragraph, "w:pPr/w:numPr/w:numId")
    return (number, _value(paragraph, "w:pPr/w:numPr/w:ilvl") or "0") if number else None


def _levels(document: WordDocument) -> dict[tuple[str, str], tuple[str, int]]:
    """How each level of each list counts, and from where."""
    if not any(relation.reltype.endswith("/numbering") for relation in document.part.rels.values()):
        return {}
    numbering = document.part.numbering_part.element
    kinds = {one.get(qn("w:abstractNumId")): one for one in numbering.findall(qn("w:abstractNum"))}
    levels = {}
    for one in numbering.findall(qn("w:num")):
        kind = kinds.get(_value(one, "w:abstractNumId"))
        for level in () if kind is None else kind.findall(qn("w:lvl")):
            start = _value(level, "w:start")
            key = (one.get(qn("w:numId"), ""), level.get(qn("w:ilvl"), ""))
            levels[key] = (_value(level, "w:numFmt"), int(start) if start.isdecimal() else 1)
    return levels
