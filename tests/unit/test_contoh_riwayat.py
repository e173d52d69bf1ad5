"""What the sample reads out of queue and history, and what it finds wrong with them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ops.contoh.browser.client import SampleFailed
from ops.contoh.browser.page import parse_html
from ops.contoh.browser.times import read_times
from ops.contoh.checks.riwayat import SYSTEM, Incident, match, read_riwayat, title
from ops.contoh.scenarios import BACK, REFUSED, SCENARIO, SOP, STRAIGHT, Scenario, Stage
from pipeline.sop.words import KeputusanKind

START = datetime(2026, 11, 25, 1, tzinfo=UTC)


def _told(scenario: Scenario) -> list[Incident]:
    """The history of a file that went as the story wants, each step by somebody else."""
    return [
        Incident(
            title(b), SYSTEM if SOP[b.langkah].automatic else f"Orang {n}, {b.langkah}", START + timedelta(minutes=n)
        )
        for n, b in enumerate(scenario.stage)
    ]


@pytest.mark.parametrize("scenario", SCENARIO, ids=lambda s: s.code)
def test_history_of_the_story_is_accepted(scenario: Scenario) -> None:
    draft = Incident("Draf disusun", SYSTEM, START)
    assert match("LKS-1", scenario.stage, [draft, *_told(scenario)]) == _told(scenario)


@pytest.mark.parametrize(
    "altered",
    [
        lambda r: r[:-1],
        lambda r: [*r, r[-1]],
        lambda r: [r[1], r[0], *r[2:]],
        lambda r: _told(REFUSED),
        lambda r: _told(BACK),
    ],
    ids=["lost", "doubled", "out of order", "refused", "returned"],
)
def test_any_other_history_is_not(altered: Callable[[list[Incident]], list[Incident]]) -> None:
    with pytest.raises(SampleFailed, match="LKS-1"):
        match("LKS-1", STRAIGHT.stage, altered(_told(STRAIGHT)))


def _by(langkah: str, actor: str) -> list[Incident]:
    pair = zip(STRAIGHT.stage, _told(STRAIGHT), strict=True)
    return [Incident(k.title, actor, k.at) if b.langkah == langkah else k for b, k in pair]


def test_one_person_may_not_approve_twice() -> None:
    kabid = next(k.actor for b, k in zip(STRAIGHT.stage, _told(STRAIGHT), strict=True) if b.langkah == "paraf_kabid")
    with pytest.raises(SampleFailed, match="dua persetujuan"):
        match("LKS-1", STRAIGHT.stage, _by("paraf_sekretaris", kabid))


def test_system_may_not_do_the_field_visit() -> None:
    with pytest.raises(SampleFailed, match="langkah 4 diputus sistem"):
        match("LKS-1", STRAIGHT.stage, _by("rekomendasi", SYSTEM))


def test_lines_of_the_history_page_are_read_oldest_first() -> None:
    screen = parse_html(
        '<ol class="timeline">'
        '<li><strong>Ditandatangani</strong><span>Syahrani, Kepala Dinas · <time datetime="2026-11-25T03:00:00+00:00">'
        "25 November 2026 11.00 WITA</time></span></li>"
        '<li><strong>Permohonan dikirim</strong><br><span>Pemohon · <time datetime="2026-11-25T01:00:00+00:00">x</time>'
        "</span></li><li>Belum ada.</li></ol>"
    )
    assert [(k.title, k.actor) for k in read_riwayat(screen)] == [
        ("Permohonan dikirim", "Pemohon"),
        ("Ditandatangani", "Syahrani, Kepala Dinas"),
    ]


def test_tenggat_is_read_as_the_office_writes_it() -> None:
    time = read_times("Tenggat 1 Desember 2026 16.00 WITA (batas 4 hari).")
    assert [w.astimezone(UTC) for w in time] == [datetime(2026, 12, 1, 8, tzinfo=UTC)]


def test_return_is_worded_with_its_target() -> None:
    back = Stage("paraf_kabid", KeputusanKind.KEMBALIKAN, "rekomendasi")
    assert title(back) == "Dikembalikan ke Dinas Teknis"
