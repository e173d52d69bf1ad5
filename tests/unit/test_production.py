"""Production does not start with what would leave it open, and says which setting, and what to write instead."""

from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random
from string import ascii_letters, ascii_lowercase, digits, punctuation
from uuid import UUID

import pytest

from pipeline.errors import DefinitionError
from pipeline.settings import read_settings
from pipeline.settings.addresses import open_to_readers
from pipeline.settings.keys import key_weakness
from tests.unit.test_settings import KEY, PRODUCTION

BSRE = {
    "ALURIZIN_BSRE_PENGGUNA": "kantor",
    **{f"ALURIZIN_BSRE_{name}": f"/rahasia/{name}" for name in ("SANDI", "AKAR", "NIK")},
}
PRIVATE = {"ALURIZIN_JARINGAN_PRIBADI": "postgres, redis,mail"}


def refused(**change: str) -> str:
    """What is said against these settings."""
    with pytest.raises(DefinitionError) as error:
        read_settings({**PRODUCTION, **change})
    return str(error.value)


#: Repeated words and letters, rows of the keyboard, dates, names of product, offices and cities, what examples say.
GUESSABLE = (
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    "abababababababababababababababababababab",
    "rahasiarahasiarahasiarahasiarahasiarahasia",
    "Rahasia2026!Rahasia2026!Rahasia2026!Rahasia2026!",
    "12345678901234567890123456789012",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "qwertyuiopasdfghjklzxcvbnm1234567890",
    "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
    "password123password456password789",
    "GantiKunciIniSebelumDipakaiSungguhan",
    "KUNCI_RAHASIA_PERIZINAN_KOTA_BANJARBARU",
    "ini-kunci-rahasia-kantor-kami-2026",
    "correct-horse-battery-staple-and-more",
    "changeme-changeme-changeme-changeme",
    "changemechangemechangemechangemechangeme",
    "ChangeThisSecretKeyBeforeProduction!",
    "your-secret-key-goes-here-please-change",
    "alurizin-alurizin-alurizin-alurizin",
    "AlurIzinKotaBanjarbaruRahasia2026",
    "alurizin-produksi-kota-banjarmasin-2026",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,",
    "qazwsxedcrfvtgbyhnujmikolpqazwsx",
    "17081945170819451708194517081945",
    "17-08-1945_01-01-2026_31-12-2025",
    "2026-01-01-2026-02-02-2026-03-03",
    "20260101202601022026010320260104",
    "0123456789abcdef0123456789abcdef",
    "deadbeefdeadbeefdeadbeefdeadbeef",
    "deadbeefcafebabe0123456789abcdef",
    "super-secret-key-do-not-share-with-anyone",
    "kunci-demo-bukan-untuk-produksi-lagi",
    "P4ssw0rdP4ssw0rdP4ssw0rdP4ssw0rd",
    "R4h4s1aD1n4sP3r1z1nanK0taB4nj4rb4ru",
    "dpmptsp-banjarbaru-dpmptsp-banjarbaru",
    "perizinan.banjarbaru.go.id-rahasia",
    "jakartabandungsurabayamedansemarang",
    "SuratKeputusanKepalaDinasPenanaman",
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb",
    "!@#$%^&*()!@#$%^&*()!@#$%^&*()!@#",
    "qwerty123456qwerty123456qwerty1234",
    "admin123admin123admin123admin123!",
    "lembaga-kesejahteraan-sosial-banjarbaru",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "00000000000000000000000000000000",
    "kata-sandi-panjang-yang-mudah-diingat",
    "merdeka1945merdeka1945merdeka1945",
    "the-quick-brown-fox-jumps-over-the-lazy-dog",
    "lorem-ipsum-dolor-sit-amet-consectetur",
    "KotaBanjarbaru_DinasSosial_2026_Rahasia",
    "rahasia-rahasia-rahasia-rahasia-rahasia",
    "N0tASecretKeyN0tASecretKeyN0tASecret",
    "secretsecretsecretsecretsecretsecret",
    "sk-1234567890abcdefghijklmnopqrstuv",
    "aku-cinta-indonesia-raya-merdeka-jaya",
    "inikuncirahasiakantorkamiduaribuduapuluh",
    "BudiSantoso19850412SitiAminah19870923",
)


@pytest.mark.attack("H05")
@pytest.mark.parametrize("key", GUESSABLE)
def test_a_key_somebody_thought_up_is_refused(key: str) -> None:
    assert key_weakness(key).startswith("mudah ditebak")


