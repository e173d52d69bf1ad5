"""What the libraries of the sandbox would otherwise load anew in every child, and behind its walls could not."""

import importlib
import io
from typing import Final

import pypdfium2
from PIL import Image

_PLUGINS: Final = ("PIL.MpoImagePlugin", "PIL.WebPImagePlugin")
#: By which a signature in a PDF is checked.
_SIGNATURES: Final = ("pyhanko.sign.validation.generic_cms", "cryptography.hazmat.backends.openssl.backend")
#: A page with letters it does not bring along: pdfium then lists those of this machine, once. Not a font it would make
#: up: that would leave a trace in the next one made up.
_PAGE: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 22>>stream\nBT /F 9 Tf (a) Tj ET  \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/TrueType/BaseFont/Arial>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def load() -> None:
    """Bring everything into memory."""
    Image.preinit()
    for name in (*_PLUGINS, *_SIGNATURES):
        importlib.import_module(name)
    with pypdfium2.PdfDocument(_PAGE) as pdf:
        pdf.init_forms()
        page = pdf[0].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
    for kind in ("JPEG", "PNG", "WEBP", "PDF"):
        page.save(io.BytesIO(), kind)
