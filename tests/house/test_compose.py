"""docker-compose.yml runs exactly the processes of ops/processes.py, and every queue is read by somebody."""

import shlex
from pathlib import Path

import pytest
import yaml

import celeryconfig
from ops.broker import RIGHTS
from ops.commands.compose import with_desks
from ops.processes import LEAN, Process, backup, containers, one_machine
from pipeline.errors import DefinitionError
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
SERVERS = {"postgres", "redis", "migrate", "proxy", "cadangan"}


def test_compose_has_a_service_for_every_process_and_no_other() -> None:
    assert set(SERVICES) == {process.name for process in containers()} | SERVERS


@pytest.mark.parametrize("process", containers(), ids=lambda process: process.name)
def test_compose_starts_the_same_command(process: Process) -> None:
    assert shlex.split(SERVICES[process.name]["command"]) == list(process.command)


@pytest.mark.attack("G15")
@pytest.mark.parametrize("processes", [one_machine(8000), containers()], ids=["one machine", "compose"])
def test_every_queue_is_read_by_exactly_one_worker(processes: tuple[Process, ...]) -> None:
    read = sorted(antrean for process in processes for antrean in process.antrean)
    assert read == sorted((*PERAN_QUEUES, *SERVICE_QUEUES))
    assert read == sorted(queue.name for queue in celeryconfig.task_queues)


def test_both_layouts_run_the_same_kinds_of_process() -> None:
    alone = {process.name for process in one_machine(8000) if not process.antrean}
    assert alone == {process.name for process in containers() if not process.antrean}


def test_the_image_keeps_its_processes_lean() -> None:
    words = (ROOT / "Dockerfile").read_text(encoding="utf-8").split()
    assert {f"{name}={value}" for name, value in LEAN.items()} <= set(words)


def test_the_backup_of_compose_is_run_by_a_timer_alone_and_is_the_same() -> None:
    service = SERVICES["cadangan"]
    assert shlex.split(service["command"]) == list(backup("/cadangan").command)
    assert (service["profiles"], service["restart"]) == (["cadangan"], "no")
    assert service["volumes"][:-1] == SERVICES["web"]["volumes"]
    assert service["volumes"][-1].endswith(":/cadangan")


def test_only_the_proxy_is_published() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}


def test_the_broker_keeps_its_queue() -> None:
    command = SERVICES["redis"]["command"][-1]
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "relay", "beat", "proxy", "cadangan"}))
def test_a_service_that_can_hang_is_watched(name: str) -> None:
    assert "healthcheck" in SERVICES[name]


@pytest.mark.attack("G09")
def test_the_broker_in_a_container_gives_the_rights_of_our_own() -> None:
    command = SERVICES["redis"]["command"][-1]
    assert f'"user default on >$$REDISCLI_AUTH {RIGHTS}" > /tmp/akses.acl' in command


@pytest.mark.attack("H07")
def test_the_application_in_a_container_is_no_superuser_of_its_database() -> None:
    environment = SERVICES["postgres"]["environment"]
    assert "POSTGRES_USER" not in environment
    assert environment["POSTGRES_PASSWORD"] != environment["ALURIZIN_PASSWORD"]
    assert "CREATE ROLE alurizin LOGIN PASSWORD" in (ROOT / "ops" / "postgres-awal.sh").read_text(encoding="utf-8")


def test_the_desks_of_compose_are_written_from_the_office_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert with_desks(text, PERAN_QUEUES) == text, "alurizin compose"
    with pytest.raises(DefinitionError, match="meja: awal"):
        with_desks("services:\n", PERAN_QUEUES)


def test_a_new_post_gets_a_worker_of_its_own() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(with_desks(text, (*PERAN_QUEUES, "kasi")))["services"]
    assert set(services) == set(SERVICES) | {"kasi"}
    assert "worker kasi kasi" in services["kasi"]["command"]
