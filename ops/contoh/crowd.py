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
from ops.contoh.pemohon import nomor_of
from ops.contoh.scenarios import SOP, mix
from pipeline.kantor.office import desks
from pipeline.roles import Peran

REPORT_EVERY = 10  # files
TRACKED_AT_MOST = 5  # the public page answers an address ten times a minute

Tell = Callable[[str], None]


def run_crowd(kantor: Kantor, seed: str, *, total: int, concurrent: int, tell: Tell) -> None:
    """Carry ``total`` files, ``concurrent`` at a time. Raises SampleFailed naming the first that went wrong."""
    start = time.monotonic()
    for peran in (Peran.PEMOHON, *desks()):  # everybody logs in before the rush
        kantor.people(peran)
    every = [Walk(kantor, mix(n), n, f"{seed}-{n}") for n in range(total)]
    failed = list(_carry(every, concurrent, tell))
    if failed:
        raise SampleFailed(f"{len(failed)} dari {total} berkas gagal. Yang pertama: {failed[0]}")
    check_crowd(kantor, every)
    end = Counter(p.scenario.end for p in every)
    details = ", ".join(f"{n} {status}" for status, n in end.most_common())
    tell(f"{total} berkas sampai di akhirnya dalam {time.monotonic() - start:.0f} detik: {details}")


def check_crowd(kantor: Kantor, every: Sequence[Walk]) -> None:
    """Every file is in its applicant's list once, in the right state; numbers are distinct; the public page agrees."""
    _distinct("nomor permohonan", [p.nomor for p in every])
    _distinct("nomor SK", [p.sk for p in every])
    state = Counter(k for person in kantor.people(Peran.PEMOHON) for k in _cards(person.web_client))
    for p in every:
        if state[p.nomor, p.scenario.end] != 1:
            raise SampleFailed(f"{p.nomor}: tidak tepat satu kali {p.scenario.end} di daftar permohonan pemohonnya.")
    for p in every[:TRACKED_AT_MOST]:
        check_public(p)


def _carry(every: Sequence[Walk], concurrent: int, tell: Tell) -> Iterator[str]:
    """Run them; yields a sentence for each that failed."""
    start = time.monotonic()
    with ThreadPoolExecutor(concurrent) as pool:
        kerja = {pool.submit(p.run): p for p in every}
        for n, done in enumerate(as_completed(kerja), 1):
            if n % REPORT_EVERY == 0:
                tell(f"  {n}/{len(every)} berkas, {time.monotonic() - start:.0f} detik")
            error = done.exception()
            if isinstance(error, SampleFailed):
                yield f"{kerja[done].nomor} ({kerja[done].scenario.code}): {error}"
            elif error is not None:
                raise error


def _distinct(what: str, value: Sequence[str]) -> None:
    double = [n for n, count in Counter(value).items() if count > 1]
    if double:
        raise SampleFailed(f"{what} {double[0]} diberikan lebih dari sekali.")


def _cards(web_client: WebClient) -> Iterator[tuple[str, str]]:
    """(nomor, state word) of every application in an applicant's list."""
    page, again = 1, True
    while again:
        screen = web_client.page("/permohonan", halaman=str(page))
        yield from (_card(li) for li in screen.all("li") if li.first("h2"))
        again = screen.first("a", rel="next") is not None
        page += 1


def _card(li: Element) -> tuple[str, str]:
    nomor, mark = nomor_of(SOP).search(li.text), li.first("strong")
    return nomor.group() if nomor else "", mark.text if mark else ""
