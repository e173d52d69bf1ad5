"""Two agencies have a file at the same time: each decides on its own, and the last one in decides for both."""

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from pipeline.calendar.due import Interval, office_time
from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, NotAllowedYet
from pipeline.models import CorrectionRequest, Eskalasi, Outbox, Peristiwa, Permohonan, Tugas
from pipeline.queries.applicant.journey import State
from pipeline.queries.applicant.permohonan import Filler, my_permohonan
from pipeline.queries.applicant.tracking import find_trace
from pipeline.queries.calendar import calendar_in_force
from pipeline.queries.desk.delegasi import read_subordinate
from pipeline.queries.desk.permohonan import open_tugas_of, read_readable
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.times import raised_on, read_eskalasi, read_permohonan_clocks
from pipeline.queries.desk.tugas import read_desk_tugas
from pipeline.rules.transitions import Keputusan, Request, Seen
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.deadlines.recompute import recompute_deadlines
from pipeline.services.desk.decide import decide
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.conditions import Condition
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, FRONT_OFFICE, SEKRETARIS
from tests.factories import WEDNESDAY, deliver, person, work_off
from tests.integration.test_race import at_once
from tests.shapes import (
    REASON,
    forward,
    forward_to,
    handed_in,
    install,
    path,
    place,
    send_back,
    shape,
    standing,
    upload,
)

CONTENT = {"nama_lembaga": "Warung Sari", "ukuran": "KECIL"}
A, B = "dinas_a", "dinas_b"
DESK = {A: DINAS_TEKNIS, B: SEKRETARIS}
ITEM = {A: Request("syarat", "SKETSA", "Ukuran tidak terbaca."), B: Request("isian", "nama_lembaga", "Tulis lengkap.")}
FIRST, LAST = WEDNESDAY + timedelta(minutes=30), WEDNESDAY + timedelta(days=1, minutes=20)
WORDS = ("recommend", "return", "refuse")


@pytest.fixture
def sop(monkeypatch):
    return install(monkeypatch, shape("izin_bangun"))


@pytest.fixture
def pemohon():
    return person()


@pytest.fixture
def file(kantor, sop, pemohon):
    """Both have it."""
    p = handed_in(sop, pemohon, CONTENT)
    forward(p, sop, kantor)
    return p


def opened(p):
    """langkah -> its open tugas."""
    with unit_of_work() as s:
        rows = s.scalars(select(Tugas).where(Tugas.permohonan_id == p, Tugas.closed_at.is_(None)))
        return {t.langkah: t for t in rows}


def say(p, kantor, code, word, now=WEDNESDAY, deliveries=1):
    """The agency at ``code`` decides, and its messages are delivered, perhaps more than once."""
    t = opened(p)[code]
    keputusan = {
        "recommend": Keputusan(kind=KeputusanKind.KIRIM),
        "return": Keputusan(kind=KeputusanKind.KEMBALIKAN, target="isi", requests=(ITEM[code],)),
        "refuse": Keputusan(kind=KeputusanKind.TOLAK, reason=f"Tidak sesuai menurut {code}."),
    }[word]
    decide(t.id, keputusan, actor=kantor[DESK[code]], seen=Seen(t.version, None), now=now)
    with unit_of_work() as s:
        owed = s.scalars(select(Outbox.id).where(Outbox.closed_at.is_(None)).order_by(Outbox.id)).all()
    for n in range(deliveries):  # a worker that was killed has its messages given out again
        deliver(owed, again=n > 0, now=now)
    work_off(now)


def test_both_have_it_and_each_sees_it_as_its_own(kantor, sop, file):
    tugas = opened(file)
    assert sorted((t.langkah, t.peran, t.branch) for t in tugas.values()) == [
        (A, str(DINAS_TEKNIS), A),
        (B, str(SEKRETARIS), B),
    ]
    assert (place(file), standing(file)) == (A, ("berjalan", "terbit"))
    for code, peran in DESK.items():
        assert open_tugas_of(file, [peran]) == tugas[code].id
    assert tugas[A].tenggat < tugas[B].tenggat
    assert verify_all()[1] == []


