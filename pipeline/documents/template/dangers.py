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
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "SEQ", "STYLEREF", "TOC", "HYPERLINK",
}  # fmt: skip
#: Kinds of relationship to a part that is opened by another program; it may lie in any folder.
_EMBEDDED: Final = {"oleObject", "package", "control", "activeXControlBinary", "vbaProject", "attachedToolbars"}
_INSTRUCTION: Final = (f"{_W}instrText", f"{_W}delInstrText")


def dangers(parts: Mapping[str, bytes]) -> Iterator[str]:
    """A sentence for each thing found. Raises DocxDamaged for a part that is no XML."""
    if any("vbaProject" in nama for nama in parts) or b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        yield "Templat memuat makro. Simpan sebagai .docx biasa."
    if any(nama.startswith(("word/embeddings/", "word/activeX/")) for nama in parts):  # whether related to or not
        yield "Templat memuat objek tertanam. Hapus objek itu."
    for nama, isi in parts.items():
        if nama.endswith((".xml", ".rels")):
            akar = _parsed(isi)
            yield from _declared(akar)
            yield from _related(akar) if nama.endswith(".rels") else _fields(akar)


def _parsed(isi: bytes) -> _Element:
    try:
        akar: _Element = parse_xml(isi)
    except XMLSyntaxError as rusak:
        raise DocxDamaged from rusak
    return akar


def _declared(akar: _Element) -> Iterator[str]:
    if akar.getroottree().docinfo.doctype:
        yield "Templat memuat deklarasi DOCTYPE, yang dapat membaca berkas lain. Simpan ulang dengan Word."
    if akar.find(f"{_W}mailMerge") is not None:
        yield "Templat tersambung ke sumber data surat massal. Putuskan lewat tab Surat (Mailings), lalu simpan ulang."


def _related(akar: _Element) -> Iterator[str]:
    """Targets outside the file that Word would fetch (a plain link to click on is none), and documents within it."""
    for relation in akar:
        jenis = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode") == "External" and jenis != "hyperlink":
            yield f"Templat mengambil isi dari luar ({relation.get('Target')}). Sisipkan isinya langsung."
        elif jenis in _EMBEDDED:
            yield "Templat memuat objek tertanam. Hapus objek itu."
        elif jenis in {"aFChunk", "subDocument"}:
            yield "Templat memuat dokumen lain di dalamnya. Salin isinya langsung ke dalam templat."


def _fields(akar: _Element) -> Iterator[str]:
    asing = {nama for teks in _instructions(akar) if (nama := _name(teks)) not in _FIELDS}
    for nama in sorted(asing):
        yield (
            f"Templat memuat bidang Word `{nama}`, yang menjalankan program, mengambil isi dari luar, atau berubah "
            "sendiri. Hapus bidang itu (Alt+F9 memperlihatkannya) dan tulis isinya langsung."
        )


def _instructions(akar: _Element) -> Iterator[str]:
    """The instruction of every field, put together again: Word may have cut it into any number of runs."""
    terbuka: list[str] = []
    for node in akar.iter(f"{_W}fldSimple", f"{_W}fldChar", *_INSTRUCTION):
        if node.tag == f"{_W}fldSimple":
            yield node.get(f"{_W}instr", "")
        elif node.tag in _INSTRUCTION:
            terbuka = terbuka or [""]
            terbuka[-1] += node.text or ""
        elif (jenis := node.get(f"{_W}fldCharType")) == "begin":
            terbuka.append("")
        elif jenis == "end" and terbuka:
            yield terbuka.pop()
    yield from (teks for teks in terbuka if teks)  # never closed; Word may close it


def _name(instruction: str) -> str:
    return re.split(r"[\s\\\"]", instruction.strip(), maxsplit=1)[0].upper()[:40] or "tanpa nama"
