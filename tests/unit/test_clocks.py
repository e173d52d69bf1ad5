"""The clocks of a file against the minute oracle: whatever way it took, the parts add up to the whole."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.calendar.due import Interval, due, remaining, share_at
from pipeline.roles import Peran
from pipeline.rules.clocks import Stay, read_clocks
from pipeline.sop.registry import SOPS
from tests.unit import calendar_oracle as oracle
from tests.unit.calendar_oracle import A_MINUTE, KANTOR, START, at
from tests.unit.test_calendar_property import calendars, limits

SOP = SOPS["td_lks"]
SEHARI = 1440
_ZERO = timedelta()

langkah = st.sampled_from([t.kode for t in SOP.langkah])


@st.composite
def journeys(draw: st.DrawFn) -> list[Stay]:
    """A draft, and then any walk over the desks: there, back, to the applicant, again; the last one may be open."""
    batas = sorted(draw(st.lists(st.integers(SEHARI, 20 * SEHARI), min_size=2, max_size=12)))
    semua = [_visit("ajukan", 0, batas[0])]
    semua += [_visit(draw(langkah), a, b) for a, b in pairwise(batas)]
    return [*semua, _visit(draw(langkah), batas[-1], None)] if draw(st.booleans()) else semua


def _visit(kode: str, dari: int, sampai: int | None) -> Stay:
    selesai = None if sampai is None else START + sampai * A_MINUTE
    return Stay(langkah=kode, peran=SOP[kode].peran, created_at=START + dari * A_MINUTE, closed_at=selesai)


@settings(max_examples=12, deadline=None)
@given(kalender=calendars(), semua=journeys(), urutan=st.randoms(use_true_random=False))
def test_the_parts_add_up_to_the_whole(kalender, semua, urutan) -> None:
    now = START + 21 * SEHARI * A_MINUTE
    rng = urutan.sample(semua, len(semua))
    jam = read_clocks(kalender, rng, now=now)
    assert jam is not None
    akhir = semua[-1].closed_at or now
    assert (jam.sent_at, jam.arrived_at) == (semua[0].closed_at, akhir)
    assert jam.since_sent == akhir - jam.sent_at == jam.at_kantor + jam.at_pemohon
    kantor = [Interval(b.created_at, b.closed_at or now) for b in semua[1:] if b.peran is not Peran.PEMOHON]
    assert jam.kerja == oracle.office_minutes(kalender, kantor) * A_MINUTE
    assert jam.kerja == sum(jam.per_desk.values(), _ZERO) == sum(jam.per_langkah.values(), _ZERO)
    altogether = oracle.office_minutes(kalender, [Interval(jam.sent_at, akhir)]) * A_MINUTE
    assert sum((b.office_hours for b in jam.bagian), _ZERO) == altogether


@settings(max_examples=12, deadline=None)
@given(semua=journeys(), between=st.lists(st.integers(SEHARI, 20 * SEHARI), max_size=4))
def test_one_desk_that_is_split_in_two_visits_shows_the_same_time(semua, between) -> None:
    """A file handed over and taken up again at the same moment spends no more and no less time there."""
    pecah = list(semua)
    for menit in between:
        saat = START + menit * A_MINUTE
        k = next((k for k in pecah[1:] if k.closed_at and k.created_at < saat < k.closed_at), None)
        if k:
            pecah.remove(k)
            pecah += [
                Stay(langkah=k.langkah, peran=k.peran, created_at=a, closed_at=b)
                for a, b in ((k.created_at, saat), (saat, k.closed_at))
            ]
    now = START + 21 * SEHARI * A_MINUTE
    utuh, terpecah = read_clocks(KANTOR, semua, now=now), read_clocks(KANTOR, pecah, now=now)
    assert utuh is not None
    assert terpecah is not None
    for nama in ("since_sent", "at_kantor", "at_pemohon", "kerja", "per_desk", "per_langkah"):
        assert getattr(utuh, nama) == getattr(terpecah, nama), nama


@settings(max_examples=12, deadline=None)
@given(
    limit=limits, mulai=st.integers(2 * SEHARI, 9 * SEHARI), lama=st.integers(1, 9 * SEHARI), sejak=st.integers(1, 600)
)
def test_after_a_return_the_remaining_time_is_what_it_was(limit, mulai, lama, sejak) -> None:
    awal = START + mulai * A_MINUTE
    leave, home = awal + sejak * A_MINUTE, awal + (sejak + lama) * A_MINUTE
    semula = due(KANTOR, awal, limit).at
    assume(semula > leave)
    sesudah = due(KANTOR, awal, limit, [Interval(leave, home)]).at
    assert remaining(KANTOR, home, sesudah) == remaining(KANTOR, leave, semula)
    assert share_at(KANTOR, awal, limit, 2, [Interval(leave, home)]) >= sesudah


def test_a_draft_has_no_clock() -> None:
    draf = Stay(langkah="ajukan", peran=Peran.PEMOHON, created_at=START, closed_at=None)
    assert read_clocks(KANTOR, [draf], now=START) is None
    assert read_clocks(KANTOR, [], now=START) is None


def test_a_worked_file() -> None:
    """Sent Wednesday 09.00, checked in 30 minutes, a week-end with the applicant, back on Monday, checked again."""
    jejak = [
        ("ajukan", "2026-11-20 08:00", "2026-11-25 09:00"),
        ("periksa", "2026-11-25 09:00", "2026-11-25 09:30"),
        ("ajukan", "2026-11-25 09:30", "2026-11-30 08:00"),
        ("periksa", "2026-11-30 08:00", "2026-11-30 08:20"),
        ("terima", "2026-11-30 08:20", None),
    ]
    stay = [Stay(langkah=k, peran=SOP[k].peran, created_at=at(a), closed_at=at(b) if b else None) for k, a, b in jejak]
    jam = read_clocks(KANTOR, stay, now=at("2026-11-30 12:30"))
    assert jam is not None
    assert jam.per_langkah == {"periksa": timedelta(minutes=50), "terima": timedelta(hours=3, minutes=40)}
    assert jam.kerja == timedelta(hours=4, minutes=30)
    assert jam.at_pemohon == timedelta(days=4, hours=22, minutes=30)
    assert jam.since_sent == timedelta(days=5, hours=3, minutes=30)


def test_an_office_clock_that_was_set_back_counts_nothing() -> None:
    stay = [
        Stay(langkah="ajukan", peran=Peran.PEMOHON, created_at=START, closed_at=START + A_MINUTE),
        Stay(langkah="periksa", peran=SOP["periksa"].peran, created_at=START + A_MINUTE, closed_at=None),
    ]
    jam = read_clocks(KANTOR, stay, now=START)
    assert jam is not None
    assert jam.since_sent == jam.kerja == _ZERO
