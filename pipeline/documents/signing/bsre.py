"""Signing through the BSrE eSign Client Service, version 2 of its REST interface, which runs on the office's network.

What the codes mean is kept in one table; the manual that comes with the office's contract decides.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pipeline.documents.signing.protocol import (
    OutcomeUnknown,
    ResultInvalid,
    Secret,
    ServiceTroubled,
    ServiceUnavailable,
    TteRequest,
    TteResult,
    UserNotRegistered,
    WrongPassphrase,
)
from pipeline.errors import DefinitionError, SigningFailed
from pipeline.settings.addresses import open_to_readers

_CODE: Mapping[int, type[SigningFailed]] = {
    2011: UserNotRegistered,
    2021: UserNotRegistered,
    2031: WrongPassphrase,
}
_MAX_ANSWER = 64 << 20  # bytes
# Before a request is on its way nothing can have been signed; after that, nobody knows.
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class BsreConfig:
    """How this office reaches the service."""

    url: str
    user: str
    password: str = field(repr=False)
    root: Sequence[bytes] = field(repr=False)  # BSrE's root certificates, DER
    nik: Mapping[str, str] = field(repr=False)  # person_id -> NIK of the officers who sign
    limit_seconds: float = 45.0
    incremental: bool = True


def read_config(url: str, user: str, *, password: Path, root: Path, nik: Path) -> BsreConfig:
    """Build the configuration from three files: the service's password, BSrE's roots (PEM), person_id -> NIK (JSON).

    Raises DefinitionError naming the file that is missing or wrong.
    """
    if open_to_readers(url):
        raise DefinitionError("Alamat layanan BSrE harus diawali https://, karena frasa sandi dikirim lewat sana.")
    try:
        listing: object = json.loads(_read(nik))
        certificate = x509.load_pem_x509_certificates(_read(root))
    except ValueError as error:
        raise DefinitionError(f"{root.name} harus berisi sertifikat PEM dan {nik.name} berisi JSON.") from error
    if not isinstance(listing, dict):
        raise DefinitionError(f"{nik.name} harus memasangkan id orang dengan NIK.")
    return BsreConfig(
        url=url,
        user=user,
        password=_read(password).decode().strip(),
        root=tuple(c.public_bytes(Encoding.DER) for c in certificate),
        nik={str(k): str(v) for k, v in listing.items()},
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{path.name} untuk BSrE tidak dapat dibaca.") from error


class BsreSigner:
    """Sends the PDF to the service; the frasa sandi goes with it and is kept nowhere."""

    name = "bsre"

    def __init__(self, config: BsreConfig, transport: httpx.BaseTransport | None = None) -> None:
        self._config = config
        self._transport = transport

    @property
    def incremental(self) -> bool:
        return self._config.incremental

    def root(self) -> Sequence[bytes]:
        return self._config.root

    def digest(self, official: str) -> str | None:
        return None  # the service renews certificates; its root and the NIK stand for the officer

    def sign(self, requests: TteRequest, password: Secret) -> TteResult:
        answer = self._post(
            "/api/v2/sign/pdf",
            {
                "nik": self._nik(requests.official),
                "passphrase": password.reveal(),
                "signatureProperties": [
                    {"tampilan": "INVISIBLE", "reason": requests.reason, "location": requests.location}
                ],
                "file": [base64.b64encode(requests.pdf).decode("ascii")],
            },
        )
        return TteResult(pdf=_signed_file(answer), provider=self.name, certificate_digest="")

    def ready(self, official: str) -> bool:
        """Whether the service has an active certificate for the officer. Raises what ``sign`` raises."""
        answer = self._post("/api/v2/user/check/status", {"nik": self._nik(official)})
        return _object(answer).get("status") == "ISSUE"

    def _nik(self, official: str) -> str:
        try:
            return self._config.nik[official]
        except KeyError:
            raise UserNotRegistered from None

    def _post(self, path: str, content: Mapping[str, object]) -> httpx.Response:
        c = self._config
        try:
            # trust_env: a proxy of the environment must never see a frasa sandi.
            with httpx.Client(
                base_url=c.url,
                auth=(c.user, c.password),
                timeout=c.limit_seconds,
                trust_env=False,
                transport=self._transport,
            ) as client:
                answer = client.post(path, json=content)
        except _NOTHING_SENT:
            raise ServiceUnavailable from None  # the original holds the request, and that the frasa sandi
        except httpx.HTTPError:
            raise OutcomeUnknown from None
        _refuse(answer)
        return answer


def _refuse(answer: httpx.Response) -> None:
    """Raise for an answer that says no."""
    if answer.is_success:
        return
    if answer.status_code in {502, 504}:  # a gateway gave up waiting for the service behind it
        raise OutcomeUnknown
    if answer.status_code == 503:
        raise ServiceUnavailable
    raise _CODE.get(_code(answer), ServiceTroubled)


def _code(answer: httpx.Response) -> int:
    try:
        content = _object(answer)
    except ResultInvalid:
        return 0
    code = content.get("status_code", content.get("code"))
    return code if isinstance(code, int) else 0


def _object(answer: httpx.Response) -> Mapping[str, object]:
    if len(answer.content) > _MAX_ANSWER:
        raise ResultInvalid
    try:
        content: object = answer.json()
    except ValueError:
        raise ResultInvalid from None
    if not isinstance(content, dict):
        raise ResultInvalid
    return content


def _signed_file(answer: httpx.Response) -> bytes:
    """The one file of the answer. An error may come with status 200, too."""
    content = _object(answer)
    if (code := _code(answer)) in _CODE:
        raise _CODE[code]
    berkas = content.get("file")
    if not isinstance(berkas, list) or len(berkas) != 1 or not isinstance(berkas[0], str):
        raise ResultInvalid
    try:
        return base64.b64decode(berkas[0], validate=True)
    except (binascii.Error, ValueError):
        raise ResultInvalid from None
