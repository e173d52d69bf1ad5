"""The slow half of the corpus, files damaged at random, and the sandbox under load and under fire."""

import itertools
import multiprocessing
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipeline.errors import BerkasRefused
from pipeline.uploads import accept
from pipeline.uploads.sandbox import ScannerDead, ScannerNotReady, sandbox
from tests import corpus
from tests import corpus_pdfs as pdfs
from tests.corpus import BAD, BAIK, Example, what_is_wrong

_SEED = {c.kode: c for c in BAIK if c.kode in {"pdf-formulir-biasa", "pdf-object-streams", "jpg-gps", "png", "heic"}}


@pytest.mark.parametrize("contoh", [c for c in BAIK if c.lambat], ids=str)
def test_a_large_good_file(contoh: Example) -> None:
    diterima = accept(contoh.nama, contoh.payload)
    assert diterima.jenis == contoh.hasil
    assert what_is_wrong(diterima.payload, diterima.jenis) is None


@pytest.mark.attack("C04", "C06")
@pytest.mark.parametrize("contoh", [c for c in BAD if c.lambat], ids=str)
def test_a_large_odd_file(contoh: Example) -> None:
    with pytest.raises(BerkasRefused, match=contoh.hasil):
        accept(contoh.nama, contoh.payload)


def _memory(pid: int | str = "self") -> int:
    """The largest this process has been, in MB."""
    (baris,) = [b for b in Path(f"/proc/{pid}/status").read_text().splitlines() if b.startswith("VmHWM")]
    return int(baris.split()[1]) // 1024


@pytest.mark.attack("C04")
@pytest.mark.parametrize("contoh", _SEED.values(), ids=str)
def test_sixty_damaged_files_are_refused_or_come_out_clean(contoh: Example) -> None:
    """Whatever is accepted opens again; nothing else than a refusal is ever raised, and no memory is left behind."""
    sebelum = _memory()
    ditolak = 0
    for payload in itertools.islice(corpus.mutated(contoh.payload, benih=7), 60):
        try:
            diterima = accept(contoh.nama, payload)
        except BerkasRefused:
            ditolak += 1
        else:
            assert what_is_wrong(diterima.payload, diterima.jenis) is None
    assert ditolak > 10
    assert _memory() - sebelum < 300
    helper = sandbox()._process
    assert helper is not None
    assert _memory(helper.pid) < 300


@pytest.mark.parametrize("contoh", [c for c in BAIK if not c.lambat and c.hasil == "pdf"], ids=str)
def test_damaged_pages_are_drawn_or_refused(contoh: Example) -> None:
    for payload in itertools.islice(corpus.mutated(contoh.payload, benih=11), 6):
        with suppress(BerkasRefused, ScannerDead):
            sandbox().run("page_images", {"jenis": "pdf", "halaman": 1}, payload)


@pytest.mark.attack("C06")
def test_a_pdf_that_needs_a_gigabyte_to_draw_does_not_get_it() -> None:
    """Not a file we accept, should one be in the store all the same: the child ends, not the machine."""
    bom = next(c for c in BAD if c.kode == "lambat-bom").payload
    with suppress(BerkasRefused, ScannerDead):
        sandbox().run("page_images", {"jenis": "pdf", "halaman": 1}, bom)
    assert accept("a.pdf", pdfs.plain_pdf()).halaman == 1


def test_uploads_go_on_while_the_helper_is_killed() -> None:
    """Eight people upload; somebody kills the helper again and again. Nobody's file is called bad for it."""
    halaman: list[int] = []

    def unggah(n: int) -> None:
        for i in range(12):
            if i % 4 == 3:
                _kill_helper()
            with suppress(ScannerNotReady):  # "try again": killed twice before it began
                halaman.append(accept("a.pdf", pdfs.plain_pdf(n)).halaman - n)

    utas = [threading.Thread(target=unggah, args=(n,)) for n in range(1, 9)]
    for u in utas:
        u.start()
    for u in utas:
        u.join(timeout=300)
    assert set(halaman) == {0}  # a refusal would have ended a thread, and the test with it


def _kill_helper() -> None:
    if (helper := sandbox()._process) is not None:
        helper.kill()


def _accept_in_fork(kirim: Connection) -> None:
    diterima = accept("a.pdf", pdfs.plain_pdf(2))
    helper = sandbox()._process
    kirim.send((diterima.halaman, helper.pid if helper else 0))
    sandbox().close()


def test_a_forked_process_has_a_helper_of_its_own() -> None:
    """Celery's prefork: the child must not talk over its parent's socket."""
    accept("a.pdf", pdfs.plain_pdf())
    terima, kirim = multiprocessing.Pipe(duplex=False)
    anak = multiprocessing.get_context("fork").Process(target=_accept_in_fork, args=(kirim,))
    anak.start()
    assert terima.poll(30)
    halaman, pid = terima.recv()
    anak.join(timeout=120)
    assert halaman == 2
    helper = sandbox()._process
    assert helper is not None
    assert pid not in (0, helper.pid)
    assert accept("a.pdf", pdfs.plain_pdf(3)).halaman == 3