def test_a_guessable_key_is_refused_by_its_name() -> None:
    assert "SECRET_KEY mudah ditebak" in refused(SECRET_KEY=GUESSABLE[0])
    assert "SECRET_KEY_FALLBACKS mudah ditebak" in refused(SECRET_KEY_FALLBACKS=f"{KEY},{GUESSABLE[0]}")


@pytest.mark.parametrize("word", ["changeme", "ganti-saya", "AlurIzin", "Banjarbaru", "2026", "kunci", "rahasia!"])
@pytest.mark.parametrize("between", ["", "-", "_", "1"])
def test_one_word_again_and_again_is_refused(word: str, between: str) -> None:
    assert key_weakness(between.join([word] * 12))


def drawn(letters: str, length: int) -> Callable[[Random], str]:
    return lambda chance: "".join(chance.choices(letters, k=length))


#: What draws keys: openssl, Python's secrets, pwgen, uuidgen, head of /dev/urandom through base32 or base64.
DRAWN = {
    "base64url of 32": lambda chance: urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("="),
    "base64url of 48": lambda chance: urlsafe_b64encode(chance.randbytes(48)).decode(),
    "base64 of 24": lambda chance: b64encode(chance.randbytes(24)).decode(),
    "base64 of 32": lambda chance: b64encode(chance.randbytes(32)).decode(),
    "base32 of 20": lambda chance: b32encode(chance.randbytes(20)).decode(),
    "base32 of 32": lambda chance: b32encode(chance.randbytes(32)).decode(),
    "small base32 of 32": lambda chance: b32encode(chance.randbytes(32)).decode().rstrip("=").lower(),
    "hex of 16": lambda chance: chance.randbytes(16).hex(),
    "hex of 32": lambda chance: chance.randbytes(32).hex(),
    "large hex of 32": lambda chance: chance.randbytes(32).hex().upper(),
    "uuid": lambda chance: str(UUID(bytes=chance.randbytes(16), version=4)),
    "letters and digits": drawn(ascii_letters + digits, 32),
    "small letters": drawn(ascii_lowercase, 40),
    "all that can be printed": drawn(ascii_letters + digits + punctuation, 32),
}


@pytest.mark.parametrize("way", DRAWN)
def test_no_key_that_was_drawn_is_refused(way: str) -> None:
    chance = Random(way)
    keys = [DRAWN[way](chance) for _ in range(120)]
    assert [key for key in keys if key_weakness(key)] == []


@pytest.mark.parametrize(
    "key",
    [
        "1KSpkdZNGGiFGbKcYEZ2yUiPZRtEqyLvaN8sBmCx3hFT0iGWRG5uJnGwLQ7oYx2A",  # secrets.token_urlsafe(48)
        "8f14e45fceea167a5a36dedd4bea2543",  # openssl rand -hex 16
        "J6tWcB0sVqZx4hKp9LmR2nYd7GfA1uEo",
        "-_Nw0Z-f3Lk_9Hq-T2x_Vb7-Jc5_Rm1-Ys8_",
        "1KSpkdZNGGiFGbKcYEZ2yUiPZRtEqyLvaN8sBmCx3hF-perizinan-kota-banjarbaru-2026",  # drawn, and then a name
    ],
)
def test_a_key_that_was_drawn_is_taken(key: str) -> None:
    assert key_weakness(key) == ""


@pytest.mark.attack("A13")
@pytest.mark.parametrize(
    "hosts",
    "* *.kota.go.id .go.id go.id GO.ID go.id. go.id:443 .kota.go.id id com izin desa.id co.id web.id or.id sch.id "
    "ac.id net github.io https://*".split(),
)
def test_hosts_that_would_trust_others_are_refused(hosts: str) -> None:
    assert "TRUSTED_HOSTS memuat" in refused(TRUSTED_HOSTS=f"izin.contoh.go.id,{hosts}")


def test_a_host_of_the_office_and_this_machine_are_taken() -> None:
    hosts = "izin.contoh.go.id,localhost,127.0.0.1,[::1]"
    assert len(read_settings({**PRODUCTION, "TRUSTED_HOSTS": hosts}).trusted_hosts) == 4


