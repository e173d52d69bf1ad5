"""What a file that has taken over the child of the sandbox can still do: nothing. Every wall is tried by itself too."""

import errno
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from pikepdf import Dictionary, Name, Pdf, Stream

from pipeline import uploads
from pipeline.uploads import wire
from pipeline.uploads.previews import page_images
from pipeline.uploads.refusals import BerkasRefused
from pipeline.uploads.sandbox import Sandbox, ScannerDead
from pipeline.uploads.walls import FIRST_USER, MEMORY, reach
from tests import corpus_pdfs as pdfs
from tests.corpus import GOOD

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ("-m", "tests.hostile_child")
WHOLE, NO_REACH, NO_CALLS, NEITHER = ((), ("reach",), ("calls",), ("reach", "calls"))
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="another user is had by root alone")
SOCKETS = (".s.PGSQL.5432", "broker.sock")
REFUSED = {errno.errorcode[code] for code in (errno.EPERM, errno.EACCES)}

pytestmark = pytest.mark.attack("C19")


@pytest.fixture(scope="module", params=[WHOLE, NO_REACH, NO_CALLS, NEITHER], ids=lambda lacking: "+".join(lacking))
def lacking(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """What this kernel is made to lack."""
    return tuple(request.param)


@pytest.fixture(scope="module")
def box(lacking: tuple[str, ...]) -> Iterator[Sandbox]:
    box = Sandbox(*HOSTILE, *lacking)
    yield box
    box.close()


@pytest.fixture
def listening() -> Iterator[dict[str, str]]:
    """Addresses of servers like the database and the broker, open to everybody on this machine."""
    with ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        port = open_.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        for name in SOCKETS:
            server = open_.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(folder / name))
            server.listen()
            (folder / name).chmod(0o777)
        yield {"port": f"127.0.0.1:{port}", **{name: str(folder / name) for name in SOCKETS}}


def _outcome(box: Sandbox, what: str, about: object = "") -> str:
    head, _ = box.run("attempt", {"what": what}, str(about).encode())
    return str(head["outcome"])


def _document(folder: Path) -> Path:
    """Of another application, as the store keeps it."""
    folder.chmod(0o700)
    document = folder / "ktp.pdf"
    document.write_bytes(b"%PDF-")
    document.chmod(0o600)
    return document


def test_it_reads_no_document(box: Sandbox, lacking: tuple[str, ...], tmp_path: Path) -> None:
    if os.geteuid() != 0 and lacking == NEITHER:
        pytest.skip("nothing but another user is left to keep it from that")
    assert _outcome(box, "read", _document(tmp_path)) in REFUSED


def test_it_reads_nothing_that_everybody_may_read(box: Sandbox, lacking: tuple[str, ...]) -> None:
    assert (_outcome(box, "read", "/etc/passwd") in REFUSED) is (lacking != NEITHER)
    assert (_outcome(box, "read", ROOT / "pyproject.toml") in REFUSED) is (lacking != NEITHER)


def test_it_sees_no_other_process(box: Sandbox, lacking: tuple[str, ...]) -> None:
    assert (_outcome(box, "list", "/proc") in REFUSED) is (lacking != NEITHER)
    assert (_outcome(box, "see", os.getpid()) in REFUSED) is (lacking != NEITHER or os.geteuid() == 0)


def test_it_opens_no_connection(box: Sandbox, lacking: tuple[str, ...], listening: dict[str, str]) -> None:
    assert (_outcome(box, "connect", listening["port"]) in REFUSED) is (lacking != NEITHER)
    for name in SOCKETS:
        assert (_outcome(box, "connect_socket", listening[name]) in REFUSED) is ("calls" not in lacking)


def test_it_starts_no_program(box: Sandbox, lacking: tuple[str, ...]) -> None:
    if lacking == NEITHER:
        with pytest.raises(ScannerDead):  # it became that program, which is still behind the other walls
            _outcome(box, "execute", "/bin/true")
    else:
        assert _outcome(box, "execute", "/bin/true") in REFUSED


def test_a_fork_bomb_does_not_go_off(box: Sandbox, lacking: tuple[str, ...]) -> None:
    if "calls" not in lacking:
        assert _outcome(box, "fork") in REFUSED
    elif os.geteuid() == 0:
        assert _outcome(box, "fork") == "EAGAIN"  # after a handful


