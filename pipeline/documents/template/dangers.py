"""What a Word file may hold that runs, fetches or changes by itself: none of it belongs into a template."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from docx.oxml.parser import parse_xml
from lxml.etree import XMLSyntaxError, _Element

from pipeline.documents.errors import DocxDamaged

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Fields that only count or point within the document. All others run a program, read another file, ask, or print what
#: was not approved (DDE, INCLUDETEXT, LINK, DATABASE, MACROBUTTON, DATE, …).
_FIELDS: Final = {
    "PAGE",
    "NUMPAGES",
    "SECTION",
    "SECTIONPAGES",
    "PAGEREF",
    "REF",
    "NOTEREF",
    "SEQ",
    "STYLEREF",
    "TOC",
    "HYPERLINK",
}
#: Kinds of relationship to a part that is opened by another program; it may lie in any folder.
_EMBEDDED: Final = {"oleObject", "package", "control", "activeXControlBinary", "vbaProject", "attachedToolbars"}
_INSTRUCTION: Final = (f"{_W}instrText", f"{_W}delInstrText")


def dangers(parts: Mapping[str, bytes]) -> Iterator[str]:
    """A sentence for each thing found. Raises DocxDamaged for a part that is no XML."""
    if any("vbaProject" in name for name in parts) or b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        yield "Templat memuat makro. Simpan sebagai .docx biasa."
    if any(name.startswith(("word/embeddings/", "word/activeX/")) for name in parts):  # whether related to or not
        yield "Templat memuat objek tertanam. Hapus objek itu."
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            root = _parsed(content)
            yield from _declared(root)
            yield from _related(root) if name.endswith(".rels") else _fields(root)


def _parsed(content: bytes) -> _Element:
    try:
        root: _Element = parse_xml(content)
    except XMLSyntaxError as error:
        raise DocxDamaged from error
    return root


def _declared(root: _Element) -> Iterator[str]:
    if root.getroottree().docinfo.doctype:
        yield "Templat memuat deklarasi DOCTYPE, yang dapat membaca berkas lain. Simpan ulang dengan Word."
    if root.find(f"{_W}mailMerge") is not None:
        yield "Templat tersambung ke sumber data surat massal. Putuskan lewat tab Surat (Mailings), lalu simpan ulang."


def _related(root: _Element) -> Iterator[str]:
    """Targets outside the file that Word would fetch (a plain link to click on is none), and documents within it."""
    for relation in root:
        kind = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode") == "External" and kind != "hyperlink":
            yield f"Templat mengambil isi dari luar ({relation.get('Target')}). Sisipkan isinya langsung."
        elif kind in _EMBEDDED:
            yield "Templat memuat objek tertanam. Hapus objek itu."
        elif kind in {"aFChunk", "subDocument"}:
            yield "Templat memuat dokumen lain di dalamnya. Salin isinya langsung ke dalam templat."


def _fields(root: _Element) -> Iterator[str]:
    foreign = {name for text in _instructions(root) if (name := _name(text)) not in _FIELDS}
    for name in sorted(foreign):
        yield (
            f"Templat memuat bidang Word `{name}`, yang menjalankan program, mengambil isi dari luar, atau berubah "
            "sendiri. Hapus bidang itu (Alt+F9 memperlihatkannya) dan tulis isinya langsung."
        )


def _instructions(root: _Element) -> Iterator[str]:
    """The instruction of every field, put together again: Word may have cut it into any number of runs."""
    opened: list[str] = []
    for node in root.iter(f"{_W}fldSimple", f"{_W}fldChar", *_INSTRUCTION):
        if node.tag == f"{_W}fldSimple":
            yield node.get(f"{_W}instr", "")
        elif node.tag in _INSTRUCTION:
            opened = opened or [""]
            opened[-1] += node.text or ""
        elif (kind := node.get(f"{_W}fldCharType")) == "begin":
            opened.append("")
        elif kind == "end" and opened:
            yield opened.pop()
    yield from (text for text in opened if text)  # never closed; Word may close it


def _name(instruction: str) -> str:
    return re.split(r"[\s\\\"]", instruction.strip(), maxsplit=1)[0].upper()[:40] or "tanpa nama"
