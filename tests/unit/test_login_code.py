"""The code of an app, without a database: which half minutes count, how it is typed, how it is kept."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from pipeline.errors import DefinitionError
from pipeline.kantor.locked import lock, unlock
from pipeline.rules.login_code import app_address, digits_of, in_groups, matching_step
from pipeline.settings import read_settings
from tests.unit.test_settings import PRODUCTION

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 25, 1, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
DEMO = {"DATABASE_URL": "postgresql://x@/y", "CELERY_BROKER_URL": "redis://x"}


@pytest.mark.parametrize(("steps", "found"), [(-2, None), (-1, STEP - 1), (0, STEP), (1, STEP + 1), (2, None)])
def test_a_code_of_this_half_minute_or_one_beside_it(steps: int, found: int | None) -> None:
    assert matching_step(SECRET, pyotp.TOTP(SECRET).generate_otp(STEP + steps), NOW) == found


def test_a_code_of_another_app_or_none_at_all() -> None:
    for code in (pyotp.TOTP(pyotp.random_base32()).at(NOW + timedelta(days=1)), "", "12345", "1234567"):
        assert matching_step(SECRET, code, NOW) is None


def test_a_code_is_read_however_it_is_spaced() -> None:
    assert digits_of(" 123 456 ") == "123456"
    assert digits_of("1234-5678-9012") == "123456789012"
    assert digits_of("١٢٣") == "", "digits of other scripts are none"
    assert in_groups("123456789012") == "1234 5678 9012"


def test_the_picture_says_whose_code_it_is() -> None:
    address = app_address(SECRET, "kadis@kota.go.id", "Perizinan Kota Banjarbaru")
    assert address.startswith("otpauth://totp/Perizinan%20Kota%20Banjarbaru:kadis%40kota.go.id?")
    assert f"secret={SECRET}" in address


class TestLocked:
    def test_it_opens_for_its_purpose_and_owner_alone(self) -> None:
        kept = lock("uji", "orang 1", SECRET)
        assert SECRET.encode() not in kept
        assert unlock("uji", "orang 1", kept) == SECRET
        assert unlock("uji", "orang 2", kept) is None
        assert unlock("lain", "orang 1", kept) is None
        assert lock("uji", "orang 1", SECRET) != kept

    @pytest.mark.parametrize("broken", [b"", b"x", bytes(12), bytes(64)])
    def test_what_is_no_secret_opens_to_nothing(self, broken: bytes) -> None:
        assert unlock("uji", "orang 1", broken) is None

    @pytest.mark.attack("H06")
    def test_under_a_new_key_the_old_one_still_opens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = read_settings({**DEMO, "SECRET_KEY": "kunci lama"})
        new = read_settings({**DEMO, "SECRET_KEY": "kunci baru", "SECRET_KEY_FALLBACKS": "kunci lama"})
        monkeypatch.setattr("pipeline.kantor.locked.settings", lambda: old)
        kept = lock("uji", "orang 1", SECRET)
        monkeypatch.setattr("pipeline.kantor.locked.settings", lambda: new)
        assert unlock("uji", "orang 1", kept) == SECRET


class TestDemanded:
    def test_always_in_production_and_in_a_demo_when_it_is_told_to(self) -> None:
        assert read_settings(PRODUCTION).code_required
        assert not read_settings(DEMO).code_required
        assert read_settings({**DEMO, "ALURIZIN_KODE_MASUK": "wajib"}).code_required

    @pytest.mark.parametrize(
        "env", [{**PRODUCTION, "ALURIZIN_KODE_MASUK": "sukarela"}, {**DEMO, "ALURIZIN_KODE_MASUK": "ya"}]
    )
    def test_production_does_not_start_without(self, env: dict[str, str]) -> None:
        with pytest.raises(DefinitionError, match="ALURIZIN_KODE_MASUK"):
            read_settings(env)
