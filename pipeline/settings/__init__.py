"""Environment -> one frozen Settings. The only reader of ``os.environ`` for settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline.errors import DefinitionError
from pipeline.settings.addresses import is_near, read_broker
from pipeline.settings.database import read_database
from pipeline.settings.keys import read_token
from pipeline.settings.numbers import read_hops, read_port
from pipeline.settings.production import private_hosts, production_problems

E = TypeVar("E", bound=StrEnum)
ROOT = Path(__file__).resolve().parents[2]


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class PdfEngine(StrEnum):
    """What turns a docx into a PDF."""

    OTOMATIS = "otomatis"
    LIBREOFFICE = "libreoffice"
    SEDERHANA = "sederhana"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server that carries notices, and who they come from."""

    host: str
    port: int
    tls: bool  # from the first byte (smtps://); otherwise STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str  # From, with or without a name
    reply_to: str = ""  # Reply-To
    tls_required: bool = False  # no letter leaves before STARTTLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bsre:
    """BSrE's client service, and the files it is used with."""

    url: str
    user: str
    password: Path  # the service's password
    root: Path  # roots the signatures must lead to, PEM
    nik: Path  # JSON: person_id -> NIK of each signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the office's own files lie; known before any server is."""

    data: Path
    kantor: Path  # where there is none, the one that ships with the code holds
    sop: Path  # folder of the SOPs the office adds
    templat: Path  # folder of its Word files; one of the same name goes before ours
    office_key: Path  # file of the key that wraps the keys of documents
    key_command: str = ""  # wraps and unwraps that key; "": it lies in its file as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process needs to know about where it runs."""

    data: Path  # documents, certificates, embedded servers, logs of this instance
    mode: Mode
    port: int
    database_url: str = field(repr=False)  # SQLAlchemy, postgresql+psycopg://
    owner_url: str = field(default="", repr=False)  # of who owns the tables, to migrate them; "": the application does
    broker_url: str = field(default="", repr=False)  # redis://… or redis+socket://…; "": this process talks to none
    base_url: str  # what links in QR codes and notices begin with; no trailing slash
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    trusted_hosts: tuple[str, ...]
    proxy_hops: int  # proxies of the office's own before the web; each adds whom it heard to X-Forwarded-For
    code_required: bool = False  # officers log in with a code beside their password: always in production
    pdf_engine: PdfEngine
    smtp: Smtp | None = None  # None: no e-mail leaves; the demo keeps it in its mailbox
    bsre: Bsre | None = None  # None: sign with local certificates
    head_readers: tuple[str, ...] = ()  # e-mails of officers who get the daily head; (): the holders of pdp
    scanner: str = ""  # clamd's address; "": our own checks have to do
    message_url: str = field(
        default="", repr=False
    )  # json://… of a gateway, or an apprise address with {telepon} in it; "": no messages to phones
    metrics_token: str = field(
        default="", repr=False
    )  # who shows it may read /metrik; "": nobody, but in a demo this machine
    traced: bool = False  # to a collector, whose address OpenTelemetry reads by itself

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def flower_port(self) -> int:
        return self.port + 1


def read_places(env: Mapping[str, str]) -> Places:
    """Read them from an environment: all of them are in the data folder unless it says otherwise."""
    data = Path(env.get("ALURIZIN_DATA") or ROOT / "var").resolve()
    return Places(
        data=data,
        kantor=Path(env.get("ALURIZIN_KANTOR") or data / "kantor.toml").resolve(),
        sop=Path(env.get("ALURIZIN_SOP") or data / "sop").resolve(),
        templat=Path(env.get("ALURIZIN_TEMPLAT") or data / "templat").resolve(),
        office_key=Path(env.get("ALURIZIN_KUNCI_KANTOR") or data / "kunci" / "kantor.json").resolve(),
        key_command=env.get("ALURIZIN_KUNCI_PERINTAH", ""),
    )


@cache
def places() -> Places:
    """Those of this process, read once."""
    return read_places(os.environ)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Build Settings from an environment.

    Raises DefinitionError with the name of the variable and what to do when one is missing or wrong.
    """
    data = read_places(env).data
    mode = _one_of(Mode, env.get("ALURIZIN_MODE", "demo"), "ALURIZIN_MODE")
    port = read_port(env.get("ALURIZIN_PORT", "8000"))
    settings = Settings(
        data=data,
        mode=mode,
        port=port,
        database_url=read_database(_need(env, "DATABASE_URL"), "DATABASE_URL"),
        owner_url=read_database(owner, "MIGRATION_DATABASE_URL")
        if (owner := env.get("MIGRATION_DATABASE_URL"))
        else "",
        broker_url=read_broker(env.get("CELERY_BROKER_URL", "")),
        base_url=env.get("BASE_URL", f"http://localhost:{port}").rstrip("/"),
        secret_key=_secret(env, mode),
        secret_key_fallbacks=_list(env.get("SECRET_KEY_FALLBACKS", "")),
        trusted_hosts=_list(env.get("TRUSTED_HOSTS", "localhost,127.0.0.1")),
        proxy_hops=read_hops(env.get("PROXY_HOPS") or ("1" if env.get("PROXY") == "1" else "0")),
        code_required=_code_required(env, mode),
        pdf_engine=_one_of(PdfEngine, env.get("ALURIZIN_MESIN_PDF", "otomatis"), "ALURIZIN_MESIN_PDF"),
        bsre=_bsre(env),
        smtp=_smtp(env, mode),
        scanner=env.get("ALURIZIN_CLAMAV", ""),
        head_readers=tuple(a.lower() for a in _list(env.get("ALURIZIN_KEPALA_HARIAN_KEPADA", ""))),
        message_url=_message_url(env.get("ALURIZIN_PESAN_URL", "")),
        traced=bool(env.get("OTEL_EXPORTER_OTLP_ENDPOINT")),
        metrics_token=read_token(env.get("ALURIZIN_METRIK_TOKEN", "")),
    )
    if mode is Mode.PRODUCTION:
        keys = (settings.secret_key, *settings.secret_key_fallbacks)
        hosts, base_url = settings.trusted_hosts, settings.base_url
        if problems := production_problems(env, keys=keys, hosts=hosts, base_url=base_url):
            raise DefinitionError("\n".join(problems))
    return settings


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(os.environ)


def _need(env: Mapping[str, str], name: str) -> str:
    if value := env.get(name):
        return value
    raise DefinitionError(f"{name} belum diatur. `make run` mengaturnya sendiri; di produksi isi lewat lingkungan.")


def need_broker() -> str:
    """The broker's address, for a process that cannot be without. Raises DefinitionError when it was given none."""
    return settings().broker_url or _need({}, "CELERY_BROKER_URL")


