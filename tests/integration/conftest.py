"""An office with a certificate for its Kepala Dinas."""

import pytest
from sqlalchemy import Engine

from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.settings import settings
from tests.desks import KEPALA_DINAS
from tests.factories import office
from tests.integration.running_broker import broker, client, worker  # noqa: F401 - fixtures

PASSPHRASE = "frasa-uji-2026"


@pytest.fixture(autouse=True)
def _database(db: Engine) -> None:
    """Everything here needs one."""


@pytest.fixture
def kantor(db: Engine) -> dict[Peran, Petugas]:
    """One officer per desk; the Kepala Dinas can sign with FRASA."""
    desks = office()
    signer = desks[KEPALA_DINAS].person_id
    create_certificate(settings().data / "tte", str(signer), "Petugas Kepala Dinas", Secret(PASSPHRASE))
    return desks
