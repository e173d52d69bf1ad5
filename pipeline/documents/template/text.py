"""The words of a docx, and how two texts are compared."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from docx.oxml.parser import parse_xml
from lxml.etree import XMLSyntaxError

from pipeline.documents.errors import DocxDamaged
from pipeline.documents.template.package import read_parts

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = (r"word/header\d*\.xml", r"word/document\.xml", r"word/foot(?:notes|er\d*)\.xml", r"word/endnotes\.xml")
_NO_FIELDS: Mapping[str, str] = MappingProxyType({})
_BREAKS = {f"{_W}p": "\n", f"{_W}br": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def docx_text(docx: bytes) -> str:
    """All words of a docx: headers, body, footers; a line per paragraph. Raises DocxDamaged."""
    return "\n".join(text for _, text in docx_texts(docx) if text)


def docx_texts(docx: bytes, fields: Mapping[str, str] = _NO_FIELDS) -> list[tuple[str, str]]:
    """(name of the part, its words) for every part of a docx that is printed. Raises DocxDamaged.

    What Word computes (PAGE, NUMPAGES) is no word of the docx; ``fields`` says what to put in its place.
    """
    parts = read_parts(docx)
    name = [n for pattern in _PARTS for n in sorted(parts) if re.fullmatch(pattern, n)]
    return [(n, _part_text(parts[n], fields)) for n in name]


def _part_text(xml: bytes, fields: Mapping[str, str]) -> str:
    try:
        root = parse_xml(xml)
    except XMLSyntaxError as error:
        raise DocxDamaged from error
    fragment: list[str] = []
    for node in root.iter(f"{_W}t", *_BREAKS):
        if node.getparent().tag == f"{_W}tabs":  # a tab stop
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
