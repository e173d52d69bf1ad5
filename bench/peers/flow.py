"""The peers' case in django-viewflow, as its own pages drive it: who has the role takes the task, then finishes it.

Runs in an environment of its own (requirements/bench.txt): ``python -m bench.peers.flow carry DSN CLIENTS CASES``.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from statistics import median
from types import ModuleType, SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

from bench import crowd
from bench.peers.steps import DOCUMENTS, FIELDS, FORM, STEPS

#: Django wants an application to be a package with a folder.
_package = ModuleType("licence")
_package.__path__ = [tempfile.mkdtemp(prefix="bench-viewflow-")]
_package.__file__ = f"{_package.__path__[0]}/__init__.py"
sys.modules["licence"] = _package
_address = urlsplit(sys.argv[2])
settings.configure(
    SECRET_KEY="bench " * 10,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "viewflow",
        "viewflow.workflow",
        "licence",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _address.path[1:],
            "USER": _address.username,
            "HOST": parse_qs(_address.query)["host"][0],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402 - Django is set up first
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.utils import timezone  # noqa: E402
from viewflow import this  # noqa: E402
from viewflow.workflow import flow, lock  # noqa: E402
from viewflow.workflow.flow import views  # noqa: E402
from viewflow.workflow.models import Process, Task  # noqa: E402

_PEOPLE = [step for step in STEPS if not step.automatic]


class LicenceProcess(Process):
    """The form, on viewflow's own process."""

    vars().update({name: models.TextField() for name in FIELDS})
    due = models.DateTimeField(null=True, db_index=True)

    class Meta:
        app_label = "licence"


class Document(models.Model):
    """The metadata of one file."""

    process = models.ForeignKey(LicenceProcess, on_delete=models.CASCADE)
    kind, name, sha256 = models.TextField(), models.TextField(), models.TextField()
    size = models.IntegerField()

    class Meta:
        app_label = "licence"


def _due(minutes: int) -> Callable[[object, SimpleNamespace], None]:
    def set_due(_: object, activation: SimpleNamespace) -> None:
        due = timezone.now() + timedelta(minutes=minutes)
        LicenceProcess.objects.filter(pk=activation.process.pk).update(due=due)

    return set_due


def _desk(number: int) -> flow.View:
    view = flow.View(views.UpdateProcessView.as_view(fields=[]))
    allowed = view.Permission(f"licence.do_{STEPS[number - 1].role}")
    return allowed.onCreate(getattr(this, f"due{number}")).Next(getattr(this, f"step{number + 1}"))


class LicenceFlow(flow.Flow):
    """Nine steps; the first and the last are the machine's."""

    __module__ = "licence.flows"
    process_class = LicenceProcess
    vars().update(lock_impl=lock.select_for_update_lock)
    vars().update({f"due{step.number}": _due(step.minutes) for step in _PEOPLE})
    vars().update({f"step{step.number}": _desk(step.number) for step in _PEOPLE})
    start = flow.StartHandle(this.begin).Next(this.step1)
    step1 = flow.Function(this.pass_on).Next(this.step2)
    step9 = flow.Function(this.pass_on).Next(this.end)
    end = flow.End()

    def begin(self, activation: SimpleNamespace) -> Process:
        """The application, with its form and documents."""
        process = activation.process
        for name, value in FORM.items():
            setattr(process, name, value)
        process.save()
        Document.objects.bulk_create(
            Document(process=process, kind=kind, name=name, size=size, sha256=sha256)
            for kind, name, size, sha256 in DOCUMENTS
        )
        return process

    def pass_on(self, activation: SimpleNamespace) -> None:
        """The machine's own steps do nothing."""


_flows = ModuleType("licence.flows")
vars(_flows)["LicenceFlow"] = LicenceFlow
sys.modules["licence.flows"] = _flows


