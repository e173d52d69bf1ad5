"""An office backed up while it works, and brought back into an empty folder: nothing lost, nothing half."""

import json
import os
import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ops.backup.staging import refuse_half
from ops.examples import FOLDER
from pipeline.db import unit_of_work
from pipeline.errors import DefinitionError
from pipeline.kantor import DEFAULT
from pipeline.migrations import upgrade
from pipeline.models import Berkas, Sk
from pipeline.settings import settings
from pipeline.storage import SEALED, store
from tests.factories import person, submitted
from tests.integration.safe import (
    BackedUp,
    alurizin,
    elsewhere,
    given_database,
    halted,
    kill,
    make_backed_up_office,
)

DRILL = pytest.mark.drill
SOUND = "riwayat, tabel, rantai, kepala harian dan dokumen cocok."


@pytest.fixture(scope="module")
def original(_server: Engine, tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    return make_backed_up_office(_server, tmp_path_factory.mktemp("cadangan"))


@pytest.fixture
def backed_up(original: BackedUp, tmp_path: Path) -> BackedUp:
    """A copy of its own, to be damaged or added to."""
    tmp_path.chmod(0o755)
    target = tmp_path / "tujuan"
    shutil.copytree(original.target, target)
    return BackedUp(original.key, target)


def left_in(data: Path) -> list[str]:
    return sorted(path.name for path in data.iterdir() if path.name != "instance.lock")


def refused(done: "subprocess.CompletedProcess[str]", *sentence: str) -> None:
    assert done.returncode == 1
    assert [part for part in sentence if part not in done.stderr] == []
    assert "Traceback" not in done.stderr


def test_an_office_comes_back_whole_into_an_empty_folder(backed_up: BackedUp, tmp_path: Path) -> None:
    data = tmp_path / "baru"
    back = backed_up.restore(data)
    assert back.returncode == 0, back.stderr
    assert f"1 permohonan: {SOUND}" in back.stdout
    assert "Deret td_lks.sk." in back.stdout
    for name in ("kunci/kepala-harian.pem", "kunci/cadangan.pub"):
        assert (data / name).read_bytes() == (settings().data / name).read_bytes()
    assert {"berkas", "kunci", "postgres", "tte", "dari-cadangan"} <= set(left_in(data))
    assert not (data / ".pemulihan").exists()
    told = (data / "dari-cadangan" / "lingkungan.env").read_text("utf-8")
    assert "ALURIZIN_MODE=demo" in told
    assert "DATABASE_URL" not in told


def test_only_new_contents_are_copied_and_when_it_was_is_told(backed_up: BackedUp) -> None:
    before = backed_up.contents
    said = backed_up.again()
    assert "; 0 isi berkas baru disalin" in said
    assert backed_up.contents == before
    assert len(backed_up.backups) == 2
    store().put(b"sebuah surat baru")
    assert "; 1 isi berkas baru disalin" in backed_up.again()
    told = json.loads((settings().data / "cadangan.json").read_text("utf-8"))
    assert told["tujuan"] == str(backed_up.target)


def test_whoever_finds_a_target_reads_nothing_in_it(original: BackedUp) -> None:
    payload = next((settings().data / "berkas").rglob(f"*{SEALED}")).read_bytes()
    names = {path.name for path in original.target.rglob("*")}
    assert sha256(payload).hexdigest() not in names
    for path in original.target.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert payload[:64] not in content
            assert b"Siti Rahmah" not in content
            assert path.stat().st_mode & 0o077 == 0
    assert original.key.stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_written_over_another(original: BackedUp) -> None:
    before = original.key.read_bytes()
    public = (settings().data / "kunci" / "cadangan.pub").read_bytes()
    refused(alurizin("kunci-cadangan", original.key, "--ganti"), "sudah ada dan tidak ditimpa")
    assert original.key.read_bytes() == before
    assert (settings().data / "kunci" / "cadangan.pub").read_bytes() == public


def test_a_wrong_key_opens_nothing(backed_up: BackedUp, tmp_path: Path) -> None:
    assert alurizin("kunci-cadangan", tmp_path / "lain", env=elsewhere(tmp_path / "tanpa")).returncode == 0
    wrong = BackedUp(tmp_path / "lain", backed_up.target)
    refused(wrong.restore(tmp_path / "baru"), "Kunci ini bukan kunci cadangan itu")
    assert left_in(tmp_path / "baru") == []
    public = BackedUp(settings().data / "kunci" / "cadangan.pub", backed_up.target)
    refused(public.restore(tmp_path / "baru"), "tidak memuat kunci rahasia")


@pytest.mark.parametrize("which", ["*Z/manifes.age", "*Z/tabel/permohonan.age", "isi/??/*"])
@pytest.mark.parametrize("how", ["rusak", "kuncinya rusak", "tidak ada"])
def test_a_part_that_is_damaged_or_gone_is_named_and_nothing_half_is_left(
    backed_up: BackedUp, tmp_path: Path, which: str, how: str
) -> None:
    path = max(backed_up.target.glob(which), key=lambda p: p.stat().st_size)
    if how != "tidak ada":
        content = bytearray(path.read_bytes())
        content[len(content) // 2 if how == "rusak" else content.index(b"\n", 22) + 1] ^= 1  # the latter: in its header
        path.write_bytes(content)
    else:
        path.unlink()
    gone = how == "tidak ada" and path.name == "manifes.age"
    told = "Tidak ada cadangan yang utuh" if gone else f"{path} {how.removeprefix('kuncinya ')}"
    done = backed_up.restore(tmp_path / "baru")
    refused(done, told)
    assert "bukan kunci" not in done.stderr
    assert not (tmp_path / "baru").exists() or left_in(tmp_path / "baru") == []


def test_a_folder_that_holds_an_office_is_left_alone(backed_up: BackedUp, tmp_path: Path) -> None:
    data = tmp_path / "baru"
    data.mkdir()
    (data / "kantor.toml").write_text("")
    refused(backed_up.restore(data), "tidak kosong", "kantor.toml")
    assert left_in(data) == ["kantor.toml"]


def test_of_the_backups_that_are_not_kept_nothing_stays_that_no_other_needs(
    backed_up: BackedUp, tmp_path: Path
) -> None:
    first, only_then = backed_up.backups[0], store().put(b"hanya pada cadangan kedua")
    backed_up.again()
    store().path(only_then).unlink()
    second = backed_up.contents
    assert "2 cadangan lama dihapus" in backed_up.again("--simpan", "1")
    assert first not in backed_up.backups
    assert len(backed_up.backups) == 1
    assert second - backed_up.contents
    back = backed_up.restore(tmp_path / "baru")
    assert back.returncode == 0, back.stderr


def test_what_is_decided_while_it_runs_is_in_it_whole_or_not_at_all(backed_up: BackedUp, tmp_path: Path) -> None:
    """Rows and files of another application come in between the snapshot and the files."""
    submitted(person(), seed="b")
    half = halted("open", "sementara/isi", "cadangkan", backed_up.target, "--kunci", backed_up.key)
    submitted(person(), seed="c")
    half.communicate("lanjut\n", timeout=120)
    back = backed_up.restore(tmp_path / "baru")
    assert back.returncode == 0, back.stderr
    assert f"1 permohonan: {SOUND}" in back.stdout


def test_a_copy_that_was_whole_outlives_damage_of_the_office(backed_up: BackedUp, tmp_path: Path) -> None:
    sha = store().put(b"surat yang akan rusak")
    backed_up.again()
    path = store().path(sha)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = alurizin("cadangkan", backed_up.target, "--kunci", backed_up.key)
    assert "1 berkas rusak atau tidak terbaca" in done.stderr
    assert done.returncode == 3
    assert backed_up.restore(tmp_path / "baru").returncode == 0
    assert (tmp_path / "baru" / path.relative_to(settings().data)).read_bytes() == whole
    path.unlink()


def test_documents_that_the_office_itself_lacks_are_counted(backed_up: BackedUp) -> None:
    of = submitted(person())
    with unit_of_work() as s:
        sha256 = s.scalars(select(Berkas.sha256).where(Berkas.permohonan_id == of)).first()
    path = store(of).path(str(sha256))
    aside = path.rename(path.with_name("disisihkan.tmp"))
    try:
        done = alurizin("cadangkan", backed_up.target, "--kunci", backed_up.key)
    finally:
        aside.rename(path)
    assert done.returncode == 3
    assert "1 dokumen disebut catatan tetapi tidak ada" in done.stderr
    assert "jalankan `alurizin verify`" in done.stderr
    assert "berkas dicadangkan" in done.stdout
    whole = alurizin("cadangkan", backed_up.target, "--kunci", backed_up.key)
    assert (whole.returncode, whole.stderr) == (0, "")


def test_what_was_erased_since_an_older_backup_is_known_when_it_comes_back(backed_up: BackedUp, tmp_path: Path) -> None:
    older, journal = backed_up.backups[0].name, settings().data / "penghapusan.jsonl"
    journal.write_text('{"n": 1}\n', "utf-8")
    backed_up.again()
    journal.unlink()
    back = backed_up.restore(tmp_path / "baru", "--cadangan", older)
    assert back.returncode == 0, back.stderr
    assert f"1 permohonan: {SOUND}" in back.stdout
    assert (tmp_path / "baru" / journal.name).read_text("utf-8") == '{"n": 1}\n'


def test_a_file_that_goes_away_as_it_is_read_is_no_reason_to_have_no_backup(backed_up: BackedUp) -> None:
    passing = settings().data / "unggahan" / "sebentar"
    passing.parent.mkdir(exist_ok=True)
    passing.write_text("isi")
    half = halted("open", str(passing), "cadangkan", backed_up.target, "--kunci", backed_up.key)
    passing.unlink()
    said, _ = half.communicate("lanjut\n", timeout=120)
    assert half.returncode == 0
    assert "berkas dicadangkan" in said
    assert len(backed_up.backups) == 2


def test_a_backup_of_an_older_version_is_brought_forward(backed_up: BackedUp, tmp_path: Path) -> None:
    old = BackedUp(backed_up.key, tmp_path / "lama")
    with given_database(tmp_path / "server") as given:
        engine = awaited(given["MIGRATION_DATABASE_URL"])
        upgrade(engine, "0012")
        engine.dispose()
        shutil.copytree(settings().data / "kunci", tmp_path / "dulu" / "kunci")
        one_role = given | {"DATABASE_URL": given["MIGRATION_DATABASE_URL"]}  # as it was then
        env = os.environ | one_role | {"ALURIZIN_DATA": str(tmp_path / "dulu")}
        made = alurizin("cadangkan", old.target, "--kunci", old.key, env=env)
    assert made.returncode == 0, made.stderr
    back = old.restore(tmp_path / "baru")
    assert back.returncode == 0, back.stderr
    assert f"0 permohonan: {SOUND}" in back.stdout


def test_an_office_comes_back_into_a_database_that_is_given_and_empty(backed_up: BackedUp, tmp_path: Path) -> None:
    data = tmp_path / "baru"
    with given_database(tmp_path / "server") as given:
        back = backed_up.restore(data, **given)
        assert back.returncode == 0, back.stderr
        assert f"1 permohonan: {SOUND}" in back.stdout
        assert not (data / "postgres").exists()
        with awaited(given["MIGRATION_DATABASE_URL"]).connect() as conn:
            assert conn.scalars(select(Sk.status)).all() == ["terbit"]
            assert conn.scalar(text("SELECT last_value > 100000 FROM peristiwa_id_seq"))
        refused(backed_up.restore(tmp_path / "lain", **given), "tidak kosong")
    assert left_in(tmp_path / "lain") == []


def test_the_offices_own_posts_and_permits_come_back_before_anything_reads_them(
    original: BackedUp, tmp_path: Path
) -> None:
    """Only its own permit has this series: it is counted on the way back."""
    there, data = tmp_path / "asal", tmp_path / "baru"
    (there / "sop").mkdir(parents=True)
    shutil.copytree(settings().data / "kunci", there / "kunci")
    example = FOLDER / "praktik_bidan"
    shutil.copy(example / "praktik_bidan.toml", there / "sop")
    office = DEFAULT.read_text("utf-8") + (example / "kantor.toml").read_text("utf-8")
    (there / "kantor.toml").write_text(office, "utf-8")
    own = BackedUp(original.key, tmp_path / "tujuan")
    made = alurizin("cadangkan", own.target, "--kunci", own.key, env={**os.environ, "ALURIZIN_DATA": str(there)})
    assert made.returncode == 0, made.stderr
    back = own.restore(data)
    assert back.returncode == 0, back.stderr
    assert (data / "kantor.toml").read_text("utf-8") == office
    assert "Deret praktik_bidan." in back.stdout


def awaited(url: str) -> Engine:
    """As soon as the server answers."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    end = time.monotonic() + 60
    while True:
        try:
            engine.connect().close()
            return engine
        except OperationalError:
            assert time.monotonic() < end


class TestKilled:
    """A real process, killed at a step of its own; then the same command once more."""

    @pytest.mark.attack("G04")
    @pytest.mark.parametrize(
        ("event", "path"),
        [
            pytest.param("open", "tabel/permohonan.age", marks=DRILL),
            pytest.param("open", "sementara/isi", marks=DRILL),
            pytest.param("os.rename", "/isi/", marks=DRILL),
            ("os.rename", "manifes"),
        ],
    )
    def test_a_backup_killed_before_its_end_does_not_exist_and_the_next_one_does(
        self, backed_up: BackedUp, tmp_path: Path, event: str, path: str
    ) -> None:
        whole = backed_up.backups
        store().put(f"sebelum dimatikan {event} {path}".encode())
        kill(halted(event, path, "cadangkan", backed_up.target, "--kunci", backed_up.key))
        assert backed_up.backups == whole
        backed_up.again()
        assert len(backed_up.backups) == 2
        self._is_sound(backed_up, tmp_path, 0)

    @pytest.mark.parametrize(
        ("event", "path"),
        [
            pytest.param("os.rename", ".indeks", marks=DRILL),
            pytest.param("os.rename", "cadangan.json", marks=DRILL),
            pytest.param("os.remove", "manifes.age", marks=DRILL),
            ("os.remove", "/isi/"),
        ],
    )
    def test_one_killed_while_it_tidies_up_is_whole(
        self, backed_up: BackedUp, tmp_path: Path, event: str, path: str
    ) -> None:
        content = store().put(f"hanya sekali {event} {path}".encode())
        backed_up.again()
        store().path(content).unlink()
        kill(halted(event, path, "cadangkan", backed_up.target, "--kunci", backed_up.key, "--simpan", "1"))
        self._is_sound(backed_up, tmp_path / "satu", 0, tidy=False)
        backed_up.again("--simpan", "1")
        assert len(backed_up.backups) == 1
        self._is_sound(backed_up, tmp_path / "dua", 0)

    def _is_sound(self, backed_up: BackedUp, folder: Path, files: int, *, tidy: bool = True) -> None:
        if tidy:
            assert not (backed_up.target / "sementara").exists()
            assert sorted(backed_up.target.glob("*Z")) == backed_up.backups
        back = backed_up.restore(folder / "baru")
        assert back.returncode == 0, back.stderr
        assert f"{files} permohonan: {SOUND}" in back.stdout

    @pytest.mark.attack("G04")
    @pytest.mark.parametrize(
        ("event", "path"),
        [
            pytest.param("open", "/berkas/", marks=DRILL),
            pytest.param("os.rename", "postgres.baru", marks=DRILL),
            ("open", "tabel/tugas.age"),
            pytest.param("os.remove", ".tanda", marks=DRILL),
            pytest.param("os.rename", ".utuh", marks=DRILL),
            ("os.rename", "/baru/kunci"),
            pytest.param("os.rename", "/baru/tte", marks=DRILL),
        ],
    )
    def test_a_restore_killed_anywhere_is_begun_anew_or_brought_to_its_end(
        self, backed_up: BackedUp, tmp_path: Path, event: str, path: str
    ) -> None:
        data = tmp_path / "baru"
        kill(halted(event, path, *backed_up.words(), env=elsewhere(data)))
        with pytest.raises(DefinitionError, match="belum selesai"):
            refuse_half(data)
        self._comes_back(backed_up, data)

    @DRILL
    @pytest.mark.parametrize("path", ["tabel/tugas.age", ".tanda"])
    def test_into_a_database_that_is_given_it_is_all_or_nothing(
        self, backed_up: BackedUp, tmp_path: Path, path: str
    ) -> None:
        data, event = tmp_path / "baru", "open" if path.startswith("tabel") else "os.remove"
        with given_database(tmp_path / "server") as given:
            kill(halted(event, path, *backed_up.words(), env=elsewhere(data, **given)))
            assert bool(inspect(awaited(given["DATABASE_URL"])).get_table_names()) is (event == "os.remove")
            self._comes_back(backed_up, data, **given)

    def _comes_back(self, backed_up: BackedUp, data: Path, **env: str) -> None:
        back = backed_up.restore(data, **env)
        assert back.returncode == 0, back.stderr
        assert f"1 permohonan: {SOUND}" in back.stdout
        assert not (data / ".pemulihan").exists()
        assert {"berkas", "kunci", "tte", "dari-cadangan"} <= set(left_in(data))
