"""What the operator reads of disk, PDF engine, signer and ways out: its state, and what the public feels."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from pipeline.db import unit_of_work
from pipeline.models import Notice, Sk
from pipeline.queries.facilities import LITTLE, NOTHING, read_facilities, room
from pipeline.queries.machinery import Part, PartState
from pipeline.queries.opening import read_machine
from pipeline.roles import Peran
from pipeline.rules.opening.warnings import machine_findings
from pipeline.services.people.actor import Petugas
from pipeline.settings import Mode, PdfEngine, Settings, Smtp, settings
from tests.factories import WEDNESDAY, person
from tests.integration.story import whole_story


def facilities(db: Engine, s: Settings) -> dict[str, Part]:
    with db.connect() as conn:
        return {p.name: p for p in read_facilities(conn, s, now=WEDNESDAY)}


@pytest.mark.parametrize(
    ("free", "state"),
    [(LITTLE, PartState.BERJALAN), (LITTLE - 1, PartState.TERGANGGU), (NOTHING - 1, PartState.MATI)],
)
def test_room_runs_out_in_words(free: int, state: PartState) -> None:
    assert room(free).state is state
    assert ("tidak dapat mengunggah" in room(free).felt) == (state is PartState.MATI)


def test_an_office_without_mail_is_told_what_applicants_miss(db: Engine) -> None:
    found = facilities(db, replace(settings(), mode=Mode.PRODUCTION))
    assert [found[name].state for name in ("surel", "pesan")] == [PartState.MATI] * 2
    assert found["surel"].felt == "Pemohon hanya mendapat kabar di dalam aplikasi."


@pytest.mark.parametrize(
    ("change", "off", "felt"),
    [
        ({"smtp": Smtp(host="m", port=25, tls=False, sender="a@b.id")}, "pesan", "Kabar hanya dikirim lewat surel."),
        ({"message_url": "jsons://x/y"}, "surel", "Kabar hanya dikirim lewat pesan ke HP."),
    ],
    ids=["mail", "messages"],
)
def test_an_office_with_one_way_out_is_not_told_that_it_has_none(
    db: Engine, change: dict[str, object], off: str, felt: str
) -> None:
    s = replace(settings(), mode=Mode.PRODUCTION, **change)  # type: ignore[arg-type]  # fields of Settings, by name
    found = facilities(db, s)
    assert (found[off].state, found[off].felt) == (PartState.MATI, felt)
    machine = machine_findings(read_machine(s, WEDNESDAY))
    said = [part.detail for part in found.values()] + [one.sentence for one in machine]
    if off == "pesan":
        assert not any("hanya mendapat kabar di dalam aplikasi" in one for one in said)


def test_notices_that_failed_of_late_trouble_their_channel(db: Engine) -> None:
    whom = person()
    with unit_of_work() as s:
        for n, age in enumerate((timedelta(hours=1), timedelta(hours=2), timedelta(days=2))):
            s.add(
                Notice(
                    key=f"uji:{n}",
                    kind="terkirim",
                    person_id=whom,
                    channel="surel",
                    title="x",
                    content="x",
                    link="/",
                    status="gagal",
                    created_at=WEDNESDAY - age,
                )
            )
    found = facilities(db, settings())
    assert (found["surel"].state, found["pesan"].state) == (PartState.TERGANGGU, PartState.BERJALAN)
    assert "2 tidak sampai dalam 24 jam" in found["surel"].detail


def test_a_signature_of_which_nobody_knows_troubles_the_signer(db: Engine, kantor: dict[Peran, Petugas]) -> None:
    whole_story(kantor)
    assert facilities(db, settings())["penanda_tangan"].well
    with unit_of_work() as s:
        s.execute(update(Sk).values(status="perlu_dicek"))
    assert facilities(db, settings())["penanda_tangan"].state is PartState.TERGANGGU


def test_the_engine_is_named(db: Engine) -> None:
    found = facilities(db, replace(settings(), pdf_engine=PdfEngine.SEDERHANA))
    assert found["pdf"].detail == "mesin sederhana, tanpa LibreOffice"
    assert found["pemindai"].well
