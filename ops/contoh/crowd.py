"""A crowd of files at once, and the proof over HTTP that each of them ended where it should."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from ops.contoh.browser.client import SampleFailed, WebClient
from ops.contoh.browser.page import Element
from ops.contoh.checks.tracking import check_public
from ops.contoh.journey import Walk
from ops.contoh.kantor import Kantor
from ops.contoh.pemohon import NOMOR
from ops.contoh.scenarios import mix
from pipeline.roles import PERAN_SOP, Peran

REPORT_EVERY = 10  # files
TRACKED_AT_MOST = 5  # the public page answers an address ten times a minute

Tell = Callable[[str], None]


def run_crowd(kantor: Kantor, benih: str, *, jumlah: int, serentak: int, tell: Tell) -> None:
    """Carry ``jumlah`` files, ``serentak`` at a time. Raises SampleFailed naming the first that went wrong."""
    mulai = time.monotonic()
    for peran in PERAN_SOP:  # everybody logs in before the rush
        kantor.people(peran)
    semua = [Walk(kantor, mix(n), n, f"{benih}-{n}") for n in range(jumlah)]
    gagal = list(_carry(semua, serentak, tell))
    if gagal:
        raise SampleFailed(f"{len(gagal)} dari {jumlah} berkas gagal. Yang pertama: {gagal[0]}")
    check_crowd(kantor, semua)
    akhir = Counter(p.skenario.akhir for p in semua)
    rincian = ", ".join(f"{n} {status}" for status, n in akhir.most_common())
    tell(f"{jumlah} berkas sampai di akhirnya dalam {time.monotonic() - mulai:.0f} detik: {rincian}")


def check_crowd(kantor: Kantor, semua: Sequence[Walk]) -> None:
    """Every file is in its applicant's list once, in the right state; numbers are distinct; the public page agrees."""
    _distinct("nomor permohonan", [p.nomor for p in semua])
    _distinct("nomor SK", [p.sk for p in semua])
    keadaan = Counter(k for orang in kantor.people(Peran.PEMOHON) for k in _cards(orang.web_client))
    for p in semua:
        if keadaan[p.nomor, p.skenario.akhir] != 1:
            raise SampleFailed(f"{p.nomor}: tidak tepat satu kali {p.skenario.akhir} di daftar permohonan pemohonnya.")
    for p in semua[:TRACKED_AT_MOST]:
        check_public(p)


def _carry(semua: Sequence[Walk], serentak: int, tell: Tell) -> Iterator[str]:
    """Run them; yields a sentence for each that failed."""
    mulai = time.monotonic()
    with ThreadPoolExecutor(serentak) as pool:
        kerja = {pool.submit(p.run): p for p in semua}
        for n, selesai in enumerate(as_completed(kerja), 1):
            if n % REPORT_EVERY == 0:
                tell(f"  {n}/{len(semua)} berkas, {time.monotonic() - mulai:.0f} detik")
            galat = selesai.exception()
            if isinstance(galat, SampleFailed):
                yield f"{kerja[selesai].nomor} ({kerja[selesai].skenario.kode}): {galat}"
            elif galat is not None:
                raise galat


def _distinct(apa: str, nilai: Sequence[str]) -> None:
    ganda = [n for n, banyak in Counter(nilai).items() if banyak > 1]
    if ganda:
        raise SampleFailed(f"{apa} {ganda[0]} diberikan lebih dari sekali.")


def _cards(web_client: WebClient) -> Iterator[tuple[str, str]]:
    """(nomor, state word) of every application in an applicant's list."""
    halaman, lagi = 1, True
    while lagi:
        screen = web_client.page("/permohonan", halaman=str(halaman))
        yield from (_card(li) for li in screen.all("li") if li.first("h2"))
        lagi = screen.first("a", rel="next") is not None
        halaman += 1


def _card(li: Element) -> tuple[str, str]:
    nomor, tanda = NOMOR.search(li.teks), li.first("strong")
    return nomor.group() if nomor else "", tanda.teks if tanda else ""
