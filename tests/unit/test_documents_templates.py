"""C14: the office's own templates are sound, and `alurizin templat periksa` says what is wrong with one that is not."""

import re
import resource
import shutil
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx.oxml.parser import parse_xml

from ops.cli import main
from ops.doctor.machine import port
from pipeline.documents.desk_form import form_variables
from pipeline.documents.errors import TemplatInvalid
from pipeline.documents.qr import qr_png
from pipeline.documents.template import limited as limits
from pipeline.documents.template.package import pack, read_parts
from pipeline.documents.template.papers import CheckedPaper, check_paper, check_papers, unprinted
from pipeline.documents.template.render import render
from pipeline.documents.template.sample import sample_answers, sample_cases, sample_variables
from pipeline.documents.template.templates import TOO_HEAVY, Report, Sample, check_template, templat
from pipeline.documents.template.text import docx_text
from pipeline.kantor.office import kantor
from pipeline.settings import ROOT
from pipeline.sop.load import load_sop
from pipeline.sop.naskah import RESERVED
from tests.lks import SOP, URL, whole
from tests.papers import write_templates
from tests.unit.docx_maker import make_docx, part, with_part

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
KINDS = sorted(naskah.code for naskah in SOP.naskah)
SAMPLE = {"nomor": "503/1", "nama_lembaga": "Yayasan", "tim": [{"nama": "Rizali"}]}


def check(payload: bytes, values: Mapping[str, object] = SAMPLE) -> Report:
    return check_template(payload, [Sample("", values, {})])


def blank(code: str) -> bytes:
    return templat(SOP.paper(code).templat).payload


@pytest.mark.parametrize("tag", KINDS)
def test_every_document_reads_as_it_did(tag: str) -> None:
    """To accept a change of wording: render it, read it, and replace the file under tests/snapshots."""
    text = docx_text(render(blank(tag), whole(tag), qr=qr_png(URL)))
    assert text + "\n" == (SNAPSHOTS / f"{tag}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", KINDS)
def test_tables_have_both_widths_and_rows_stay_whole(tag: str) -> None:
    body = part(blank(tag), "word/document.xml")
    assert body.count(b"<w:gridCol ") == body.count(b"<w:gridCol w:w=")
    assert body.count(b"<w:tc>") == body.count(b"<w:tcW ")
    if tag not in {"tanda_terima"}:
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
    report = check(make_docx(lines))
    assert any(sentence in error for error in report.error), report


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{% if nomor %}x", "`{% if … %}` belum ditutup dengan `{% endif %}`."),
        ("{{ nomor", "belum ditutup."),
        ("{% sembarang %}", "perintah `sembarang` tidak dikenal atau tidak pada tempatnya."),
        ("x{% endif %}", "perintah `endif` tidak dikenal atau tidak pada tempatnya."),
        ("{{ nomor|sembarang }}", "`sembarang` tidak dikenal; yang ada: tanggal"),
        ("{{ nomor tanggal }}", "ada `tanggal` yang tidak pada tempatnya"),
        ("{{ nomor.hilang }}", "`.hilang` tidak ada"),
        ("{{ tim[9].nama }}", "butir `[9]` tidak ada"),
        ("{{ }}", "kosong, salah tulis, atau belum ditutup."),
    ],
)
def test_a_slip_of_the_pen_is_told_in_the_words_of_the_office(line: str, sentence: str) -> None:
    (error,) = check(make_docx([line])).error
    assert sentence in error
    assert error.startswith("Penulisan templat keliru: ")
    with pytest.raises(TemplatInvalid) as mistaken:
        render(make_docx([line]), SAMPLE)
    for words in (error, str(mistaken.value)):
        assert ".." not in words
        assert not any(english in words for english in ("xpected", "Jinja", "unknown", "No filter", "got ", " has "))


@pytest.mark.attack("C14")
def test_dangerous_parts_are_named() -> None:
    docx = make_docx(["{{ nomor }}"])
    rels = part(docx, "word/_rels/document.xml.rels")
    link = b'<Relationship Id="rId99" Type="http://x/image" Target="http://10.0.0.1/a.png" TargetMode="External"/>'
    external = with_part(
        docx, "word/_rels/document.xml.rels", rels.replace(b"</Relationships>", link + b"</Relationships>")
    )
    assert any("10.0.0.1" in g for g in check(external).error)
    assert any("makro" in g for g in check(with_part(docx, "word/vbaProject.bin", b"x")).error)
    assert any("objek" in g for g in check(with_part(docx, "word/embeddings/a.bin", b"x")).error)
    for tag in ("oleObject", "package", "control"):  # in whatever folder it lies
        related = part(docx, "word/_rels/document.xml.rels").replace(
            b"</Relationships>",
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            + tag.encode()
            + b'" Target="media/obj1.bin"/></Relationships>',
        )
        hidden = with_part(with_part(docx, "word/media/obj1.bin", b"x"), "word/_rels/document.xml.rels", related)
        assert any("objek" in g for g in check(hidden).error), tag


