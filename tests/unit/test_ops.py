"""The small rules of the ``alurizin`` command."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ops import instance
from ops.broker import numbers
from ops.child_log import ChildLog
from ops.cli import main
from ops.commands.jam import duration, moment
from ops.flower_auth import read_ticket
from ops.office import addresses_of, shared
from ops.postgres import sized
from ops.processes import MONITOR, QUEUES, Process, one_machine
from ops.sockets import socket_folder
from ops.supervisor import command_line
from ops.unprivileged import Person
from pipeline.errors import DefinitionError
from pipeline.settings import Settings, read_settings


@pytest.fixture
def settings() -> Settings:
    return read_settings(
        {"DATABASE_URL": "postgresql://x", "CELERY_BROKER_URL": "redis://x", "SECRET_KEY_FALLBACKS": "lama"}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d", timedelta(days=3)),
        ("2j", timedelta(hours=2)),
        ("30m", timedelta(minutes=30)),
        ("1d 2j 30m", timedelta(days=1, hours=2, minutes=30)),
    ],
)
def test_the_clock_is_moved_in_days_hours_and_minutes(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "3", "d", "tiga hari", "3d lusa", "-3d", "99999999999d"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter):
        duration(text)


def test_a_moment_is_read_on_the_wall_of_the_office() -> None:
    assert moment("2026-12-01T08:00") == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    with pytest.raises(click.BadParameter):
        moment("besok")


def test_versions_compare_as_numbers() -> None:
    assert numbers("7.0.15") > numbers("6.2") > numbers("6.0.20")


@pytest.mark.parametrize(
    ("gigabytes", "cores", "cache", "work", "parallel"),
    [
        (0.25, 1, "32MB", "4MB", "0"),
        (2, 2, "64MB", "4MB", "1"),
        (4, 4, "128MB", "8MB", "2"),
        (512, 64, "128MB", "16MB", "2"),
    ],
)
def test_the_server_takes_its_part_of_the_machine(
    gigabytes: float, cores: int, cache: str, work: str, parallel: str
) -> None:
    sizes = sized(int(gigabytes * 2**30), cores)
    assert (sizes["shared_buffers"], sizes["work_mem"]) == (cache, work)
    assert sizes["max_parallel_workers_per_gather"] == parallel


def test_flower_takes_a_fresh_ticket_of_the_web(settings: Settings) -> None:
    for key in (settings.secret_key, "lama"):
        ticket = URLSafeTimedSerializer(key, salt="flower").dumps({"email": "a@operator"})
        assert read_ticket(ticket, settings) == {"email": "a@operator"}


@pytest.mark.parametrize(("key", "salt"), [("kunci lain", "flower"), (None, "sesi")])
def test_flower_refuses_a_forged_ticket(settings: Settings, key: str | None, salt: str) -> None:
    ticket = URLSafeTimedSerializer(key or settings.secret_key, salt=salt).dumps({"email": "a@operator"})
    with pytest.raises(BadSignature):
        read_ticket(ticket, settings)


def test_a_socket_that_would_not_fit_goes_to_a_private_folder(tmp_path: Path) -> None:
    me = Person(tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    short = socket_folder(tmp_path, "x.sock", me)
    assert short == tmp_path / "soket"
    long = socket_folder(tmp_path / ("panjang" * 12), "x.sock", me)
    assert len(str(long / "x.sock")) <= 107
    assert long.stat().st_mode & 0o777 == 0o700
    long.rmdir()
    long.symlink_to(tmp_path)
    with pytest.raises(DefinitionError, match="milik pengguna lain"):
        socket_folder(tmp_path / ("panjang" * 12), "x.sock", me)
    long.unlink()


def test_our_own_programs_come_from_this_environment() -> None:
    words = command_line(Process(name="uji", command=("celery", "--version")))
    assert words[-2].endswith("/bin/celery")
    assert Path(words[-2]).is_absolute()


@pytest.mark.attack("G09", "H07")
def test_each_process_is_given_the_addresses_it_needs_and_no_other() -> None:
    assert shared({**OWN, "ALURIZIN_PORT": "8000"}) == {"ALURIZIN_PORT": "8000", "DATABASE_URL": "postgresql://kerja"}
    given = {p.name: addresses_of(p, OWN) for p in one_machine(8000)}
    assert given.pop("web") == {}
    assert given.pop("flower") == {"CELERY_BROKER_URL": "redis://flower"}
    assert {name: set(urls.values()) for name, urls in given.items()} == {name: {"redis://antrean"} for name in given}


#: Servers of an office's own.
OWN = {
    "DATABASE_URL": "postgresql://kerja",
    "MIGRATION_DATABASE_URL": "postgresql://milik",
    "CELERY_BROKER_URL": "redis://antrean",
    "FLOWER_BROKER_URL": "redis://flower",
}


@pytest.mark.parametrize("process", one_machine(8000), ids=lambda process: process.name)
def test_who_has_nothing_to_do_at_the_broker_needs_no_address_of_it(process: Process) -> None:
    assert process.broker == {"web": "", "flower": MONITOR}.get(process.name, QUEUES)


def test_a_wrong_command_is_answered_with_a_sentence() -> None:
    answer = CliRunner().invoke(main, ["tidak_ada"])
    assert answer.exit_code == 2
    assert "tidak_ada" in answer.output


def test_without_an_office_the_commands_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALURIZIN_DATA", str(tmp_path))
    answer = CliRunner().invoke(main, ["info"])
    assert answer.exit_code == 1
    assert "Jalankan `make run`" in answer.output


@pytest.mark.parametrize("kept", ['{"pengawas": 1, "web": "http://127.0.0.1:8000"}', "{", "[]"])
def test_what_another_version_has_written_is_a_sentence(tmp_path: Path, kept: str) -> None:
    (tmp_path / "instance.json").write_text(kept, encoding="utf-8")
    with pytest.raises(DefinitionError, match="versi lain"):
        instance.running(tmp_path)


def test_only_what_this_start_noticed_is_told(tmp_path: Path) -> None:
    log = ChildLog(tmp_path, "siapkan")
    for line in ("Perhatian: lama.", "Siap.", "Perhatian: satu.", "Perhatian: dua."):
        log.write(line)
    assert log.noticed() == ["Perhatian: satu.", "Perhatian: dua."]
    log.write("Siap.")
    assert log.noticed() == []
