"""What an office may not be started with, each in a sentence that says what to write instead. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.settings.addresses import broker_lack, is_near, open_to_readers, read_broker, split
from pipeline.settings.database import connected_by, database_lack, read_database
from pipeline.settings.keys import LENGTH_AT_LEAST, key_weakness

#: Names below which anybody may have an address.
SUFFIXES = frozenset(
    f"{name}id" for name in ("", "ac.", "biz.", "co.", "desa.", "go.", "mil.", "my.", "net.", "or.", "sch.", "web.")
) | {"com", "net", "org", "gov", "info", "github.io", "pages.dev", "vercel.app", "web.app", "herokuapp.com"}
#: Ways of apprise that go over plain HTTP; with an s at their end they are encrypted.
PLAIN_WAYS = frozenset(
    {"apprise", "emby", "form", "gotify", "hassio", "http", "jellyfin", "json", "kodi", "matrix", "mmost", "ncloud"}
    | {"nctalk", "ntfy", "rocket", "smtp", "mailto", "synology", "xbmc", "xml"}
)
SUBMISSION = 587  # the port where STARTTLS is spoken
#: Celery reads the latter two by itself, and lets them win.
_BROKER_NAMES = ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL")
MADE = "Buat dengan: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_PRIVATE = (
    "Bila server itu hanya terjangkau lewat jaringan milik kantor sendiri, sebut namanya di ALURIZIN_JARINGAN_PRIBADI."
)


def private_hosts(env: Mapping[str, str]) -> frozenset[str]:
    """The servers that the office says are reached over a network of its own."""
    return frozenset(filter(None, map(str.strip, env.get("ALURIZIN_JARINGAN_PRIBADI", "").lower().split(","))))


def production_problems(
    env: Mapping[str, str], *, keys: Sequence[str], hosts: Sequence[str], base_url: str
) -> Sequence[str]:
    """Everything for which production is refused. ``keys``: the secret key and those it replaced."""
    private = private_hosts(env)
    return (
        *_keys(keys),
        *_debugging(env),
        *_hosts(env, hosts),
        *_base_url(base_url, hosts),
        *_private(private),
        *_database(env, private),
        *_broker(env, private),
        *_mail(env, private),
        *_gateway(env),
        *_signer(env),
    )


def _keys(keys: Sequence[str]) -> Iterator[str]:
    for name, several in (("SECRET_KEY", keys[:1]), ("SECRET_KEY_FALLBACKS", keys[1:])):
        for key in several:
            if weakness := key_weakness(key):
                yield f"{name} {weakness}. Pakai kunci acak, paling sedikit {LENGTH_AT_LEAST} huruf. {MADE}"


def _debugging(env: Mapping[str, str]) -> Iterator[str]:
    if env.get("FLASK_DEBUG", "0") not in {"", "0"}:
        yield "FLASK_DEBUG tidak boleh menyala pada ALURIZIN_MODE=production. Hapus dari pengaturan."


def _hosts(env: Mapping[str, str], hosts: Sequence[str]) -> Iterator[str]:
    if "TRUSTED_HOSTS" not in env or not hosts:
        yield "TRUSTED_HOSTS wajib diatur pada ALURIZIN_MODE=production, mis. perizinan.kota.go.id."
    for host in hosts:
        name = _name(host)
        if "*" in name or name.startswith(".") or name in SUFFIXES or not (is_near(name) or "." in name or ":" in name):
            yield (
                f"TRUSTED_HOSTS memuat {host!r}, sehingga alamat milik orang lain ikut dipercaya. Tulis nama host "
                "kantor selengkapnya, mis. perizinan.kota.go.id; bila lebih dari satu, pisahkan dengan koma."
            )


def _base_url(base_url: str, hosts: Sequence[str]) -> Iterator[str]:
    parts = split(base_url)
    host = parts.hostname if parts else None
    if parts is None or not host or parts.scheme != "https":
        yield "BASE_URL produksi harus diawali https:// dan memuat nama host, mis. https://perizinan.kota.go.id."
    elif "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        yield f"BASE_URL hanya https:// dan nama host, tanpa nama pengguna atau jalur: https://{host}."
    elif _name(host) not in map(_name, hosts):
        yield f"BASE_URL memakai host {host}, yang tidak ada di TRUSTED_HOSTS. Tambahkan host itu ke TRUSTED_HOSTS."


def _private(private: frozenset[str]) -> Iterator[str]:
    for name in sorted(private):
        if any(letter in name for letter in "*/@:") or name.startswith(".") or name in SUFFIXES:
            yield f"ALURIZIN_JARINGAN_PRIBADI memuat {name!r}. Tulis nama host servernya saja, mis. postgres,redis."


def _database(env: Mapping[str, str], private: frozenset[str]) -> Iterator[str]:
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        words = connected_by(read_database(url, name), env) if (url := env.get(name)) else {}
        if "service" in words:
            yield (
                f"{name} atau PGSERVICE memakai berkas layanan (service) PostgreSQL, yang isinya tidak diperiksa di "
                f"sini. Tulis alamatnya selengkapnya di {name}."
            )
        elif lack := database_lack(words, private):
            yield (
                f"{name} menuju mesin lain tanpa {' dan '.join(lack)}. Tulis kata sandinya dan akhiri dengan "
                f"?sslmode=verify-full. {_PRIVATE}"
            )


def _broker(env: Mapping[str, str], private: frozenset[str]) -> Iterator[str]:
    for name in _BROKER_NAMES:
        if lack := broker_lack(read_broker(env.get(name, ""), name), private):
            yield (
                f"{name} menuju mesin lain tanpa {' dan '.join(lack)}. Pakai "
                f"rediss://:sandi@host:6379/0 (dengan s). {_PRIVATE}"
            )


def _mail(env: Mapping[str, str], private: frozenset[str]) -> Iterator[str]:
    url = env.get("SMTP_URL", "")
    if not url:
        return
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    if parts is not None and (parts.scheme == "smtps" or is_near(host) or host in private):
        return
    if parts is None or (parts.port or (SUBMISSION if parts.username else 25)) != SUBMISSION:
        yield (
            "SMTP_URL mengirim surat tanpa TLS. Pakai smtps://pengguna:sandi@host:465, atau "
            f"smtp://pengguna:sandi@host:587 yang beralih ke TLS (STARTTLS). {_PRIVATE}"
        )


def _gateway(env: Mapping[str, str]) -> Iterator[str]:
    url = env.get("ALURIZIN_PESAN_URL", "")
    if not url:
        return
    parts = split(url.replace("{telepon}", "0"))
    if parts is None or (parts.scheme in PLAIN_WAYS and not is_near(parts.hostname or "")):
        yield (
            "ALURIZIN_PESAN_URL mengirim pesan tanpa TLS, sehingga kode dan kabar pemohon terbaca di jalan. Pakai "
            "bentuknya yang terenkripsi, mis. jsons:// (dengan s)."
        )


def _signer(env: Mapping[str, str]) -> Iterator[str]:
    url = env.get("ALURIZIN_BSRE_URL", "")
    if url and open_to_readers(url):
        yield (
            "ALURIZIN_BSRE_URL harus https:// dan nama host layanannya, tanpa nama pengguna, karena frasa sandi "
            "dikirim lewat sana."
        )


def _name(host: str) -> str:
    """As host names are compared: without port, letter case and the last dot."""
    name = host.lower()
    if name.startswith("["):
        return name.strip("[").partition("]")[0]
    return (name.partition(":")[0] if name.count(":") == 1 else name).rstrip(".")