@pytest.mark.attack("A13")
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://lain.contoh.go.id", "tidak ada di TRUSTED_HOSTS"),
        ("https://izin.contoh.go.id.evil.com", "tidak ada di TRUSTED_HOSTS"),
        ("https://izin.contoh.go.id@evil.com", "tanpa nama pengguna"),
        ("https://izin.contoh.go.id/izin", "tanpa nama pengguna atau jalur"),
        ("https://izin.contoh.go.id?x=1", "tanpa nama pengguna atau jalur"),
        ("HTTP://izin.contoh.go.id", "diawali https://"),
        ("http://izin.contoh.go.id/?https://", "diawali https://"),
        ("https://", "diawali https://"),
        ("https://izin.contoh.go.id:99999", "diawali https://"),
        ("https://evil.com\\@izin.contoh.go.id", "diawali https://"),
    ],
)
def test_links_lead_to_a_host_of_the_office(address: str, said: str) -> None:
    assert said in refused(BASE_URL=address)


@pytest.mark.parametrize(
    "address", ["https://izin.contoh.go.id", "https://IZIN.contoh.go.id:8443/", "HTTPS://izin.contoh.go.id"]
)
def test_a_good_address_is_taken(address: str) -> None:
    read_settings({**PRODUCTION, "BASE_URL": address})


@pytest.mark.parametrize(
    ("url", "lack"),
    [
        ("postgresql://a@db/alurizin", "kata sandi dan TLS"),
        ("postgresql://a:b@db/alurizin", "tanpa TLS"),
        ("postgresql://a@db/alurizin?sslmode=verify-full", "tanpa kata sandi"),
        ("postgresql://a:b@db/alurizin?sslmode=prefer", "tanpa TLS"),
        ("postgresql://a:b@db/alurizin?sslmode=require&sslmode=disable", "tanpa TLS"),
        ("postgresql://a:b@/alurizin?host=db", "tanpa TLS"),
        ("postgresql://a:b@localhost/alurizin?host=db", "tanpa TLS"),
        ("postgresql://a:b@localhost/alurizin?hostaddr=10.0.0.5", "tanpa TLS"),
        ("postgresql://a:b@localhost,db:5433/alurizin", "tanpa TLS"),
        ("postgresql://a:b@localhost.evil.com/alurizin", "tanpa TLS"),
        ("postgresql://a:b@2130706433/alurizin", "tanpa TLS"),
        ("postgresql://a:localhost@db/alurizin?application_name=localhost", "tanpa TLS"),
        ("postgresql://localhost:5/x@db/alurizin", "tanpa TLS"),
        ("postgresql://localhost:5/x?y#z@db/alurizin", "tanpa TLS"),
        ("postgresql://localhost:5\\x@db/alurizin?password=b", "tanpa TLS"),
        ("postgresql://a:b@/alurizin?host=localhost:5432&host=db:5432", "tanpa TLS"),
        ("postgresql://a:b@127.0.0.1/alurizin?host=localhost&hostaddr=127.0.0.1,10.0.0.5", "tanpa TLS"),
        ("postgresql://a:b@%2Fvar%2Frun%2Fpostgresql/alurizin", "tanpa TLS"),
        ("postgresql://a:@db/alurizin?sslmode=verify-full", "tanpa kata sandi"),
    ],
)
def test_a_database_elsewhere_needs_a_password_and_tls(url: str, lack: str) -> None:
    said = refused(DATABASE_URL=url)
    assert "DATABASE_URL" in said
    assert lack in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a@/alurizin?host=/var/run/postgresql",
        "postgresql://a@/alurizin?host=%2Fvar%2Frun%2Fpostgresql",
        "postgresql://a@/alurizin",
        "postgresql://a@localhost/alurizin",
        "postgresql://a@127.0.0.1:5432/alurizin",
        "postgresql://a@[::1]:5432/alurizin",
        "postgresql://a:b@db/alurizin?sslmode=verify-full",
        "postgresql://a@db/alurizin?sslmode=require&passfile=/rahasia/pgpass",
        "postgresql://a@db/alurizin?hostaddr=127.0.0.1",
    ],
)
def test_a_database_beside_us_or_reached_safely_is_taken(url: str) -> None:
    read_settings({**PRODUCTION, "DATABASE_URL": url})


def test_what_libpq_reads_from_the_environment_counts() -> None:
    url = "postgresql://a@/alurizin"
    assert "kata sandi dan TLS" in refused(DATABASE_URL=url, PGHOST="db")
    safe = {"DATABASE_URL": url, "PGHOST": "db", "PGPASSWORD": "b", "PGSSLMODE": "verify-full"}
    read_settings({**PRODUCTION, **safe})


