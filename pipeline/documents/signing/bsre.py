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
    pengguna: str
    sandi: str = field(repr=False)
    akar: Sequence[bytes] = field(repr=False)  # BSrE's root certificates, DER
    nik: Mapping[str, str] = field(repr=False)  # person_id -> NIK of the officers who sign
    limit_seconds: float = 45.0
    incremental: bool = True


def read_config(url: str, pengguna: str, *, sandi: Path, akar: Path, nik: Path) -> BsreConfig:
    """Build the configuration from three files: the service's password, BSrE's roots (PEM), person_id -> NIK (JSON).

    Raises DefinitionError naming the file that is missing or wrong.
    """
    if not url.startswith("https://") and "://localhost" not in url and "://127.0.0.1" not in url:
        raise DefinitionError("Alamat layanan BSrE harus diawali https://, karena frasa sandi dikirim lewat sana.")
    try:
        daftar: object = json.loads(_read(nik))
        sertifikat = x509.load_pem_x509_certificates(_read(akar))
    except ValueError as salah:
        raise DefinitionError(f"{akar.name} harus berisi sertifikat PEM dan {nik.name} berisi JSON.") from salah
    if not isinstance(daftar, dict):
        raise DefinitionError(f"{nik.name} harus memasangkan id orang dengan NIK.")
    return BsreConfig(
        url=url,
        pengguna=pengguna,
        sandi=_read(sandi).decode().strip(),
        akar=tuple(c.public_bytes(Encoding.DER) for c in sertifikat),
        nik={str(k): str(v) for k, v in daftar.items()},
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as gagal:
        raise DefinitionError(f"{path.name} untuk BSrE tidak dapat dibaca.") from gagal


class BsreSigner:
    """Sends the PDF to the service; the frasa sandi goes with it and is kept nowhere."""

    nama = "bsre"

    def __init__(self, config: BsreConfig, transport: httpx.BaseTransport | None = None) -> None:
        self._config = config
        self._transport = transport

    @property
    def incremental(self) -> bool:
        return self._config.incremental

    def akar(self) -> Sequence[bytes]:
        return self._config.akar

    def sidik(self, pejabat: str) -> str | None:
        return None  # the service renews certificates; its root and the NIK stand for the officer

    def tanda_tangani(self, permintaan: TteRequest, sandi: Secret) -> TteResult:
        jawaban = self._post(
            "/api/v2/sign/pdf",
            {
                "nik": self._nik(permintaan.pejabat),
                "passphrase": sandi.reveal(),
                "signatureProperties": [
                    {"tampilan": "INVISIBLE", "reason": permintaan.alasan, "location": permintaan.lokasi}
                ],
                "file": [base64.b64encode(permintaan.pdf).decode("ascii")],
            },
        )
        return TteResult(pdf=_signed_file(jawaban), penyedia=self.nama, certificate_digest="")

    def ready(self, pejabat: str) -> bool:
        """Whether the service has an active certificate for the officer. Raises what ``tanda_tangani`` raises."""
        jawaban = self._post("/api/v2/user/check/status", {"nik": self._nik(pejabat)})
        return _object(jawaban).get("status") == "ISSUE"

    def _nik(self, pejabat: str) -> str:
        try:
            return self._config.nik[pejabat]
        except KeyError:
            raise UserNotRegistered from None

    def _post(self, path: str, isi: Mapping[str, object]) -> httpx.Response:
        c = self._config
        try:
            # trust_env: a proxy of the environment must never see a frasa sandi.
            with httpx.Client(
                base_url=c.url, auth=(c.pengguna, c.sandi), timeout=c.limit_seconds, trust_env=False,
                transport=self._transport,
            ) as client:  # fmt: skip
                jawaban = client.post(path, json=isi)
        except _NOTHING_SENT:
            raise ServiceUnavailable from None  # the original holds the request, and that the frasa sandi
        except httpx.HTTPError:
            raise OutcomeUnknown from None
        _refuse(jawaban)
        return jawaban


def _refuse(jawaban: httpx.Response) -> None:
    """Raise for an answer that says no."""
    if jawaban.is_success:
        return
    if jawaban.status_code in {502, 504}:  # a gateway gave up waiting for the service behind it
        raise OutcomeUnknown
    if jawaban.status_code == 503:
        raise ServiceUnavailable
    raise _CODE.get(_code(jawaban), ServiceTroubled)


def _code(jawaban: httpx.Response) -> int:
    try:
        isi = _object(jawaban)
    except ResultInvalid:
        return 0
    kode = isi.get("status_code", isi.get("code"))
    return kode if isinstance(kode, int) else 0


def _object(jawaban: httpx.Response) -> Mapping[str, object]:
    if len(jawaban.content) > _MAX_ANSWER:
        raise ResultInvalid
    try:
        isi: object = jawaban.json()
    except ValueError:
        raise ResultInvalid from None
    if not isinstance(isi, dict):
        raise ResultInvalid
    return isi


def _signed_file(jawaban: httpx.Response) -> bytes:
    """The one file of the answer. An error may come with status 200, too."""
    isi = _object(jawaban)
    if (kode := _code(jawaban)) in _CODE:
        raise _CODE[kode]
    berkas = isi.get("file")
    if not isinstance(berkas, list) or len(berkas) != 1 or not isinstance(berkas[0], str):
        raise ResultInvalid
    try:
        return base64.b64decode(berkas[0], validate=True)
    except (binascii.Error, ValueError):
        raise ResultInvalid from None
