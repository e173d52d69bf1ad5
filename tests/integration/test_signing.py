"""A signature is made, is what other programs call valid, and nothing else passes for it."""

import io
import pickle
import shutil
import stat
import subprocess
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from pipeline.documents.signing import (
    OutcomeUnknown,
    ResultInvalid,
    Secret,
    ServiceTroubled,
    ServiceUnavailable,
    SigningFailed,
    TteRequest,
    TteResult,
    UserNotRegistered,
    WrongPassphrase,
    signing_service,
)
from pipeline.documents.signing.bsre import BsreConfig, BsreSigner, read_config
from pipeline.documents.signing.local import LocalSigner, _derived, create_certificate
from pipeline.documents.signing.verify import Checked, inspect, verify_result
from pipeline.errors import DefinitionError
from pipeline.settings import settings
from tests.integration import fake_bsre
from tests.integration.fake_bsre import FakeBsre

PASSPHRASE = Secret("frasa sandi kepala dinas")
KADIS = "5f0c1d3e-0000-4000-8000-000000000001"


def blank_pdf(pages: int = 1) -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(610, 935))
    pdf.save(out)
    return out.getvalue()


PDF = blank_pdf()


@pytest.fixture(autouse=True)
def _database() -> None:
    """Nothing here needs one."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kantor") / "tte"
    create_certificate(folder, KADIS, "Dra. Hj. Siti Rahmah, M.AP.", PASSPHRASE)
    create_certificate(folder, "orang-lain", "Orang Lain", Secret("lain"))
    return folder


@pytest.fixture(scope="module")
def signer(folder: Path) -> Checked:
    return Checked(LocalSigner(folder))


@pytest.fixture(scope="module")
def signed(signer: Checked) -> bytes:
    return signer.sign(ask(), PASSPHRASE).pdf


def ask(official: str = KADIS, pdf: bytes = PDF) -> TteRequest:
    return TteRequest(id="sk-1", pdf=pdf, official=official, verification_url="https://izin.example/verifikasi/abc")


def test_the_sent_bytes_are_kept_and_the_certificate_is_the_officers(signer: Checked) -> None:
    result = signer.sign(ask(), PASSPHRASE)
    assert result.pdf.startswith(PDF)
    assert result.provider == "lokal"
    assert result.certificate_digest == signer.digest(KADIS)
    assert inspect(result.pdf, root=signer.root()).name == "Dra. Hj. Siti Rahmah, M.AP."


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_poppler_agrees(signed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sk.pdf"
    path.write_bytes(signed)
    out = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in out
    assert "Total document signed" in out
    assert "ETSI.CAdES.detached" in out


def test_a_wrong_passphrase_signs_nothing_and_leaks_nothing(signer: Checked) -> None:
    guess = "-".join(("bukan", "frasa", "saya"))  # so that no line of this file holds it
    with pytest.raises(WrongPassphrase) as refused:
        signer.sign(ask(), Secret(guess))
    assert guess not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("official", ["tidak-ada", "../tte/akar", "", "a/b"])
def test_nobody_signs_without_a_certificate(signer: Checked, official: str) -> None:
    with pytest.raises(UserNotRegistered):
        signer.sign(ask(official), PASSPHRASE)


def test_a_certificate_from_before_the_salt_still_signs(folder: Path, tmp_path: Path) -> None:
    """Its .p12 is opened by the frasa sandi itself."""
    old = tmp_path / "tte"
    shutil.copytree(folder, old)
    opened = pkcs12.load_pkcs12(
        (old / f"{KADIS}.p12").read_bytes(), _derived(PASSPHRASE, (old / f"{KADIS}.salt").read_bytes())
    )
    assert opened.key is not None
    assert opened.cert is not None
    (old / f"{KADIS}.salt").unlink()
    (old / f"{KADIS}.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"lama",
            opened.key,
            opened.cert.certificate,
            [c.certificate for c in opened.additional_certs],
            BestAvailableEncryption(PASSPHRASE.reveal().encode()),
        )
    )
    assert Checked(LocalSigner(old)).sign(ask(), PASSPHRASE).pdf.startswith(PDF)


def test_the_frasa_sandi_alone_opens_no_file(folder: Path) -> None:
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12((folder / f"{KADIS}.p12").read_bytes(), PASSPHRASE.reveal().encode())


def test_only_this_user_reads_the_keys(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secret = [p for p in folder.iterdir() if p.name != "kunci"]
    assert {stat.S_IMODE(p.stat().st_mode) for p in secret} == {0o600}


def test_many_threads_sign_at_once(signer: Checked) -> None:
    with ThreadPoolExecutor(8) as pool:
        result = list(pool.map(lambda _: signer.sign(ask(), PASSPHRASE), range(16)))
    assert {h.certificate_digest for h in result} == {signer.digest(KADIS)}


def test_two_certificates_at_once_share_one_root(tmp_path: Path) -> None:
    folder = tmp_path / "tte"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: create_certificate(folder, f"orang-{n}", "Nama", PASSPHRASE), range(6)))
    signer = Checked(LocalSigner(folder))
    for n in range(6):
        signer.sign(ask(f"orang-{n}"), PASSPHRASE)


def test_the_instance_signs_with_its_own_folder() -> None:
    assert signing_service(settings()).name == "lokal"


def flipped(signed: bytes) -> bytes:
    changed = bytearray(signed)
    changed[len(PDF) // 2] ^= 1
    return bytes(changed)


def broken_signature(signed: bytes) -> bytes:
    start = signed.index(b"/Contents <")
    at = start + len(signed[start : signed.index(b">", start)].rstrip(b"0")) - 20  # in the last field, the signature
    return signed[:at] + (b"0" if signed[at : at + 1] != b"0" else b"1") + signed[at + 1 :]


def page_appended(signed: bytes) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.writer import PageObject

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.insert_page(PageObject(contents=writer.add_object(_empty_stream()), media_box=(0, 0, 610, 935)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _empty_stream() -> object:
    from pyhanko.pdf_utils.generic import StreamObject

    return StreamObject(stream_data=b"")


def rewritten(signed: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(out)
    return out.getvalue()


TAMPERING: list[Callable[[bytes], bytes]] = [
    flipped,
    broken_signature,
    page_appended,
    rewritten,
    lambda _: PDF,
    lambda signed: signed + b"\ntambahan",
    lambda signed: signed[:-100],
    lambda signed: signed[: len(PDF)],
    lambda _: b"",
    lambda _: b"%PDF-1.7 bukan",
]


@pytest.mark.parametrize("tamper", TAMPERING)
def test_no_changed_document_passes(signer: Checked, signed: bytes, tamper: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ResultInvalid):
        verify_result(PDF, tamper(signed), root=signer.root(), digest=signer.digest(KADIS))


@pytest.mark.attack("E08")
def test_another_document_another_officer_and_another_root_are_refused(
    signer: Checked, signed: bytes, tmp_path: Path
) -> None:
    with pytest.raises(ResultInvalid, match="bukan dokumen yang dikirim"):
        verify_result(blank_pdf(2), signed, root=signer.root())
    with pytest.raises(ResultInvalid, match="orang lain"):
        verify_result(PDF, signed, root=signer.root(), digest=signer.digest("orang-lain"))
    create_certificate(tmp_path, KADIS, "Dra. Hj. Siti Rahmah, M.AP.", PASSPHRASE)
    with pytest.raises(ResultInvalid, match="penerbit"):
        inspect(signed, root=LocalSigner(tmp_path).root())


def test_a_passphrase_is_neither_shown_nor_stored() -> None:
    for shown in (repr(PASSPHRASE), str(PASSPHRASE), f"{PASSPHRASE}", repr([PASSPHRASE])):
        assert "kepala" not in shown
    with pytest.raises(TypeError, match="tidak boleh disimpan"):
        pickle.dumps(PASSPHRASE)


# BSrE


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FakeBsre]:
    with fake_bsre.running(tmp_path / "bsre") as server:
        server.other_pdf = blank_pdf(3)
        yield server


def bsre(service: FakeBsre, url: str = "", limit: float = 5.0) -> Checked:
    config = BsreConfig(
        url=url or service.url,
        user="dpmptsp",
        password="sandi-layanan",
        root=service.signer.root(),
        nik={KADIS: fake_bsre.NIK},
        limit_seconds=limit,
    )
    return Checked(BsreSigner(config))


def test_bsre_signs_what_was_sent(service: FakeBsre) -> None:
    result: TteResult = bsre(service).sign(ask(), Secret(fake_bsre.PASSPHRASE))
    assert result.provider == "bsre"
    assert result.pdf.startswith(PDF)
    assert result.certificate_digest == service.signer.digest("bsre")
    assert service.seen[0]["nik"] == fake_bsre.NIK
    assert str(service.seen[0]["auth"]).startswith("Basic ")


@pytest.mark.attack("E08")
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("2031", WrongPassphrase),
        ("200:2031", WrongPassphrase),
        ("2011", UserNotRegistered),
        ("9999", ServiceTroubled),
        ("500", ServiceTroubled),
        ("503", ServiceUnavailable),
        ("504", OutcomeUnknown),
        ("putus", OutcomeUnknown),
        ("lain", ResultInvalid),
        ("tanpa", ResultInvalid),
        ("rusak", ResultInvalid),
        ("kosong", ResultInvalid),
    ],
)
def test_every_failure_of_bsre_has_its_own_name(service: FakeBsre, mode: str, error: type[SigningFailed]) -> None:
    service.mode = mode
    with pytest.raises(error) as refused:
        bsre(service).sign(ask(), Secret(fake_bsre.PASSPHRASE))
    assert type(refused.value) is error
    assert fake_bsre.PASSPHRASE not in "".join(traceback.format_exception(refused.value))
    assert len(service.seen) == 1  # never tried again by itself


def test_silence_after_sending_is_an_unknown_outcome(service: FakeBsre) -> None:
    service.mode = "diam"
    with pytest.raises(OutcomeUnknown):
        bsre(service, limit=0.3).sign(ask(), Secret(fake_bsre.PASSPHRASE))


def test_no_service_means_nothing_was_sent(service: FakeBsre) -> None:
    with pytest.raises(ServiceUnavailable):
        bsre(service, url="http://127.0.0.1:9").sign(ask(), Secret(fake_bsre.PASSPHRASE))


def test_an_officer_without_a_nik_is_not_sent_at_all(service: FakeBsre) -> None:
    with pytest.raises(UserNotRegistered):
        bsre(service).sign(ask("orang-lain"), Secret(fake_bsre.PASSPHRASE))
    assert service.seen == []


def test_the_configuration_is_read_from_files(service: FakeBsre, tmp_path: Path) -> None:
    password, nik, root = tmp_path / "sandi", tmp_path / "nik.json", tmp_path / "bsre" / "akar.pem"
    password.write_text("rahasia\n")
    nik.write_text(f'{{"{KADIS}": "{fake_bsre.NIK}"}}')
    config = read_config(service.url, "dpmptsp", password=password, root=root, nik=nik)
    assert (config.password, config.nik) == ("rahasia", {KADIS: fake_bsre.NIK})
    assert "rahasia" not in repr(config)
    assert BsreSigner(config).ready(KADIS)
    with pytest.raises(DefinitionError, match="https"):
        read_config("http://bsre.example", "x", password=password, root=root, nik=nik)
    with pytest.raises(DefinitionError, match="JSON"):
        read_config(service.url, "x", password=password, root=root, nik=password)
    with pytest.raises(DefinitionError, match="tidak dapat dibaca"):
        read_config(service.url, "x", password=tmp_path / "tidak-ada", root=root, nik=nik)