@pytest.mark.parametrize(
    "usual",
    [{"PGHOSTADDR": "10.0.0.5"}, {"PGHOSTADDR": "10.0.0.5", "PGHOST": "localhost"}, {"PGHOST": "localhost,db"}],
    ids=lambda usual: "-".join(usual),
)
def test_what_libpq_would_add_to_an_address_counts(usual: dict[str, str]) -> None:
    assert "kata sandi dan TLS" in refused(DATABASE_URL="postgresql://a@/alurizin", **usual)


def test_what_stands_in_the_address_goes_before_what_libpq_would_add() -> None:
    read_settings({**PRODUCTION, "DATABASE_URL": "postgresql://a@localhost/alurizin", "PGHOST": "db"})


@pytest.mark.parametrize(
    "change",
    [
        {"DATABASE_URL": "postgresql://a@localhost/alurizin?service=lain"},
        {"DATABASE_URL": "postgresql://a@localhost/alurizin", "PGSERVICE": "lain"},
        {"MIGRATION_DATABASE_URL": "postgresql://a:b@db/alurizin?sslmode=verify-full&service=lain"},
    ],
    ids=lambda change: "-".join(change),
)
def test_a_service_file_tells_nobody_here_where_it_leads(change: dict[str, str]) -> None:
    assert "(service)" in refused(**change)


def test_the_way_of_the_owner_is_judged_as_well() -> None:
    assert "MIGRATION_DATABASE_URL menuju mesin lain" in refused(MIGRATION_DATABASE_URL="postgresql://a:b@db/alurizin")


@pytest.mark.attack("G09")
@pytest.mark.parametrize(
    ("url", "lack"),
    [
        ("redis://redis/0", "kata sandi dan TLS"),
        ("redis://:a@redis/0", "tanpa TLS"),
        ("rediss://redis/0", "tanpa kata sandi"),
        ("rediss://:a@redis/0?ssl_cert_reqs=CERT_NONE", "tanpa TLS"),
        ("redis://localhost/0;redis://:a@redis/0", "tanpa TLS"),
        ("redis://:@localhost@redis/0", "tanpa"),
        ("amqp://a:b@mq//", "tanpa TLS"),
    ],
)
def test_a_broker_elsewhere_needs_a_password_and_tls(url: str, lack: str) -> None:
    said = refused(CELERY_BROKER_URL=url)
    assert "CELERY_BROKER_URL" in said
    assert lack in said


@pytest.mark.parametrize(
    "url",
    [
        "redis+socket:///run/redis.sock",
        "redis://127.0.0.1:6379/0",
        "redis://localhost",
        "rediss://:a@redis/0",
        "amqps://a:b@mq//",
    ],
)
def test_a_broker_beside_us_or_reached_safely_is_taken(url: str) -> None:
    read_settings({**PRODUCTION, "CELERY_BROKER_URL": url})


@pytest.mark.parametrize("name", ["CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"])
def test_the_other_names_that_celery_reads_are_judged_as_well(name: str) -> None:
    assert f"{name} menuju mesin lain tanpa TLS" in refused(**{name: "redis://:a@redis/0"})


def test_a_network_of_ones_own_needs_no_tls_but_a_password() -> None:
    database, broker = "postgresql://a:b@postgres/alurizin", "redis://:c@REDIS:6379/0"
    said = refused(DATABASE_URL=database, CELERY_BROKER_URL=broker)
    assert said.count("ALURIZIN_JARINGAN_PRIBADI") == 2
    read_settings({**PRODUCTION, **PRIVATE, "DATABASE_URL": database, "CELERY_BROKER_URL": broker})
    without = {"DATABASE_URL": "postgresql://a@postgres/alurizin", "CELERY_BROKER_URL": "redis://redis/0"}
    assert refused(**PRIVATE, **without).count("tanpa kata sandi") == 2
    assert "tanpa TLS" in refused(**PRIVATE, DATABASE_URL="postgresql://a:b@postgres,elsewhere/alurizin")


@pytest.mark.parametrize("name", ["*", "10.0.0.0/8", "go.id", ".kantor.lan", "postgresql://postgres"])
def test_a_private_network_is_told_by_the_names_of_servers(name: str) -> None:
    assert "ALURIZIN_JARINGAN_PRIBADI memuat" in refused(ALURIZIN_JARINGAN_PRIBADI=name)


