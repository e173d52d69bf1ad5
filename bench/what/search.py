"""P12: the search of common, rare, short and absent words, and of numbers, in the largest office there is."""

from statistics import median

from bench.goals import Line, at_most
from bench.ground import PORT, Connection, ground
from bench.grow import database, largest

ACCOUNT = "dinas_teknis1"
SEARCHES = 5  # a round


def measure(rounds: int) -> list[Line]:
    """Each word in turn; the slowest counts."""
    from bench.browser import Browser, open_site

    with ground() as servers:
        files = largest(servers, 100_000)
        with servers.office(database(files), empty=False):
            open_site(servers, PORT)
            browser = Browser(PORT).log_in(ACCOUNT)
            with servers.connect(database(files)) as conn:
                words = _words(conn)
            took: dict[str, list[float]] = {kind: [] for kind in words}
            for _ in range(rounds * SEARCHES + 1):
                for kind, word in words.items():
                    took[kind].append(browser.seconds(f"/petugas/cari?cari={word}"))
    middle = {kind: median(times[1:]) * 1e3 for kind, times in took.items()}
    slowest = max(middle, key=lambda kind: middle[kind])
    what = f"the slowest search at {files:,} files, in ms"
    return [at_most("P12", what, middle[slowest], 50, rounds, slowest=slowest, **middle)]


def _words(conn: Connection) -> dict[str, str]:
    row = conn.execute("SELECT nomor, pemegang FROM permohonan ORDER BY sent_at OFFSET 1000 LIMIT 1").fetchone()
    number, name = map(str, row or ("LKS-2024-000001", "Yayasan Bahtera"))
    words = name.split()
    return {
        "of_all": "yayasan",
        "common": words[1],
        "two_words": " ".join(words[1:3]),
        "rare": words[-1],
        "absent": "qwxzqwxz",
        "short": "ul",
        "number": number,
        "part_of_number": number[-4:],
    }
