"""The words of a docx that are printed, and how two texts are compared."""

import re
import unicodedata
from collections.abc import Mapping
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


def _hides(properties: _Element | None) -> bool | None:
    """Whether these properties of a run or style hide its text; None when they do not say."""
    mark = None if properties is None else properties.find(f"{_W}vanish")
    return None if mark is None else mark.get(f"{_W}val", "1") not in _OFF


def _hiding_styles(xml: bytes | None) -> Mapping[str, bool]:
    """Style -> whether it hides what is written in it, by itself or by what it is based on, for those that say; under
    "" the style of paragraphs that name none."""
    styles = {} if xml is None else {s.get(f"{_W}styleId", ""): s for s in _parsed(xml).iter(f"{_W}style")}
    found: dict[str, bool] = {}
    for code, style in styles.items():
        passed: set[str] = set()
        current = code
        while current in styles and current not in passed:
            passed.add(current)
            if (hides := _hides(styles[current].find(f"{_W}rPr"))) is not None:
                found[code] = hides
                break
            based_on = styles[current].find(f"{_W}basedOn")
            current = "" if based_on is None else based_on.get(f"{_W}val", "")
        if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in {"1", "true"} and code in found:
            found[""] = found[code]
    return found


def _hidden(run: _Element, hiding: Mapping[str, bool]) -> bool:
    """Whether a run's text is not printed: what it says goes before its style, and that before its paragraph's."""
    if next(run.iterancestors(f"{_W}moveFrom"), None) is not None:
        return True
    if any(row.find(f"{_W}trPr/{_W}del") is not None for row in run.iterancestors(f"{_W}tr")):
        return True
    properties, paragraph = run.find(f"{_W}rPr"), next(run.iterancestors(f"{_W}p"), None)
    own = None if properties is None else properties.find(f"{_W}rStyle")
    of_paragraph = None if paragraph is None else paragraph.find(f"{_W}pPr/{_W}pStyle")
    said = (
        _hides(properties),
        None if own is None else hiding.get(own.get(f"{_W}val", "")),
        hiding.get("" if of_paragraph is None else of_paragraph.get(f"{_W}val", "")),
    )
    return next((hides for hides in said if hides is not None), False)


def _part_text(xml: bytes, fields: Mapping[str, str], hiding: Mapping[str, bool]) -> str:
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
