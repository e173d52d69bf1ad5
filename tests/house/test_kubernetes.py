"""ops/k8s runs exactly the processes of ops/processes.py, as Kubernetes understands it; queues have their workers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ops.commands.kubernetes import workloads
from ops.processes import Process, containers
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

FOLDER = Path(__file__).resolve().parents[2] / "ops" / "k8s"
LISTED = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
Resource = Mapping[str, Any]  # a parsed YAML document


def documents() -> list[Resource]:
    texts = [(FOLDER / name).read_text("utf-8") for name in LISTED["resources"]]
    return [one for text in texts for one in yaml.safe_load_all(text)]


def of_kind(kind: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in documents() if one["kind"] == kind}


WORKERS, SCALED = of_kind("StatefulSet"), of_kind("ScaledObject")
WORKLOADS = of_kind("Deployment") | WORKERS


def test_the_workloads_are_written_from_the_table_of_processes() -> None:
    assert (FOLDER / "proses.yaml").read_text("utf-8") == workloads(containers()), "alurizin kubernetes"


@pytest.mark.parametrize("one", documents(), ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_kubernetes_understands_each(one: Resource) -> None:
    if one["kind"] != "ScaledObject":  # KEDA's own
        kubernetes_validate.validate(one, "1.31", strict=True)


@pytest.mark.parametrize("process", containers(), ids=lambda process: process.name)
def test_each_process_runs_its_command_and_may_do_nothing_else(process: Process) -> None:
    pod = WORKLOADS[process.name.replace("_", "-")]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    words = list(process.command)
    if process.antrean:  # any number of workers for a queue: each has its pod's name, the same after a restart
        words[words.index("worker") + 1] = "$(NAMA_PEKERJA)"
        assert container["env"] == [{"name": "NAMA_PEKERJA", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
        assert process.name.replace("_", "-") in WORKERS
    assert container["command"] == words
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert process.name in ("relay", "beat") or "livenessProbe" in container


def test_there_is_one_clock_and_it_never_runs_twice() -> None:
    assert WORKLOADS["beat"]["spec"]["replicas"] == 1
    assert WORKLOADS["beat"]["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize("queue", [*PERAN_QUEUES, *SERVICE_QUEUES])
def test_the_worker_of_each_queue_grows_with_it(queue: str) -> None:
    asked = {name: [t["metadata"]["query"] for t in one["spec"]["triggers"]] for name, one in SCALED.items()}
    [scaled] = [SCALED[name] for name, queries in asked.items() if any(f"antrean = '{queue}'" in q for q in queries)]
    assert scaled["spec"]["scaleTargetRef"]["kind"] == "StatefulSet"
    worker = WORKERS[scaled["spec"]["scaleTargetRef"]["name"]]
    [container] = worker["spec"]["template"]["spec"]["containers"]
    assert queue in container["command"][-3].split(",")
    assert 1 <= scaled["spec"]["minReplicaCount"] < scaled["spec"]["maxReplicaCount"]


def test_migration_runs_once_and_as_the_owner() -> None:
    [job] = of_kind("Job").values()
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["alurizin", "migrate"]
    assert {"secretRef": {"name": "alurizin-pemilik"}} in container["envFrom"]
    for workload in WORKLOADS.values():
        [process] = workload["spec"]["template"]["spec"]["containers"]
        assert {"secretRef": {"name": "alurizin-pemilik"}} not in process["envFrom"]


@pytest.mark.attack("G09")
@pytest.mark.parametrize("process", containers(), ids=lambda process: process.name)
def test_each_process_has_the_secrets_it_needs_and_no_other(process: Process) -> None:
    [container] = WORKLOADS[process.name.replace("_", "-")]["spec"]["template"]["spec"]["containers"]
    secrets = {one["secretRef"]["name"] for one in container["envFrom"] if "secretRef" in one}
    assert secrets == {"alurizin-rahasia", *([f"alurizin-{process.broker}"] if process.broker else [])}


def test_nothing_comes_in_but_through_the_ingress() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["tertutup"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policies["tertutup"]["spec"]
    [opened] = [policy for policy in policies.values() if "ingress" in policy["spec"]]
    assert opened["spec"]["podSelector"]["matchExpressions"][0]["values"] == ["web", "flower"]
