"""``alurizin contoh``: sample applications through the running system, over HTTP only."""

import os
import secrets
import signal
import sys
from typing import TYPE_CHECKING

import click

from ops import instance
from pipeline.errors import DefinitionError

if TYPE_CHECKING:
    from ops.contoh.kantor import Kantor

PATIENCE = 300.0  # seconds a step may take while servers are killed and restarted


@click.command()
@click.option(
    "--jumlah", "total", type=click.IntRange(1, 5000), help="Jalankan sekian berkas sekaligus, bukan tiga cerita."
)
@click.option(
    "--serentak",
    "concurrent",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="Berkas pada saat yang sama.",
)
@click.option(
    "--lambat", "slow", is_flag=True, help="Jam kantor dari dua bulan lalu melewati tenggat, dan buktikan eskalasinya."
)
@click.option("--sop", "sop_code", metavar="KODE", help="Bawa satu permohonan buatan izin ini melalui setiap meja.")
@click.option("--benih", "seed", default="", help="Ulangi pemohon dan dokumen yang sama; biasanya baru setiap kali.")
def contoh(total: int | None, concurrent: int, slow: bool, sop_code: str | None, seed: str) -> None:
    """Jalankan permohonan contoh dari formulir sampai SK, lewat HTTP, dan cocokkan dengan SOP.

    Sesudah ketiga ceritanya satu berkas ditinggalkan di meja setiap peran.
    """
    if sum((slow, total is not None, sop_code is not None)) > 1:
        raise click.UsageError("Pilih satu saja: --jumlah, --lambat atau --sop.")
    running = instance.running(instance.data_folder(os.environ))
    instance.attach()
    from ops.contoh.checks.report import show_all
    from ops.contoh.crowd import run_crowd
    from ops.contoh.kantor import Kantor
    from pipeline.queries.calendar import calendar_in_force

    seed = seed or secrets.token_hex(3)
    kantor = Kantor(running, limit=PATIENCE, calendar=calendar_in_force)  # the yardstick; all else goes over HTTP
    try:
        if slow:
            _show_slow(kantor, seed)
        elif sop_code:
            _carry(kantor, sop_code, seed)
        elif total is None:
            show_all(kantor, seed, tell=click.echo)
        else:
            run_crowd(kantor, seed, total=total, concurrent=concurrent, tell=click.echo)
    finally:
        kantor.close()


def _carry(kantor: "Kantor", code: str, seed: str) -> None:
    from ops.contoh.any_permit import AnyCase
    from pipeline.sop.registry import SOPS

    if code not in SOPS:
        raise DefinitionError(f"Izin {code} tidak dilayani di sini. Pilih salah satu: {', '.join(sorted(SOPS))}.")
    AnyCase(kantor, SOPS[code], seed, click.echo).run()


def _show_slow(kantor: "Kantor", seed: str) -> None:
    """The only story that looks at the tables, to prove what the pages cannot show."""
    if not kantor.demo:
        raise DefinitionError("Jam kantor hanya dapat digeser pada ALURIZIN_MODE=demo.")
    from ops.contoh.slow import show_slow

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the clock is put back
    show_slow(kantor, seed, tell=click.echo)
