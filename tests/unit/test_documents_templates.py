"""The office's own templates are sound, and `alurizin templat periksa` says what is wrong with one that is not."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from docx.oxml.parser import parse_xml

from ops.cli import main
from pipeline.documents.errors import TemplatInvalid
from pipeline.documents.package import pack, read_parts
from pipeline.documents.qr import qr_png
from pipeline.documents.render import render
from pipeline.documents.sample import URL, sample_contexts
from pipeline.documents.templates import check_template, templat
from pipeline.documents.text import docx_text
from pipeline.kantor import kantor
from pipeline.sops import get_sop
from tests.unit.docx_maker import make_docx, part, with_part

SOP = get_sop("td_lks")
SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
KINDS = sorted(SOP.naskah.templat)
SAMPLE = {"nomor": "503/1", "nama_lembaga": "Yayasan", "tim": [{"nama": "Rizali"}]}


@pytest.mark.parametrize("jenis", KINDS)
def test_every_document_reads_as_it_did(jenis: str) -> None:
    """To accept a change of wording: render it, read it, and replace the file under tests/snapshots."""
    konteks = sample_contexts(kantor(), SOP)[jenis]
    text = docx_text(render(templat(SOP.naskah.templat[jenis]).konten, konteks, qr=qr_png(URL)))
    assert text + "\n" == (SNAPSHOTS / f"{jenis}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("jenis", KINDS)
def test_tables_have_both_widths_and_rows_stay_whole(jenis: str) -> None:
    body = part(templat(SOP.naskah.templat[jenis]).konten, "word/document.xml")
    assert body.count(b"<w:gridCol ") == body.count(b"<w:gridCol w:w=")
    assert body.count(b"<w:tc>") == body.count(b"<w:tcW ")
    if jenis not in {"tanda_terima"}:
        assert b"<w:cantSplit/>" in body


def test_templates_are_named_by_file_alone() -> None:
    for name in ("../pyproject.toml", "/etc/passwd", "SK.docx", "tidak_ada.docx"):
        with pytest.raises(TemplatInvalid):
            templat(name)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["{{ nomr }}"], "Variabel `nomr` tidak dikenal. Maksudnya `nomor`?"),
        (["Nomor { nomor }"], "hanya berkurung satu"),
        (["{%p if nomor %}", "{{ nomor }}"], "Penulisan templat keliru"),
        (["{% p if nomor %}", "{% p endif %}"], "tidak boleh berspasi"),
        (["{{ nomor.__class__ }}"], "berbahaya"),
        (["{{ nomor|safe }}"], "Penulisan templat keliru"),
        (["{{r nomor }}"], "tidak didukung"),
        (["{%p for o in tim %}", "x", "{%p endfor %}"], r"tim[0].nama"),
    ],
)
def test_what_is_wrong_is_said(lines: list[str], sentence: str) -> None:
    laporan = check_template(make_docx(lines), SAMPLE)
    assert any(sentence in galat for galat in laporan.galat), laporan


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{% if nomor %}x", "`{% if … %}` belum ditutup dengan `{% endif %}`."),
        ("{{ nomor", "belum ditutup."),
        ("{% sembarang %}", "perintah `sembarang` tidak dikenal atau tidak pada tempatnya."),
        ("x{% endif %}", "perintah `endif` tidak dikenal atau tidak pada tempatnya."),
        ("{{ nomor|sembarang }}", "`sembarang` tidak dikenal; yang ada: capitalize"),
        ("{{ nomor tanggal }}", "ada `tanggal` yang tidak pada tempatnya"),
        ("{{ nomor.hilang }}", "`.hilang` tidak ada"),
        ("{{ tim[9].nama }}", "butir `[9]` tidak ada"),
        ("{{ }}", "kosong, salah tulis, atau belum ditutup."),
    ],
)
def test_a_slip_of_the_pen_is_told_in_the_words_of_the_office(line: str, sentence: str) -> None:
    (galat,) = check_template(make_docx([line]), SAMPLE).galat
    assert sentence in galat
    assert galat.startswith("Penulisan templat keliru: ")
    with pytest.raises(TemplatInvalid) as keliru:
        render(make_docx([line]), SAMPLE)
    for kalimat in (galat, str(keliru.value)):
        assert ".." not in kalimat
        assert not any(inggris in kalimat for inggris in ("xpected", "Jinja", "unknown", "No filter", "got ", " has "))


@pytest.mark.attack("C14")
def test_dangerous_parts_are_named() -> None:
    docx = make_docx(["{{ nomor }}"])
    rels = part(docx, "word/_rels/document.xml.rels")
    link = b'<Relationship Id="rId99" Type="http://x/image" Target="http://10.0.0.1/a.png" TargetMode="External"/>'
    external = with_part(
        docx, "word/_rels/document.xml.rels", rels.replace(b"</Relationships>", link + b"</Relationships>")
    )
    assert any("10.0.0.1" in g for g in check_template(external, SAMPLE).galat)
    assert any("makro" in g for g in check_template(with_part(docx, "word/vbaProject.bin", b"x"), SAMPLE).galat)
    assert any("objek" in g for g in check_template(with_part(docx, "word/embeddings/a.bin", b"x"), SAMPLE).galat)


def test_what_is_no_word_document_is_one_sentence() -> None:
    parts = read_parts(make_docx(["x"]))
    without_types = pack({k: v for k, v in parts.items() if k != "[Content_Types].xml"})
    for content in (b"", b"%PDF-1.7", without_types):
        assert check_template(content, SAMPLE).galat == ["Berkas ini bukan dokumen Word (.docx) yang utuh."]


def test_variables_and_loops_are_listed() -> None:
    laporan = check_template(make_docx(["{{ nomor }}", "{%p for o in tim %}", "{{ o.nama }}", "{%p endfor %}"]), SAMPLE)
    assert (laporan.variabel, laporan.perulangan, laporan.galat) == (("nomor", "tim"), ("tim",), [])
    assert "Variabel `nama_lembaga` tidak dicetak." in laporan.catatan


def test_the_command_tells_good_from_bad(tmp_path: Path) -> None:
    good = tmp_path / "surat_penolakan.docx"
    good.write_bytes(templat("surat_penolakan.docx").konten)
    result = CliRunner().invoke(main, ["templat", "periksa", str(good)])
    assert result.exit_code == 0, result.output
    assert "Perulangan: alasan, tembusan" in result.output
    good.write_bytes(make_docx(["{{ nomr }}"]))
    result = CliRunner().invoke(main, ["templat", "periksa", str(good)])
    assert result.exit_code == 1
    assert "Maksudnya `nomor`?" in result.output


_ORDER = {
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook".split(),
    "pPr": "pStyle keepNext keepLines widowControl pBdr shd tabs spacing ind jc rPr".split(),
}


@pytest.mark.parametrize("jenis", KINDS)
def test_properties_stand_in_the_order_word_insists_on(jenis: str) -> None:
    body = parse_xml(part(templat(SOP.naskah.templat[jenis]).konten, "word/document.xml"))
    for kind, order in _ORDER.items():
        for properties in body.iter(f"{{{body.nsmap['w']}}}{kind}"):
            names = [child.tag.rpartition("}")[2] for child in properties]
            assert names == sorted(names, key=order.index), names
