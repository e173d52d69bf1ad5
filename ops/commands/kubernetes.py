"""``alurizin kubernetes``: the workloads of ops/k8s, one for each process that compose runs too."""

import json
from collections.abc import Iterable
from pathlib import Path

import click

from ops.processes import Process, containers

DEFAULT = "ops/k8s/proses.yaml"
#: Files that wait in a queue before one more worker is started for it, and how many there may be.
WAITING_EACH, WORKERS_AT_MOST = 20, 4
_OPENING = "# Written by `alurizin kubernetes` from ops/processes.py; changes here are lost.\n"
#: How many of each from the start; of the others one. Relays share their work; there is one clock.
_REPLICAS = {"web": 2, "relay": 2}
_PORTS = {"web": 8000, "flower": 5555}
_MEMORY = {"web": ("256Mi", "768Mi"), "layanan": ("384Mi", "1536Mi")}
_USUAL = ("128Mi", "512Mi")

_WORKLOAD = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
  labels: {{app: alurizin, proses: {name}}}
spec:
  replicas: {replicas}
  {strategy}
  selector: {{matchLabels: {{app: alurizin, proses: {name}}}}}
  template:
    metadata:
      labels: {{app: alurizin, proses: {name}}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 40
      securityContext:
        seccompProfile: {{type: RuntimeDefault}}
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
      containers:
        - name: {name}
          image: alurizin
          command: {command}
          envFrom: [{{configMapRef: {{name: alurizin}}}}, {{secretRef: {{name: alurizin-rahasia}}}}{broker}]
{more}          resources: {{requests: {{cpu: 50m, memory: {least}}}, limits: {{memory: {most}}}}}
          securityContext:
            {{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{drop: [ALL]}}}}
          volumeMounts:
            - {{name: data, mountPath: /data}}
            - {{name: kantor, mountPath: /kantor, readOnly: true}}
            - {{name: tmp, mountPath: /tmp}}
      volumes:
        - {{name: data, persistentVolumeClaim: {{claimName: alurizin-data}}}}
        - {{name: kantor, persistentVolumeClaim: {{claimName: alurizin-kantor}}}}
        - {{name: tmp, emptyDir: {{}}}}
"""
_LISTENS = """\
          ports: [{{containerPort: {port}}}]
          livenessProbe: {{tcpSocket: {{port: {port}}}, periodSeconds: 20, failureThreshold: 3}}
          readinessProbe: {{tcpSocket: {{port: {port}}}, periodSeconds: 5}}
"""
#: A worker's name is its own, also beside others of its queue, and stays over restarts: what it held when it died is
#: found again by it. So workers are a StatefulSet, and each is called as its pod.
_WORKER_NAME, _NAME_AT = "$(NAMA_PEKERJA)", 4  # in ``python -m tasks.celery worker NAME QUEUES``
_ANSWERS = """\
          env: [{name: NAMA_PEKERJA, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
          livenessProbe:
            exec:
              command:
                - sh
                - -c
                - exec celery -A tasks.app inspect ping --timeout 5 --destination "$NAMA_PEKERJA@alurizin"
            initialDelaySeconds: 30
            periodSeconds: 60
            timeoutSeconds: 20
"""
_SCALED = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {name}
spec:
  scaleTargetRef: {{kind: StatefulSet, name: {name}}}
  minReplicaCount: 1
  maxReplicaCount: {most}
  triggers:
{triggers}"""
#: What is owed to the queue and can be done: the database knows it, whatever the broker has lost.
_TRIGGER = """\
    - type: postgresql
      metadata:
        connectionFromEnv: DATABASE_URL
        targetQueryValue: "{each}"
        query: >-
          SELECT count(*) FROM outbox WHERE antrean = '{queue}' AND closed_at IS NULL AND stuck_at IS NULL
"""


@click.command()
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path, dir_okay=False), default=DEFAULT)
def kubernetes(file: Path) -> None:
    """Tulis setiap proses, dan skala tiap pekerja menurut antreannya, ke BERKAS."""
    file.write_text(workloads(containers()), "utf-8")
    click.echo(f"{file}: {len(containers())} proses. Jalankan: kubectl apply -k {file.parent}")


def workloads(processes: Iterable[Process]) -> str:
    """The whole file."""
    parts = [part for process in processes for part in (_workload(process), *_scaled(process))]
    return _OPENING + "---\n".join(parts)


def _workload(process: Process) -> str:
    least, most = _MEMORY.get(process.name, _USUAL)
    name, command, more = process.name.replace("_", "-"), process.command, ""
    if process.antrean:
        kind, strategy, more = "StatefulSet", "serviceName: pekerja\n  podManagementPolicy: Parallel", _ANSWERS
        command = tuple(_WORKER_NAME if at == _NAME_AT else word for at, word in enumerate(command))
    else:
        kind = "Deployment"
        strategy = f"strategy: {{type: {'Recreate' if process.name == 'beat' else 'RollingUpdate'}}}"
        more = _LISTENS.format(port=_PORTS[process.name]) if process.name in _PORTS else ""
    return _WORKLOAD.format(
        kind=kind,
        name=name,
        replicas=_REPLICAS.get(process.name, 1),
        strategy=strategy,
        command=json.dumps(command),
        broker=f", {{secretRef: {{name: alurizin-{process.broker}}}}}" if process.broker else "",
        more=more,
        least=least,
        most=most,
    )


def _scaled(process: Process) -> list[str]:
    """A worker follows what is owed to its queues."""
    if not process.antrean:
        return []
    triggers = "".join(_TRIGGER.format(queue=queue, each=WAITING_EACH) for queue in process.antrean)
    return [_SCALED.format(name=process.name.replace("_", "-"), most=WORKERS_AT_MOST, triggers=triggers)]
