"""Production refuses what would leave it open, and no setting tells a secret by being printed."""

from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.settings import DEMO_SECRET, read_settings

KEY, LAMA = "k" * 40, "l" * 40
PRODUKSI = {
    "ALURIZIN_MODE": "production",
    "DATABASE_URL": "postgresql://alurizin:rahasia-basis@db/alurizin",
    "CELERY_BROKER_URL": "redis://:rahasia-broker@redis/0",
    "SECRET_KEY": KEY,
    "SECRET_KEY_FALLBACKS": LAMA,
    "BASE_URL": "https://izin.contoh.go.id",
    "TRUSTED_HOSTS": "izin.contoh.go.id, www.izin.contoh.go.id",
    "SMTP_URL": "smtp://u:rahasia-surel@mail:587",
    "MAIL_FROM": "a@contoh.go.id",
    "ALURIZIN_PESAN_URL": "jsons://rahasia-gerbang@pesan.contoh.go.id/kirim",
}


def test_printed_settings_tell_no_secret() -> None:
    tercetak = repr(read_settings(PRODUKSI))
    for rahasia in (KEY, LAMA, "rahasia"):
        assert rahasia not in tercetak


def test_hosts_are_read_with_or_without_spaces() -> None:
    assert read_settings(PRODUKSI).trusted_hosts == ("izin.contoh.go.id", "www.izin.contoh.go.id")


@pytest.mark.attack("H05")
@pytest.mark.parametrize(
    "ubah",
    [
        {"SECRET_KEY": "pendek"},
        {"SECRET_KEY": DEMO_SECRET},
        {"SECRET_KEY_FALLBACKS": f"{LAMA},{DEMO_SECRET}"},
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
def test_what_would_leave_it_open_is_refused_by_name(ubah: dict[str, str]) -> None:
    with pytest.raises(DefinitionError, match=next(iter(ubah))):
        read_settings({**PRODUKSI, **ubah})


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "kunci").write_text(f"{LAMA}\n")
    assert read_settings({**PRODUKSI, "SECRET_KEY_FILE": str(tmp_path / "kunci")}).secret_key == LAMA
    (tmp_path / "kunci").write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="SECRET_KEY_FILE"):
        read_settings({**PRODUKSI, "SECRET_KEY_FILE": str(tmp_path / "kunci")})
