"""Domain error -> HTTP status, in this one place: for a page of its own, and for a form drawn again."""

from pipeline import errors
from pipeline.documents.signing import WrongPassphrase
from pipeline.storage import StorageFull
from pipeline.uploads import ScannerNotReady
from pipeline.uploads.refusals import BerkasRefused, BerkasTooLarge

STATUS: tuple[tuple[type[errors.AlurIzinError], int], ...] = (
    (errors.SessionEnded, 401),
    (errors.BerkasDamaged, 410),
    (errors.BerkasErased, 410),
    (errors.NotFound, 404),
    (errors.NotAuthorised, 403),
    (errors.SamePerson, 403),
    (errors.DecisionRefused, 409),
    (errors.InputInvalid, 422),
    (BerkasTooLarge, 413),
    (BerkasRefused, 422),
    (errors.TooOften, 429),
    (errors.DocumentFailed, 503),
    (StorageFull, 503),
    (errors.OfficeKeyLacking, 503),
    (ScannerNotReady, 503),
    (WrongPassphrase, 422),  # its owner's to put right, like a password
    (errors.SigningFailed, 503),
)


def status_of(error: errors.AlurIzinError) -> int:
    """The status of a refusal; 500 for one that nobody foresaw."""
    return next((code for kind, code in STATUS if isinstance(error, kind)), 500)
