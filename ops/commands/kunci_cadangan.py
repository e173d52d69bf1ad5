"""``alurizin kunci-cadangan``: the key that seals backups, and opens them again."""

import os
from pathlib import Path

import click

from ops.backup.keys import PUBLIC, make_identity
from ops.instance import data_folder
from pipeline.clock import real_now
from pipeline.disk import write_atomic


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def kunci_cadangan(file: Path) -> None:
    """Buat kunci cadangan di FILE, dan simpan kunci publiknya pada instance ini."""
    public = make_identity(file, now=real_now())
    click.echo(public)
    data = data_folder(os.environ)
    if data.is_dir():
        write_atomic(data / PUBLIC, f"{public}\n".encode())
        click.echo(f"Kunci publik ini disimpan di {data / PUBLIC}; `alurizin cadangkan` memakainya.", err=True)
    click.echo(
        f"Pindahkan {file} dari mesin ini, paling sedikit dua salinan di dua tempat: tanpa berkas itu tidak ada"
        " cadangan yang dapat dibuka, dan siapa pun yang memegangnya dapat membaca semuanya.",
        err=True,
    )
