"""The files in which offices keep their tables, made small: Word, Excel new and old, OpenDocument, text."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph
from xlsxwriter import Workbook

Lines = Sequence[Sequence[str]]
Merge = tuple[int, int, int, int]  # first row and column, last row and column

#: What stands in a cell of Word instead of words.
BOX = "<box>"
ARROW = "<arrow>"
OTHER_ARROW = "<arrow of LibreOffice>"
OLD_BOX = "<old box>"
TICK = "<tick>"
AUTO = "<auto number>"
_SHAPES = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_DRAWING = (
    '<w:r {w}><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="{wps}">'
    '<wps:wsp xmlns:wps="{wps}">{kind}<wps:spPr><a:prstGeom prst="{shape}"/></wps:spPr></wps:wsp>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)
_SPECIAL = {
    BOX: _DRAWING.format(w=nsdecls("w"), wps=_SHAPES, kind="<wps:cNvSpPr/>", shape="flowChartProcess"),
    ARROW: _DRAWING.format(w=nsdecls("w"), wps=_SHAPES, kind="<wps:cNvCnPr/>", shape="straightConnector1"),
    OTHER_ARROW: _DRAWING.format(w=nsdecls("w"), wps=_SHAPES, kind="<wps:cNvSpPr/>", shape="straightConnector1"),
    OLD_BOX: f'<w:r {nsdecls("w")}><w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml"/></w:pict></w:r>',
    TICK: f'<w:r {nsdecls("w")}><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
}


def word_file(*tables: Lines, before: Sequence[str] = (), merges: Sequence[Merge] = (), after: str = "") -> bytes:
    """A Word document with these tables; ``merges`` are of the last one."""
    document = Document()
    for text in before:
        document.add_paragraph(text)
    for lines in tables:
        table = document.add_table(rows=len(lines), cols=max(map(len, lines)))
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line, strict=False):
                _write(cell.paragraphs[0], text)
        document.add_paragraph("")
    for top, left, bottom, right in merges:
        corner = table.cell(top, left)
        corner.merge(table.cell(bottom, right))
        for empty in corner.paragraphs[1:]:
            empty._p.getparent().remove(empty._p)
    if after:
        document.add_paragraph(after)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(paragraph: Paragraph, text: str) -> None:
    if text == AUTO:
        paragraph.style = "List Number"
    elif text in _SPECIAL:
        paragraph._p.append(parse_xml(_SPECIAL[text]))
    else:
        paragraph.add_run(text)


def excel_file(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    merges: Sequence[Merge] = (),
    boxes: Sequence[tuple[int, int]] = (),
) -> bytes:
    """A new Excel file; merges and drawn boxes are of the last sheet."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                sheet.write_row(row, 0, line)
        for top, left, bottom, right in merges:
            sheet.merge_range(top, left, bottom, right, lines[top][left])
        for row, column in boxes:
            sheet.insert_textbox(row, column, "", {"width": 50, "height": 15})
    return out.getvalue()


def open_file(lines: Lines, *, repeat_last: int = 1) -> bytes:
    """An OpenDocument spreadsheet with one sheet."""
    rows = [
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            if text
            else "<table:table-cell/>"
            for text in line
        )
        for line in lines
    ]
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    times = f' table:number-rows-repeated="{repeat_last}"'
    body = "".join(
        f"<table:table-row{times if i == len(rows) and repeat_last > 1 else ''}>{row}</table:table-row>"
        for i, row in enumerate(rows, start=1)
    )
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="SOP">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def old_excel_file(lines: Lines, merges: Sequence[Merge] = ()) -> bytes:
    """A file of Excel 97: records of one sheet in a stream of a compound file."""
    begins = {kind: _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)) for kind in (0x0005, 0x0010)}
    name = b"\x03\x00SOP"
    ends = _record(0x000A, b"")
    sheet_at = len(begins[0x0005]) + len(_record(0x0085, struct.pack("<IH", 0, 0) + name)) + len(ends)
    book = begins[0x0005] + _record(0x0085, struct.pack("<IH", sheet_at, 0) + name) + ends
    size = struct.pack("<IIHHH", 0, len(lines), 0, max(map(len, lines)), 0)
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
        if text
    )
    ranges = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merges)
    merged = _record(0x00E5, struct.pack("<H", len(merges)) + ranges) if merges else b""
    return _compound(book + begins[0x0010] + _record(0x0200, size) + cells + merged + ends)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    """A compound file with the one stream "Workbook": header, table of sectors, folder, then the stream."""
    size = 512
    stream = stream.ljust(max(4096, -(-len(stream) // size) * size), b"\0")  # shorter ones would be kept elsewhere
    count = len(stream) // size
    last, free = 0xFFFFFFFE, 0xFFFFFFFF
    chain = [0xFFFFFFFD, last, *range(3, count + 2), last]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, last, 0, last, 0) + struct.pack("<I", 0)
    head += struct.pack("<I", free) * 108
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(size, b"\xff")
    folder = _entry("Root Entry", 5, 1, last, 0) + _entry("Workbook", 2, free, 2, len(stream))
    return head + table + folder.ljust(size, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
    free = 0xFFFFFFFF
    letters = name.encode("utf-16-le") + b"\0\0"
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(letters), kind, 1, free, free, child)
        + bytes(36)
        + struct.pack("<IQ", start, length)
    )