@pytest.mark.parametrize("killed", [False, True], ids=["", "worker killed"])
@pytest.mark.parametrize("first", [A, B])
@pytest.mark.parametrize("words", list(itertools.product(WORDS, WORDS)), ids="-".join)
def test_every_order_ends_in_one_direction(kantor, sop, file, words, first, killed):
    """A return wins and gathers what both ask for; else a refusal; else it goes on."""
    said = dict(zip((A, B), words, strict=True))
    second = B if first == A else A
    say(file, kantor, first, said[first], now=FIRST, deliveries=1 + killed)
    assert (place(file), set(opened(file)), standing(file)) == (second, {second}, ("berjalan", "terbit"))
    say(file, kantor, second, said[second], now=LAST, deliveries=1 + killed)
    with unit_of_work() as s:
        asked = s.scalars(select(CorrectionRequest.code).where(CorrectionRequest.answered_at.is_(None))).all()
        joins = select(func.count()).select_from(Peristiwa).where(Peristiwa.data["dari"].astext.in_((A, B)))
        assert s.scalar(joins) == 2
    assert sorted(asked) == sorted(ITEM[code].code for code, word in said.items() if word == "return")
    expected = ("isi", "perbaikan", "terbit") if "return" in words else ("paraf", "berjalan", "terbit")
    if "return" not in words and "refuse" in words:
        expected = ("paraf", "berjalan", "tolak")
    assert (place(file), *standing(file)) == expected
    assert len(opened(file)) == 1
    with unit_of_work() as s:
        a, b = (_closed(s, file, code) for code in (A, B))
        assert {a.closed_at, b.closed_at} == {FIRST, LAST}
    clocks = read_permohonan_clocks(file, now=LAST)
    calendar = calendar_in_force()
    for code in (A, B):
        until = FIRST if code == first else LAST
        assert clocks.per_langkah[code] == office_time(calendar, [Interval(WEDNESDAY, until)])
    assert clocks.kerja == office_time(calendar, [Interval(WEDNESDAY, LAST)])
    assert clocks.since_sent == clocks.at_kantor == LAST - WEDNESDAY
    assert verify_all()[1] == []


def _closed(s, p, code):
    query = select(Tugas).where(Tugas.permohonan_id == p, Tugas.langkah == code, Tugas.closed_at.is_not(None))
    return s.scalars(query.order_by(Tugas.closed_at.desc()).limit(1)).one()


def corrected(p, pemohon, now, *, changed):
    """The applicant answers what was asked; unchanged: in words alone."""
    from pipeline.services.applicant.reply import answer_request

    with unit_of_work() as s:
        asked = s.scalars(select(CorrectionRequest).where(CorrectionRequest.answered_at.is_(None))).all()
    if changed:
        upload(p, "SKETSA", pemohon, b"baru", now=now)
    else:
        for one in asked:
            answer_request(p, one.id, "Sudah benar.", actor=pemohon, now=now)
    submit(p, actor=pemohon, privacy_version="1", now=now)
    work_off(now)


