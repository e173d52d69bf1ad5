"""``alurizin kubernetes``: the deployments of ops/k8s, one for each process that compose runs too."""

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

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: alurizin, proses: {name}}}
spec:
  replicas: {replicas}
  strategy: {{type: {strategy}}}
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
_ANSWERS = """\
          livenessProbe:
            exec:
              command:
                [celery, -A, tasks.app, inspect, ping, --timeout, "5", --destination, {name}@alurizin]
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
  scaleTargetRef: {{name: {name}}}
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
    """Tulis Deployment setiap proses, dan skala tiap pekerja menurut antreannya, ke BERKAS."""
    file.write_text(deployments(containers()), "utf-8")
    click.echo(f"{file}: {len(containers())} proses. Jalankan: kubectl apply -k {file.parent}")


def deployments(processes: Iterable[Process]) -> str:
    """The whole file."""
    parts = [part for process in processes for part in (_deployment(process), *_scaled(process))]
    return _OPENING + "---\n".join(parts)


def _deployment(process: Process) -> str:
    least, most = _MEMORY.get(process.name, _USUAL)
    more = _LISTENS.format(port=_PORTS[process.name]) if process.name in _PORTS else ""
    return _DEPLOYMENT.format(
        name=process.name.replace("_", "-"),
        replicas=_REPLICAS.get(process.name, 1),
        strategy="Recreate" if process.name == "beat" else "RollingUpdate",
        command=json.dumps(process.command),
        broker=f", {{secretRef: {{name: alurizin-{process.broker}}}}}" if process.broker else "",
        more=more or (_ANSWERS.format(name=process.name) if process.antrean else ""),
        least=least,
        most=most,
    )


def _scaled(process: Process) -> list[str]:
    """A worker follows what is owed to its queues."""
    if not process.antrean:
        return []
    triggers = "".join(_TRIGGER.format(queue=queue, each=WAITING_EACH) for queue in process.antrean)
    return [_SCALED.format(name=process.name.replace("_", "-"), most=WORKERS_AT_MOST, triggers=triggers)]
