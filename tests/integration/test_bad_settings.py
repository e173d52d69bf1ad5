"""Whatever a command is given that cannot be: one sentence of what to mend, exit status 1, no traceback."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ops.backup.keys import make_identity
from pipeline.settings import settings
from tests.integration.safe import alurizin

NOWHERE = {"DATABASE_URL": "postgresql://a:kata-kunci@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}
UNREACHED = "Basis data tidak dapat dipakai"


def told(*words: object, **change: str) -> str:
    done = alurizin(*words, env={**os.environ, "MIGRATION_DATABASE_URL": "", **NOWHERE, **change})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "kata-kunci" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("words", "change", "sentence"),
    [
        (["mulai", "--nama", "A B", "--surel", "a@b.id"], {}, UNREACHED),
        (["tautan", "a@b.id"], {}, UNREACHED),
        (["bukti", "IZIN-2026-000001"], {}, UNREACHED),
        (["verify"], {"DATABASE_URL": "postgresql://u:kata-kunci@[bad/db"}, "DATABASE_URL bukan alamat PostgreSQL"),
        (["migrate"], {"CELERY_BROKER_URL": "garbage"}, "CELERY_BROKER_URL harus menunjuk"),
        (["tautan", "a@b.id"], {"ALURIZIN_DATA": "{berkas}"}, "{berkas}"),
        (["tautan", "a@b.id"], {"ALURIZIN_DATA": "{berkas}/x"}, "{berkas}/x"),
        (["migrate"], {"SECRET_KEY_FILE": "{folder}"}, "SECRET_KEY_FILE menunjuk berkas yang tidak dapat dibaca"),
        (["cadangkan", "{folder}/t", "--kunci", "{folder}"], {}, "Kunci cadangan {folder} tidak dapat dibaca"),
        (["cadangkan", "{folder}/t", "--kunci", "{biner}"], {}, "{biner} bukan kunci cadangan"),
        (["cadangkan", "{folder}/t", "--kunci", "{separuh}"], {}, "{separuh} tidak utuh"),
        (["pulihkan", "{folder}", "--kunci", "{folder}"], {}, "Kunci cadangan {folder} tidak dapat dibaca"),
        (["pulihkan", "{folder}", "--kunci", "{kunci}"], {"ALURIZIN_DATA": "{berkas}"}, "Folder data {berkas}"),
        (["pulihkan", "{folder}", "--kunci", "{kunci}"], {"ALURIZIN_DATA": "{berkas}/x"}, "Folder data {berkas}/x"),
        (["pulihkan", "{folder}", "--kunci", "{kunci}"], {"ALURIZIN_DATA": "/proc/x"}, "Folder data /proc/x"),
        (["kunci-cadangan", "{berkas}/kunci"], {"ALURIZIN_DATA": "{folder}"}, "{berkas}/kunci tidak dapat ditulis"),
        (["compose", "{biner}"], {}, "{biner} tidak dapat dibaca"),
        (["compose", "{tiada}/x.yml"], {}, "{tiada}/x.yml tidak dapat dibaca"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)  # fmt: skip
def test_a_setting_that_cannot_be_is_one_sentence(
    tmp_path: Path, words: list[str], change: dict[str, str], sentence: str
) -> None:
    names = {name: str(tmp_path / name) for name in ("berkas", "folder", "biner", "kunci", "separuh", "tiada")}
    (tmp_path / "folder").mkdir()
    (tmp_path / "berkas").write_text("x")
    (tmp_path / "biner").write_bytes(b"\xff\xfe\0")
    make_identity(tmp_path / "kunci", now=datetime(2026, 1, 2, tzinfo=UTC))
    (tmp_path / "separuh").write_text((tmp_path / "kunci").read_text()[:-9])
    filled = {name: value.format(**names) for name, value in change.items()}
    assert sentence.format(**names) in told(*(word.format(**names) for word in words), **filled)


def test_a_database_that_was_never_made_ready_says_what_makes_it() -> None:
    empty = make_url(settings().database_url).set(database="postgres").render_as_string(hide_password=False)
    assert "Jalankan `alurizin migrate`" in told("mulai", "--nama", "A B", "--surel", "a@b.id", DATABASE_URL=empty)
