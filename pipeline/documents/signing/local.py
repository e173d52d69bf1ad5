"""Signing with certificates this application makes itself: for the demo and for tests. Every document says so.

Folder: ``akar.pem`` and its key; for each officer ``<person_id>.pem`` and, under a passphrase, ``<person_id>.p12``.
What opens the .p12 is derived from the passphrase and ``<person_id>.salt`` by hashlib, which lets the other threads of
the web go on meanwhile; the .p12's own derivation would stop them all (measured: for its whole 44 ms).
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

IN_FORCE = timedelta(days=5 * 365)
_ORGANIZATION = "AlurIzin - sertifikat uji lokal"
_KDF_ROUNDS = 200_000  # the files may be copied; guessing the frasa sandi should cost something


class LocalSigner:
    """Signs with the .p12 of the officer: PAdES B-B, certified, nothing may change after it, no visible stamp."""

    name = "lokal"
    incremental = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def root(self) -> Sequence[bytes]:
        return (_der(self._folder / "akar.pem"),)

    def digest(self, official: str) -> str | None:
        return hashlib.sha256(_der(_path(self._folder, official, "pem"))).hexdigest()

    def knows(self, official: str) -> bool:
        """Whether this person has a certificate."""
        try:
            return self.digest(official) is not None
        except UserNotRegistered:
            return False

    def sign(self, requests: TteRequest, password: Secret) -> TteResult:
        signer = _signer(_path(self._folder, requests.official, "p12"), password)
        metadata = signers.PdfSignatureMetadata(
            field_name="TTE",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=requests.reason,
            location=requests.location,
        )
        result = io.BytesIO()
        try:
            pdf = IncrementalPdfFileWriter(io.BytesIO(requests.pdf))
            signers.PdfSigner(metadata, signer).sign_pdf(pdf, output=result)
        except (SigningError, PdfError) as error:
            raise CertificateTroubled from error
        return TteResult(pdf=result.getvalue(), provider=self.name, certificate_digest="")


def create_certificate(folder: Path, person_id: str, name: str, password: Secret) -> None:
    """Make (or replace) the certificate of an officer, and the root on first use.

    The machine's own clock dates it, whatever the office clock says: signatures are judged by the former.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with _locked(folder):
        root, root_key = _root(folder)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, root.subject, root_key)
        salt = os.urandom(16)
        _write(_path(folder, person_id, "salt"), salt)
        _write(_path(folder, person_id, "p12"), _p12(name, key, certificate, root, _derived(password, salt)))
        _write(_path(folder, person_id, "pem"), certificate.public_bytes(serialization.Encoding.PEM))


def _p12(
    name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, root: x509.Certificate, password: bytes
) -> bytes:
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1)  # the password is derived already
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password)
    )
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [root], encryption)


def _derived(password: Secret, salt: bytes) -> bytes:
    """What opens a .p12, as hex digits: without the interpreter's lock, so that no other thread waits."""
    return hashlib.pbkdf2_hmac("sha256", password.reveal().encode(), salt, _KDF_ROUNDS).hex().encode()


def opens(path: Path, password: Secret) -> bytes:
    """The password of a .p12; of one that was made before there was a salt, the frasa sandi itself."""
    try:
        return _derived(password, path.with_suffix(".salt").read_bytes())
    except FileNotFoundError:
        return password.reveal().encode()


def _signer(path: Path, password: Secret) -> signers.SimpleSigner:
    try:
        key, certificate, other = pkcs12.load_key_and_certificates(path.read_bytes(), opens(path, password))
    except FileNotFoundError:
        raise UserNotRegistered from None
    except ValueError:
        raise WrongPassphrase from None  # the original would carry nothing but the path
    if key is None or certificate is None:
        raise CertificateTroubled
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # typed package, bare __init__
    chain.register_multiple([_asn1(c) for c in other])
    return signers.SimpleSigner(_asn1(certificate), keys.PrivateKeyInfo.load(der), chain)


def _root(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The root of this instance, made on first use."""
    path, key_path = folder / "akar.pem", folder / "akar.kunci"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(
            key_path,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        certificate = _certificate("Akar uji lokal", key, None, key)
        _write(path, certificate.public_bytes(serialization.Encoding.PEM))
    root_key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise CertificateTroubled
    return x509.load_pem_x509_certificate(path.read_bytes()), root_key


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A certificate for ``key``; without ``issuer`` a root that issues others."""
    root = issuer is None
    of_subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),  # the standard's limit
        ]
    )
    start = real_now() - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(of_subject)
        .issuer_name(issuer or of_subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + IN_FORCE)
        .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
        .add_extension(_usage(root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _usage(root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root,
        key_cert_sign=root,
        crl_sign=root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _der(path: Path) -> bytes:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)
    except FileNotFoundError:
        raise UserNotRegistered from None


def _path(folder: Path, person_id: str, suffix: str) -> Path:
    """The file of an officer; an id that could lead elsewhere is nobody's."""
    if not person_id.replace("-", "").isalnum() or not person_id.isascii():
        raise UserNotRegistered
    return folder / f"{person_id}.{suffix}"


def _write(path: Path, content: bytes) -> None:
    """Readable by this user alone from its first byte on, and whole or not there."""
    new = path.with_name(f"{path.name}.baru")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as berkas:
        berkas.write(content)
    new.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two processes at once would make two roots."""
    with (folder / "kunci").open("wb") as berkas:
        fcntl.flock(berkas, fcntl.LOCK_EX)
        yield
