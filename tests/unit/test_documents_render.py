"""What an applicant types is what is printed, whatever it is; what a template may do is print."""

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.documents.errors import DocxDamaged, InvalidValue, TemplatInvalid
from pipeline.documents.qr import qr_png
from pipeline.documents.template.package import read_parts
from pipeline.documents.template.render import render
from pipeline.documents.template.text import docx_text
from tests.unit.docx_maker import make_docx, part, with_part

TEMPLATE = make_docx(["Awal", "{{ nama }}", "Akhir"], cells=["{{ nama }}", "Sel terakhir"], footer="Kaki {{ nama }}")
LITERAL = [
    'PT A & B <Jaya> "X"',
    "luas < 5",
    "a <b>tebal</b> c",
    "]]>x<![CDATA[y",
    "x</w:t></w:r></w:p><w:p><w:r><w:t>DISETUJUI",
    "{{ 7*7 }} {% for x in y %} {# z #} }} {{",
    "Hj. Nūr ‘Aisyah “Ibu” – Ñandú",
    "عبد الله ꦗꦮ 😀 ½ m²",
    "&amp; &lt; &#38;",
    "x" * 20_000,
]


@pytest.mark.attack("E01")
@pytest.mark.parametrize("value", LITERAL)
def test_odd_values_are_printed_literally_everywhere(value: str) -> None:
    result = render(TEMPLATE, {"nama": value})
    assert docx_text(result).split("\n") == ["Awal", value, "Akhir", value, "Sel terakhir", f"Kaki {value}"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\r\nb", "a\nb"),
        ("a\u2028b\x0bc\x0cd", "a\nb\nc\nd"),
        ("a\ab\x00c\x1bd\ufffee", "abcde"),
        ("\u202eterbalik\u202c", "terbalik"),
        ("e\u0301", "é"),
    ],
)
def test_characters_that_break_documents_are_put_right(typed: str, printed: str) -> None:
    assert printed in docx_text(render(TEMPLATE, {"nama": typed}))


@pytest.mark.attack("E02")
@pytest.mark.parametrize("typed", ["{_{ nomor }_}", "{_% if x %_}"])
def test_text_cannot_become_a_tag_after_rendering(typed: str) -> None:
    text = docx_text(render(TEMPLATE, {"nama": typed}))
    assert "{{" not in text
    assert "{%" not in text
    assert text.replace("\u2060", "").count(typed) == 3


@pytest.mark.parametrize("value", [None, 1.5, b"x", object(), Markup("<b>"), "\ud800x", "x" * 20_001, ["a", None]])
def test_what_cannot_be_printed_is_refused_with_its_path(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"`lembaga\.nama"):
        render(TEMPLATE, {"lembaga": {"nama": value}, "nama": "x"})


@given(st.text(max_size=60))
@settings(max_examples=8, deadline=None)
def test_any_text_is_printed_whole_or_refused(text: str) -> None:
    try:
        result = render(TEMPLATE, {"nama": text})
    except InvalidValue:
        return
    lines = docx_text(result).split("\n")
    assert lines[0] == "Awal"
    assert "Sel terakhir" in lines


def test_a_yes_or_no_is_for_if_and_never_printed() -> None:
    template = make_docx(["{%p if ya %}", "Benar", "{%p endif %}"])
    assert docx_text(render(template, {"ya": True})) == "Benar"
    with pytest.raises(InvalidValue, match="True"):
        render(make_docx(["{{ ya }}"]), {"ya": True})


@pytest.mark.attack("C14")
@pytest.mark.parametrize(
    "tag",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ nama.__class__ }}",
        "{{ nama|safe }}",
        "{{ 'x' * 100000000 }}",
        "{{ nama.upper() }}",
        "{% set nama = 1 %}",
        "{% include 'x' %}",
        "{% autoescape false %}{{ nama }}{% endautoescape %}",
        "{% macro m() %}x{% endmacro %}",
        "{{ range(9) }}",
    ],
)
def test_a_template_cannot_be_a_program(tag: str) -> None:
    with pytest.raises(TemplatInvalid):
        render(make_docx([tag]), {"nama": "x"})


@pytest.mark.attack("E04")
@pytest.mark.parametrize(
    "tag", ["{{ nomr }}", "{{ nama", "{% for x in nama %}", "{{ lembaga.alamt }}", "{% p if nama %}"]
)
def test_a_mistake_in_a_template_is_never_a_blank(tag: str) -> None:
    with pytest.raises(TemplatInvalid):
        render(make_docx([tag]), {"nama": "x", "lembaga": {"alamat": "y"}})


