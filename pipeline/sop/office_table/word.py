"""Tables in a Word document: with merged cells, marks that are drawn, and numbers that Word counts itself."""

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import LINE_SHAPE, Cell, Grid, Row, cell_of, grid_of
from pipeline.sop.office_table.word_numbers import Counter

_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "t"))
_SPACES = {qn("w:tab"), qn("w:br"), qn("w:cr")}
_DRAWN = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
_SYMBOL = qn("w:sym")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LINE_TAGS = ("}cNvCnPr", "}line", "}polyline")
_UNSEEN = {_FALLBACK, qn("w:moveFrom")}
_WRAPPERS = {qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "smartTag")}


def grid_of_word(content: bytes) -> Grid:
    """Every paragraph and every row of a table, in the document's order; each table is a block."""
    try:
        document = Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise DefinitionError("Dokumen Word ini tidak terbaca. Simpan ulang sebagai .docx lalu coba lagi.") from error
    return grid_of(list(_rows(document)))


def _rows(document: WordDocument) -> Iterator[Row]:
    counter = Counter(document)
    tables = paragraphs = 0
    for is_table, group in groupby(
        _inside(document.element.body, _PARAGRAPH, _TABLE), key=lambda part: part.tag == _TABLE
    ):
        for part in group:
            if is_table:
                tables += 1
                yield from _table_rows(part, tables, counter)
            else:
                paragraphs += 1
                yield Row(f"paragraf {paragraphs}", -paragraphs, (_cell([part], counter),))


def _inside(parent: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The children with these tags, also within content controls and tracked insertions."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, *tags)


def _table_rows(table: etree._Element, number: int, counter: Counter) -> Iterator[Row]:
    above: dict[int, Cell] = {}
    for index, line in enumerate(_inside(table, _ROW), start=1):
        cells = [Cell()] * _property(line, "trPr", "gridBefore")
        for part in _inside(line, _CELL):
            at = len(cells)
            cell = _cell(list(_inside(part, _PARAGRAPH, _TABLE)), counter)
            if _carries_on(part):
                origin = above.get(at, Cell())
                cell = Cell(origin.text, origin.shape, origin.line, above=True)
            above[at] = cell
            cells += [cell, *[Cell(left=True)] * (max(_property(part, "tcPr", "gridSpan"), 1) - 1)]
        yield Row(f"tabel {number} baris {index}", number, tuple(cells))


def _property(part: etree._Element, group: str, name: str) -> int:
    found = part.find(f"{qn(f'w:{group}')}/{qn(f'w:{name}')}")
    value = found.get(qn("w:val"), "0") if found is not None else "0"
    return min(int(value), 256) if value.isdecimal() else 0


def _carries_on(part: etree._Element) -> bool:
    """Whether the cell is merged with the one above."""
    merge = part.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"


def _cell(parts: list[etree._Element], counter: Counter) -> Cell:
    """The words, and what is drawn; the words within a shape count where there are no others."""
    words, inner, shape, line = list[str](), list[str](), False, False
    numbers = [number for part in parts for one in part.iter(_PARAGRAPH) if (number := counter.number(one))]
    for element, drawn in (pair for part in parts for pair in _walk(part, None)):
        if element.tag == _SYMBOL:
            shape = True
        elif element.tag in _DRAWN:
            is_line = _is_line(element)
            shape, line = shape or not is_line, line or is_line
        elif element.tag == _TEXT:
            (words if drawn is None else inner).append(element.text or "")
        else:
            (words if drawn is None else inner).append(" ")
    plain = cell_of("".join(words))
    if not plain.text and not shape and not line and numbers:
        plain = Cell(numbers[0])
    return Cell(plain.text or cell_of("".join(inner)).text, plain.shape or shape, line)


def _walk(part: etree._Element, drawn: etree._Element | None) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """What says something, in order, with the drawing it stands in; not what only old Word reads, or was moved away."""
    for child in part:
        if child.tag in _UNSEEN:
            continue
        if child.tag in _SPACES or child.tag in (_TEXT, _SYMBOL) or (child.tag in _DRAWN and drawn is None):
            yield child, drawn
        yield from _walk(child, child if child.tag in _DRAWN else drawn)
    if part.tag == _PARAGRAPH:
        yield etree.Element(qn("w:br")), drawn


def _is_line(drawing: etree._Element) -> bool:
    """Whether it is a line or an arrow and nothing else."""
    tags = [str(element.tag) for element in drawing.iter()]
    if any(tag.endswith(("}pic", "}imagedata", "}wgp", "}txbxContent")) for tag in tags):
        return False
    shapes = [element.get("prst") or element.get("type") or "" for element in drawing.iter()]
    return any(tag.endswith(_LINE_TAGS) for tag in tags) or any(LINE_SHAPE.fullmatch(shape) for shape in shapes)
