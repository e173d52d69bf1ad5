"""Production refuses what would leave it open, and no setting tells a secret by being printed."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from pipeline.errors import DefinitionError
from pipeline.settings import DEMO_SECRET, need_broker, read_settings
from pipeline.settings.database import connection_words, read_database

KEY, OLD = "N8fQ2vXz7LrT4wKd9HsB3mJc6YpG1uEa5ZoR", "q7Rt2-Vn9xLb4Kw_8Zd3Hs6Jm1Yc5Pf0Gu"
PRODUCTION = {
    "ALURIZIN_MODE": "production",
    "DATABASE_URL": "postgresql://alurizin:rahasia-basis@db/alurizin?sslmode=verify-full",
    "CELERY_BROKER_URL": "rediss://:rahasia-broker@redis/0",
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


def test_who_needs_the_broker_says_that_its_address_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {name: value for name, value in PRODUCTION.items() if name != "CELERY_BROKER_URL"}
    assert read_settings(without).broker_url == ""
    monkeypatch.setattr("pipeline.settings.settings", lambda: read_settings(without))
    with pytest.raises(DefinitionError, match="CELERY_BROKER_URL"):
        need_broker()


def test_the_owner_of_the_tables_may_be_another() -> None:
    assert read_settings(PRODUCTION).owner_url == ""
    url = "postgresql://alurizin:rahasia-pemilik@db/alurizin?sslmode=verify-full"
    given = read_settings({**PRODUCTION, "MIGRATION_DATABASE_URL": url})
    assert given.owner_url == url.replace("postgresql:", "postgresql+psycopg:")
    assert "rahasia" not in repr(given)
    with pytest.raises(DefinitionError, match="MIGRATION_DATABASE_URL"):
        read_settings({**PRODUCTION, "MIGRATION_DATABASE_URL": "mysql://db"})


@pytest.mark.parametrize("name", ["DATABASE_URL", "MIGRATION_DATABASE_URL"])
@pytest.mark.parametrize(
    "rest",
    [
        "[bad/db",
        "bad]/db",
        "h:abc/db",
        "h:99999/db",
        "h:80:90/db",
        "h h/db",
        "h/db?apa=1",
        "/db?port=abc",
        "h/a?host=b%0A",
    ],
)
def test_an_address_no_database_can_have_is_one_sentence(name: str, rest: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_settings({**PRODUCTION, "ALURIZIN_MODE": "demo", name: f"postgresql://u:rahasia-basis@{rest}"})
    assert str(error.value).startswith(f"{name} bukan alamat PostgreSQL")
    assert "rahasia" not in str(error.value)


@pytest.mark.parametrize("mode", ["demo", "production"])
@pytest.mark.parametrize(
    "url",
    ["garbage", "http://redis/0", "redis:redis", "sqs://", "redis://[bad/0", "redis://a:b/0", "redis://a/0;garbage"],
)
def test_an_address_no_broker_can_have_is_one_sentence(mode: str, url: str) -> None:
    with pytest.raises(DefinitionError, match=r"^CELERY_BROKER_URL harus menunjuk Redis atau Valkey.*$"):
        read_settings({**PRODUCTION, "ALURIZIN_MODE": mode, "CELERY_BROKER_URL": url})


def test_whoever_connects_by_himself_connects_as_sqlalchemy_does() -> None:
    for url in (
        "postgresql://localhost:5/x@db/y",
        "postgresql://a:b@/y?host=c:1&host=d:2",
        "postgresql://a:b%40c@db/y",
    ):
        address = make_url(read_database(url, "DATABASE_URL"))
        _, words = address.get_dialect()().create_connect_args(address)
        assert conninfo_to_dict(connection_words(str(address.render_as_string(hide_password=False)))) == {
            word: str(value) for word, value in words.items()
        }


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


def test_an_office_that_signs_with_bsre_names_its_service_and_three_files(tmp_path: Path) -> None:
    names = {"ALURIZIN_BSRE_URL": "https://bsre.contoh.go.id", "ALURIZIN_BSRE_PENGGUNA": "kantor"}
    files = {f"ALURIZIN_BSRE_{name}": str(tmp_path / name) for name in ("SANDI", "AKAR", "NIK")}
    bsre = read_settings({**PRODUCTION, **names, **files}).bsre
    assert bsre is not None
    assert (bsre.url, bsre.user) == ("https://bsre.contoh.go.id", "kantor")
    assert (bsre.password, bsre.root, bsre.nik) == (tmp_path / "SANDI", tmp_path / "AKAR", tmp_path / "NIK")
    for name in (*names, *files):
        lacking = {k: v for k, v in {**PRODUCTION, **names, **files}.items() if k != name}
        if name == "ALURIZIN_BSRE_URL":
            assert read_settings(lacking).bsre is None
        else:
            with pytest.raises(DefinitionError, match=name):
                read_settings(lacking)


@pytest.mark.parametrize(
    ("env", "hops"),
    [({}, 0), ({"PROXY": "1"}, 1), ({"PROXY": "http://proxy:3128"}, 0), ({"PROXY_HOPS": "2", "PROXY": "1"}, 2)],
)
def test_the_proxies_before_the_web_are_counted(env: dict[str, str], hops: int) -> None:
    assert read_settings({**PRODUCTION, **env}).proxy_hops == hops


@pytest.mark.parametrize("text", ["-1", "6", "dua", "1.0", "²"])
def test_a_count_of_proxies_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="PROXY_HOPS"):
        read_settings({**PRODUCTION, "PROXY_HOPS": text})
