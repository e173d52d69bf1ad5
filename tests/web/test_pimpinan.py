"""The leaders' page: every number is that of the list it leads to, and times are office time."""

import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy import Engine, text

from pipeline.clock import Shift, real_now, write_shift
from pipeline.queries.desk.pace import read_pace, summarize
from pipeline.queries.desk.performance import last_month, next_month, read_done
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.deadlines.pace import count_pace
from pipeline.settings import settings
from tests.desks import KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY, bring_to, person, submitted
from tests.unit.calendar_oracle import at
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

KABID, KADIS = KABID_PERIZINAN, KEPALA_DINAS
FRIDAY, TUESDAY_EVENING = at("2026-11-27 10:00").astimezone(UTC), at("2026-12-01 16:00").astimezone(UTC)


def clock_at(moment) -> None:
    write_shift(settings().data, Shift(moment - real_now()))


def copies(db: Engine, permohonan_id, count: int) -> None:
    """More files just like this one, each on the same desk."""
    with db.begin() as c:
        for table, replace in (
            ("permohonan", {"id": "gen_random_uuid()", "nomor": "nomor || '-' || n", "tracking_code": "NULL"}),
            ("tugas", {"id": "gen_random_uuid()", "permohonan_id": "p.id"}),
        ):
            column = c.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()
            value = ", ".join(replace.get(k, f"a.{k}") for k in column)
            since = (
                f"permohonan a, generate_series(1, {count}) n WHERE a.id = :id"
                if table == "permohonan"
                else "tugas a, permohonan p"
                " WHERE a.permohonan_id = :id AND a.closed_at IS NULL AND p.nomor LIKE '%-%-%-%'"
            )
            c.execute(
                text(f"INSERT INTO {table} ({', '.join(column)}) SELECT {value} FROM {since}"), {"id": permohonan_id}
            )


def links(page: str) -> list[tuple[str, int]]:
    """Every address of a list on the page, and the number that leads there."""
    return [
        (address.replace("&amp;", "&"), int(figure))
        for address, figure in re.findall(r'href="(/pimpinan[^"]*)">(\d+)', page)
        if "halaman=" not in address
    ]


def listed(kantor: Kantor, address: str) -> int:
    """How many rows the list behind an address has, over all its pages."""
    address, _, anchor = address.partition("#")
    total, page = 0, 1
    while True:
        content = kantor[KABID].open_page(f"{address}{'&' if '?' in address else '?'}halaman={page}").text
        table = content.partition('id="daftar"')[2].partition('id="laju"')[0] if anchor else content
        line = len(re.findall(r"<tr[^>]*data-sla", table))
        assert line <= 25
        total, page = total + line, page + 1
        if f"halaman={page}" not in table:
            return total


@pytest.fixture
def crowd(kantor: Kantor, db: Engine) -> Kantor:
    """Thirty files with Dinas Teknis since Rabu, one since Jumat, two with the Kabid: one of them decided late."""
    first = kantor.carry("rekomendasi", seed="a").permohonan_id
    copies(db, first, 29)
    friday = submitted(person(), seed="b", now=FRIDAY)
    bring_to(friday, "rekomendasi", kantor.person, now=FRIDAY)
    for seed, old in (("c", timedelta(minutes=3)), ("d", timedelta(hours=2))):
        p = submitted(person(), seed=seed)
        bring_to(p, "paraf_kabid", kantor.person)
        bring_to(p, "paraf_sekretaris", kantor.person, now=WEDNESDAY + old)
    clock_at(TUESDAY_EVENING)
    count_pace(now=TUESDAY_EVENING)
    return kantor


def test_every_number_is_that_of_its_list(crowd: Kantor) -> None:
    page = crowd[KABID].open_page("/pimpinan").text
    linked = links(page)
    assert {figure for _, figure in linked} >= {33, 32, 31, 30, 2}
    for address, figure in linked:
        assert listed(crowd, address) == figure, address


def test_where_the_queue_is_and_which_lies_longest(crowd: Kantor) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", crowd[KABID].open_page("/pimpinan").text))
    assert "33 berkas sedang dikerjakan kantor, 32 di antaranya lewat waktu" in text
    assert re.search(
        r"4\. Dinas Teknis .*? 31 berkas di langkah 4 30 berkas lewat waktu di langkah 4 LKS-\S+ , 4 hari 6 jam", text
    )
    assert "Lewat waktu (32)" in text


def test_on_time_counts_office_time_against_the_limit(crowd: Kantor) -> None:
    month = WEDNESDAY.date().replace(day=1)
    kabid = [s for s in read_done(month)[0] if s.peran == KABID]
    assert sorted((s.used, s.in_time) for s in kabid) == [
        (timedelta(minutes=3), True),
        (timedelta(hours=2), False),
    ]
    brief = read_pace(month).langkah["td_lks", "paraf_kabid"]
    assert (brief.total, brief.in_time, brief.percent) == (2, 1, 50)
    assert (brief.middle, brief.p90) == (timedelta(minutes=61, seconds=30), timedelta(hours=2))
    assert read_done(next_month(month)) == read_done(last_month(month)) == ([], False)
    page = crowd[KABID].open_page("/pimpinan").text
    assert "Desember 2026: belum ada tugas yang selesai" in page
    assert "November 2026: <strong>" in page
    overdue = crowd[KABID].open_page("/pimpinan/selesai?bulan=2026-11&tepat=tidak").text
    assert "1 tugas selesai lewat waktu November 2026" in overdue
    assert "2 jam dari" in overdue


def test_what_was_raised_and_the_sum_behind_a_tenggat_are_on_the_list(crowd: Kantor) -> None:
    sweep_escalations(now=TUESDAY_EVENING)
    page = crowd[KADIS].open_page("/pimpinan?langkah=td_lks.rekomendasi").text
    assert page.count("! Lewat batas") == 25
    assert "4 hari kerja sesudah Rabu 25 November 2026" in page


@pytest.mark.parametrize(
    "address",
    [
        "/pimpinan?langkah=td_lks.tiada", "/pimpinan?langkah=x", "/pimpinan?langkah=td_lks.ajukan",
        "/pimpinan/selesai?bulan=2026-13", "/pimpinan/selesai?bulan=x", "/pimpinan/selesai?bulan=9999-12",
        "/pimpinan/selesai?bulan=0001-01", "/pimpinan/selesai?langkah=x.y",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(kantor: Kantor, address: str) -> None:
    assert kantor[KABID].open_page(address).status_code == 404


def test_a_month_without_work_says_so(kantor: Kantor) -> None:
    assert "Tidak ada tugas" in kantor[KABID].open_page("/pimpinan/selesai?bulan=2026-01&halaman=9").text
    assert summarize([]).percent is None
