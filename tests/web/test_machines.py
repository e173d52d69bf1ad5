"""What machines are told: /siap which part is away, /metrik what is counted; and nobody else hears of either."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.models import Outbox, Pulse, Tugas
from pipeline.queries.machinery import DEAD_AFTER, QUEUES
from pipeline.settings import Mode, settings
from tests.factories import WEDNESDAY, at_desk, owing_its_step, person
from tests.integration.story import whole_story
from tests.owner import as_owner
from tests.web.conftest import Browser
from tests.web.desk import Kantor, give_certificate, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.test_operator import beat, everything_lives
from tests.web.test_page_cost import counted
from web import machines

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
TOKEN = "token-pemantau-uji-0123456789"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(page: str) -> Samples:
    """What Prometheus reads of it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def value(page: str, name: str, **labels: str) -> float:
    return samples(page)[f"alurizin_{name}", frozenset(labels.items())]


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ALURIZIN_METRIK_TOKEN", TOKEN)
    settings.cache_clear()
    yield TOKEN
    monkeypatch.undo()
    settings.cache_clear()


class TestReady:
    def test_all_is_well(self, guest: Browser) -> None:
        everything_lives()
        answer = guest.open_page("/siap")
        assert (answer.status_code, answer.json["siap"], answer.json["degraded"]) == (200, True, [])
        assert set(answer.json["bagian"]) >= {"basis_data", "broker", "relay", "beat", "pekerja:peran"}

    @pytest.mark.parametrize("name", ["broker", "relay", "beat"])
    def test_a_part_that_is_silent_is_named_and_requests_still_come(self, guest: Browser, name: str) -> None:
        everything_lives()
        beat(name, DEAD_AFTER)
        answer = guest.open_page("/siap")
        assert (answer.status_code, answer.json["siap"], answer.json["degraded"]) == (200, True, [name])
        assert answer.json["bagian"][name]["keadaan"] == "mati"

    def test_a_queue_that_nobody_reads_is_named(self, guest: Browser) -> None:
        everything_lives()
        beat("pekerja:layanan", DEAD_AFTER, antrean=["dokumen", "pemberitahuan", "sistem"])
        beat("pekerja:cadangan", -timedelta(minutes=1), antrean=["dokumen", "sistem"])
        told = guest.open_page("/siap").json
        assert told["degraded"] == ["antrean:pemberitahuan", "pekerja:layanan"]

    def test_an_office_with_a_worker_for_each_desk_is_well(self, guest: Browser) -> None:
        everything_lives()
        with unit_of_work() as s:
            s.execute(update(Pulse).where(Pulse.name == "pekerja:peran").values(at=real_now() - timedelta(hours=2)))
        for antrean in QUEUES:
            beat(f"pekerja:{antrean}", -timedelta(minutes=1), antrean=[antrean])
        assert guest.open_page("/siap").json["degraded"] == []

    def test_work_that_waits_too_long_is_late_though_all_lives(self, guest: Browser) -> None:
        everything_lives()
        owing_its_step(person())
        assert guest.open_page("/siap").json["degraded"] == []
        with as_owner() as s:
            s.execute(update(Outbox).values(created_at=WEDNESDAY - timedelta(minutes=3)))
        told = guest.open_page("/siap").json
        assert (told["degraded"], told["bagian"]["antrean:front_office"]["keadaan"]) == (
            ["antrean:front_office"],
            "terganggu",
        )

    def test_without_a_database_nobody_is_sent_here(self, guest: Browser, no_database: None) -> None:
        answer = guest.open_page("/siap")
        assert (answer.status_code, answer.json["siap"], answer.json["degraded"]) == (503, False, ["basis_data"])

    @pytest.mark.attack("F15")
    @pytest.mark.parametrize(
        "stranger",
        [{"environ_base": STRANGER}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}, {"headers": {"Via": "1.1 x"}}],
        ids=["from elsewhere", "through the proxy", "through another"],
    )
    def test_a_stranger_hears_yes_or_no(self, guest: Browser, stranger: dict[str, dict[str, str]]) -> None:
        assert guest.open_page("/siap", **stranger).json == {"siap": True}

    def test_it_costs_two_statements(self, guest: Browser) -> None:
        everything_lives()
        guest.open_page("/siap")
        with counted() as n:
            guest.open_page("/siap")
        assert n.statements == 2


@pytest.fixture
def no_database(guest: Browser) -> Iterator[None]:
    """Every connection is refused; those that are kept are gone."""
    engine().dispose()
    refuse = OperationalError("", {}, ConnectionRefusedError())

    def fail(*_: object) -> None:
        raise refuse

    from sqlalchemy import event

    event.listen(engine(), "do_connect", fail, insert=True)
    yield
    event.remove(engine(), "do_connect", fail)