def _field(*fragment: str, mark: str = "instrText") -> bytes:
    """A field as Word writes it, its instruction cut into these runs."""
    content = "".join(f'<w:r><w:{mark} xml:space="preserve">{text}</w:{mark}></w:r>' for text in fragment)
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{content}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ).encode()


def _with_body(paragraph: bytes, name: str = "word/document.xml") -> bytes:
    docx = make_docx(["{{ nomor }}"], header="kepala")
    return with_part(docx, name, part(docx, name).replace(b"<w:p>", paragraph + b"<w:p>", 1))


_NESTED = _field("PAGE").replace(b"PAGE</w:instrText></w:r>", b"DD</w:instrText></w:r>" + _field(' QUOTE "E" '), 1)


@pytest.mark.parametrize(
    ("paragraph", "name"),
    [
        (_field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"'), "DDEAUTO"),
        (_field(" dde", "au", "to excel"), "DDEAUTO"),
        (_field(" DDE excel a b "), "DDE"),
        (_field(' INCLUDETEXT "http://10.0.0.1/x" '), "INCLUDETEXT"),
        (_field(" INCLUDEPIC", 'TURE "\\\\10.0.0.1\\x.png" \\d '), "INCLUDEPICTURE"),
        (_field(" LINK Excel.Sheet.8 x "), "LINK"),
        (_field(" IMPORT x "), "IMPORT"),
        (_field(" DATABASE x "), "DATABASE"),
        (_field(" MACROBUTTON x y "), "MACROBUTTON"),
        (_field(" DATE \\@ yyyy "), "DATE"),
        (_field(" DDEAUTO x ", mark="delInstrText"), "DDEAUTO"),
        (_field(' "DDEAUTO" x '), "tanpa nama"),
        (b'<w:p><w:fldSimple w:instr=" DDEAUTO a b "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>', "DDEAUTO"),
        (b'<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO x</w:instrText></w:r></w:p>', "DDEAUTO"),
        (_NESTED, "QUOTE"),
    ],
)
def test_a_field_that_runs_or_fetches_something_is_refused(paragraph: bytes, name: str) -> None:
    for place in ("word/document.xml", "word/header1.xml"):
        error = check(_with_body(paragraph, place)).error
        assert any(f"bidang Word `{name}`" in g for g in error), (place, error)


@pytest.mark.parametrize("command", [" PAGE ", "NUMPAGES \\* MERGEFORMAT", " page", ' HYPERLINK "https://x.test" '])
def test_a_page_number_or_a_link_is_no_danger(command: str) -> None:
    assert check(_with_body(_field(command))).error == []


def test_a_document_within_the_document_or_a_source_of_data_is_refused() -> None:
    docx = make_docx(["{{ nomor }}"])
    rels = part(docx, "word/_rels/document.xml.rels")
    chunk = b'<Relationship Id="rId98" Type="http://x/aFChunk" Target="a.rtf"/></Relationships>'
    settings = part(docx, "word/settings.xml")
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    types = part(docx, "[Content_Types].xml")
    for name, content, word in (
        ("word/_rels/document.xml.rels", rels.replace(b"</Relationships>", chunk), "dokumen lain di dalamnya"),
        ("word/settings.xml", settings.replace(b"<w:zoom", b"<w:mailMerge/><w:zoom", 1), "surat massal"),
        ("word/footnotes.xml", doctype + b"<x/>", "DOCTYPE"),
        ("[Content_Types].xml", types.replace(b"document.main+xml", b"document.macroEnabled.main+xml"), "makro"),
    ):
        assert any(word in g for g in check(with_part(docx, name, content)).error), name


def test_a_template_that_repeats_without_end_is_stopped_and_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    first = [f"{{% for {letters} in tembusan %}}" for letters in "abcdef"]
    docx = make_docx(["".join(first) + "{{ nomor }} panjang sekali " * 20 + "{% endfor %}" * len(first)])
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert check(docx, SAMPLE | {"tembusan": ["x"] * 40}).error == [TOO_HEAVY]
    assert time.monotonic() - start < limits.WALL_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("file", ["pipeline/sop/td_lks.toml", "tests/data/izin_penelitian.toml"])
def test_a_sop_with_a_short_checklist_has_sample_documents_too(tmp_path: Path, file: str, count: int) -> None:
    parts = re.split(r"(?m)(?=^\[\[?)", (ROOT / file).read_text(encoding="utf-8"))
    item = [b for b in parts if b.startswith("[[formulir.butir]]")]
    short = tmp_path / "pendek.toml"
    short.write_text("".join(b for b in parts if b not in item[count:]), encoding="utf-8")
    sop = load_sop(short, kantor().posts)
    write_templates(sop, tmp_path)
    papers = check_papers(kantor(), sop, partial(templat, beside=tmp_path))
    assert [paper.report.error for paper in papers] == [[]] * len(sop.naskah)


@pytest.mark.parametrize("number", ["delapan", "70000"])
def test_doctor_says_which_port_is_wrong(number: str) -> None:
    (result,) = port({"ALURIZIN_PORT": number, "ALURIZIN_DATA": "/tidak/ada"})
    assert result.remedy.startswith("ALURIZIN_PORT")


def test_what_is_no_word_document_is_one_sentence() -> None:
    parts = read_parts(make_docx(["x"]))
    without_types = pack({k: v for k, v in parts.items() if k != "[Content_Types].xml"})
    for content in (b"", b"%PDF-1.7", without_types):
        assert check(content).error == ["Berkas ini bukan dokumen Word (.docx) yang utuh."]


def test_variables_and_loops_are_listed() -> None:
    report = check(make_docx(["{{ nomor }}", "{%p for o in tim %}", "{{ o.nama }}", "{%p endfor %}"]))
    assert (report.variable, report.loop, report.error) == (("nomor", "tim"), ("tim",), [])


def test_the_command_tells_good_from_bad(tmp_path: Path) -> None:
    good = tmp_path / "surat_penolakan.docx"
    good.write_bytes(templat("surat_penolakan.docx").payload)
    result = CliRunner().invoke(main, ["templat", "periksa", str(good)])
    assert result.exit_code == 0, result.output
    assert "Perulangan: alasan, tembusan" in result.output
    good.write_bytes(make_docx(["{{ nomr }}"]))
    result = CliRunner().invoke(main, ["templat", "periksa", str(good)])
    assert result.exit_code == 1
    assert "Maksudnya `nomor`?" in result.output


def test_the_command_knows_a_paper_by_the_sop_file_beside_it(tmp_path: Path) -> None:
    own = Path(shutil.copy(ROOT / "tests" / "data" / "izin_penelitian.toml", tmp_path))
    assert CliRunner().invoke(main, ["templat", "buat", str(own)]).exit_code == 0
    result = CliRunner().invoke(main, ["templat", "periksa", str(tmp_path / "penelitian.docx")])
    assert result.exit_code == 0, result.output
    assert "penelitian.docx dapat dipakai." in result.output
    (tmp_path / "aa.toml").mkdir()
    (tmp_path / "ab.toml").symlink_to(tmp_path / "tidak-ada")
    (tmp_path / "ac.toml").write_bytes(b"\xff rusak")
    copied = shutil.copy(tmp_path / "penelitian.docx", tmp_path / "salinan.docx")
    renamed = CliRunner().invoke(main, ["templat", "periksa", str(copied), "--jenis", "surat_keterangan"])
    assert "Surat Keterangan Penelitian" in renamed.output, renamed.output
    own.write_text(own.read_text("utf-8").replace("persetujuan = true", "persetujuan = 7"), "utf-8")
    wrong = CliRunner().invoke(main, ["templat", "periksa", str(tmp_path / "penelitian.docx")])
    assert wrong.exit_code == 1
    assert "izin_penelitian.toml" in wrong.output


def papers_of(folder: Path) -> tuple[CheckedPaper, ...]:
    return check_papers(kantor(), SOP, partial(templat, beside=folder))


def test_the_office_papers_pass_in_every_case_and_say_what_they_print(tmp_path: Path) -> None:
    papers = papers_of(tmp_path)
    assert [(p.naskah.code, p.report.error, p.report.note) for p in papers] == [(n.code, [], []) for n in SOP.naskah]
    assert {"nama_lembaga", "akta_nomor", "bentuk"} <= set(papers[0].printed)
    assert {"ketua_nik", "rekening"} <= set(unprinted(SOP, papers))
    assert not {"nama_lembaga", "akta_nomor"} & set(unprinted(SOP, papers))


def test_a_first_template_of_each_paper_passes_too(tmp_path: Path) -> None:
    write_templates(SOP, tmp_path)
    assert [p.report.error for p in papers_of(tmp_path)] == [[]] * len(SOP.naskah)
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_templates(SOP, tmp_path)
    assert again == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{{ nomor }} {{ tanggal }}", "tidak mencetak nama pemegang"),
        ("{{ pemegang }} {{ tanggal }}", "tidak mencetak nomor"),
        ("{{ nama_lembaga }} {{ nomor }}", "tidak mencetak tanggal"),
        ("{% if jenis_lembaga == 'X' %}{{ pemegang }}{% endif %} {{ nomor }} {{ tanggal }}", "tidak mencetak"),
        ("{% if nib %}{{ pemegang }}{% endif %} {{ nomor }} {{ tanggal }}", "Pada permohonan dengan isian yang boleh"),
        ("{{ pemegang }} {{ nomor }} {{ tanggal }} {{ alamat_kantor }}", "Variabel `alamat_kantor` tidak dikenal."),
        ("{{ pemegang }} {{ nomor }} {{ tanggal }} {{ kode_lacak }}", "Variabel `kode_lacak` tidak dikenal."),
    ],
)
def test_a_decision_about_nobody_or_of_another_permit_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / SOP.paper("sk").templat).write_bytes(make_docx([line]))
    report = check_paper(kantor(), SOP, SOP.paper("sk"), partial(templat, beside=tmp_path)).report
    assert any(sentence in error for error in report.error), report


