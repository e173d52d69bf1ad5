"""The words of a docx that are printed, and how two texts are compared."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from types import MappingProxyType

from docx.oxml.parser import parse_xml
from lxml.etree import XMLSyntaxError, _Element

from pipeline.documents.errors import DocxDamaged
from pipeline.documents.template.package import read_parts

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = (r"word/header\d*\.xml", r"word/document\.xml", r"word/foot(?:notes|er\d*)\.xml", r"word/endnotes\.xml")
_NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_OFF = frozenset(("0", "false", "off"))
_BREAKS = {f"{_W}p": "\n", f"{_W}br": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def docx_text(docx: bytes) -> str:
    """All words of a docx: headers, body, footers; a line per paragraph. Raises DocxDamaged."""
    return "\n".join(text for _, text in docx_texts(docx) if text)


def docx_texts(docx: bytes, fields: Mapping[str, str] = _NO_FIELDS) -> list[tuple[str, str]]:
    """(name of the part, its words) for every part of a docx that is printed. Raises DocxDamaged.

    Text that Word hides, or that a recorded change has moved away, is not printed. What Word computes (PAGE, NUMPAGES)
    is no word of the docx; ``fields`` says what to put in its place.
    """
    parts = read_parts(docx)
    name = [n for pattern in _PARTS for n in sorted(parts) if re.fullmatch(pattern, n)]
    hiding = _hiding_styles(parts.get("word/styles.xml"))
    return [(n, _part_text(parts[n], fields, hiding)) for n in name]


def _parsed(xml: bytes) -> _Element:
    try:
        root: _Element = parse_xml(xml)
    except XMLSyntaxError as error:
        raise DocxDamaged from error
    return root


def _hides(properties: _Element | None) -> bool:
    """Whether these properties of a run or style hide its text."""
    mark = None if properties is None else properties.find(f"{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "1") not in _OFF


def _hiding_styles(xml: bytes | None) -> frozenset[str]:
    """The styles that hide what is written in them, by themselves or by what they are based on."""
    if xml is None:
        return frozenset()
    styles = {one.get(f"{_W}styleId", ""): one for one in _parsed(xml).iter(f"{_W}style")}
    hiding = {code for code, one in styles.items() if _hides(one.find(f"{_W}rPr"))}
    shown = {code for code, one in styles.items() if one.find(f"{_W}rPr/{_W}vanish") is not None} - hiding
    based = {code: one.find(f"{_W}basedOn") for code, one in styles.items() if code not in shown}
    while more := {
        code for code, on in based.items() if on is not None and on.get(f"{_W}val") in hiding and code not in hiding
    }:
        hiding |= more
    return frozenset(hiding)


def _hidden(run: _Element, hiding: Collection[str]) -> bool:
    """Whether a run's text is not printed."""
    properties = run.find(f"{_W}rPr")
    if properties is not None and properties.find(f"{_W}vanish") is not None:
        return _hides(properties)
    if next(run.iterancestors(f"{_W}moveFrom"), None) is not None:
        return True
    paragraph = next(run.iterancestors(f"{_W}p"), None)
    named = (
        None if properties is None else properties.find(f"{_W}rStyle"),
        None if paragraph is None else paragraph.find(f"{_W}pPr/{_W}pStyle"),
    )
    return any(style is not None and style.get(f"{_W}val") in hiding for style in named)


def _part_text(xml: bytes, fields: Mapping[str, str], hiding: Collection[str]) -> str:
    fragment: list[str] = []
    for node in _parsed(xml).iter(f"{_W}t", *_BREAKS):
        if node.getparent().tag == f"{_W}tabs":  # a tab stop
            continue
        if node.tag == f"{_W}t" and _hidden(node.getparent(), hiding):
            continue
        if node.tag in _BREAKS:
            fragment.append(_BREAKS[node.tag])
        else:
            parent = node.getparent().getparent()
            tally = parent.tag == f"{_W}fldSimple"
            fragment.append(fields.get(parent.get(f"{_W}instr", "").strip(), "") if tally else node.text or "")
    return re.sub(r"\n{2,}", "\n", "".join(fragment)).strip("\n")


def squeeze(text: str) -> str:
    """A text without what layout adds or takes: white space, invisible characters, hyphens at a line's end."""
    letters = unicodedata.normalize("NFKC", text)
    return "".join(
        c for c in letters if not (c.isspace() or c in "-‐‑\ufffe" or unicodedata.category(c) in {"Cc", "Cf"})
    )
