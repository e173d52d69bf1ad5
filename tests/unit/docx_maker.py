"""Small docx files for the tests of the documents."""

import io
import zipfile
from collections.abc import Sequence

from docx import Document


def make_docx(lines: Sequence[str] = (), *, cells: Sequence[str] = (), footer: str = "", header: str = "") -> bytes:
    """A docx with these paragraphs, a one-column table of ``cells``, a header and a footer."""
    doc = Document()
    for line in lines:
        doc.add_paragraph(line)
    if cells:
        table = doc.add_table(rows=0, cols=1)
        for text in cells:
            table.add_row().cells[0].text = text
    doc.sections[0].footer.paragraphs[0].text = footer
    doc.sections[0].header.paragraphs[0].text = header
    return _bytes(doc)


def with_part(docx: bytes, name: str, content: bytes) -> bytes:
    """The same docx with a part added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()


def part(docx: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read(name)


def _bytes(doc: object) -> bytes:
    out = io.BytesIO()
    doc.save(out)  # type: ignore[attr-defined]  # python-docx's Document is a function; its class is private
    return out.getvalue()