HIDING = b"""<w:style xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:type="%s" w:styleId="%s">
<w:name w:val="%s"/>%s</w:style>"""


@pytest.mark.parametrize(
    ("properties", "paragraph", "printed"),
    [
        ("<w:vanish/>", "", False),
        ('<w:vanish w:val="true"/>', "", False),
        ('<w:vanish w:val="0"/>', "", True),
        ('<w:rStyle w:val="Gelap"/>', "", False),
        ('<w:rStyle w:val="AnakGelap"/>', "", False),
        ('<w:rStyle w:val="AnakTerang"/>', "", True),
        ('<w:rStyle w:val="Gelap"/><w:vanish w:val="false"/>', "", True),
        ('<w:rStyle w:val="AnakTerang"/>', '<w:pStyle w:val="AlineaGelap"/>', True),
        ("", '<w:pStyle w:val="AlineaGelap"/>', False),
        ("", "<w:rPr><w:vanish/></w:rPr>", True),  # of the mark at its end alone
    ],
)
def test_a_holder_that_word_hides_is_not_printed(
    tmp_path: Path, properties: str, paragraph: str, printed: bool
) -> None:
    docx = make_docx(["{{ nomor }} {{ tanggal }}", "DI SINI"])
    run = f"<w:pPr>{paragraph}</w:pPr><w:r><w:rPr>{properties}</w:rPr><w:t>{{{{ pemegang }}}}</w:t></w:r>"
    body = part(docx, "word/document.xml").replace(b"<w:r><w:t>DI SINI</w:t></w:r>", run.encode())
    vanish = b"<w:rPr><w:vanish/></w:rPr>"
    styles = b"".join(
        HIDING % (kind, code, code, rest)
        for kind, code, rest in (
            (b"character", b"Gelap", vanish),
            (b"character", b"AnakGelap", b'<w:basedOn w:val="Gelap"/>'),
            (b"character", b"AnakTerang", b'<w:basedOn w:val="Gelap"/><w:rPr><w:vanish w:val="0"/></w:rPr>'),
            (b"paragraph", b"AlineaGelap", vanish),
        )
    )
    every = part(docx, "word/styles.xml").replace(b"</w:styles>", styles + b"</w:styles>")
    file = with_part(with_part(docx, "word/document.xml", body), "word/styles.xml", every)
    assert b"pemegang" in part(file, "word/document.xml")
    (tmp_path / SOP.paper("sk").templat).write_bytes(file)
    report = check_paper(kantor(), SOP, SOP.paper("sk"), partial(templat, beside=tmp_path)).report
    hidden = [error for error in report.error if "tidak mencetak seluruh isi" in error]
    assert bool(hidden) is not printed, report