def _smtp(env: Mapping[str, str], mode: Mode) -> Smtp | None:
    """SMTP_URL (smtp:// or smtps://user:password@host:port), MAIL_FROM, and the password from a file if named."""
    if not (url := env.get("SMTP_URL")):
        return None
    parts = _split(url, "SMTP_URL")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise DefinitionError("SMTP_URL harus seperti smtp://pengguna:sandi@host:587 atau smtps://host:465.")
    password = unquote(parts.password or "")
    if path := env.get("SMTP_PASSWORD_FILE"):
        password = _read_secret(path, "SMTP_PASSWORD_FILE")
    tls, host = parts.scheme == "smtps", parts.hostname
    return Smtp(
        host=host,
        port=parts.port or (465 if tls else 587 if parts.username else 25),
        tls=tls,
        user=unquote(parts.username or ""),
        password=password,
        sender=_mailbox(_need(env, "MAIL_FROM"), "MAIL_FROM"),
        reply_to=_mailbox(env["MAIL_REPLY_TO"], "MAIL_REPLY_TO") if env.get("MAIL_REPLY_TO") else "",
        tls_required=mode is Mode.PRODUCTION and not is_near(host) and host not in private_hosts(env),
    )


def _mailbox(text: str, name: str) -> str:
    _, address = parseaddr(text)
    if not text.isprintable() or not address.isascii() or address.count("@") != 1 or address.startswith("@"):
        raise DefinitionError(f"{name} harus alamat surel, mis. Perizinan <perizinan@kota.go.id>.")
    return text


def _split(url: str, name: str) -> SplitResult:
    """The parts of an address, its port among them a number."""
    try:
        parts = urlsplit(url)
        if parts.port != 0:
            return parts
    except ValueError:
        pass
    raise DefinitionError(f"{name} bukan alamat yang benar; periksa nama host dan nomor portnya.")


def _message_url(url: str) -> str:
    """A gateway takes the number in its body; any other service has to be told where the number goes."""
    if not url:
        return ""
    if url.startswith(("json://", "jsons://")):
        correct = bool(_split(url, "ALURIZIN_PESAN_URL").hostname)
    else:
        correct = "://" in url and "{telepon}" in url
    if not correct:
        raise DefinitionError(
            "ALURIZIN_PESAN_URL harus json://host/jalur, atau alamat apprise yang memuat {telepon} sebagai penerima."
        )
    return url


def _bsre(env: Mapping[str, str]) -> Bsre | None:
    if not env.get("ALURIZIN_BSRE_URL"):
        return None
    password, root, nik = (Path(_need(env, f"ALURIZIN_BSRE_{part}")) for part in ("SANDI", "AKAR", "NIK"))
    user = _need(env, "ALURIZIN_BSRE_PENGGUNA")
    return Bsre(url=env["ALURIZIN_BSRE_URL"], user=user, password=password, root=root, nik=nik)


def _secret(env: Mapping[str, str], mode: Mode) -> str:
    """The key from SECRET_KEY or from the file named by SECRET_KEY_FILE; the demo has one of its own."""
    if path := env.get("SECRET_KEY_FILE"):
        return _read_secret(path, "SECRET_KEY_FILE")
    if value := env.get("SECRET_KEY"):
        return value
    if mode is Mode.DEMO:
        return DEMO_SECRET
    raise DefinitionError("SECRET_KEY atau SECRET_KEY_FILE wajib diatur pada ALURIZIN_MODE=production.")


def _code_required(env: Mapping[str, str], mode: Mode) -> bool:
    value = env.get("ALURIZIN_KODE_MASUK") or ("wajib" if mode is Mode.PRODUCTION else "sukarela")
    if value == "wajib" or (value == "sukarela" and mode is Mode.DEMO):
        return value == "wajib"
    raise DefinitionError("ALURIZIN_KODE_MASUK harus wajib; hanya demo boleh sukarela.")


def _read_secret(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        cause = type(error).__name__
        raise DefinitionError(f"{name} menunjuk berkas yang tidak dapat dibaca ({cause}): {path}.") from error


def _list(text: str) -> tuple[str, ...]:
    """Values between commas; spaces around them do not count."""
    return tuple(filter(None, map(str.strip, text.split(","))))


DEMO_SECRET = "kunci-demo-bukan-untuk-produksi"  # noqa: S105 - refused in production, being shorter than any key there


def _one_of(kind: type[E], text: str, name: str) -> E:
    try:
        return kind(text)
    except ValueError:
        raise DefinitionError(f"{name} harus salah satu dari {', '.join(kind)}; sekarang {text!r}.") from None