class TestMetrics:
    def test_it_counts_what_the_office_did(self, kantor: Kantor, guest: Browser) -> None:
        everything_lives()
        beat("broker", -timedelta(minutes=1), pesan={"dokumen": 7})
        give_certificate(kantor)
        whole_story(kantor.person)
        file = kantor.carry("rekomendasi", seed="z")
        with unit_of_work() as s:
            overdue = WEDNESDAY - timedelta(minutes=6)
            s.execute(update(Tugas).where(Tugas.id == at_desk(file.permohonan_id).tugas_id).values(tenggat=overdue))
        (settings().data / "cadangan.json").write_text(json.dumps({"at": real_now().isoformat()}))
        answer = guest.open_page("/metrik")
        (settings().data / "cadangan.json").unlink()
        page = answer.text
        assert answer.mimetype == "text/plain"
        assert value(page, "part_up", part="relay") == 1
        assert value(page, "broker_messages", antrean="dokumen") == 7
        assert value(page, "keputusan_last_day", langkah="periksa", keputusan="setujui") >= 1
        decided = sum(n for (name, _), n in samples(page).items() if name == "alurizin_keputusan_last_day")
        timed = sum(n for (name, _), n in samples(page).items() if name == "alurizin_langkah_seconds_count")
        assert decided == timed > 0
        assert value(page, "tugas_late", antrean="dinas_teknis", langkah="rekomendasi") == 1
        assert value(page, "sk_issued_last_day", sop="td_lks", kind="sk") >= 1
        assert 0 <= value(page, "backup_age_seconds") < 3600
        assert value(page, "request_seconds_count", room="operator") >= 0
        assert value(page, "build_info", version="0.1.0") == 1

    def test_parked_and_owed_messages_are_told_apart(self, guest: Browser) -> None:
        owing_its_step(person())
        assert value(guest.open_page("/metrik").text, "outbox_owed", antrean="front_office") == 1
        with unit_of_work() as s:
            s.execute(update(Outbox).values(stuck_at=WEDNESDAY))
        page = guest.open_page("/metrik").text
        assert value(page, "outbox_owed", antrean="front_office") == 0
        assert value(page, "outbox_parked", antrean="front_office") == 1

    def test_requests_are_counted_by_room_and_probes_are_not(self, guest: Browser) -> None:
        before = samples(guest.open_page("/metrik").text)
        guest.open_page("/lacak")
        guest.open_page("/siap")
        after = samples(guest.open_page("/metrik").text)
        counts = {key: n - before[key] for key, n in after.items() if key[0] == "alurizin_request_seconds_count"}
        assert sum(counts.values()) == counts["alurizin_request_seconds_count", frozenset({("room", "publik")})] == 1

    def test_without_a_database_it_says_so(self, guest: Browser, no_database: None) -> None:
        answer = guest.open_page("/metrik")
        assert (answer.status_code, value(answer.text, "part_up", part="basis_data")) == (200, 0)

    def test_it_costs_eight_statements(self, guest: Browser) -> None:
        guest.open_page("/metrik")
        with counted() as n:
            guest.open_page("/metrik")
        assert (n.transactions, n.statements) == (1, 8)

    @pytest.mark.attack("F15")
    def test_a_stranger_finds_no_such_page(self, guest: Browser, token: str) -> None:
        shown = {"Authorization": f"Bearer {token}"}
        wrong = {"Authorization": f"Bearer {token[:-1]}"}
        for asked, status in (
            ({}, HTTPStatus.OK),
            ({"environ_base": STRANGER}, HTTPStatus.NOT_FOUND),
            ({"environ_base": STRANGER, "headers": wrong}, HTTPStatus.NOT_FOUND),
            ({"environ_base": STRANGER, "headers": shown}, HTTPStatus.OK),
            ({"headers": {**shown, "X-Forwarded-For": "127.0.0.1"}}, HTTPStatus.NOT_FOUND),
            ({"headers": {"Forwarded": "for=127.0.0.1"}}, HTTPStatus.NOT_FOUND),
        ):
            assert guest.open_page("/metrik", **asked).status_code == status, asked

    @pytest.mark.attack("F15")
    @pytest.mark.parametrize("change", [{"mode": Mode.PRODUCTION}, {"proxy_hops": 1}], ids=["production", "proxy"])
    def test_a_proxy_on_this_machine_that_adds_no_header_lets_nobody_in(
        self, guest: Browser, token: str, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
    ) -> None:
        known = replace(machines.settings(), **change)  # type: ignore[arg-type]  # fields of Settings, by name
        monkeypatch.setattr(machines, "settings", lambda: known)
        assert guest.open_page("/metrik").status_code == HTTPStatus.NOT_FOUND
        assert "degraded" not in guest.open_page("/siap").json
        shown = {"Authorization": f"Bearer {token}"}
        assert guest.open_page("/metrik", headers=shown).status_code == HTTPStatus.OK
        assert "degraded" in guest.open_page("/siap", headers=shown).json

    @pytest.mark.attack("F15")
    def test_an_empty_token_opens_nothing(self, guest: Browser) -> None:
        for shown in ("Bearer ", "Bearer", "bearer x"):
            answer = guest.open_page("/metrik", environ_base=STRANGER, headers={"Authorization": shown})
            assert answer.status_code == 404

    def test_no_label_names_a_person_or_a_file(self, kantor: Kantor, guest: Browser) -> None:
        kantor.carry("rekomendasi")
        labels = {word for _, labels in samples(guest.open_page("/metrik").text) for _, word in labels}
        bounded = re.compile(r"[a-z_]+([:.][a-z_]+)*|\+Inf|[0-9.]+(e\+[0-9]+)?")
        assert [word for word in labels if not bounded.fullmatch(word)] == []
