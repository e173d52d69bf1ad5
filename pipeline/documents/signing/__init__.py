"""Signing a PDF: who may, how it can fail, and the check that every answer of every signer goes through.

The signers and the check load pyHanko and what it needs, 20 MB, when somebody signs; a page never does.
"""

from collections.abc import Sequence

from pipeline.documents.signing.protocol import (
    CertificateTroubled,
    OutcomeUnknown,
    ResultInvalid,
    Secret,
    ServiceTroubled,
    ServiceUnavailable,
    Signer,
    SigningBusy,
    TteRequest,
    TteResult,
    UserNotRegistered,
    WrongPassphrase,
)
from pipeline.errors import SigningFailed
from pipeline.settings import Settings

__all__ = [
    "CertificateTroubled",
    "OutcomeUnknown",
    "ResultInvalid",
    "Secret",
    "ServiceTroubled",
    "ServiceUnavailable",
    "Signer",
    "SigningBusy",
    "SigningFailed",
    "TteRequest",
    "TteResult",
    "UserNotRegistered",
    "WrongPassphrase",
    "signing_service",
    "trusted_roots",
]


def signing_service(settings: Settings) -> Signer:
    """The signer of this instance; whatever it returns has passed ``verify_result``."""
    from pipeline.documents.signing.verify import Checked

    if (b := settings.bsre) is not None:
        from pipeline.documents.signing.bsre import BsreSigner, read_config

        return Checked(BsreSigner(read_config(b.url, b.user, password=b.password, root=b.root, nik=b.nik)))
    from pipeline.documents.signing.local import LocalSigner

    return Checked(LocalSigner(settings.data / "tte"))


def trusted_roots(settings: Settings, provider: str) -> Sequence[bytes] | None:
    """The roots (DER) that a letter signed by this provider leads to; None where the instance does not have them."""
    from pipeline.documents.signing.local import LocalSigner

    signer = LocalSigner(settings.data / "tte") if provider == "lokal" else signing_service(settings)
    if signer.name != provider:
        return None
    try:
        return signer.root()
    except UserNotRegistered:
        return None
