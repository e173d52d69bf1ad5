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
    return "\n".join(teks for _, teks in docx_texts(docx) if teks)


def docx_texts(docx: bytes, fields: Mapping[str, str] = _NO_FIELDS) -> list[tuple[str, str]]:
    """(name of the part, its words) for every part of a docx that is printed. Raises DocxDamaged.

    What Word computes (PAGE, NUMPAGES) is no word of the docx; ``fields`` says what to put in its place.
    """
    parts = read_parts(docx)
    nama = [n for pola in _PARTS for n in sorted(parts) if re.fullmatch(pola, n)]
    return [(n, _part_text(parts[n], fields)) for n in nama]


def _part_text(xml: bytes, fields: Mapping[str, str]) -> str:
    try:
        akar = parse_xml(xml)
    except XMLSyntaxError as rusak:
        raise DocxDamaged from rusak
    fragment: list[str] = []
    for node in akar.iter(f"{_W}t", *_BREAKS):
        if node.getparent().tag == f"{_W}tabs":  # a tab stop
            continue
        if node.tag in _BREAKS:
            fragment.append(_BREAKS[node.tag])
        else:
            induk = node.getparent().getparent()
            hitungan = induk.tag == f"{_W}fldSimple"
            fragment.append(fields.get(induk.get(f"{_W}instr", "").strip(), "") if hitungan else node.text or "")
    return re.sub(r"\n{2,}", "\n", "".join(fragment)).strip("\n")


def squeeze(text: str) -> str:
    """A text without what layout adds or takes: white space, invisible characters, hyphens at a line's end."""
    huruf = unicodedata.normalize("NFKC", text)
    return "".join(c for c in huruf if not (c.isspace() or c in "-‐‑\ufffe" or unicodedata.category(c) in {"Cc", "Cf"}))
