"""The slow half of the corpus, files damaged at random, and the sandbox under load and under fire."""

import itertools
import multiprocessing
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipeline.uploads import accept
from pipeline.uploads.refusals import BerkasRefused
from pipeline.uploads.sandbox import ScannerDead, ScannerNotReady, sandbox
from tests import corpus
from tests import corpus_pdfs as pdfs
from tests.corpus import BAD, GOOD, Example, what_is_wrong

_SEED = {c.code: c for c in GOOD if c.code in {"pdf-formulir-biasa", "pdf-object-streams", "jpg-gps", "png", "heic"}}


@pytest.mark.parametrize("contoh", [c for c in GOOD if c.slow], ids=str)
def test_a_large_good_file(contoh: Example) -> None:
    accepted = accept(contoh.name, contoh.payload)
    assert accepted.kind == contoh.result
    assert what_is_wrong(accepted.payload, accepted.kind) is None


@pytest.mark.attack("C04", "C06")
@pytest.mark.parametrize("contoh", [c for c in BAD if c.slow], ids=str)
def test_a_large_odd_file(contoh: Example) -> None:
    with pytest.raises(BerkasRefused, match=contoh.result):
        accept(contoh.name, contoh.payload)


def _memory(pid: int | str = "self") -> int:
    """The largest this process has been, in MB."""
    (line,) = [b for b in Path(f"/proc/{pid}/status").read_text().splitlines() if b.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


@pytest.mark.attack("C04")
@pytest.mark.parametrize("contoh", _SEED.values(), ids=str)
def test_sixty_damaged_files_are_refused_or_come_out_clean(contoh: Example) -> None:
    """Whatever is accepted opens again; nothing else than a refusal is ever raised, and no memory is left behind."""
    before = _memory()
    refused = 0
    for payload in itertools.islice(corpus.mutated(contoh.payload, seed=7), 60):
        try:
            accepted = accept(contoh.name, payload)
        except BerkasRefused:
            refused += 1
        else:
            assert what_is_wrong(accepted.payload, accepted.kind) is None
    assert refused > 10
    assert _memory() - before < 300
    helper = sandbox()._process
    assert helper is not None
    assert _memory(helper.pid) < 300


@pytest.mark.parametrize("contoh", [c for c in GOOD if not c.slow and c.result == "pdf"], ids=str)
def test_damaged_pages_are_drawn_or_refused(contoh: Example) -> None:
    for payload in itertools.islice(corpus.mutated(contoh.payload, seed=11), 6):
        with suppress(BerkasRefused, ScannerDead):
            sandbox().run("page_images", {"jenis": "pdf", "halaman": 1}, payload)


@pytest.mark.attack("C06")
def test_a_pdf_that_needs_a_gigabyte_to_draw_does_not_get_it() -> None:
    """Not a file we accept, should one be in the store all the same: the child ends, not the machine."""
    bomb = next(c for c in BAD if c.code == "lambat-bom").payload
    with suppress(BerkasRefused, ScannerDead):
        sandbox().run("page_images", {"jenis": "pdf", "halaman": 1}, bomb)
    assert accept("a.pdf", pdfs.plain_pdf()).page_count == 1


def test_uploads_go_on_while_the_helper_is_killed() -> None:
    """Eight people upload; somebody kills the helper again and again. Nobody's file is called bad for it."""
    page: list[int] = []

    def upload(n: int) -> None:
        for i in range(12):
            if i % 4 == 3:
                _kill_helper()
            with suppress(ScannerNotReady):  # "try again": killed twice before it began
                page.append(accept("a.pdf", pdfs.plain_pdf(n)).page_count - n)

    thread = [threading.Thread(target=upload, args=(n,)) for n in range(1, 9)]
    for u in thread:
        u.start()
    for u in thread:
        u.join(timeout=300)
    assert set(page) == {0}  # a refusal would have ended a thread, and the test with it


def _kill_helper() -> None:
    if (helper := sandbox()._process) is not None:
        helper.kill()


def _accept_in_fork(send: Connection) -> None:
    accepted = accept("a.pdf", pdfs.plain_pdf(2))
    helper = sandbox()._process
    send.send((accepted.page_count, helper.pid if helper else 0))
    sandbox().close()


def test_a_forked_process_has_a_helper_of_its_own() -> None:
    """Celery's prefork: the child must not talk over its parent's socket."""
    accept("a.pdf", pdfs.plain_pdf())
    take, send = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_accept_in_fork, args=(send,))
    child.start()
    assert take.poll(30)
    page, pid = take.recv()
    child.join(timeout=120)
    assert page == 2
    helper = sandbox()._process
    assert helper is not None
    assert pid not in (0, helper.pid)
    assert accept("a.pdf", pdfs.plain_pdf(3)).page_count == 3
