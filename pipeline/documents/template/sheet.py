"""A page in the layout of an Indonesian official letter, written from top to bottom: what ``starter`` draws with."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from docx import Document
from docx.document import Document as Page
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from pipeline.documents.template.package import pack, read_parts

LEFT, CENTER, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_FONT: Final = "Bookman Old Style"
_WIDTH: Final = 165  # mm between the margins of A4
_EMBLEM: Final = (22, 26)  # mm: its column, its height at most
_SMALL: Final = 7.5

Place = Page | _Cell


class Sheet:
    """One document. Texts may hold the tags of a template."""

    def __init__(self) -> None:
        self.page = Document()
        section = self.page.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(25), Mm(20)
        section.top_margin = section.bottom_margin = Mm(20)
        style = self.page.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(11)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)

    def letterhead(self, emblem: bytes | None) -> None:
        """Government, agency and address beside the emblem, over a double line."""
        widths = (_EMBLEM[0], _WIDTH - _EMBLEM[0]) if emblem else (_WIDTH,)
        row = _row(self._table(widths))
        if emblem:
            picture = _first(row.cells[0]).add_run().add_picture(io.BytesIO(emblem))
            scale = min(Mm(_EMBLEM[0] - 2) / picture.width, Mm(_EMBLEM[1]) / picture.height)
            picture.width, picture.height = round(picture.width * scale), round(picture.height * scale)
        text = row.cells[-1]
        text.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        self.line("{{ pemda }}", CENTER, size=12, into=text)
        self.line("{{ dinas }}", CENTER, size=14, bold=True, into=text)
        self.line("{{ alamat_dinas }}", CENTER, size=8.5, into=text)
        self.line("{{ kontak_dinas }}", CENTER, size=8.5, into=text)
        rule = self.line("", after=10)
        rule.paragraph_format.line_spacing_rule, rule.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(4)
        _border(rule, "bottom", "thinThickSmallGap", 24)

    def line(
        self,
        text: str,
        align: WD_ALIGN_PARAGRAPH = LEFT,
        *,
        bold: bool = False,
        size: float | None = None,
        after: float = 0,
        into: Place | None = None,
    ) -> Paragraph:
        """A paragraph. The first of a cell takes the place of the empty one every cell has."""
        paragraph = _first(into) if isinstance(into, _Cell) and not into.text else (into or self.page).add_paragraph()
        run = paragraph.add_run(text)
        run.bold = bold or None
        run.font.size = Pt(size) if size else None
        paragraph.alignment = align
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(0), Pt(after)
        return paragraph

    def numbered(self, text: str, *, into: Place | None = None) -> None:
        """A paragraph that hangs behind its number: "1.<tab>…"."""
        hanging = self.line(text, BOTH, after=3, into=into).paragraph_format
        hanging.left_indent, hanging.first_line_indent = Mm(8), Mm(-8)
        hanging.tab_stops.add_tab_stop(Mm(8))

    def repeated(self, name: str, item: str, text: str, *, into: Place | None = None) -> None:
        """A numbered paragraph for each item of a list."""
        self.line(f"{{%p for {item} in {name} %}}", into=into)
        self.numbered(f"{{{{ loop.index }}}}.\t{text}", into=into)
        self.line("{%p endfor %}", into=into)

    @contextmanager
    def only_if(self, condition: str) -> Iterator[None]:
        """What is written meanwhile is printed when the condition holds."""
        self.line(f"{{%p if {condition} %}}")
        yield
        self.line("{%p endif %}")

    def pairs(self, rows: Sequence[tuple[str, str]], *, label: int = 45) -> Table:
        """Label, colon and value, row by row."""
        table = self._table((label, 5, _WIDTH - label - 5))
        for row in rows:
            self.pair(table, *row)
        return table

    def pair(self, table: Table, label: str, value: str) -> None:
        """One more row of ``pairs``."""
        row = _unbroken(_row(table))
        for cell, text, align in zip(row.cells, (label, ":", value), (LEFT, CENTER, LEFT), strict=True):
            self.line(text, align, after=2, into=cell)

    def pairs_of(self, table: Table, name: str, label: str, value: str) -> None:
        """A row of ``pairs`` for each item of a list, called ``baris``."""
        self.tag(table, f"{{%tr for baris in {name} %}}")
        self.pair(table, label, value)
        self.tag(table, "{%tr endfor %}")

    def grid(self, name: str, columns: Sequence[tuple[str, int, str]]) -> None:
        """A ruled table with a row for each item of a list, called ``baris``: heading, width in mm, text."""
        table = self._table([width for _, width, _ in columns])
        table.style = "Table Grid"
        head = _unbroken(_row(table))
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, (heading, _, _) in zip(head.cells, columns, strict=True):
            self.line(heading, CENTER, bold=True, size=10, into=cell)
        self.tag(table, f"{{%tr for baris in {name} %}}")
        for cell, (_, _, text) in zip(_unbroken(_row(table)).cells, columns, strict=True):
            self.line(text, size=10, into=cell)
        self.tag(table, "{%tr endfor %}")
        self.line("", after=4)

    def beside(self, left: int) -> tuple[_Cell, _Cell]:
        """Two columns that stay on one page; ``left``: the width of the first in mm."""
        row = _unbroken(_row(self._table((left, _WIDTH - left))))
        return row.cells[0], row.cells[1]

    def footer(self, *lines: str) -> None:
        """Small lines under every page; the last one counts the pages."""
        place = self.page.sections[0].footer
        for no, text in enumerate(lines):
            paragraph = place.paragraphs[0] if no == 0 else place.add_paragraph()
            paragraph.add_run(text).font.size = Pt(_SMALL)
            if no == 0:
                _border(paragraph, "top", "single", 4)
        for text, command in ((", halaman ", "PAGE"), (" dari ", "NUMPAGES")):
            paragraph.add_run(text).font.size = Pt(_SMALL)
            _add_field(paragraph, command)

    def docx(self) -> bytes:
        """The document as Word keeps it; the same page gives the same bytes."""
        result = io.BytesIO()
        self.page.save(result)
        return pack(read_parts(result.getvalue()))

    def _table(self, widths: Sequence[int]) -> Table:
        """LibreOffice reads the width of a column, Word that of a cell: both are set."""
        table: Table = self.page.add_table(rows=0, cols=len(widths))
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def tag(self, table: Table, tag: str) -> None:
        """A row that holds a tag and is not printed."""
        self.line(tag, into=_row(table).cells[0])


def _first(cell: _Cell) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    return paragraph


def _row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves this one untyped
    return row


def _unbroken(row: _Row) -> _Row:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row


def _border(paragraph: Paragraph, side: str, kind: str, size: int) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(size)), ("space", "2"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _add_field(paragraph: Paragraph, command: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), command)
    run = paragraph.add_run("1")
    run.font.size = Pt(_SMALL)
    paragraph._p.remove(run._r)
    field.append(run._r)
    paragraph._p.append(field)
