"""Makers of PDFs: good ones, and ones that act, hide, break or explode."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

UNCHANGED = pikepdf.StreamDecodeLevel.none
PACKED = pikepdf.ObjectStreamMode.generate


def new_pdf(page: int = 1) -> Pdf:
    pdf = pikepdf.new()
    for n in range(page):
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[-1].Contents = Stream(pdf, b"0 0 1 rg 72 %d 200 40 re f" % (700 - n % 60 * 10))
    return pdf


def saved(pdf: Pdf, **choices: object) -> bytes:
    out = io.BytesIO()
    if "encryption" not in choices:
        choices |= {"deterministic_id": True, "stream_decode_level": UNCHANGED, "compress_streams": False}
    pdf.save(out, **choices)  # type: ignore[arg-type]  # passed through
    return out.getvalue()


def plain_pdf(page: int = 1) -> bytes:
    return saved(new_pdf(page))


def counted_from(front: bytes) -> bytes:
    """A PDF behind other bytes by a writer who counted its offsets from the first of those."""
    content = plain_pdf(3)
    content = re.sub(rb"(\d{10})(?= \d{5} n)", lambda m: b"%010d" % (int(m[1]) + len(front)), content)
    return front + re.sub(rb"(?<=startxref\n)\d+", lambda m: b"%d" % (int(m[0]) + len(front)), content)


def pdf_with(change: Callable[[Pdf], None], **choices: object) -> Callable[[], bytes]:
    """A maker of a one-page PDF after ``change``."""

    def create() -> bytes:
        pdf = new_pdf()
        change(pdf)
        return saved(pdf, **choices)

    return create


def flate_scan(page: int) -> bytes:
    """Colour pages at 300 dpi as a scanner without JPEG keeps them: 26 MB each once they are open."""
    pdf = new_pdf(page)
    pixel = zlib.compress(bytes(2480 * 3508 * 3), 1)
    picture = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": 2480,
        "Height": 3508,
        "BitsPerComponent": 8,
        "ColorSpace": Name.DeviceRGB,
        "Filter": Name.FlateDecode,
    }
    for one in pdf.pages:
        one.Resources = Dictionary(XObject=Dictionary(G=pdf.make_indirect(Stream(pdf, pixel, **picture))))
        one.Contents = Stream(pdf, b"595 0 0 842 0 0 cm /G Do")
    return saved(pdf)


def javascript(pdf: Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def open_action_js(pdf: Pdf) -> None:
    pdf.Root.OpenAction = javascript(pdf)


def names_js(pdf: Pdf) -> None:
    content = Array([String("a"), pdf.make_indirect(javascript(pdf))])
    pdf.Root.Names = Dictionary(JavaScript=pdf.make_indirect(Dictionary(Names=content)))


def page_aa_js(pdf: Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=javascript(pdf))


def late_in_a_long_array(pdf: Pdf) -> None:
    """The last of 6000 annotations, all written directly into the array."""
    note = [Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 1, 1]) for _ in range(6000)]
    note[-1].A = javascript(pdf)
    pdf.pages[0].Annots = Array(note)


def orphan_js(pdf: Pdf) -> None:
    """Nothing refers to it by name, but it is there for whoever edits one reference."""
    pdf.Root.PieceInfo = Dictionary(X=pdf.make_indirect(javascript(pdf)))


def action(kind: str) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        action = Dictionary(S=Name(f"/{kind}"), F=String("x.exe"))
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])

    return change


def attachment(pdf: Pdf) -> None:
    pdf.attachments["rahasia.txt"] = b"isi"


def attachment_annotation(pdf: Pdf) -> None:
    content = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=pdf.make_stream(b"isi")))
    pdf.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=content)]
    )


def xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))


def video(pdf: Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])


def harmless_view(pdf: Pdf) -> None:
    """What LibreOffice writes into every PDF."""
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.XYZ, None, None, 0])


def web_link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://kemensos.go.id"))
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def plain_form(pdf: Pdf) -> None:
    field = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("nama"), Rect=[0, 0, 90, 20])
    )
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def metadata(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = "Siti Rahasia"
    pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta>Siti Rahasia</x:xmpmeta>")


def no_pages(pdf: Pdf) -> None:
    del pdf.pages[0]


def huge_page(pdf: Pdf) -> None:
    pdf.pages[0].MediaBox = Array([0, 0, 200_000, 200_000])


def raw_stream(content: bytes, **key: object) -> Callable[[Pdf], None]:
    """A stream of exactly these bytes on the page, with its own dictionary."""

    def change(pdf: Pdf) -> None:
        stream = Stream(pdf, content)
        for name, value in key.items():
            stream[Name(f"/{name}")] = value
        pdf.pages[0].Attachment = pdf.make_indirect(stream)

    return change


def inflating(megabytes: int) -> bytes:
    """Flate data that expand to so many MiB of zeros, put together without compressing all of them."""
    compressor = zlib.compressobj(9)
    first = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1)


def bomb(megabytes: int, **key: object) -> Callable[[], bytes]:
    return pdf_with(raw_stream(inflating(megabytes), Filter=Name.FlateDecode, **key))


def nested_bomb() -> bytes:
    content = zlib.compress(inflating(50))
    return pdf_with(raw_stream(content, Filter=Array([Name.FlateDecode, Name.FlateDecode])))()


def hex_bomb() -> bytes:
    content = inflating(300).hex().encode() + b">"
    return pdf_with(raw_stream(content, Filter=Array([Name.ASCIIHexDecode, Name.FlateDecode])))()


def hand_written(subject: bytes) -> bytes:
    """A small PDF whose objects are these words; the cross-reference table is right."""
    content, place = bytearray(b"%PDF-1.7\n"), []
    for one in subject.strip().split(b"endobj\n"):
        place.append(len(content))
        content += one.removesuffix(b"endobj") + b"endobj\n"
    line = b"".join(b"%010d 00000 n \n" % t for t in place)
    n = len(place) + 1
    footer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (n, len(content))
    return bytes(content) + b"xref\n0 %d\n0000000000 65535 f \n" % n + line + footer


def page_tree_loop() -> bytes:
    return hand_written(
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >> endobj\n"
    )


def nested_arrays() -> bytes:
    return hand_written(
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /X 3 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [4 0 R] /Count 1 >> endobj\n"
        b"3 0 obj " + b"[" * 200_000 + b"]" * 200_000 + b" endobj\n"
        b"4 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj\n"
    )


def many_pages(n: int) -> bytes:
    child = b" ".join(b"%d 0 R" % (no + 3) for no in range(n))
    page = b"".join(
        b"%d 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >> endobj\n" % (no + 3)
        for no in range(n)
    )
    return hand_written(
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [" + child + b"] /Count %d >> endobj\n" % n + page
    )


def escaped_name() -> bytes:
    return hand_written(
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction << /S /J#61vaScript /J#53 (alert) >> >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj\n"
    )


def locked(**password: str) -> Callable[[], bytes]:
    return lambda: saved(new_pdf(), encryption=pikepdf.Encryption(**password))  # type: ignore[arg-type]  # user and owner


def truncated() -> bytes:
    return plain_pdf(3)[:-200]


def truncated_for_the_web() -> bytes:
    """A linearised file has a first %%EOF near its beginning."""
    intact = saved(new_pdf(5), linearize=True)
    return intact[: len(intact) * 2 // 3]


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("word/document.xml", "<xml/>")
    return out.getvalue()