class TestAfterAReturn:
    def test_what_both_ask_for_is_one_list_with_both_reasons(self, kantor, sop, file, pemohon):
        say(file, kantor, B, "return", now=FIRST)
        say(file, kantor, A, "return", now=LAST)
        mine = my_permohonan(file, Filler(pemohon), today=LAST.date())
        assert {(r.code, r.peran) for r in mine.requested} == {("SKETSA", DINAS_TEKNIS), ("nama_lembaga", SEKRETARIS)}
        assert set(mine._changeable) == {("syarat", "SKETSA"), ("isian", "nama_lembaga")}
        assert verify_all()[1] == []

    def test_whoever_puts_it_right_reads_the_reasons_of_both(self, kantor, sop, file, pemohon):
        """Though the one that asked first decided a day before the last one was in."""
        for code, target in ((A, "isi"), (B, "buka")):
            t = opened(file)[code]
            back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=target, reason=f"Menurut {code} belum jelas.")
            decide(t.id, back, actor=kantor[DESK[code]], seen=Seen(t.version, None), now=FIRST if code == A else LAST)
        mine = my_permohonan(file, Filler(pemohon), today=LAST.date())
        assert mine.why_returned == "Menurut dinas_a belum jelas.\n\nMenurut dinas_b belum jelas."

    def test_a_colleague_reads_the_reasons_of_both(self, kantor, sop, file):
        for code, now in ((A, FIRST), (B, LAST)):
            t = opened(file)[code]
            back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="buka", reason=f"Menurut {code} belum jelas.")
            decide(t.id, back, actor=kantor[DESK[code]], seen=Seen(t.version, None), now=now)
        desk = read_desk_tugas(opened(file)["buka"].id, [FRONT_OFFICE])
        assert desk.asking_reason == "Menurut dinas_a belum jelas.\n\nMenurut dinas_b belum jelas."
        assert desk.asking_langkah.code == A

    def test_if_nothing_changed_only_who_asked_sees_it_again_and_its_clock_waited(self, kantor, sop, file, pemohon):
        say(file, kantor, A, "return", now=FIRST)
        say(file, kantor, B, "recommend", now=LAST)
        later = LAST + timedelta(hours=1)
        corrected(file, pemohon, later, changed=False)
        again = opened(file)
        assert set(again) == {A}
        assert (again[A].kunjungan, again[A].started_at) == (1, WEDNESDAY)
        assert again[A].jeda == [[FIRST.isoformat(), later.isoformat()]]
        say(file, kantor, A, "recommend", now=later)
        assert (place(file), standing(file)) == ("paraf", ("berjalan", "terbit"))
        assert verify_all()[1] == []

    def test_both_asked_and_nothing_changed_both_see_it_again(self, kantor, sop, file, pemohon):
        say(file, kantor, A, "return", now=FIRST)
        say(file, kantor, B, "return", now=LAST)
        corrected(file, pemohon, LAST, changed=False)
        assert set(opened(file)) == {A, B}
        say(file, kantor, B, "refuse", now=LAST)
        say(file, kantor, A, "recommend", now=LAST)
        assert standing(file) == ("berjalan", "tolak")
        assert verify_all()[1] == []

    def test_if_something_changed_the_direction_is_decided_anew_by_all(self, kantor, sop, file, pemohon):
        say(file, kantor, A, "return", now=FIRST)
        say(file, kantor, B, "refuse", now=LAST)
        corrected(file, pemohon, LAST, changed=True)
        forward(file, sop, kantor, LAST)
        again = opened(file)
        assert {code: t.kunjungan for code, t in again.items()} == {A: 1, B: 2}
        say(file, kantor, A, "recommend", now=LAST)
        say(file, kantor, B, "recommend", now=LAST)
        assert standing(file) == ("berjalan", "terbit")
        forward_to(file, sop, kantor, None, now=LAST)
        assert standing(file) == ("selesai", "terbit")
        assert verify_all()[1] == []

    def test_a_refusal_stands_while_the_other_alone_sees_it_again(self, kantor, sop, file, pemohon):
        say(file, kantor, A, "return", now=FIRST)
        say(file, kantor, B, "refuse", now=LAST)
        corrected(file, pemohon, LAST, changed=False)
        assert set(opened(file)) == {A}
        say(file, kantor, A, "recommend", now=LAST)
        assert (place(file), standing(file)) == ("paraf", ("berjalan", "tolak"))
        assert verify_all()[1] == []

    def test_the_earliest_of_two_targets_gets_it(self, kantor, sop, file):
        t = opened(file)[A]
        back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="buka", reason=REASON)
        decide(t.id, back, actor=kantor[DINAS_TEKNIS], seen=Seen(t.version, None), now=FIRST)
        say(file, kantor, B, "return", now=LAST)
        assert place(file) == "isi"
        assert verify_all()[1] == []

    def test_a_later_desk_sends_it_back_to_one_of_them_alone(self, kantor, sop, file):
        say(file, kantor, A, "recommend", now=FIRST)
        say(file, kantor, B, "recommend", now=LAST)
        send_back(file, kantor, B, now=LAST)
        assert set(opened(file)) == {B}
        say(file, kantor, B, "recommend", now=LAST)
        assert place(file) == "paraf"
        assert path(file).count(A) == 1
        send_back(file, kantor, B, now=LAST)
        say(file, kantor, B, "refuse", now=LAST)
        assert (place(file), standing(file)) == ("paraf", ("berjalan", "tolak"))
        assert verify_all()[1] == []


