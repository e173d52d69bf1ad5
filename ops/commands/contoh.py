"""``alurizin contoh``: sample applications through the running system, over HTTP only."""

import os
import secrets

import click

from ops import instance

SABAR = 300.0  # seconds a step may take while servers are killed and restarted


@click.command()
@click.option("--jumlah", type=click.IntRange(1, 5000), help="Jalankan sekian berkas sekaligus, bukan tiga cerita.")
@click.option(
    "--serentak", type=click.IntRange(1, 32), default=4, show_default=True, help="Berkas pada saat yang sama."
)
@click.option("--benih", default="", help="Ulangi lembaga dan dokumen yang sama; biasanya baru setiap kali.")
def contoh(jumlah: int | None, serentak: int, benih: str) -> None:
    """Jalankan permohonan contoh dari formulir sampai SK, lewat HTTP, dan cocokkan dengan SOP."""
    berjalan = instance.running(instance.data_folder(os.environ))
    from ops.contoh.kantor import Kantor
    from ops.contoh.laporan import tell_stories
    from ops.contoh.massal import run_crowd

    benih = benih or secrets.token_hex(3)
    kantor = Kantor(berjalan, batas=SABAR)
    try:
        if jumlah is None:
            tell_stories(kantor, benih, tell=click.echo)
        else:
            run_crowd(kantor, benih, jumlah=jumlah, serentak=serentak, tell=click.echo)
    finally:
        kantor.close()
