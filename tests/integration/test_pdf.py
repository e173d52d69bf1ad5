"""Both engines print every word; no engine is believed; none is ever swapped for another."""

import http.server
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from pipeline.documents.errors import DocxDamaged, EngineMissing, PdfIncomplete, TimedOut
from pipeline.documents.pdf import engine as pdf
from pipeline.documents.pdf import libreoffice as pdf_libreoffice
from pipeline.documents.pdf import simple as simple_pdf
from pipeline.documents.pdf.engine import available_engine, convert, pdf_text
from pipeline.documents.qr import qr_png
from pipeline.documents.template.render import render
from pipeline.documents.template.templates import templat
from pipeline.documents.template.text import docx_text, squeeze
from pipeline.settings import ROOT, PdfEngine
from tests.lks import SOP, URL, whole
from tests.unit.docx_maker import make_docx, part, with_part

KINDS = sorted(naskah.code for naskah in SOP.naskah)
# A system package: where make may not install it (no root), it says so, and the office prints with the other engine.
_NO_LIBREOFFICE = pytest.mark.skipif(not pdf_libreoffice.available(), reason="LibreOffice is not installed")
ENGINES = [
    pytest.param(PdfEngine.LIBREOFFICE, marks=_NO_LIBREOFFICE),
    PdfEngine.SEDERHANA,  # comes with the packages of the tests: never skipped
]


@pytest.fixture(autouse=True)
def _database() -> None:
    """Nothing here needs one."""


@cache
def document(kind: str) -> bytes:
    return render(templat(SOP.paper(kind).templat).payload, whole(kind), qr=qr_png(URL), title="Naskah A & B")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_word_and_the_qr_code_are_on_paper(kind: str, engine: PdfEngine) -> None:
    result = convert(document(kind), engine)
    printed = squeeze(pdf_text(result.payload))
    assert [w for w in docx_text(document(kind)).split() if squeeze(w) not in printed] == []
    assert result.engine is engine
    if kind in {"sk", "penolakan", "tanda_terima"}:
        assert URL in qr_codes(result.payload)


def qr_codes(payload: bytes) -> set[str]:
    """What a phone reads from a print at 100 dpi."""
    paper = pypdfium2.PdfDocument(io.BytesIO(payload))
    try:
        picture = [page.render(scale=100 / 72).to_pil() for page in paper]
    finally:
        paper.close()
    return {k.text for g in picture for k in zxingcpp.read_barcodes(g, formats=zxingcpp.BarcodeFormat.QRCode)}


@pytest.mark.attack("E01")
@pytest.mark.parametrize("engine", ENGINES)
def test_odd_names_survive_to_paper(engine: PdfEngine) -> None:
    name = 'PT A & B <Jaya> "X" #let x = 1 $y$ *tebal* _miring_ \\ @ruj `kode` // akhir'
    docx = render(make_docx(["{{ nama }}"], footer="Kaki {{ nama }}", header="Kepala {{ nama }}"), {"nama": name})
    assert squeeze(pdf_text(convert(docx, engine).payload)).count(squeeze(name)) == 3


NAMES = ["Al-Ḥikmah", "Daʿwah Ṣāliḥ", "Taḥfīẓ Ẓāhir", "مؤسسة الخير", "Ñandú Čačak", "Ria 😀", "Panjang" * 17]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["sk", "rekomendasi"])
def test_a_name_with_letters_the_font_lacks_or_a_word_wider_than_the_page_does_not_stop_a_file(
    kind: str, name: str, engine: PdfEngine
) -> None:
    context = whole(kind) | {"nama_lembaga": f"Yayasan {name}"}
    docx = render(templat(SOP.paper(kind).templat).payload, context, qr=qr_png(URL))
    assert convert(docx, engine).page_count >= 1


def test_an_address_can_be_copied_from_the_plain_layout() -> None:
    url = f"https://perizinan-terpadu.banjarbarukota.example/verifikasi/{'aB3-' * 5}xY"
    assert "\u200b" not in pdf_text(convert(make_docx([url]), PdfEngine.SEDERHANA).payload)


#: No character yet, so no font of any machine has a letter for it.
NOT_LETTERED = "\u0378\u0379"


def test_a_letter_the_engine_cannot_print_is_told() -> None:
    with pytest.raises(PdfIncomplete, match=NOT_LETTERED):
        convert(make_docx([f"Yayasan Ñandú {NOT_LETTERED}"]), PdfEngine.SEDERHANA)


@_NO_LIBREOFFICE
def test_paper_is_f4_and_fonts_are_in_the_file(tmp_path: Path) -> None:
    payload = convert(document("sk"), PdfEngine.LIBREOFFICE).payload
    paper = pypdfium2.PdfDocument(io.BytesIO(payload))
    sizes = {tuple(round(x / 72 * 25.4) for x in page.get_size()) for page in paper}
    paper.close()
    assert sizes == {(215, 330)}
    (tmp_path / "sk.pdf").write_bytes(payload)
    fonts = subprocess.run(["pdffonts", str(tmp_path / "sk.pdf")], capture_output=True, text=True, check=True).stdout
    rows = fonts.splitlines()[2:]
    assert rows
    assert all("Bookman" in row and " yes " in row for row in rows), fonts