@pytest.mark.parametrize(("change", "printed"), [("moveFrom", False), ("moveTo", True), ("ins", True)])
def test_what_a_recorded_change_has_moved_away_is_not_printed(change: str, printed: bool) -> None:
    docx = make_docx(["DI SINI"])
    run = f'<w:{change} w:id="1" w:author="a"><w:r><w:t>Rahmat</w:t></w:r></w:{change}>'
    body = part(docx, "word/document.xml").replace(b"<w:r><w:t>DI SINI</w:t></w:r>", run.encode())
    assert ("Rahmat" in docx_text(with_part(docx, "word/document.xml", body))) is printed


def test_a_usual_paragraph_whose_style_hides_and_a_row_taken_out_are_not_printed() -> None:
    docx = make_docx(["Rahmat"], cells=["Sari"])
    row = part(docx, "word/document.xml").replace(b"<w:tr>", b'<w:tr><w:trPr><w:del w:id="1" w:author="a"/></w:trPr>')
    assert docx_text(with_part(docx, "word/document.xml", row)) == "Rahmat"
    styles = part(docx, "word/styles.xml")
    start = styles.index(b'w:default="1" w:styleId="Normal"')
    hidden = styles[:start] + styles[start:].replace(b"<w:qFormat/>", b"<w:qFormat/><w:rPr><w:vanish/></w:rPr>", 1)
    assert "Rahmat" not in docx_text(with_part(docx, "word/styles.xml", hidden))


