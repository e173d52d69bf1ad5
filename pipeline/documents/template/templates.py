"""The templates in ``templates_sk/``: reading one, and telling what is wrong with one before it is used."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import BytesIO

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2.exceptions import SecurityError, TemplateError

from pipeline.documents.errors import DocxDamaged, TemplatInvalid
from pipeline.documents.qr import qr_png
from pipeline.documents.template.dangers import dangers
from pipeline.documents.template.limited import limited
from pipeline.documents.template.package import read_parts
from pipeline.documents.template.render import render
from pipeline.documents.template.sandbox import TemplatEnvironment, explain
from pipeline.documents.template.text import docx_text
from pipeline.errors import AlurIzinError
from pipeline.settings import ROOT

FOLDER = ROOT / "templates_sk"
TOO_HEAVY = (
    "Templat ini terlalu berat untuk dicoba. Kurangi perulangan (`{% for … %}`) di dalam perulangan, "
    "dan perkecil gambar di dalamnya."
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Templat:
    """A template as it is on disk now."""

    nama: str
    payload: bytes = field(repr=False)
    sha256: str


@dataclass(slots=True)
class Report:
    """What ``check_template`` found; ``galat`` keep the template from being used, ``catatan`` do not."""

    variable: tuple[str, ...] = ()
    loop: tuple[str, ...] = ()
    galat: list[str] = field(default_factory=list)
    catatan: list[str] = field(default_factory=list)


def templat(nama: str) -> Templat:
    """The template of that file name. Raises TemplatInvalid when there is none."""
    if not re.fullmatch(r"[a-z0-9_]+\.docx", nama):
        raise TemplatInvalid(f"Nama templat {nama!r} keliru. Contoh yang benar: sk_tanda_daftar_lks.docx.")
    try:
        payload = (FOLDER / nama).read_bytes()
    except FileNotFoundError:
        raise TemplatInvalid(f"Templat {nama} tidak ada di {FOLDER.name}/. Kembalikan berkasnya.") from None
    return Templat(nama, payload, hashlib.sha256(payload).hexdigest())


def check_template(payload: bytes, contoh: Mapping[str, object]) -> Report:
    """Look at a template and fill it with sample values (a whole context). Raises nothing: it is all in the report."""
    return limited(lambda: _check(payload, contoh), Report(galat=[TOO_HEAVY]))


def _check(payload: bytes, contoh: Mapping[str, object]) -> Report:
    laporan = Report()
    try:
        parts = read_parts(payload)
        laporan.galat += [*dangers(parts), *_single_braces(docx_text(payload)), *_bad_tags(docx_text(payload))]
        environment = _parse(payload)
    except DocxDamaged as rusak:
        laporan.galat.append(str(rusak))
    except SecurityError as danger:
        laporan.galat.append(f"Templat memuat perintah yang berbahaya: {danger}.")
    except TemplateError as error:
        laporan.galat.append(explain(error))
    else:
        laporan.variable = tuple(sorted(environment.names))
        laporan.loop = tuple(sorted(environment.loops))
        laporan.galat += _unknown(environment.names, contoh) or (_try(payload, contoh) if not laporan.galat else [])
        laporan.catatan += [*_unused(environment.names, contoh), *_missing_fonts(parts)]
    return laporan


def _parse(payload: bytes) -> TemplatEnvironment:
    environment = TemplatEnvironment()
    try:
        DocxTemplate(BytesIO(payload)).get_undeclared_template_variables(environment)
    except (KeyError, ValueError) as rusak:  # what python-docx says to a zip that is no Word document
        raise DocxDamaged from rusak
    return environment


def _try(payload: bytes, contoh: Mapping[str, object]) -> list[str]:
    try:
        render(payload, contoh, qr=qr_png("https://izin.example/verifikasi/contoh"))
    except AlurIzinError as gagal:
        return [str(gagal)]
    return []


def _unknown(used: set[str], contoh: Mapping[str, object]) -> list[str]:
    known = {*contoh, "qr"}
    return [f"Variabel `{nama}` tidak dikenal.{_guess(nama, known)}" for nama in sorted(used - known)]


def _guess(nama: str, known: set[str]) -> str:
    near = get_close_matches(nama, sorted(known), 1)
    return f" Maksudnya `{near[0]}`?" if near else ""


def _unused(used: set[str], contoh: Mapping[str, object]) -> list[str]:
    """Values a template usually prints; leaving one out may be meant."""
    penting = {"nomor", "nama_lembaga", "nama_penandatangan", "jabatan_penandatangan", "catatan_tte", "url_verifikasi"}
    return [f"Variabel `{nama}` tidak dicetak." for nama in sorted(penting & set(contoh) - used)]


def _single_braces(teks: str) -> Iterator[str]:
    for m in re.finditer(r"(?<!\{)\{ *([a-z_][\w.]*) *\}(?!\})", teks):
        yield f"`{m.group()}` hanya berkurung satu. Tulis `{{{{ {m.group(1)} }}}}`."


def _bad_tags(teks: str) -> Iterator[str]:
    for m in re.finditer(r"\{% (p|tr|tc|r) [^%]*%\}", teks):
        yield f"`{m.group()}` tidak boleh berspasi sesudah `{{%`. Tulis `{{%{m.group(1)} …`."
    for m in re.finditer(r"\{\{r [^}]*\}\}", teks):
        yield f"`{m.group()}` tidak didukung. Tulis tanpa huruf `r`."


def _missing_fonts(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Fonts the template names and this machine would replace with one of another shape."""
    program = shutil.which("fc-match")
    if program is None:
        return
    for huruf in sorted(_fonts(parts)):
        pengganti = subprocess.run([program, "-f", "%{family}", huruf], capture_output=True, text=True, check=False)
        if not _alike(huruf, pengganti.stdout):
            yield f"Huruf {huruf} tidak terpasang; tercetak dengan {pengganti.stdout}, susunan halaman dapat bergeser."


def _fonts(parts: Mapping[str, bytes]) -> set[str]:
    bagian = re.compile(r"word/(document|styles|header\d*|footer\d*)\.xml")
    isi = [parse_xml(x) for nama, x in parts.items() if bagian.fullmatch(nama)]
    return {str(f.get(f"{_W}ascii")) for akar in isi for f in akar.iter(f"{_W}rFonts") if f.get(f"{_W}ascii")}


_ALIKE = {
    "bookmanoldstyle": "urwbookman",
    "arial": "liberationsans",
    "timesnewroman": "liberationserif",
    "courier": "nimbusmono",
    "couriernew": "liberationmono",
    "calibri": "carlito",
    "cambria": "caladea",
}


def _alike(huruf: str, pengganti: str) -> bool:
    a, b = ("".join(x.casefold().split()) for x in (huruf, pengganti))
    return a in b or _ALIKE.get(a, "\0") in b
