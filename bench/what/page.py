"""P5 and P8: a queue's and a file's page: what they ask of PostgreSQL and the processor, beside bare pages."""

import os
import sys
import time
from collections.abc import Iterator
from statistics import median
from uuid import UUID

from bench.browser import Browser, open_site
from bench.goals import Line, at_most, percentile, ratio
from bench.ground import PORT, Connection, Ground, ground, until
from bench.grow import fill
from bench.meters import Statements, cpu_seconds, slowest_first, statements
from ops.processes import Process

DATABASE = "bench_page"
FILES, PAGES, COUNTED, DECISIONS = 6000, 150, 20, 20
ROLE, ACCOUNT, BEFORE = "dinas_teknis", "dinas_teknis1", "back_office1"
BARE = PORT + 2


def measure(rounds: int) -> list[Line]:
    """Each page in turn with its bare one."""
    with ground() as servers, servers.office(DATABASE):
        fill(servers, DATABASE, FILES)
        ours, bare = open_site(servers, PORT), _bare(servers)
        mine = Browser(PORT).log_in(ACCOUNT)
        with servers.connect(DATABASE) as conn:
            other = Browser(BARE, {"account": _one(conn, "SELECT account_id FROM sesi")})
            tugas, file = _file(conn)
        pairs = {
            "a queue": ("/petugas/antrean", f"/queue/{ROLE}"),
            "a file": (f"/petugas/tugas/{tugas}", f"/file/{file}"),
        }
        lines: list[Line] = []
        for what, (path, bare_path) in pairs.items():
            lines += _asked(servers, mine, what, path)
            spent = [(_cpu(mine, path, ours), _cpu(other, bare_path, bare)) for _ in range(rounds)]
            lines.append(_line(what, spent, rounds))
        return [*lines, _next_desk(servers, mine, other, rounds)]


def _line(what: str, spent: list[tuple[float, float]], rounds: int) -> Line:
    mine, theirs = [pair[0] for pair in spent], [pair[1] for pair in spent]
    counts = {"ours_ms": median(mine) * 1e3, "bare_ms": median(theirs) * 1e3}
    return at_most("P8", f"processor time of {what}'s page beside a bare one", ratio(mine, theirs), 2, rounds, **counts)


def _next_desk(servers: Ground, next_one: Browser, other: Browser, rounds: int) -> Line:
    """A decision is posted; the queue of the next desk is read, and has the file. In turn with the bare queue."""
    decider = Browser(PORT).log_in(BEFORE)
    with servers.connect(DATABASE) as conn:
        rows = conn.execute(
            "SELECT t.id, t.version, p.nomor FROM tugas t JOIN permohonan p ON p.id = t.permohonan_id"
            " WHERE t.langkah = 'terima' AND t.closed_at IS NULL ORDER BY t.id"
        ).fetchall()
    waiting = [(f"/petugas/tugas/{tugas}", str(version), str(nomor)) for tugas, version, nomor in rows]
    secret = decider.form_secret(waiting[0][0])
    ours, bare = [], []
    for _ in range(rounds):
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(DECISIONS):
            path, version, nomor = waiting.pop()
            form = {"keputusan": "setujui", "versi": version, "csrf_token": secret}
            took[0].append(_passed_on(decider, next_one, f"{path}/keputusan", form, nomor))
            took[1].append(other.seconds(f"/queue/{ROLE}"))
        ours.append(percentile(took[0], 0.99))
        bare.append(percentile(took[1], 0.99))
    counts = {"ours_ms": median(ours) * 1e3, "bare_ms": median(bare) * 1e3}
    what = "from a posted decision to the next desk's page beside a bare page, p99"
    return at_most("P5", what, ratio(ours, bare), 4, rounds, **counts)


def _passed_on(decider: Browser, next_one: Browser, path: str, form: dict[str, str], nomor: str) -> float:
    began = time.perf_counter()
    status, _ = decider.post(path, form)
    _, page = next_one.get(f"/petugas/antrean?cari={nomor}")
    took = time.perf_counter() - began
    if status != 303 or nomor.encode() not in page.partition(b"<tbody")[2]:
        raise RuntimeError(f"Keputusan atas {nomor} dijawab {status}, dan tidak ada di meja berikutnya.")
    return took


def _bare(servers: Ground) -> int:
    os.environ["BARE_DATABASE"] = servers.address(DATABASE, "alurizin")
    words = ("-m", "gunicorn", "--bind", f"127.0.0.1:{BARE}", "--workers", "2", "--worker-class", "gthread")
    process = Process(name="bare", command=(sys.executable, *words, "--threads", "4", "bench.peers.page:app"))
    pid = servers.start("bare_page", process, process.command).pid
    until(lambda: _listens(), "halaman pembanding")
    return pid


def _listens() -> bool:
    try:
        return Browser(BARE).get("/queue/x")[0] == 403
    except OSError:
        return False


def _one(conn: Connection, query: str) -> str:
    row = conn.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


def _file(conn: Connection) -> tuple[UUID, UUID]:
    row = conn.execute(
        "SELECT id, permohonan_id FROM tugas WHERE langkah = 'rekomendasi' AND closed_at IS NULL ORDER BY id LIMIT 1"
    ).fetchone()
    if row is None:
        raise RuntimeError("Tidak ada berkas pada langkah rekomendasi.")
    return UUID(str(row[0])), UUID(str(row[1]))


def _asked(servers: Ground, browser: Browser, what: str, path: str) -> Iterator[Line]:
    for _ in range(20):  # every process and thread has its connection
        browser.seconds(path)
    before = statements(servers, DATABASE)
    for _ in range(COUNTED):
        browser.seconds(path)
    asked = statements(servers, DATABASE) - before
    most = " | ".join(slowest_first(asked.executed.items(), 15))
    yield at_most("P8", f"statements of {what}'s page", asked.statements / COUNTED, 5, 1, most_asked=most)
    yield at_most("P8", f"transactions of {what}'s page", _transactions(asked) / COUNTED, 1, 1)


def _transactions(asked: Statements) -> int:
    return sum(calls for query, calls in asked.executed.items() if query.startswith("BEGIN"))


def _cpu(browser: Browser, path: str, pid: int) -> float:
    """Seconds of the server's processes for one page."""
    browser.seconds(path)
    before = cpu_seconds(pid)
    for _ in range(PAGES):
        browser.seconds(path)
    return (cpu_seconds(pid) - before) / PAGES
