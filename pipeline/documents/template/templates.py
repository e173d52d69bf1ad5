"""The templates in ``templates_sk/``: reading one, and telling what is wrong with one before it is used."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2.exceptions import SecurityError, TemplateError

from pipeline.documents.errors import DocxDamaged, TemplatInvalid
from pipeline.documents.final import left_out
from pipeline.documents.qr import qr_png
from pipeline.documents.template.dangers import dangers
from pipeline.documents.template.limited import limited
from pipeline.documents.template.package import read_parts
from pipeline.documents.template.render import render
from pipeline.documents.template.sandbox import TemplatEnvironment, explain
from pipeline.documents.template.text import docx_text
from pipeline.errors import AlurIzinError
from pipeline.settings import ROOT, places

FOLDER = ROOT / "templates_sk"
TOO_HEAVY = (
    "Templat ini terlalu berat untuk dicoba. Kurangi perulangan (`{% for … %}`) di dalam perulangan, "
    "dan perkecil gambar di dalamnya."
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Templat:
    """A template as it is on disk now."""

    name: str
    payload: bytes = field(repr=False)
    sha256: str


@dataclass(slots=True)
class Report:
    """What ``check_template`` found; ``error`` keep the template from being used, ``note`` do not."""

    variable: tuple[str, ...] = ()
    loop: tuple[str, ...] = ()
    error: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented case of a paper: what is special about it ('' for the usual one), and what it may and must say."""

    special: str
    values: Mapping[str, object]
    must: Mapping[str, str]  # what it is -> how it reads


def path_of(name: str, beside: Path | None = None) -> Path:
    """Where a template lies: in this folder, else in the office's own, else among those that ship with the code."""
    folders = (*((beside,) if beside else ()), places().templat)
    return next((folder / name for folder in folders if (folder / name).is_file()), FOLDER / name)


def templat(name: str, *, beside: Path | None = None) -> Templat:
    """The template of that file name; one in the folder ``beside`` goes first. Raises TemplatInvalid for none."""
    if not re.fullmatch(r"[a-z0-9_]+\.docx", name):
        raise TemplatInvalid(f"Nama templat {name!r} keliru. Contoh yang benar: sk_tanda_daftar_lks.docx.")
    try:
        payload = path_of(name, beside).read_bytes()
    except FileNotFoundError:
        raise TemplatInvalid(f"Templat {name} tidak ada di {FOLDER.name}/. Kembalikan berkasnya.") from None
    return Templat(name, payload, hashlib.sha256(payload).hexdigest())


@lru_cache(maxsize=128)
def names_used(blank: Templat) -> frozenset[str]:
    """The variables a template uses. Raises TemplatInvalid."""
    try:
        return frozenset(_parse(blank.payload).names)
    except SecurityError as error:
        raise TemplatInvalid(f"{blank.name} memuat perintah yang berbahaya: {error}.") from error
    except TemplateError as error:
        raise TemplatInvalid(f"{blank.name}: {explain(error)}") from error


def check_template(payload: bytes, samples: Sequence[Sample]) -> Report:
    """Look at a template and fill it with invented cases. Raises nothing: it is all in the report."""
    return limited(lambda: _check(payload, samples), Report(error=[TOO_HEAVY]))


def _check(payload: bytes, samples: Sequence[Sample]) -> Report:
    report = Report()
    try:
        parts = read_parts(payload)
        report.error += [*dangers(parts), *_single_braces(docx_text(payload)), *_bad_tags(docx_text(payload))]
        environment = _parse(payload)
    except DocxDamaged as error:
        report.error.append(str(error))
    except SecurityError as error:
        report.error.append(f"Templat memuat perintah yang berbahaya: {error}.")
    except TemplateError as error:
        report.error.append(explain(error))
    else:
        report.variable = tuple(sorted(environment.names))
        report.loop = tuple(sorted(environment.loops))
        report.error += _unknown(environment.names, samples[0].values)
        report.error += [] if report.error else _try(payload, samples)
        report.note += _missing_fonts(parts)
    return report


def _parse(payload: bytes) -> TemplatEnvironment:
    environment = TemplatEnvironment()
    try:
        DocxTemplate(BytesIO(payload)).get_undeclared_template_variables(environment)
    except (KeyError, ValueError) as error:  # what python-docx says to a zip that is no Word document
        raise DocxDamaged from error
    return environment


def _try(payload: bytes, samples: Sequence[Sample]) -> list[str]:
    """What goes wrong in the first case in which something does."""
    for sample in samples:
        case = f"Pada permohonan dengan {sample.special}: " if sample.special else ""
        try:
            docx = render(payload, sample.values, qr=qr_png("https://izin.example/verifikasi/contoh"))
        except AlurIzinError as error:
            return [f"{case}{error}"]
        if missing := left_out(docx, sample.must):
            return [f"{case}surat ini tidak mencetak {', '.join(missing)}."]
    return []


def _unknown(used: set[str], contoh: Mapping[str, object]) -> list[str]:
    known = {*contoh, "qr"}
    return [f"Variabel `{name}` tidak dikenal.{_guess(name, known)}" for name in sorted(used - known)]


def _guess(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), 1)
    return f" Maksudnya `{near[0]}`?" if near else ""


def _single_braces(text: str) -> Iterator[str]:
    for m in re.finditer(r"(?<!\{)\{ *([a-z_][\w.]*) *\}(?!\})", text):
        yield f"`{m.group()}` hanya berkurung satu. Tulis `{{{{ {m.group(1)} }}}}`."


def _bad_tags(text: str) -> Iterator[str]:
    for m in re.finditer(r"\{% (p|tr|tc|r) [^%]*%\}", text):
        yield f"`{m.group()}` tidak boleh berspasi sesudah `{{%`. Tulis `{{%{m.group(1)} …`."
    for m in re.finditer(r"\{\{r [^}]*\}\}", text):
        yield f"`{m.group()}` tidak didukung. Tulis tanpa huruf `r`."


def _missing_fonts(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Fonts the template names and this machine would replace with one of another shape."""
    program = shutil.which("fc-match")
    if program is None:
        return
    for letters in sorted(_fonts(parts)):
        substitute = subprocess.run([program, "-f", "%{family}", letters], capture_output=True, text=True, check=False)
        if not _alike(letters, substitute.stdout):
            yield f"Huruf {letters} tidak terpasang; tercetak dengan {substitute.stdout},"
            " susunan halaman dapat bergeser."


def _fonts(parts: Mapping[str, bytes]) -> set[str]:
    with_text = re.compile(r"word/(document|styles|header\d*|footer\d*)\.xml")
    content = [parse_xml(x) for name, x in parts.items() if with_text.fullmatch(name)]
    return {str(f.get(f"{_W}ascii")) for root in content for f in root.iter(f"{_W}rFonts") if f.get(f"{_W}ascii")}


_ALIKE = {
    "bookmanoldstyle": "urwbookman",
    "arial": "liberationsans",
    "timesnewroman": "liberationserif",
    "courier": "nimbusmono",
    "couriernew": "liberationmono",
    "calibri": "carlito",
    "cambria": "caladea",
}


def _alike(letters: str, substitute: str) -> bool:
    a, b = ("".join(x.casefold().split()) for x in (letters, substitute))
    return a in b or _ALIKE.get(a, "\0") in b
