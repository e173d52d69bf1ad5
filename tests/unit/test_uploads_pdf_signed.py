"""What a cleaned PDF no longer does, and which received bytes are kept beside it to prove their signature."""

import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from asn1crypto import cms
from pikepdf import Array, Dictionary, Name, Pdf, String

from pipeline.documents.signing import Secret, TteRequest
from pipeline.documents.signing.local import LocalSigner, create_certificate
from pipeline.uploads import accept
from pipeline.uploads.pdf_defuse import containers
from tests import corpus_pdfs as pdfs

PASSPHRASE = Secret("frasa-uji-2026")


def _uri(address: str = "https://x.test") -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(address))


def _annotation(pdf: Pdf, **content: object) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], **content)
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def page_aa(pdf: Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=_uri())


def annotation_aa(pdf: Pdf) -> None:
    _annotation(pdf, AA=Dictionary(E=_uri(), PV=_uri()))


def field_aa(pdf: Pdf) -> None:
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a"), AA=Dictionary(K=_uri()), Kids=Array()))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), CO=Array([field]), SigFlags=3)


def outline_aa(pdf: Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title=String("a"), AA=Dictionary(U=_uri()), A=Dictionary(S=Name.Hide)))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=item, Last=item, Count=1))


def catalog_aa(pdf: Pdf) -> None:
    pdf.Root.AA = Dictionary(WC=_uri())


def open_action(pdf: Pdf) -> None:
    pdf.Root.OpenAction = _uri()


def press(pdf: Pdf) -> None:
    _annotation(pdf, A=Dictionary(S=Name.ResetForm))


def chained(pdf: Pdf) -> None:
    _annotation(pdf, A=Dictionary(S=Name.URI, URI=String("https://x.test"), Next=_uri("https://y.test")))


def odd_address(pdf: Pdf) -> None:
    _annotation(pdf, A=_uri("file:///C:/x.exe"))


def presentation(pdf: Pdf) -> None:
    pdf.pages[0].Dur = 1
    pdf.pages[0].PresSteps = Dictionary(NA=_uri())


def names_tree(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(Pages=Dictionary(Names=Array()), URLS=Dictionary(Names=Array([String("a"), _uri()])))
    pdf.Root.URI = Dictionary(Base=String("https://x.test"))


def beside_the_root(pdf: Pdf) -> None:
    pdf.trailer["/Rahasia"] = pdf.make_indirect(Dictionary(A=_uri("javascript:alert(1)")))


ACTING = (
    page_aa, annotation_aa, field_aa, outline_aa, catalog_aa, open_action, press, chained, odd_address, presentation,
    names_tree, beside_the_root,
)  # fmt: skip


@pytest.mark.parametrize("action", ACTING, ids=lambda f: f.__name__)
def test_nothing_of_a_cleaned_file_acts(action: Callable[[Pdf], None]) -> None:
    with pikepdf.open(io.BytesIO(accept("a.pdf", pdfs.pdf_with(action)()).payload)) as pdf:
        container = [w for o in pdf.objects for w in containers(o) if not isinstance(w, Array)]
        for key in ("/AA", "/OpenAction", "/Next", "/Dur", "/PresSteps", "/CO", "/URLS", "/Base"):
            assert not any(key in w for w in container), key
        assert {str(w["/S"]) for w in container if "/S" in w} <= {"/URI"}
        assert all(str(w["/URI"]).startswith("https:") for w in container if "/URI" in w)
        assert "/Rahasia" not in pdf.trailer


def test_a_link_and_a_page_to_open_at_stay_or_do_no_harm() -> None:
    with pikepdf.open(io.BytesIO(accept("a.pdf", pdfs.pdf_with(pdfs.web_link)()).payload)) as pdf:
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://kemensos.go.id"


@pytest.fixture(scope="module")
def sign(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], bytes]:
    folder = tmp_path_factory.mktemp("notaris")
    create_certificate(folder, "notaris", "Notaris Uji", PASSPHRASE)
    notary = LocalSigner(folder)

    def sign(pdf: bytes) -> bytes:
        return notary.sign(TteRequest(id="1", pdf=pdf, official="notaris", verification_url=""), PASSPHRASE).pdf

    return sign


def _updated(pdf: bytes, change: Callable[[Pdf], None]) -> bytes:
    """``pdf`` with an update behind it, as an editor writes one: the old bytes stay."""
    import pyhanko.pdf_utils.incremental_writer as pyhanko

    after = io.BytesIO(pdf)
    writer = pyhanko.IncrementalPdfFileWriter(after)
    change(writer)  # type: ignore[arg-type]
    writer.write_in_place()
    return after.getvalue()


def _add_dss(writer: object) -> None:
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject

    dss = DictionaryObject({NameObject("/Certs"): ArrayObject()})
    writer.root[NameObject("/DSS")] = writer.add_object(dss)  # type: ignore[attr-defined]
    writer.update_root()  # type: ignore[attr-defined]