def test_a_personal_answer_on_a_decision_is_noted(tmp_path: Path) -> None:
    docx = make_docx(["{{ pemegang }} {{ nomor }} {{ tanggal }} {{ ketua_nik }}"])
    (tmp_path / SOP.paper("sk").templat).write_bytes(docx)
    report = check_paper(kantor(), SOP, SOP.paper("sk"), partial(templat, beside=tmp_path)).report
    assert [sentence.split("`")[1] for sentence in report.error] == ["mengingat", "data", "tembusan"]  # the SOP's own
    assert "Data pribadi ikut tercetak: NIK ketua." in report.note
    assert "Variabel `qr` tidak dicetak." in report.note


def test_an_invented_case_answers_what_is_asked_and_nothing_else() -> None:
    for _, answers in sample_cases(SOP):
        asked = {i.code for i in SOP.isian_for(answers)}
        assert answers.keys() <= asked
        assert {i.code for i in SOP.isian_for(answers) if i.required_for(answers)} <= answers.keys()
    assert sample_answers(SOP, {"jenis": "PERPANJANGAN"})["nomor_lama"]
    assert "nomor_lama" not in sample_answers(SOP, {})


def test_the_command_draws_what_is_missing_and_leaves_what_is_there(tmp_path: Path) -> None:
    own = Path(shutil.copy(ROOT / "tests" / "data" / "izin_penelitian.toml", tmp_path))
    (tmp_path / "penelitian.docx").write_bytes(b"milik kantor")
    result = CliRunner().invoke(main, ["templat", "buat", str(own)])
    assert result.exit_code == 0, result.output
    assert "penelitian.docx sudah ada" in result.output
    assert (tmp_path / "penelitian.docx").read_bytes() == b"milik kantor"
    receipt = docx_text((tmp_path / "penelitian_diterima.docx").read_bytes())
    assert "TANDA TERIMA PERMOHONAN" in receipt
    assert "{{ kode_lacak }}" in receipt


def test_no_field_can_be_called_as_what_a_paper_brings_itself() -> None:
    for naskah in SOP.naskah:
        values = sample_variables(kantor(), SOP, naskah, sample_answers(SOP, {}))
        own = {i.code for i in SOP.isian} | {text.label for text in SOP.texts} | form_variables(SOP, {}, {}).keys()
        assert {v for v in values.keys() - own if not v.startswith("instansi_")} <= RESERVED


_ORDER = {
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook".split(),
    "pPr": "pStyle keepNext keepLines widowControl pBdr shd tabs spacing ind jc rPr".split(),
}


@pytest.mark.parametrize("tag", KINDS)
def test_properties_stand_in_the_order_word_insists_on(tag: str) -> None:
    body = parse_xml(part(blank(tag), "word/document.xml"))
    for kind, order in _ORDER.items():
        for properties in body.iter(f"{{{body.nsmap['w']}}}{kind}"):
            names = [child.tag.rpartition("}")[2] for child in properties]
            assert names == sorted(names, key=order.index), names
