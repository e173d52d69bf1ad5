"""``alurizin run``: everything on this machine, until Ctrl-C."""

import asyncio
import os

import click

from ops.office import Office


@click.command()
def run() -> None:
    """Jalankan seluruh AlurIzin di mesin ini."""
    asyncio.run(_run())


async def _run() -> None:
    await Office(os.environ).run()
