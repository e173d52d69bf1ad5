"""``alurizin flower``: Celery's monitor behind the web's login."""

import os
import signal
import sys

import click

from ops import instance
from pipeline.settings import need_broker


@click.command(hidden=True)
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
def flower(address: str, port: int) -> None:
    """Jalankan pemantau Flower (dipakai `alurizin run` dan compose)."""
    instance.attach()
    need_broker()
    from ops.flower_auth import make_flower  # Flower reads the environment while it is imported
    from pipeline.renewal import renew
    from tasks.app import app

    server = make_flower(app, address, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    renew(os.getpid())
    server.start_http_server()
    try:
        server.start()
    finally:
        server.stop()
