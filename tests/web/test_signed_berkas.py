"""A document that came with an electronic signature: the copy to read makes no false claim, the original proves it."""

import io

import pikepdf
import pytest

from pipeline.documents.signing import Secret, TteRequest
from pipeline.documents.signing.local import LocalSigner, create_certificate
from pipeline.documents.signing.verify import inspect
from pipeline.services.applicant.submit import submit
from pipeline.services.records.verify.whole import verify_all
from pipeline.uploads import accept
from tests.corpus_pdfs import plain_pdf
from tests.desks import DINAS_TEKNIS, SEKRETARIS
from tests.factories import WEDNESDAY, add_berkas, bring_to, filled_in, person
from tests.web.desk import Berkas, Kantor, make_kantor  # noqa: F401 - the fixture kantor

NOTARY, PASSPHRASE = "notaris", Secret("frasa-uji-2026")


@pytest.fixture(scope="module")
def notary(tmp_path_factory: pytest.TempPathFactory) -> LocalSigner:
    folder = tmp_path_factory.mktemp("notaris")
    create_certificate(folder, NOTARY, "Notaris Uji", PASSPHRASE)
    return LocalSigner(folder)


@pytest.fixture(scope="module")
def signed(notary: LocalSigner) -> bytes:
    return notary.sign(TteRequest(id="1", pdf=plain_pdf(), official=NOTARY, verification_url=""), PASSPHRASE).pdf


def test_the_copy_carries_no_broken_signature_and_the_original_is_handed_on(signed: bytes) -> None:
    accepted = accept("akta.pdf", signed)
    assert accepted.original == signed
    with pikepdf.open(io.BytesIO(accepted.payload)) as pdf:
        assert not [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/ByteRange" in o]
        assert "/Perms" not in pdf.Root
    assert accept("akta.pdf", plain_pdf()).original is None


def test_an_officer_gets_the_original_and_nobody_else(kantor: Kantor, notary: LocalSigner, signed: bytes) -> None:
    pemohon = person()
    permohonan_id = filled_in(pemohon)
    berkas_id = add_berkas(permohonan_id, "AKTA", "akta.pdf", signed, actor=pemohon, now=WEDNESDAY)
    submit(permohonan_id, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    bring_to(permohonan_id, "rekomendasi", kantor.person)
    page = kantor[DINAS_TEKNIS].open_page(Berkas(permohonan_id).address).text
    address = f"/petugas/berkas/{berkas_id}/asli"
    assert page.count("bertanda tangan elektronik") == 1
    assert address in page
    answer = kantor[DINAS_TEKNIS].open_page(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert inspect(answer.data, root=notary.root()).name == "Notaris Uji"
    assert kantor[SEKRETARIS].open_page(address).status_code == 404
    assert verify_all()[1] == []


def test_of_a_plain_document_there_is_no_original(kantor: Kantor) -> None:
    file = kantor.carry("rekomendasi")
    page = kantor[DINAS_TEKNIS].open_page(file.address).text
    assert "bertanda tangan elektronik" not in page
    assert "/asli" not in page
