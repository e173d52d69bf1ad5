"""Production refuses what would leave it open, and no setting tells a secret by being printed."""

from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.settings import DEMO_SECRET, read_settings

KEY, OLD = "k" * 40, "l" * 40
PRODUCTION = {
    "ALURIZIN_MODE": "production",
    "DATABASE_URL": "postgresql://alurizin:rahasia-basis@db/alurizin",
    "CELERY_BROKER_URL": "redis://:rahasia-broker@redis/0",
    "SECRET_KEY": KEY,
    "SECRET_KEY_FALLBACKS": OLD,
    "BASE_URL": "https://izin.contoh.go.id",
    "TRUSTED_HOSTS": "izin.contoh.go.id, www.izin.contoh.go.id",
    "SMTP_URL": "smtp://u:rahasia-surel@mail:587",
    "MAIL_FROM": "a@contoh.go.id",
    "ALURIZIN_PESAN_URL": "jsons://rahasia-gerbang@pesan.contoh.go.id/kirim",
}


def test_printed_settings_tell_no_secret() -> None:
    printed = repr(read_settings(PRODUCTION))
    for secret in (KEY, OLD, "rahasia"):
        assert secret not in printed


def test_hosts_are_read_with_or_without_spaces() -> None:
    assert read_settings(PRODUCTION).trusted_hosts == ("izin.contoh.go.id", "www.izin.contoh.go.id")


@pytest.mark.attack("H05")
@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": "pendek"},
        {"SECRET_KEY": DEMO_SECRET},
        {"SECRET_KEY_FALLBACKS": f"{OLD},{DEMO_SECRET}"},
        {"SECRET_KEY_FALLBACKS": "pendek"},
        {"SECRET_KEY_FILE": "/tiada/kunci"},
        {"SMTP_PASSWORD_FILE": "/tiada/sandi"},
        {"BASE_URL": "http://izin.contoh.go.id"},
        {"FLASK_DEBUG": "1"},
        {"TRUSTED_HOSTS": ""},
        {"TRUSTED_HOSTS": " , "},
    ],
    ids=lambda u: "-".join(u),
)
def test_what_would_leave_it_open_is_refused_by_name(change: dict[str, str]) -> None:
    with pytest.raises(DefinitionError, match=next(iter(change))):
        read_settings({**PRODUCTION, **change})


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "kunci").write_text(f"{OLD}\n")
    assert read_settings({**PRODUCTION, "SECRET_KEY_FILE": str(tmp_path / "kunci")}).secret_key == OLD
    (tmp_path / "kunci").write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="SECRET_KEY_FILE"):
        read_settings({**PRODUCTION, "SECRET_KEY_FILE": str(tmp_path / "kunci")})
