"""Environment -> one frozen Settings. The only reader of ``os.environ`` for settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DefinitionError

E = TypeVar("E", bound=StrEnum)
ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class MesinPdf(StrEnum):
    """What turns a docx into a PDF."""

    OTOMATIS = "otomatis"
    LIBREOFFICE = "libreoffice"
    SEDERHANA = "sederhana"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process needs to know about where it runs."""

    data: Path  # documents, certificates, embedded servers, logs of this instance
    mode: Mode
    port: int
    database_url: str  # SQLAlchemy, postgresql+psycopg://
    broker_url: str  # redis://… or redis+socket://…
    base_url: str  # what links in QR codes and notices begin with; no trailing slash
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    behind_proxy: bool
    mesin_pdf: MesinPdf

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def flower_port(self) -> int:
        return self.port + 1


def read_settings(env: Mapping[str, str]) -> Settings:
    """Build Settings from an environment.

    Raises DefinitionError with the name of the variable and what to do when one is missing or wrong.
    """
    data = Path(env.get("ALURIZIN_DATA") or ROOT / "var").resolve()
    mode = _one_of(Mode, env.get("ALURIZIN_MODE", "demo"), "ALURIZIN_MODE")
    port = _port(env.get("ALURIZIN_PORT", "8000"))
    settings = Settings(
        data=data,
        mode=mode,
        port=port,
        database_url=_database_url(_need(env, "DATABASE_URL")),
        broker_url=_need(env, "CELERY_BROKER_URL"),
        base_url=env.get("BASE_URL", f"http://localhost:{port}").rstrip("/"),
        secret_key=_secret(env, mode),
        secret_key_fallbacks=tuple(filter(None, env.get("SECRET_KEY_FALLBACKS", "").split(","))),
        trusted_hosts=tuple(filter(None, env.get("TRUSTED_HOSTS", "localhost,127.0.0.1").split(","))),
        behind_proxy=env.get("PROXY", "") == "1",
        mesin_pdf=_one_of(MesinPdf, env.get("ALURIZIN_MESIN_PDF", "otomatis"), "ALURIZIN_MESIN_PDF"),
    )
    if mode is Mode.PRODUCTION:
        _check_production(settings, env)
    return settings


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(os.environ)


def _need(env: Mapping[str, str], name: str) -> str:
    if value := env.get(name):
        return value
    raise DefinitionError(f"{name} belum diatur. `make run` mengaturnya sendiri; di produksi isi lewat lingkungan.")


def _database_url(url: str) -> str:
    """Accept the usual spellings and name the driver we ship."""
    scheme, sep, rest = url.partition("://")
    if not sep or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise DefinitionError("DATABASE_URL harus menunjuk PostgreSQL, mis. postgresql://pengguna@host/alurizin.")
    return f"postgresql+psycopg://{rest}"


def _secret(env: Mapping[str, str], mode: Mode) -> str:
    """The key from SECRET_KEY or from the file named by SECRET_KEY_FILE; the demo has one of its own."""
    if path := env.get("SECRET_KEY_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    if value := env.get("SECRET_KEY"):
        return value
    if mode is Mode.DEMO:
        return DEMO_SECRET
    raise DefinitionError("SECRET_KEY atau SECRET_KEY_FILE wajib diatur pada ALURIZIN_MODE=production.")


DEMO_SECRET = "kunci-demo-bukan-untuk-produksi"  # noqa: S105 - refused in production


def _check_production(s: Settings, env: Mapping[str, str]) -> None:
    if s.secret_key == DEMO_SECRET or len(s.secret_key) < 32:
        raise DefinitionError("SECRET_KEY produksi harus acak dan paling sedikit 32 huruf.")
    if not s.base_url.startswith("https://"):
        raise DefinitionError("BASE_URL produksi harus diawali https://.")
    if env.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise DefinitionError("FLASK_DEBUG tidak boleh menyala pada ALURIZIN_MODE=production.")
    if "TRUSTED_HOSTS" not in env:
        raise DefinitionError("TRUSTED_HOSTS wajib diatur pada ALURIZIN_MODE=production.")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65535:
        return int(text)
    raise DefinitionError(f"ALURIZIN_PORT harus bilangan 1-65534, bukan {text!r}.")


def _one_of(kind: type[E], text: str, name: str) -> E:
    try:
        return kind(text)
    except ValueError:
        raise DefinitionError(f"{name} harus salah satu dari {', '.join(kind)}; sekarang {text!r}.") from None
