"""The leaders' page: every number is that of the list it leads to, and times are office time."""

import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy import Engine, text

from pipeline.clock import Shift, real_now, write_shift
from pipeline.queries.desk.performance import last_month, next_month, read_done, summarize
from pipeline.roles import Peran
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.settings import settings
from tests.factories import RABU, bring_to, person, submitted
from tests.unit.calendar_oracle import at
from tests.web.meja import Kantor, make_kantor  # noqa: F401 - the fixture kantor

KABID, KADIS = Peran.KABID_PERIZINAN, Peran.KEPALA_DINAS
FRIDAY, SELASA_SORE = at("2026-11-27 10:00").astimezone(UTC), at("2026-12-01 16:00").astimezone(UTC)


def clock_at(saat) -> None:
    write_shift(settings().data, Shift(saat - real_now()))


def copies(db: Engine, permohonan_id, banyak: int) -> None:
    """More files just like this one, each on the same desk."""
    with db.begin() as c:
        for tabel, ganti in (
            ("permohonan", {"id": "gen_random_uuid()", "nomor": "nomor || '-' || n", "kode_lacak": "NULL"}),
            ("tugas", {"id": "gen_random_uuid()", "permohonan_id": "p.id"}),
        ):
            kolom = c.execute(text(f"SELECT * FROM {tabel} LIMIT 0")).keys()
            nilai = ", ".join(ganti.get(k, f"a.{k}") for k in kolom)
            dari = (
                f"permohonan a, generate_series(1, {banyak}) n WHERE a.id = :id"
                if tabel == "permohonan"
                else "tugas a, permohonan p"
                " WHERE a.permohonan_id = :id AND a.closed_at IS NULL AND p.nomor LIKE '%-%-%-%'"
            )
            c.execute(
                text(f"INSERT INTO {tabel} ({', '.join(kolom)}) SELECT {nilai} FROM {dari}"), {"id": permohonan_id}
            )


def links(halaman: str) -> list[tuple[str, int]]:
    """Every address of a list on the page, and the number that leads there."""
    return [
        (alamat.replace("&amp;", "&"), int(angka))
        for alamat, angka in re.findall(r'href="(/pimpinan[^"]*)">(\d+)', halaman)
        if "halaman=" not in alamat
    ]


def listed(kantor: Kantor, alamat: str) -> int:
    """How many rows the list behind an address has, over all its pages."""
    alamat, _, jangkar = alamat.partition("#")
    jumlah, halaman = 0, 1
    while True:
        isi = kantor[KABID].buka(f"{alamat}{'&' if '?' in alamat else '?'}halaman={halaman}").text
        tabel = isi.partition('id="daftar"')[2].partition('id="laju"')[0] if jangkar else isi
        baris = len(re.findall(r"<tr[^>]*data-sla", tabel))
        assert baris <= 25
        jumlah, halaman = jumlah + baris, halaman + 1
        if f"halaman={halaman}" not in tabel:
            return jumlah


@pytest.fixture
def ramai(kantor: Kantor, db: Engine) -> Kantor:
    """Thirty files with Dinas Teknis since Rabu, one since Jumat, two with the Kabid: one of them decided late."""
    first = kantor.bawa("rekomendasi", benih="a").permohonan_id
    copies(db, first, 29)
    friday = submitted(person(), benih="b", now=FRIDAY)
    bring_to(friday, "rekomendasi", kantor.orang, now=FRIDAY)
    for benih, lama in (("c", timedelta(minutes=3)), ("d", timedelta(hours=2))):
        p = submitted(person(), benih=benih)
        bring_to(p, "paraf_kabid", kantor.orang)
        bring_to(p, "paraf_sekretaris", kantor.orang, now=RABU + lama)
    clock_at(SELASA_SORE)
    return kantor


def test_every_number_is_that_of_its_list(ramai: Kantor) -> None:
    halaman = ramai[KABID].buka("/pimpinan").text
    ditautkan = links(halaman)
    assert {angka for _, angka in ditautkan} >= {33, 32, 31, 30, 2}
    for alamat, angka in ditautkan:
        assert listed(ramai, alamat) == angka, alamat


def test_where_the_queue_is_and_which_lies_longest(ramai: Kantor) -> None:
    teks = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", ramai[KABID].buka("/pimpinan").text))
    assert "33 berkas sedang dikerjakan kantor, 32 di antaranya lewat waktu" in teks
    assert re.search(
        r"4\. Dinas Teknis .*? 31 berkas di langkah 4 30 berkas lewat waktu di langkah 4 LKS-\S+ , 4 hari 6 jam", teks
    )
    assert "Lewat waktu (32)" in teks


def test_on_time_counts_office_time_against_the_limit(ramai: Kantor) -> None:
    bulan = RABU.date().replace(day=1)
    kabid = [s for s in read_done(bulan) if s.peran is KABID]
    assert sorted((s.terpakai, s.tepat) for s in kabid) == [
        (timedelta(minutes=3), True), (timedelta(hours=2), False),
    ]  # fmt: skip
    ringkas = summarize(kabid)
    assert (ringkas.jumlah, ringkas.tepat, ringkas.persen) == (2, 1, 50)
    assert (ringkas.middle, ringkas.p90) == (timedelta(minutes=61, seconds=30), timedelta(hours=2))
    assert read_done(next_month(bulan)) == read_done(last_month(bulan)) == []
    halaman = ramai[KABID].buka("/pimpinan").text
    assert "Desember 2026: belum ada tugas yang selesai" in halaman
    assert "November 2026: <strong>" in halaman
    lewat = ramai[KABID].buka("/pimpinan/selesai?bulan=2026-11&tepat=tidak").text
    assert "1 tugas selesai lewat waktu November 2026" in lewat
    assert "2 jam dari" in lewat


def test_what_was_raised_and_the_sum_behind_a_tenggat_are_on_the_list(ramai: Kantor) -> None:
    sweep_escalations(now=SELASA_SORE)
    halaman = ramai[KADIS].buka("/pimpinan?langkah=td_lks.rekomendasi").text
    assert halaman.count("! Lewat batas") == 25
    assert "4 hari kerja sesudah Rabu 25 November 2026" in halaman


@pytest.mark.parametrize(
    "alamat",
    [
        "/pimpinan?langkah=td_lks.tiada", "/pimpinan?langkah=x", "/pimpinan?langkah=td_lks.ajukan",
        "/pimpinan/selesai?bulan=2026-13", "/pimpinan/selesai?bulan=x", "/pimpinan/selesai?bulan=9999-12",
        "/pimpinan/selesai?bulan=0001-01", "/pimpinan/selesai?langkah=x.y",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(kantor: Kantor, alamat: str) -> None:
    assert kantor[KABID].buka(alamat).status_code == 404


def test_a_month_without_work_says_so(kantor: Kantor) -> None:
    assert "Tidak ada tugas" in kantor[KABID].buka("/pimpinan/selesai?bulan=2026-01&halaman=9").text
    assert summarize([]).persen is None
