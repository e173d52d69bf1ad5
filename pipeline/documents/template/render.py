"""Template + plain values -> docx. The only caller of docxtpl, which by itself loses text without a word.

The same template and values give the same bytes in every process and year.
"""

import io
from collections.abc import Mapping
from types import MappingProxyType
from zipfile import BadZipFile

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.shared import Mm, RGBColor
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import SecurityError, TemplateError
from lxml.etree import XMLSyntaxError
from PIL import Image, UnidentifiedImageError

from pipeline.documents.errors import InvalidValue, TemplatInvalid
from pipeline.documents.template.clean import clean, clean_text, leaves
from pipeline.documents.template.package import pack, read_parts
from pipeline.documents.template.sandbox import TemplatEnvironment, explain
from pipeline.documents.template.text import docx_text, squeeze
from pipeline.documents.trial import TRIAL_MARK

QR_MM = 27  # a phone reads it from paper; the rule is at least 25
PHOTO_MM = 70
_PHOTO_PIXELS = (1000, 1000)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title", "keywords", "last_modified_by")
_NO_IMAGES: Mapping[str, bytes] = MappingProxyType({})


def render(
    templat: bytes,
    context: Mapping[str, object],
    *,
    qr: bytes | None = None,
    title: str = "",
    picture: Mapping[str, bytes] = _NO_IMAGES,
) -> bytes:
    """Fill a template.

    ``qr`` is the PNG that ``{{ qr }}`` shows. A text in the context that is a key of ``picture`` becomes that picture.
    Raises TemplatInvalid when the template is wrong, InvalidValue when a value cannot be printed. Nothing is ever
    lost in silence: all that is printed is found in the result, and of a variable the template prints as it is, every
    text; or there is no result.
    """
    read_parts(templat)
    trial = str(context.get(TRIAL_MARK, ""))
    value = clean({name: said for name, said in context.items() if name != TRIAL_MARK})
    assert isinstance(value, dict)  # noqa: S101 - clean() keeps a mapping a dict; this tells mypy
    doc = DocxTemplate(io.BytesIO(templat))
    environment = RecordingEnvironment()
    content = _with_images(doc, value, picture)
    if qr is not None:
        content["qr"] = InlineImage(doc, io.BytesIO(qr), width=Mm(QR_MM))
    _fill(doc, content, environment)
    _close_cells(doc)
    if trial:
        _print_above(doc, trial)
    doc.docx.core_properties.title = clean_text(title, "judul")[:255]
    result = _save(doc)
    used = {k: v for k, v in content.items() if k in environment.whole} | environment.said
    _check_nothing_lost(result, used | {TRIAL_MARK: trial})
    return result


def _with_images(doc: DocxTemplate, value: dict[str, object], picture: Mapping[str, bytes]) -> dict[str, object]:
    """The context with the keys of ``picture`` replaced by pictures, each made for this one document."""

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {k: swap(v) for k, v in value.items()}
        if isinstance(value, list):
            return [swap(v) for v in value]
        if isinstance(value, str) and value in picture:
            return InlineImage(doc, io.BytesIO(_plain_jpeg(picture[value])), width=Mm(PHOTO_MM))
        return value

    return {k: swap(v) for k, v in value.items()}


def _plain_jpeg(photo: bytes) -> bytes:
    """A small JPEG with a density: python-docx divides by it, and WebP it does not know."""
    result = io.BytesIO()
    try:
        with Image.open(io.BytesIO(photo)) as picture:
            small = picture.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise InvalidValue("Ada foto yang tidak terbaca. Unggah ulang foto itu.") from error
    small.thumbnail(_PHOTO_PIXELS)
    small.save(result, "JPEG", quality=80, dpi=(150, 150))
    return result.getvalue()


class RecordingEnvironment(TemplatEnvironment):
    """One that remembers what it printed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, object] = {}
        printable = self.finalize
        assert printable is not None  # noqa: S101 - the sandbox has one; this tells mypy

        def record(value: object) -> object:
            if isinstance(value, str):
                self.said[f"“{value[:40]}”"] = str(value)
            return printable(value)

        self.finalize = record


def _fill(doc: DocxTemplate, content: dict[str, object], environment: TemplatEnvironment) -> None:
    try:
        doc.init_docx()
        for name in _PROPERTIES:  # docxtpl would fill these too, escaped twice
            setattr(doc.docx.core_properties, name, "")
        doc.render(content, environment, autoescape=True)
    except SecurityError as error:
        raise TemplatInvalid(f"Templat memuat perintah yang berbahaya: {error}.") from error
    except TemplateError as error:
        raise TemplatInvalid(f"{explain(error)}{_near(error)}") from error
    except (XMLSyntaxError, KeyError, ValueError, BadZipFile, UnrecognizedImageError) as error:
        raise TemplatInvalid("Templat ini bukan dokumen Word yang utuh. Simpan ulang dengan Word.") from error


def _near(error: TemplateError) -> str:
    """The lines of the template docxtpl says the mistake is near, cut to what fits a sentence."""
    lines: object = getattr(error, "docx_context", None)
    text = " ".join(str(b).strip() for b in lines) if isinstance(lines, list | tuple) else ""
    return f" Dekat: {text[:120].strip()}." if text.strip() else ""


def _close_cells(doc: DocxTemplate) -> None:
    """A loop that ran no times leaves a cell without a paragraph, and Word calls the file corrupt."""
    for cell in doc.docx.element.body.iter(f"{_W}tc"):
        if not len(cell) or cell[-1].tag != f"{_W}p":
            cell.append(cell.makeelement(f"{_W}p", {}))


def _print_above(doc: DocxTemplate, text: str) -> None:
    """A paragraph of its own before everything else in the body."""
    paragraph = doc.docx.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.color.rgb = True, RGBColor(0xB0, 0, 0)
    doc.docx.element.body.insert(0, paragraph._p)


def _save(doc: DocxTemplate) -> bytes:
    result = io.BytesIO()
    doc.save(result)
    return pack(read_parts(result.getvalue()))


def _check_nothing_lost(result: bytes, used: dict[str, object]) -> None:
    printed = squeeze(docx_text(result)).casefold()
    missing = [path for path, text in leaves(used) if squeeze(text).casefold() not in printed]
    if missing:
        raise TemplatInvalid(f"Templat tidak mencetak seluruh isi: {', '.join(missing[:5])}.")
