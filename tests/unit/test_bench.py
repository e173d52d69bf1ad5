"""The bench says what it can measure, and each of its lines can be read by a program."""

import json

import pytest
from click.testing import CliRunner

from bench.__main__ import SUBJECTS, main
from bench.goals import at_least, at_most, not_measured, ratio, readable, told
from bench.inside import NINE_STEPS
from bench.peers.steps import DOCUMENTS, FIELDS, STEPS
from bench.results import FOLDER, OPERATIONS, between, row
from bench.what.soak import VARIES, verdicts


def test_help_names_everything_that_can_be_measured() -> None:
    answer = CliRunner().invoke(main, ["--help"])
    assert answer.exit_code == 0
    words = answer.output.split()
    assert [name for name in (*SUBJECTS, "soak", "all", "table") if name not in words] == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_subject_prints_json_when_asked(subject: str) -> None:
    answer = CliRunner().invoke(main, [subject, "--help"])
    assert answer.exit_code == 0
    assert "--json" in answer.output


def test_a_line_has_what_a_program_looks_for() -> None:
    line = json.loads(at_most("P2", "a decision", 19.07123, 3, 5, ours_ms=4.5).json)
    assert line == {
        "goal": "P2",
        "what": "a decision",
        "measured": 19.07,
        "target": "<= 3",
        "met": False,
        "rounds": 5,
        "counts": {"ours_ms": 4.5},
    }


def test_a_goal_is_met_from_its_own_side() -> None:
    assert [at_most("P1", "", 4, 4, 1).met, at_least("P3", "", 2.9, 3, 1).met] == [True, False]
    assert [told("P14", "", 2, 1).met, not_measured("P3", "", ">= 3", "no peer").met] == [None, None]


def test_a_line_without_a_peer_says_what_is_missing() -> None:
    first, second = readable([not_measured("P3", "cases", ">= 3", "django-viewflow is not installed")])
    assert first.split()[-2:] == ["not", "measured"]
    assert "django-viewflow is not installed" in second


def test_a_ratio_is_that_of_the_middle_round() -> None:
    assert ratio([2, 30, 4], [1, 10, 1]) == 3


def test_the_peers_case_is_the_same_for_all() -> None:
    people = [t for t in NINE_STEPS.langkah if t.automatic is None]
    assert (len(NINE_STEPS.langkah), len(people)) == (len(STEPS), sum(not step.automatic for step in STEPS))
    assert (len(NINE_STEPS.isian), len(NINE_STEPS.syarat)) == (len(FIELDS), len(DOCUMENTS))


def test_a_row_of_the_table_says_whether_its_goal_is_met() -> None:
    kept = {"commit": "abc", "at": "2026-11-28T07:00:00Z"}
    lines = [at_most("P2", "slow", 19, 3, 3), told("P14", "known", 2, 1), not_measured("P3", "peer", ">= 3", "-")]
    marks = [row(json.loads(line.json) | kept).split("|")[5].strip() for line in lines]
    assert marks == ["**no**", "", "not measured"]


def soaked(*memory: float) -> list[str]:
    """The verdicts of a soak with these samples of memory, when all else stays as it is."""
    samples = [dict.fromkeys(VARIES, 7.0) | {"MB of memory": mb, "web_mb": mb / 2} for mb in memory]
    return [str(line.counts["verdict"]) for line in verdicts(samples, minutes=15, files=90)]


def test_a_soak_is_flat_when_only_its_beginning_grew() -> None:
    assert soaked(*range(100, 1000, 50), *[1000.0] * 72) == ["flat"] * len(VARIES)


def test_a_soak_that_goes_on_growing_is_called_so() -> None:
    assert soaked(*(1000 + 2 * n for n in range(90))) == ["growing", "flat", "flat", "flat"]


def test_what_a_reading_varies_by_is_no_growth() -> None:
    assert soaked(*(1000 + 30 * (n % 2) for n in range(90))) == ["flat"] * len(VARIES)


def test_the_docs_show_what_the_drills_saw() -> None:
    assert between(OPERATIONS, "chaos")[1] == (FOLDER / "chaos.md").read_text(encoding="utf-8")
