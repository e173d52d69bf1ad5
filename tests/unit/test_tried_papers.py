"""Papers are tried by a worker, one after the other; what is known of one holds as long as nothing of it changes."""

from collections.abc import Iterator
from multiprocessing import get_context

import pytest

from pipeline.documents.template import tried
from pipeline.documents.template.tried import tried_papers, try_apart, try_papers
from pipeline.settings import settings


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    (settings().data / tried.FILE).unlink(missing_ok=True)
    yield
    (settings().data / tried.FILE).unlink(missing_ok=True)


def test_each_is_tried_once_and_what_time_is_left_for() -> None:
    before = tried_papers()
    assert (before.waiting, before.errors) == (before.total, ())
    time_left = iter([True, False, False, False, False, False, False, False])
    assert try_papers(lambda: next(time_left)) == 1
    after = tried_papers()
    assert (after.total, after.waiting, after.errors) == (before.total, before.total - 1, ())
    assert try_papers(lambda: False) == 0
    assert tried_papers() == after


def test_a_program_of_its_own_tries_them_all() -> None:
    """As the worker does: its children may not fork."""
    child = get_context("fork").Process(target=try_apart, args=(120,), daemon=True)
    child.start()
    child.join()
    assert child.exitcode == 0
    assert tried_papers().waiting == 0
    assert tried_papers().errors == ()


@pytest.mark.parametrize("kept", ["{", "[]", "\x00"])
def test_what_cannot_be_read_is_not_known(kept: str) -> None:
    (settings().data / tried.FILE).write_text(kept, encoding="utf-8")
    assert tried_papers().waiting == tried_papers().total
