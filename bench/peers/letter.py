"""The floor of a letter: docxtpl, LibreOffice and pyHanko called as their manuals say, and nothing checked."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from pipeline.documents.template.filters import FILTERS


def draft(template: bytes, context: Mapping[str, object], qr: bytes) -> bytes:
    """The Word file."""
    document = DocxTemplate(io.BytesIO(template))
    picture = InlineImage(document, io.BytesIO(qr), width=Mm(27))
    environment = Environment()  # noqa: S701 - docxtpl is told to escape
    environment.filters.update(FILTERS)  # the template's own words
    document.render({**context, "qr": picture}, environment, autoescape=True)
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def convert(convert_folder: Callable[[Path], object], folder: Path, docx: bytes) -> bytes:
    """The PDF, by an office program that is warm already."""
    (folder / "naskah.docx").write_bytes(docx)
    convert_folder(folder)
    return (folder / "naskah.pdf").read_bytes()


def sign(pdf: bytes, container: Path, passphrase: str) -> bytes:
    """The PDF with a signature that allows no change."""
    load = signers.SimpleSigner.load_pkcs12
    signer = load(str(container), passphrase=passphrase.encode())  # type: ignore[no-untyped-call]  # typed package
    if signer is None:
        raise RuntimeError("no signer")
    metadata = signers.PdfSignatureMetadata(
        field_name="TTE", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True
    )
    result = io.BytesIO()
    signers.PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=result)
    return result.getvalue()
