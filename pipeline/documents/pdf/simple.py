"""The engine ``sederhana``: pandoc reads the docx, Typst sets it. From PyPI alone, for a machine without LibreOffice.

Every word and picture is there; borders, centring and page breaks of the template are not, and the document says so.
"""

import re
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from pipeline.documents.errors import DocxDamaged, EngineMissing, TimedOut
from pipeline.documents.template.text import docx_texts

SIGN_OFF = "Tata letak sederhana: dibuat tanpa LibreOffice, susunan halaman berbeda dari templat."
_PAGE, _PAGES = "\ue000", "\ue001"  # private use: no text of the office holds them
_COUNTERS = {_PAGE: "#context counter(page).display()", _PAGES: "#context counter(page).final().first()"}
_PREAMBLE = """
#set document(date: none)
#set page(width: 215mm, height: 330mm, margin: (left: 30mm, right: 20mm, top: 18mm, bottom: 26mm),
  header: [%(header)s], footer: [#line(length: 100%%, stroke: 0.4pt) %(footer)s])
#set text(font: ("Bookman Old Style", "URW Bookman", "Libertinus Serif"), size: 11pt, lang: "id", hyphenate: false)
#set par(justify: false)
#set smartquote(enabled: false)
#set table(inset: 3pt, stroke: none)
#set table.header(repeat: false)
#set table.hline(stroke: none)
#set image(fit: "contain")
#show figure: set block(breakable: true)
#show figure.where(kind: table): it => it.body
#show regex("[\\p{L}\\p{N}]{30,}"): it => it.text.clusters().join("\\u{200b}") // wraps a word wider than the page
#show quote: it => pad(x: 10mm, it.body)
#let horizontalrule = line(length: 100%%)
"""


def available() -> bool:
    """Whether the extra ``pdf-sederhana`` is installed."""
    return find_spec("pypandoc") is not None and find_spec("typst") is not None


def convert(docx: bytes, limit: float) -> bytes:
    """The PDF in a plain layout, with header, footer and a line that says it is plain. Raises TimedOut, DocxDamaged."""
    if not available():
        raise EngineMissing
    import typst  # an optional extra

    with tempfile.TemporaryDirectory(prefix="alurizin-typst-") as name:
        folder = Path(name)
        (folder / "naskah.docx").write_bytes(docx)
        naskah = folder / "naskah.typ"
        naskah.write_text(_preamble(docx) + _pandoc(folder, limit), encoding="utf-8")
        try:
            return bytes(typst.compile(naskah, root=folder))
        except typst.TypstError as error:
            raise DocxDamaged("Isi dokumen ini tidak dapat disusun oleh pembuat PDF sederhana.") from error


def _pandoc(folder: Path, limit: float) -> str:
    """The body as Typst markup; pictures are unpacked beside it."""
    import pypandoc  # an optional extra

    command = [str(pypandoc.get_pandoc_path()), "-f", "docx+styles", "-t", "typst", "--wrap=none", "--extract-media=."]
    try:
        result = subprocess.run(
            [*command, "naskah.docx"], cwd=folder, capture_output=True, timeout=limit, check=True, text=True
        )
    except subprocess.TimeoutExpired:
        raise TimedOut from None
    except subprocess.CalledProcessError as error:
        raise DocxDamaged("Pandoc tidak dapat membuka dokumen ini.") from error
    return result.stdout


def _preamble(docx: bytes) -> str:
    """Page, fonts, and the header and footer that pandoc leaves out."""
    parts = docx_texts(docx, {"PAGE": _PAGE, "NUMPAGES": _PAGES})
    above = "\n".join(text for name, text in parts if name.startswith("word/header"))
    below = "\n".join(text for name, text in parts if name.startswith("word/footer"))
    return _PREAMBLE % {"header": _small(above), "footer": _small(f"{below}\n{SIGN_OFF}")}


def _small(text: str) -> str:
    """Text as Typst content in small print; as string literals, so that nothing in it is markup."""
    fragment = re.split(f"([{_PAGE}{_PAGES}])", text)
    content = " ".join(_COUNTERS.get(p) or f"#{_literal(p)}" for p in fragment if p)
    return f"#text(size: 7.5pt)[{content}]" if content else ""


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