def test_the_plain_layout_says_so_and_counts_its_pages() -> None:
    text = squeeze(pdf_text(convert(document("sk"), PdfEngine.SEDERHANA).payload))
    assert squeeze(simple_pdf.SIGN_OFF) in text
    assert squeeze("halaman 1 dari 3") in text


@_NO_LIBREOFFICE
def test_a_linked_picture_is_never_fetched() -> None:
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        convert(linked_picture(f"http://127.0.0.1:{server.server_port}/a.png"), PdfEngine.LIBREOFFICE)
        server.shutdown()
    assert requests == []


def linked_picture(url: str) -> bytes:
    docx = render(make_docx(["Isi {{ qr }}"]), {}, qr=qr_png(URL))
    body = part(docx, "word/document.xml").replace(b"r:embed=", b"r:link=")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    rels = part(docx, "word/_rels/document.xml.rels")
    lines = [r if kind not in r else external(r, url) for r in rels.split(b"<Relationship ")]
    return with_part(
        with_part(docx, "word/document.xml", body), "word/_rels/document.xml.rels", b"<Relationship ".join(lines)
    )


def external(relationship: bytes, url: str) -> bytes:
    target = relationship.index(b'Target="') + len(b'Target="')
    end = relationship.index(b'"', target)
    return relationship[:target] + url.encode() + b'" TargetMode="External' + relationship[end:]


@pytest.mark.parametrize("content", [b"", b"teks biasa", b"\x89PNG", b"PK\x03\x04rusak"])
@pytest.mark.parametrize("engine", [PdfEngine.LIBREOFFICE, PdfEngine.SEDERHANA])
def test_what_is_no_docx_is_refused_before_any_engine(content: bytes, engine: PdfEngine) -> None:
    with pytest.raises(DocxDamaged):
        convert(content, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_must_be_in_the_pdf_is_looked_for(engine: PdfEngine) -> None:
    with pytest.raises(PdfIncomplete, match="503/9999"):
        convert(make_docx(["Isi"]), engine, must_contain=["503/9999"])


def fake_soffice(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_success_without_a_file_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_soffice(tmp_path, monkeypatch, "exit 0")
    with pytest.raises(DocxDamaged, match="LibreOffice"):
        convert(make_docx(["Isi"]), PdfEngine.LIBREOFFICE)


def test_a_pdf_that_is_none_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_soffice(tmp_path, monkeypatch, "echo bukan > naskah.pdf")
    with pytest.raises(PdfIncomplete, match="dibuka"):
        convert(make_docx(["Isi"]), PdfEngine.LIBREOFFICE)


def test_a_hanging_engine_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_soffice(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/induk; sleep 600 & echo $! > {tmp_path}/anak; wait")
    monkeypatch.setattr(pdf, "LIMIT", 3.0)  # long enough for its shell to have begun
    with pytest.raises(TimedOut):
        convert(make_docx(["Isi"]), PdfEngine.LIBREOFFICE)
    for name in ("induk", "anak"):
        assert ended(int((tmp_path / name).read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone or only waits to be reaped, within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
    return False


def test_an_engine_is_never_swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/tidak/ada")
    with pytest.raises(EngineMissing, match="LibreOffice"):
        convert(make_docx(["Isi"]), PdfEngine.LIBREOFFICE)
    with pytest.raises(EngineMissing, match="draf"):
        convert(make_docx(["Isi"]), PdfEngine.OTOMATIS)
    monkeypatch.setattr(simple_pdf, "available", lambda: True)
    assert available_engine(PdfEngine.OTOMATIS) is PdfEngine.SEDERHANA
    monkeypatch.setattr(simple_pdf, "available", lambda: False)
    with pytest.raises(EngineMissing, match="pdf-sederhana"):
        available_engine(PdfEngine.OTOMATIS)


class Counting:
    """An engine that knows how many of it run at once; a run ends only when a second one has begun."""

    def __init__(self) -> None:
        self.now, self.most = 0, 0
        self.lock = threading.Lock()
        self.pair = threading.Barrier(2)

    def available(self) -> bool:
        return True

    def convert(self, docx: bytes, limit: float) -> bytes:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.pair.wait(60)
        with self.lock:
            self.now -= 1
        return b"%PDF-"


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counting:
    engine = Counting()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # its own places: other tests convert, too
    monkeypatch.setattr(pdf, "_ENGINE", {PdfEngine.SEDERHANA: engine})
    monkeypatch.setattr(pdf, "_check", lambda payload, word: 1)
    return engine


def test_two_conversions_at_a_time_however_many_ask(counting: Counting) -> None:
    docx = make_docx(["Isi"])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: convert(docx, PdfEngine.SEDERHANA), range(8)))
    assert counting.most == pdf.PARALLEL


@pytest.mark.attack("E06")
def test_the_same_snapshot_gives_the_same_docx_in_every_process() -> None:
    program = (
        "import hashlib\n"
        "from tests.integration.test_pdf import document\n"
        "print(hashlib.sha256(document('sk')).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Makassar"))
    }
    assert len(digests) == 1
