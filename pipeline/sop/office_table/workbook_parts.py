"""What the reader of workbooks does not tell: how far the cells reach before they are laid out, and what is drawn."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath

from lxml import etree

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import LINE_SHAPE, Cell, too_large

Place = tuple[int, int]  # row and column, from 0
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*[^/]>')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_SAFE = etree.XMLParser(resolve_entities=False, no_network=True)


def check_extent(content: bytes, cells_at_most: int) -> None:
    """Refuse a sheet whose used cells span more than that: the reader would lay out every cell between them."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return  # of the old Excel: its sheets are small by nature
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if _SHEET.fullmatch(name):
                height, width = _excel_extent(archive.read(name))
            elif name == "content.xml":
                height, width = _open_extent(archive, name)
            else:
                continue
            if height * width > cells_at_most:
                raise too_large(f"{height} baris x {width} kolom")


def _excel_extent(sheet: bytes) -> tuple[int, int]:
    height, width = 0, 0
    for letters, row in _CELL.findall(sheet):
        height, width = max(height, int(row)), max(width, _column(letters))
    return height, width


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _open_extent(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Rows and columns up to the last that holds something; a repeated one counts as often as it stands."""
    tallest = widest = above = across = 0
    with archive.open(name) as part:
        for _, element in etree.iterparse(part, events=("end",), resolve_entities=False, no_network=True):
            tag = etree.QName(element).localname
            if tag in ("table-cell", "covered-table-cell"):
                across += _repeats(element, "columns")
                if len(element):
                    widest, tallest = max(widest, across), max(tallest, above + 1)
            elif tag == "table-row":
                repeats = _repeats(element, "rows")
                tallest = above + repeats if tallest > above else tallest
                above, across = above + repeats, 0
                element.clear()
            elif tag == "table":
                above = 0
    return tallest, widest


def _repeats(element: etree._Element, what: str) -> int:
    count = next((value for key, value in element.attrib.items() if str(key).endswith(f"number-{what}-repeated")), "1")
    return int(count) if str(count).isdecimal() else 1


def drawn_cells(content: bytes) -> dict[str, dict[Place, Cell]]:
    """For each sheet of a new Excel file, the cells over which a shape, a picture or a line stands."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            return {}
        try:
            book = _parsed(archive, "xl/workbook.xml")
            files = _relations(archive, names, "xl/workbook.xml")
            sheets = {str(s.get("name")): files.get(_relation_id(s), "") for s in book.iter("{*}sheet")}
            return {name: dict(_drawn(archive, names, file)) for name, file in sheets.items() if file in names}
        except etree.XMLSyntaxError as error:
            raise DefinitionError("Buku kerja ini rusak. Simpan ulang lalu coba lagi.") from error


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(archive.read(name), _SAFE)


def _relation_id(element: etree._Element) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")


def _relations(archive: zipfile.ZipFile, names: set[str], name: str) -> dict[str, str]:
    folder, _, file = name.rpartition("/")
    path = f"{folder}/_rels/{file}.rels"
    if path not in names:
        return {}
    return {
        str(one.get("Id")): normpath(join(folder, str(one.get("Target")))).lstrip("/")
        for one in _parsed(archive, path)
        if one.get("Target")
    }


def _drawn(archive: zipfile.ZipFile, names: set[str], sheet: str) -> Iterator[tuple[Place, Cell]]:
    found: dict[Place, Cell] = {}
    for target in _relations(archive, names, sheet).values():
        if "/drawings/drawing" not in target or target not in names:
            continue
        for anchor in _parsed(archive, target):
            place, cell = _middle(anchor), _shape(anchor)
            if place and (place not in found or cell.shape):
                found[place] = cell
    yield from found.items()


def _middle(anchor: etree._Element) -> Place | None:
    """The cell under the middle of a shape that reaches from one cell to another."""
    ends = [end for name in ("from", "to") if (end := anchor.find(f"{{*}}{name}")) is not None]
    places = [(int(end.findtext("{*}row", "0")), int(end.findtext("{*}col", "0"))) for end in ends]
    if not places:
        return None
    return (places[0][0] + places[-1][0]) // 2, (places[0][1] + places[-1][1]) // 2


def _shape(anchor: etree._Element) -> Cell:
    named = (str(shape.get("prst")) for shape in anchor.iter("{*}prstGeom"))
    line = anchor.find("{*}cxnSp") is not None or any(LINE_SHAPE.fullmatch(name) for name in named)
    words = " ".join(" ".join(str(text.text or "") for text in anchor.iter("{*}t")).split())
    return Cell(words, shape=not line, line=line)