def set_up() -> None:
    """Tables, and a user for each role."""
    call_command("makemigrations", "licence", verbosity=0)
    call_command("migrate", verbosity=0)
    content_type, _ = ContentType.objects.get_or_create(app_label="licence", model="licenceprocess")
    view, _ = Permission.objects.get_or_create(
        codename="view_licenceprocess", content_type=content_type, defaults={"name": "view"}
    )
    for role in {step.role for step in _PEOPLE}:
        may = Permission.objects.create(codename=f"do_{role}", name=role, content_type=content_type)
        User.objects.create(username=role).user_permissions.add(may, view)


def carrier() -> Callable[[int], list[float]]:
    """For one process of a crowd."""
    connection.close()
    users = {user.username: user for user in User.objects.all()}

    def carry(_: int) -> list[float]:
        with transaction.atomic():  # runs the machine's first step too
            process = LicenceFlow.start.run()
        times = [_decide(process.pk, users[step.role]) for step in _PEOPLE]
        process.refresh_from_db()
        if process.status != "DONE":
            raise RuntimeError(process.status)
        return times

    return carry


def _decide(process: int, user: User) -> float:
    """Two requests of its pages: take the task, finish it."""
    began = time.perf_counter()
    task = Task.objects.get(process_id=process, flow_task_type="HUMAN", finished__isnull=True)
    with task.activation() as activation:
        if not activation.assign.has_perm(user):
            raise RuntimeError("not allowed")
        activation.assign(user)
    with task.activation() as activation:
        activation.start(SimpleNamespace(user=user))
        activation.execute()
    return time.perf_counter() - began


def load(files: int) -> None:
    """Copies of a finished process and of ones that wait at each desk, one in ten of them open; by SQL."""
    carrier()(0)
    sources = [(Process.objects.latest("pk").pk, files - files // 10)]
    users = {user.username: user for user in User.objects.all()}
    for desk in range(len(_PEOPLE)):
        with transaction.atomic():
            waiting = LicenceFlow.start.run().pk
        for step in _PEOPLE[:desk]:
            _decide(waiting, users[step.role])
        sources.append((waiting, files // 10 // len(_PEOPLE)))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for source, copies in sources:
            _copy(cursor, source, copies)
        cursor.execute("VACUUM ANALYZE")


def _copy(cursor: CursorWrapper, source: int, copies: int) -> None:
    cursor.execute("SELECT max(id) FROM viewflow_process")
    [(last,)] = cursor.fetchall()
    for model, key in ((Process, "id"), (LicenceProcess, "process_ptr_id"), (Task, "process_id")):
        columns = [f.column for f in model._meta.local_concrete_fields if f.column not in {"id", key}]
        spread = {"due": "due + g * interval '7 seconds'"}
        values = ", ".join(spread.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({key}, {names}) SELECT %s + g, {values}"
            f" FROM {model._meta.db_table}, generate_series(1, %s) g WHERE {key} = %s",
            [last, copies, source],
        )
    cursor.execute("SELECT setval('viewflow_process_id_seq', (SELECT max(id) FROM viewflow_process))")


def first_page(times: int) -> float:
    """The middle one of so many reads of the first 25 tasks of a role, the soonest due first."""
    took = []
    for _ in range(times):
        user = User.objects.get(username=_PEOPLE[0].role)  # as a request does: nothing is known of its permissions
        began = time.perf_counter()
        page = list(Task.objects.queue([LicenceFlow], user).order_by("process__licenceprocess__due")[:25])
        took.append(time.perf_counter() - began)
        if len(page) != 25:
            raise RuntimeError("the inbox is not full")
    return median(took)


def main() -> None:
    what, _, *rest = sys.argv[1:]
    numbers = [int(number) for number in rest]
    if what == "carry":
        connection.close()
        clients, cases = numbers
        print(json.dumps(asdict(crowd.run(carrier, clients=clients, cases=cases))))
    elif what == "inbox":
        print(json.dumps(first_page(*numbers)))
    elif what == "load":
        load(*numbers)
    else:
        set_up()


if __name__ == "__main__":
    main()
