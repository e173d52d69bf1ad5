"""``python -m tasks.celery worker NAME QUEUES`` and ``… beat``: Celery's processes without its command line.

``celery -A tasks.app worker`` and ``beat`` do the same, but load Flower and a shell first: 20 MB a process.
"""

import os

import click

from pipeline.db import PAGE, limit_statements
from pipeline.renewal import renew
from pipeline.settings import need_broker
from pipeline.topology import PERAN_QUEUES
from tasks.app import app
from tasks.publisher import own_tables


@click.group()
def main() -> None:
    """Proses Celery AlurIzin."""
    need_broker()


@main.command()
@click.argument("name", metavar="NAMA")
@click.argument("antrean")
@click.option("--concurrency", type=int, default=2, show_default=True)
def worker(name: str, antrean: str, concurrency: int) -> None:
    """Jalankan pekerja NAMA untuk ANTREAN (dipisah koma; "@meja": setiap meja kantor)."""
    renew(os.getpid())
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **own_tables(name)}
    node = app.Worker(
        hostname=f"{name}@alurizin",  # fixed, so that Flower and the logs know it again after a restart
        queues=",".join(PERAN_QUEUES) if antrean == "@meja" else antrean,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        loglevel="WARNING",
    )
    node.start()
    raise SystemExit(node.exitcode)


@main.command()
def beat() -> None:
    """Jalankan jam penyapu."""
    renew(os.getpid())
    limit_statements(PAGE)
    app.Beat(loglevel="WARNING", quiet=True).run()


if __name__ == "__main__":
    main()
