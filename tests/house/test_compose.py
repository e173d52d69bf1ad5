"""docker-compose.yml runs exactly the processes of ops/processes.py, and every queue is read by somebody."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

import celeryconfig
from ops.broker import ACCESS
from ops.commands.compose import with_desks
from ops.postgres import APPLICATION, NAME
from ops.processes import LEAN, MONITOR, QUEUES, Process, backup, containers, one_machine
from pipeline.errors import DefinitionError
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from web.errors import PAGE
from web.headers import HSTS, UPLOAD_LIMIT
from web.server import HEAD_SECONDS, STALL_SECONDS

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
PROXIES = {"proxy": "tls", "proxy_belakang": "belakang"}  # and their profiles
SERVERS = {"postgres", "redis", "migrate", "cadangan", *PROXIES}
LAYOUTS = ROOT / "ops" / "proxy"


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


def test_only_a_proxy_is_published() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == set(PROXIES)


def test_the_broker_keeps_its_queue() -> None:
    script = (ROOT / "ops" / "redis-awal.sh").read_text(encoding="utf-8")
    assert "--appendonly yes" in script
    assert "--maxmemory-policy noeviction" in script


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "relay", "beat", "cadangan", *PROXIES}))
def test_a_service_that_can_hang_is_watched(name: str) -> None:
    assert "healthcheck" in SERVICES[name]


@pytest.mark.attack("G09")
def test_the_broker_in_a_container_gives_the_rights_of_our_own() -> None:
    """The file that ops/broker.py reads, through a script that tests/integration/test_compose_servers.py runs."""
    mounted = dict(volume.removesuffix(":ro").split(":") for volume in SERVICES["redis"]["volumes"])
    assert mounted.pop("redis") == "/data"
    assert {(ROOT / here).resolve() for here in mounted} == {ACCESS, ACCESS.with_name("redis-awal.sh")}
    assert {Path(there).parent for there in mounted.values()} == {Path("/etc/alurizin")}


@pytest.mark.attack("G09", "H07")
@pytest.mark.parametrize("process", containers(), ids=lambda process: process.name)
def test_each_container_has_the_addresses_it_needs_and_no_other(process: Process) -> None:
    environment = SERVICES[process.name]["environment"]
    assert "MIGRATION_DATABASE_URL" not in environment
    assert user(environment["DATABASE_URL"]) == APPLICATION
    assert user(environment.get("CELERY_BROKER_URL", "")) == process.broker
    given = {name for name in ("REDIS_PASSWORD", "FLOWER_PASSWORD", "OWNER_PASSWORD") if name in str(environment)}
    assert given == {"": set(), QUEUES: {"REDIS_PASSWORD"}, MONITOR: {"FLOWER_PASSWORD"}}[process.broker]


def user(url: str) -> str:
    """In an address whose password compose has still to fill in."""
    return url.partition("://")[2].partition(":")[0]


@pytest.mark.attack("H07")
def test_the_application_in_a_container_is_no_superuser_of_its_database() -> None:
    environment = SERVICES["postgres"]["environment"]
    assert "POSTGRES_USER" not in environment
    passwords = ("POSTGRES_PASSWORD", "ALURIZIN_PASSWORD", "ALURIZIN_OWNER_PASSWORD")
    assert len({environment[name] for name in passwords}) == 3
    assert user(SERVICES["migrate"]["environment"]["MIGRATION_DATABASE_URL"]) == NAME


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


class TestProxies:
    """What stands before the web, in either layout (tests/e2e/test_proxy.py runs them)."""

    def test_there_is_one_at_a_time_and_the_sample_settings_choose_it(self) -> None:
        assert {name: SERVICES[name]["profiles"] for name in PROXIES} == {n: [p] for n, p in PROXIES.items()}
        lines = (ROOT / ".env.contoh").read_text(encoding="utf-8").splitlines()
        assert {"COMPOSE_PROFILES=tls", "PROXY_HOPS=1", "# COMPOSE_PROFILES=belakang", "# PROXY_HOPS=2"} <= set(lines)
        assert not {name for name, service in SERVICES.items() if "profiles" in service} - {*PROXIES, "cadangan"}

    @pytest.mark.attack("H01")
    def test_the_web_counts_the_hops_it_is_told_of(self) -> None:
        environment = SERVICES["web"]["environment"]
        assert environment["PROXY_HOPS"] == "${PROXY_HOPS:-1}"
        assert "PROXY" not in environment

    @pytest.mark.parametrize("name", PROXIES)
    def test_its_layout_is_filled_in_from_its_environment_and_mounted_where_it_is_read(self, name: str) -> None:
        mounted = dict(volume.rsplit(":", 2)[:2] for volume in SERVICES[name]["volumes"])
        (layout,) = (source for source, place in mounted.items() if place.endswith("/default.conf.template"))
        text = (ROOT / layout).read_text(encoding="utf-8")
        assert set(re.findall(r"\$\{(\w+)\}", text)) <= set(SERVICES[name]["environment"])
        assert "include alurizin/office.conf;" in text
        assert mounted["./ops/proxy"] == "/etc/nginx/alurizin"
        ports = {port.rpartition(":")[2] for port in SERVICES[name]["ports"]}
        listening = {SERVICES[name]["environment"][variable] for variable in re.findall(r"listen \$\{(\w+)\}", text)}
        assert ports == listening

    def test_it_leads_to_the_ports_of_our_processes(self) -> None:
        port = {process.name: process.command for process in containers()}
        environment = SERVICES["proxy"]["environment"]
        assert environment["ALURIZIN_WEB"].removeprefix("web:") == port["web"][2].rpartition(":")[2]
        assert environment["ALURIZIN_FLOWER"].removeprefix("flower:") == port["flower"][-1]

    @pytest.mark.attack("C07")
    def test_its_limits_are_those_of_the_application(self) -> None:
        """The web refuses what is longer by itself; the proxy must not let more in, nor refuse what the web takes."""
        words = dict(re.findall(r"^(\w+) (\S+);", (LAYOUTS / "office.conf").read_text(encoding="utf-8"), re.MULTILINE))
        assert words["client_max_body_size"] == f"{UPLOAD_LIMIT >> 20}m"
        assert words["client_header_timeout"] == f"{HEAD_SECONDS:.0f}s"
        assert words["client_body_timeout"] == words["send_timeout"] == f"{STALL_SECONDS:.0f}s"

    @pytest.mark.parametrize("code", [413, 503])
    def test_it_says_what_the_web_would_say(self, code: int) -> None:
        text, page = (LAYOUTS / f"{code}.html").read_text(encoding="utf-8"), PAGE[code]
        assert {page.title, page.sentence, page.advice} <= set(re.findall(r"<(?:h1|p)>(.+)</", text))
        assert f"<title>{page.title}</title>" in text

    def test_what_it_demands_of_browsers_is_what_the_web_demands(self) -> None:
        assert f'Strict-Transport-Security "{HSTS}" always' in (LAYOUTS / "tls.conf").read_text(encoding="utf-8")