def test_both_at_the_same_moment_give_one_join(kantor, sop, file):
    """Whoever is second sees that the first has decided: neither is lost, and the file goes on once."""
    tugas = opened(file)

    def press(code):
        send = Keputusan(kind=KeputusanKind.KIRIM)
        decide(tugas[code].id, send, actor=kantor[DESK[code]], seen=Seen(tugas[code].version, None), now=FIRST)

    assert at_once(partial(press, A), partial(press, B)) == [None, None]
    assert set(opened(file)) == {"konsep"}
    work_off(FIRST)
    assert place(file) == "paraf"
    assert verify_all()[1] == []


def test_each_desk_is_told_of_the_other(kantor, sop, file):
    desk, tugas_id = kantor[DESK[A]], opened(file)[A].id
    seen = read_desk_tugas(tugas_id, [desk.peran])
    assert seen.colleagues == SEKRETARIS.name
    passed_over = replace(sop[B], skip_when=(Condition({"ukuran": ("KECIL",)}),))
    without = replace(sop, langkah=tuple(passed_over if t.code == B else t for t in sop.langkah))
    assert replace(seen, permohonan=replace(seen.permohonan, sop=without)).colleagues == ""


def test_the_superior_of_each_of_them_reaches_the_file(kantor, sop, file):
    """Not of the one that happens to be first: both have it, and one of them has decided before the other."""
    today = FIRST.date()
    for code in (A, B):
        above = sop[code].superior
        found = read_subordinate(file, {above}, today)
        assert found.langkah.superior == above
        assert file in read_readable([file], {above})
    say(file, kantor, A, "recommend")
    assert read_subordinate(file, {sop[B].superior}, today).langkah.code == B


def test_a_second_press_of_one_of_them_changes_nothing(kantor, sop, file):
    t = opened(file)[A]
    say(file, kantor, A, "recommend")
    send = Keputusan(kind=KeputusanKind.KIRIM)
    with pytest.raises(DecidedAlready):
        decide(t.id, send, actor=kantor[DINAS_TEKNIS], seen=Seen(t.version, None), now=FIRST)
    assert set(opened(file)) == {B}


def test_taken_back_by_its_applicant_it_leaves_both_queues(kantor, sop, file, pemohon):
    withdraw(file, actor=pemohon, now=FIRST)
    assert (opened(file), standing(file)[0]) == ({}, "dibatalkan")
    assert verify_all()[1] == []


def test_both_are_late_each_by_its_own_clock(kantor, sop, file):
    """Raised in one sweep, told of one file: the history stays one chain."""
    sweep_escalations(now=WEDNESDAY + timedelta(days=9))
    with unit_of_work() as s:
        levels = s.execute(select(Eskalasi.langkah, Eskalasi.level)).all()
        assert {langkah for langkah, _ in levels} == {A, B}
        assert s.scalar(select(func.count()).select_from(Permohonan)) == 1
    assert {t.langkah.code for t in raised_on(file)} == {A, B}
    assert len(read_eskalasi([file])[file]) == len(levels)
    recompute_deadlines(now=WEDNESDAY)
    assert verify_all()[1] == []


def test_the_public_sees_both_and_the_history_says_who_is_waited_for(kantor, sop, file):
    def states():
        with unit_of_work() as s:
            row = s.get_one(Permohonan, file)
        return {t.langkah.code: t.state for t in find_trace(row.nomor, row.tracking_code).point}

    assert {code: states()[code] for code in (A, B, "konsep")} == {A: State.KINI, B: State.KINI, "konsep": State.NANTI}
    say(file, kantor, A, "return", now=FIRST)
    assert {code: states()[code] for code in (A, B)} == {A: State.SUDAH, B: State.KINI}
    say(file, kantor, B, "recommend", now=LAST)
    titles = [line.title for line in read_riwayat(file, sop)]
    assert f"Minta perbaikan; keputusan bersama menunggu {SEKRETARIS.name}" in titles
    assert f"Diterima, diteruskan ke {DINAS_TEKNIS.name} dan {SEKRETARIS.name}" in titles
    assert verify_all()[1] == []


def test_nobody_returns_to_the_desk_beside(kantor, sop, file):
    t = opened(file)[B]
    back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=A, reason=REASON)
    with pytest.raises(NotAllowedYet):
        decide(t.id, back, actor=kantor[SEKRETARIS], seen=Seen(t.version, None), now=FIRST)
