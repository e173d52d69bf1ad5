"""Signing with certificates this application makes itself: for the demo and for tests. Every document says so.

Folder: ``akar.pem`` and its key; for each officer ``<person_id>.pem`` and, under a passphrase, ``<person_id>.p12``.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.clock import real_now
from pipeline.documents.signing.protocol import (
    CertificateTroubled,
    Secret,
    TteRequest,
    TteResult,
    UserNotRegistered,
    WrongPassphrase,
)

BERLAKU = timedelta(days=5 * 365)
_ORGANIZATION = "AlurIzin - sertifikat uji lokal"
_KDF_ROUNDS = 200_000  # the .p12 may be copied; guessing its frasa sandi should cost something


class LocalSigner:
    """Signs with the .p12 of the officer: PAdES B-B, certified, nothing may change after it, no visible stamp."""

    nama = "lokal"
    incremental = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def akar(self) -> Sequence[bytes]:
        return (_der(self._folder / "akar.pem"),)

    def sidik(self, pejabat: str) -> str | None:
        return hashlib.sha256(_der(_path(self._folder, pejabat, "pem"))).hexdigest()

    def tanda_tangani(self, permintaan: TteRequest, sandi: Secret) -> TteResult:
        signer = _signer(_path(self._folder, permintaan.pejabat, "p12"), sandi)
        metadata = signers.PdfSignatureMetadata(
            field_name="TTE",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=permintaan.alasan,
            location=permintaan.lokasi,
        )
        hasil = io.BytesIO()
        try:
            pdf = IncrementalPdfFileWriter(io.BytesIO(permintaan.pdf))
            signers.PdfSigner(metadata, signer).sign_pdf(pdf, output=hasil)
        except (SigningError, PdfError) as gagal:
            raise CertificateTroubled from gagal
        return TteResult(pdf=hasil.getvalue(), penyedia=self.nama, certificate_digest="")


def create_certificate(folder: Path, person_id: str, nama: str, sandi: Secret) -> None:
    """Make (or replace) the certificate of an officer, and the root on first use.

    The machine's own clock dates it, whatever the office clock says: signatures are judged by the former.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with _locked(folder):
        akar, root_key = _root(folder)
        kunci = ec.generate_private_key(ec.SECP256R1())
        sertifikat = _certificate(nama, kunci, akar.subject, root_key)
        _write(_path(folder, person_id, "p12"), _p12(nama, kunci, sertifikat, akar, sandi))
        _write(_path(folder, person_id, "pem"), sertifikat.public_bytes(serialization.Encoding.PEM))


def _p12(
    nama: str, kunci: ec.EllipticCurvePrivateKey, sertifikat: x509.Certificate, akar: x509.Certificate, sandi: Secret
) -> bytes:
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_KDF_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(sandi.reveal().encode())
    )
    return pkcs12.serialize_key_and_certificates(nama.encode(), kunci, sertifikat, [akar], encryption)


def _signer(path: Path, sandi: Secret) -> signers.SimpleSigner:
    try:
        kunci, sertifikat, lain = pkcs12.load_key_and_certificates(path.read_bytes(), sandi.reveal().encode())
    except FileNotFoundError:
        raise UserNotRegistered from None
    except ValueError:
        raise WrongPassphrase from None  # the original would carry nothing but the path
    if kunci is None or sertifikat is None:
        raise CertificateTroubled
    der = kunci.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    rantai = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # typed package, bare __init__
    rantai.register_multiple([_asn1(c) for c in lain])
    return signers.SimpleSigner(_asn1(sertifikat), keys.PrivateKeyInfo.load(der), rantai)


def _root(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The root of this instance, made on first use."""
    path, key_path = folder / "akar.pem", folder / "akar.kunci"
    if not path.exists():
        kunci = ec.generate_private_key(ec.SECP256R1())
        _write(
            key_path,
            kunci.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        sertifikat = _certificate("Akar uji lokal", kunci, None, kunci)
        _write(path, sertifikat.public_bytes(serialization.Encoding.PEM))
    root_key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise CertificateTroubled
    return x509.load_pem_x509_certificate(path.read_bytes()), root_key


def _certificate(
    nama: str,
    kunci: ec.EllipticCurvePrivateKey,
    penerbit: x509.Name | None,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A certificate for ``kunci``; without ``penerbit`` a root that issues others."""
    akar = penerbit is None
    of_subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, nama[:64]),  # the standard's limit
        ]
    )
    mulai = real_now() - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(of_subject)
        .issuer_name(penerbit or of_subject)
        .public_key(kunci.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(mulai)
        .not_valid_after(mulai + BERLAKU)
        .add_extension(x509.BasicConstraints(ca=akar, path_length=0 if akar else None), critical=True)
        .add_extension(_usage(akar), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(kunci.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _usage(akar: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not akar,
        content_commitment=not akar,
        key_cert_sign=akar,
        crl_sign=akar,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _asn1(sertifikat: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(sertifikat.public_bytes(serialization.Encoding.DER))


def _der(path: Path) -> bytes:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)
    except FileNotFoundError:
        raise UserNotRegistered from None


def _path(folder: Path, person_id: str, akhiran: str) -> Path:
    """The file of an officer; an id that could lead elsewhere is nobody's."""
    if not person_id.replace("-", "").isalnum() or not person_id.isascii():
        raise UserNotRegistered
    return folder / f"{person_id}.{akhiran}"


def _write(path: Path, isi: bytes) -> None:
    """Readable by this user alone from its first byte on, and whole or not there."""
    baru = path.with_name(f"{path.name}.baru")
    baru.unlink(missing_ok=True)
    with os.fdopen(os.open(baru, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as berkas:
        berkas.write(isi)
    baru.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two processes at once would make two roots."""
    with (folder / "kunci").open("wb") as berkas:
        fcntl.flock(berkas, fcntl.LOCK_EX)
        yield
