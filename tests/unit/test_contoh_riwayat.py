"""What the sample reads out of queue and history, and what it finds wrong with them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ops.contoh.browser.client import ContohGagal
from ops.contoh.browser.page import parse_html
from ops.contoh.browser.times import read_times
from ops.contoh.checks.riwayat import SISTEM, Kejadian, match, read_riwayat, title
from ops.contoh.scenarios import DITOLAK, KEMBALI, LURUS, SKENARIO, SOP, Babak, Skenario
from pipeline.sop.values import JenisKeputusan

MULAI = datetime(2026, 11, 25, 1, tzinfo=UTC)


def _told(skenario: Skenario) -> list[Kejadian]:
    """The history of a file that went as the story wants, each step by somebody else."""
    return [
        Kejadian(
            title(b), SISTEM if SOP[b.langkah].otomatis else f"Orang {n}, {b.langkah}", MULAI + timedelta(minutes=n)
        )
        for n, b in enumerate(skenario.babak)
    ]


@pytest.mark.parametrize("skenario", SKENARIO, ids=lambda s: s.kode)
def test_history_of_the_story_is_accepted(skenario: Skenario) -> None:
    draf = Kejadian("Draf disusun", SISTEM, MULAI)
    assert match("LKS-1", skenario.babak, [draf, *_told(skenario)]) == _told(skenario)


@pytest.mark.parametrize(
    "diubah",
    [
        lambda r: r[:-1],
        lambda r: [*r, r[-1]],
        lambda r: [r[1], r[0], *r[2:]],
        lambda r: _told(DITOLAK),
        lambda r: _told(KEMBALI),
    ],
    ids=["lost", "doubled", "out of order", "refused", "returned"],
)
def test_any_other_history_is_not(diubah: Callable[[list[Kejadian]], list[Kejadian]]) -> None:
    with pytest.raises(ContohGagal, match="LKS-1"):
        match("LKS-1", LURUS.babak, diubah(_told(LURUS)))


def _by(langkah: str, oleh: str) -> list[Kejadian]:
    pasangan = zip(LURUS.babak, _told(LURUS), strict=True)
    return [Kejadian(k.judul, oleh, k.pada) if b.langkah == langkah else k for b, k in pasangan]


def test_one_person_may_not_approve_twice() -> None:
    kabid = next(k.oleh for b, k in zip(LURUS.babak, _told(LURUS), strict=True) if b.langkah == "paraf_kabid")
    with pytest.raises(ContohGagal, match="dua persetujuan"):
        match("LKS-1", LURUS.babak, _by("paraf_sekretaris", kabid))


def test_system_may_not_do_the_field_visit() -> None:
    with pytest.raises(ContohGagal, match="langkah 4 diputus sistem"):
        match("LKS-1", LURUS.babak, _by("rekomendasi", SISTEM))


def test_lines_of_the_history_page_are_read_oldest_first() -> None:
    laman = parse_html(
        '<ol class="app-garis">'
        '<li><strong>Ditandatangani</strong><span>Syahrani, Kepala Dinas · <time datetime="2026-11-25T03:00:00+00:00">'
        "25 November 2026 11.00 WITA</time></span></li>"
        '<li><strong>Permohonan dikirim</strong><br><span>Pemohon · <time datetime="2026-11-25T01:00:00+00:00">x</time>'
        "</span></li><li>Belum ada.</li></ol>"
    )
    assert [(k.judul, k.oleh) for k in read_riwayat(laman)] == [
        ("Permohonan dikirim", "Pemohon"),
        ("Ditandatangani", "Syahrani, Kepala Dinas"),
    ]


def test_tenggat_is_read_as_the_office_writes_it() -> None:
    waktu = read_times("Tenggat 1 Desember 2026 16.00 WITA (batas 4 hari).")
    assert [w.astimezone(UTC) for w in waktu] == [datetime(2026, 12, 1, 8, tzinfo=UTC)]


def test_return_is_worded_with_its_target() -> None:
    kembali = Babak("paraf_kabid", JenisKeputusan.KEMBALIKAN, "rekomendasi")
    assert title(kembali) == "Dikembalikan ke Dinas Teknis"