@pytest.mark.parametrize("url", ["smtp://mail", "smtp://mail:25", "smtp://u:p@mail:2525", "SMTP://mail:25"])
def test_mail_does_not_leave_in_the_clear(url: str) -> None:
    assert "SMTP_URL mengirim surat tanpa TLS" in refused(SMTP_URL=url)


@pytest.mark.parametrize(
    ("url", "demanded"),
    [
        ("smtps://u:p@smtp.kota.go.id", True),
        ("smtp://u:p@smtp.kota.go.id:587", True),
        ("smtp://u:p@smtp.kota.go.id", True),
        ("smtp://localhost:25", False),
        ("smtp://mail:25", False),
    ],
)
def test_mail_with_tls_or_within_the_house_is_taken(url: str, demanded: bool) -> None:
    smtp = read_settings({**PRODUCTION, **PRIVATE, "SMTP_URL": url}).smtp
    assert smtp is not None
    assert smtp.tls_required is demanded


@pytest.mark.parametrize(
    "url",
    [
        "json://pesan.kota.go.id/kirim",
        "json://localhost@pesan.kota.go.id/kirim",
        "json://pesan.kota.go.id/?://localhost",
        "JSON://pesan.kota.go.id/{telepon}",
        "Json://pesan.kota.go.id/{telepon}",
        "xml://pesan.kota.go.id/{telepon}",
        "gotify://pesan.kota.go.id/{telepon}",
        "ntfy://pesan.kota.go.id/{telepon}",
        "json://evil.com\\@localhost/kirim",
    ],
)
def test_messages_do_not_leave_in_the_clear(url: str) -> None:
    assert "ALURIZIN_PESAN_URL mengirim pesan tanpa TLS" in refused(ALURIZIN_PESAN_URL=url)


@pytest.mark.parametrize(
    "url", ["jsons://a:b@pesan.kota.go.id/kirim", "json://127.0.0.1:9000/kirim", "twilio://A:B@1/{telepon}"]
)
def test_a_gateway_with_tls_or_beside_us_is_taken(url: str) -> None:
    assert read_settings({**PRODUCTION, "ALURIZIN_PESAN_URL": url}).message_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://bsre.kota.go.id",
        "HTTP://bsre.kota.go.id",
        "http://x/?://localhost",
        "http://x/#://127.0.0.1",
        "http://localhost@evil.com",
        "https://localhost@evil.com",
        "http://localhost.evil.com",
        "http://127.0.0.1.evil.com",
        "http://evil.com\\@localhost",
        "http://evil.com/\t//localhost",
        "https:///bsre",
        "ftp://localhost",
        "//localhost",
        "https://bsre:x",
    ],
)
def test_a_frasa_sandi_is_sent_over_https_alone(url: str) -> None:
    assert open_to_readers(url)
    assert "ALURIZIN_BSRE_URL harus https://" in refused(ALURIZIN_BSRE_URL=url, **BSRE)


@pytest.mark.parametrize(
    "url", ["https://bsre.kota.go.id", "HTTPS://bsre.kota.go.id:8443/api", "http://127.0.0.1:9000", "http://[::1]:9000"]
)
def test_a_signer_over_https_or_beside_us_is_taken(url: str) -> None:
    bsre = read_settings({**PRODUCTION, **BSRE, "ALURIZIN_BSRE_URL": url}).bsre
    assert bsre is not None
    assert bsre.url == url


def test_every_lack_is_named_at_once() -> None:
    wrong = {"SECRET_KEY": "k" * 40, "TRUSTED_HOSTS": "*", "BASE_URL": "http://x", "SMTP_URL": "smtp://mail:25"}
    said = refused(**wrong)
    assert [name for name in wrong if name not in said] == []


def test_a_demo_may_do_all_of_it() -> None:
    read_settings({**PRODUCTION, "ALURIZIN_MODE": "demo", "SECRET_KEY": "k", "TRUSTED_HOSTS": "*"})


def test_no_refusal_tells_a_secret() -> None:
    said = refused(
        SECRET_KEY="rahasia" * 6,
        DATABASE_URL="postgresql://a:kata-kunci-db@db/alurizin",
        CELERY_BROKER_URL="redis://:kata-kunci-broker@redis/0",
        SMTP_URL="smtp://u:kata-kunci-surel@mail:25",
    )
    assert "rahasia" not in said
    assert "kata-kunci" not in said