def test_a_value_the_template_swallows_refuses_the_document() -> None:
    template = make_docx(["{%p for orang in tim %}", "{{ orang.nama }}", "{%p endfor %}"])
    with pytest.raises(TemplatInvalid, match=r"tim\[0\]\.nip"):
        render(template, {"tim": [{"nama": "Rizali", "nip": "1985"}]})


def test_a_filter_that_changes_case_is_not_a_loss() -> None:
    assert docx_text(render(make_docx(["{{ nama|upper }}"]), {"nama": "Yayasan"})) == "YAYASAN"


def test_an_emptied_cell_keeps_the_paragraph_word_insists_on() -> None:
    template = make_docx(cells=["{%p for x in daftar %}\n{{ x }}\n{%p endfor %}"])
    result = render(with_tags_in_paragraphs(template), {"daftar": []})
    assert Document(io.BytesIO(result)).tables[0].cell(0, 0).paragraphs


def with_tags_in_paragraphs(template: bytes) -> bytes:
    """One paragraph per line of the only cell, as Word writes them."""
    doc = Document(io.BytesIO(template))
    cell = doc.tables[0].cell(0, 0)
    lines = cell.text.split("\n")
    cell.text = lines[0]
    for line in lines[1:]:
        cell.add_paragraph(line)
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def test_core_properties_are_ours_and_never_a_template() -> None:
    doc = Document(io.BytesIO(TEMPLATE))
    doc.core_properties.title = "SK {{ nama }}"
    doc.core_properties.author = "Orang dalam"
    out = io.BytesIO()
    doc.save(out)
    result = Document(io.BytesIO(render(out.getvalue(), {"nama": "A & B"}, title="SK A & B " + "x" * 300)))
    assert result.core_properties.title.startswith("SK A & B")
    assert result.core_properties.author == ""


def test_qr_is_one_picture_and_its_text_is_gone() -> None:
    result = render(make_docx(["{{ qr }}"]), {}, qr=qr_png("https://izin.example/verifikasi/abc"))
    pictures = [name for name in read_parts(result) if name.startswith("word/media/")]
    assert len(pictures) == 1
    assert part(result, "word/document.xml").count(b"<pic:pic") == 1


def test_a_name_of_a_picture_becomes_that_picture_re_encoded() -> None:
    from PIL import Image

    photo = io.BytesIO()
    Image.new("RGBA", (300, 200), (10, 200, 30, 128)).save(photo, "WEBP")
    template = make_docx(["{%p for f in foto %}", "{{ f.gambar }} {{ f.label }}", "{%p endfor %}"])
    picture = [{"gambar": "sidik-1", "label": "depan"}, {"gambar": "sidik-2", "label": "dapur"}]
    result = render(template, {"foto": picture}, picture={"sidik-1": photo.getvalue()})
    assert part(result, "word/document.xml").count(b"<pic:pic") == 1
    assert "sidik-2 dapur" in docx_text(result)
    with pytest.raises(InvalidValue, match="foto"):
        render(template, {"foto": picture}, picture={"sidik-1": b"bukan gambar"})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"halo"])
def test_what_is_no_docx_is_said_so(content: bytes) -> None:
    with pytest.raises(DocxDamaged):
        render(content, {})


def test_a_double_part_is_refused() -> None:
    out = io.BytesIO(TEMPLATE)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("docProps/core.xml", b"<x/>")
    with pytest.raises(DocxDamaged, match="ganda"):
        render(out.getvalue(), {"nama": "x"})


@pytest.mark.attack("E06")
def test_the_same_values_give_the_same_bytes() -> None:
    first = render(TEMPLATE, {"nama": "A & B"}, title="Uji")
    assert first == render(TEMPLATE, {"nama": "A & B"}, title="Uji")
    assert first != render(TEMPLATE, {"nama": "A dan B"}, title="Uji")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_broken_body_is_refused() -> None:
    with pytest.raises((TemplatInvalid, DocxDamaged)):
        render(with_part(TEMPLATE, "word/document.xml", b"<w:document"), {"nama": "x"})


def test_an_unknown_variable_is_told_in_the_words_of_the_office() -> None:
    with pytest.raises(TemplatInvalid, match="variabel `nomr` tidak dikenal"):
        render(make_docx(["{{ nomr }}"]), {"nomor": "1"})
