"""Dashboard and alert rules name what /metrik tells, and an operator finds what to do for each alert."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.queries.machinery import no_database
from pipeline.queries.measures import TIMES, Done, Lying, Measured, Owed
from pipeline.settings import ROOT
from web.exposition import Exposition
from web.request_times import BUCKETS, RequestTimes

HERE = ROOT / "ops" / "monitoring"
RULES = [
    rule for group in yaml.safe_load((HERE / "aturan.yml").read_text("utf-8"))["groups"] for rule in group["rules"]
]
BOARD = json.loads((HERE / "grafana.json").read_text("utf-8"))
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
#: What of Prometheus' language the files use; another word is a typing error until it is named here.
WORDS = {"sum", "max", "by", "rate", "absent", "or", "histogram_quantile"}


def expressions() -> list[str]:
    return [rule["expr"] for rule in RULES] + [t["expr"] for panel in BOARD["panels"] for t in panel["targets"]]


def page() -> str:
    """All that is told, once."""
    times = RequestTimes(["publik"])
    times.count("publik", 0.03, failed=True)
    measured = Measured(
        parts=(no_database(),),
        owed=[Owed(antrean="dokumen", total=2, unsent=1, parked=1, oldest_at=NOW, at_broker=1)],
        messages={"sop.periksa": 3},
        lying=[Lying("front_office", "periksa", 5, 1, NOW)],
        done=[Done("periksa", "teruskan", 0, 1, 9.0), Done("periksa", "kembalikan", len(TIMES), 2, 9e6)],
        eskalasi={"lewat": 1},
        issued={("td_lks", "sk"): 1},
        undelivered={"gagal": 1},
        backup_at=NOW - timedelta(hours=1),
    )
    registry = CollectorRegistry()
    registry.register(Exposition(measured, times.read(), NOW, NOW, Path("/")))
    return generate_latest(registry).decode()


def told() -> dict[str, set[str]]:
    """The names Prometheus keeps, each with its labels."""
    found: dict[str, set[str]] = {"up": {"job"}}
    for family in text_string_to_metric_families(page()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def parts_of(expression: str) -> Iterator[str]:
    """The words of an expression, without what stands in quotes."""
    yield from re.findall(r"[a-z_]+", re.sub(r'"[^"]*"|\d[\de.]*[smhd]?|\[[^]]*]', "", expression))


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_what_is_told(expression: str) -> None:
    names = told()
    used = [word for word in parts_of(expression) if word in names]
    labels = set().union(*(names[name] for name in used))
    assert used
    assert [word for word in parts_of(expression) if word not in {*names, *labels, *WORDS}] == []
    assert expression.count("(") == expression.count(")")
    assert all(name in used for name in re.findall(r"alurizin_\w+", expression))


def test_the_board_shows_everything_that_is_told() -> None:
    """What nobody looks at need not be counted. Of a histogram one of its three is enough."""
    asked = " ".join(expressions())
    families = {family.name for family in text_string_to_metric_families(page())}
    assert sorted(name for name in families if name not in asked) == []


def test_a_legend_names_labels_there_are() -> None:
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            names = told()
            labels = set().union(*(names[word] for word in parts_of(target["expr"]) if word in names))
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= labels, panel["title"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happened_and_its_page_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    said = rule["annotations"]
    assert said["summary"].rstrip().endswith(".")
    assert rule["labels"]["severity"] in {"critical", "warning"}
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert f"| `{said['runbook']}` |" in manual


def test_times_are_counted_where_they_fall() -> None:
    times = RequestTimes(["publik", "petugas"])
    for seconds in (0.001, 0.005, 0.006, 99.0):
        times.count("petugas", seconds, failed=seconds > 1)
    times.count("tiada", 1.0, failed=False)
    found = times.read()["petugas"]
    assert (found.counts[0], found.counts[1], found.counts[len(BUCKETS)], found.failed) == (2, 1, 1, 1)
    assert found.seconds == pytest.approx(99.012)
    assert sum(times.read()["publik"].counts) == 0
