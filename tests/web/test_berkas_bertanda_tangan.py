"""A document that came with an electronic signature: the copy to read makes no false claim, the original proves it."""

import io

import pikepdf
import pytest

from pipeline.documents.signing import Secret, TteRequest
from pipeline.documents.signing.local import LocalSigner, create_certificate
from pipeline.documents.signing.verify import inspect
from pipeline.roles import Peran
from pipeline.services.applicant.form import add_berkas
from pipeline.services.applicant.submit import submit
from pipeline.services.records.verify.whole import verify_all
from pipeline.uploads import accept
from tests.corpus_pdfs import plain_pdf
from tests.factories import RABU, bring_to, filled_in, person
from tests.web.meja import Berkas, Kantor, make_kantor  # noqa: F401 - the fixture kantor

NOTARY, PASSPHRASE = "notaris", Secret("frasa-uji-2026")


@pytest.fixture(scope="module")
def notaris(tmp_path_factory: pytest.TempPathFactory) -> LocalSigner:
    folder = tmp_path_factory.mktemp("notaris")
    create_certificate(folder, NOTARY, "Notaris Uji", PASSPHRASE)
    return LocalSigner(folder)


@pytest.fixture(scope="module")
def signed(notaris: LocalSigner) -> bytes:
    return notaris.tanda_tangani(TteRequest(id="1", pdf=plain_pdf(), pejabat=NOTARY, url_verifikasi=""), PASSPHRASE).pdf


def test_the_copy_carries_no_broken_signature_and_the_original_is_handed_on(signed: bytes) -> None:
    diterima = accept("akta.pdf", signed)
    assert diterima.asli == signed
    with pikepdf.open(io.BytesIO(diterima.payload)) as pdf:
        assert not [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/ByteRange" in o]
        assert "/Perms" not in pdf.Root
    assert accept("akta.pdf", plain_pdf()).asli is None


def test_an_officer_gets_the_original_and_nobody_else(kantor: Kantor, notaris: LocalSigner, signed: bytes) -> None:
    pemohon = person()
    permohonan_id = filled_in(pemohon)
    berkas_id = add_berkas(permohonan_id, "AKTA", "akta.pdf", signed, oleh=pemohon, now=RABU)
    submit(permohonan_id, oleh=pemohon, privacy_version="1", now=RABU)
    bring_to(permohonan_id, "rekomendasi", kantor.orang)
    halaman = kantor[Peran.DINAS_TEKNIS].buka(Berkas(permohonan_id).alamat).text
    alamat = f"/petugas/berkas/{berkas_id}/asli"
    assert halaman.count("bertanda tangan elektronik") == 1
    assert alamat in halaman
    jawaban = kantor[Peran.DINAS_TEKNIS].buka(alamat)
    assert jawaban.headers["Content-Disposition"].startswith("attachment")
    assert inspect(jawaban.data, akar=notaris.akar()).nama == "Notaris Uji"
    assert kantor[Peran.SEKRETARIS].buka(alamat).status_code == 404
    assert verify_all()[1] == []


def test_of_a_plain_document_there_is_no_original(kantor: Kantor) -> None:
    file = kantor.bawa("rekomendasi")
    halaman = kantor[Peran.DINAS_TEKNIS].buka(file.alamat).text
    assert "bertanda tangan elektronik" not in halaman
    assert "/asli" not in halaman