def _turn_page(writer: object) -> None:
    from pyhanko.pdf_utils.generic import NameObject, NumberObject

    page = writer.root["/Pages"]["/Kids"][0]  # type: ignore[attr-defined]
    page[NameObject("/Rotate")] = NumberObject(90)
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))  # type: ignore[attr-defined]


def test_a_signed_file_is_kept_as_it_came_and_so_is_one_with_its_proof_behind_it(
    sign: Callable[[bytes], bytes],
) -> None:
    one = sign(pdfs.plain_pdf())
    for original in (one, _updated(one, _add_dss), sign(pdfs.saved(pdfs.new_pdf(5), linearize=True))):
        assert accept("a.pdf", original).original == original


def _empty_field(pdf: Pdf, **value: object) -> None:
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("ttd"), **value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def _fake(content: object, **other: object) -> Callable[[Pdf], None]:
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=content, **other)
    return lambda pdf: _empty_field(pdf, V=value)


FAKE: dict[str, Callable[[Pdf], None]] = {
    "an empty field": _empty_field,
    "an empty value": lambda pdf: _empty_field(pdf, V=Dictionary()),
    "no bytes covered": _fake(String(b"\0" * 64)),
    "bytes that are none": _fake(String(b"\0" * 64), ByteRange=Array([0, 10, 20, 10])),
    "bytes beyond the end": _fake(String(b"\0" * 64), ByteRange=Array([0, 10, 20, 10**9])),
    "words for numbers": _fake(String(b"x"), ByteRange=Array([String("a")] * 4)),
}


@pytest.mark.parametrize("fake", FAKE)
def test_a_field_that_only_says_so_is_no_signature(fake: str) -> None:
    accepted = accept("a.pdf", pdfs.pdf_with(FAKE[fake])())
    assert accepted.original is None
    with pikepdf.open(io.BytesIO(accepted.payload)) as pdf:
        assert not [o for o in pdf.objects if isinstance(o, Dictionary) and "/ByteRange" in o]


def test_a_signed_file_that_was_changed_acts_or_hides_something_is_kept_as_our_copy_only(
    sign: Callable[[bytes], bytes],
) -> None:
    original = sign(pdfs.plain_pdf())
    black = original.replace(b"0 0 1 rg", b"0 0 0 rg", 1)
    assert black != original
    assert accept("a.pdf", black).original is None
    assert accept("a.pdf", _updated(original, _turn_page)).original is None
    assert accept("a.pdf", b"\n" + original).original is None
    for action in (open_action, page_aa, annotation_aa):
        assert accept("a.pdf", sign(pdfs.pdf_with(action)())).original is None, action


def _with_cms(original: bytes, change: Callable[[bytearray], None]) -> bytes:
    """The file with its signature's CMS changed in place."""
    hexed = re.search(rb"/Contents\s*<([0-9a-fA-F]+)>", original)
    assert hexed is not None
    raw = bytearray(bytes.fromhex(hexed[1].decode()))
    change(raw)
    new = raw.hex().encode()
    return (
        original[: hexed.start(1)]
        + (new if hexed[1].islower() or b"a" in hexed[1] else new.upper())
        + original[hexed.end(1) :]
    )


def _zero_signature(raw: bytearray) -> None:
    value = bytes(cms.ContentInfo.load(bytes(raw))["content"]["signer_infos"][0]["signature"].native)
    at = bytes(raw).rindex(value)
    raw[at : at + len(value)] = bytes(len(value))


def _other_attribute(raw: bytearray) -> None:
    """Another signing time, or whatever the signed attributes end with: the digest of the file stays."""
    attributes = cms.ContentInfo.load(bytes(raw))["content"]["signer_infos"][0]["signed_attrs"]
    other = next(a for a in attributes if a["type"].native not in {"message_digest", "content_type"}).dump()
    at = bytes(raw).index(other) + len(other) - 1
    raw[at] ^= 1


@pytest.mark.parametrize("change", [_zero_signature, _other_attribute], ids=["destroyed", "attribute changed"])
def test_a_signature_that_is_not_valid_proves_nothing(
    sign: Callable[[bytes], bytes], change: Callable[[bytearray], None]
) -> None:
    original = sign(pdfs.plain_pdf())
    assert accept("a.pdf", _with_cms(original, lambda _: None)).original is not None
    assert accept("a.pdf", _with_cms(original, change)).original is None


def test_a_script_in_an_earlier_revision_is_not_handed_on(sign: Callable[[bytes], bytes]) -> None:
    def bury(writer: object) -> None:
        from pyhanko.pdf_utils.generic import NameObject, NullObject

        writer.root[NameObject("/OpenAction")] = NullObject()  # type: ignore[attr-defined]
        writer.update_root()  # type: ignore[attr-defined]

    for earlier in (pdfs.open_action_js, open_action):
        original = sign(_updated(pdfs.pdf_with(earlier)(), bury))
        accepted = accept("a.pdf", original)
        assert accepted.original is None
        assert b"alert" not in accepted.payload