@AS_ROOT
def test_it_kills_nobody(box: Sandbox) -> None:
    assert _outcome(box, "kill", os.getpid()) in REFUSED
    assert box._process is not None
    assert _outcome(box, "kill", box._process.pid) in REFUSED


def test_it_writes_nothing(box: Sandbox, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert _outcome(box, "write", tmp_path / "besar") in {*REFUSED, "EFBIG"}
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir())


@pytest.mark.attack("C06")
def test_it_has_its_memory_and_its_time_and_no_more(box: Sandbox) -> None:
    with pytest.raises(BerkasRefused, match="terlalu berat"):
        _outcome(box, "swell", MEMORY)
    with pytest.raises(ScannerDead):
        _outcome(box, "spin")
    assert _outcome(box, "raise_limits") == "EPERM"


def test_it_does_not_become_root_again(box: Sandbox) -> None:
    assert _outcome(box, "become_root") in REFUSED


def test_it_tells_which_walls_stand(box: Sandbox, lacking: tuple[str, ...]) -> None:
    walls, _ = box.run("walls", {}, b"")
    assert walls["calls"] is ("calls" not in lacking)
    assert walls["reach"] == (0 if "reach" in lacking else reach.version())
    assert (int(walls["user"]) >= FIRST_USER) is (os.geteuid() == 0)


@pytest.mark.parametrize("name", ["heic", "pdf", "png", "jpg"])
def test_files_are_cleaned_with_whatever_walls_there_are(
    box: Sandbox, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = next(c for c in GOOD if c.code.startswith(name))
    monkeypatch.setattr(uploads, "sandbox", lambda: box)
    assert uploads.accept(example.name, example.payload).page_count >= 1


class TestItEndsWithItsSession:
    """However it clings to life: its clock taken off, its caller's end not heard."""

    def test_when_the_session_ends(self, box: Sandbox) -> None:
        with box.session() as session:
            end = os.pidfd_open(int(session.call("linger", {}, b"")[0]["pid"]))
        _ends(end)

    def test_when_the_helper_is_killed(self, box: Sandbox, lacking: tuple[str, ...]) -> None:
        if "calls" in lacking:
            pytest.skip("nothing keeps it from taking off the signal of its parent's death; its processor time is left")
        with box.session() as session:
            end = os.pidfd_open(int(session.call("linger", {}, b"")[0]["pid"]))
            assert box._process is not None
            box._process.kill()
            _ends(end)

    def test_when_the_process_of_the_session_is_killed(self, lacking: tuple[str, ...]) -> None:
        words = [sys.executable, "-c", _CALLER, *HOSTILE, *lacking]
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT) as caller:
            assert caller.stdout is not None
            end = os.pidfd_open(int(caller.stdout.readline()))
            caller.send_signal(signal.SIGKILL)
        _ends(end)


_CALLER = """
import signal, sys
from pipeline.uploads.sandbox import Sandbox
with Sandbox(*sys.argv[1:]).session() as session:
    print(session.call("linger", {}, b"")[0]["pid"], flush=True)
    signal.pause()
"""


def _ends(process: int) -> None:
    try:
        assert select.select([process], [], [], 10)[0]
    finally:
        os.close(process)


def test_a_page_is_drawn_with_the_letters_of_this_machine(box: Sandbox, lacking: tuple[str, ...]) -> None:
    """Fonts are the one thing that is read behind the walls; without Landlock to tell them apart, nothing is."""
    page: wire.Head = {"kind": "pdf", "page": 1}
    behind, before = (run(page, _letters("C059-Roman"))[1] for run in (partial(box.run, "page_images"), page_images))
    assert (behind == before) is (lacking != NO_REACH)


def _letters(font: str) -> bytes:
    def write(pdf: Pdf) -> None:
        letters = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name(f"/{font}"))
        pdf.pages[0].Resources = Dictionary(Font=Dictionary(F=letters))
        pdf.pages[0].Contents = Stream(pdf, b"BT /F 40 Tf 30 100 Td (Whgikm) Tj ET")

    return pdfs.pdf_with(write)()
